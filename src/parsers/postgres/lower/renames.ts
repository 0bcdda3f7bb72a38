import type { ObjectName } from '../../../operations/names.ts';
import type { Operation, RelationKind } from '../../../operations/operations.ts';
import {
  afterName,
  anchorsOf,
  findWord,
  ifExistsAt,
  isWord,
  narrow,
  rangeOf,
  type Source,
  tokenAt,
  wholeRange,
} from '../../source-text.ts';
import type { Node, ObjectType, RenameStmt } from '../ast.ts';
import { clauseWords } from '../definitions.ts';
import { dottedName, objectName, objectNameParts, placed, relationName } from '../names.ts';
import { type AlteredTable, RELATION_KINDS } from './alter-table.ts';
import { afterArguments, base, baseToName, type Lowerers } from './lowerers.ts';
import { alter, OBJECT_KINDS, objectWords } from './objects.ts';

/** What a statement of ALTER that stands alone says of its relation. */
function onRelation(
  relation: { relname?: string; schemaname?: string; inh?: boolean; location?: number } | undefined,
  missingOk: boolean | undefined,
  source: Source,
): AlteredTable {
  return {
    table: relationName(relation, source),
    ...(missingOk === true ? { tableIfExists: true } : {}),
    ...(relation?.inh === true ? {} : { only: true }),
  };
}

/** The clause after the relation's name: RENAME …, SET SCHEMA …, OWNER TO …. */
function clauseOf(relation: { location?: number } | undefined, source: Source): Source {
  let from = afterName(source, tokenAt(source, relation?.location));
  if (source.text.fragment.text[source.text.tokens[from]?.start ?? 0] === '*') from++;
  return narrow(source, Math.min(from, source.last), source.last);
}

function clausePlace(clause: Source) {
  return { range: wholeRange(clause), head: rangeOf(clause, clause.first, clause.last) };
}

/** The objects that ALTER calls something else than a relation, with the index of their name. */
function objectPlace(type: ObjectType, source: Source): number {
  return ifExistsAt(source, source.first + 1 + objectWords(type).split(' ').length).after;
}

const ROUTINE_TYPES: ReadonlySet<string> = new Set(['OBJECT_FUNCTION', 'OBJECT_PROCEDURE', 'OBJECT_ROUTINE']);

/** The name of an object that is kept by name only; operator classes and families have their access method before it. */
function genericName(node: Node | undefined, type: ObjectType, source: Source): ObjectName {
  const parts = objectNameParts(node);
  return dottedName(type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY' ? parts.slice(1) : parts, source);
}

/** ALTER of a routine, a type, a schema or an object that is kept by name only. */
function alterAny(
  type: ObjectType,
  node: Node | undefined,
  change: string,
  source: Source,
  newName?: string,
  spelled?: string,
): Operation {
  const facts = newName === undefined ? {} : { newName: source.text.restore(newName) };
  const at = objectPlace(type, source);
  const name = spelled === undefined ? genericName(node, type, source) : { name: source.text.restore(spelled) };
  if (ROUTINE_TYPES.has(type)) return alter('routine', name, source, at, change, facts);
  if (type === 'OBJECT_TYPE') return alter('type', name, source, at, change, facts);
  if (type === 'OBJECT_DOMAIN') return alter('domain', name, source, at, change, facts);
  if (type === 'OBJECT_SCHEMA') return alter('schema', name, source, at, change, facts);
  if (type === 'OBJECT_LARGEOBJECT') return alter('large object', name, source, at, change, facts);
  const objectKind = OBJECT_KINDS[type];
  if (objectKind === undefined) {
    const text = source.text.fragment.text.slice(
      source.text.tokens[source.first]!.start,
      source.text.tokens[source.last]!.end,
    );
    return { kind: 'other', ...base(source, source.last), what: `alter ${objectWords(type)}`, text };
  }
  return alter(objectKind, name, source, at, change, facts);
}

function lowerRename(node: RenameStmt, source: Source): Operation {
  const type = node.renameType ?? 'OBJECT_TABLE';
  const { restore } = source.text;
  const newName = restore(node.newname ?? '');
  const relationKind = RELATION_KINDS[type];
  if (relationKind !== undefined && type !== 'OBJECT_TYPE') {
    const clause = clauseOf(node.relation, source);
    return {
      kind: 'renameTable',
      ...clausePlace(clause),
      ...onRelation(node.relation, node.missing_ok, source),
      newName,
      relationKind,
    };
  }
  const name = restore(node.subname ?? '');
  switch (type) {
    case 'OBJECT_COLUMN': {
      const clause = clauseOf(node.relation, source);
      const keyword = isWord(clause, clause.first + 1, 'COLUMN') ? clause.first + 1 : clause.first;
      return {
        kind: 'renameColumn',
        ...clausePlace(clause),
        ...anchorsOf(clause, { column: keyword }),
        ...onRelation(node.relation, node.missing_ok, source),
        column: name,
        newName,
        relationKind: RELATION_KINDS[node.relationType ?? 'OBJECT_TABLE'] ?? 'table',
      };
    }
    case 'OBJECT_TABCONSTRAINT':
      return {
        kind: 'renameConstraint',
        ...clausePlace(clauseOf(node.relation, source)),
        ...onRelation(node.relation, node.missing_ok, source),
        name,
        newName,
      };
    case 'OBJECT_ATTRIBUTE':
      return {
        kind: 'alterCompositeType',
        ...clausePlace(clauseOf(node.relation, source)),
        type: relationName(node.relation, source),
        change: 'rename',
        attribute: name,
        newName,
        cascade: node.behavior === 'DROP_CASCADE',
      };
    case 'OBJECT_DOMCONSTRAINT':
      return {
        kind: 'alterDomain',
        ...base(source, source.last),
        domain: placed(objectName(node.object, source), source, source.first + 2),
        change: { kind: 'renameConstraint', name, newName },
      };
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return {
        kind: 'renameType',
        ...base(source, source.last),
        type: placed(objectName(node.object, source), source, source.first + 2),
        newName,
        domain: type === 'OBJECT_DOMAIN',
      };
    case 'OBJECT_TRIGGER':
      return {
        kind: 'renameTrigger',
        ...base(source, source.last),
        name,
        table: relationName(node.relation, source),
        newName,
      };
    case 'OBJECT_POLICY':
      return {
        kind: 'renamePolicy',
        ...base(source, source.last),
        name,
        table: relationName(node.relation, source),
        newName,
      };
    case 'OBJECT_SCHEMA':
      return { kind: 'renameSchema', ...base(source, source.last), schema: name, newName };
    case 'OBJECT_DATABASE':
      return { kind: 'alterDatabase', ...baseToName(source, source.first + 2), database: name };
    default:
      return alterAny(type, node.object, 'rename', source, node.newname, node.subname);
  }
}

export const RENAMES: Lowerers = {
  RenameStmt: (node, source) => [lowerRename(node, source)],
  AlterObjectSchemaStmt: (node, source) => {
    const type = node.objectType ?? 'OBJECT_TABLE';
    const schema = source.text.restore(node.newschema ?? '');
    const relationKind: RelationKind | undefined = RELATION_KINDS[type];
    if (relationKind !== undefined && type !== 'OBJECT_TYPE') {
      const clause = clauseOf(node.relation, source);
      return [
        {
          kind: 'setRelationSchema',
          ...clausePlace(clause),
          ...onRelation(node.relation, node.missing_ok, source),
          schema,
          relationKind,
        },
      ];
    }
    if (type === 'OBJECT_TYPE' || type === 'OBJECT_DOMAIN') {
      const name = placed(objectName(node.object, source), source, source.first + 2);
      return [
        { kind: 'setTypeSchema', ...base(source, source.last), type: name, schema, domain: type === 'OBJECT_DOMAIN' },
      ];
    }
    return [alterAny(type, node.object, 'set schema', source)];
  },
  AlterOwnerStmt: (node, source) => {
    const type = node.objectType ?? 'OBJECT_TABLE';
    if (type === 'OBJECT_DATABASE') {
      return [
        {
          kind: 'alterDatabase',
          ...baseToName(source, source.first + 2),
          database: objectName(node.object, source).name,
        },
      ];
    }
    return [alterAny(type, node.object, 'owner', source)];
  },
  AlterObjectDependsStmt: (node, source) => {
    const type = node.objectType ?? 'OBJECT_FUNCTION';
    if (type === 'OBJECT_INDEX') {
      return [
        {
          kind: 'alterIndex',
          ...base(source, source.last),
          index: relationName(node.relation, source),
          change: 'dependency',
          ifExists: false,
        },
      ];
    }
    const depends = findWord(source, 'DEPENDS', afterArguments(source, source.first + 2));
    if (type === 'OBJECT_MATVIEW') {
      const clause = clauseOf(node.relation, source);
      return [
        {
          kind: 'otherTableChange',
          ...clausePlace(clause),
          ...onRelation(node.relation, false, source),
          clause: clauseWords(clause, 4),
        },
      ];
    }
    return [
      alterAny(type, node.object, clauseWords(narrow(source, Math.max(depends, source.first), source.last), 3), source),
    ];
  },
};
