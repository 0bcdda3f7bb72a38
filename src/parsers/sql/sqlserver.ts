import type { ConstraintDefinition } from '../../operations/definitions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import { sliceFragment } from '../../source/fragment.ts';
import { isWord, rangeOf, textOf } from '../source-text.ts';
import { decodeString } from '../tokenizer/literals.ts';
import { takeColumn, takeTableElement } from './columns.ts';
import {
  bracketed,
  type Cursor,
  defined,
  isAtEnd,
  isRefusal,
  listed,
  refuse,
  sees,
  seesSymbol,
  takeName,
  takeObjectName,
  takes,
  takesAny,
  takesSymbol,
  takeValue,
  textAt,
  tokenAtCursor,
  within,
} from './cursor.ts';
import { readSelect } from './data.ts';
import { takeDataType } from './data-types.ts';
import { otherStatement } from './definitions.ts';
import { takeWritten } from './expressions.ts';
import { gathering, takeFrom, takeQuery } from './queries.ts';
import { readScript } from './reader.ts';
import { clauseBase, statementBase, statementToName, statementWords } from './statement.ts';

/* ---------------------------------------------------------------- ALTER TABLE */

/** What the clauses of one ALTER TABLE share. */
interface Altered {
  readonly table: ObjectName;
  /** WITH NOCHECK: rows that are there are not checked. */
  readonly notValid: boolean;
}

/** Reads the one clause of a Transact-SQL ALTER TABLE, which may list several things. */
export function takeSqlServerClauses(cursor: Cursor, table: ObjectName): readonly Operation[] {
  const first = cursor.at;
  if (isAtEnd(cursor)) refuse(cursor, 'what changes');
  const notValid = takes(cursor, 'WITH', 'NOCHECK');
  if (!notValid) takes(cursor, 'WITH', 'CHECK');
  const verb = VERBS.find(({ words }) => takes(cursor, ...words));
  const online = onlineOption(cursor, table);
  try {
    if (verb !== undefined) return [...verb.read(cursor, { table, notValid }, first), ...online];
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  return [other(cursor, table, first)];
}

/** ONLINE = ON or OFF among the options of a clause, wherever they stand. */
function onlineOption(cursor: Cursor, table: ObjectName): readonly Operation[] {
  const { source } = cursor;
  for (let index = cursor.at; index + 2 <= source.last; index++) {
    if (!isWord(source, index, 'ONLINE') || textOf(source, index + 1, index + 1) !== '=') continue;
    const value = textOf(source, index + 2, index + 2).toLowerCase();
    const [range, valueRange] = [rangeOf(source, index, index + 2), rangeOf(source, index + 2, index + 2)];
    return [{ kind: 'ddlOption', range, head: range, table, option: 'online', value, valueRange }];
  }
  return [];
}

function other(cursor: Cursor, table: ObjectName, first: number): Operation {
  const { source } = cursor;
  const clause = textOf(source, first, Math.min(first + 2, source.last))
    .toLowerCase()
    .replace(/\s+/g, ' ');
  cursor.at = source.last + 1;
  return { kind: 'otherTableChange', ...clauseBase(cursor, first, source.last, first + 1), table, clause };
}

type VerbReader = (cursor: Cursor, on: Altered, first: number) => readonly Operation[];

const VERBS: readonly { readonly words: readonly string[]; readonly read: VerbReader }[] = [
  { words: ['ADD'], read: readAdd },
  { words: ['ALTER', 'COLUMN'], read: readAlterColumn },
  { words: ['DROP'], read: readDropped },
  { words: ['CHECK', 'CONSTRAINT'], read: readCheck(true) },
  { words: ['NOCHECK', 'CONSTRAINT'], read: readCheck(false) },
  { words: ['ENABLE', 'TRIGGER'], read: readTrigger('enableTrigger') },
  { words: ['DISABLE', 'TRIGGER'], read: readTrigger('disableTrigger') },
  { words: ['REBUILD'], read: (cursor, { table }, first) => [whole(cursor, first, { kind: 'forceRebuild', table })] },
];

function whole(cursor: Cursor, first: number, fields: object): Operation {
  const { source } = cursor;
  cursor.at = source.last + 1;
  return { ...clauseBase(cursor, first, source.last, first + 1), ...fields } as Operation;
}

const CONSTRAINT_KINDS = {
  check: 'addCheck',
  notNull: 'addNotNullConstraint',
  unique: 'addUnique',
  primaryKey: 'addPrimaryKey',
  foreignKey: 'addForeignKey',
  exclude: 'addExclude',
} as const satisfies Record<ConstraintDefinition['type'], Operation['kind']>;

/** ADD a int, CONSTRAINT c …, DEFAULT 1 FOR b */
function readAdd(cursor: Cursor, { table, notValid }: Altered, first: number): readonly Operation[] {
  const part = within(cursor, cursor.at, cursor.source.last);
  cursor.at = cursor.source.last + 1;
  let start = first;
  return listed(part, item => {
    const from = start;
    start = item.source.last + 2;
    const end = item.source.last;
    const preset = takePreset(item);
    if (preset !== undefined) {
      return { kind: 'setDefault', ...clauseBase(item, from, end, item.source.first), table, ...preset };
    }
    const element = takeTableElement(item);
    if (element?.kind === 'constraint') {
      const constraint = { ...element.constraint, ...(notValid ? { notValid: true as const } : {}) };
      const place = clauseBase(item, from, end, headEnd(item, from));
      return { kind: CONSTRAINT_KINDS[constraint.type], ...place, table, constraint } as Operation;
    }
    if (element !== undefined) return other(item, table, from);
    const nameAt = item.at;
    const { definition, places } = takeColumn(item);
    const place = clauseBase(item, from, end, nameAt, { column: first });
    return {
      kind: 'addColumn',
      ...place,
      anchors: { ...place.anchors, ...places },
      table,
      column: definition,
      ifNotExists: false,
    };
  });
}

/** The last token before the first bracket. */
function headEnd({ source }: Cursor, from: number): number {
  let index = from;
  while (index < source.last && textOf(source, index + 1, index + 1) !== '(') index++;
  return index;
}

/** `[CONSTRAINT name] DEFAULT value FOR column` */
function takePreset(item: Cursor) {
  const from = item.at;
  const constraintName = takes(item, 'CONSTRAINT') ? takeName(item) : undefined;
  if (!takes(item, 'DEFAULT')) {
    item.at = from;
    return undefined;
  }
  const value = takeWritten(item);
  if (!takes(item, 'FOR')) refuse(item, 'FOR');
  return { default: value, column: takeName(item, 'a column'), ...defined({ constraintName }) };
}

/** ALTER COLUMN c type [NULL | NOT NULL]: where neither is written the column takes NULLs from then on. */
function readAlterColumn(cursor: Cursor, { table }: Altered, first: number): readonly Operation[] {
  const column = takeName(cursor, 'a column');
  if (sees(cursor, 'ADD') || sees(cursor, 'DROP')) return [other(cursor, table, first)];
  const typeAt = cursor.at;
  const type = takeDataType(cursor);
  const typeEnd = cursor.at - 1;
  const collation = takes(cursor, 'COLLATE') ? { name: takeName(cursor) } : undefined;
  const notNull = takes(cursor, 'NOT', 'NULL');
  const { source } = cursor;
  const place = clauseBase(cursor, first, source.last, typeEnd, { type: [typeAt, typeEnd] });
  cursor.at = source.last + 1;
  return [
    { kind: 'alterColumnType', ...place, table, column, type, ...defined({ collation }) },
    { kind: notNull ? 'setNotNull' : 'dropNotNull', ...place, table, column },
  ];
}

/** DROP COLUMN a, b, CONSTRAINT c */
function readDropped(cursor: Cursor, { table }: Altered, first: number): readonly Operation[] {
  const part = within(cursor, cursor.at, cursor.source.last);
  cursor.at = cursor.source.last + 1;
  let isColumn = false;
  let start = first;
  return listed(part, item => {
    const from = start;
    start = item.source.last + 2;
    if (takes(item, 'COLUMN')) isColumn = true;
    else if (takes(item, 'CONSTRAINT')) isColumn = false;
    const keyword = item.at - 1;
    const ifExists = takes(item, 'IF', 'EXISTS');
    const nameAt = item.at;
    const name = takeName(item);
    const anchors = {
      column: isColumn ? keyword : undefined,
      ifExists: ifExists ? ([keyword + 1, keyword + 2] as const) : undefined,
    };
    const place = clauseBase(item, from, item.source.last, nameAt, anchors);
    return isColumn
      ? { kind: 'dropColumn', ...place, table, column: name, ifExists, cascade: false }
      : { kind: 'dropConstraint', ...place, table, name, ifExists, cascade: false };
  });
}

/** CHECK CONSTRAINT and NOCHECK CONSTRAINT; WITH CHECK before it has the rows checked that are there. */
function readCheck(enforced: boolean): VerbReader {
  return (cursor, { table }, first) => {
    const { source } = cursor;
    const validates =
      enforced &&
      textOf(source, first, first + 1)
        .toUpperCase()
        .replace(/\s+/g, ' ') === 'WITH CHECK';
    const part = within(cursor, cursor.at, source.last);
    cursor.at = source.last + 1;
    return listed(part, item => {
      const place = clauseBase(item, first, source.last, source.last);
      const name = takeName(item, 'a constraint');
      return validates
        ? { kind: 'validateConstraint', ...place, table, name }
        : { kind: 'alterConstraint', ...place, table, name, enforced };
    });
  };
}

function readTrigger(kind: 'enableTrigger' | 'disableTrigger'): VerbReader {
  return (cursor, { table }, first) => {
    const trigger = takes(cursor, 'ALL') ? 'all' : takeName(cursor, 'a trigger');
    return [whole(cursor, first, { kind, table, trigger, ...(kind === 'enableTrigger' ? { mode: 'origin' } : {}) })];
  };
}

/* ---------------------------------------------------------------- ALTER INDEX */

/** ALTER INDEX i | ALL ON t REBUILD [WITH (ONLINE = ON)]; REORGANIZE, DISABLE and SET are kept as other statements. */
export function alterSqlServerIndex(cursor: Cursor, at: number): readonly Operation[] {
  cursor.at = at + 1;
  const name = takes(cursor, 'ALL') ? undefined : takeName(cursor, 'an index');
  if (!takes(cursor, 'ON')) refuse(cursor, 'ON');
  const table = takeObjectName(cursor, 'a table');
  const headAt = cursor.at;
  if (!takes(cursor, 'REBUILD')) return otherStatement(cursor, 3);
  const online = onlineOption(cursor, table).some(option => option.kind === 'ddlOption' && option.value === 'on');
  cursor.at = cursor.source.last + 1;
  return [
    {
      kind: 'reindex',
      ...statementToName(cursor, headAt, { object: at }),
      target: name === undefined ? 'table' : 'index',
      name: name === undefined ? table : { name },
      table,
      concurrently: online,
    },
  ];
}

/** CREATE SYNONYM s FOR t: another name of it. */
export function createSynonym(cursor: Cursor, at: number): readonly Operation[] {
  cursor.at = at + 1;
  const name = takeObjectName(cursor, 'a synonym');
  if (!takes(cursor, 'FOR')) refuse(cursor, 'FOR');
  const target = takeObjectName(cursor, 'an object');
  const place = statementToName(cursor, at + 1, { object: at });
  return [{ kind: 'createObject', ...place, objectKind: 'synonym', name, ifNotExists: false, tables: [target] }];
}

/* ---------------------------------------------------------------- EXEC */

/** What sp_rename calls the kinds of objects. */
type Renamed = (parts: readonly string[], newName: string) => object;

const RENAMES: Readonly<Record<string, Renamed>> = {
  COLUMN: (parts, newName) => ({
    kind: 'renameColumn',
    table: named(parts.slice(0, -1)),
    column: parts.at(-1) ?? '',
    newName,
    relationKind: 'table',
  }),
  INDEX: (parts, newName) => ({
    kind: 'renameIndex',
    table: named(parts.slice(0, -1)),
    index: parts.at(-1) ?? '',
    newName,
  }),
  OBJECT: (parts, newName) => ({ kind: 'renameTable', table: named(parts), newName, relationKind: 'table' }),
};

function named(parts: readonly string[]): ObjectName {
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

/** Reads EXEC: sp_rename as what it does, a text as the statements in it, anything else as a call. */
export function readExec(cursor: Cursor): readonly Operation[] {
  const start = cursor.source.first;
  cursor.at++;
  if (seesSymbol(cursor, '(')) return readText(cursor, bracketed(cursor));
  // EXEC @result = procedure
  if (tokenAtCursor(cursor)?.kind === 'parameter' && textAt(cursor, 1) === '=') cursor.at += 2;
  if (tokenAtCursor(cursor)?.kind === 'parameter')
    return readText(cursor, within(cursor, cursor.at, cursor.source.last));
  const nameAt = cursor.at;
  const routine = takeObjectName(cursor, 'a procedure');
  const called = routine.name.toLowerCase();
  if (called === 'sp_executesql') return readText(cursor, within(cursor, cursor.at, cursor.source.last));
  if (called === 'sp_rename') {
    const [from, to, kind] = listed(cursor, takeArgument);
    const parts = from === undefined ? [] : partsOf(from);
    // Of three parts the last is a column: an object of another database cannot be renamed from here.
    const renamed = RENAMES[kind?.toUpperCase() ?? (parts.length === 3 ? 'COLUMN' : 'OBJECT')];
    if (from !== undefined && to !== undefined && renamed !== undefined) {
      return [{ ...statementBase(cursor, cursor.source.last), ...renamed(parts, to) } as Operation];
    }
  }
  cursor.at = nameAt;
  return [{ kind: 'call', ...statementToName({ ...cursor, at: start }, nameAt), routine }];
}

/** An argument's value: `'x'`, `@objname = 'x'`. */
function takeArgument(item: Cursor): string {
  if (tokenAtCursor(item)?.kind === 'parameter' && textAt(item, 1) === '=') item.at += 2;
  return takeValue(item);
}

/** The parts of a name in a text: `dbo.t.c`, `[dbo].[t].[c]`. */
function partsOf(text: string): readonly string[] {
  return (text.match(/\[(?:[^\]]|\]\])*\]|"[^"]*"|[^.]+/g) ?? []).map(part =>
    /^[["]/.test(part) ? part.slice(1, -1).replaceAll(']]', ']') : part,
  );
}

/** The statements of a text that EXEC runs, where the text is a literal. */
function readText(cursor: Cursor, inside: Cursor): readonly Operation[] {
  const { source, grammar } = cursor;
  const token = tokenAtCursor(inside);
  const isLiteral = token?.kind === 'string' && /^(?:|,)$/.test(textAt(inside, 1));
  if (token === undefined || !isLiteral) {
    const message = 'the text of this EXEC is known at run time only';
    return [{ kind: 'unreadable', ...statementWords(cursor, 2), reason: 'dynamic', message }];
  }
  const { fragment } = source.text;
  const script = readScript(decodeString(sliceFragment(fragment, 0, fragment.text.length), token), grammar);
  const operations = script.statements.flatMap(statement => statement.operations);
  return operations.length > 0 ? operations : otherStatement(cursor);
}

/* ---------------------------------------------------------------- SET, MERGE */

/** Reads Transact-SQL's SET: an option and its value, or a variable. */
export function readSqlServerSet(cursor: Cursor): readonly Operation[] {
  const place = statementBase(cursor, cursor.source.last);
  const { source } = cursor;
  cursor.at++;
  const nameAt = cursor.at;
  const isVariable = tokenAtCursor(cursor)?.kind === 'parameter';
  const name = textAt(cursor).toLowerCase();
  if (isVariable || source.last <= nameAt)
    return [{ kind: 'setParameter', ...place, name, scope: 'session', values: [] }];
  const value = textOf(source, nameAt + 1, source.last);
  return [{ kind: 'setParameter', ...place, name, value, scope: 'session', values: [value] }];
}

/** Reads MERGE [INTO] t USING s ON … WHEN … THEN … */
export function readMerge(cursor: Cursor): readonly Operation[] {
  cursor.at++;
  takes(cursor, 'INTO');
  const nameAt = cursor.at;
  const all = gathering();
  const usingAt = wordIndex(cursor, 'USING');
  takeFrom(within(cursor, cursor.at, usingAt - 1), all);
  const onAt = wordIndex({ ...cursor, at: usingAt }, 'ON');
  const sources = gathering();
  takeFrom(within(cursor, usingAt + 1, onAt - 1), sources);
  const whenAt = wordIndex({ ...cursor, at: onAt }, 'WHEN');
  const on = takeWritten(within(cursor, onAt + 1, whenAt - 1));
  const table = all.reads[0];
  const source = sources.reads[0];
  if (table === undefined) return refuse(cursor, 'a table');
  const rest = textOf(cursor.source, whenAt, cursor.source.last).toLowerCase();
  const actions = (['insert', 'update', 'delete'] as const).filter(action =>
    new RegExp(`then\\s+${action}`).test(rest),
  );
  cursor.at = cursor.source.last + 1;
  return [{ kind: 'merge', ...statementToName(cursor, nameAt), table, source: source ?? table, on, actions }];
}

/** @throws a Refusal where the word does not follow */
function wordIndex(cursor: Cursor, wanted: string): number {
  const { source } = cursor;
  for (let index = cursor.at; index <= source.last; index = Math.max(source.text.partner[index]!, index) + 1) {
    if (sees({ ...cursor, at: index }, wanted)) return index;
  }
  return refuse({ ...cursor, at: source.last + 1 }, wanted);
}

/** The bodies of procedures and functions are kept, not read; their parameters are part of what is kept. */
export function createSqlServerRoutine(form: 'function' | 'procedure') {
  return (cursor: Cursor, at: number, modifiers: ReadonlySet<string>): readonly Operation[] => {
    cursor.at = at + 1;
    const nameAt = cursor.at;
    const routine = takeObjectName(cursor, 'a routine');
    const { source } = cursor;
    const from = Math.min(cursor.at, source.last);
    return [
      {
        kind: 'createRoutine',
        ...statementToName(cursor, nameAt, { object: at }),
        routine,
        form,
        replace: modifiers.has('ALTER'),
        argumentTypes: [],
        returnsSet: false,
        language: 'sql',
        volatility: 'volatile',
        securityDefiner: false,
        settings: [],
        body: { text: textOf(source, from, source.last), range: rangeOf(source, from, source.last) },
      },
    ];
  };
}

/** CREATE TRIGGER r ON t AFTER INSERT, UPDATE AS … */
export function createSqlServerTrigger(
  cursor: Cursor,
  at: number,
  modifiers: ReadonlySet<string>,
): readonly Operation[] {
  cursor.at = at + 1;
  const nameAt = cursor.at;
  const routine = takeObjectName(cursor, 'a trigger');
  if (!takes(cursor, 'ON')) refuse(cursor, 'ON');
  // A trigger on the database or the server has no table.
  if (takes(cursor, 'DATABASE') || takes(cursor, 'ALL', 'SERVER')) {
    return [
      {
        kind: 'createObject',
        ...statementToName(cursor, nameAt, { object: at }),
        objectKind: 'event trigger',
        name: routine,
        ifNotExists: false,
      },
    ];
  }
  const table = takeObjectName(cursor, 'a table');
  if (takes(cursor, 'WITH')) takeName(cursor);
  const isInstead = takes(cursor, 'INSTEAD', 'OF');
  if (!isInstead) takesAny(cursor, ['FOR', 'AFTER']);
  const events: ('insert' | 'update' | 'delete')[] = [];
  do {
    const event = takesAny(cursor, ['INSERT', 'UPDATE', 'DELETE'])?.toLowerCase();
    if (event !== undefined) events.push(event as 'insert' | 'update' | 'delete');
  } while (takesSymbol(cursor, ','));
  const { source } = cursor;
  const from = cursor.at;
  return [
    {
      kind: 'createTrigger',
      ...statementToName(cursor, nameAt, { object: at }),
      name: routine.name,
      table,
      replace: modifiers.has('ALTER'),
      constraint: false,
      timing: isInstead ? 'instead of' : 'after',
      events,
      updateColumns: [],
      forEachRow: false,
      routine,
      ...(isAtEnd(cursor)
        ? {}
        : { body: { text: textOf(source, from, source.last), range: rangeOf(source, from, source.last) } }),
    },
  ];
}

/** Reads SELECT; SELECT … INTO t makes a table. */
export function readSqlServerSelect(cursor: Cursor): readonly Operation[] {
  const { source } = cursor;
  const intoAt = source.first + indexOfInto(cursor);
  if (intoAt <= source.first) return readSelect(cursor);
  const target = within(cursor, intoAt + 1, source.last);
  if (tokenAtCursor(target)?.kind === 'parameter') return readSelect(cursor);
  const table = takeObjectName(target, 'a table');
  const persistence = table.name.startsWith('#') ? 'temporary' : 'permanent';
  return [
    {
      kind: 'createTable',
      ...statementWords(cursor, 2),
      table,
      ifNotExists: false,
      persistence,
      columns: [],
      constraints: [],
      inherits: [],
      like: [],
      options: [],
      query: takeQuery(cursor),
    },
  ];
}

/** How far from the start of a SELECT its INTO stands; 0 where it has none. */
function indexOfInto({ source }: Cursor): number {
  for (let index = source.first; index <= source.last; index = Math.max(source.text.partner[index]!, index) + 1) {
    const found = textOf(source, index, index).toUpperCase();
    if (found === 'FROM') return 0;
    if (found === 'INTO') return index - source.first;
  }
  return 0;
}
