import { createRequire } from 'node:module';
import type { ColumnDefinition, ConstraintDefinition, IndexDefinition } from '../../../src/operations/definitions.ts';
import type { Expression } from '../../../src/operations/expressions.ts';
import type { ObjectName } from '../../../src/operations/names.ts';
import type { Operation } from '../../../src/operations/operations.ts';
import type { Query, TableReference } from '../../../src/operations/queries.ts';

/**
 * Facts of a statement as lines of text, from our operations and from node-sql-parser's tree: what both can say is said in the
 * same words, so that two readings can be compared.
 */

const require = createRequire(import.meta.url);
/** The builds of the package that are compared with: one dialect each. */
export type Build = 'mysql' | 'mariadb' | 'sqlite' | 'transactsql';

interface Parser {
  parse(sql: string): { readonly ast: Tree; readonly tableList: readonly string[] };
}

/** Spelled out, so that the package is seen to be used. */
const BUILDS: Readonly<Record<Build, () => { readonly Parser: new () => Parser }>> = {
  mysql: () => require('node-sql-parser/build/mysql.js'),
  mariadb: () => require('node-sql-parser/build/mariadb.js'),
  sqlite: () => require('node-sql-parser/build/sqlite.js'),
  transactsql: () => require('node-sql-parser/build/transactsql.js'),
};

const parsers = new Map<Build, Parser>();

/** The parser of a build, loaded when it is asked for first. */
function parserOf(build: Build): Parser {
  const known = parsers.get(build);
  if (known !== undefined) return known;
  const { Parser } = BUILDS[build]();
  const parser = new Parser();
  parsers.set(build, parser);
  return parser;
}

// biome-ignore lint/suspicious/noExplicitAny: the package's types do not cover the trees of MySQL's DDL.
type Tree = any;

/** @returns undefined where node-sql-parser cannot read the statement, or makes something of it that has no facts here */
export function factsOfOracle(sql: string, build: Build): readonly string[] | undefined {
  const tree = parsedBy(sql, build)?.ast;
  const [only, ...others] = Array.isArray(tree) ? tree : [tree];
  return others.length > 0 || only === undefined ? undefined : ofTree(only);
}

/**
 * The tables that a statement reads and changes, each as `read d.t` or `change t`, sorted. The package lists the names of
 * common table expressions too: they are left out by `common`. It has an UPDATE change all tables that stand beside the first,
 * which is the one that is set in all statements asked about.
 *
 * @returns undefined where node-sql-parser cannot read the statement
 */
export function tablesOfOracle(sql: string, build: Build, common: readonly string[]): readonly string[] | undefined {
  const listed = parsedBy(sql, build)?.tableList.map(entry => entry.split('::') as [string, string, string]);
  const changed = listed?.findIndex(([verb]) => verb !== 'select');
  const tables = listed?.map(([, schema, table], index) => {
    return `${index === changed ? 'change' : 'read'} ${schema === 'null' ? '' : `${schema}.`}${table}`;
  });
  return tables && [...new Set(tables)].filter(table => !common.includes(table.slice('read '.length))).sort();
}

function parsedBy(sql: string, build: Build): ReturnType<Parser['parse']> | undefined {
  try {
    return parserOf(build).parse(sql);
  } catch {
    return undefined;
  }
}

function ofTree(tree: Tree): readonly string[] | undefined {
  const key = `${tree.type} ${tree.keyword ?? ''}`.trim();
  return TREES[key]?.(tree) ?? TREES[tree.type]?.(tree);
}

const TREES: Readonly<Record<string, (tree: Tree) => readonly string[] | undefined>> = {
  'create table': tree => {
    if (tree.create_definitions == null || tree.query_expr != null) return undefined;
    return [`create ${tableOf(tree.table[0])}`, ...tree.create_definitions.map(ofDefinition)];
  },
  'create index': tree => [
    `${tableOf(tree.table)}: add ${tree.index_type ?? 'index'} ${tree.index?.name ?? tree.index} (${keysOf(tree.index_columns)})`,
    ...(tree.algorithm_option == null
      ? []
      : [`${tableOf(tree.table)}: algorithm ${tree.algorithm_option.algorithm.toLowerCase()}`]),
    ...(tree.lock_option == null ? [] : [`${tableOf(tree.table)}: lock ${tree.lock_option.lock.toLowerCase()}`]),
  ],
  'drop table': tree => tree.name.map((name: Tree) => `drop table ${tableOf(name)}`),
  'drop index': tree => (tree.options == null ? [`${tableOf(tree.table)}: drop index ${tree.name.column}`] : undefined),
  alter: tree =>
    tree.table === undefined || !Array.isArray(tree.expr)
      ? undefined
      : tree.expr.flatMap((clause: Tree) => `${tableOf(tree.table[0])}: ${ofClause(clause)}`),
  rename: tree => tree.table.map(([from, to]: Tree) => `rename ${tableOf(from)} to ${tableOf(to)}`),
  truncate: tree => tree.name.map((name: Tree) => `truncate ${tableOf(name)}`),
  insert: tree => [
    `insert ${tableOf(tree.table[0])} (${(tree.columns ?? []).join(',')})`,
    tree.values?.type === 'values' ? `rows ${tree.values.values.length}` : 'query',
  ],
  replace: tree => TREES.insert!(tree),
  update: tree =>
    tree.table.length > 1
      ? undefined
      : [
          `update ${tableOf(tree.table[0])}`,
          `set ${tree.set.map(({ column, value }: Tree) => `${column}=${ofValue(value)}`).join(' ')}`,
          `where ${ofValue(tree.where)}`,
          `limit ${tree.limit?.value?.length > 0}`,
        ],
  delete: tree =>
    tree.from.length > 1
      ? undefined
      : [`delete ${tableOf(tree.from[0])}`, `where ${ofValue(tree.where)}`, `limit ${tree.limit?.value?.length > 0}`],
};

function tableOf({ db, table }: Tree): string {
  return db == null ? table : `${db}.${table}`;
}

function keysOf(keys: Tree): string {
  return (keys ?? []).map((key: Tree) => key.column ?? prefixed(key) ?? '?').join(',');
}

/** A prefix length makes a key of CREATE INDEX a call: `name(10)`. */
function prefixed({ type, name: called, args }: Tree): string | undefined {
  const [length, ...more] = args?.value ?? [];
  return type === 'function' && length?.type === 'number' && more.length === 0 ? called?.name?.[0]?.value : undefined;
}

function ofDefinition(definition: Tree): string {
  switch (definition.resource) {
    case 'column':
      return ofColumn(definition);
    case 'index':
      return `${definition.keyword.replace(/^(fulltext|spatial) .*/, '$1').replace('key', 'index')} ${definition.index ?? ''} (${keysOf(definition.definition)})`;
    default:
      return ofConstraint(definition);
  }
}

function ofColumn(tree: Tree): string {
  const { definition, column } = tree;
  const length = definition.length ?? '';
  const scale = definition.scale == null ? '' : `,${definition.scale}`;
  const values = definition.expr?.value?.map?.(({ value }: Tree) => value).join('|') ?? '';
  return [
    `column ${column.column}`,
    `${definition.dataType.toLowerCase()}(${values || `${length}${scale}`})`,
    (definition.suffix ?? []).filter((word: string | null) => word?.toUpperCase() === 'UNSIGNED').length > 0
      ? 'unsigned'
      : '',
    tree.nullable?.type === 'not null' ? 'not null' : '',
    tree.default_val == null ? '' : `default ${ofValue(tree.default_val.value)}`,
    tree.auto_increment == null ? '' : 'auto',
    tree.unique == null ? '' : 'unique',
    tree.primary_key == null ? '' : 'primary',
    tree.comment == null ? '' : `comment ${unescaped(tree.comment.value.value)}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function ofConstraint(tree: Tree): string {
  const type = tree.constraint_type.toLowerCase();
  if (type === 'primary key') return `primary (${keysOf(tree.definition)})`;
  if (type.startsWith('unique')) return `unique ${tree.index ?? tree.constraint ?? ''} (${keysOf(tree.definition)})`;
  if (type === 'foreign key') {
    const { reference_definition: to } = tree;
    const actions = Object.fromEntries((to.on_action ?? []).map(({ type: on, value }: Tree) => [on, value.value]));
    const [onDelete, onUpdate] = ['on delete', 'on update'].map(on => actions[on]?.toLowerCase() ?? 'no action');
    return `foreign ${tree.constraint ?? tree.index ?? ''} (${keysOf(tree.definition)}) ${tableOf(to.table[0])} (${keysOf(to.definition)}) ${onDelete} ${onUpdate}`;
  }
  return type === 'check' ? `check ${tree.constraint ?? ''}` : type;
}

function ofClause(clause: Tree): string {
  const after = clause.suffix?.expr?.column;
  const position = clause.suffix == null ? '' : after === undefined ? ' first' : ` after ${after}`;
  switch (`${clause.action ?? ''} ${clause.resource}`) {
    case 'add column':
      return `add ${ofColumn(clause)}${position}`;
    case 'modify column':
      return `redefine ${clause.column.column} ${ofColumn(clause)}${position}`;
    case 'change column':
      return `redefine ${clause.old_column.column} ${ofColumn(clause)}${position}`;
    case 'drop column':
      return `drop column ${clause.column.column}`;
    case 'rename column':
      return `rename column ${clause.old_column.column} ${clause.column.column}`;
    case 'add index':
      return `add ${ofDefinition(clause)}`;
    case 'drop index':
      return `drop index ${clause.index}`;
    case 'add constraint':
      return `add ${ofConstraint(clause.create_definitions)}`;
    case 'drop key':
      if (clause.keyword === 'primary key') return 'drop primary';
      return clause.keyword === 'key' ? `drop index ${clause.key}` : `drop foreign ${clause.key}`;
    case 'drop constraint':
      return `drop constraint ${clause.constraint}`;
    case 'rename table':
      return `rename table ${clause.table}`;
    case ' algorithm':
      return `algorithm ${clause.algorithm.toLowerCase()}`;
    case ' lock':
      return `lock ${clause.lock.toLowerCase()}`;
    default:
      return 'other';
  }
}

/** An expression in a few words: literals, columns, calls and operators; what has other forms is `…`. */
function ofValue(tree: Tree): string {
  if (tree == null) return 'none';
  const { type } = tree;
  if (type === 'null') return 'null';
  if (type === 'number' || type === 'bool') return String(tree.value);
  if (type === 'bigint') return String(Number(tree.value));
  if (/string$/.test(type))
    return /^(?:single_quote_string|double_quote_string|string)$/.test(type)
      ? JSON.stringify(unescaped(tree.value))
      : '…';
  if (type === 'column_ref' && typeof tree.column === 'string') return tree.column;
  if (type === 'function') {
    const name = tree.name?.name?.map(({ value }: Tree) => value).join('.') ?? tree.name;
    return typeof name === 'string' && !/^exists$/i.test(name) ? `${name.toLowerCase()}()` : '…';
  }
  if (type === 'binary_expr' && /^(?:=|<|>|<=|>=|<>|!=|AND|OR|\+|-|\*|\/)$/i.test(tree.operator)) {
    return `(${ofValue(tree.left)} ${tree.operator.toLowerCase().replace('!=', '<>')} ${ofValue(tree.right)})`;
  }
  return '…';
}

/** The package leaves escapes in strings as written. */
function unescaped(value: string): string {
  return value.replace(/\\(.)|''/g, (_, escaped: string | undefined) =>
    escaped === undefined ? "'" : ({ n: '\n', t: '\t', r: '\r', '0': '\0' }[escaped] ?? escaped),
  );
}

/* ---------------------------------------------------------------- Ours */

/** The same facts of a statement's operations. */
export function factsOfOperations(operations: readonly Operation[]): readonly string[] {
  return operations.flatMap(ofOperation);
}

function name({ schema, name: own }: ObjectName): string {
  return schema === undefined ? own : `${schema}.${own}`;
}

function ofOperation(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'createTable':
      return [
        `create ${name(operation.table)}`,
        ...elementsOf(operation.columns, operation.constraints, operation.indexes ?? []),
      ];
    case 'dropTable':
      return [`drop table ${name(operation.table)}`];
    case 'renameTable':
      return operation.head[0] === operation.range[0] && operation.anchors?.object === undefined
        ? [`${name(operation.table)}: rename table ${operation.newName}`]
        : [
            `rename ${name(operation.table)} to ${name({ name: operation.newName, ...(operation.newSchema === undefined ? {} : { schema: operation.newSchema }) })}`,
          ];
    case 'truncate':
      return [`truncate ${name(operation.table)}`];
    case 'insert':
      return [
        `insert ${name(operation.table.name)} (${operation.columns.join(',')})`,
        operation.source.kind === 'values' ? `rows ${operation.source.rows.length}` : operation.source.kind,
      ];
    case 'update':
      return [
        `update ${name(operation.table.name)}`,
        `set ${operation.assignments.map(({ column, value }) => `${column}=${termOf(value)}`).join(' ')}`,
        `where ${termOf(operation.where?.expression)}`,
        `limit ${operation.limit !== undefined}`,
      ];
    case 'delete':
      return [
        `delete ${name(operation.table.name)}`,
        `where ${termOf(operation.where?.expression)}`,
        `limit ${operation.limit !== undefined}`,
      ];
    default:
      return 'table' in operation && operation.table !== undefined && 'kind' in operation
        ? [ofClauseOperation(operation)]
        : ['other'];
  }
}

function positionOf(position: 'first' | { readonly after: string } | undefined): string {
  if (position === undefined) return '';
  return position === 'first' ? ' first' : ` after ${position.after}`;
}

function ofClauseOperation(operation: Operation): string {
  const on =
    'table' in operation && operation.table !== undefined && 'name' in operation.table
      ? name(operation.table as ObjectName)
      : '';
  switch (operation.kind) {
    case 'addColumn':
      return `${on}: add ${columnOf(operation.column)}${positionOf(operation.position)}`;
    case 'redefineColumn':
      return `${on}: redefine ${operation.column} ${columnOf(operation.definition)}${positionOf(operation.position)}`;
    case 'dropColumn':
      return `${on}: drop column ${operation.column}`;
    case 'renameColumn':
      return `${on}: rename column ${operation.column} ${operation.newName}`;
    case 'createIndex': {
      const keys = operation.elements.map(({ column }) => column ?? '?').join(',');
      return `${on}: add ${operation.unique ? 'unique' : (operation.indexKind ?? 'index')} ${operation.name ?? ''} (${keys})`;
    }
    case 'dropIndex':
      return `${on}: drop index ${operation.index.name}`;
    case 'addUnique':
    case 'addPrimaryKey':
    case 'addForeignKey':
    case 'addCheck':
      return `${on}: add ${constraintOf(operation.constraint)}`;
    case 'dropConstraint':
      if (operation.constraintType === 'primaryKey') return `${on}: drop primary`;
      return `${on}: drop ${operation.constraintType === 'foreignKey' ? 'foreign' : 'constraint'} ${operation.name}`;
    case 'ddlOption':
      return `${on}: ${operation.option} ${operation.value}`;
    default:
      return `${on}: other`;
  }
}

function elementsOf(
  columns: readonly ColumnDefinition[],
  constraints: readonly ConstraintDefinition[],
  indexes: readonly IndexDefinition[],
): readonly string[] {
  const placed = [
    ...columns.map(column => [column.range[0], columnOf(column)] as const),
    ...constraints.map(constraint => [constraint.range[0], constraintOf(constraint)] as const),
    ...indexes.map(
      index =>
        [
          index.range[0],
          `${index.indexKind ?? 'index'} ${index.name ?? ''} (${index.elements.map(({ column }) => column ?? '?').join(',')})`,
        ] as const,
    ),
  ];
  return placed.sort((a, b) => a[0] - b[0]).map(([, fact]) => fact);
}

function columnOf(column: ColumnDefinition): string {
  const text = column.type?.text ?? '';
  const word = /^[a-z0-9_]+(?: precision| varying)?/i.exec(text)?.[0].toLowerCase() ?? '';
  const values =
    column.type?.name === 'enum' || column.type?.name === 'set'
      ? column.type.modifiers.join('|')
      : (/\(([^)]*)\)/.exec(text)?.[1]?.replace(/\s/g, '') ?? '');
  const has = (type: string) => column.constraints.some(constraint => constraint.type === type);
  return [
    `column ${column.name}`,
    `${word}(${values})`,
    column.type?.unsigned ? 'unsigned' : '',
    column.notNull ? 'not null' : '',
    column.default === undefined ? '' : `default ${termOf(column.default.expression)}`,
    column.autoIncrement ? 'auto' : '',
    has('unique') ? 'unique' : '',
    has('primaryKey') ? 'primary' : '',
    column.comment === undefined ? '' : `comment ${column.comment}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function constraintOf(constraint: ConstraintDefinition): string {
  switch (constraint.type) {
    case 'primaryKey':
      return `primary (${keysOfOurs(constraint)})`;
    case 'unique':
      return `unique ${constraint.name ?? ''} (${keysOfOurs(constraint)})`;
    case 'foreignKey':
      return `foreign ${constraint.name ?? ''} (${constraint.columns.join(',')}) ${name(constraint.references)} (${constraint.referencedColumns.join(',')}) ${constraint.onDelete} ${constraint.onUpdate}`;
    default:
      return `${constraint.type} ${constraint.name ?? ''}`;
  }
}

function keysOfOurs(constraint: Extract<ConstraintDefinition, { type: 'unique' | 'primaryKey' }>): string {
  return (constraint.elements ?? constraint.columns.map(column => ({ column })))
    .map(({ column }) => column ?? '?')
    .join(',');
}

function termOf(expression: Expression | undefined): string {
  switch (expression?.kind) {
    case undefined:
      return 'none';
    case 'literal':
      if (expression.type === 'bit') return '…';
      return expression.type === 'string' ? JSON.stringify(expression.value) : String(expression.value);
    case 'column':
      return expression.name;
    case 'call':
      return `${expression.name.name}()`;
    case 'and':
    case 'or':
      return expression.operands.map(termOf).reduce((left, right) => `(${left} ${expression.kind} ${right})`);
    case 'operator':
      return expression.operands.length === 2 && /^(?:=|<|>|<=|>=|<>|\+|-|\*|\/)$/.test(expression.operator)
        ? `(${termOf(expression.operands[0])} ${expression.operator} ${termOf(expression.operands[1])})`
        : '…';
    default:
      return '…';
  }
}

/** The tables that operations read and change, as {@link tablesOfOracle} says them. */
export function tablesOfOperations(operations: readonly Operation[]): readonly string[] {
  return [...new Set(operations.flatMap(tablesOf))].sort();
}

function tablesOf(operation: Operation): readonly string[] {
  const reads = (tables: readonly TableReference[]) => tables.map(table => `read ${name(table.name)}`);
  const inQueries = (queries: readonly Query[] = []) => queries.flatMap(query => reads(query.reads));
  switch (operation.kind) {
    case 'select':
      return inQueries([operation.query]);
    case 'insert': {
      const { table, source } = operation;
      const read = source.kind === 'query' ? inQueries([source.query]) : [];
      return [`change ${name(table.name)}`, ...read, ...inQueries(operation.with)];
    }
    case 'update':
      return [`change ${name(operation.table.name)}`, ...reads(operation.from), ...inQueries(operation.with)];
    case 'delete':
      return [`change ${name(operation.table.name)}`, ...reads(operation.using), ...inQueries(operation.with)];
    default:
      return [operation.kind];
  }
}
