import { displayName, type ObjectName, type OperationOf } from '../../operations/index.ts';
import { resolveRelation, resolveType, tablesUsingType, typeExistence } from '../../schema/lookup.ts';
import type { MaterializedView, UserType } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { affected, type Fact, fails, lock, rows, scan, unknown } from '../facts.ts';
import { byId, type Context, storagesOf } from './context.ts';
import { dropFacts } from './drops.ts';

/** The type of a name; facts where the server would refuse. */
function findType(state: State, name: ObjectName): UserType | readonly Fact[] {
  const type = resolveType(state, name);
  if (type !== undefined) return type;
  return typeExistence(state, name) === 'gone' ? [fails('42704', `type "${displayName(name)}" does not exist`)] : [];
}

/** ALTER TYPE … ADD VALUE locks no table. What follows in the same transaction may not use the value: see data.ts. */
export function addEnumValue(operation: OperationOf<'addEnumValue'>, context: Context): readonly Fact[] {
  const type = findType(context.state, operation.type);
  if (!('kind' in type)) return type;
  if (type.kind !== 'enum') return type.kind === 'unknown' ? [] : [fails('42809', `"${type.name}" is not an enum`)];
  const has = type.values.some(({ value }) => value === operation.value);
  const neighbour = operation.position?.neighbour;
  if (neighbour !== undefined && type.origin !== undefined && !type.values.some(({ value }) => value === neighbour)) {
    return [fails('22023', `"${neighbour}" is not an existing enum label`)];
  }
  return has && !operation.ifNotExists && type.origin !== undefined
    ? [fails('42710', `enum label "${operation.value}" already exists`)]
    : [];
}

/** ALTER TYPE … RENAME VALUE locks no table. */
export function renameEnumValue(operation: OperationOf<'renameEnumValue'>, context: Context): readonly Fact[] {
  const type = findType(context.state, operation.type);
  if (!('kind' in type)) return type;
  if (type.kind !== 'enum' || type.origin === undefined) return [];
  const labels = type.values.map(({ value }) => value);
  if (!labels.includes(operation.value)) return [fails('22023', `"${operation.value}" is not an existing enum label`)];
  return labels.includes(operation.newValue)
    ? [fails('42710', `enum label "${operation.newValue}" already exists`)]
    : [];
}

/** ALTER TYPE of a composite type: its own relation and its typed tables are locked; columns of it keep their rows as they are. */
export function alterCompositeType(operation: OperationOf<'alterCompositeType'>, context: Context): readonly Fact[] {
  const { state } = context;
  const type = findType(state, operation.type);
  if (!('kind' in type)) return type;
  const relation = resolveRelation(state, operation.type);
  const facts: Fact[] = relation === undefined ? [] : [lock(affected(relation), 'AccessExclusiveLock')];
  const users = [...(state.schema.typeUsers.get(type.id) ?? [])].flatMap(id => byId(state, id) ?? []);
  for (const table of users) {
    if (table.kind !== 'table' || table.ofType !== type.id) continue;
    if (!operation.cascade)
      return [...facts, fails('2BP01', `cannot alter type "${type.name}" because it is the type of a typed table`)];
    facts.push(lock(affected(table), 'AccessExclusiveLock'));
  }
  if (operation.change === 'alter') {
    const [used] = tablesUsingType(state, type.id);
    if (used !== undefined) {
      facts.push(
        fails(
          '0A000',
          `cannot alter type "${type.name}" because column "${used.table.name}.${used.columns[0]?.name ?? ''}" uses it`,
        ),
      );
    }
  }
  return facts;
}

/** One DROP TYPE or DROP DOMAIN; with CASCADE the columns of that type go too. */
export function dropTypes(operations: readonly OperationOf<'dropType'>[], context: Context): readonly Fact[] {
  const { state } = context;
  const facts: Fact[] = [];
  const targets: { readonly kind: 'type'; readonly id: number }[] = [];
  for (const { type: name, ifExists } of operations) {
    const type = resolveType(state, name);
    if (type !== undefined) targets.push({ kind: 'type', id: type.id });
    else if (!ifExists && typeExistence(state, name) === 'gone')
      facts.push(fails('42704', `type "${displayName(name)}" does not exist`));
  }
  return [
    ...facts,
    ...dropFacts(
      state,
      targets,
      operations.some(({ cascade }) => cascade),
      context,
    ),
  ];
}

/**
 * ALTER DOMAIN: a new CHECK, NOT NULL, or VALIDATE reads every table with a column of the domain, or of a domain over it, under
 * SHARE, so that their writers wait; the rest locks no table (measured).
 */
export function alterDomain(operation: OperationOf<'alterDomain'>, context: Context): readonly Fact[] {
  const { state } = context;
  const { change } = operation;
  const type = findType(state, operation.domain);
  const reads =
    change.kind === 'setNotNull' ||
    change.kind === 'validateConstraint' ||
    (change.kind === 'addConstraint' && !change.constraint.notValid);
  if (!('kind' in type))
    return type.length > 0 || !reads
      ? type
      : [unknown(`the tables that use the domain ${displayName(operation.domain)} are not known`)];
  if (type.kind === 'unknown')
    return reads ? [unknown(`the tables that use the domain ${displayName(operation.domain)} are not known`)] : [];
  if (type.kind !== 'domain') return [fails('42809', `"${type.name}" is not a domain`)];
  const named =
    change.kind === 'validateConstraint' || change.kind === 'dropConstraint'
      ? type.checks.find(({ name }) => name === change.name)
      : undefined;
  if (change.kind === 'validateConstraint' && named === undefined && type.origin !== undefined) {
    return [fails('42704', `constraint "${change.name}" of domain "${type.name}" does not exist`)];
  }
  if (change.kind === 'dropConstraint' && named === undefined && !change.ifExists && type.origin !== undefined) {
    return [fails('42704', `constraint "${change.name}" of domain "${type.name}" does not exist`)];
  }
  if (!reads || (change.kind === 'setNotNull' && type.notNull)) return [];
  const reason = change.kind === 'setNotNull' ? 'not null' : 'check';
  return tablesUsingType(state, type.id).flatMap(({ table, columns }) => {
    const container = columns.find(column => (column.type?.arrayDimensions ?? 0) > 0);
    if (container !== undefined)
      return [
        fails('0A000', `cannot alter type "${type.name}" because column "${table.name}.${container.name}" uses it`),
      ];
    const copies = table.dependentViews.flatMap(id => {
      const view = byId(state, id);
      return view?.kind === 'materialized view' && columns.some(({ name }) => puts(view, name)) ? [affected(view)] : [];
    });
    return [...storagesOf(state, table, true).map(affected), ...copies].flatMap(storage => [
      lock(storage, 'ShareLock'),
      scan(storage),
      rows({ relation: storage, reason, anyRow: false }),
    ]);
  });
}

/** Whether a materialized view holds a column of a table as it is. */
const puts = (view: MaterializedView, column: string): boolean =>
  view.query?.outputs.some(
    output => output.kind === 'star' || (output.expression.kind === 'column' && output.expression.name === column),
  ) ?? false;
