import { nameKey, type ObjectName } from '../../operations/names.ts';
import type { OperationOf, TypeOperation } from '../../operations/operations.ts';
import { ensureType, goneKey } from '../context.ts';
import { dropTogether } from '../drop.ts';
import { creationSchema, resolveType } from '../lookup.ts';
import { placeRelation, placeType } from '../renames.ts';
import type { ObjectId, Origin, UserType } from '../schema.ts';
import type { State } from '../state.ts';
import { putRelation, putType, recordTypeUse, takeId, withSchema } from '../store.ts';
import type { ApplyTable } from './apply.ts';
import { claimName } from './tables.ts';

export const TYPES: ApplyTable<TypeOperation['kind']> = {
  createEnum: (state, { type, values }, at) => {
    const labels = values.map(value => ({ value, origin: at }));
    return createType(state, type, at, base => ({ ...base, kind: 'enum', values: labels }))[0];
  },
  addEnumValue,
  renameEnumValue: (state, { type, value, newValue }) =>
    changeType(state, type, found => {
      if (found.kind !== 'enum') return found;
      const values = found.values.map(label => (label.value === value ? { ...label, value: newValue } : label));
      return { ...found, values };
    }),
  createCompositeType: (state, { type, attributes }, at) => {
    const [made, id] = createType(state, type, at, base => ({ ...base, kind: 'composite', attributes }));
    const used = attributes.reduce(
      (current, attribute) => recordTypeUse(current, resolveType(current, attribute.type)?.id, id),
      made,
    );
    const found = used.schema.types.get(id);
    if (found === undefined) return used;
    const { schema, name } = found;
    const [next, relation] = claimName(used, schema, name, at);
    if (!next.schema.types.has(id)) return next;
    return putRelation(next, { kind: 'composite type', id: relation, schema, name, origin: at, type: id });
  },
  alterCompositeType: (state, operation) =>
    changeType(state, operation.type, found =>
      found.kind === 'composite' ? changeAttribute(found, operation) : found,
    ),
  createOtherType: (state, { type, form }, at) => {
    const existing = resolveType(state, type);
    // CREATE TYPE name; and then the definition: the shell is filled.
    if (existing?.kind === 'shell') return putType(state, { ...existing, kind: form });
    return createType(state, type, at, base => ({ ...base, kind: form }))[0];
  },
  dropType: (state, { type: name }, at) => {
    const type = resolveType(state, name);
    if (type !== undefined) return dropTogether(state, [{ kind: 'type', id: type.id }], at);
    const [next, id] = takeId(state);
    const gone = { how: 'dropped', what: 'unknown', at, id } as const;
    return withSchema(next, { typesGone: next.schema.typesGone.set(goneKey(state, name), gone) });
  },
  renameType: (state, { type, newName }, at) => moveNamed(state, type, ({ schema }) => ({ schema, name: newName }), at),
  setTypeSchema: (state, { type, schema }, at) => moveNamed(state, type, ({ name }) => ({ schema, name }), at),
  createDomain: (state, operation, at) => {
    const { domain, type, notNull, default: written } = operation;
    const checks = operation.checks.map((check, index) => ({
      name: check.name ?? `${domain.name}_check${index === 0 ? '' : index}`,
      condition: check.condition,
      valid: check.notValid !== true,
    }));
    const [made, id] = createType(state, domain, at, base => ({
      ...base,
      kind: 'domain',
      type,
      notNull,
      ...(written === undefined ? {} : { default: written }),
      checks,
    }));
    return recordTypeUse(made, resolveType(made, type)?.id, id);
  },
  alterDomain,
};

type Base = Pick<UserType, 'id' | 'schema' | 'name' | 'origin'>;

/** Enters a new type; one of the same name gives way. */
function createType(
  state: State,
  name: ObjectName,
  at: Origin,
  build: (base: Base) => UserType,
): readonly [State, ObjectId] {
  const schema = creationSchema(state, name);
  const existing = resolveType(state, { schema, name: name.name });
  // A stand-in for an unknown type becomes the new one, and its users stay.
  if (existing !== undefined && existing.origin === undefined) {
    const { id } = existing;
    return [putType(state, build({ id, schema, name: name.name, origin: at })), id];
  }
  const free = existing === undefined ? state : dropTogether(state, [{ kind: 'type', id: existing.id }], at);
  const [next, id] = takeId(free);
  return [putType(next, build({ id, schema, name: name.name, origin: at })), id];
}

function changeType(state: State, name: ObjectName, change: (type: UserType) => UserType): State {
  const [known, type] = ensureType(state, name);
  return type === undefined ? known : putType(known, change(type));
}

function moveNamed(
  state: State,
  name: ObjectName,
  place: (type: UserType) => { readonly schema: string; readonly name: string },
  at: Origin,
): State {
  const [known, type] = ensureType(state, name);
  if (type === undefined) return known;
  const to = place(type);
  const relation = type.kind === 'composite' ? known.schema.names.get(nameKey(type.schema, type.name)) : undefined;
  return relation === undefined ? placeType(known, type.id, to, at) : placeRelation(known, relation, to, at);
}

function addEnumValue(state: State, operation: OperationOf<'addEnumValue'>, at: Origin): State {
  const { value, position } = operation;
  return changeType(state, operation.type, type => {
    if (type.kind !== 'enum' || type.values.some(label => label.value === value)) return type;
    const label = { value, origin: at };
    const neighbour = type.values.findIndex(other => other.value === position?.neighbour);
    if (position === undefined || neighbour < 0) return { ...type, values: [...type.values, label] };
    return {
      ...type,
      values: type.values.toSpliced(position.place === 'before' ? neighbour : neighbour + 1, 0, label),
    };
  });
}

function changeAttribute(
  type: Extract<UserType, { kind: 'composite' }>,
  { change, attribute: name, dataType, newName }: OperationOf<'alterCompositeType'>,
): UserType {
  const { attributes } = type;
  switch (change) {
    case 'add':
      return dataType === undefined ? type : { ...type, attributes: [...attributes, { name, type: dataType }] };
    case 'drop':
      return { ...type, attributes: attributes.filter(attribute => attribute.name !== name) };
    case 'alter':
      return {
        ...type,
        attributes: attributes.map(attribute =>
          attribute.name === name && dataType !== undefined ? { ...attribute, type: dataType } : attribute,
        ),
      };
    case 'rename':
      return {
        ...type,
        attributes: attributes.map(attribute =>
          attribute.name === name && newName !== undefined ? { ...attribute, name: newName } : attribute,
        ),
      };
  }
}

function alterDomain(state: State, { domain: name, change }: OperationOf<'alterDomain'>): State {
  return changeType(state, name, domain => {
    if (domain.kind !== 'domain') return domain;
    switch (change.kind) {
      case 'setDefault':
        return { ...domain, default: change.default };
      case 'dropDefault': {
        const { default: _, ...rest } = domain;
        return rest;
      }
      case 'setNotNull':
        return { ...domain, notNull: true };
      case 'dropNotNull':
        return { ...domain, notNull: false };
      case 'addConstraint': {
        const { constraint } = change;
        if (constraint.type === 'notNull') return { ...domain, notNull: true };
        const check = {
          name: constraint.name ?? freeCheckName(domain),
          condition: constraint.condition,
          valid: constraint.notValid !== true,
        };
        return { ...domain, checks: [...domain.checks, check] };
      }
      case 'validateConstraint':
        return {
          ...domain,
          checks: domain.checks.map(check => (check.name === change.name ? { ...check, valid: true } : check)),
        };
      case 'renameConstraint': {
        const { newName } = change;
        if (newName === undefined) return domain;
        const checks = domain.checks.map(check => (check.name === change.name ? { ...check, name: newName } : check));
        return { ...domain, checks };
      }
      case 'dropConstraint':
        return { ...domain, checks: domain.checks.filter(check => check.name !== change.name) };
    }
  });
}

function freeCheckName(domain: Extract<UserType, { kind: 'domain' }>): string {
  const taken = new Set(domain.checks.map(check => check.name));
  for (let number = 0; ; number++) {
    const name = `${domain.name}_check${number === 0 ? '' : number}`;
    if (!taken.has(name)) return name;
  }
}
