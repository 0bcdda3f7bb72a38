import { extname } from 'node:path';
import type { Comment } from '../../operations/statements.ts';
import type { Dialect } from '../../server/server.ts';
import type { Fragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { Element } from './document.ts';
import { readXmlChangelog, readYamlChangelog } from './elements.ts';
import { readFormattedSql } from './formatted-sql.ts';

/** A changelog file: what Liquibase reads of it, in order. */
export interface Changelog {
  readonly items: readonly ChangelogItem[];
  /** Those of the items that are changeSets. */
  readonly changeSets: readonly ChangeSet[];
  /** The databases that it asks for by its own preconditions, as written. */
  readonly databases?: readonly string[];
  /** What Liquibase refuses the file for. */
  readonly errors: readonly ChangelogError[];
  readonly comments: readonly Comment[];
}

/** A changelog as the reader of its format makes it. */
export type ChangelogContent = Omit<Changelog, 'changeSets'>;

/** A place where a changelog is not as Liquibase reads it. */
export interface ChangelogError {
  readonly range: Range;
  readonly message: string;
}

export type ChangelogItem = ChangeSet | Include | Property;

/** One changeSet: one migration. */
export interface ChangeSet {
  readonly kind: 'changeSet';
  readonly id: string;
  readonly author: string;
  /** The whole of it. */
  readonly range: Range;
  /** What names it: its start tag's name, its marker line. */
  readonly head: Range;
  /** As written: `postgresql, !h2`. */
  readonly dbms: string | undefined;
  /** Contexts and labels, which tell changeSets of one id apart. */
  readonly context: string;
  readonly runInTransaction: boolean;
  /** Whether Liquibase leaves it out whatever the database. */
  readonly ignored: boolean;
  /** Whether it runs again: each time, or whenever it changes. */
  readonly runsAgain: boolean;
  /** The path that it is known by, where that is not its file's. */
  readonly logicalFilePath: string | undefined;
  /** Whether it says which checksums of an earlier text it may have. */
  readonly otherCheckSums: boolean;
  readonly preconditions: Preconditions | undefined;
  readonly body: ElementBody | SqlBody;
  /** The changeSet whose changes its rollback runs. */
  readonly rollbackTo: NamedChangeSet | undefined;
}

/** What has to hold for a changeSet to run. */
export interface Preconditions {
  readonly range: Range;
  /** What becomes of a changeSet for which they do not hold: Liquibase stops, passes it over, or runs it all the same. */
  readonly otherwise: 'stops' | 'passed over' | 'runs';
  /** Undefined where they are not such as hold or not by what is known of the database. */
  readonly tests: Element | undefined;
}

/** A changeSet by its identity. */
export interface NamedChangeSet {
  readonly range: Range;
  readonly id: string;
  /** Liquibase refuses a changelog where it is missing. */
  readonly author: string | undefined;
  /** The file itself where left out. */
  readonly path: string | undefined;
}

/** A changeSet of change types. */
export interface ElementBody {
  readonly kind: 'elements';
  readonly changes: readonly Element[];
  /** Undefined where there is no rollback block; empty where it says that nothing is to be done. */
  readonly rollback: readonly Element[] | undefined;
  /** `modifySql`: what is done to the SQL of the changes before it is sent. */
  readonly modifications: readonly Element[];
}

/** A changeSet of SQL. */
export interface SqlBody {
  readonly kind: 'sql';
  readonly up: SqlText;
  /** Undefined where nothing says how to roll back; empty text where it says that nothing is to be done. */
  readonly rollback: SqlText | undefined;
}

/** SQL and how Liquibase cuts it into what it sends. */
export interface SqlText {
  readonly text: Fragment;
  /** False where the whole is sent as one query. */
  readonly split: boolean;
  /** As written; `;` where left out. */
  readonly endDelimiter: string | undefined;
}

/** `include` and `includeAll`. */
export interface Include {
  readonly kind: 'include';
  /** Whether it is a folder's files. */
  readonly all: boolean;
  readonly path: string;
  /** Where the path is written. */
  readonly range: Range;
  readonly relativeToChangelogFile: boolean;
  /** Whether a missing file or folder stops Liquibase. */
  readonly required: boolean;
  /** Of a folder: how deep its files lie, 1 for those in itself, and what their names end with. */
  readonly minDepth: number;
  readonly maxDepth: number;
  readonly endsWith: string;
}

/** A value for `${name}`, or a file of them. */
export interface Property {
  readonly kind: 'property';
  readonly name: string;
  readonly value: string;
  /** A properties file that holds the values. */
  readonly file?: string;
  readonly dbms: string | undefined;
  /** Whether it holds for the files that come after, too. */
  readonly global: boolean;
}

/** The most of changelogs that are kept: both directions of all changeSets of a file are read one after the other. */
const MOST_KEPT = 4;

const kept = new Map<string, { readonly text: string; readonly changelog: Changelog }>();

/**
 * Reads a changelog in any of Liquibase's formats. It never throws for what the text holds.
 *
 * @returns the same value as before for the same text
 */
export function readChangelog(file: SourceFile): Changelog {
  const known = kept.get(file.path);
  if (known?.text === file.text) return known.changelog;
  const content = (READERS[extname(file.path).toLowerCase()] ?? readFormattedSql)(file);
  const changelog = { ...content, changeSets: content.items.filter(item => item.kind === 'changeSet') };
  kept.delete(file.path);
  kept.set(file.path, { text: file.text, changelog });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  return changelog;
}

const READERS: Readonly<Record<string, (file: SourceFile) => ChangelogContent>> = {
  '.xml': readXmlChangelog,
  '.yaml': readYamlChangelog,
  '.yml': readYamlChangelog,
  '.json': readYamlChangelog,
};

/** What becomes of a changeSet whose preconditions do not hold, or cannot be asked, by what `onFail` and `onError` say. */
export function otherwiseOf(...answers: readonly (string | undefined)[]): Preconditions['otherwise'] {
  if (answers.some(answer => /^(?:MARK_RAN|CONTINUE)$/i.test(answer ?? ''))) return 'passed over';
  return /^WARN$/i.test(answers[0] ?? '') ? 'runs' : 'stops';
}

/** The names by which Liquibase knows the databases. */
const DBMS: Readonly<Record<Dialect, string>> = {
  postgres: 'postgresql',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
  sqlserver: 'mssql',
  mongodb: 'mongodb',
};

/** The dialect that one of Liquibase's names of databases stands for, or the first part of a JDBC address. */
export function dialectOfDbms(name: string): Dialect | undefined {
  const wanted = name.toLowerCase() === 'sqlserver' ? 'mssql' : name.toLowerCase();
  return (Object.keys(DBMS) as Dialect[]).find(dialect => DBMS[dialect] === wanted);
}

/**
 * Whether something that is for some databases only is for this one: any of the names without `!`, or none of those with it.
 * From Liquibase's `DatabaseList.java`.
 */
export function isForDialect(dbms: string | undefined, dialect: Dialect): boolean {
  const names = (dbms ?? '')
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  if (names.length === 0 || names.includes('all')) return true;
  if (names.includes('none') || names.includes(`!${DBMS[dialect]}`)) return false;
  return names.includes(DBMS[dialect]) || names.every(name => name.startsWith('!'));
}
