import fc from 'fast-check';
import { parse, type Statement as Theirs } from 'pgsql-ast-parser';
import { describe, expect, it } from 'vitest';
import type { ColumnDefinition, ConstraintDefinition } from '../../../src/operations/definitions.ts';
import type { ObjectName } from '../../../src/operations/names.ts';
import type { Operation } from '../../../src/operations/operations.ts';
import type { Statement } from '../../../src/operations/statements.ts';
import { read } from './read.ts';

/**
 * pgsql-ast-parser is the second opinion: a grammar of other authors with exact locations. What both read must be the same
 * statements, sub-commands, names and facts in the same places. It leaves closing brackets and a closing ON UPDATE's
 * action out of some ends, and knows less
 * of the language, so ends are compared without them, and the list holds only what it can read.
 */

const TYPES = [
  'int',
  'integer',
  'bigint',
  'smallint',
  'text',
  'varchar(10)',
  'character varying(20)',
  'boolean',
  'bool',
  'uuid',
  'jsonb',
  'date',
  'timestamp',
  'timestamptz',
  'timestamp with time zone',
  'time',
  'numeric(10,2)',
  'decimal',
  'double precision',
  'real',
  'serial',
  'bigserial',
  'text[]',
  'int[]',
  'mood',
  's.mood',
  'bytea',
  'char(3)',
  'float8',
  'citext',
];

const COLUMN_CLAUSES = [
  '',
  'not null',
  'null',
  'default 5',
  "default 'x'",
  'default now()',
  'not null default 0',
  'primary key',
  'unique',
  'unique not null',
  'check (a > 0)',
  'references u (b)',
  'references u (b) on delete cascade',
  'not null references u (b) on update set null',
  "default 'x'::text not null",
  'default (1 + 2)',
  'constraint k not null',
  'constraint k unique',
  'default null',
  'default current_timestamp',
];

const TABLE_CONSTRAINTS = [
  'primary key (a)',
  'primary key (a, b)',
  'unique (a)',
  'constraint k unique (a, b)',
  'check (a > 0)',
  'constraint k check (a > 0 and b < 5)',
  'foreign key (a) references u (b)',
  'constraint k foreign key (a, b) references s.u (b, c) on delete cascade on update restrict',
];

const CHANGES = [
  'add a int',
  'add column a int',
  'add column if not exists a int not null default 5',
  "add column a text default 'x'",
  'drop a',
  'drop column a',
  'drop column if exists a',
  'drop column a cascade',
  'alter a set not null',
  'alter column a set not null',
  'alter column a drop not null',
  'alter column a set default 5',
  'alter column a set default now()',
  'alter column a drop default',
  'alter column a type bigint',
  'alter column a set data type varchar(10)',
  'drop constraint k',
  'drop constraint if exists k cascade',
  'rename to u',
  'rename column a to b',
  'rename constraint k to c',
  'owner to o',
  ...TABLE_CONSTRAINTS.map(constraint => `add ${constraint}`),
];

const STATEMENTS: readonly string[] = [
  ...TYPES.map(type => `create table t (a ${type}, b int)`),
  ...COLUMN_CLAUSES.map(clause => `create table s.t (id bigint, a int ${clause}, b text)`.replace(' ,', ',')),
  ...TABLE_CONSTRAINTS.map(constraint => `create table if not exists t (a int, b int, ${constraint})`),
  'create temp table t (a int)',
  'create unlogged table t (a int)',
  'create table "T" ("A b" int, c int)',
  ...CHANGES.map(change => `alter table t ${change}`),
  ...CHANGES.filter(change => !/^(rename|owner)/.test(change)).map(
    change => `alter table if exists only s.t ${change}, add column z int, drop column y`,
  ),
  'create index i on t (a)',
  'create unique index i on s.t (a, b)',
  'create index concurrently if not exists i on t using gin (a)',
  'create index on t (a desc, b asc)',
  'create index i on t (lower(a), b)',
  'create index i on t (a) where b > 5',
  'create unique index concurrently i on t (a nulls last)',
  'create index i on t ((a + 1))',
  'drop table t',
  'drop table if exists t, s.u cascade',
  'drop index i',
  'drop index concurrently if exists i, s.j',
  'drop sequence q',
  'drop sequence if exists s.q cascade',
  'drop type e',
  'drop type if exists s.e cascade',
  'drop function f',
  'truncate t',
  'truncate table t, s.u cascade',
  'truncate t restart identity',
  'create sequence q',
  'create sequence if not exists s.q',
  'alter sequence q restart',
  'alter index i rename to j',
  "create type e as enum ('a', 'b')",
  "create type s.e as enum ('it''s')",
  "alter type e add value 'c'",
  "alter type s.e add value 'c'",
  'create extension x',
  'create extension if not exists x',
  'create schema s',
  'create schema if not exists s',
  'create view v as select a from t',
  'create or replace view s.v as select 5',
  'create materialized view v as select a from t',
  'create materialized view if not exists v as select a from t',
  'refresh materialized view v',
  'refresh materialized view concurrently s.v',
  "comment on column t.a is 'x'",
  "comment on table t is 'x'",
  'begin',
  'commit',
  'rollback',
  "set lock_timeout = '2s'",
  'set search_path = a, b',
  'insert into t (a, b) values (1, 2)',
  'insert into s.t select a from u',
  'insert into t (a) values (1), (2)',
  'insert into t (a) select b from u where b > 5',
  'update t set a = 1 where b = 2',
  'update s.t set a = 1, b = 2 where a is null',
  'update t set a = u.a from u where t.b = u.b',
  'delete from t',
  'delete from s.t where a > 5',
  'delete from t where a in (1, 2) returning a',
  'select 1',
  'select a, b from t where a > 5',
  'select * from s.t join u on t.a = u.a',
  'with c as (select a from t) select a from c',
];

/* ---------------------------------------------------------------- Both parsers' answers in one shape */

interface Named {
  readonly schema: string | undefined;
  readonly name: string;
  readonly at: readonly [number, number];
}

interface Facts {
  readonly what: string;
  readonly start: number;
  readonly end: number;
  readonly names: readonly Named[];
  readonly facts: readonly unknown[];
}

type Located = { readonly _location?: { readonly start: number; readonly end: number } };

function theirName(name: (Located & { name: string; schema?: string }) | undefined): readonly Named[] {
  if (name === undefined) return [];
  return [{ schema: name.schema, name: name.name, at: [name._location!.start, name._location!.end] }];
}

function ourName(name: ObjectName | undefined): readonly Named[] {
  return name?.range === undefined ? [] : [{ schema: name.schema, name: name.name, at: name.range }];
}

/** Names of types as the server has them, where pgsql-ast-parser keeps what was written. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  boolean: 'bool',
  decimal: 'numeric',
  'double precision': 'float8',
  real: 'float4',
  'character varying': 'varchar',
  'timestamp with time zone': 'timestamptz',
  char: 'bpchar',
  serial: 'int4',
  bigserial: 'int8',
};

// biome-ignore lint/suspicious/noExplicitAny: the other parser's types are wide unions that this test only reads
type Any = any;

function theirType(type: Any): unknown {
  if (type.kind === 'array') return { ...(theirType(type.arrayOf) as object), dimensions: 1 };
  const name = String(type.name).toLowerCase();
  return { name: TYPE_NAMES[name] ?? name, schema: type.schema, modifiers: type.config ?? [], dimensions: 0 };
}

function theirConstraint(constraint: Any, column?: string): unknown {
  const own = { name: constraint.constraintName?.name };
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return {
        ...own,
        type: constraint.type === 'unique' ? 'unique' : 'primaryKey',
        columns: constraint.columns?.map((one: Any) => one.name) ?? [column],
      };
    case 'check':
      return { ...own, type: 'check' };
    default:
      return {
        ...own,
        type: 'foreignKey',
        columns: constraint.localColumns?.map((one: Any) => one.name) ?? [column],
        references: theirName(constraint.foreignTable),
        referencedColumns: constraint.foreignColumns.map((one: Any) => one.name),
        onDelete: constraint.onDelete ?? 'no action',
        onUpdate: constraint.onUpdate ?? 'no action',
      };
  }
}

function theirColumn(column: Any): unknown {
  const constraints: readonly Any[] = column.constraints ?? [];
  const value = constraints.find(one => one.type === 'default')?.default;
  return {
    name: column.name.name,
    at: [column.name._location.start, column.name._location.end],
    start: column._location.start,
    type: theirType(column.dataType),
    notNull: constraints.some(one => one.type === 'not null'),
    hasDefault: value !== undefined,
    constraints: constraints
      .filter(one => !['not null', 'null', 'default'].includes(one.type))
      .map(one => theirConstraint(one.type === 'reference' ? one : one, column.name.name)),
  };
}

function ourConstraint(constraint: ConstraintDefinition): unknown {
  const own = { name: constraint.name };
  switch (constraint.type) {
    case 'primaryKey':
    case 'unique':
      return { ...own, type: constraint.type, columns: constraint.columns };
    case 'check':
      return { ...own, type: 'check' };
    case 'foreignKey':
      return {
        ...own,
        type: 'foreignKey',
        columns: constraint.columns,
        references: ourName(constraint.references),
        referencedColumns: constraint.referencedColumns,
        onDelete: constraint.onDelete,
        onUpdate: constraint.onUpdate,
      };
    default:
      return { ...own, type: constraint.type };
  }
}

function ourColumn(text: string, column: ColumnDefinition): unknown {
  const name = /^(?:"(?:[^"]|"")*"|[^\s"(),;]+?(?=\s|$|\/\*|--|[,)(]))/.exec(text.slice(column.range[0]))![0];
  return {
    name: column.name,
    at: [column.range[0], column.range[0] + name.length],
    start: column.range[0],
    type: {
      name: column.type?.name,
      schema: column.type?.schema,
      modifiers: column.type?.modifiers,
      dimensions: column.type?.arrayDimensions,
    },
    notNull: column.notNull,
    hasDefault: column.default !== undefined,
    constraints: column.constraints.map(ourConstraint),
  };
}

const CHANGE_KINDS: Readonly<Record<string, string>> = {
  addColumn: 'add column',
  dropColumn: 'drop column',
  renameColumn: 'rename column',
  renameTable: 'rename',
  renameConstraint: 'rename constraint',
  dropConstraint: 'drop constraint',
  setRelationOwner: 'owner',
  addCheck: 'add constraint',
  addUnique: 'add constraint',
  addPrimaryKey: 'add constraint',
  addForeignKey: 'add constraint',
  setNotNull: 'set not null',
  dropNotNull: 'drop not null',
  setDefault: 'set default',
  dropDefault: 'drop default',
  alterColumnType: 'set type',
};

function theirChange(change: Any): unknown {
  const place = { start: change._location.start, end: change._location.end };
  switch (change.type) {
    case 'add column':
      return {
        what: change.type,
        ...place,
        ifNotExists: change.ifNotExists === true,
        column: theirColumn(change.column),
      };
    case 'drop column':
      return {
        what: change.type,
        ...place,
        column: change.column.name,
        ifExists: change.ifExists === true,
        cascade: change.behaviour === 'cascade',
      };
    case 'drop constraint':
      return {
        what: change.type,
        ...place,
        name: change.constraint.name,
        ifExists: change.ifExists === true,
        cascade: change.behaviour === 'cascade',
      };
    case 'rename':
      return { what: change.type, ...place, to: change.to.name };
    case 'rename column':
      return { what: change.type, ...place, column: change.column.name, to: change.to.name };
    case 'rename constraint':
      return { what: change.type, ...place, name: change.constraint.name, to: change.to.name };
    case 'owner':
      return { what: change.type, ...place, to: change.to.name };
    case 'add constraint':
      return { what: change.type, ...place, constraint: theirConstraint(change.constraint) };
    default:
      return {
        what: change.alter.type,
        ...place,
        column: change.column.name,
        type: change.alter.dataType && theirType(change.alter.dataType),
      };
  }
}

function ourChange(text: string, operation: Operation): unknown {
  const place = { what: CHANGE_KINDS[operation.kind], start: operation.range[0], end: operation.range[1] };
  switch (operation.kind) {
    case 'addColumn':
      return { ...place, ifNotExists: operation.ifNotExists, column: ourColumn(text, operation.column) };
    case 'dropColumn':
      return { ...place, column: operation.column, ifExists: operation.ifExists, cascade: operation.cascade };
    case 'dropConstraint':
      return { ...place, name: operation.name, ifExists: operation.ifExists, cascade: operation.cascade };
    case 'renameTable':
      return { ...place, to: operation.newName };
    case 'renameColumn':
      return { ...place, column: operation.column, to: operation.newName };
    case 'renameConstraint':
      return { ...place, name: operation.name, to: operation.newName };
    case 'setRelationOwner':
      return { ...place, to: operation.owner };
    case 'addCheck':
    case 'addUnique':
    case 'addPrimaryKey':
    case 'addForeignKey':
      return { ...place, constraint: ourConstraint(operation.constraint) };
    case 'alterColumnType': {
      const { name, schema, modifiers, arrayDimensions } = operation.type;
      return { ...place, column: operation.column, type: { name, schema, modifiers, dimensions: arrayDimensions } };
    }
    default:
      return { ...place, column: 'column' in operation ? operation.column : undefined, type: undefined };
  }
}

function theirs(statement: Theirs): Facts {
  const one = statement as Any;
  const place = { start: one._location.start, end: one._location.end };
  switch (one.type) {
    case 'create table':
      return {
        what: one.type,
        ...place,
        names: theirName(one.name),
        facts: [
          one.ifNotExists === true,
          one.temporary === true,
          ...one.columns.map(theirColumn),
          ...(one.constraints ?? []).map((constraint: Any) => theirConstraint(constraint)),
        ],
      };
    case 'alter table':
      return {
        what: one.type,
        ...place,
        names: theirName(one.table),
        facts: [one.ifExists === true, one.only === true, ...one.changes.map(theirChange)],
      };
    case 'create index':
      return {
        what: one.type,
        ...place,
        names: theirName(one.table),
        facts: [
          one.indexName?.name,
          one.unique === true,
          one.concurrently === true,
          one.ifNotExists === true,
          one.using?.name ?? 'btree',
          one.expressions.map((key: Any) => [
            key.expression.type === 'ref' ? key.expression.name : 'expression',
            key.order,
            key.nulls,
          ]),
          one.where === undefined ? undefined : [one.where._location.start, one.where._location.end],
        ],
      };
    case 'drop table':
    case 'drop index':
    case 'drop sequence':
    case 'drop type':
      return {
        what: one.type,
        ...place,
        names: one.names.flatMap(theirName),
        facts: [one.ifExists === true, one.cascade === 'cascade', one.concurrently === true],
      };
    case 'truncate table':
      return {
        what: one.type,
        ...place,
        names: one.tables.flatMap(theirName),
        facts: [one.cascade === 'cascade', one.identity === 'restart'],
      };
    case 'create sequence':
    case 'create extension':
    case 'create schema':
      return {
        what: one.type,
        ...place,
        names: [],
        facts: [(one.name ?? one.extension).name, one.ifNotExists === true],
      };
    case 'create enum':
      return {
        what: one.type,
        ...place,
        names: theirName(one.name),
        facts: one.values.map((value: Any) => value.value),
      };
    case 'alter enum':
      return { what: one.type, ...place, names: theirName(one.name), facts: [one.change.add.value] };
    case 'create view':
      return {
        what: one.type,
        ...place,
        names: theirName(one.name),
        facts: [one.orReplace === true, [one.query._location.start, one.query._location.end]],
      };
    case 'create materialized view':
      return {
        what: one.type,
        ...place,
        names: theirName(one.name),
        facts: [one.ifNotExists === true, [one.query._location.start, one.query._location.end]],
      };
    case 'refresh materialized view':
      return { what: one.type, ...place, names: theirName(one.name), facts: [one.concurrently === true] };
    case 'insert':
      return {
        what: one.type,
        ...place,
        names: theirName(one.into),
        facts: [one.columns?.map((column: Any) => column.name) ?? [], one.insert.type, one.onConflict !== undefined],
      };
    case 'update':
      return {
        what: one.type,
        ...place,
        names: theirName(one.table),
        facts: [
          one.sets.map((set: Any) => set.column.name),
          one.where === undefined ? undefined : [one.where._location.start, one.where._location.end],
        ],
      };
    case 'delete':
      return {
        what: one.type,
        ...place,
        names: theirName(one.from),
        facts: [one.where === undefined ? undefined : [one.where._location.start, one.where._location.end]],
      };
    default:
      return { what: one.type, ...place, names: [], facts: [] };
  }
}

const OTHER_KINDS: Readonly<Partial<Record<Operation['kind'], string>>> = {
  dropTable: 'drop table',
  dropIndex: 'drop index',
  dropSequence: 'drop sequence',
  dropType: 'drop type',
  truncate: 'truncate table',
  dropRoutine: 'drop function',
  alterSequence: 'alter sequence',
  dropView: 'drop view',
  dropMaterializedView: 'drop materialized view',
  comment: 'comment',
  beginTransaction: 'begin',
  commitTransaction: 'commit',
  rollbackTransaction: 'rollback',
  setParameter: 'set',
  createSequence: 'create sequence',
  createSchema: 'create schema',
  createObject: 'create extension',
};

function ours(text: string, statement: Statement): Facts {
  const [start, end] = statement.range;
  const [first] = statement.operations;
  const place = { start, end };
  if (first === undefined) return { what: 'nothing', ...place, names: [], facts: [] };
  switch (first.kind) {
    case 'createTable':
      return {
        what: 'create table',
        ...place,
        names: ourName(first.table),
        facts: [
          first.ifNotExists,
          first.persistence === 'temporary',
          ...first.columns.map(column => ourColumn(text, column)),
          ...first.constraints.map(ourConstraint),
        ],
      };
    case 'createIndex':
      return {
        what: 'create index',
        ...place,
        names: ourName(first.table),
        facts: [
          first.name,
          first.unique,
          first.concurrently,
          first.ifNotExists,
          first.method,
          first.elements.map(({ column, order, nulls }) => [column ?? 'expression', order, nulls]),
          first.where?.range,
        ],
      };
    case 'dropTable':
    case 'dropIndex':
    case 'dropSequence':
    case 'dropType': {
      const names = statement.operations.flatMap(one =>
        ourName(
          one.kind === 'dropTable'
            ? one.table
            : one.kind === 'dropIndex'
              ? one.index
              : one.kind === 'dropSequence'
                ? one.sequence
                : one.kind === 'dropType'
                  ? one.type
                  : undefined,
        ),
      );
      return {
        what: OTHER_KINDS[first.kind]!,
        ...place,
        names,
        facts: [first.ifExists, first.cascade, first.kind === 'dropIndex' && first.concurrently],
      };
    }
    case 'truncate':
      return {
        what: 'truncate table',
        ...place,
        names: statement.operations.flatMap(one => (one.kind === 'truncate' ? ourName(one.table) : [])),
        facts: [first.cascade, first.restartIdentity],
      };
    case 'createSequence':
      return { what: 'create sequence', ...place, names: [], facts: [first.sequence.name, first.ifNotExists] };
    case 'createSchema':
      return { what: 'create schema', ...place, names: [], facts: [first.schema, first.ifNotExists] };
    case 'createObject':
      return { what: 'create extension', ...place, names: [], facts: [first.name.name, first.ifNotExists] };
    case 'createEnum':
      return { what: 'create enum', ...place, names: ourName(first.type), facts: first.values };
    case 'addEnumValue':
      return { what: 'alter enum', ...place, names: ourName(first.type), facts: [first.value] };
    case 'createView':
      return { what: 'create view', ...place, names: ourName(first.view), facts: [first.replace, first.query.range] };
    case 'createMaterializedView':
      return {
        what: 'create materialized view',
        ...place,
        names: ourName(first.view),
        facts: [first.ifNotExists, first.query.range],
      };
    case 'refreshMaterializedView':
      return { what: 'refresh materialized view', ...place, names: ourName(first.view), facts: [first.concurrently] };
    case 'insert':
      return {
        what: 'insert',
        ...place,
        names: ourName(first.table.name),
        facts: [first.columns, first.source.kind === 'values' ? 'values' : 'select', first.onConflict !== undefined],
      };
    case 'update':
      return {
        what: 'update',
        ...place,
        names: ourName(first.table.name),
        facts: [first.assignments.map(one => one.column), first.where?.range],
      };
    case 'delete':
      return { what: 'delete', ...place, names: ourName(first.table.name), facts: [first.where?.range] };
    case 'select':
      return {
        what: text.slice(start).toLowerCase().startsWith('with') ? 'with' : 'select',
        ...place,
        names: [],
        facts: [],
      };
    default:
      if (first.kind === 'renameTable' && first.relationKind === 'index')
        return { what: 'alter index', ...place, names: [], facts: [] };
      if (first.kind in CHANGE_KINDS && 'table' in first && 'name' in first.table) {
        const table = first.table as ObjectName;
        return {
          what: 'alter table',
          ...place,
          names: ourName(table),
          facts: ['tableIfExists' in first, 'only' in first, ...statement.operations.map(one => ourChange(text, one))],
        };
      }
      return { what: OTHER_KINDS[first.kind] ?? first.kind, ...place, names: [], facts: [] };
  }
}

/** Offsets that may differ: closing brackets that the other parser leaves out of an end, and what it leaves out at the start of SET. */
function normalize(text: string, facts: readonly Facts[]): unknown {
  const trimmed = (end: number): number =>
    text.slice(0, end).replace(/(?:\s|\)|\brestrict\b|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)+$/i, '').length;
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      if (value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number')
        return [value[0], trimmed(value[1])];
      return value.map(visit);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => [key, key === 'end' ? trimmed(part as number) : visit(part)]),
    );
  };
  return facts.map(one => visit(one.what === 'set' ? { ...one, start: 0 } : one));
}

function compare(text: string): void {
  const their = parse(text, { locationTracking: true }).map(theirs);
  const our = read(text).statements.map(statement => ours(text, statement));
  expect(normalize(text, our), text).toEqual(normalize(text, their));
}

describe('agrees with pgsql-ast-parser on statements, sub-commands, names and facts', () => {
  it('over many statements', () => {
    expect(STATEMENTS.length).toBeGreaterThan(150);
  });
  it.each(STATEMENTS)('%s', sql => compare(sql));
});

/* ---------------------------------------------------------------- Variants */

const GAPS = [' ', '  ', '\n', '\r\n', '\t', ' /* x, ( */ ', ' -- 💩; drop table\n', '\n\n  '];
const NAMES = new Set(['t', 'u', 'a', 'b', 'c', 'i', 'j', 'k', 'q', 's', 'v', 'z', 'y', 'id', 'mood']);

/** The same statement in another dress: white space, comments, upper case, quotes around names. */
const variant = fc.tuple(fc.constantFrom(...STATEMENTS), fc.infiniteStream(fc.nat(999))).map(([sql, numbers]) => {
  const random = (below: number): number => (numbers.next().value as number) % below;
  return (sql.match(/'(?:[^']|'')*'|"[^"]*"|\w+|\s+|\S/g) ?? [])
    .map(token => {
      if (/^\s/.test(token)) return GAPS[random(GAPS.length)]!;
      if (NAMES.has(token) && random(3) === 0) return `"${token}"`;
      if (/^[a-z]/.test(token) && random(2) === 0) return token.toUpperCase();
      return token;
    })
    .join('');
});

it('agrees on variants of them, one after the other in one text', () => {
  fc.assert(
    fc.property(fc.array(variant, { minLength: 1, maxLength: 5 }), parts => compare(parts.join(';\n'))),
    { numRuns: 400 },
  );
});
