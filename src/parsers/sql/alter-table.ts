import type { ConstraintDefinition, IndexDefinition } from '../../operations/definitions.ts';
import type { ColumnPosition, MysqlTableOperation } from '../../operations/mysql.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { AlterTableOperation, Operation, OperationBase, OperationOf } from '../../operations/operations.ts';
import { anchorsOf, isSymbol, rangeOf, textOf } from '../source-text.ts';
import { takeColumn, takeIndexElement, takeTableElement, type WrittenColumn } from './columns.ts';
import {
  bracketed,
  type Cursor,
  defined,
  isAtEnd,
  isRefusal,
  listed,
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
  within,
} from './cursor.ts';
import { takeCharset } from './data-types.ts';
import { takeDefault } from './expressions.ts';
import { takeCount, takeNames, takePartitioning, takePartitionNames, takePartitions } from './partitions.ts';
import { clauseBase } from './statement.ts';
import { takeTableOption } from './table-options.ts';

/** What the clauses of one ALTER TABLE share. */
export interface Altered {
  readonly table: ObjectName;
  readonly tableIfExists?: true;
}

/** Reads one clause; the cursor stands behind the words that it was found by. */
type ClauseReader = (cursor: Cursor, clause: Clause) => readonly Operation[];

interface Clause {
  readonly on: Altered;
  /** Index of its first token. */
  readonly first: number;
}

interface ClauseForm {
  readonly words: readonly string[];
  readonly read: ClauseReader;
  /** Its own list goes over commas: it is read up to the end of the statement. */
  readonly list?: true;
}

/**
 * Reads the clauses of an ALTER TABLE, each as operations with its own range. A clause that is not known, or not read to its
 * end, is an `otherTableChange`.
 *
 * @param cursor - behind the table's name
 */
export function takeClauses(cursor: Cursor, on: Altered): readonly Operation[] {
  const operations: Operation[] = [];
  while (!isAtEnd(cursor)) {
    if (takesSymbol(cursor, ',')) continue;
    const from = cursor.at;
    operations.push(...takeClause(cursor, on));
    // Nothing moved: the clause is not known, and it was kept as a whole.
    if (cursor.at === from) cursor.at = endOfClause(cursor) + 1;
  }
  return operations.length > 0 ? operations : [other(cursor, on, cursor.source.first, cursor.source.last)];
}

/** Index of the last token before the next comma outside brackets. */
function endOfClause({ source, at }: Cursor): number {
  for (let index = at; index <= source.last; ) {
    if (isSymbol(source, index, ',')) return index - 1;
    index = Math.max(source.text.partner[index]!, index) + 1;
  }
  return source.last;
}

function takeClause(cursor: Cursor, on: Altered): readonly Operation[] {
  const first = cursor.at;
  const form = CLAUSES.find(({ words }) => sees(cursor, ...words));
  const last = form?.list ? cursor.source.last : endOfClause(cursor);
  if (form === undefined) return takeOptions(cursor, on, last);
  const part = within(cursor, first, last);
  part.at += form.words.length;
  try {
    const read = form.read(part, { on, first });
    cursor.at = part.at;
    return read;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    cursor.at = last + 1;
    return [other(cursor, on, first, last)];
  }
}

/** A table's options stand among the clauses; any number of them with no comma between. */
function takeOptions(cursor: Cursor, on: Altered, last: number): readonly Operation[] {
  const first = cursor.at;
  const part = within(cursor, first, last);
  const options = [];
  for (let option = isOption(part) ? takeTableOption(part) : undefined; option !== undefined; ) {
    options.push(option);
    option = isOption(part) ? takeTableOption(part) : undefined;
  }
  if (options.length === 0) {
    cursor.at = last + 1;
    return [other(cursor, on, first, last)];
  }
  cursor.at = part.at;
  return [
    { kind: 'setTableOptions', ...clauseBase(cursor, first, part.at - 1, part.at - 1), ...on, options, reset: false },
  ];
}

/** Whether an option of the table comes next: a word with a sign of equality, or one that is known. */
function isOption(part: Cursor): boolean {
  return textAt(part, 1) === '=' || OPTION_WORDS.some(word => sees(part, word));
}

const OPTION_WORDS = [
  ...[
    'ENGINE',
    'TYPE',
    'ROW_FORMAT',
    'AUTO_INCREMENT',
    'COMMENT',
    'CHARSET',
    'CHARACTER',
    'CHAR',
    'COLLATE',
    'DEFAULT',
  ],
  ...['KEY_BLOCK_SIZE', 'STATS_PERSISTENT', 'STATS_AUTO_RECALC', 'STATS_SAMPLE_PAGES', 'ENCRYPTION', 'COMPRESSION'],
  ...[
    'AVG_ROW_LENGTH',
    'CHECKSUM',
    'CONNECTION',
    'DELAY_KEY_WRITE',
    'INSERT_METHOD',
    'MAX_ROWS',
    'MIN_ROWS',
    'PACK_KEYS',
  ],
  ...[
    'PASSWORD',
    'TABLESPACE',
    'UNION',
    'DATA',
    'INDEX',
    'PAGE_COMPRESSED',
    'PAGE_CHECKSUM',
    'TRANSACTIONAL',
    'ENCRYPTED',
  ],
];

function other(cursor: Cursor, on: Altered, first: number, last: number): AlterTableOperation {
  const { source } = cursor;
  const words = textOf(source, first, Math.min(first + 2, last))
    .toLowerCase()
    .replace(/\s+/g, ' ');
  return {
    kind: 'otherTableChange',
    ...clauseBase(cursor, first, last, Math.min(first + 1, last)),
    ...on,
    clause: words,
  };
}

/** Range, head and anchors of a clause that was read up to the cursor, and the table. */
function clauseOf(
  cursor: Cursor,
  { on, first }: Clause,
  headLast = cursor.at - 1,
  anchors = {},
): OperationBase & Altered {
  return { ...clauseBase(cursor, first, cursor.at - 1, headLast, anchors), ...on };
}

/* ---------------------------------------------------------------- Columns */

function addColumns(cursor: Cursor, clause: Clause): readonly Operation[] {
  const keyword = cursor.at - 1;
  const ifNotExistsAt = cursor.at;
  const ifNotExists = takes(cursor, 'IF', 'NOT', 'EXISTS');
  const anchors = {
    column: keyword,
    ifExists: ifNotExists ? ([ifNotExistsAt, ifNotExistsAt + 2] as const) : undefined,
  };
  if (seesSymbol(cursor, '(')) {
    const inside = bracketed(cursor);
    return listed(inside, item => {
      const first = item.at;
      return (
        addElement(item, { ...clause, first }, ifNotExists) ??
        addColumn(item, { ...clause, first }, ifNotExists, anchors)
      );
    });
  }
  return [addColumn(cursor, clause, ifNotExists, anchors)];
}

function addColumn(cursor: Cursor, clause: Clause, ifNotExists: boolean, anchors: object): Operation {
  const nameAt = cursor.at;
  const column = takeColumn(cursor);
  const position = takePosition(cursor);
  const place = clauseOf(cursor, clause, nameAt, anchors);
  return {
    kind: 'addColumn',
    ...place,
    anchors: { ...place.anchors, ...column.places },
    column: column.definition,
    ifNotExists,
    ...defined({ position }),
  };
}

function takePosition(cursor: Cursor): ColumnPosition | undefined {
  if (takes(cursor, 'FIRST')) return 'first';
  return takes(cursor, 'AFTER') ? { after: takeName(cursor, 'a column') } : undefined;
}

/** MODIFY and CHANGE. @param renames - whether the old name stands before the definition */
function redefineColumn(renames: boolean): ClauseReader {
  return (cursor, clause) => {
    const keyword = cursor.at - 1;
    const ifExistsAt = cursor.at;
    const ifExists = takes(cursor, 'IF', 'EXISTS');
    const nameAt = cursor.at;
    const old = renames ? takeName(cursor, 'a column') : undefined;
    const written: WrittenColumn = takeColumn(cursor);
    const { definition, places } = written;
    const column = old ?? definition.name;
    const position = takePosition(cursor);
    const place = clauseOf(cursor, clause, renames ? nameAt + 1 : nameAt, {
      column: keyword,
      ifExists: ifExists ? [ifExistsAt, ifExistsAt + 1] : undefined,
    });
    return [
      {
        kind: 'redefineColumn',
        ...place,
        anchors: { ...place.anchors, ...places },
        column,
        definition,
        ...(definition.name === column ? {} : { newName: definition.name }),
        ifExists,
        ...defined({ position }),
      },
    ];
  };
}

function dropColumn(cursor: Cursor, clause: Clause): readonly Operation[] {
  const keyword = cursor.at - 1;
  const ifExistsAt = cursor.at;
  const ifExists = takes(cursor, 'IF', 'EXISTS');
  const column = takeName(cursor, 'a column');
  const nameAt = cursor.at - 1;
  takesAny(cursor, ['RESTRICT', 'CASCADE']);
  const anchors = { column: keyword, ifExists: ifExists ? [ifExistsAt, ifExistsAt + 1] : undefined };
  return [{ kind: 'dropColumn', ...clauseOf(cursor, clause, nameAt, anchors), column, ifExists, cascade: false }];
}

function renameColumn(cursor: Cursor, clause: Clause): readonly Operation[] {
  takes(cursor, 'IF', 'EXISTS');
  const column = takeName(cursor, 'a column');
  takes(cursor, 'TO');
  const newName = takeName(cursor, 'a new name');
  return [{ kind: 'renameColumn', ...clauseOf(cursor, clause), column, newName, relationKind: 'table' }];
}

/** ALTER [COLUMN] c SET DEFAULT …, DROP DEFAULT, SET VISIBLE, SET INVISIBLE; SQLite's SET and DROP NOT NULL. */
function alterColumn(cursor: Cursor, clause: Clause): readonly Operation[] {
  takes(cursor, 'IF', 'EXISTS');
  const column = takeName(cursor, 'a column');
  if (takes(cursor, 'DROP', 'DEFAULT')) {
    const keyword = cursor.at - 1;
    return [{ kind: 'dropDefault', ...clauseOf(cursor, clause, keyword, { default: keyword }), column }];
  }
  if (takes(cursor, 'SET', 'DEFAULT')) {
    const keyword = cursor.at - 1;
    const value = takeDefault(cursor);
    return [{ kind: 'setDefault', ...clauseOf(cursor, clause, keyword, { default: keyword }), column, default: value }];
  }
  if (cursor.grammar.altersNotNull) {
    if (takes(cursor, 'SET', 'NOT', 'NULL')) return [{ kind: 'setNotNull', ...clauseOf(cursor, clause), column }];
    if (takes(cursor, 'DROP', 'NOT', 'NULL')) return [{ kind: 'dropNotNull', ...clauseOf(cursor, clause), column }];
  }
  cursor.at = cursor.source.last + 1;
  return [other(cursor, clause.on, clause.first, cursor.source.last)];
}

/* ---------------------------------------------------------------- Constraints and indexes */

const CONSTRAINT_KINDS = {
  check: 'addCheck',
  notNull: 'addNotNullConstraint',
  unique: 'addUnique',
  primaryKey: 'addPrimaryKey',
  foreignKey: 'addForeignKey',
  exclude: 'addExclude',
} as const satisfies Record<ConstraintDefinition['type'], AlterTableOperation['kind']>;

/** ADD of what is no column. */
function addElement(cursor: Cursor, clause: Clause, ifNotExists: boolean): Operation | undefined {
  const element = takeTableElement(cursor);
  if (element === undefined) return undefined;
  if (element.kind === 'other') return other(cursor, clause.on, clause.first, cursor.source.last);
  const { on } = clause;
  if (element.kind === 'index') return createIndex(cursor, clause, element.index, ifNotExists);
  const { constraint } = element;
  const kind = CONSTRAINT_KINDS[constraint.type];
  return { kind, ...clauseOf(cursor, clause, headOfConstraint(cursor, clause.first)), ...on, constraint } as Operation;
}

/** Index of the last token before the bracket of a constraint's columns or condition. */
function headOfConstraint(cursor: Cursor, first: number): number {
  for (let index = first; index < cursor.at; index++) if (isSymbol(cursor.source, index, '(')) return index - 1;
  return cursor.at - 1;
}

function createIndex(
  cursor: Cursor,
  clause: Clause,
  index: IndexDefinition & { readonly ifNotExists?: boolean },
  ifNotExists: boolean,
): OperationOf<'createIndex'> {
  const { name, method, elements, indexKind, visible, options } = index;
  const anchors = anchorsOf(cursor.source, { object: wordOfIndex(cursor, clause.first) });
  return {
    kind: 'createIndex',
    ...clauseBase(cursor, clause.first, cursor.at - 1, headOfConstraint(cursor, clause.first)),
    ...anchors,
    ...defined({ name, indexKind, visible }),
    table: clause.on.table,
    unique: false,
    concurrently: false,
    ifNotExists: ifNotExists || index.ifNotExists === true,
    only: false,
    method: method ?? 'btree',
    elements,
    including: [],
    options,
  };
}

function wordOfIndex({ source, at }: Cursor, first: number): number {
  for (let index = first; index < at; index++) {
    if (/^(?:index|key|fulltext|spatial)$/i.test(textOf(source, index, index))) return index;
  }
  return -1;
}

/** ADD without COLUMN: a constraint, an index, or a column. */
function add(cursor: Cursor, clause: Clause): readonly Operation[] {
  const element = addElement(cursor, clause, false);
  return element === undefined ? addColumns(cursor, clause) : [element];
}

function dropConstraint(constraintType?: 'primaryKey' | 'foreignKey' | 'check'): ClauseReader {
  return (cursor, clause) => {
    const ifExistsAt = cursor.at;
    const ifExists = takes(cursor, 'IF', 'EXISTS');
    const name = constraintType === 'primaryKey' ? 'PRIMARY' : takeName(cursor, 'a constraint');
    const anchors = { ifExists: ifExists ? [ifExistsAt, ifExistsAt + 1] : undefined };
    const place = clauseOf(cursor, clause, cursor.at - 1, anchors);
    return [{ kind: 'dropConstraint', ...place, name, ...defined({ constraintType }), ifExists, cascade: false }];
  };
}

function dropIndex(cursor: Cursor, clause: Clause): readonly Operation[] {
  const object = cursor.at - 1;
  const ifExistsAt = cursor.at;
  const ifExists = takes(cursor, 'IF', 'EXISTS');
  const from = cursor.at;
  const name = takeName(cursor, 'an index');
  const { table } = clause.on;
  if (name.toUpperCase() === 'PRIMARY') {
    const place = clauseOf(cursor, clause);
    return [
      { kind: 'dropConstraint', ...place, name: 'PRIMARY', constraintType: 'primaryKey', ifExists, cascade: false },
    ];
  }
  const anchors = { object, ifExists: ifExists ? ([ifExistsAt, ifExistsAt + 1] as const) : undefined };
  return [
    {
      kind: 'dropIndex',
      ...clauseBase(cursor, clause.first, cursor.at - 1, cursor.at - 1, anchors),
      index: { ...defined({ schema: table.schema }), name, range: rangeOf(cursor.source, from, from) },
      table,
      concurrently: false,
      ifExists,
      cascade: false,
    },
  ];
}

function renameIndex(cursor: Cursor, clause: Clause): readonly Operation[] {
  takes(cursor, 'IF', 'EXISTS');
  const index = takeName(cursor, 'an index');
  takes(cursor, 'TO');
  const newName = takeName(cursor, 'a new name');
  return [{ kind: 'renameIndex', ...clauseOf(cursor, clause), index, newName }];
}

function alterIndex(cursor: Cursor, clause: Clause): readonly Operation[] {
  takes(cursor, 'IF', 'EXISTS');
  const index = takeName(cursor, 'an index');
  const shown = takes(cursor, 'VISIBLE') || takes(cursor, 'NOT', 'IGNORED');
  const hidden = takes(cursor, 'INVISIBLE') || takes(cursor, 'IGNORED');
  if (!shown && !hidden) return [other(cursor, clause.on, clause.first, cursor.source.last)];
  return [{ kind: 'setIndexVisibility', ...clauseOf(cursor, clause), index, visible: shown }];
}

/** ALTER CHECK c [NOT] ENFORCED, ALTER CONSTRAINT c … */
function alterConstraint(cursor: Cursor, clause: Clause): readonly Operation[] {
  const name = takeName(cursor, 'a constraint');
  const off = takes(cursor, 'NOT', 'ENFORCED');
  if (!off && !takes(cursor, 'ENFORCED')) return [other(cursor, clause.on, clause.first, cursor.source.last)];
  return [{ kind: 'alterConstraint', ...clauseOf(cursor, clause), name, enforced: !off }];
}

/* ---------------------------------------------------------------- The table */

function renameTable(cursor: Cursor, clause: Clause): readonly Operation[] {
  takesAny(cursor, ['TO', 'AS']);
  takesSymbol(cursor, '=');
  const { schema, name } = takeObjectName(cursor, 'a new name');
  // SQLite lets COLUMN be left out: RENAME a TO b.
  if (takes(cursor, 'TO')) {
    const newName = takeName(cursor, 'a new name');
    return [{ kind: 'renameColumn', ...clauseOf(cursor, clause), column: name, newName, relationKind: 'table' }];
  }
  return [
    {
      kind: 'renameTable',
      ...clauseOf(cursor, clause),
      newName: name,
      ...defined({ newSchema: schema }),
      relationKind: 'table',
    },
  ];
}

/** Moves over `[=] value`. */
function takeSetValue(cursor: Cursor): string {
  takesSymbol(cursor, '=');
  return takeValue(cursor);
}

function convertCharset(cursor: Cursor, clause: Clause): readonly Operation[] {
  const charset = takeCharset(cursor) ?? 'default';
  const collation = takes(cursor, 'COLLATE') ? takeSetValue(cursor) : undefined;
  return [{ kind: 'convertCharset', ...clauseOf(cursor, clause), charset, ...defined({ collation }) }];
}

function orderRows(cursor: Cursor, clause: Clause): readonly Operation[] {
  const elements = listed(within(cursor, cursor.at, cursor.source.last), takeIndexElement);
  cursor.at = cursor.source.last + 1;
  return [{ kind: 'orderRows', ...clauseOf(cursor, clause, clause.first + 1), elements }];
}

function ddlOption(option: OperationOf<'ddlOption'>['option']): ClauseReader {
  return (cursor, clause) => [takeDdlOption(cursor, clause, option)];
}

function takeDdlOption(cursor: Cursor, clause: Clause, option: OperationOf<'ddlOption'>['option']): Operation {
  takesSymbol(cursor, '=');
  const from = cursor.at;
  const value = takeValue(cursor).toLowerCase();
  return {
    kind: 'ddlOption',
    ...clauseOf(cursor, clause),
    option,
    value,
    valueRange: rangeOf(cursor.source, from, from),
  };
}

/** An option that says its value by its words alone. */
function worded(option: OperationOf<'ddlOption'>['option'], value: string): ClauseReader {
  return (cursor, clause) => [
    {
      kind: 'ddlOption',
      ...clauseOf(cursor, clause),
      option,
      value,
      valueRange: rangeOf(cursor.source, clause.first, clause.first),
    },
  ];
}

/** Moves over ALGORITHM=, LOCK=, WAIT n and NOWAIT, in any number: they follow CREATE INDEX and DROP INDEX, too. */
export function takeDdlOptions(cursor: Cursor, on: Altered): readonly Operation[] {
  const operations: Operation[] = [];
  for (;;) {
    const first = cursor.at;
    const form = DDL_OPTIONS.find(({ words }) => takes(cursor, ...words));
    if (form === undefined) return operations;
    operations.push(...form.read(cursor, { on, first }));
    takesSymbol(cursor, ',');
  }
}

/** A clause of words alone. */
function plain<Kind extends MysqlTableOperation['kind']>(
  kind: Kind,
  fields: Omit<OperationOf<Kind>, keyof OperationBase | 'kind' | 'table' | 'tableIfExists' | 'only'>,
): ClauseReader {
  return (cursor, clause) => [{ kind, ...clauseOf(cursor, clause), ...fields } as unknown as Operation];
}

/* ---------------------------------------------------------------- Partitions */

function partitionTable(cursor: Cursor, clause: Clause): readonly Operation[] {
  cursor.at = clause.first;
  const partitioning = takePartitioning(cursor);
  return [{ kind: 'partitionTable', ...clauseOf(cursor, clause, clause.first + 2), ...partitioning }];
}

function addPartition(cursor: Cursor, clause: Clause): readonly Operation[] {
  const ifNotExists = takes(cursor, 'IF', 'NOT', 'EXISTS');
  takesAny(cursor, ['NO_WRITE_TO_BINLOG', 'LOCAL']);
  const count = sees(cursor, 'PARTITIONS') ? takeCount(cursor) : undefined;
  const partitions = count === undefined ? takePartitions(cursor) : [];
  return [
    {
      kind: 'addPartition',
      ...clauseOf(cursor, clause, clause.first + 1),
      partitions,
      ...defined({ count }),
      ifNotExists,
    },
  ];
}

function dropPartition(cursor: Cursor, clause: Clause): readonly Operation[] {
  const ifExists = takes(cursor, 'IF', 'EXISTS');
  const partitions = takeNames(cursor);
  return [{ kind: 'dropPartition', ...clauseOf(cursor, clause), partitions, ifExists }];
}

function reorganizePartition(cursor: Cursor, clause: Clause): readonly Operation[] {
  takesAny(cursor, ['NO_WRITE_TO_BINLOG', 'LOCAL']);
  const partitions = isAtEnd(cursor) || sees(cursor, 'INTO') ? [] : takeNames(cursor);
  const headLast = cursor.at - 1;
  const into = takes(cursor, 'INTO') ? takePartitions(cursor) : [];
  return [{ kind: 'reorganizePartition', ...clauseOf(cursor, clause, headLast), partitions, into }];
}

function exchangePartition(cursor: Cursor, clause: Clause): readonly Operation[] {
  const partition = takeName(cursor, 'a partition');
  takes(cursor, 'WITH', 'TABLE');
  const table = takeObjectName(cursor, 'a table');
  const without = takes(cursor, 'WITHOUT', 'VALIDATION');
  if (!without) takes(cursor, 'WITH', 'VALIDATION');
  return [{ kind: 'exchangePartition', ...clauseOf(cursor, clause), partition, with: table, validation: !without }];
}

type Maintenance = OperationOf<'maintainPartition'>['action'];

function maintainPartition(action: Maintenance): ClauseReader {
  return (cursor, clause) => {
    takesAny(cursor, ['NO_WRITE_TO_BINLOG', 'LOCAL']);
    const partitions = takePartitionNames(cursor);
    const headLast = cursor.at - 1;
    // TABLESPACE, EXTENDED, QUICK …
    while (!isAtEnd(cursor) && seesName(cursor)) cursor.at++;
    return [{ kind: 'maintainPartition', ...clauseOf(cursor, clause, headLast), action, partitions }];
  };
}

/* ---------------------------------------------------------------- The table of clauses */

function form(words: string, read: ClauseReader, list?: true): ClauseForm {
  return { words: words.split(' '), read, ...(list ? { list } : {}) };
}

const DDL_OPTIONS: readonly ClauseForm[] = [
  form('ALGORITHM', ddlOption('algorithm')),
  form('LOCK', ddlOption('lock')),
  form('WAIT', ddlOption('wait')),
  form('NOWAIT', worded('wait', '0')),
];

const PARTITION_UPKEEP: readonly ClauseForm[] = (
  ['analyze', 'check', 'optimize', 'rebuild', 'repair', 'discard tablespace', 'import tablespace'] as const
).map(action => form(`${action.split(' ')[0]!.toUpperCase()} PARTITION`, maintainPartition(action), true));

/** Every clause by its first words; where one form begins another, the longer one stands first. */
const CLAUSES: readonly ClauseForm[] = [
  ...DDL_OPTIONS,
  ...PARTITION_UPKEEP,
  form('ADD PARTITION', addPartition),
  form('ADD SYSTEM VERSIONING', plain('systemVersioning', { change: 'add' })),
  form('ADD COLUMN', addColumns),
  form('ADD', add),
  form('MODIFY COLUMN', redefineColumn(false)),
  form('MODIFY', redefineColumn(false)),
  form('CHANGE COLUMN', redefineColumn(true)),
  form('CHANGE', redefineColumn(true)),
  form('ALTER INDEX', alterIndex),
  form('ALTER KEY', alterIndex),
  form('ALTER CHECK', alterConstraint),
  form('ALTER CONSTRAINT', alterConstraint),
  form('ALTER COLUMN', alterColumn),
  form('ALTER', alterColumn),
  form('DROP PRIMARY KEY', dropConstraint('primaryKey')),
  form('DROP FOREIGN KEY', dropConstraint('foreignKey')),
  form('DROP CHECK', dropConstraint('check')),
  form('DROP CONSTRAINT', dropConstraint()),
  form('DROP INDEX', dropIndex),
  form('DROP KEY', dropIndex),
  form('DROP PARTITION', dropPartition, true),
  form('DROP SYSTEM VERSIONING', plain('systemVersioning', { change: 'drop' })),
  form('DROP PERIOD', (cursor, { on, first }) => {
    cursor.at = cursor.source.last + 1;
    return [other(cursor, on, first, cursor.source.last)];
  }),
  form('DROP COLUMN', dropColumn),
  form('DROP', dropColumn),
  form('RENAME COLUMN', renameColumn),
  form('RENAME INDEX', renameIndex),
  form('RENAME KEY', renameIndex),
  form('RENAME', renameTable),
  form('CONVERT TO', convertCharset),
  form('ORDER BY', orderRows, true),
  form('FORCE', plain('forceRebuild', {})),
  form('ENABLE KEYS', plain('switchKeys', { enable: true })),
  form('DISABLE KEYS', plain('switchKeys', { enable: false })),
  form('IMPORT TABLESPACE', plain('tablespaceFile', { action: 'import' })),
  form('DISCARD TABLESPACE', plain('tablespaceFile', { action: 'discard' })),
  form('WITHOUT VALIDATION', worded('validation', 'without')),
  form('WITH VALIDATION', worded('validation', 'with')),
  form('PARTITION BY', partitionTable, true),
  form('REMOVE PARTITIONING', plain('removePartitioning', {})),
  form(
    'TRUNCATE PARTITION',
    (cursor, clause) => {
      const partitions = takePartitionNames(cursor);
      return [{ kind: 'truncatePartition', ...clauseOf(cursor, clause), partitions }];
    },
    true,
  ),
  form('COALESCE PARTITION', (cursor, clause) => {
    takesAny(cursor, ['NO_WRITE_TO_BINLOG', 'LOCAL']);
    const count = takeCount(cursor);
    return [{ kind: 'coalescePartition', ...clauseOf(cursor, clause), count }];
  }),
  form('REORGANIZE PARTITION', reorganizePartition, true),
  form('EXCHANGE PARTITION', exchangePartition),
];
