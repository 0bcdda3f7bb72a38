import { expect, it } from 'vitest';
import { at, operationsOf } from './read.ts';

/** Statements on objects that are kept by name only: the operation, the object's kind and name, what stands for the change. */
it.each([
  ['CREATE AGGREGATE s.a (int) (sfunc = f, stype = int)', 'createObject', 'aggregate', 's.a', undefined],
  ['CREATE CAST (int AS s.t) WITHOUT FUNCTION', 'createObject', 'cast', 'int4 as t', undefined],
  ["CREATE COLLATION IF NOT EXISTS c (locale = 'de')", 'createObject', 'collation', 'c', undefined],
  ["CREATE DEFAULT CONVERSION s.c FOR 'a' TO 'b' FROM f", 'createObject', 'conversion', 's.c', undefined],
  ['CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()', 'createObject', 'event trigger', 'e', undefined],
  ['CREATE FOREIGN DATA WRAPPER w', 'createObject', 'foreign data wrapper', 'w', undefined],
  ['CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE l', 'createObject', 'extension', 'l', undefined],
  [
    'CREATE OPERATOR s.=== (leftarg = int, rightarg = int, function = f)',
    'createObject',
    'operator',
    's.===',
    undefined,
  ],
  [
    'CREATE OPERATOR CLASS s.oc FOR TYPE int USING btree AS STORAGE int',
    'createObject',
    'operator class',
    's.oc',
    undefined,
  ],
  ['CREATE OPERATOR FAMILY of USING btree', 'createObject', 'operator family', 'of', undefined],
  ['CREATE ROLE r LOGIN', 'createObject', 'role', 'r', undefined],
  ['CREATE USER r', 'createObject', 'role', 'r', undefined],
  ['CREATE SERVER IF NOT EXISTS s FOREIGN DATA WRAPPER w', 'createObject', 'server', 's', undefined],
  [
    'CREATE STATISTICS IF NOT EXISTS s.st (dependencies) ON a, b FROM t',
    'createObject',
    'statistics',
    's.st',
    undefined,
  ],
  ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", 'createObject', 'subscription', 's', undefined],
  ["CREATE TABLESPACE ts LOCATION '/x'", 'createObject', 'tablespace', 'ts', undefined],
  ['CREATE TEXT SEARCH CONFIGURATION s.c (copy = simple)', 'createObject', 'text search', 's.c', undefined],
  ['CREATE TEXT SEARCH DICTIONARY d (template = simple)', 'createObject', 'text search', 'd', undefined],
  [
    'CREATE TRANSFORM FOR int LANGUAGE l (FROM SQL WITH FUNCTION f(internal))',
    'createObject',
    'transform',
    'int4 language l',
    undefined,
  ],
  ['CREATE USER MAPPING IF NOT EXISTS FOR u SERVER s', 'createObject', 'user mapping', 'u on s', undefined],
  ['CREATE ACCESS METHOD am TYPE index HANDLER h', 'createObject', 'access method', 'am', undefined],
  ['ALTER AGGREGATE a(int) RENAME TO b', 'alterObject', 'aggregate', 'a', 'rename'],
  ['ALTER COLLATION c REFRESH VERSION', 'alterObject', 'collation', 'c', 'refresh version'],
  ['ALTER COLLATION c SET SCHEMA s', 'alterObject', 'collation', 'c', 'set schema'],
  ['ALTER EVENT TRIGGER e DISABLE', 'alterObject', 'event trigger', 'e', 'disable'],
  ['ALTER EXTENSION e ADD TABLE t', 'alterObject', 'extension', 'e', 'add'],
  ['ALTER EXTENSION e SET SCHEMA s', 'alterObject', 'extension', 'e', 'set schema'],
  ["ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD a 'b')", 'alterObject', 'foreign data wrapper', 'w', 'options'],
  ['ALTER LANGUAGE l RENAME TO m', 'alterObject', 'language', 'l', 'rename'],
  ['ALTER LARGE OBJECT 5 OWNER TO o', 'alterObject', 'large object', '5', 'owner'],
  ['ALTER OPERATOR + (int, int) SET (RESTRICT = NONE)', 'alterObject', 'operator', '+', 'options'],
  ['ALTER OPERATOR CLASS s.oc USING btree RENAME TO x', 'alterObject', 'operator class', 's.oc', 'rename'],
  ['ALTER OPERATOR FAMILY of USING btree DROP OPERATOR 1 (int, int)', 'alterObject', 'operator family', 'of', 'drop'],
  ['ALTER PUBLICATION p DROP TABLE t', 'alterObject', 'publication', 'p', 'drop table'],
  ['ALTER PUBLICATION p SET TABLE t', 'alterObject', 'publication', 'p', 'set table'],
  ["ALTER PUBLICATION p SET (publish = 'insert')", 'alterObject', 'publication', 'p', 'options'],
  ['ALTER PUBLICATION p OWNER TO o', 'alterObject', 'publication', 'p', 'owner'],
  ['ALTER ROLE r NOLOGIN', 'alterObject', 'role', 'r', 'options'],
  ['ALTER ROLE r RENAME TO q', 'alterObject', 'role', 'r', 'rename'],
  ['ALTER ROUTINE s.f DEPENDS ON EXTENSION e', 'alterObject', 'routine', 's.f', 'depends on extension'],
  ['ALTER PROCEDURE s.f(int) SET SCHEMA q', 'alterObject', 'routine', 's.f', 'set schema'],
  ['ALTER SCHEMA s OWNER TO o', 'alterObject', 'schema', 's', 'owner'],
  ["ALTER SERVER s VERSION '2'", 'alterObject', 'server', 's', 'options'],
  ['ALTER STATISTICS st SET STATISTICS 5', 'alterObject', 'statistics', 'st', 'set statistics'],
  ['ALTER SUBSCRIPTION s ENABLE', 'alterObject', 'subscription', 's', 'enable'],
  ['ALTER TABLESPACE ts SET (seq_page_cost = 2)', 'alterObject', 'tablespace', 'ts', 'options'],
  ['ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR w WITH simple', 'alterObject', 'text search', 'c', 'mapping'],
  ['ALTER TEXT SEARCH DICTIONARY d (a = b)', 'alterObject', 'text search', 'd', 'options'],
  ['ALTER TYPE t SET (STORAGE = plain)', 'alterObject', 'type', 't', 'options'],
  ['ALTER DOMAIN d OWNER TO o', 'alterObject', 'domain', 'd', 'owner'],
  ["ALTER USER MAPPING FOR u SERVER s OPTIONS (SET a 'b')", 'alterObject', 'user mapping', 'u on s', 'options'],
  ['ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b', 'alterObject', 'tablespace', 'a', 'move all'],
  ['DROP ACCESS METHOD am', 'dropObject', 'access method', 'am', undefined],
  ['DROP CAST IF EXISTS (int AS text)', 'dropObject', 'cast', 'int4 as text', undefined],
  ['DROP COLLATION s.c', 'dropObject', 'collation', 's.c', undefined],
  ['DROP CONVERSION c', 'dropObject', 'conversion', 'c', undefined],
  ['DROP EVENT TRIGGER e', 'dropObject', 'event trigger', 'e', undefined],
  ['DROP FOREIGN DATA WRAPPER w', 'dropObject', 'foreign data wrapper', 'w', undefined],
  ['DROP PROCEDURAL LANGUAGE l', 'dropObject', 'language', 'l', undefined],
  ['DROP OPERATOR s.+ (int, int)', 'dropObject', 'operator', 's.+', undefined],
  ['DROP OPERATOR CLASS s.oc USING btree', 'dropObject', 'operator class', 's.oc', undefined],
  ['DROP OPERATOR FAMILY of USING btree', 'dropObject', 'operator family', 'of', undefined],
  ['DROP PUBLICATION p', 'dropObject', 'publication', 'p', undefined],
  ['DROP SERVER s', 'dropObject', 'server', 's', undefined],
  ['DROP STATISTICS s.st', 'dropObject', 'statistics', 's.st', undefined],
  ['DROP SUBSCRIPTION IF EXISTS s', 'dropObject', 'subscription', 's', undefined],
  ['DROP TABLESPACE ts', 'dropObject', 'tablespace', 'ts', undefined],
  ['DROP TEXT SEARCH TEMPLATE t', 'dropObject', 'text search', 't', undefined],
  ['DROP TRANSFORM FOR int LANGUAGE l', 'dropObject', 'transform', 'int4 language l', undefined],
  ['DROP USER MAPPING FOR u SERVER s', 'dropObject', 'user mapping', 'u on s', undefined],
])('%s', (sql, kind, objectKind, name, change) => {
  const [operation, ...others] = operationsOf(sql);
  expect(others).toEqual([]);
  if (operation?.kind !== 'createObject' && operation?.kind !== 'alterObject' && operation?.kind !== 'dropObject') {
    throw new Error(`${operation?.kind}`);
  }
  const { name: object } = operation;
  expect({
    kind: operation.kind,
    objectKind: operation.objectKind,
    name: object.schema === undefined ? object.name : `${object.schema}.${object.name}`,
    change: 'change' in operation ? operation.change : undefined,
  }).toEqual({ kind, objectKind, name, change });
  if (object.range !== undefined) expect(at(sql, object.range)).toBe(name);
});

/** Statements that the model has no kind for. */
it.each([
  ['NOTIFY c', 'notify'],
  ['LISTEN c', 'listen'],
  ['UNLISTEN *', 'unlisten'],
  ["LOAD 'x'", 'load'],
  ['PREPARE p AS SELECT 1', 'prepare'],
  ['EXECUTE p', 'execute'],
  ['DEALLOCATE p', 'deallocate'],
  ['DECLARE c CURSOR FOR SELECT 1', 'declare cursor'],
  ['FETCH c', 'fetch'],
  ['MOVE c', 'fetch'],
  ['CLOSE c', 'close cursor'],
  ['SHOW ALL', 'show'],
  ['ALTER TRIGGER a ON t DEPENDS ON EXTENSION e', 'alter trigger'],
])('%s', (sql, what) => {
  expect(operationsOf(sql)).toMatchObject([{ kind: 'other', what, text: sql }]);
});
