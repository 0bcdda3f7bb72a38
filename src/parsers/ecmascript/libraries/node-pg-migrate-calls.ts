import { sliceFragment } from '../../../source/fragment.ts';
import { entry, isFalse, isTrue, joined, type Part, sqlText, stringOf } from '../sql-text.ts';
import type { Value } from '../values.ts';
import { OPERATOR_CALLS } from './node-pg-migrate-operators.ts';
import { roleSql } from './node-pg-migrate-roles.ts';
import {
  type Context,
  cascade,
  columnsSql,
  constraintsSql,
  escaped,
  flag,
  ifExists,
  ifNotExists,
  indexColumnSql,
  isSet,
  itemsOf,
  nameSql,
  namesSql,
  parametersSql,
  plainName,
  rawSql,
  resolveType,
  sequenceSql,
  wordOf,
} from './node-pg-migrate-values.ts';

type Args = readonly (Value | undefined)[];
type Statements = readonly (readonly Part[])[];

/** Context of a call that says what it could not read. */
export interface CallContext extends Context {
  unreadable(value: Value, message: string): void;
}

/** What a call sends; undefined where too little is known before the run. */
export type Call = (args: Args, context: CallContext) => Statements | undefined;

/** `dropX(name, options)`. */
const dropOf =
  (kind: string): Call =>
  ([name, options], context) => [[`DROP ${kind}${ifExists(options)} `, nameSql(context, name), cascade(options)]];

/** `renameX(from, to)`. */
const renameOf =
  (kind: string): Call =>
  ([from, to], context) => [[`ALTER ${kind} `, nameSql(context, from), ' RENAME TO ', nameSql(context, to)]];

/** `dropX(table, name, options)` of what is in a table. */
const dropOn =
  (kind: string): Call =>
  ([table, name, options], context) => [
    [
      `DROP ${kind}${ifExists(options)} `,
      nameSql(context, name),
      ' ON ',
      nameSql(context, table),
      kind === 'POLICY' ? '' : cascade(options),
    ],
  ];

const renameOn =
  (kind: string): Call =>
  ([table, from, to], context) => [
    [`ALTER ${kind} `, nameSql(context, from), ' ON ', nameSql(context, table), ' RENAME TO ', nameSql(context, to)],
  ];

const addColumns: Call = ([table, columns, options], context) => {
  if (columns?.kind !== 'record' || columns.open) return undefined;
  const { definitions, comments, unknown } = columnsSql(context, table, columns);
  for (const value of unknown) context.unreadable(value, 'the type of this column is only known when it runs');
  const lines = definitions.map(definition =>
    sqlText(context.file, spanOf(definition), [`ADD${ifNotExists(options)} `, definition]),
  );
  if (lines.length === 0) return [];
  return [['ALTER TABLE ', nameSql(context, table), ' ', ...joined(lines)], ...comments];
};

function spanOf({ segments }: ReturnType<typeof sliceFragment>): readonly [number, number] {
  return [segments[0]!.source[0], segments.at(-1)!.source[1]];
}

const dropColumns: Call = ([table, columns, options], context) => {
  const items =
    columns?.kind === 'record'
      ? [...columns.entries.keys()].map((name): Part => `"${name}"`)
      : itemsOf(columns).map(column => nameSql(context, column));
  if (items.length === 0) return undefined;
  const lines = items.map((item): Part => {
    const parts = [`DROP${ifExists(options)} `, item, cascade(options)];
    return typeof item === 'string' ? parts.join('') : sqlText(context.file, spanOf(item), parts);
  });
  return [['ALTER TABLE ', nameSql(context, table), ' ', ...joined(lines)]];
};

const addConstraint: Call = ([table, name, expression], context) => {
  const begin: readonly Part[] = ['ALTER TABLE ', nameSql(context, table), ' '];
  if (expression?.kind === 'text') {
    const named: readonly Part[] = name?.kind === 'text' ? ['CONSTRAINT ', nameSql(context, name), ' '] : [];
    return [[...begin, 'ADD ', ...named, expression.fragment]];
  }
  const constraints = constraintsSql(context, table, expression, name);
  if (constraints.length === 0) return undefined;
  const comment = entry(expression, 'comment');
  return [
    [
      ...begin,
      ...constraints.flatMap((constraint, index): readonly Part[] => [index === 0 ? 'ADD ' : ', ADD ', constraint]),
    ],
    ...(comment === undefined
      ? []
      : [
          [
            `COMMENT ON CONSTRAINT ${nameSql(context, name).text} ON ${nameSql(context, table).text} IS ${escaped(comment)}`,
          ],
        ]),
  ];
};

const dropConstraint: Call = ([table, name, options], context) => [
  [
    `ALTER TABLE${flag(options, 'ifTableExists', ' IF EXISTS')} `,
    nameSql(context, table),
    ` DROP CONSTRAINT${ifExists(options)} `,
    nameSql(context, name),
    cascade(options),
  ],
];

/**
 * The name that an index is given, or the one that is made of the table and the columns.
 *
 * @param qualified - with the table's schema, which DROP INDEX needs and CREATE INDEX refuses
 */
function indexName(
  context: Context,
  table: Value | undefined,
  columns: Value | undefined,
  options: Value | undefined,
  qualified: boolean,
): Part {
  const given = entry(options, 'name');
  const schema = qualified ? stringOf(entry(table, 'schema')) : undefined;
  const prefix = schema === undefined ? '' : `"${schema}".`;
  if (given?.kind === 'text') return prefix === '' ? nameSql(context, given) : `${prefix}"${given.fragment.text}"`;
  const made = itemsOf(columns).map(plainName).join('_');
  return `${prefix}"${plainName(table)}_${made}${flag(options, 'unique', '_unique')}_index"`;
}

const createIndex: Call = ([table, columns, options], context) => {
  const method = wordOf(entry(options, 'method'));
  const where = entry(options, 'where');
  const whereSql = where?.kind === 'text' ? where.fragment : rawSql(where);
  const include = entry(options, 'include');
  const nulls = wordOf(entry(options, 'nulls'))?.toUpperCase();
  return [
    [
      `CREATE${flag(options, 'unique', ' UNIQUE')} INDEX${flag(options, 'concurrently', ' CONCURRENTLY')}${ifNotExists(options)} `,
      indexName(context, table, columns, options, false),
      ` ON ${nameSql(context, table).text}${method === undefined ? '' : ` USING ${method}`} (`,
      ...joined(itemsOf(columns).map(column => indexColumnSql(context, column))),
      `)${include === undefined ? '' : ` INCLUDE (${namesSql(context, include)})`}${nulls === undefined ? '' : ` NULLS ${nulls}`}`,
      ...(isSet(where) ? [' WHERE ', whereSql ?? '${where}'] : []),
    ],
  ];
};

const dropIndex: Call = ([table, columns, options], context) => [
  [
    `DROP INDEX${flag(options, 'concurrently', ' CONCURRENTLY')}${ifExists(options)} `,
    indexName(context, table, columns, options, true),
    cascade(options),
  ],
];

const createTable: Call = ([table, columns, options], context) => {
  if (columns?.kind !== 'record') return undefined;
  const { definitions, primaryKey, comments, unknown } = columnsSql(context, table, columns);
  for (const value of unknown) context.unreadable(value, 'the type of this column is only known when it runs');
  const constraints = constraintsSql(context, table, entry(options, 'constraints'), undefined, primaryKey);
  const like = entry(options, 'like');
  const liked = like?.kind === 'record' ? entry(like, 'table') : undefined;
  const inherits = entry(options, 'inherits');
  const partition = entry(options, 'partition');
  const name = nameSql(context, table);
  const comment = entry(options, 'comment');
  return [
    [
      `CREATE${flag(options, 'temporary', ' TEMPORARY')}${flag(options, 'unlogged', ' UNLOGGED')} TABLE${ifNotExists(options)} `,
      name,
      ' (',
      ...joined([
        ...definitions,
        ...constraints,
        ...(like === undefined ? [] : [`LIKE ${nameSql(context, liked ?? like).text}`]),
      ]),
      ')',
      inherits === undefined ? '' : ` INHERITS (${nameSql(context, inherits).text})`,
      partition === undefined
        ? ''
        : ` PARTITION BY ${wordOf(entry(partition, 'strategy')) ?? 'RANGE'} (${namesSql(context, entry(partition, 'columns'))})`,
    ],
    ...comments,
    ...(comment === undefined ? [] : [[`COMMENT ON TABLE ${name.text} IS ${escaped(comment)}`]]),
  ];
};

const alterColumn: Call = ([table, column, options], context) => {
  const initial = entry(options, 'default');
  const type = entry(options, 'type');
  const typeSql = resolveType({ ...context, shorthands: undefined }, type)?.type;
  const collation = wordOf(entry(options, 'collation'));
  const using = wordOf(entry(options, 'using'));
  const notNull = entry(options, 'notNull');
  const identity = entry(options, 'sequenceGenerated');
  const expression = entry(options, 'expressionGenerated');
  const clause = (value: Value, text: string): Part => sqlText(context.file, rangeOfValue(value), [text]);
  const actions: Part[] = [];
  if (initial !== undefined)
    actions.push(clause(initial, isNull(initial) ? 'DROP DEFAULT' : `SET DEFAULT ${escaped(initial)}`));
  if (type !== undefined && typeSql !== undefined) {
    const words = `${collation === undefined ? '' : ` COLLATE ${collation}`}${using === undefined ? '' : ` USING ${using}`}`;
    actions.push(clause(type, `SET DATA TYPE ${typeSql}${words}`));
  }
  if (notNull !== undefined && isSet(notNull)) actions.push(clause(notNull, 'SET NOT NULL'));
  else if (isFalse(notNull) || isSet(entry(options, 'allowNull'))) actions.push('DROP NOT NULL');
  if (identity !== undefined) {
    const clauses = sequenceSql(context, identity);
    const added = `ADD GENERATED ${wordOf(entry(identity, 'precedence')) ?? 'BY DEFAULT'} AS IDENTITY${clauses === '' ? '' : ` (${clauses})`}`;
    actions.push(isSet(identity) ? added : 'DROP IDENTITY');
  }
  if (expression !== undefined) {
    actions.push(
      isNull(expression) ? 'DROP EXPRESSION' : `SET EXPRESSION AS (${wordOf(expression) ?? '${expression}'})`,
    );
  }
  const names = [nameSql(context, table), nameSql(context, column)] as const;
  const comment = entry(options, 'comment');
  if (actions.length === 0 && comment === undefined) return undefined;
  const lines = actions.map(action =>
    sqlText(context.file, typeof action === 'string' ? spanOf(names[1]) : spanOf(action), [
      `ALTER ${names[1].text} `,
      action,
    ]),
  );
  return [
    ...(lines.length === 0 ? [] : [['ALTER TABLE ', names[0], ' ', ...joined(lines)]]),
    ...(comment === undefined ? [] : [[`COMMENT ON COLUMN ${names[0].text}.${names[1].text} IS ${escaped(comment)}`]]),
  ];
};

function rangeOfValue({ node }: Value): readonly [number, number] {
  return node.range ?? [node.start ?? 0, node.end ?? 0];
}

const createFunction: Call = ([name, parameters, options, definition], context) => {
  const behavior = wordOf(entry(options, 'behavior')) ?? 'VOLATILE';
  const security = wordOf(entry(options, 'security')) ?? 'INVOKER';
  const parallel = wordOf(entry(options, 'parallel'));
  const body: Part = definition?.kind === 'text' ? definition.fragment : '${body}';
  const settings = itemsOf(entry(options, 'set')).map(setting => {
    const value = wordOf(entry(setting, 'value'));
    const parameter = nameSql(context, entry(setting, 'configurationParameter')).text;
    return value === 'FROM CURRENT' ? ` SET ${parameter} FROM CURRENT` : ` SET ${parameter} TO ${value}`;
  });
  return [
    [
      `CREATE${flag(options, 'replace', ' OR REPLACE')} FUNCTION `,
      nameSql(context, name),
      `${parametersSql(context, parameters, true)} RETURNS ${wordOf(entry(options, 'returns')) ?? 'void'} AS $pga$`,
      body,
      `$pga$ ${behavior} LANGUAGE ${wordOf(entry(options, 'language')) ?? 'plpgsql'}${security === 'INVOKER' ? '' : ` SECURITY ${security}`}${flag(options, 'window', ' WINDOW')}${flag(options, 'onNull', ' RETURNS NULL ON NULL INPUT')}${parallel === undefined ? '' : ` PARALLEL ${parallel}`}${settings.join('')}`,
    ],
  ];
};

const createTrigger: Call = (args, context) => {
  const [table, trigger, options, definition] = args;
  const isConstraint = isSet(entry(options, 'constraint'));
  const when = isConstraint ? 'AFTER' : wordOf(entry(options, 'when'));
  const given = entry(options, 'function') ?? (definition === undefined ? undefined : trigger);
  if (when === undefined || given === undefined) return undefined;
  const level = /instead\s+of/i.test(when) ? 'ROW' : (wordOf(entry(options, 'level')) ?? 'STATEMENT');
  const condition = wordOf(entry(options, 'condition'));
  const operations = itemsOf(entry(options, 'operation'))
    .map(each => wordOf(each) ?? '')
    .join(' OR ');
  const defer = isSet(entry(options, 'deferrable'))
    ? `DEFERRABLE INITIALLY ${isSet(entry(options, 'deferred')) ? 'DEFERRED' : 'IMMEDIATE'} `
    : 'NOT DEFERRABLE ';
  const parameters = itemsOf(entry(options, 'functionParams')).map(escaped).join(', ');
  const body = definition === undefined ? [] : triggerFunction(given, options, definition, context);
  return [
    ...body,
    [
      `CREATE${isConstraint ? ' CONSTRAINT' : ''} TRIGGER `,
      nameSql(context, trigger),
      ` ${when} ${operations} ON ${nameSql(context, table).text} ${isConstraint ? defer : ''}FOR EACH ${level} ${condition === undefined ? '' : `WHEN (${condition}) `}EXECUTE PROCEDURE ${nameSql(context, given).text}(${parameters})`,
    ],
  ];
};

function triggerFunction(name: Value, options: Value | undefined, definition: Value, context: CallContext): Statements {
  const entries = new Map(options?.kind === 'record' ? options.entries : []);
  const text: Value = {
    kind: 'text',
    fragment: sqlText(context.file, rangeOfValue(name), ['trigger']),
    node: name.node,
  };
  entries.set('returns', text);
  const own: Value = { kind: 'record', entries, open: false, node: name.node };
  return createFunction([name, undefined, own, definition], context) ?? [];
}

const createView: Call = ([name, options, definition], context) => {
  const columns = namesSql(context, entry(options, 'columns'));
  const check = wordOf(entry(options, 'checkOption'));
  const body: Part = definition?.kind === 'text' ? definition.fragment : '${definition}';
  return [
    [
      `CREATE${flag(options, 'replace', ' OR REPLACE')}${flag(options, 'temporary', ' TEMPORARY')}${flag(options, 'recursive', ' RECURSIVE')} VIEW `,
      nameSql(context, name),
      `${columns === '' ? '' : `(${columns})`}${storage(entry(options, 'options'))} AS `,
      body,
      check === undefined ? '' : ` WITH ${check} CHECK OPTION`,
    ],
  ];
};

const createMaterializedView: Call = ([name, options, definition], context) => {
  const columns = namesSql(context, entry(options, 'columns'));
  const tablespace = entry(options, 'tablespace');
  const body: Part = definition?.kind === 'text' ? definition.fragment : '${definition}';
  return [
    [
      `CREATE MATERIALIZED VIEW${ifNotExists(options)} `,
      nameSql(context, name),
      `${columns === '' ? '' : `(${columns})`}${storage(entry(options, 'storageParameters'))}${tablespace === undefined ? '' : ` TABLESPACE ${nameSql(context, tablespace).text}`} AS `,
      body,
      dataClause(options),
    ],
  ];
};

function dataClause(options: Value | undefined): string {
  const data = entry(options, 'data');
  if (isTrue(data)) return ' WITH DATA';
  return isFalse(data) ? ' WITH NO DATA' : '';
}

/** An option of a view as it is set: its name, or `name = value`. */
function optionSql([key, value]: readonly [string, Value]): string {
  const text = value.kind === 'constant' && typeof value.value === 'boolean' ? String(value.value) : wordOf(value);
  return isTrue(value) ? key : `${key} = ${text ?? '${value}'}`;
}

/** ` WITH (…)` of the options that an object has. */
function storage(options: Value | undefined): string {
  if (options?.kind !== 'record' || options.entries.size === 0) return '';
  return ` WITH (${[...options.entries].map(optionSql).join(', ')})`;
}

const isNull = (value: Value | undefined): boolean => value?.kind === 'constant' && value.value === null;

/** `SET (…)` and `RESET (…)` of the options that an object has: null resets one. */
function changedOptions(options: readonly (readonly [string, Value])[]): readonly string[] {
  const set = options.filter(([, value]) => !isNull(value)).map(optionSql);
  const reset = options.filter(([, value]) => isNull(value)).map(([key]) => key);
  return [
    ...(set.length === 0 ? [] : [`SET (${set.join(', ')})`]),
    ...(reset.length === 0 ? [] : [`RESET (${reset.join(', ')})`]),
  ];
}

const entriesOf = (value: Value | undefined): readonly (readonly [string, Value])[] =>
  value?.kind === 'record' ? [...value.entries] : [];

const isOpen = (value: Value | undefined): boolean => value !== undefined && (value.kind !== 'record' || value.open);

const alterView: Call = ([view, given], context) => {
  const options = entry(given, 'options');
  if (isOpen(given) || isOpen(options)) return undefined;
  const check = entry(given, 'checkOption');
  const all = [...entriesOf(options), ...(check === undefined ? [] : [['check_option', check] as const])];
  return changedOptions(all).map(clause => ['ALTER VIEW ', nameSql(context, view), ` ${clause}`]);
};

const alterMaterializedView: Call = ([view, options], context) => {
  const parameters = entry(options, 'storageParameters');
  if (isOpen(options) || isOpen(parameters)) return undefined;
  const cluster = entry(options, 'cluster');
  const extension = entry(options, 'extension');
  const on = isSet(cluster) ? `CLUSTER ON ${nameSql(context, cluster).text}` : 'SET WITHOUT CLUSTER';
  const clauses = [
    ...(cluster === undefined ? [] : [on]),
    ...(isSet(extension) ? [`DEPENDS ON EXTENSION ${nameSql(context, extension).text}`] : []),
    ...changedOptions(entriesOf(parameters)),
  ];
  return clauses.length === 0
    ? undefined
    : [['ALTER MATERIALIZED VIEW ', nameSql(context, view), ` ${clauses.join(', ')}`]];
};

/** The library leaves out ADD before a check: the statement is written as it is meant. */
const alterDomain: Call = ([domain, options], context) => {
  if (isOpen(options)) return undefined;
  const initial = entry(options, 'default');
  const notNull = entry(options, 'notNull');
  const check = wordOf(entry(options, 'check'));
  const named = entry(options, 'constraintName');
  const actions = [
    ...(initial === undefined ? [] : [isNull(initial) ? 'DROP DEFAULT' : `SET DEFAULT ${escaped(initial)}`]),
    ...(isSet(notNull)
      ? ['SET NOT NULL']
      : isFalse(notNull) || isSet(entry(options, 'allowNull'))
        ? ['DROP NOT NULL']
        : []),
    ...(check === undefined
      ? []
      : [`ADD ${named === undefined ? '' : `CONSTRAINT ${nameSql(context, named).text} `}CHECK (${check})`]),
  ];
  return actions.map(action => ['ALTER DOMAIN ', nameSql(context, domain), ` ${action}`]);
};

const createType: Call = ([name, options], context) => {
  if (options?.kind === 'list') {
    return [['CREATE TYPE ', nameSql(context, name), ` AS ENUM (${options.items.map(escaped).join(', ')})`]];
  }
  if (options?.kind !== 'record' || options.open) return undefined;
  const attributes = [...options.entries].map(
    ([key, type]) => `"${key}" ${resolveType(context, type)?.type ?? '${type}'}`,
  );
  return [['CREATE TYPE ', nameSql(context, name), ` AS (${attributes.join(', ')})`]];
};

function roles(context: Context, value: Value | undefined): string {
  return itemsOf(value)
    .map(role => (stringOf(role) === 'PUBLIC' ? 'PUBLIC' : nameSql(context, role).text))
    .join(', ');
}

function privileges(options: Value | undefined): string {
  return itemsOf(entry(options, 'privileges'))
    .map(each => wordOf(each) ?? '${privilege}')
    .join(', ');
}

function grantTarget(context: Context, options: Value | undefined): string {
  const schema = entry(options, 'schema');
  if (schema !== undefined) return `ALL TABLES IN SCHEMA ${nameSql(context, schema).text}`;
  const schemas = entry(options, 'schemas');
  return schemas === undefined ? namesSql(context, entry(options, 'tables')) : `SCHEMA ${namesSql(context, schemas)}`;
}

const grant: Call = ([options], context) => [
  [
    `GRANT ${privileges(options)} ON ${grantTarget(context, options)} TO ${roles(context, entry(options, 'roles'))}${flag(options, 'withGrantOption', ' WITH GRANT OPTION')}`,
  ],
];

const revoke: Call = ([options], context) => [
  [
    `REVOKE${flag(options, 'onlyGrantOption', ' GRANT OPTION FOR')} ${privileges(options)} ON ${grantTarget(context, options)} FROM ${roles(context, entry(options, 'roles'))}${cascade(options)}`,
  ],
];

function policyClauses(options: Value | undefined, role: string | undefined): string {
  const using = wordOf(entry(options, 'using'));
  const check = wordOf(entry(options, 'check'));
  const to = entry(options, 'role');
  const names =
    to === undefined
      ? role
      : itemsOf(to)
          .map(each => wordOf(each) ?? '${role}')
          .join(', ');
  return `${names === undefined ? '' : ` TO ${names}`}${using === undefined ? '' : ` USING (${using})`}${check === undefined ? '' : ` WITH CHECK (${check})`}`;
}

function domainSql(context: Context, options: Value | undefined): string {
  const collation = wordOf(entry(options, 'collation'));
  const initial = entry(options, 'default');
  const check = wordOf(entry(options, 'check'));
  const named = entry(options, 'constraintName');
  const notNull = isSet(entry(options, 'notNull'));
  const prefix =
    named === undefined || !(notNull || check !== undefined) ? '' : ` CONSTRAINT ${nameSql(context, named).text}`;
  const rule = notNull ? ' NOT NULL' : check === undefined ? '' : ` CHECK (${check})`;
  return `${collation === undefined ? '' : ` COLLATE ${collation}`}${initial === undefined ? '' : ` DEFAULT ${escaped(initial)}`}${prefix}${rule}`;
}

/** `pgm.sql('… {name} …', { name })`: names are quoted, values escaped. */
export function sqlCall([text, args]: Args, context: Context): readonly Part[] | undefined {
  if (text?.kind !== 'text') return undefined;
  const { fragment } = text;
  const parts: Part[] = [];
  let at = 0;
  for (const match of args?.kind === 'record' ? fragment.text.matchAll(/\{(\w+)\}/g) : []) {
    const value = entry(args, match[1]!);
    if (value === undefined) continue;
    const hole = sliceFragment(fragment, match.index, match.index + match[0].length);
    const isName = value.kind === 'text' || entry(value, 'name') !== undefined;
    parts.push(sliceFragment(fragment, at, match.index));
    parts.push(sqlText(context.file, spanOf(hole), [isName ? nameSql(context, value).text : escaped(value)]));
    at = match.index + match[0].length;
  }
  return parts.length === 0 ? [fragment] : [...parts, sliceFragment(fragment, at, fragment.text.length)];
}

/** What `pgm`'s calls send; undefined where too little is known before the run. */
export const PGM_CALLS: Readonly<Record<string, Call>> = {
  createTable,
  dropTable: dropOf('TABLE'),
  renameTable: ([from, to], context) => [['ALTER TABLE ', nameSql(context, from), ' RENAME TO ', nameSql(context, to)]],
  alterTable([table, options], context) {
    const security = wordOf(entry(options, 'levelSecurity'));
    const unlogged = entry(options, 'unlogged');
    const actions = [
      ...(security === undefined ? [] : [`${security} ROW LEVEL SECURITY`]),
      ...(isTrue(unlogged) ? ['SET UNLOGGED'] : isFalse(unlogged) ? ['SET LOGGED'] : []),
    ];
    return actions.length === 0 ? undefined : [['ALTER TABLE ', nameSql(context, table), ` ${actions.join(', ')}`]];
  },
  addColumns,
  addColumn: addColumns,
  dropColumns,
  dropColumn: dropColumns,
  alterColumn,
  renameColumn: ([table, from, to], context) => [
    ['ALTER TABLE ', nameSql(context, table), ' RENAME ', nameSql(context, from), ' TO ', nameSql(context, to)],
  ],
  addConstraint,
  createConstraint: addConstraint,
  dropConstraint,
  renameConstraint: ([table, from, to], context) => [
    [
      'ALTER TABLE ',
      nameSql(context, table),
      ' RENAME CONSTRAINT ',
      nameSql(context, from),
      ' TO ',
      nameSql(context, to),
    ],
  ],
  createIndex,
  addIndex: createIndex,
  dropIndex,
  renameIndex: renameOf('INDEX'),
  createType,
  addType: createType,
  dropType: dropOf('TYPE'),
  renameType: renameOf('TYPE'),
  addTypeValue([type, value, options], context) {
    const before = entry(options, 'before');
    const after = entry(options, 'after');
    const place =
      before === undefined ? (after === undefined ? '' : ` AFTER ${escaped(after)}`) : ` BEFORE ${escaped(before)}`;
    return [['ALTER TYPE ', nameSql(context, type), ` ADD VALUE${ifNotExists(options)} ${escaped(value)}${place}`]];
  },
  renameTypeValue: ([type, from, to], context) => [
    ['ALTER TYPE ', nameSql(context, type), ` RENAME VALUE ${escaped(from)} TO ${escaped(to)}`],
  ],
  addTypeAttribute: ([type, name, of], context) => [
    [
      'ALTER TYPE ',
      nameSql(context, type),
      ' ADD ATTRIBUTE ',
      nameSql(context, name),
      ` ${resolveType(context, of)?.type ?? '${type}'}`,
    ],
  ],
  dropTypeAttribute: ([type, name], context) => [
    ['ALTER TYPE ', nameSql(context, type), ' DROP ATTRIBUTE ', nameSql(context, name)],
  ],
  setTypeAttribute: ([type, name, of], context) => [
    [
      'ALTER TYPE ',
      nameSql(context, type),
      ' ALTER ATTRIBUTE ',
      nameSql(context, name),
      ` SET DATA TYPE ${resolveType(context, of)?.type ?? '${type}'}`,
    ],
  ],
  renameTypeAttribute: ([type, from, to], context) => [
    ['ALTER TYPE ', nameSql(context, type), ' RENAME ATTRIBUTE ', nameSql(context, from), ' TO ', nameSql(context, to)],
  ],
  createExtension: ([names, options], context) => {
    const schema = entry(options, 'schema');
    return itemsOf(names).map(name => [
      `CREATE EXTENSION${ifNotExists(options)} `,
      nameSql(context, name),
      schema === undefined ? '' : ` SCHEMA ${nameSql(context, schema).text}`,
    ]);
  },
  addExtension: (args, context) => PGM_CALLS.createExtension!(args, context),
  dropExtension: ([names, options], context) =>
    itemsOf(names).map(name => [`DROP EXTENSION${ifExists(options)} `, nameSql(context, name), cascade(options)]),
  createSchema([name, options], context) {
    const owner = wordOf(entry(options, 'authorization'));
    return [
      [
        `CREATE SCHEMA${ifNotExists(options)} `,
        nameSql(context, name),
        owner === undefined ? '' : ` AUTHORIZATION ${owner}`,
      ],
    ];
  },
  dropSchema: dropOf('SCHEMA'),
  renameSchema: renameOf('SCHEMA'),
  createSequence: ([name, options], context) => [
    [
      `CREATE${flag(options, 'temporary', ' TEMPORARY')} SEQUENCE${ifNotExists(options)} `,
      nameSql(context, name),
      ` ${sequenceSql(context, options)}`,
    ],
  ],
  alterSequence([name, options], context) {
    const restart = entry(options, 'restart');
    const again = isTrue(restart) ? ' RESTART' : isSet(restart) ? ` RESTART WITH ${wordOf(restart)}` : '';
    return [['ALTER SEQUENCE ', nameSql(context, name), ` ${sequenceSql(context, options)}${again}`]];
  },
  dropSequence: dropOf('SEQUENCE'),
  renameSequence: renameOf('SEQUENCE'),
  createFunction,
  dropFunction: ([name, parameters, options], context) => [
    [
      `DROP FUNCTION${ifExists(options)} `,
      nameSql(context, name),
      `${parametersSql(context, parameters, false)}${cascade(options)}`,
    ],
  ],
  renameFunction: ([from, parameters, to], context) => [
    [
      'ALTER FUNCTION ',
      nameSql(context, from),
      `${parametersSql(context, parameters, false)} RENAME TO `,
      nameSql(context, to),
    ],
  ],
  createTrigger,
  dropTrigger: dropOn('TRIGGER'),
  renameTrigger: renameOn('TRIGGER'),
  createView,
  dropView: dropOf('VIEW'),
  renameView: renameOf('VIEW'),
  alterView,
  alterViewColumn([view, column, options], context) {
    const initial = entry(options, 'default');
    return [
      [
        'ALTER VIEW ',
        nameSql(context, view),
        ' ALTER COLUMN ',
        nameSql(context, column),
        isNull(initial) ? ' DROP DEFAULT' : ` SET DEFAULT ${escaped(initial)}`,
      ],
    ];
  },
  createMaterializedView,
  alterMaterializedView,
  dropMaterializedView: dropOf('MATERIALIZED VIEW'),
  renameMaterializedView: renameOf('MATERIALIZED VIEW'),
  renameMaterializedViewColumn: ([view, from, to], context) => [
    [
      'ALTER MATERIALIZED VIEW ',
      nameSql(context, view),
      ' RENAME COLUMN ',
      nameSql(context, from),
      ' TO ',
      nameSql(context, to),
    ],
  ],
  refreshMaterializedView: ([view, options], context) => [
    [
      `REFRESH MATERIALIZED VIEW${flag(options, 'concurrently', ' CONCURRENTLY')} `,
      nameSql(context, view),
      dataClause(options),
    ],
  ],
  createPolicy([table, policy, options], context) {
    const command = wordOf(entry(options, 'command')) ?? 'ALL';
    return [
      [
        'CREATE POLICY ',
        nameSql(context, policy),
        ` ON ${nameSql(context, table).text} FOR ${command}${policyClauses(options, 'PUBLIC')}`,
      ],
    ];
  },
  alterPolicy: ([table, policy, options], context) => [
    [
      'ALTER POLICY ',
      nameSql(context, policy),
      ` ON ${nameSql(context, table).text}${policyClauses(options, undefined)}`,
    ],
  ],
  dropPolicy: dropOn('POLICY'),
  renamePolicy: renameOn('POLICY'),
  createDomain([name, type, options], context) {
    const typeSql = resolveType(context, type)?.type;
    return typeSql === undefined
      ? undefined
      : [['CREATE DOMAIN ', nameSql(context, name), ` AS ${typeSql}${domainSql(context, options)}`]];
  },
  alterDomain,
  dropDomain: dropOf('DOMAIN'),
  renameDomain: renameOf('DOMAIN'),
  createRole: ([name, options], context) => [['CREATE ROLE ', nameSql(context, name), roleSql(options, true)]],
  alterRole: ([name, options], context) =>
    isOpen(options) ? undefined : [['ALTER ROLE ', nameSql(context, name), roleSql(options, false)]],
  dropRole: ([name, options], context) => [[`DROP ROLE${ifExists(options)} `, nameSql(context, name)]],
  renameRole: renameOf('ROLE'),
  grantOnTables: grant,
  grantOnSchemas: grant,
  revokeOnTables: revoke,
  revokeOnSchemas: revoke,
  grantRoles: ([from, to, options], context) => [
    [
      `GRANT ${namesSql(context, from)} TO ${namesSql(context, to)}${flag(options, 'withAdminOption', ' WITH ADMIN OPTION')}`,
    ],
  ],
  revokeRoles: ([from, to, options], context) => [
    [
      `REVOKE${flag(options, 'onlyAdminOption', ' ADMIN OPTION FOR')} ${namesSql(context, from)} FROM ${namesSql(context, to)}${cascade(options)}`,
    ],
  ],
  ...OPERATOR_CALLS,
};

/** The arguments of a reversal: as they are, or the names the other way round. */
const swapped: (args: Args) => Args = ([from, to]) => [to, from];
const swappedInTable: (args: Args) => Args = ([table, from, to]) => [table, to, from];
const swappedAround: (args: Args) => Args = ([from, method, to]) => [to, method, from];
const without =
  (index: number): ((args: Args) => Args) =>
  args =>
    args.filter((_, at) => at !== index);

/** What undoes a call where a migration has no `down`: the call and its arguments. Others make node-pg-migrate refuse. */
export const REVERSALS: Readonly<Record<string, readonly [string, ((args: Args) => Args)?]>> = {
  createTable: ['dropTable', without(1)],
  addColumns: ['dropColumns'],
  addColumn: ['dropColumns'],
  addConstraint: ['dropConstraint'],
  createConstraint: ['dropConstraint'],
  createIndex: ['dropIndex'],
  addIndex: ['dropIndex'],
  createType: ['dropType', without(1)],
  addType: ['dropType', without(1)],
  addTypeAttribute: ['dropTypeAttribute'],
  createExtension: ['dropExtension'],
  addExtension: ['dropExtension'],
  createSchema: ['dropSchema'],
  createSequence: ['dropSequence'],
  createFunction: ['dropFunction'],
  createTrigger: ['dropTrigger'],
  createView: ['dropView'],
  createMaterializedView: ['dropMaterializedView'],
  createPolicy: ['dropPolicy'],
  createDomain: ['dropDomain', without(1)],
  createRole: ['dropRole'],
  createOperator: ['dropOperator'],
  createOperatorClass: ['dropOperatorClass', ([name, , method, , options]) => [name, method, options]],
  createOperatorFamily: ['dropOperatorFamily'],
  addToOperatorFamily: ['removeFromOperatorFamily'],
  createCast: ['dropCast'],
  grantOnTables: ['revokeOnTables'],
  grantOnSchemas: ['revokeOnSchemas'],
  grantRoles: ['revokeRoles'],
  refreshMaterializedView: ['refreshMaterializedView'],
  renameTable: ['renameTable', swapped],
  renameIndex: ['renameIndex', swapped],
  renameType: ['renameType', swapped],
  renameSchema: ['renameSchema', swapped],
  renameSequence: ['renameSequence', swapped],
  renameView: ['renameView', swapped],
  renameMaterializedView: ['renameMaterializedView', swapped],
  renameDomain: ['renameDomain', swapped],
  renameRole: ['renameRole', swapped],
  renameOperatorClass: ['renameOperatorClass', swappedAround],
  renameOperatorFamily: ['renameOperatorFamily', swappedAround],
  renameColumn: ['renameColumn', swappedInTable],
  renameConstraint: ['renameConstraint', swappedInTable],
  renameTrigger: ['renameTrigger', swappedInTable],
  renamePolicy: ['renamePolicy', swappedInTable],
  renameTypeValue: ['renameTypeValue', swappedInTable],
  renameTypeAttribute: ['renameTypeAttribute', swappedInTable],
  renameMaterializedViewColumn: ['renameMaterializedViewColumn', swappedInTable],
};
