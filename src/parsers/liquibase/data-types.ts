import type { Dialect } from '../../server/server.ts';

/** A type as Liquibase reads it: `java.sql.Types.VARCHAR(20)`, `timestamp with time zone`, `int unsigned`. */
const TYPE = /^\s*(?:java\.sql\.Types\.)?(double precision|character varying|\w+)\s*(\([^)]*\))?\s*(.*?)\s*$/is;

/** What becomes of a type by its name; parameters are kept where `keep` says so. */
interface Mapped {
  readonly name: string;
  readonly keep?: true;
}

const INTEGERS: Readonly<Record<string, string>> = {
  int8: 'BIGINT',
  bigint: 'BIGINT',
  bigserial: 'BIGINT',
  serial8: 'BIGINT',
  int2: 'SMALLINT',
  smallint: 'SMALLINT',
};

const COMMON: Readonly<Record<string, Mapped>> = {
  ...Object.fromEntries(Object.entries(INTEGERS).map(([from, name]) => [from, { name }])),
  number: { name: 'numeric', keep: true },
  currency: { name: 'DECIMAL' },
  money: { name: 'DECIMAL' },
  varchar2: { name: 'VARCHAR', keep: true },
  'character varying': { name: 'VARCHAR', keep: true },
};

function all(names: string, name: string, keep?: true): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(names.split(' ').map(from => [from, keep ? { name, keep } : { name }]));
}

const POSTGRES: Readonly<Record<string, Mapped>> = {
  ...COMMON,
  ...all('int integer int4 serial serial4', 'INTEGER'),
  tinyint: { name: 'SMALLINT' },
  ...all('clob nclob longtext mediumtext tinytext longvarchar longnvarchar text', 'TEXT'),
  blob: { name: 'OID' },
  ...all('longblob mediumblob tinyblob varbinary binary longvarbinary image bytea', 'BYTEA'),
  ...all('nvarchar nvarchar2', 'VARCHAR', true),
  double: { name: 'DOUBLE PRECISION' },
  ...all('timestamp_with_timezone timestamptz', 'TIMESTAMP WITH TIME ZONE'),
  bool: { name: 'BOOLEAN' },
};

const MYSQL: Readonly<Record<string, Mapped>> = {
  ...COMMON,
  ...all('int integer int4 serial serial4', 'INT'),
  ...all('boolean bool', 'TINYINT'),
  ...all('clob longvarchar longnvarchar xml', 'LONGTEXT'),
  nclob: { name: 'LONGTEXT CHARACTER SET utf8' },
  longvarbinary: { name: 'LONGBLOB' },
  nvarchar2: { name: 'NVARCHAR', keep: true },
  ...all('timestamp_with_timezone timestamptz', 'timestamp', true),
  uuid: { name: 'char(36)' },
};

/** Types by the dialect; SQLite takes any name. */
const TYPES: Readonly<Partial<Record<Dialect, Readonly<Record<string, Mapped>>>>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  mariadb: MYSQL,
};

/**
 * The type that Liquibase writes for one that a changelog names. Measured with Liquibase 4.28.
 *
 * @param type - as written
 */
export function nativeType(type: string, dialect: Dialect): string {
  const [, name, parameters = '', rest = ''] = TYPE.exec(type) ?? [];
  if (name === undefined) return type.trim();
  const lower = name.toLowerCase();
  if (dialect === 'postgres' && /^(?:timestamp|datetime|time)$/.test(lower))
    return postgresTime(lower, parameters, rest);
  const table = TYPES[dialect] ?? {};
  const mapped = Object.hasOwn(table, lower) ? table[lower] : undefined;
  // Oracle's `varchar2(10 char)`.
  const kept = dialect === 'postgres' ? parameters.replace(/\s+(?:char|byte)\b/i, '') : parameters;
  const after = (dialect === 'postgres' ? rest.replace(/\bunsigned\b/i, '') : lower === 'time' ? '' : rest).trim();
  const written = mapped === undefined ? name + kept : mapped.keep === true ? mapped.name + kept : mapped.name;
  return after === '' ? written : `${written} ${after}`;
}

function postgresTime(name: string, parameters: string, rest: string): string {
  const zone = /\bwith\s+time\s*zone\b/i.test(rest) ? 'WITH' : 'WITHOUT';
  return `${name === 'time' ? 'TIME' : 'TIMESTAMP'}${parameters} ${zone} TIME ZONE`;
}

/** Whether a type makes a column count up by itself. */
export function isSerial(type: string): boolean {
  return /^\s*(?:big|small)?serial[48]?\s*$/i.test(type);
}

/** Whether a value of the type is written without quotes. */
export function isNumeric(type: string): boolean {
  return /^\s*(?:java\.sql\.Types\.)?(?:(?:big|small|tiny|medium)?int\w*|number|numeric|decimal|float\w*|double\w*|real|bit|bool\w*|\w*serial)/i.test(
    type,
  );
}
