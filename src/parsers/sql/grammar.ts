import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import type { SourceText } from '../source-text.ts';
import type { Lexicon } from '../tokenizer/index.ts';
import type { Piece } from './batches.ts';
import type { Cursor } from './cursor.ts';

/** Reads a statement whose first words were recognised; the cursor stands on the first token. */
export type StatementReader = (cursor: Cursor) => readonly Operation[];

/** Reads CREATE or ALTER of a kind of object. @param at - index of the word that names the kind */
export type ObjectReader = (cursor: Cursor, at: number, modifiers: ReadonlySet<string>) => readonly Operation[];

/** A type that is written otherwise than it is called. */
export interface TypeAlias {
  readonly name: string;
  /** Modifiers that the server takes where none are written. */
  readonly modifiers?: readonly number[];
  readonly unsigned?: true;
}

/** How a dialect names types. */
export interface TypeGrammar {
  /** The built-in types, in lower case, as the server prints them. */
  readonly names: ReadonlySet<string>;
  /** Other spellings, words joined by a blank → what they stand for. */
  readonly aliases: Readonly<Record<string, TypeAlias>>;
  /** Modifiers of types that have some even where none are written. */
  readonly defaults: Readonly<Record<string, readonly number[]>>;
  /** Any words name a type, up to the first that says something else of the column. */
  readonly anyWords: boolean;
  /** Types whose number in parentheses is a display width, which changes nothing. */
  readonly displayWidths: ReadonlySet<string>;
}

/** What sets the SQL of one dialect apart. The readers have no knowledge of a dialect beyond this. */
export interface DialectGrammar {
  /** What to call it in messages. */
  readonly label: string;
  readonly lexicon: Lexicon;
  readonly backslashEscapes: boolean;
  /** Readers by a statement's first word, in upper case. */
  readonly statements: Readonly<Record<string, StatementReader>>;
  /** First words of statements that the model has no kind for. */
  readonly otherStatements: ReadonlySet<string>;
  readonly types: TypeGrammar;
  /** How a text is cut into statements, where semicolons do not part them. */
  readonly cut?: (text: SourceText, grammar: DialectGrammar) => readonly Piece[];
  /** Reads what follows `ALTER TABLE name`, where that is not MySQL's list of clauses. */
  readonly clauses?: (cursor: Cursor, table: ObjectName) => readonly Operation[];
  /** Readers of CREATE, and of ALTER for the same objects, that are not MySQL's; by the object's word in upper case. */
  readonly objects?: Readonly<Record<string, ObjectReader>>;
  /** SCHEMA is another word for DATABASE. */
  readonly schemasAreDatabases: boolean;
  /** Tables and indexes end in `ON filegroup` and `WITH (options)`. */
  readonly filegroups: boolean;
  /** KEY, INDEX, FULLTEXT … stand among the columns of a table; elsewhere a column may be called so. */
  readonly inlineIndexes: boolean;
  /** ALTER TABLE … ALTER c SET NOT NULL, DROP NOT NULL. */
  readonly altersNotNull?: true;
  /** `||` joins strings; in MySQL it is OR. */
  readonly pipesJoin: boolean;
}
