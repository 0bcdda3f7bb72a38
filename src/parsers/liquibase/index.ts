import type { SegmentFile } from '../../migration-tools/migration-tool.ts';
import type { Block, Operation } from '../../operations/operations.ts';
import type { Comment, Script, Statement } from '../../operations/statements.ts';
import type { Dialect } from '../../server/server.ts';
import { type Fragment, fragmentOf, sliceFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { LanguageContext, LanguageReader } from '../languages.ts';
import { LEXICONS, tokenize } from '../tokenizer/index.ts';
import { splitStatements } from '../tokenizer/split.ts';
import { type ChangeSet, isForDialect, readChangelog, type SqlText } from './changelog.ts';
import { CHANGES, inversesOf } from './changes.ts';
import { type Element, fieldOf, isFalse, textOf } from './document.ts';
import { modificationsFor, modified } from './modify-sql.ts';
import { mayRun } from './preconditions.ts';
import { type PropertyValue, withProperties } from './properties.ts';
import { type Made, namedFile, type Writer } from './sql-parts.ts';

/** What a segment's `entry` holds, as JSON: which changeSet it is, and what the changelogs around it say. */
export interface LiquibaseEntry {
  /** Which of the file's changeSets, from 0; left out for a file of SQL that a changeSet names. */
  readonly changeSet?: number;
  /** How a file of SQL is cut, and what its changeSet says. */
  readonly sqlFile?: Pick<SqlText, 'split'> & {
    readonly endDelimiter?: string;
    readonly dbms: readonly (string | undefined)[];
  };
  /** Whether it is the changes that are read, also where they are another changeSet's rollback. */
  readonly asUp?: true;
  /** Texts of the files that changes name beside others, by the path as it is written. */
  readonly files?: Readonly<Record<string, string>>;
  /** In the order of their definitions. */
  readonly properties: readonly PropertyValue[];
}

/** Reads changeSets of Liquibase's changelogs: their SQL, and the SQL that Liquibase makes of their change types. */
export const liquibase: LanguageReader = { read };

function read(file: SourceFile, part: SegmentFile, context: LanguageContext): Script {
  const entry = JSON.parse(part.entry ?? '{"properties":[]}') as LiquibaseEntry;
  const { sqlFile, properties, files = {} } = entry;
  if (sqlFile !== undefined) {
    const { split, endDelimiter } = sqlFile;
    if (!sqlFile.dbms.every(dbms => isForDialect(dbms, context.dialect))) return NOTHING;
    return readSql({ text: fragmentOf(file), split, endDelimiter }, properties, context, []);
  }
  const changelog = readChangelog(file);
  const { changeSets } = changelog;
  const index = entry.changeSet ?? 0;
  const changeSet = changeSets[index];
  if (changeSet === undefined)
    return unreadable([0, Math.min(1, file.text.length)], 'this changeSet is gone', 'syntax error', file);
  const { preconditions } = changeSet;
  const { dialect } = context;
  const runs = preconditions === undefined ? 'runs' : mayRun(preconditions, { dialect, properties });
  if (changeSet.ignored || runs === 'never runs' || !isForDialect(changeSet.dbms, dialect)) return NOTHING;
  const direction = entry.asUp === true ? 'up' : context.direction;
  const script = readBody(changeSet, { file, dialect, properties, files }, { ...context, direction });
  const comments = [
    ...script.comments,
    ...changelog.comments.filter(({ range }) => isAround(range, index, changeSets)),
  ];
  return {
    statements: runs === 'runs' ? script.statements : inBranch(script.statements, preconditions!.range),
    comments: comments.sort((a, b) => a.range[0] - b.range[0]),
  };
}

const NOTHING: Script = { statements: [], comments: [] };

function readBody({ body }: ChangeSet, writer: Writer, context: LanguageContext): Script {
  const isUp = context.direction === 'up';
  if (body.kind === 'sql') {
    const sql = isUp ? body.up : body.rollback;
    return sql === undefined ? NOTHING : readSql(sql, writer.properties, context, []);
  }
  const changes = isUp ? body.changes : (body.rollback ?? inversesOf(body.changes));
  const modifications = modificationsFor(body.modifications, writer, context.direction);
  return joinScripts(changes.map(change => readChange(change, writer, context, modifications)));
}

function readChange(
  change: Element,
  writer: Writer,
  context: LanguageContext,
  modifications: readonly Element[],
): Script {
  if (!isForDialect(textOf(change, 'dbms'), writer.dialect)) return NOTHING;
  if (change.name === 'sql' || change.name === 'sqlFile') {
    const text = change.name === 'sql' ? (change.text ?? fieldOf(change, 'sql')) : namedFile(writer, change);
    if (text === undefined && change.name === 'sql') return NOTHING;
    if (text === undefined)
      return unreadable(change.range, 'the file of this change is not read', 'dynamic', writer.file);
    const split = !isFalse(change, 'splitStatements');
    const sql = { text, split, endDelimiter: textOf(change, 'endDelimiter') };
    return readSql(sql, writer.properties, context, modifications);
  }
  const maker = Object.hasOwn(CHANGES, change.name) ? CHANGES[change.name] : undefined;
  const made = maker?.(change, writer) ?? `${change.name} is no change type that is known`;
  if (typeof made === 'string') return unreadable(change.range, made, 'dynamic', writer.file);
  return joinScripts(
    made.map(({ range, sql }) => {
      const sent = modified(sql, modifications);
      return typeof sent === 'string'
        ? unreadable(range, sent, 'dynamic', writer.file)
        : readMade({ range, sql: sent }, context);
    }),
  );
}

/** The statements that Liquibase makes of a change, each as long as what it is made of. */
function readMade({ range, sql }: Made, context: LanguageContext): Script {
  const { statements, comments } = context.sql.parse(sql);
  return {
    comments,
    statements: statements.map(statement => {
      if (statement.parent !== undefined || statements.filter(({ parent }) => parent === undefined).length > 1)
        return statement;
      const isWhole = ([start, end]: Range): boolean => start === statement.range[0] && end === statement.range[1];
      const operations = statement.operations.map((operation): Operation => {
        const head = firstLine(sql.file, operation.head);
        const whole = isWhole(operation.range) || statement.operations.length === 1;
        return { ...operation, head, range: whole ? range : operation.range };
      });
      return { ...statement, range, head: firstLine(sql.file, statement.head), operations };
    }),
  };
}

/** Whether a comment is a changeSet's: inside, between it and the one before, or at the start of the file. */
function isAround([start]: Range, index: number, all: readonly ChangeSet[]): boolean {
  return start < all[0]!.range[0] || (start >= (all[index - 1]?.range[1] ?? 0) && start < all[index]!.range[1]);
}

/** The statements of SQL that Liquibase cuts into pieces. */
function readSql(
  sql: SqlText,
  properties: readonly PropertyValue[],
  context: LanguageContext,
  modifications: readonly Element[],
): Script {
  const text = withProperties(sql.text, properties, context.dialect);
  const pieces = piecesOf({ ...sql, text });
  if (modifications.length === 0) return joinScripts(pieces.map(piece => context.sql.parse(piece)));
  const statements = sql.split ? pieces.flatMap(piece => statementsOf(piece, context.dialect)) : pieces;
  return joinScripts(
    statements.map(statement => {
      const sent = modified(statement, modifications);
      if (typeof sent !== 'string') return context.sql.parse(sent);
      const [first] = statement.segments;
      return unreadable([first!.source[0], statement.segments.at(-1)!.source[1]], sent, 'dynamic', statement.file);
    }),
  );
}

/** The statements of a text, each on its own, as `modifySql` has them before it. */
function statementsOf(text: Fragment, dialect: Dialect): readonly Fragment[] {
  if (dialect === 'mongodb') return [text];
  const lexicon = LEXICONS[dialect];
  const tokens = tokenize(text.text, lexicon);
  return splitStatements(text.text, tokens, lexicon).map(({ first, last }) =>
    sliceFragment(text, tokens[first]!.start, tokens[last]!.end),
  );
}

/** One script after the other. */
function joinScripts(scripts: readonly Script[]): Script {
  const statements: Statement[] = [];
  const comments: Comment[] = [];
  for (const script of scripts) {
    const offset = statements.length;
    for (const statement of script.statements) {
      statements.push(statement.parent === undefined ? statement : { ...statement, parent: statement.parent + offset });
    }
    comments.push(...script.comments);
  }
  return { statements, comments };
}

/** A text between its delimiters; the semicolons of what has none other are for the reader of SQL. */
function piecesOf({ text, split, endDelimiter }: SqlText): readonly Fragment[] {
  if (!split || endDelimiter === undefined || endDelimiter === ';') return [text];
  const pieces: Fragment[] = [];
  let at = 0;
  for (const match of text.text.matchAll(delimiterPattern(endDelimiter))) {
    if (match[0] === '') continue;
    pieces.push(sliceFragment(text, at, match.index));
    at = match.index + match[0].length;
  }
  pieces.push(sliceFragment(text, at, text.text.length));
  return pieces.filter(piece => piece.text.trim() !== '');
}

/** What is safe to run of the patterns that Liquibase takes for a delimiter: no groups, nothing repeated but blanks. */
const PATTERN = /^(?:[^\\()[\]{}*+?.^$|]|\\[nrts][*+]?|\||\$(?=\||$))+$/;

function delimiterPattern(delimiter: string): RegExp {
  // `$$` is the quote of PostgreSQL, and no end of a line twice.
  const isPattern = PATTERN.test(delimiter) && !delimiter.includes('$$');
  const source = isPattern ? delimiter : delimiter.replace(/\\([^\w\s])/g, '$1').replace(/[\\()[\]{}*+?.^$|]/g, '\\$&');
  return new RegExp(source, 'gim');
}

function inBranch(statements: readonly Statement[], range: Range): readonly Statement[] {
  const branch: Block = { kind: 'branch', range };
  return statements.map(statement => ({
    ...statement,
    operations: statement.operations.map(
      (operation): Operation => ({
        ...operation,
        blocks: [branch, ...(operation.blocks ?? [])],
      }),
    ),
  }));
}

function unreadable(range: Range, message: string, reason: 'syntax error' | 'dynamic', file: SourceFile): Script {
  const head = firstLine(file, range);
  const operation = { kind: 'unreadable', reason, message, range, head } as const;
  return { statements: [{ range, head, operations: [operation] }], comments: [] };
}

/** A range as far as its first line goes: attributes of one element may stand on many. */
function firstLine({ text }: SourceFile, [start, end]: Range): Range {
  const newline = text.indexOf('\n', start);
  return [start, newline === -1 || newline > end ? end : start + text.slice(start, newline).trimEnd().length];
}
