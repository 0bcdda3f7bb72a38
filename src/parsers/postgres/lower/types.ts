import type { ObjectName } from '../../../operations/names.ts';
import type { Operation, OperationOf } from '../../../operations/operations.ts';
import {
  afterName,
  anchorsOf,
  cascadeOf,
  findWord,
  ifExistsAt,
  rangeOf,
  type Source,
  tokenAt,
  wholeRange,
} from '../../source-text.ts';
import type { AlterDomainStmt, AlterEnumStmt, AlterTableCmd } from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { dataType } from '../data-types.ts';
import { checkConstraint, collationOf, domainConstraints, notNullConstraint, notValidOf } from '../definitions.ts';
import { written } from '../expressions.ts';
import { listName, placed, relationName, restoredStrings } from '../names.ts';
import { base, baseTo, baseToName, type Lowerers } from './lowerers.ts';

const ATTRIBUTE_CHANGES = { AT_AddColumn: 'add', AT_DropColumn: 'drop', AT_AlterColumnType: 'alter' } as const;

/** A sub-command of ALTER TYPE … ADD | DROP | ALTER ATTRIBUTE. */
export function lowerAlterCompositeType(command: AlterTableCmd, type: ObjectName, source: Source): Operation {
  const column = nodeAs(command.def, 'ColumnDef');
  const { place, after } = ifExistsAt(source, source.first + 2);
  const subtype = command.subtype as keyof typeof ATTRIBUTE_CHANGES;
  return {
    kind: 'alterCompositeType',
    range: wholeRange(source),
    head: rangeOf(source, source.first, Math.min(after, source.last)),
    ...anchorsOf(source, { ifExists: place, cascade: cascadeOf(source) }),
    type,
    change: ATTRIBUTE_CHANGES[subtype] ?? 'alter',
    attribute: source.text.restore(command.name ?? column?.colname ?? ''),
    ...(column?.typeName === undefined ? {} : { dataType: dataType(column.typeName, source) }),
    cascade: command.behavior === 'DROP_CASCADE',
  };
}

function lowerAlterEnum(node: AlterEnumStmt, source: Source): Operation {
  const type = placed(listName(node.typeName, source), source, source.first + 2);
  const after = afterName(source, source.first + 2);
  const { restore } = source.text;
  if (node.oldVal !== undefined) {
    return {
      kind: 'renameEnumValue',
      ...base(source, source.last),
      type,
      value: restore(node.oldVal),
      newValue: restore(node.newVal ?? ''),
    };
  }
  const ifExists = ifExistsAt(source, after + 2);
  return {
    kind: 'addEnumValue',
    ...base(source, ifExists.after),
    ...anchorsOf(source, { object: source.first + 1, ifExists: ifExists.place }),
    type,
    value: restore(node.newVal ?? ''),
    ifNotExists: node.skipIfNewValExists === true,
    ...(node.newValNeighbor === undefined
      ? {}
      : {
          position: {
            place: node.newValIsAfter === true ? 'after' : 'before',
            neighbour: restore(node.newValNeighbor),
          },
        }),
  };
}

type DomainChange = OperationOf<'alterDomain'>['change'];

function domainChange(node: AlterDomainStmt, source: Source, from: number): DomainChange | undefined {
  const name = source.text.restore(node.name ?? '');
  switch (node.subtype) {
    case 'T': {
      if (node.def === undefined) return { kind: 'dropDefault' };
      const at = findWord(source, 'DEFAULT', from) + 1;
      return { kind: 'setDefault', default: written(node.def, source, at, source.last) };
    }
    case 'N':
      return { kind: 'dropNotNull' };
    case 'O':
      return { kind: 'setNotNull' };
    case 'C': {
      const constraint = nodeAs(node.def, 'Constraint') ?? {};
      const at = tokenAt(source, constraint.location);
      return {
        kind: 'addConstraint',
        constraint:
          constraint.contype === 'CONSTR_NOTNULL'
            ? notNullConstraint(constraint, '', source, at, source.last)
            : checkConstraint(constraint, source, at, source.last),
      };
    }
    case 'X':
      return {
        kind: 'dropConstraint',
        name,
        ifExists: node.missing_ok === true,
        cascade: node.behavior === 'DROP_CASCADE',
      };
    case 'V':
      return { kind: 'validateConstraint', name };
    default:
      return undefined;
  }
}

export const TYPES: Lowerers = {
  CreateEnumStmt: (node, source) => [
    {
      kind: 'createEnum',
      ...baseToName(source, source.first + 2),
      ...anchorsOf(source, { object: source.first + 1 }),
      type: placed(listName(node.typeName, source), source, source.first + 2),
      values: restoredStrings(node.vals, source),
    },
  ],
  AlterEnumStmt: (node, source) => [lowerAlterEnum(node, source)],
  CompositeTypeStmt: (node, source) => [
    {
      kind: 'createCompositeType',
      ...baseTo(source, node.typevar),
      ...anchorsOf(source, { object: source.first + 1 }),
      type: relationName(node.typevar, source),
      attributes: (node.coldeflist ?? []).map(attribute => {
        const column = nodeAs(attribute, 'ColumnDef')!;
        return { name: source.text.restore(column.colname ?? ''), type: dataType(column.typeName!, source) };
      }),
    },
  ],
  CreateRangeStmt: (node, source) => [
    {
      kind: 'createOtherType',
      ...baseToName(source, source.first + 2),
      type: placed(listName(node.typeName, source), source, source.first + 2),
      form: 'range',
    },
  ],
  CreateDomainStmt: (node, source) => {
    const { constraints, notNull, default: value } = domainConstraints(node.constraints, source);
    return [
      {
        kind: 'createDomain',
        ...baseToName(source, source.first + 2),
        ...anchorsOf(source, { object: source.first + 1 }),
        domain: placed(listName(node.domainname, source), source, source.first + 2),
        type: dataType(node.typeName!, source),
        ...collationOf(node.collClause, source),
        notNull,
        ...(value === undefined ? {} : { default: value }),
        checks: constraints.filter(constraint => constraint.type === 'check'),
      },
    ];
  },
  AlterDomainStmt: (node, source) => {
    const after = afterName(source, source.first + 2);
    const change = domainChange(node, source, after);
    if (change === undefined) return [];
    return [
      {
        kind: 'alterDomain',
        ...base(source, Math.min(after + 1, source.last)),
        ...anchorsOf(source, {
          notValid: change.kind === 'addConstraint' && change.constraint.notValid === true ? notValidOf(source) : -1,
          cascade: cascadeOf(source),
        }),
        domain: placed(listName(node.typeName, source), source, source.first + 2),
        change,
      },
    ];
  },
};
