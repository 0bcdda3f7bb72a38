import type { Operation, SentSql } from '../../operations/operations.ts';
import type { Script, Statement } from '../../operations/statements.ts';
import { FRONT_ENDS } from '../../parsers/index.ts';
import type { Dialect } from '../../server/server.ts';
import { fragmentOf } from '../../source/fragment.ts';
import type { SourceFile } from '../../source/source-file.ts';

/** An operation as the server receives it: every place in it counts in `file`, which holds the SQL and nothing else. */
export interface AsSent {
  readonly file: SourceFile;
  readonly statement: Statement;
  readonly operation: Operation;
  /** All operations of the SQL. */
  readonly count: number;
}

/** The last text that was read: several safe forms of one statement are asked for in a row. */
let latest: { readonly dialect: Dialect; readonly file: SourceFile; readonly script: Script } | undefined;

/**
 * Reads again what the server receives for an operation, by itself.
 *
 * @returns undefined where the SQL does not hold the operation
 */
export function asSent({ text, place }: SentSql, dialect: Dialect): AsSent | undefined {
  if (latest?.dialect !== dialect || latest.file.text !== text) {
    const file: SourceFile = { path: 'sent.sql', text };
    latest = { dialect, file, script: FRONT_ENDS[dialect].parse(fragmentOf(file)) };
  }
  const { file, script } = latest;
  let first = 0;
  for (const statement of script.statements) {
    const operation = statement.operations[place - first];
    if (operation !== undefined) {
      const count = script.statements.reduce((sum, { operations }) => sum + operations.length, 0);
      return { file, statement, operation, count };
    }
    first += statement.operations.length;
  }
  return undefined;
}

const isFile = (value: unknown): value is SourceFile =>
  typeof value === 'object' && value !== null && 'path' in value && 'text' in value;

const operationOf = (value: unknown): Operation | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const [first = value] = 'operations' in value ? (value as Statement).operations : [];
  return 'range' in first && 'kind' in first ? (first as Operation) : undefined;
};

/**
 * The arguments of a safe form, with the operation or statement, and the file, in what the server receives: a form takes text out
 * of the file, and code is no SQL.
 */
export function argumentsAsSent<Args extends readonly unknown[]>(args: Args, dialect: Dialect): Args {
  const [first] = args;
  const sent = operationOf(first)?.sent;
  const read = sent === undefined ? undefined : asSent(sent, dialect);
  if (read === undefined) return args;
  const whole = 'operations' in (first as object);
  return args.map((arg, index) =>
    index === 0 ? (whole ? read.statement : read.operation) : isFile(arg) ? read.file : arg,
  ) as unknown as Args;
}
