import type { ObjectName } from '../../../operations/names.ts';
import type { GenericObjectKind, Operation, OperationOf } from '../../../operations/operations.ts';
import { anchorsOf, findWord, ifExistsAt, isWord, type Source, wordWithin } from '../../source-text.ts';
import type { CommentStmt, GrantStmt, Node, ObjectType, PublicationObjSpecType, TypeName } from '../ast.ts';
import { nodeAs, stringsOf } from '../ast.ts';
import {
  dottedName,
  listName,
  objectName,
  objectNameParts,
  placed,
  relationName,
  restoredStrings,
  roleName,
  roleNames,
  typeNameParts,
} from '../names.ts';
import { base, baseToName, baseWords, type Lowerers } from './lowerers.ts';

/** The kinds of objects that the schema keeps by name only. */
export const OBJECT_KINDS: Readonly<Partial<Record<ObjectType, GenericObjectKind>>> = {
  OBJECT_ACCESS_METHOD: 'access method',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_CAST: 'cast',
  OBJECT_COLLATION: 'collation',
  OBJECT_CONVERSION: 'conversion',
  OBJECT_EVENT_TRIGGER: 'event trigger',
  OBJECT_EXTENSION: 'extension',
  OBJECT_FDW: 'foreign data wrapper',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_LANGUAGE: 'language',
  OBJECT_OPCLASS: 'operator class',
  OBJECT_OPERATOR: 'operator',
  OBJECT_OPFAMILY: 'operator family',
  OBJECT_PUBLICATION: 'publication',
  OBJECT_ROLE: 'role',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_SUBSCRIPTION: 'subscription',
  OBJECT_TABLESPACE: 'tablespace',
  OBJECT_TRANSFORM: 'transform',
  OBJECT_TSCONFIGURATION: 'text search',
  OBJECT_TSDICTIONARY: 'text search',
  OBJECT_TSPARSER: 'text search',
  OBJECT_TSTEMPLATE: 'text search',
  OBJECT_USER_MAPPING: 'user mapping',
};

/** The words of an object type: `OBJECT_FOREIGN_TABLE` is `foreign table`. */
export function objectWords(type: ObjectType | undefined): string {
  return OBJECT_WORDS[type ?? ''] ?? (type ?? '').replace('OBJECT_', '').replaceAll('_', ' ').toLowerCase();
}

const OBJECT_WORDS: Readonly<Record<string, string>> = {
  OBJECT_DOMCONSTRAINT: 'constraint',
  OBJECT_FDW: 'foreign data wrapper',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_LARGEOBJECT: 'large object',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_OPCLASS: 'operator class',
  OBJECT_OPFAMILY: 'operator family',
  OBJECT_PARAMETER_ACL: 'parameter',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_TABCONSTRAINT: 'constraint',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
};

/* ---------------------------------------------------------------- CREATE, ALTER, DROP by name */

/** The index of an object's name in a statement: after the object's words, CONCURRENTLY and IF [NOT] EXISTS. */
function nameIndex(source: Source, words: number): number {
  return ifExistsAt(source, source.first + 1 + words).after;
}

interface CreateFacts {
  readonly ifNotExists?: boolean | undefined;
  readonly replace?: boolean | undefined;
  readonly tables?: readonly ObjectName[];
  readonly allTables?: boolean | undefined;
  readonly schemas?: readonly string[];
}

/**
 * A CREATE of an object that is kept by name only.
 *
 * @param at - index of the name's first token; -1 where it stands nowhere
 */
function create(
  objectKind: GenericObjectKind,
  name: ObjectName,
  source: Source,
  at: number,
  facts: CreateFacts = {},
): Operation {
  const ifExists = findWord(source, 'IF', source.first + 1, Math.min(source.first + 5, source.last));
  return {
    kind: 'createObject',
    ...(at === -1 ? baseWords(source, 4) : baseToName(source, at)),
    ...anchorsOf(source, { ifExists: ifExists === -1 ? undefined : ifExistsAt(source, ifExists).place }),
    objectKind,
    name: at === -1 ? name : placed(name, source, at),
    ifNotExists: facts.ifNotExists === true,
    ...(facts.replace === true ? { replace: true } : {}),
    ...(facts.tables === undefined || facts.tables.length === 0 ? {} : { tables: facts.tables }),
    ...(facts.allTables === true ? { allTables: true } : {}),
    ...(facts.schemas === undefined || facts.schemas.length === 0 ? {} : { schemas: facts.schemas }),
  };
}

/** An ALTER of an object that is kept by name only; arguments as for {@link create}. */
export function alter(
  objectKind: OperationOf<'alterObject'>['objectKind'],
  name: ObjectName,
  source: Source,
  at: number,
  change: string,
  facts: { readonly tables?: readonly ObjectName[]; readonly newName?: string } = {},
): Operation {
  return {
    kind: 'alterObject',
    ...(at === -1 ? baseWords(source, 4) : baseToName(source, at)),
    objectKind,
    name: at === -1 ? name : placed(name, source, at),
    change,
    ...(facts.tables === undefined || facts.tables.length === 0 ? {} : { tables: facts.tables }),
    ...(facts.newName === undefined ? {} : { newName: facts.newName }),
  };
}

function drop(
  objectKind: GenericObjectKind,
  name: ObjectName,
  source: Source,
  at: number,
  ifExists: boolean | undefined,
): Operation {
  return {
    kind: 'dropObject',
    ...(at === -1 ? baseWords(source, 4) : baseToName(source, at)),
    ...anchorsOf(source, { ifExists: at === -1 ? undefined : ifExistsAt(source, at - 2).place }),
    objectKind,
    name: at === -1 ? name : placed(name, source, at),
    ifExists: ifExists === true,
    cascade: isWord(source, source.last, 'CASCADE'),
  };
}

function plain(name: string | undefined, source: Source): ObjectName {
  return { name: source.text.restore(name ?? '') };
}

function typeName(type: TypeName | undefined, source: Source): ObjectName {
  return dottedName(typeNameParts(type ?? {}), source);
}

/** The words of CREATE | DROP | ALTER [OR REPLACE] [TRUSTED] [PROCEDURAL] … up to and with the last of the object's words. */
function after(source: Source, word: string): number {
  return ifExistsAt(source, wordWithin(source, word) + 1).after;
}

/* ---------------------------------------------------------------- Publications */

function publicationFacts(nodes: readonly Node[] | undefined, source: Source) {
  const tables: ObjectName[] = [];
  const schemas: string[] = [];
  for (const node of nodes ?? []) {
    const object = nodeAs(node, 'PublicationObjSpec');
    const relation = object?.pubtable?.relation;
    const type: PublicationObjSpecType | undefined = object?.pubobjtype;
    if (relation !== undefined) tables.push(relationName(relation, source));
    else if (type === 'PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA') schemas.push('current_schema');
    else if (object?.name !== undefined) schemas.push(source.text.restore(object.name));
  }
  return { tables, schemas };
}

const PUBLICATION_ACTIONS = { AP_AddObjects: 'add', AP_DropObjects: 'drop', AP_SetObjects: 'set' } as const;

const SUBSCRIPTION_CHANGES = {
  ALTER_SUBSCRIPTION_OPTIONS: 'options',
  ALTER_SUBSCRIPTION_CONNECTION: 'connection',
  ALTER_SUBSCRIPTION_SET_PUBLICATION: 'set publication',
  ALTER_SUBSCRIPTION_ADD_PUBLICATION: 'add publication',
  ALTER_SUBSCRIPTION_DROP_PUBLICATION: 'drop publication',
  ALTER_SUBSCRIPTION_REFRESH: 'refresh',
  ALTER_SUBSCRIPTION_ENABLED: 'enable',
  ALTER_SUBSCRIPTION_SKIP: 'skip',
} as const;

/* ---------------------------------------------------------------- COMMENT, GRANT */

/** Objects that belong to a relation, which the grammar names before them. */
const ON_RELATION: ReadonlySet<string> = new Set([
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
]);

const RELATIONS: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE',
]);

function lowerComment(node: CommentStmt, source: Source): Operation {
  const type = node.objtype ?? 'OBJECT_TABLE';
  const parts = objectNameParts(node.object);
  const is = findWord(source, 'IS', source.first + 2);
  const onRelation = ON_RELATION.has(type);
  const relation = onRelation ? parts.slice(0, -1) : RELATIONS.has(type) ? parts : undefined;
  return {
    kind: 'comment',
    ...base(source, Math.max(is - 1, source.first)),
    objectKind: objectWords(type),
    ...(relation === undefined ? {} : { relation: commentedRelation(relation, type, source) }),
    name: source.text.restore(onRelation ? (parts.at(-1) ?? '') : parts.join('.')),
    text: node.comment === undefined ? commentText(source, is) : source.text.restore(node.comment),
  };
}

/** An empty comment is left out of the tree as NULL is; like NULL it removes the comment, but it was written as text. */
function commentText(source: Source, is: number): string | null {
  return isWord(source, is + 1, 'NULL') ? null : '';
}

function commentedRelation(parts: readonly string[], type: string, source: Source): ObjectName {
  const name = dottedName(parts, source);
  if (type === 'OBJECT_COLUMN') {
    // The relation's place ends before the column's name.
    const start = source.first + 3;
    return placed(name, { ...source, last: start + 2 * (parts.length - 1) }, start);
  }
  if (RELATIONS.has(type))
    return placed(name, source, source.first + 2 + objectWords(type as ObjectType).split(' ').length);
  return placed(name, source, findWord(source, 'ON', source.first + 3) + 1);
}

function lowerGrant(node: GrantStmt, source: Source): Operation {
  const to = findWord(source, ['TO', 'FROM'], source.first + 1);
  const privileges = (node.privileges ?? []).map(privilege =>
    (nodeAs(privilege, 'AccessPriv')?.priv_name ?? '').toLowerCase(),
  );
  const inSchema = node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  const objects = node.objects ?? [];
  return {
    kind: node.is_grant === true ? 'grant' : 'revoke',
    ...base(source, Math.max(to - 1, source.first)),
    privileges: privileges.length === 0 ? ['all'] : privileges,
    objectKind: objectWords(node.objtype),
    objects: inSchema ? [] : objects.map(object => grantedObject(object, source)),
    ...(inSchema ? { allInSchema: restoredStrings(objects, source) } : {}),
    roles: roleNames(node.grantees, source),
  };
}

function grantedObject(node: Node, source: Source): ObjectName {
  const relation = nodeAs(node, 'RangeVar');
  return relation === undefined ? objectName(node, source) : relationName(relation, source);
}

/* ---------------------------------------------------------------- The table */

const DEFINED_WORDS: Readonly<Partial<Record<ObjectType, string>>> = {
  OBJECT_AGGREGATE: 'AGGREGATE',
  OBJECT_COLLATION: 'COLLATION',
  OBJECT_OPERATOR: 'OPERATOR',
  OBJECT_TSCONFIGURATION: 'CONFIGURATION',
  OBJECT_TSDICTIONARY: 'DICTIONARY',
  OBJECT_TSPARSER: 'PARSER',
  OBJECT_TSTEMPLATE: 'TEMPLATE',
};

export const OBJECTS: Lowerers = {
  DefineStmt: (node, source) => {
    const kind = node.kind ?? 'OBJECT_TYPE';
    const name = listName(node.defnames, source);
    if (kind === 'OBJECT_TYPE') {
      const form = node.definition === undefined ? 'shell' : 'base';
      const at = source.first + 2;
      return [{ kind: 'createOtherType', ...baseToName(source, at), type: placed(name, source, at), form }];
    }
    const at = after(source, DEFINED_WORDS[kind] ?? 'CREATE');
    return [
      create(OBJECT_KINDS[kind] ?? 'aggregate', name, source, at, {
        ifNotExists: node.if_not_exists,
        replace: node.replace,
      }),
    ];
  },
  CommentStmt: (node, source) => [lowerComment(node, source)],
  SecLabelStmt: (_, source) => [{ kind: 'securityLabel', ...baseWords(source, 6) }],
  GrantStmt: (node, source) => [lowerGrant(node, source)],
  GrantRoleStmt: (node, source) => [
    {
      kind: node.is_grant === true ? 'grant' : 'revoke',
      ...base(source, source.last),
      privileges: (node.granted_roles ?? []).map(role =>
        source.text.restore(nodeAs(role, 'AccessPriv')?.priv_name ?? ''),
      ),
      objectKind: 'role',
      objects: [],
      roles: roleNames(node.grantee_roles, source),
    },
  ],
  AlterDefaultPrivilegesStmt: (_, source) => [{ kind: 'alterDefaultPrivileges', ...baseWords(source, 6) }],
  ReassignOwnedStmt: (_, source) => [{ kind: 'reassignOwned', ...baseWords(source, 4) }],
  DropOwnedStmt: (node, source) => [
    { kind: 'dropOwned', ...baseWords(source, 4), ...(node.behavior === 'DROP_CASCADE' ? { cascade: true } : {}) },
  ],
  ImportForeignSchemaStmt: (node, source) => [
    {
      kind: 'importForeignSchema',
      ...baseToName(source, source.first + 3),
      schema: source.text.restore(node.local_schema ?? ''),
    },
  ],

  // CREATE LANGUAGE without a handler is a CREATE EXTENSION to the server.
  CreateExtensionStmt: (node, source) => [
    create(
      'extension',
      plain(node.extname, source),
      source,
      isWord(source, source.first + 1, 'EXTENSION') ? nameIndex(source, 1) : after(source, 'LANGUAGE'),
      { ifNotExists: node.if_not_exists },
    ),
  ],
  AlterExtensionStmt: (node, source) => [
    alter('extension', plain(node.extname, source), source, nameIndex(source, 1), 'update'),
  ],
  AlterExtensionContentsStmt: (node, source) => [
    alter('extension', plain(node.extname, source), source, nameIndex(source, 1), node.action === 1 ? 'add' : 'drop'),
  ],
  CreatePublicationStmt: (node, source) => [
    create('publication', plain(node.pubname, source), source, nameIndex(source, 1), {
      ...publicationFacts(node.pubobjects, source),
      allTables: node.for_all_tables,
    }),
  ],
  AlterPublicationStmt: (node, source) => {
    const { tables } = publicationFacts(node.pubobjects, source);
    const action = PUBLICATION_ACTIONS[node.action ?? 'AP_AddObjects'];
    const what = tables.length > 0 ? 'table' : 'schema';
    const change = node.options !== undefined ? 'options' : `${action} ${what}`;
    return [alter('publication', plain(node.pubname, source), source, nameIndex(source, 1), change, { tables })];
  },
  CreateSubscriptionStmt: (node, source) => [
    create('subscription', plain(node.subname, source), source, nameIndex(source, 1)),
  ],
  AlterSubscriptionStmt: (node, source) => [
    alter(
      'subscription',
      plain(node.subname, source),
      source,
      nameIndex(source, 1),
      SUBSCRIPTION_CHANGES[node.kind ?? 'ALTER_SUBSCRIPTION_OPTIONS'],
    ),
  ],
  DropSubscriptionStmt: (node, source) => [
    drop('subscription', plain(node.subname, source), source, nameIndex(source, 1), node.missing_ok),
  ],
  CreateStatsStmt: (node, source) => {
    const at = node.defnames === undefined ? -1 : nameIndex(source, 1);
    const tables = (node.relations ?? []).flatMap(relation => {
      const table = nodeAs(relation, 'RangeVar');
      return table === undefined ? [] : [relationName(table, source)];
    });
    return [
      create('statistics', listName(node.defnames, source), source, at, { ifNotExists: node.if_not_exists, tables }),
    ];
  },
  AlterStatsStmt: (node, source) => [
    alter('statistics', listName(node.defnames, source), source, nameIndex(source, 1), 'set statistics'),
  ],

  CreateRoleStmt: (node, source) => [create('role', plain(node.role, source), source, nameIndex(source, 1))],
  AlterRoleStmt: (node, source) => [
    alter(
      'role',
      { name: roleName(node.role, source) },
      source,
      nameIndex(source, 1),
      isWord(source, source.first + 1, 'GROUP') ? 'members' : 'options',
    ),
  ],
  DropRoleStmt: (node, source) => {
    const at = nameIndex(source, 1);
    return (node.roles ?? []).map((role, index) =>
      drop('role', { name: roleName(nodeAs(role, 'RoleSpec'), source) }, source, at + 2 * index, node.missing_ok),
    );
  },

  CreateTableSpaceStmt: (node, source) => [
    create('tablespace', plain(node.tablespacename, source), source, nameIndex(source, 1)),
  ],
  AlterTableSpaceOptionsStmt: (node, source) => [
    alter('tablespace', plain(node.tablespacename, source), source, nameIndex(source, 1), 'options'),
  ],
  DropTableSpaceStmt: (node, source) => [
    drop('tablespace', plain(node.tablespacename, source), source, nameIndex(source, 1), node.missing_ok),
  ],
  CreateFdwStmt: (node, source) => [
    create('foreign data wrapper', plain(node.fdwname, source), source, nameIndex(source, 3)),
  ],
  AlterFdwStmt: (node, source) => [
    alter('foreign data wrapper', plain(node.fdwname, source), source, nameIndex(source, 3), 'options'),
  ],
  CreateForeignServerStmt: (node, source) => [
    create('server', plain(node.servername, source), source, nameIndex(source, 1), { ifNotExists: node.if_not_exists }),
  ],
  AlterForeignServerStmt: (node, source) => [
    alter('server', plain(node.servername, source), source, nameIndex(source, 1), 'options'),
  ],
  CreateUserMappingStmt: (node, source) => [
    create(
      'user mapping',
      { name: `${roleName(node.user, source)} on ${source.text.restore(node.servername ?? '')}` },
      source,
      -1,
      {
        ifNotExists: node.if_not_exists,
      },
    ),
  ],
  AlterUserMappingStmt: (node, source) => [
    alter(
      'user mapping',
      { name: `${roleName(node.user, source)} on ${source.text.restore(node.servername ?? '')}` },
      source,
      -1,
      'options',
    ),
  ],
  DropUserMappingStmt: (node, source) => [
    drop(
      'user mapping',
      { name: `${roleName(node.user, source)} on ${source.text.restore(node.servername ?? '')}` },
      source,
      -1,
      node.missing_ok,
    ),
  ],

  CreateAmStmt: (node, source) => [create('access method', plain(node.amname, source), source, nameIndex(source, 2))],
  CreateEventTrigStmt: (node, source) => [
    create('event trigger', plain(node.trigname, source), source, nameIndex(source, 2)),
  ],
  AlterEventTrigStmt: (node, source) => [
    alter(
      'event trigger',
      plain(node.trigname, source),
      source,
      nameIndex(source, 2),
      node.tgenabled === 'D' ? 'disable' : 'enable',
    ),
  ],
  CreatePLangStmt: (node, source) => [
    create('language', plain(node.plname, source), source, after(source, 'LANGUAGE'), { replace: node.replace }),
  ],
  CreateOpClassStmt: (node, source) => [
    create('operator class', listName(node.opclassname, source), source, nameIndex(source, 2)),
  ],
  CreateOpFamilyStmt: (node, source) => [
    create('operator family', listName(node.opfamilyname, source), source, nameIndex(source, 2)),
  ],
  AlterOpFamilyStmt: (node, source) => [
    alter(
      'operator family',
      listName(node.opfamilyname, source),
      source,
      nameIndex(source, 2),
      node.isDrop === true ? 'drop' : 'add',
    ),
  ],
  AlterOperatorStmt: (node, source) => [
    alter('operator', listName(node.opername?.objname, source), source, nameIndex(source, 1), 'options'),
  ],
  CreateConversionStmt: (node, source) => [
    create('conversion', listName(node.conversion_name, source), source, after(source, 'CONVERSION')),
  ],
  CreateCastStmt: (node, source) => [
    create(
      'cast',
      { name: `${typeName(node.sourcetype, source).name} as ${typeName(node.targettype, source).name}` },
      source,
      -1,
    ),
  ],
  CreateTransformStmt: (node, source) => [
    create('transform', { name: `${typeName(node.type_name, source).name} language ${node.lang ?? ''}` }, source, -1, {
      replace: node.replace,
    }),
  ],
  AlterTSDictionaryStmt: (node, source) => [
    alter('text search', listName(node.dictname, source), source, nameIndex(source, 3), 'options'),
  ],
  AlterTSConfigurationStmt: (node, source) => [
    alter('text search', listName(node.cfgname, source), source, nameIndex(source, 3), 'mapping'),
  ],
  AlterCollationStmt: (node, source) => [
    alter('collation', listName(node.collname, source), source, nameIndex(source, 1), 'refresh version'),
  ],
  AlterTypeStmt: (node, source) => [
    alter('type', dottedName(stringsOf(node.typeName), source), source, nameIndex(source, 1), 'options'),
  ],
  AlterTableMoveAllStmt: (node, source) => [
    alter('tablespace', plain(node.orig_tablespacename, source), source, -1, 'move all'),
  ],
};
