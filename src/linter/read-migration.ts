import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { MigrationFiles, SegmentFile, SegmentTransaction } from '../migration-tools/migration-tool.ts';
import type { Script, Statement } from '../operations/statements.ts';
import type { FrontEnd } from '../parsers/front-end.ts';
import { LANGUAGES, type LanguageContext } from '../parsers/languages.ts';
import { withProperties } from '../parsers/liquibase/properties.ts';
import type { Dialect } from '../server/server.ts';
import { fragmentOf } from '../source/fragment.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import type { Migration, Segment } from './migration.ts';

/** Files above this size are not parsed: a migration of 16 MB is a data dump, and the parser would need gigabytes for it. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Reads text from a path; replaced for standard input and for editors' unsaved buffers. */
export type ReadText = (path: string) => string;

/** Where small files are read to: as large as nearly every migration. */
const shelf = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Reads a file of UTF-8. Migrations are many and small: one read into a buffer that is there takes a fifth of what readFileSync
 * does.
 *
 * @throws the file system's error, with `path`
 */
export const readTextFromDisk: ReadText = path => {
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, shelf);
    const isWhole = length < shelf.length && readSync(file, shelf, length, 1, null) === 0;
    return isWhole ? shelf.toString('utf8', 0, length) : readLarge(path, file);
  } finally {
    closeSync(file);
  }
};

/** The large file that was read last: a changelog of a thousand migrations is asked for by each of them. */
let large:
  | { readonly path: string; readonly size: number; readonly changed: number; readonly text: string }
  | undefined;

function readLarge(path: string, file: number): string {
  const { size, mtimeMs: changed } = fstatSync(file);
  if (large?.path === path && large.size === size && large.changed === changed) return large.text;
  large = { path, size, changed, text: readFileSync(path, 'utf8') };
  return large.text;
}

/** The file that was read last, so that what is worked out of its text once holds for all migrations in it. */
let latest: SourceFile | undefined;

/** A migration as its files have it: what it is in its project comes on top. */
export type ReadMigration = Omit<Migration, 'index' | 'judged' | 'deployStart'>;

/**
 * Reads and parses a migration.
 *
 * @param listed - as its tool lists it; what the files' texts say comes on top
 * @param position - its place in the project
 * @param withDown - false leaves the down out: history is replayed, never reverted
 * @throws the file system's error where a file cannot be read
 */
export function readMigration(
  listed: MigrationFiles,
  project: Pick<DiscoveredProject, 'tool' | 'dialect'>,
  position: Pick<Migration, 'index' | 'judged' | 'deployStart'>,
  frontEnd: FrontEnd,
  withDown: boolean,
  read: ReadText,
): Migration {
  return { ...readFiles(listed, project, frontEnd, withDown, read), ...position };
}

/** What `readMigration` does before the migration's place in its project counts; plain values, as JSON can hold. */
export function readFiles(
  listed: MigrationFiles,
  { tool, dialect }: Pick<DiscoveredProject, 'tool' | 'dialect'>,
  frontEnd: FrontEnd,
  withDown: boolean,
  read: ReadText,
): ReadMigration {
  const sources = new Map<string, SourceFile>();
  const sourceOf = (path: string): SourceFile => {
    const known = sources.get(path);
    if (known !== undefined) return known;
    const text = read(path);
    const source = latest?.path === path && latest.text === text ? latest : { path, text };
    latest = source;
    sources.set(path, source);
    return source;
  };
  const files = tool.layout?.(listed, path => sourceOf(path).text) ?? listed;
  const segment = (direction: Segment['direction'], part: SegmentFile): Segment => {
    const file = sourceOf(part.path);
    const read = readSegment(file, part, { tool: tool.id, dialect, direction, sql: frontEnd });
    const script = dialect === 'postgres' ? withQueries(read, part.queries) : read;
    const transaction = onServer(tool.transactionOf?.(script, part) ?? part.transaction, dialect);
    const { head, heldTransaction } = part;
    return {
      ...{ direction, file, transaction, script },
      ...(head === undefined ? {} : { head }),
      ...(heldTransaction === undefined ? {} : { heldTransaction }),
    };
  };
  return {
    id: files.id,
    version: files.version,
    ...(files.problems === undefined ? {} : { problems: files.problems }),
    up: segment('up', files.up),
    down: withDown && files.down !== null ? segment('down', files.down) : null,
  };
}

/** A script whose statements know which of them are sent as one query. */
function withQueries(script: Script, queries: readonly Range[] | undefined): Script {
  if (queries === undefined) return script;
  const places = new Map<Statement, Statement['inQuery']>();
  for (const [from, to] of queries) {
    const inside = script.statements.filter(
      ({ parent, range: [start] }) => parent === undefined && start >= from && start < to,
    );
    if (inside.length > 1)
      for (const [index, each] of inside.entries()) places.set(each, index === 0 ? 'first' : 'later');
  }
  if (places.size === 0) return script;
  const statements = script.statements.map(each => {
    const inQuery = places.get(each);
    return inQuery === undefined ? each : { ...each, inQuery };
  });
  return { ...script, statements };
}

/** Statements that are sent together are one transaction to PostgreSQL; to other servers each is on its own. */
function onServer(transaction: SegmentTransaction, dialect: Dialect): SegmentTransaction {
  return transaction === 'implicit' && dialect !== 'postgres' ? 'none' : transaction;
}

function readSegment(file: SourceFile, part: SegmentFile, context: LanguageContext): Script {
  const refusal = refusalOf(file);
  if (refusal !== undefined) return unreadableScript(file, refusal);
  if (part.language !== undefined) {
    const reader = LANGUAGES[part.language]?.();
    return reader?.read(file, part, context) ?? unreadableScript(file, `${part.language} cannot be read yet`);
  }
  const ranges = part.ranges ?? [[0, file.text.length] as const];
  const { values } = part;
  const scripts = ranges.map(range => {
    const text = fragmentOf(file, range);
    return context.sql.parse(values === undefined ? text : withProperties(text, values, context.dialect));
  });
  return scripts.length === 1 ? scripts[0]! : joinScripts(scripts);
}

/** Why a file's content is not given to the parser at all. */
function refusalOf(file: SourceFile): string | undefined {
  if (file.text.length > MAX_FILE_BYTES) {
    const megabytes = Math.round(file.text.length / 1024 / 1024);
    return `the file has ${megabytes} MB, more than the ${MAX_FILE_BYTES / 1024 / 1024} MB that are read: load data outside of migrations`;
  }
  if (looksBinary(file.text)) return 'the file is not text';
  return undefined;
}

/** A NUL or a run of undecodable bytes near the start: UTF-16 or not text at all. */
function looksBinary(text: string): boolean {
  const head = text.slice(0, 1024);
  const odd = head.split(/[\0\uFFFD]/).length - 1;
  return odd > 8 && odd > head.length / 20;
}

function unreadableScript(file: SourceFile, message: string): Script {
  const range = [0, Math.min(file.text.length, 1)] as const;
  const operation = { kind: 'unreadable', reason: 'syntax error', message, range, head: range } as const;
  return { statements: [{ range, head: range, operations: [operation] }], comments: [] };
}

function joinScripts(scripts: readonly Script[]): Script {
  const statements: Statement[] = [];
  for (const script of scripts) {
    const offset = statements.length;
    for (const statement of script.statements) {
      statements.push(statement.parent === undefined ? statement : { ...statement, parent: statement.parent + offset });
    }
  }
  return { statements, comments: scripts.flatMap(script => script.comments) };
}
