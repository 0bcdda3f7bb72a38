import type { PGlite } from '@electric-sql/pglite';
import type { DataType } from '../../src/operations/data-types.ts';
import { columnsOf } from '../../src/operations/expressions.ts';
import type { Index, ObjectId, Table, TableConstraint } from '../../src/schema/schema.ts';
import type { State } from '../../src/schema/state.ts';

/** A database's catalogue in the form in which a replayed state and a server are compared: sorted lines of text. */
export type Catalogue = readonly string[];

/* ---------------------------------------------------------------- The state's */

const FORMATTED: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  float4: 'real',
  float8: 'double precision',
  varchar: 'character varying',
  bpchar: 'character',
  varbit: 'bit varying',
};
const ZONED: Readonly<Record<string, readonly [string, string]>> = {
  timestamp: ['timestamp', ' without time zone'],
  timestamptz: ['timestamp', ' with time zone'],
  time: ['time', ' without time zone'],
  timetz: ['time', ' with time zone'],
};

/** A type as the server's format_type writes it. */
function formatType(state: State, type: DataType | undefined, typeId: ObjectId | undefined): string {
  if (type === undefined) return '?';
  const user = typeId === undefined ? undefined : state.schema.types.get(typeId);
  const own = user === undefined ? type.name : user.schema === 'public' ? user.name : `${user.schema}.${user.name}`;
  const [name, suffix] = ZONED[own] ?? [FORMATTED[own] ?? own, ''];
  const modifiers = type.modifiers.length === 0 ? '' : `(${type.modifiers.join(',')})`;
  const fields = type.intervalFields === undefined ? '' : ` ${type.intervalFields}`;
  return `${name}${fields}${modifiers}${suffix}${type.arrayDimensions > 0 ? '[]' : ''}`;
}

/** The catalogue that a state describes. */
export function catalogueOfState(state: State): Catalogue {
  const lines: string[] = [];
  const nameOf = (id: ObjectId): string => {
    const relation = state.schema.relations.get(id);
    return relation === undefined ? `dangling ${id}` : `${relation.schema}.${relation.name}`;
  };
  for (const relation of state.schema.relations.values()) {
    const name = `${relation.schema}.${relation.name}`;
    switch (relation.kind) {
      case 'table':
        lines.push(...tableLines(state, relation, nameOf));
        break;
      case 'view':
      case 'materialized view':
        lines.push(`${relation.kind} ${name} (${relation.columns?.join(', ') ?? 'unknown'})`);
        break;
      case 'index':
        lines.push(indexLine(relation, nameOf));
        break;
      case 'sequence': {
        const owner = relation.ownedBy;
        lines.push(`sequence ${name} of ${owner === undefined ? 'none' : `${nameOf(owner.table)}.${owner.column}`}`);
      }
    }
  }
  for (const type of state.schema.types.values()) {
    const name = `${type.schema}.${type.name}`;
    if (type.kind === 'enum') lines.push(`enum ${name} (${type.values.map(({ value }) => value).join(', ')})`);
    if (type.kind === 'composite') {
      const attributes = type.attributes.map(
        attribute => `${attribute.name} ${formatType(state, attribute.type, undefined)}`,
      );
      lines.push(`composite ${name} (${attributes.join(', ')})`);
    }
    if (type.kind === 'domain') {
      const checks = type.checks.map(check => `${check.name}${check.valid ? '' : ' not valid'}`).sort();
      const facts = [type.notNull ? ' not null' : '', type.default === undefined ? '' : ' default'].join('');
      lines.push(`domain ${name} ${formatType(state, type.type, undefined)}${facts} (${checks.join(', ')})`);
    }
  }
  for (const overloads of state.schema.routines.values()) {
    for (const { schema, name, form, argumentTypes, volatility } of overloads) {
      const types = argumentTypes.map(type => formatType(state, type, undefined));
      lines.push(`${form} ${schema}.${name}(${types.join(', ')}) ${volatility}`);
    }
  }
  return lines.sort();
}

function tableLines(state: State, table: Table, nameOf: (id: ObjectId) => string): readonly string[] {
  const name = `${table.schema}.${table.name}`;
  const parent = table.partitionOf === undefined ? '' : ` partition of ${nameOf(table.partitionOf.parent)}`;
  const { enabled, forced } = table.rowSecurity;
  const security = `${enabled ? ' row security' : ''}${forced ? ' forced' : ''}`;
  const children = table.inherits.map(id => ` inherits ${nameOf(id)}`).join('');
  return [
    `table ${name} ${table.persistence}${parent}${children}${security}${table.complete ? '' : ' incomplete'} (${table.columns.map(column => column.name).join(', ')})`,
    ...table.columns.map(column => {
      const facts = [
        column.notNull === true ? ' not null' : '',
        column.default === undefined ? '' : ' default',
        column.identity === undefined ? '' : ` identity ${column.identity}`,
        column.generated === undefined ? '' : ` generated ${column.generated.storage}`,
      ];
      return `column ${name}.${column.name} ${formatType(state, column.type, column.typeId)}${facts.join('')}`;
    }),
    ...table.constraints.map(constraint => constraintLine(name, constraint, nameOf)),
    ...table.triggers.map(trigger => `trigger ${name}.${trigger.name}${trigger.enabled ? '' : ' disabled'}`),
    ...table.policies.map(policy => `policy ${name}.${policy.name} ${policy.command}`),
  ];
}

function constraintLine(table: string, constraint: TableConstraint, nameOf: (id: ObjectId) => string): string {
  const { name, type, valid, enforced, deferrable, initiallyDeferred } = constraint;
  const facts = [
    valid ? '' : ' not valid',
    enforced ? '' : ' not enforced',
    deferrable ? ' deferrable' : '',
    initiallyDeferred ? ' deferred' : '',
  ].join('');
  const columns = constraintColumns(constraint);
  const references =
    constraint.type === 'foreignKey'
      ? ` references ${nameOf(constraint.references)} (${constraint.referencedColumns.join(', ')})`
      : '';
  return `constraint ${table}.${name} ${type} (${columns.join(', ')})${references}${facts}`;
}

function constraintColumns(constraint: TableConstraint): readonly string[] {
  switch (constraint.type) {
    case 'check':
      return [...columnsOf(constraint.condition.expression)].sort();
    case 'notNull':
      return [constraint.column];
    case 'exclude':
      return constraint.elements.flatMap(({ column }) => column ?? []);
    default:
      return constraint.columns;
  }
}

function indexLine(index: Index, nameOf: (id: ObjectId) => string): string {
  const keys = index.elements.map(({ column }) => column ?? 'expression').join(', ');
  const including = index.including.length === 0 ? '' : ` include (${index.including.join(', ')})`;
  const facts = [
    index.unique ? ' unique' : '',
    index.where === undefined ? '' : ' partial',
    index.valid ? '' : ' invalid',
    index.constraint === undefined ? '' : ` of constraint ${index.constraint}`,
    index.partitionOf === undefined ? '' : ` partition of ${nameOf(index.partitionOf)}`,
  ].join('');
  return `index ${index.schema}.${index.name} on ${nameOf(index.table)} ${index.method} (${keys})${including}${facts}`;
}

/* ---------------------------------------------------------------- The server's */

const USER_SCHEMA = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and n.nspname not like 'pg_toast%'`;
const SCHEMA_NAME = `case when n.nspname like 'pg_temp%' then 'pg_temp' else n.nspname::text end`;
/** A relation's qualified name by OID. */
const named = (oid: string): string =>
  `(select case when x.nspname like 'pg_temp%' then 'pg_temp' else x.nspname::text end || '.' || r.relname from pg_class r join pg_namespace x on x.oid = r.relnamespace where r.oid = ${oid})`;
const attributes = (relation: string, keys: string, order: string): string =>
  `coalesce((select string_agg(coalesce(a.attname::text, 'expression'), ', ' order by ${order}) from unnest(${keys}) with ordinality k(num, pos) left join pg_attribute a on a.attrelid = ${relation} and a.attnum = k.num), '')`;

const QUERIES: readonly string[] = [
  `select 'table ' || ${SCHEMA_NAME} || '.' || c.relname || ' ' ||
     case c.relpersistence when 'p' then 'permanent' when 'u' then 'unlogged' else 'temporary' end ||
     coalesce((select string_agg(case when c.relispartition then ' partition of ' else ' inherits ' end || ${named('i.inhparent')}, '' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid), '') ||
     case when c.relrowsecurity then ' row security' else '' end || case when c.relforcerowsecurity then ' forced' else '' end ||
     ' (' || coalesce((select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped), '') || ')' as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and ${USER_SCHEMA}`,
  `select 'column ' || ${SCHEMA_NAME} || '.' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
     case when a.attnotnull and exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'n' and k.conkey = array[a.attnum] and k.convalidated) then ' not null' else '' end ||
     case when d.oid is not null and a.attgenerated = '' then ' default' else '' end ||
     case a.attidentity when 'a' then ' identity always' when 'd' then ' identity by default' else '' end ||
     case a.attgenerated when 's' then ' generated stored' when 'v' then ' generated virtual' else '' end as line
   from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
   where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and ${USER_SCHEMA}`,
  `select 'constraint ' || ${SCHEMA_NAME} || '.' || c.relname || '.' || o.conname || ' ' ||
     case o.contype when 'c' then 'check' when 'n' then 'notNull' when 'p' then 'primaryKey' when 'u' then 'unique' when 'f' then 'foreignKey' else 'exclude' end || ' (' ||
     ${attributes('c.oid', 'o.conkey', "case when o.contype = 'c' then a.attname::text end, k.pos")} || ')' ||
     case when o.contype = 'f' then ' references ' || ${named('o.confrelid')} || ' (' || ${attributes('o.confrelid', 'o.confkey', 'k.pos')} || ')' else '' end ||
     case when o.convalidated then '' else ' not valid' end || case when o.conenforced then '' else ' not enforced' end ||
     case when o.condeferrable then ' deferrable' else '' end || case when o.condeferred then ' deferred' else '' end as line
   from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
   where o.contype in ('c', 'n', 'p', 'u', 'f', 'x') and ${USER_SCHEMA}
     and not exists (select from pg_constraint p where p.oid = o.conparentid and p.conrelid = o.conrelid)`,
  `select 'index ' || ${SCHEMA_NAME} || '.' || c.relname || ' on ' || ${named('i.indrelid')} || ' ' || m.amname || ' (' ||
     ${attributes('i.indrelid', '(i.indkey::int2[])[0:i.indnkeyatts - 1]', 'k.pos')} || ')' ||
     case when i.indnatts > i.indnkeyatts then ' include (' || ${attributes('i.indrelid', '(i.indkey::int2[])[i.indnkeyatts:i.indnatts - 1]', 'k.pos')} || ')' else '' end ||
     case when i.indisunique then ' unique' else '' end || case when i.indpred is null then '' else ' partial' end ||
     case when i.indisvalid then '' else ' invalid' end ||
     coalesce((select ' of constraint ' || conname from pg_constraint where conindid = c.oid and contype in ('p', 'u', 'x')), '') ||
     coalesce((select ' partition of ' || ${named('h.inhparent')} from pg_inherits h where h.inhrelid = c.oid), '') as line
   from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam join pg_namespace n on n.oid = c.relnamespace
   where ${USER_SCHEMA}`,
  `select case c.relkind when 'v' then 'view ' else 'materialized view ' end || ${SCHEMA_NAME} || '.' || c.relname || ' (' ||
     (select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) || ')' as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and ${USER_SCHEMA}`,
  `select 'sequence ' || ${SCHEMA_NAME} || '.' || c.relname || ' of ' ||
     coalesce((select ${named('d.refobjid')} || '.' || a.attname from pg_depend d join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
       where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')), 'none') as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S' and ${USER_SCHEMA}`,
  `select 'enum ' || n.nspname || '.' || t.typname || ' (' || coalesce((select string_agg(enumlabel, ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid), '') || ')' as line
   from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'e' and ${USER_SCHEMA}`,
  `select 'composite ' || n.nspname || '.' || c.relname || ' (' ||
     coalesce((select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped), '') || ')' as line
   from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'c' and ${USER_SCHEMA}`,
  `select 'domain ' || n.nspname || '.' || t.typname || ' ' || format_type(t.typbasetype, t.typtypmod) ||
     case when t.typnotnull then ' not null' else '' end || case when t.typdefault is null then '' else ' default' end || ' (' ||
     coalesce((select string_agg(conname || case when convalidated then '' else ' not valid' end, ', ' order by conname || case when convalidated then '' else ' not valid' end) from pg_constraint where contypid = t.oid and contype = 'c'), '') || ')' as line
   from pg_type t join pg_namespace n on n.oid = t.typnamespace where t.typtype = 'd' and ${USER_SCHEMA}`,
  `select case p.prokind when 'p' then 'procedure ' else 'function ' end || n.nspname || '.' || p.proname || '(' ||
     coalesce((select string_agg(format_type(a, null), ', ' order by o) from unnest(p.proargtypes) with ordinality u(a, o)), '') || ') ' ||
     case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as line
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${USER_SCHEMA}`,
  `select 'trigger ' || n.nspname || '.' || c.relname || '.' || t.tgname || case when t.tgenabled = 'D' then ' disabled' else '' end as line
   from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where not t.tgisinternal and t.tgparentid = 0 and c.relkind in ('r', 'p') and ${USER_SCHEMA}`,
  `select 'policy ' || n.nspname || '.' || c.relname || '.' || p.polname || ' ' ||
     case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end as line
   from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${USER_SCHEMA}`,
];

/** The catalogue of a server: user schemas only. */
export async function catalogueOfServer(server: PGlite): Promise<Catalogue> {
  const lines: string[] = [];
  for (const query of QUERIES) {
    const { rows } = await server.query<{ line: string }>(query);
    lines.push(...rows.map(({ line }) => line));
  }
  return lines.sort();
}

/** Empties a server between two scripts: settings, temporary objects, and all schemas of users. */
export async function resetServer(server: PGlite): Promise<void> {
  await server.exec('ROLLBACK;');
  await server.exec('DISCARD ALL;');
  const { rows } = await server.query<{ nspname: string }>(
    `select n.nspname from pg_namespace n where ${USER_SCHEMA} and n.nspname not like 'pg_temp%'`,
  );
  for (const { nspname } of rows) await server.exec(`DROP SCHEMA "${nspname}" CASCADE;`);
  await server.exec('CREATE SCHEMA public;');
}
