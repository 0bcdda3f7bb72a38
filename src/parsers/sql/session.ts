import type { LockMode, Operation } from '../../operations/operations.ts';
import { rangeOf, textOf } from '../source-text.ts';
import {
  type Cursor,
  expects,
  isAtEnd,
  refuse,
  sees,
  takeName,
  takeObjectName,
  takes,
  takesAny,
  takesSymbol,
  textAt,
  tokenAtCursor,
  within,
} from './cursor.ts';
import { otherStatement } from './definitions.ts';
import { wholeExpression } from './expressions.ts';
import { listedBase, statementBase, statementToName, statementWords } from './statement.ts';

/* ---------------------------------------------------------------- SET */

/** Variables that outlast the session. */
const BEYOND_SESSION: ReadonlySet<string> = new Set(['GLOBAL', 'PERSIST', 'PERSIST_ONLY']);

/** Reads MySQL's SET: several assignments, each an operation with its own range. */
export function readSet(cursor: Cursor): readonly Operation[] {
  const { source } = cursor;
  cursor.at++;
  if (sees(cursor, 'NAMES') || sees(cursor, 'CHARACTER', 'SET') || sees(cursor, 'CHARSET')) {
    const last = source.last;
    const name = sees(cursor, 'NAMES') ? 'names' : 'character_set';
    const value = textOf(source, last, last).replace(/^['"`]|['"`]$/g, '');
    return [{ kind: 'setParameter', ...statementBase(cursor, last), name, value, scope: 'session', values: [value] }];
  }
  const scopeWords = ['GLOBAL', 'SESSION', 'LOCAL'].filter(word => sees(cursor, word, 'TRANSACTION'));
  if (sees(cursor, 'TRANSACTION') || scopeWords.length > 0) return setTransaction(cursor, scopeWords[0]);
  if (['PASSWORD', 'ROLE', 'DEFAULT', 'RESOURCE'].some(word => sees(cursor, word)) && textAt(cursor, 1) !== '=')
    return otherStatement(cursor);
  const operations: Operation[] = [];
  do {
    const operation = takeAssignment(cursor, operations.length === 0 ? source.first : cursor.at);
    if (operation === undefined) return otherStatement(cursor);
    operations.push(operation);
  } while (takesSymbol(cursor, ','));
  return operations;
}

function setTransaction(cursor: Cursor, scope: string | undefined): readonly Operation[] {
  const value = textOf(cursor.source, cursor.at + (scope === undefined ? 1 : 2), cursor.source.last).toLowerCase();
  const place = statementBase(cursor, cursor.source.last);
  if (scope === 'GLOBAL') return [{ kind: 'alterSystem', ...place, name: 'transaction' }];
  return [
    {
      kind: 'setParameter',
      ...place,
      name: 'transaction',
      value,
      scope: scope === undefined ? 'transaction' : 'session',
      values: [value],
    },
  ];
}

function takeAssignment(cursor: Cursor, from: number): Operation | undefined {
  const { source } = cursor;
  let scope = takesAny(cursor, ['GLOBAL', 'SESSION', 'LOCAL', 'PERSIST', 'PERSIST_ONLY']);
  let name = textAt(cursor);
  cursor.at++;
  if (name.startsWith('@@')) {
    name = name.slice(2);
    if (takesSymbol(cursor, '.')) {
      scope = name.toUpperCase();
      name = takeName(cursor);
    }
  } else if (takesSymbol(cursor, '.')) name += `.${takeName(cursor)}`;
  if (!takesSymbol(cursor, '=') && !takesSymbol(cursor, ':=')) return undefined;
  const valueAt = cursor.at;
  const last = endOfAssignment(cursor);
  cursor.at = last + 1;
  const range = rangeOf(source, from, Math.max(last, from));
  const place = { range, head: range };
  const parameter = name.replaceAll('`', '').toLowerCase();
  if (scope !== undefined && BEYOND_SESSION.has(scope)) return { kind: 'alterSystem', ...place, name: parameter };
  const common = { kind: 'setParameter' as const, ...place, name: parameter, scope: 'session' as const };
  if (textOf(source, valueAt, last).toUpperCase() === 'DEFAULT') return { ...common, toDefault: true, values: [] };
  const value = literalOf(within(cursor, valueAt, last));
  return value === undefined ? { ...common, values: [] } : { ...common, value, values: [value] };
}

function endOfAssignment({ source, at }: Cursor): number {
  for (let index = at; index <= source.last; index = Math.max(source.text.partner[index]!, index) + 1) {
    if (textOf(source, index, index) === ',') return index - 1;
  }
  return source.last;
}

/** The value where the text says it: a literal, or a word such as ON. */
function literalOf(value: Cursor): string | undefined {
  if (value.source.first === value.source.last && tokenAtCursor(value)?.kind === 'word') return textAt(value);
  const { expression } = wholeExpression(value);
  return expression.kind === 'literal' ? String(expression.value) : undefined;
}

/* ---------------------------------------------------------------- Transactions and locks */

/** Reads BEGIN, START TRANSACTION, COMMIT, END and ROLLBACK. */
export function readTransaction(kind: 'beginTransaction' | 'commitTransaction') {
  return (cursor: Cursor): readonly Operation[] => {
    const place = statementBase(cursor, cursor.source.last);
    cursor.at++;
    takesAny(cursor, ['DEFERRED', 'IMMEDIATE', 'EXCLUSIVE']);
    takesAny(cursor, ['TRANSACTION', 'WORK', 'TRAN']);
    const chain = takes(cursor, 'AND', 'CHAIN');
    return [{ kind, ...place, ...(chain ? { chain: true as const } : {}) }];
  };
}

export function readStart(cursor: Cursor): readonly Operation[] {
  return sees(cursor, 'START', 'TRANSACTION') ? readTransaction('beginTransaction')(cursor) : otherStatement(cursor);
}

export function readRollback(cursor: Cursor): readonly Operation[] {
  const place = statementBase(cursor, cursor.source.last);
  cursor.at++;
  takesAny(cursor, ['TRANSACTION', 'WORK', 'TRAN']);
  if (!takes(cursor, 'TO'))
    return [
      { kind: 'rollbackTransaction', ...place, ...(takes(cursor, 'AND', 'CHAIN') ? { chain: true as const } : {}) },
    ];
  takes(cursor, 'SAVEPOINT');
  return [{ kind: 'rollbackToSavepoint', ...place, name: takeName(cursor) }];
}

export function readSavepoint(cursor: Cursor): readonly Operation[] {
  const release = takes(cursor, 'RELEASE');
  takes(cursor, 'SAVEPOINT');
  const place = statementBase(cursor, cursor.source.last);
  return [{ kind: release ? 'releaseSavepoint' : 'savepoint', ...place, name: takeName(cursor) }];
}

/** What LOCK TABLES lets other sessions do, as the mode of PostgreSQL that lets them do the same. */
const MODES: Readonly<Record<string, LockMode>> = { READ: 'ShareLock', WRITE: 'AccessExclusiveLock' };

/** Reads LOCK TABLES a READ, b WRITE. */
export function readLock(cursor: Cursor): readonly Operation[] {
  cursor.at++;
  if (takesAny(cursor, ['TABLES', 'TABLE']) === undefined) return otherStatement(cursor);
  const object = cursor.at - 1;
  const operations: Operation[] = [];
  do {
    const at = cursor.at;
    const table = takeObjectName(cursor, 'a table');
    takes(cursor, 'AS');
    if (!sees(cursor, 'READ') && !sees(cursor, 'WRITE') && !sees(cursor, 'LOW_PRIORITY')) takeName(cursor);
    takes(cursor, 'LOW_PRIORITY');
    const mode = MODES[takesAny(cursor, ['READ', 'WRITE']) ?? 'WRITE']!;
    takes(cursor, 'LOCAL');
    operations.push({
      kind: 'lockTable',
      ...listedBase(cursor, at, operations.length, { object }),
      table,
      mode,
      nowait: false,
      only: false,
    });
  } while (takesSymbol(cursor, ','));
  return operations;
}

export function readUnlock(cursor: Cursor): readonly Operation[] {
  return sees(cursor, 'UNLOCK', 'TABLES') || sees(cursor, 'UNLOCK', 'TABLE')
    ? [{ kind: 'unlockTables', ...statementBase(cursor, cursor.source.last) }]
    : otherStatement(cursor);
}

/** Reads USE: the database that names without one are in. */
export function readUse(cursor: Cursor): readonly Operation[] {
  cursor.at++;
  const value = takeName(cursor, 'a database');
  const place = statementBase(cursor, cursor.source.last);
  return [{ kind: 'setParameter', ...place, name: 'database', value, scope: 'session', values: [value] }];
}

/** Reads SQLite's PRAGMA: one with a value sets it, one without asks for it. */
export function readPragma(cursor: Cursor): readonly Operation[] {
  cursor.at++;
  const { name } = takeObjectName(cursor, 'a pragma');
  const valueAt = cursor.at + 1;
  if (!takesSymbol(cursor, '=') && !takesSymbol(cursor, '(')) return otherStatement(cursor);
  if (isAtEnd(cursor)) refuse(cursor, 'a value');
  const value = textOf(cursor.source, valueAt, valueAt).replace(/^['"]|['"]$/g, '');
  const place = statementBase(cursor, cursor.source.last);
  return [{ kind: 'setParameter', ...place, name: name.toLowerCase(), value, scope: 'session', values: [value] }];
}

/* ---------------------------------------------------------------- Other statements */

export function readCall(cursor: Cursor): readonly Operation[] {
  expects(cursor, 'CALL');
  const nameAt = cursor.at;
  const routine = takeObjectName(cursor, 'a routine');
  return [{ kind: 'call', ...statementToName(cursor, nameAt), routine }];
}

/** EXECUTE of a prepared statement: its text was put together when the migration ran. */
export function readExecute(cursor: Cursor): readonly Operation[] {
  const place = statementWords(cursor, 2);
  return [
    { kind: 'unreadable', ...place, reason: 'dynamic', message: 'the text of this EXECUTE is known at run time only' },
  ];
}

export function readExplain(cursor: Cursor): readonly Operation[] {
  return [{ kind: 'explain', ...statementWords(cursor, 2), analyze: sees(cursor, 'EXPLAIN', 'ANALYZE') }];
}

/** Reads GRANT and REVOKE. */
export function readGrant(kind: 'grant' | 'revoke') {
  return (cursor: Cursor): readonly Operation[] => {
    const place = statementWords(cursor, 3);
    cursor.at++;
    const from = cursor.at;
    while (!isAtEnd(cursor) && !sees(cursor, 'ON') && !sees(cursor, 'TO') && !sees(cursor, 'FROM')) cursor.at++;
    const privileges = textOf(cursor.source, from, cursor.at - 1)
      .toLowerCase()
      .replace(/\([^)]*\)/g, '')
      .split(',')
      .map(privilege => privilege.trim().replace(/^all privileges$/, 'all'));
    return [{ kind, ...place, privileges, objectKind: 'table', objects: [], roles: [] }];
  };
}
