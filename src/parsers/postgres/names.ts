import type { ObjectName } from '../../operations/names.ts';
import { afterName, rangeOf, type Source, tokenAt } from '../source-text.ts';
import { type Node, nodeAs, type RangeVar, type RoleSpec, stringsOf, type TypeName } from './ast.ts';

/** The name of a relation, with its place. */
export function relationName(relation: RangeVar | undefined, source: Source): ObjectName {
  return placed(rangeVarName(relation, source), source, tokenAt(source, relation?.location));
}

/** The name of a relation, without a place. */
function rangeVarName(relation: RangeVar | undefined, source: Source): ObjectName {
  const name = source.text.restore(relation?.relname ?? '');
  return relation?.schemaname === undefined ? { name } : { schema: source.text.restore(relation.schemaname), name };
}

/** A name with the place that begins at a token. */
export function placed(name: ObjectName, source: Source, index: number): ObjectName {
  if (index > source.last) return name;
  const range = rangeOf(source, index, Math.min(afterName(source, index) - 1, source.last));
  return name.schema === undefined ? { name: name.name, range } : { schema: name.schema, name: name.name, range };
}

/** A qualified name from its parts: the last is the name, the one before it the schema; a database before that is left out. */
export function dottedName(parts: readonly string[], source: Source): ObjectName {
  const name = source.text.restore(parts.at(-1) ?? '');
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema: source.text.restore(schema), name };
}

/** A qualified name from a list of String nodes. */
export function listName(nodes: readonly Node[] | undefined, source: Source): ObjectName {
  return dottedName(stringsOf(nodes), source);
}

/** The name of an object in any of the forms that statements refer to objects with, without a place. */
export function objectName(node: Node | undefined, source: Source): ObjectName {
  return dottedName(objectNameParts(node), source);
}

/** The parts of an object's name, in any of the forms that statements refer to objects with. */
export function objectNameParts(node: Node | undefined): readonly string[] {
  const string = nodeAs(node, 'String');
  if (string !== undefined) return [string.sval ?? ''];
  const list = nodeAs(node, 'List');
  if (list !== undefined) return (list.items ?? []).flatMap(objectNameParts);
  const type = nodeAs(node, 'TypeName');
  if (type !== undefined) return typeNameParts(type);
  const routine = nodeAs(node, 'ObjectWithArgs');
  if (routine !== undefined) return stringsOf(routine.objname);
  const relation = nodeAs(node, 'RangeVar');
  if (relation !== undefined)
    return relation.schemaname === undefined ? [relation.relname ?? ''] : [relation.schemaname, relation.relname ?? ''];
  const integer = nodeAs(node, 'Integer');
  if (integer !== undefined) return [String(integer.ival ?? 0)];
  return [nodeAs(node, 'Float')?.fval ?? ''];
}

/** The parts of a type's name; `pg_catalog` is left out, as the server's own types are known by their name alone. */
export function typeNameParts(type: TypeName): readonly string[] {
  const parts = stringsOf(type.names);
  return parts.length > 1 && parts[0] === 'pg_catalog' ? parts.slice(1) : parts;
}

const ROLE_WORDS = {
  ROLESPEC_CSTRING: undefined,
  ROLESPEC_CURRENT_ROLE: 'current_role',
  ROLESPEC_CURRENT_USER: 'current_user',
  ROLESPEC_SESSION_USER: 'session_user',
  ROLESPEC_PUBLIC: 'public',
} as const;

/** The name of a role; `public` and `current_user` and the like by these words. */
export function roleName(role: RoleSpec | undefined, source: Source): string {
  return ROLE_WORDS[role?.roletype ?? 'ROLESPEC_CSTRING'] ?? source.text.restore(role?.rolename ?? '');
}

/** The names of a list of roles. */
export function roleNames(nodes: readonly Node[] | undefined, source: Source): readonly string[] {
  return (nodes ?? []).map(node => roleName(nodeAs(node, 'RoleSpec'), source));
}

/** The strings of a list of String nodes, placeholders put back. */
export function restoredStrings(nodes: readonly Node[] | undefined, source: Source): readonly string[] {
  return stringsOf(nodes).map(source.text.restore);
}
