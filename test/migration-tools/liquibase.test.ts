import { describe, expect, test } from 'vitest';
import { lint } from '../support/lint-projects.ts';

const HEAD = '--liquibase formatted sql\n';
const TABLE = 'CREATE TABLE t (id bigserial PRIMARY KEY, a int, b int);\n';
const PROPERTIES = { 'liquibase.properties': 'url=jdbc:postgresql://localhost/app\n' };

describe('formatted SQL', () => {
  test('each changeSet is a migration, in the order of the file, in a transaction unless it opts out', async () => {
    const { projects, transactions, found } = await lint({
      ...PROPERTIES,
      'db/a.sql': `\uFEFF${HEAD}--changeset ann:2\n${TABLE}--rollback DROP TABLE t;
--changeset "ann lee":"1 b" runInTransaction:false
CREATE INDEX CONCURRENTLY t_a_idx ON t (a);
--rollback DROP INDEX CONCURRENTLY t_a_idx;
--changeset bob:3
CREATE INDEX CONCURRENTLY t_b_idx ON t (b);
--rollback not required
--changeset bob:4 runInTransaction:false splitStatements:false
CREATE INDEX CONCURRENTLY t_ab_idx ON t (a, b);
SELECT 1;
`,
    });
    expect(projects).toEqual([
      'db: liquibase, postgres: a.sql::2::ann a.sql::1 b::ann lee a.sql::3::bob a.sql::4::bob',
    ]);
    expect(transactions).toEqual(['migration/migration', 'none/none', 'migration/migration', 'implicit/-']);
    expect(found).toEqual([
      'no-concurrently-in-transaction db/a.sql:9',
      'require-down db/a.sql:8',
      'require-down db/a.sql:11',
      'no-concurrently-in-transaction db/a.sql:12',
    ]);
  });

  test('a DROP in a rollback is not a drop of the up, however the rollback is written', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.sql': `${HEAD}--changeset a:1\n${TABLE}--rollback DROP TABLE t;
--changeset a:2
CREATE TABLE u (id bigint PRIMARY KEY);
/* liquibase rollback
DROP TABLE u;
*/
--changeset a:3
DROP TABLE u;
--rollback CREATE TABLE u (id bigint PRIMARY KEY);
`,
    });
    expect(found).toEqual(['no-drop-table db/a.sql:11']);
  });

  test('changeSets for other databases and ignored lines are not run', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.sql': `${HEAD}--changeset a:1\n${TABLE}--rollback DROP TABLE t;
--changeset a:2 dbms:h2,oracle
DROP TABLE t;
--changeset a:3 dbms:!postgresql
DROP TABLE t;
--ignoreLines:2
--changeset a:4
DROP TABLE t;
--ignoreLines:start
DROP TABLE t;
--ignoreLines:end
--changeset a:5 dbms:mysql,postgresql
DROP TABLE t;
--rollback empty
`,
    });
    expect(found).toEqual(['no-drop-table db/a.sql:16', 'require-down db/a.sql:15']);
  });

  test('a delimiter of its own cuts the statements, properties are put in', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.sql': `${HEAD}--property name:table value:t
--changeset a:1
CREATE TABLE \${table} (id bigint PRIMARY KEY);
--rollback DROP TABLE \${table};
--changeset a:2 endDelimiter:\\n/
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$
/
DROP TABLE \${table}
/
--rollback empty
`,
    });
    expect(found).toEqual(['no-drop-table db/a.sql:9', 'require-down db/a.sql:6']);
  });

  test('what Liquibase refuses is said where it stands', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.sql': `${HEAD}--changeset a:1\n${TABLE}--rollback DROP TABLE t;
--changeset a:2
--rollback empty
-- changeset b
--changeset a:1
SELECT 1;
--rollback empty
`,
    });
    expect(found).toContain('migration-file-name db/a.sql:5');
    expect(found).toContain('migration-file-name db/a.sql:7');
    expect(found).toContain('no-duplicate-version db/a.sql:8');
  });
});
