import type { ObjectName } from '../../../operations/names.ts';
import type { Operation } from '../../../operations/operations.ts';
import { anchorsOf, cascadeOf, findWord, ifExistsAt, isWord, type Source } from '../../source-text.ts';
import type { DropStmt, Node, ObjectType } from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { dottedName, objectNameParts, placed } from '../names.ts';
import { type Listed, type Lowerers, listed } from './lowerers.ts';
import { OBJECT_KINDS, objectWords } from './objects.ts';
import { routineArguments, routineForm } from './routines.ts';

/** What an object of a DROP is lowered with. */
interface Dropped {
  readonly object: Listed;
  /** Range, head and anchors. */
  readonly place: Pick<Operation, 'range' | 'head' | 'anchors'>;
  readonly type: ObjectType;
  readonly source: Source;
  readonly ifExists: boolean;
  readonly cascade: boolean;
}

/** What stands after the verb, where it is not the object type's own words. */
const KEYWORDS: Readonly<Partial<Record<ObjectType, number>>> = { OBJECT_FOREIGN_SERVER: 1, OBJECT_LANGUAGE: 1 };

function lowerDrop(node: DropStmt, source: Source): readonly Operation[] {
  const type = node.removeType ?? 'OBJECT_TABLE';
  const words = KEYWORDS[type] ?? objectWords(type).split(' ').length;
  let keyword = source.first + words;
  if (type === 'OBJECT_LANGUAGE' && isWord(source, keyword, 'PROCEDURAL')) keyword++;
  const concurrently = isWord(source, keyword + 1, 'CONCURRENTLY') ? keyword + 1 : -1;
  const ifExists = ifExistsAt(source, (concurrently === -1 ? keyword : concurrently) + 1);
  const lower = DROPS[type] ?? dropObject;
  return listed(node.objects ?? [], source, ifExists.after).map(object => {
    const anchors = anchorsOf(source, {
      object: keyword,
      concurrently,
      ifExists: ifExists.place,
      cascade: cascadeOf(source),
    });
    return lower({
      object,
      place: { range: object.range, head: object.head, ...anchors },
      type,
      source,
      ifExists: node.missing_ok === true,
      cascade: node.behavior === 'DROP_CASCADE',
    });
  });
}

function behaviour({ ifExists, cascade }: Dropped) {
  return { ifExists, cascade };
}

/** A trigger, policy or rule: the grammar has the table's name first, the text has it last. */
function onTable({ object, source }: Dropped): { readonly name: string; readonly table: ObjectName } {
  const parts = objectNameParts(object.node);
  const on = findWord(source, 'ON', object.at + 1);
  return {
    name: source.text.restore(parts.at(-1) ?? ''),
    table: placed(dottedName(parts.slice(0, -1), source), source, on + 1),
  };
}

function dropObject(dropped: Dropped): Operation {
  const { object, place, type, source } = dropped;
  const objectKind = OBJECT_KINDS[type];
  if (objectKind === undefined)
    return { kind: 'other', ...place, what: `drop ${objectWords(type)}`, text: object.name.name };
  return { kind: 'dropObject', ...place, objectKind, name: nameOf(object, type, source), ...behaviour(dropped) };
}

/** Casts, transforms and operator classes are named by more than a name. */
function nameOf(object: Listed, type: ObjectType, source: Source): ObjectName {
  const parts = objectNameParts(object.node);
  if (type === 'OBJECT_CAST') return { name: parts.join(' as ') };
  if (type === 'OBJECT_TRANSFORM') return { name: parts.join(' language ') };
  if (type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY') {
    // The access method comes first.
    return placed(dottedName(parts.slice(1), source), source, object.at);
  }
  return object.name;
}

function dropRoutine(dropped: Dropped): Operation {
  const { object, place, type, source } = dropped;
  return {
    kind: 'dropRoutine',
    ...place,
    routine: object.name,
    form: type === 'OBJECT_AGGREGATE' ? 'aggregate' : routineForm(type),
    ...routineArguments(nodeAs(object.node as Node, 'ObjectWithArgs'), source),
    ...behaviour(dropped),
  };
}

const DROPS: Readonly<Partial<Record<ObjectType, (dropped: Dropped) => Operation>>> = {
  OBJECT_TABLE: dropped => ({ kind: 'dropTable', ...dropped.place, table: dropped.object.name, ...behaviour(dropped) }),
  OBJECT_FOREIGN_TABLE: dropped => ({
    kind: 'dropTable',
    ...dropped.place,
    table: dropped.object.name,
    ...behaviour(dropped),
    foreign: true,
  }),
  OBJECT_INDEX: dropped => ({
    kind: 'dropIndex',
    ...dropped.place,
    index: dropped.object.name,
    concurrently: dropped.place.anchors?.concurrently !== undefined,
    ...behaviour(dropped),
  }),
  OBJECT_VIEW: dropped => ({ kind: 'dropView', ...dropped.place, view: dropped.object.name, ...behaviour(dropped) }),
  OBJECT_MATVIEW: dropped => ({
    kind: 'dropMaterializedView',
    ...dropped.place,
    view: dropped.object.name,
    ...behaviour(dropped),
  }),
  OBJECT_SEQUENCE: dropped => ({
    kind: 'dropSequence',
    ...dropped.place,
    sequence: dropped.object.name,
    ...behaviour(dropped),
  }),
  OBJECT_TYPE: dropped => ({
    kind: 'dropType',
    ...dropped.place,
    type: dropped.object.name,
    domain: false,
    ...behaviour(dropped),
  }),
  OBJECT_DOMAIN: dropped => ({
    kind: 'dropType',
    ...dropped.place,
    type: dropped.object.name,
    domain: true,
    ...behaviour(dropped),
  }),
  OBJECT_FUNCTION: dropRoutine,
  OBJECT_PROCEDURE: dropRoutine,
  OBJECT_ROUTINE: dropRoutine,
  OBJECT_AGGREGATE: dropRoutine,
  OBJECT_TRIGGER: dropped => ({ kind: 'dropTrigger', ...dropped.place, ...onTable(dropped), ...behaviour(dropped) }),
  OBJECT_RULE: dropped => ({ kind: 'dropRule', ...dropped.place, ...onTable(dropped), ...behaviour(dropped) }),
  OBJECT_POLICY: dropped => ({ kind: 'dropPolicy', ...dropped.place, ...onTable(dropped), ifExists: dropped.ifExists }),
  OBJECT_SCHEMA: dropped => ({
    kind: 'dropSchema',
    ...dropped.place,
    schema: dropped.object.name.name,
    ...behaviour(dropped),
  }),
};

export const DROP: Lowerers = { DropStmt: lowerDrop };
