import { entry, stringOf } from '../sql-text.ts';
import type { Value } from '../values.ts';
import type { Call } from './node-pg-migrate-calls.ts';
import {
  type Context,
  cascade,
  flag,
  ifExists,
  isSet,
  itemsOf,
  nameSql,
  parametersSql,
  resolveType,
  wordOf,
} from './node-pg-migrate-values.ts';

/** A name that is not quoted, such as an operator's; with its schema where one is given. */
function plainSql(value: Value | undefined): string {
  const schema = stringOf(entry(value, 'schema'));
  const name = wordOf(value) ?? wordOf(entry(value, 'name')) ?? '${name}';
  return `${schema === undefined ? '' : `${schema}.`}${name}`;
}

/** A member of an operator class or family; undefined where its kind is only known at run time. */
function memberSql(context: Context, member: Value): string | undefined {
  const kind = stringOf(entry(member, 'type'))?.toLowerCase();
  const parameters = entry(member, 'params');
  if (kind !== 'operator' && kind !== 'function') return undefined;
  const name = kind === 'operator' ? (wordOf(entry(member, 'name')) ?? plainSql(entry(member, 'name'))) : undefined;
  const list = kind === 'function' || itemsOf(parameters).length > 0 ? parametersSql(context, parameters, true) : '';
  return `${kind.toUpperCase()} ${wordOf(entry(member, 'number')) ?? '1'} ${name ?? nameSql(context, entry(member, 'name')).text}${list}`;
}

function membersSql(context: Context, list: Value | undefined): string | undefined {
  if (list?.kind !== 'list') return undefined;
  const members = list.items.map(member => memberSql(context, member));
  return members.includes(undefined) ? undefined : members.join(', ');
}

const changeFamily =
  (words: string): Call =>
  ([family, method, list], context) => {
    const members = membersSql(context, list);
    return members === undefined
      ? undefined
      : [['ALTER OPERATOR FAMILY ', nameSql(context, family), ` USING ${plainSql(method)} ${words} ${members}`]];
  };

const dropOf =
  (kind: string): Call =>
  ([name, method, options], context) => [
    [`DROP ${kind}${ifExists(options)} `, nameSql(context, name), ` USING ${plainSql(method)}${cascade(options)}`],
  ];

const renameOf =
  (kind: string): Call =>
  ([from, method, to], context) => [
    [`ALTER ${kind} `, nameSql(context, from), ` USING ${plainSql(method)} RENAME TO `, nameSql(context, to)],
  ];

/** `key = value` of an operator's options: what they are called, and whether the value is quoted. */
const DEFINITIONS: readonly (readonly [string, string, boolean])[] = [
  ['procedure', 'PROCEDURE', true],
  ['left', 'LEFTARG', true],
  ['right', 'RIGHTARG', true],
  ['commutator', 'COMMUTATOR', false],
  ['negator', 'NEGATOR', false],
  ['restrict', 'RESTRICT', true],
  ['join', 'JOIN', true],
];

/** Operators, their classes and families, and casts. */
export const OPERATOR_CALLS: Readonly<Record<string, Call>> = {
  createOperator([operator, options], context) {
    const definitions = DEFINITIONS.flatMap(([key, word, isQuoted]) => {
      const value = entry(options, key);
      if (!isSet(value)) return [];
      return [`${word} = ${isQuoted ? nameSql(context, value).text : plainSql(value)}`];
    });
    const words = [flag(options, 'hashes', 'HASHES'), flag(options, 'merges', 'MERGES')].filter(word => word !== '');
    return [[`CREATE OPERATOR ${plainSql(operator)} (${[...definitions, ...words].join(', ')})`]];
  },
  dropOperator([operator, options], context) {
    const sides = ['left', 'right'].map(side => {
      const type = entry(options, side);
      return type === undefined ? 'none' : nameSql(context, type).text;
    });
    return [[`DROP OPERATOR${ifExists(options)} ${plainSql(operator)}(${sides.join(', ')})${cascade(options)}`]];
  },
  createOperatorClass([name, type, method, list, options], context) {
    const members = membersSql(context, list);
    const typeSql = resolveType({ ...context, shorthands: undefined }, type)?.type;
    const family = entry(options, 'family');
    if (members === undefined || typeSql === undefined) return undefined;
    return [
      [
        'CREATE OPERATOR CLASS ',
        nameSql(context, name),
        `${flag(options, 'default', ' DEFAULT')} FOR TYPE "${typeSql}" USING ${nameSql(context, method).text}${isSet(family) ? ` FAMILY ${plainSql(family)}` : ''} AS ${members}`,
      ],
    ];
  },
  dropOperatorClass: dropOf('OPERATOR CLASS'),
  renameOperatorClass: renameOf('OPERATOR CLASS'),
  createOperatorFamily: ([name, method], context) => [
    ['CREATE OPERATOR FAMILY ', nameSql(context, name), ` USING ${plainSql(method)}`],
  ],
  dropOperatorFamily: dropOf('OPERATOR FAMILY'),
  renameOperatorFamily: renameOf('OPERATOR FAMILY'),
  addToOperatorFamily: changeFamily('ADD'),
  removeFromOperatorFamily: changeFamily('DROP'),
  createCast([source, target, options], context) {
    const name = entry(options, 'functionName');
    const given = entry(options, 'argumentTypes');
    const types = (given === undefined ? [source] : itemsOf(given)).map(plainSql).join(', ');
    const way = isSet(name)
      ? ` WITH FUNCTION ${nameSql(context, name).text}(${types})`
      : flag(options, 'inout', ' WITH INOUT') || ' WITHOUT FUNCTION';
    const as = wordOf(entry(options, 'as'));
    return [[`CREATE CAST (${plainSql(source)} AS ${plainSql(target)})${way}${as === undefined ? '' : ` AS ${as}`}`]];
  },
  dropCast: ([source, target, options]) => [
    [`DROP CAST${ifExists(options)} (${plainSql(source)} AS ${plainSql(target)})`],
  ],
};
