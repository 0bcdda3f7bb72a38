import type { DataType } from '../../operations/data-types.ts';
import { afterName, areWords, isSymbol, isWord, next, type Source, textOf, tokenAt } from '../source-text.ts';
import { type Node, nodeAs, type TypeName } from './ast.ts';
import { typeNameParts } from './names.ts';

/** The types of the server itself, as pg_type names them (PostgreSQL 13 to 18), pseudo-types included. */
const BUILTIN_TYPES: ReadonlySet<string> = new Set(
  (
    'bool bytea char name int8 int2 int2vector int4 regproc text oid tid xid xid8 cid oidvector json jsonb xml pg_lsn point ' +
    'lseg path box polygon line circle float4 float8 money macaddr macaddr8 inet cidr aclitem bpchar varchar date time ' +
    'timestamp timestamptz interval timetz bit varbit numeric refcursor regprocedure regoper regoperator regclass ' +
    'regcollation regtype regrole regnamespace regconfig regdictionary uuid tsvector gtsvector tsquery txid_snapshot ' +
    'pg_snapshot int4range numrange tsrange tstzrange daterange int8range int4multirange nummultirange tsmultirange ' +
    'tstzmultirange datemultirange int8multirange jsonpath pg_node_tree pg_ndistinct pg_dependencies pg_mcv_list ' +
    'pg_brin_bloom_summary pg_brin_minmax_multi_summary pg_ddl_command record cstring any anyarray void trigger ' +
    'event_trigger language_handler internal anyelement anynonarray anyenum anyrange anymultirange anycompatible ' +
    'anycompatiblearray anycompatiblenonarray anycompatiblerange anycompatiblemultirange fdw_handler index_am_handler ' +
    'tsm_handler table_am_handler unknown'
  ).split(' '),
);

/** The integer types behind the serial types (parse_utilcmd.c, transformColumnDefinition). */
const SERIAL_TYPES: Readonly<Record<string, string>> = {
  smallserial: 'int2',
  serial2: 'int2',
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
};

/** The fields of an interval by the mask that the grammar makes of them (datetime.h: MONTH 1, YEAR 2, DAY 3, HOUR 10 …). */
const INTERVAL_FIELDS: Readonly<Record<number, string>> = {
  [1 << 2]: 'year',
  [1 << 1]: 'month',
  [1 << 3]: 'day',
  [1 << 10]: 'hour',
  [1 << 11]: 'minute',
  [1 << 12]: 'second',
  [(1 << 2) | (1 << 1)]: 'year to month',
  [(1 << 3) | (1 << 10)]: 'day to hour',
  [(1 << 3) | (1 << 10) | (1 << 11)]: 'day to minute',
  [(1 << 3) | (1 << 10) | (1 << 11) | (1 << 12)]: 'day to second',
  [(1 << 10) | (1 << 11)]: 'hour to minute',
  [(1 << 10) | (1 << 11) | (1 << 12)]: 'hour to second',
  [(1 << 11) | (1 << 12)]: 'minute to second',
};

/**
 * A type as declared.
 *
 * @returns the type in its canonical form; `SETOF` is not part of it
 */
export function dataType(type: TypeName, source: Source): DataType {
  const parts = typeNameParts(type);
  const name = source.text.restore(parts.at(-1) ?? '');
  const schema = parts.length > 1 ? source.text.restore(parts.at(-2)!) : undefined;
  const start = tokenAt(source, type.location);
  const text = type.location === -1 ? parts.join('.') : textOf(source, start, afterType(source, start) - 1);
  const builtin = schema === undefined && BUILTIN_TYPES.has(name);
  const modifiers = (type.typmods ?? []).map(modifier => modifierOf(modifier, source));
  const fields = builtin && name === 'interval' ? modifiers.shift() : undefined;
  const intervalFields = typeof fields === 'number' ? INTERVAL_FIELDS[fields] : undefined;
  return {
    name: type.pct_type === true ? `${parts.map(source.text.restore).join('.')}%type` : name,
    ...(schema === undefined || type.pct_type === true ? {} : { schema }),
    modifiers,
    ...(intervalFields === undefined ? {} : { intervalFields }),
    arrayDimensions: type.arrayBounds?.length ?? 0,
    builtin,
    text,
  };
}

/** A type of a column, where the serial types stand for an integer type with a default. */
export function columnType(type: TypeName, source: Source): { type: DataType; serial?: true } {
  const declared = dataType(type, source);
  const integer = declared.schema === undefined && !declared.builtin ? SERIAL_TYPES[declared.name] : undefined;
  return integer === undefined
    ? { type: declared }
    : { type: { ...declared, name: integer, builtin: true }, serial: true };
}

function modifierOf(node: Node, source: Source): number | string {
  const constant = nodeAs(node, 'A_Const');
  if (constant?.ival !== undefined) return constant.ival.ival ?? 0;
  if (constant?.fval !== undefined) return Number(constant.fval.fval);
  if (constant?.sval !== undefined) return source.text.restore(constant.sval.sval ?? '');
  const column = nodeAs(node, 'ColumnRef');
  const field = nodeAs(column?.fields?.[0], 'String')?.sval;
  if (column === undefined || field === undefined) return '';
  // A type modifier that is a word (`geometry(Point, 4326)`) is no name to the type: it keeps its case for the reader.
  const index = tokenAt(source, column.location);
  return textOf(source, index, index);
}

/** The words that a type's name may go on with after a word, besides dots (gram.y, SimpleTypename). */
const TYPE_CONTINUATIONS: readonly (readonly [first: readonly string[], rest: readonly string[]])[] = [
  [['DOUBLE'], ['PRECISION']],
  [['NATIONAL'], ['CHARACTER', 'CHAR']],
  [['CHARACTER', 'CHAR', 'NCHAR', 'BIT'], ['VARYING']],
];

const INTERVAL_WORDS = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** The index after the type that begins at a token. */
export function afterType(source: Source, start: number): number {
  const first = isWord(source, start, 'SETOF') ? start + 1 : start;
  return Math.min(afterDimensions(source, afterModifiers(source, first, afterName(source, first))), source.last + 1);
}

function afterDimensions(source: Source, from: number): number {
  let index = isWord(source, from, 'ARRAY') ? from + 1 : from;
  while (isSymbol(source, index, '[')) index = next(source, index);
  return index;
}

/** @param first - index of the type's first token, @param from - index after the first word or qualified name */
function afterModifiers(source: Source, first: number, from: number): number {
  let index = from;
  const follower = index > source.last ? undefined : source.text.tokens[index];
  if (follower === undefined || (follower.kind === 'punctuation' && !isSymbol(source, index, '('))) return index;
  for (const [words, rest] of TYPE_CONTINUATIONS) {
    if (index <= first + 2 && words.some(word => isWord(source, index - 1, word))) {
      if (rest.some(word => isWord(source, index, word))) index++;
    }
  }
  if (isSymbol(source, index, '%') && isWord(source, index + 1, 'TYPE')) index += 2;
  if (isSymbol(source, index, '(')) index = next(source, index);
  if (isWord(source, first, 'TIMESTAMP') || isWord(source, first, 'TIME')) {
    if (areWords(source, index, 'WITH', 'TIME', 'ZONE') || areWords(source, index, 'WITHOUT', 'TIME', 'ZONE'))
      index += 3;
  } else if (isWord(source, first, 'INTERVAL')) {
    if (INTERVAL_WORDS.some(word => isWord(source, index, word))) {
      index += isWord(source, index + 1, 'TO') ? 3 : 1;
      if (isSymbol(source, index, '(')) index = next(source, index);
    }
  }
  return index;
}
