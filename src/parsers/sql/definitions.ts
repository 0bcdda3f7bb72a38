import type { ObjectName } from '../../operations/names.ts';
import type { GenericObjectKind, Operation, OperationOf } from '../../operations/operations.ts';
import { isSymbol, isWord, rangeOf, textOf } from '../source-text.ts';
import { takeClauses, takeDdlOptions } from './alter-table.ts';
import { takeIndexElements, takeIndexOptions, takeMethod } from './columns.ts';
import { readCreateTable } from './create-table.ts';
import {
  bracketed,
  type Cursor,
  defined,
  expects,
  isAtEnd,
  listed,
  refuse,
  sees,
  seesName,
  seesSymbol,
  takeName,
  takeObjectName,
  takes,
  takesAny,
  takesSymbol,
  takeValue,
  textAt,
} from './cursor.ts';
import { takeDataType } from './data-types.ts';
import { takeWritten } from './expressions.ts';
import type { ObjectReader } from './grammar.ts';
import { takeQuery } from './queries.ts';
import { listedBase, statementBase, statementToName, statementWords } from './statement.ts';

/** A statement that the model has no kind for. @param words - how many of its words name it */
export function otherStatement(cursor: Cursor, words = 2): readonly Operation[] {
  const place = statementWords(cursor, words);
  const { first, last, text } = cursor.source;
  let named = first;
  while (named < Math.min(first + words - 1, last) && text.tokens[named + 1]!.kind === 'word') named++;
  const what = textOf(cursor.source, first, named).toLowerCase().replace(/\s+/g, ' ');
  return [
    {
      kind: 'other',
      ...place,
      what,
      text: text.fragment.text.slice(text.tokens[first]!.start, text.tokens[last]!.end),
    },
  ];
}

/** What CREATE makes, by the word that names it. */
const CREATES: Readonly<Record<string, ObjectReader>> = {
  TABLE: (cursor, at, modifiers) =>
    modifiers.has('VIRTUAL')
      ? createVirtualTable(cursor, at)
      : readCreateTable(cursor, at, modifiers.has('TEMPORARY') || modifiers.has('TEMP')),
  INDEX: createIndex,
  VIEW: createView,
  TRIGGER: createTrigger,
  PROCEDURE: (cursor, at, modifiers) => createRoutine(cursor, at, 'procedure', modifiers),
  FUNCTION: (cursor, at, modifiers) => createRoutine(cursor, at, 'function', modifiers),
  DATABASE: createDatabase,
  SCHEMA: createDatabase,
  EVENT: createObject('event'),
  USER: createObject('role'),
  ROLE: createObject('role'),
  SERVER: createObject('server'),
  TABLESPACE: createObject('tablespace'),
  SEQUENCE: (cursor, at, modifiers) => {
    const { ifNotExists, nameAt, name } = named(cursor, at);
    return [
      {
        kind: 'createSequence',
        ...statementToName(cursor, nameAt, { object: at }),
        sequence: name,
        ifNotExists,
        temporary: modifiers.has('TEMPORARY'),
      },
    ];
  },
};

/** Words before the object in CREATE and ALTER that are followed by `= value`. */
const VALUED_MODIFIERS: ReadonlySet<string> = new Set(['DEFINER', 'ALGORITHM']);

/** Reads CREATE: what stands before the object's word are modifiers. */
export function readCreate(cursor: Cursor): readonly Operation[] {
  return readObject(cursor, { ...CREATES, ...cursor.grammar.objects });
}

function readObject(cursor: Cursor, readers: Readonly<Record<string, ObjectReader>>): readonly Operation[] {
  const { at, modifiers } = objectWord(cursor, readers);
  const word = at === undefined ? '' : textOf(cursor.source, at, at).toUpperCase();
  return at === undefined ? unmodelled(cursor, modifiers) : readers[word]!(cursor, at, modifiers);
}

/** Objects that the model has no kind for. */
const UNMODELLED_OBJECTS = [
  ...['LOGFILE', 'RESOURCE', 'REFERENCE', 'UNDO', 'LIBRARY', 'PACKAGE', 'INSTANCE', 'PREPARE', 'MASKING', 'SPATIAL'],
];

/** @throws a Refusal where the statement names no object at all */
function unmodelled(cursor: Cursor, modifiers: ReadonlySet<string>): readonly Operation[] {
  if (UNMODELLED_OBJECTS.some(word => modifiers.has(word))) return otherStatement(cursor, 3);
  cursor.at = cursor.source.first + 1;
  return refuse(cursor, 'TABLE, INDEX, VIEW or another kind of object');
}

function objectWord(cursor: Cursor, table: Readonly<Record<string, unknown>>) {
  const { source } = cursor;
  const modifiers = new Set<string>();
  for (let index = source.first + 1; index <= source.last; index++) {
    const token = source.text.tokens[index]!;
    if (token.kind !== 'word') return { at: undefined, modifiers };
    const word = textOf(source, index, index).toUpperCase();
    if (Object.hasOwn(table, word)) return { at: index, modifiers };
    modifiers.add(word);
    // SQL SECURITY DEFINER has no value.
    const isValued = VALUED_MODIFIERS.has(word) && isSymbol(source, index + 1, '=');
    if (isValued) index = afterModifierValue(cursor, index + 2) - 1;
  }
  return { at: undefined, modifiers };
}

/** The index after `MERGE`, `` `user`@`host` `` or `CURRENT_USER()`. */
function afterModifierValue({ source }: Cursor, index: number): number {
  let at = index + 1;
  const { tokens } = source.text;
  const isGlued = () => at <= source.last && tokens[at]!.start === tokens[at - 1]!.end && !isSymbol(source, at, '(');
  if (at <= source.last && (tokens[at]!.kind === 'parameter' || isSymbol(source, at, '@'))) {
    // `user`@`host` is three tokens where the host is quoted, user@1.2.3.4 more; the host may be left out.
    at++;
    while (isGlued()) at++;
  }
  return isSymbol(source, at, '(') ? at + 2 : at;
}

/** Moves over `[IF NOT EXISTS] name` behind the object's word. */
function named(cursor: Cursor, at: number) {
  cursor.at = at + 1;
  const ifNotExists = takes(cursor, 'IF', 'NOT', 'EXISTS');
  const nameAt = cursor.at;
  const name = takeObjectName(cursor);
  return { ifNotExists, nameAt, name, ifExistsPlace: ifNotExists ? ([at + 1, at + 3] as const) : undefined };
}

/** Reads CREATE INDEX. */
export function createIndex(cursor: Cursor, at: number, modifiers: ReadonlySet<string>): readonly Operation[] {
  const { ifNotExists, nameAt, name, ifExistsPlace } = named(cursor, at);
  const before = takeMethod(cursor);
  expects(cursor, 'ON');
  const table = takeObjectName(cursor, 'a table');
  // A columnstore index of SQL Server has no keys.
  const elements = seesSymbol(cursor, '(') ? takeIndexElements(cursor) : [];
  const including = takes(cursor, 'INCLUDE') ? listed(bracketed(cursor), item => takeName(item)) : [];
  const where = takes(cursor, 'WHERE') ? takeWritten(cursor) : undefined;
  const tail = takeIndexOptions(cursor);
  const kinds = { FULLTEXT: 'fulltext', SPATIAL: 'spatial', VECTOR: 'vector' } as const;
  const kind = (Object.keys(kinds) as (keyof typeof kinds)[]).find(word => modifiers.has(word));
  const place = statementToName(cursor, nameAt, { object: at, ifExists: ifExistsPlace });
  return [
    {
      kind: 'createIndex',
      ...place,
      ...defined({ indexKind: kind === undefined ? undefined : kinds[kind], visible: tail.visible, where }),
      name: name.name,
      table,
      unique: modifiers.has('UNIQUE'),
      concurrently: false,
      ifNotExists,
      only: false,
      method: tail.method ?? before ?? (storageWords(modifiers) || 'btree'),
      elements,
      including,
      options: tail.options,
    },
    ...takeDdlOptions(cursor, { table }),
  ];
}

/** How SQL Server keeps an index, where the statement says it: `clustered`, `columnstore`, `clustered columnstore`. */
function storageWords(modifiers: ReadonlySet<string>): string {
  return ['CLUSTERED', 'COLUMNSTORE']
    .filter(word => modifiers.has(word))
    .join(' ')
    .toLowerCase();
}

/** SQLite's CREATE VIRTUAL TABLE: the module decides about the columns. */
function createVirtualTable(cursor: Cursor, at: number): readonly Operation[] {
  const { ifNotExists, nameAt, name, ifExistsPlace } = named(cursor, at);
  expects(cursor, 'USING');
  return [
    {
      kind: 'createTable',
      ...statementToName(cursor, nameAt, { object: at, ifExists: ifExistsPlace }),
      table: name,
      ifNotExists,
      persistence: 'permanent',
      columns: [],
      constraints: [],
      inherits: [],
      like: [],
      options: [],
      accessMethod: takeName(cursor, 'a module'),
    },
  ];
}

function createView(cursor: Cursor, at: number, modifiers: ReadonlySet<string>): readonly Operation[] {
  const { nameAt, name, ifExistsPlace } = named(cursor, at);
  const columnNames = seesSymbol(cursor, '(') ? listed(bracketed(cursor), item => takeName(item)) : [];
  expects(cursor, 'AS');
  const { source } = cursor;
  const check = checkOptionAt(cursor);
  const query = takeQuery({ ...cursor, source: { ...source, last: check?.before ?? source.last } });
  return [
    {
      kind: 'createView',
      ...statementToName(cursor, nameAt, { object: at, ifExists: ifExistsPlace }),
      view: name,
      replace: modifiers.has('REPLACE') || isWord(source, source.first, 'ALTER'),
      temporary: modifiers.has('TEMPORARY') || modifiers.has('TEMP'),
      columnNames,
      query,
      options: [],
      ...defined({ checkOption: check?.option }),
    },
  ];
}

/** The closing WITH [LOCAL | CASCADED] CHECK OPTION of a view, and the index of the token before it. */
function checkOptionAt({ source }: Cursor): { option: 'local' | 'cascaded'; before: number } | undefined {
  const { last } = source;
  if (!isWord(source, last, 'OPTION') || !isWord(source, last - 1, 'CHECK')) return undefined;
  const local = isWord(source, last - 2, 'LOCAL');
  const explicit = local || isWord(source, last - 2, 'CASCADED');
  return { option: local ? 'local' : 'cascaded', before: last - (explicit ? 4 : 3) };
}

const TIMINGS = { BEFORE: 'before', AFTER: 'after', INSTEAD: 'instead of' } as const;

function createTrigger(cursor: Cursor, at: number, modifiers: ReadonlySet<string>): readonly Operation[] {
  const { nameAt, name, ifExistsPlace } = named(cursor, at);
  const timing = takesAny(cursor, Object.keys(TIMINGS)) as keyof typeof TIMINGS | undefined;
  takes(cursor, 'OF');
  const events: ('insert' | 'update' | 'delete')[] = [];
  const updateColumns: string[] = [];
  for (let event = takeEvent(cursor); event !== undefined; event = takeEvent(cursor)) {
    events.push(event);
    if (event === 'update' && takes(cursor, 'OF')) {
      do updateColumns.push(takeName(cursor));
      while (takesSymbol(cursor, ','));
    }
    takes(cursor, 'OR');
  }
  expects(cursor, 'ON');
  const table = takeObjectName(cursor, 'a table');
  takes(cursor, 'FOR', 'EACH', 'ROW');
  const bodyAt = cursor.at;
  return [
    {
      kind: 'createTrigger',
      ...statementToName(cursor, nameAt, { object: at, ifExists: ifExistsPlace }),
      name: name.name,
      table,
      replace: modifiers.has('REPLACE'),
      constraint: false,
      timing: TIMINGS[timing ?? 'AFTER'],
      events,
      updateColumns,
      forEachRow: true,
      routine: name,
      ...bodyFrom(cursor, bodyAt),
    },
  ];
}

function takeEvent(cursor: Cursor): 'insert' | 'update' | 'delete' | undefined {
  const word = takesAny(cursor, ['INSERT', 'UPDATE', 'DELETE']);
  return word?.toLowerCase() as 'insert' | 'update' | 'delete' | undefined;
}

function bodyFrom({ source }: Cursor, from: number) {
  if (from > source.last) return {};
  return { body: { text: textOf(source, from, source.last), range: rangeOf(source, from, source.last) } };
}

function createRoutine(
  cursor: Cursor,
  at: number,
  form: 'function' | 'procedure',
  modifiers: ReadonlySet<string>,
): readonly Operation[] {
  const { nameAt, name, ifExistsPlace } = named(cursor, at);
  const argumentTypes = seesSymbol(cursor, '(') ? listed(bracketed(cursor), takeParameterType) : [];
  const returns = takesAny(cursor, ['RETURNS', 'RETURN']) === undefined ? undefined : takeDataType(cursor);
  let volatility: 'immutable' | 'volatile' = 'volatile';
  let securityDefiner = true;
  for (let more = true; more; ) {
    if (takes(cursor, 'DETERMINISTIC')) volatility = 'immutable';
    else if (takes(cursor, 'SQL', 'SECURITY', 'INVOKER')) securityDefiner = false;
    else if (takes(cursor, 'COMMENT')) takeValue(cursor);
    else if (takes(cursor, 'CHARSET') || takes(cursor, 'COLLATE')) takeValue(cursor);
    else more = CHARACTERISTICS.some(words => takes(cursor, ...words));
  }
  const language = takes(cursor, 'SONAME') ? 'c' : 'sql';
  return [
    {
      kind: 'createRoutine',
      ...statementToName(cursor, nameAt, { object: at, ifExists: ifExistsPlace }),
      routine: name,
      form,
      replace: modifiers.has('REPLACE'),
      argumentTypes,
      ...defined({ returns }),
      returnsSet: false,
      language,
      volatility,
      securityDefiner,
      settings: [],
      ...bodyFrom(cursor, cursor.at),
    },
  ];
}

/** What may stand between a routine's parameters and its body (MySQL manual 15.1.17). */
const CHARACTERISTICS: readonly (readonly string[])[] = [
  ['NOT', 'DETERMINISTIC'],
  ['SQL', 'SECURITY', 'DEFINER'],
  ['CONTAINS', 'SQL'],
  ['NO', 'SQL'],
  ['READS', 'SQL', 'DATA'],
  ['MODIFIES', 'SQL', 'DATA'],
  ['LANGUAGE', 'SQL'],
  ['CHARACTER', 'SET', 'UTF8'],
];

function takeParameterType(item: Cursor) {
  takesAny(item, ['IN', 'OUT', 'INOUT']);
  takeName(item, 'a parameter');
  return takeDataType(item);
}

function createDatabase(cursor: Cursor, at: number): readonly Operation[] {
  const { nameAt, name, ifNotExists } = named(cursor, at);
  const place = statementToName(cursor, nameAt, { object: at });
  return [{ kind: 'createDatabase', ...place, database: name.name, ...(ifNotExists ? { ifExists: true } : {}) }];
}

export function createObject(objectKind: GenericObjectKind): ObjectReader {
  return (cursor, at, modifiers) => {
    const { nameAt, name, ifNotExists } = named(cursor, at);
    return [
      {
        kind: 'createObject',
        ...statementToName(cursor, nameAt, { object: at }),
        objectKind,
        name,
        ifNotExists,
        ...(modifiers.has('REPLACE') ? { replace: true as const } : {}),
      },
    ];
  };
}

/* ---------------------------------------------------------------- ALTER */

const ALTERS: Readonly<Record<string, ObjectReader>> = {
  TABLE: alterTable,
  VIEW: createView,
  DATABASE: alterDatabase,
  SCHEMA: alterDatabase,
  PROCEDURE: (cursor, at) => alterRoutine(cursor, at, 'procedure'),
  FUNCTION: (cursor, at) => alterRoutine(cursor, at, 'function'),
  EVENT: alterObject('event'),
  USER: alterObject('role'),
  SERVER: alterObject('server'),
  TABLESPACE: alterObject('tablespace'),
  SEQUENCE: (cursor, at) => {
    const { name, nameAt, ifExists } = namedExisting(cursor, at);
    return [
      {
        kind: 'alterSequence',
        ...statementToName(cursor, nameAt, { object: at }),
        sequence: name,
        ifExists,
        restart: false,
        changesOptions: true,
      },
    ];
  },
};

/** Reads ALTER. */
export function readAlter(cursor: Cursor): readonly Operation[] {
  return readObject(cursor, { ...ALTERS, ...cursor.grammar.objects });
}

function namedExisting(cursor: Cursor, at: number) {
  cursor.at = at + 1;
  const ifExists = takes(cursor, 'IF', 'EXISTS');
  const nameAt = cursor.at;
  return { ifExists, nameAt, name: takeObjectName(cursor) };
}

function alterTable(cursor: Cursor, at: number): readonly Operation[] {
  const { ifExists, name } = namedExisting(cursor, at);
  const on = { table: name, ...(ifExists ? { tableIfExists: true as const } : {}) };
  if (cursor.grammar.clauses !== undefined) return cursor.grammar.clauses(cursor, name);
  const waits = takeDdlOptionsOfName(cursor, on);
  return [...waits, ...(isAtEnd(cursor) && waits.length > 0 ? [] : takeClauses(cursor, on))];
}

/** MariaDB's WAIT n and NOWAIT stand before the first clause. */
function takeDdlOptionsOfName(cursor: Cursor, on: { readonly table: ObjectName }): readonly Operation[] {
  return sees(cursor, 'WAIT') || sees(cursor, 'NOWAIT') ? takeDdlOptions(cursor, on) : [];
}

function alterDatabase(cursor: Cursor, at: number): readonly Operation[] {
  cursor.at = at + 1;
  // The name may be left out: ALTER DATABASE CHARACTER SET x.
  const isNamed =
    seesName(cursor) &&
    !['CHARACTER', 'CHARSET', 'COLLATE', 'DEFAULT', 'READ', 'ENCRYPTION'].some(word => sees(cursor, word));
  const database = isNamed ? takeName(cursor) : '';
  return [{ kind: 'alterDatabase', ...statementBase(cursor, isNamed ? at + 1 : at, { object: at }), database }];
}

function alterRoutine(cursor: Cursor, at: number, form: 'function' | 'procedure'): readonly Operation[] {
  const { name, nameAt } = namedExisting(cursor, at);
  return [
    { kind: 'alterRoutine', ...statementToName(cursor, nameAt, { object: at }), routine: name, form, settings: [] },
  ];
}

function alterObject(objectKind: GenericObjectKind) {
  return (cursor: Cursor, at: number): readonly Operation[] => {
    const { name, nameAt } = namedExisting(cursor, at);
    const change = takesAny(cursor, ['RENAME']) === undefined ? 'options' : 'rename';
    return [{ kind: 'alterObject', ...statementToName(cursor, nameAt, { object: at }), objectKind, name, change }];
  };
}

/* ---------------------------------------------------------------- DROP, RENAME, TRUNCATE */

interface Dropped {
  readonly name: ObjectName;
  readonly place: ReturnType<typeof listedBase>;
  readonly ifExists: boolean;
}

const DROPS: Readonly<Record<string, (dropped: Dropped) => Operation>> = {
  TABLE: ({ name, place, ifExists }) => ({ kind: 'dropTable', ...place, table: name, ifExists, cascade: false }),
  TABLES: ({ name, place, ifExists }) => ({ kind: 'dropTable', ...place, table: name, ifExists, cascade: false }),
  VIEW: ({ name, place, ifExists }) => ({ kind: 'dropView', ...place, view: name, ifExists, cascade: false }),
  SYNONYM: ({ name, place, ifExists }) => ({
    kind: 'dropObject',
    ...place,
    objectKind: 'synonym',
    name,
    ifExists,
    cascade: false,
  }),
  SEQUENCE: ({ name, place, ifExists }) => ({
    kind: 'dropSequence',
    ...place,
    sequence: name,
    ifExists,
    cascade: false,
  }),
  DATABASE: ({ name, place, ifExists }) => ({
    kind: 'dropDatabase',
    ...place,
    database: name.name,
    ...(ifExists ? { ifExists } : {}),
  }),
  SCHEMA: ({ name, place, ifExists }) => ({
    kind: 'dropDatabase',
    ...place,
    database: name.name,
    ...(ifExists ? { ifExists } : {}),
  }),
  PROCEDURE: ({ name, place, ifExists }) => ({
    kind: 'dropRoutine',
    ...place,
    routine: name,
    form: 'procedure',
    ifExists,
    cascade: false,
  }),
  FUNCTION: ({ name, place, ifExists }) => ({
    kind: 'dropRoutine',
    ...place,
    routine: name,
    form: 'function',
    ifExists,
    cascade: false,
  }),
  PROC: dropped => DROPS.PROCEDURE!(dropped),
  TYPE: ({ name, place, ifExists }) => ({
    kind: 'dropType',
    ...place,
    type: name,
    domain: false,
    ifExists,
    cascade: false,
  }),
  LOGIN: dropObject('role'),
  STATISTICS: dropObject('statistics'),
  TRIGGER: dropObject('trigger'),
  EVENT: dropObject('event'),
  USER: dropObject('role'),
  ROLE: dropObject('role'),
  SERVER: dropObject('server'),
  TABLESPACE: dropObject('tablespace'),
};

function dropObject(objectKind: GenericObjectKind) {
  return ({ name, place, ifExists }: Dropped): Operation => ({
    kind: 'dropObject',
    ...place,
    objectKind,
    name,
    ifExists,
    cascade: false,
  });
}

/** Reads DROP of objects that are listed by name, and DROP INDEX … ON. */
export function readDrop(cursor: Cursor): readonly Operation[] {
  const { at, modifiers } = objectWord(cursor, { ...DROPS, INDEX: true });
  if (at === undefined) return unmodelled(cursor, modifiers);
  const word = textOf(cursor.source, at, at).toUpperCase();
  cursor.at = at + 1;
  const ifExists = takes(cursor, 'IF', 'EXISTS');
  const anchors = { object: at, ifExists: ifExists ? ([at + 1, at + 2] as const) : undefined };
  if (word === 'INDEX') return dropIndexes(cursor, at, ifExists);
  const operations: Operation[] = [];
  do {
    const nameAt = cursor.at;
    const name = takeObjectName(cursor);
    // A user's host: 'a'@'b'.
    while (!isAtEnd(cursor) && /^@/.test(textAt(cursor))) cursor.at += textAt(cursor) === '@' ? 2 : 1;
    const drop = word === 'SCHEMA' && !cursor.grammar.schemasAreDatabases ? dropSchema : DROPS[word]!;
    operations.push(drop({ name, place: listedBase(cursor, nameAt, operations.length, anchors), ifExists }));
  } while (takesSymbol(cursor, ','));
  return operations;
}

function dropSchema({ name, place, ifExists }: Dropped): Operation {
  return { kind: 'dropSchema', ...place, schema: name.name, ifExists, cascade: false };
}

/** DROP INDEX of one index, or of several in SQL Server. */
function dropIndexes(cursor: Cursor, object: number, ifExists: boolean): readonly Operation[] {
  const operations: Operation[] = [];
  do operations.push(...dropIndex(cursor, object, ifExists));
  while (takesSymbol(cursor, ','));
  return operations;
}

/** The index of a DROP INDEX, and its table: `i ON t`, or `t.i` as old versions of SQL Server have it. */
function takeDroppedIndex(cursor: Cursor): { index: ObjectName; table: ObjectName | undefined } {
  const index = takeObjectName(cursor, 'an index');
  if (takes(cursor, 'ON')) return { index, table: takeObjectName(cursor, 'a table') };
  if (!cursor.grammar.filegroups || index.schema === undefined) return { index, table: undefined };
  const { schema, ...plain } = index;
  return { index: plain, table: { name: schema } };
}

function dropIndex(cursor: Cursor, object: number, ifExists: boolean): readonly Operation[] {
  const nameAt = cursor.at;
  const { index, table } = takeDroppedIndex(cursor);
  const anchors = { object, ifExists: ifExists ? ([object + 1, object + 2] as const) : undefined };
  const place = statementToName(cursor, nameAt, anchors);
  const dropped: OperationOf<'dropIndex'> = {
    kind: 'dropIndex',
    ...place,
    index: table?.schema === undefined ? index : { ...index, schema: table.schema },
    ...defined({ table }),
    concurrently: false,
    ifExists,
    cascade: false,
  };
  // Its options say how it is dropped: WITH (ONLINE = ON).
  if (cursor.grammar.filegroups && takes(cursor, 'WITH')) bracketed(cursor);
  return [dropped, ...(table === undefined ? [] : takeDdlOptions(cursor, { table }))];
}

/** Reads RENAME TABLE a TO b, c TO d. */
export function readRename(cursor: Cursor): readonly Operation[] {
  cursor.at++;
  if (takesAny(cursor, ['TABLE', 'TABLES']) === undefined) return otherStatement(cursor);
  const object = cursor.at - 1;
  const ifExists = takes(cursor, 'IF', 'EXISTS');
  const operations: Operation[] = [];
  do {
    const from = cursor.at;
    const table = takeObjectName(cursor, 'a table');
    if (takes(cursor, 'WAIT')) cursor.at++;
    takes(cursor, 'NOWAIT');
    if (!takes(cursor, 'TO')) refuse(cursor, 'TO');
    const { schema, name } = takeObjectName(cursor, 'a new name');
    const place = listedBase(cursor, from, operations.length, { object });
    operations.push({
      kind: 'renameTable',
      ...place,
      head: rangeOf(cursor.source, operations.length === 0 ? cursor.source.first : from, cursor.at - 1),
      table,
      ...(ifExists ? { tableIfExists: true as const } : {}),
      newName: name,
      ...defined({ newSchema: schema }),
      relationKind: 'table',
    });
  } while (takesSymbol(cursor, ','));
  return operations;
}

/** Reads TRUNCATE [TABLE] t. */
export function readTruncate(cursor: Cursor): readonly Operation[] {
  cursor.at++;
  takes(cursor, 'TABLE');
  const nameAt = cursor.at;
  const table = takeObjectName(cursor, 'a table');
  const place = statementToName(cursor, nameAt);
  return [{ kind: 'truncate', ...place, table, together: [], cascade: false, restartIdentity: true }];
}

/** Reads OPTIMIZE, ANALYZE, CHECK and REPAIR TABLE. */
export function readMaintenance(kind: 'optimizeTable' | 'checkTable' | 'repairTable' | 'analyze') {
  return (cursor: Cursor): readonly Operation[] => {
    cursor.at++;
    takesAny(cursor, ['NO_WRITE_TO_BINLOG', 'LOCAL']);
    if (takesAny(cursor, ['TABLE', 'TABLES']) === undefined) return otherStatement(cursor);
    const tables: ObjectName[] = [];
    do tables.push(takeObjectName(cursor, 'a table'));
    while (takesSymbol(cursor, ','));
    return [{ kind, ...statementBase(cursor, cursor.at - 1), tables }];
  };
}
