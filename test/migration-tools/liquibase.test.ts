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

/** A changelog of XML. */
function xml(content: string): string {
  return `<?xml version="1.0"?>\n<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog">\n${content}\n</databaseChangeLog>\n`;
}

describe('changelogs', () => {
  const drop = (id: string, table: string): string =>
    `<changeSet id="${id}" author="a"><dropTable tableName="${table}"/><rollback/></changeSet>`;
  const create = (id: string, table: string): string =>
    `<changeSet id="${id}" author="a"><createTable tableName="${table}"><column name="id" type="bigint"><constraints primaryKey="true"/></column></createTable></changeSet>`;

  test('includes decide the order, in every format; what no changelog includes is not run', async () => {
    const { projects } = await lint({
      ...PROPERTIES,
      'src/main/resources/db/master.yaml': `databaseChangeLog:
  - include: {file: db/b.xml}
  - include: {file: classpath:/db/c.json}
  - includeAll: {path: all, relativeToChangelogFile: true}
  - include: {file: a.sql, relativeToChangelogFile: true}
`,
      'src/main/resources/db/a.sql': `${HEAD}--changeset x:a\n${TABLE}--rollback DROP TABLE t;\n`,
      'src/main/resources/db/b.xml': xml(create('b', 'b')),
      'src/main/resources/db/c.json': JSON.stringify({
        databaseChangeLog: [{ changeSet: { id: 3, author: 'x', changes: [{ tagDatabase: { tag: 'v1' } }] } }],
      }),
      'src/main/resources/db/all/10.xml': xml(create('10', 'ten')),
      'src/main/resources/db/all/2.xml': xml(create('2', 'two')),
      'src/main/resources/db/all/more/raw.sql': 'SELECT 1;',
      'src/main/resources/db/old.xml': xml(create('old', 'old')),
    });
    expect(projects).toEqual([
      'src/main/resources/db: liquibase, postgres: b.xml::b::a c.json::3::x all/10.xml::10::a all/2.xml::2::a all/more/raw.sql::raw::includeAll a.sql::a::x',
    ]);
  });

  test('what Liquibase reverses by itself has a down, and a block without changes is an empty one', async () => {
    const { transactions, found } = await lint({
      ...PROPERTIES,
      'db/a.xml': xml(`${create('1', 't')}
<changeSet id="2" author="a" runInTransaction="false"><addColumn tableName="t"><column name="c" type="int"/></addColumn></changeSet>
<changeSet id="3" author="a"><dropColumn tableName="t" columnName="c"/></changeSet>
${drop('4', 't')}`),
    });
    expect(transactions).toEqual(['migration/migration', 'none/none', 'migration/-', 'migration/migration']);
    expect(found).toEqual(['require-down db/a.xml:5', 'no-drop-table db/a.xml:6', 'require-down db/a.xml:6']);
  });

  test('SQL in a file of its own is judged there', async () => {
    const { transactions, found } = await lint({
      ...PROPERTIES,
      'db/a.xml': xml(`${create('1', 't')}
<changeSet id="2" author="a" runInTransaction="false"><sqlFile path="sql/drop.sql" relativeToChangelogFile="true"/><rollback>SELECT 1</rollback></changeSet>
<changeSet id="3" author="a"><tagDatabase tag="x"/><sqlFile path="sql/more.sql" relativeToChangelogFile="true"/><rollback>SELECT 1</rollback></changeSet>
<changeSet id="4" author="a"><sqlFile path="none.sql"/><rollback>SELECT 1</rollback></changeSet>`),
      'db/sql/drop.sql': '\nDROP TABLE t;\n',
      'db/sql/more.sql': 'CREATE TABLE v (id bigint PRIMARY KEY);\nDROP TABLE u;\n',
    });
    expect(transactions).toEqual(['migration/migration', 'none/none', 'migration/migration', 'migration/migration']);
    expect(found).toEqual([
      'no-drop-table db/sql/drop.sql:2',
      'no-drop-table db/a.xml:5',
      'migration-file-name db/a.xml:6',
    ]);
  });

  test('a changelog that includes itself, a missing one or one outside of the project is a finding, the rest is read', async () => {
    const { projects, found } = await lint({
      ...PROPERTIES,
      'db/a.xml': xml(`<include file="a.xml" relativeToChangelogFile="true"/>
<include file="../../../../../../etc/passwd" relativeToChangelogFile="true"/>
<include file="missing.xml"/>
<include file="missing.xml" errorIfMissing="false"/>
${create('1', 't')}`),
    });
    expect(projects).toEqual(['db: liquibase, postgres: a.xml::1::a']);
    expect(found).toEqual([3, 4, 5].map(line => `migration-file-name db/a.xml:${line}`));
  });

  test('external entities are not read, and entities do not expand', async () => {
    const { projects, found } = await lint({
      ...PROPERTIES,
      'db/a.xml': `<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY a "&b;&b;"><!ENTITY b "&a;&a;">]>
<databaseChangeLog><changeSet id="1" author="&f;"><dropTable tableName="t&a;"/><rollback/></changeSet></databaseChangeLog>`,
      'db/b.yaml': `a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\ndatabaseChangeLog:\n  - changeSet: {id: 2, author: x, changes: [*c, *c], rollback: [{dropTable: {tableName: z}}]}\n`,
    });
    expect(projects).toEqual(['db: liquibase, postgres: a.xml::1::&f;']);
    expect(found).toContain('no-drop-table db/a.xml:3');
    expect(found).toContain('migration-file-name db/b.yaml:1');
  });

  test('broken changelogs are findings at the place', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.xml':
        '<databaseChangeLog>\n<changeSet id="1" author="a">\n<dropTable tableName="t"/>\n</changeset>\n</databaseChangeLog>',
      'db/b.yaml': 'databaseChangeLog:\n  - changeSet: {id: 2, author: x\n  - changeSet: [\n',
    });
    expect(found).toContain('migration-file-name db/a.xml:4');
    expect(found.some(each => each.startsWith('migration-file-name db/b.yaml'))).toBe(true);
    expect(found).toContain('no-drop-table db/a.xml:3');
  });

  test('a comment of XML suppresses a rule', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.xml': xml(`${create('1', 't')}
<!-- surefoot-disable-next-line no-drop-table -- unused since May -->
${drop('2', 't')}
${create('3', 'u')}
${drop('4', 'u')}`),
    });
    expect(found.filter(each => each.startsWith('no-drop-table'))).toEqual(['no-drop-table db/a.xml:7']);
  });

  test('a rollback that names a changeSet runs what that one does, wherever it is', async () => {
    const { transactions, found } = await lint({
      ...PROPERTIES,
      'db/master.xml': xml(`<include file="b.sql" relativeToChangelogFile="true"/>
<changeSet id="2" author="a" runInTransaction="false"><dropTable tableName="t"/><rollback changeSetId="1" changeSetAuthor="a" changeSetPath="b.sql"/></changeSet>
<changeSet id="3" author="a"><dropTable tableName="u"/><rollback changeSetId="4" changeSetAuthor="a"/></changeSet>
<changeSet id="4" author="a"><dropTable tableName="u"/><rollback changeSetId="2"/></changeSet>`),
      'db/b.sql': `${HEAD}--changeset a:1\n${TABLE}--rollback DROP TABLE t;
--changeset a:1b
DROP TABLE v;
--rollback changesetId:1 changesetAuthor:a
`,
    });
    expect(transactions).toEqual([
      'migration/migration',
      'migration/migration',
      'none/none',
      'migration/-',
      'migration/-',
    ]);
    expect(found).toEqual([
      'no-drop-table db/b.sql:6',
      'no-drop-table db/master.xml:4',
      'require-down db/master.xml:5',
      'no-drop-table db/master.xml:5',
      'require-down db/master.xml:6',
      'migration-file-name db/master.xml:5',
      'migration-file-name db/master.xml:6',
    ]);
  });

  test('what is ignored is not run, neither is what is for another database by its preconditions', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.xml': xml(`${create('1', 't')}
<changeSet id="2" author="a" ignore="true"><dropTable tableName="t"/><rollback/></changeSet>
<changeSet id="3" author="a"><preConditions onFail="MARK_RAN"><dbms type="oracle"/></preConditions><dropTable tableName="t"/><rollback/></changeSet>
<changeSet id="4" author="a"><preConditions onFail="MARK_RAN"><tableExists tableName="t"/></preConditions><dropTable tableName="t"/><rollback/></changeSet>`),
      'db/b.sql': `${HEAD}--changeset a:1 ignore:true\nDROP TABLE t;\n--rollback not required\n`,
    });
    expect(found.filter(each => each.startsWith('no-drop-table'))).toEqual(['no-drop-table db/a.xml:6']);
  });

  test('logical paths name changeSets, and includeAll takes what its filters leave', async () => {
    const { projects } = await lint({
      ...PROPERTIES,
      'db/master.xml':
        xml(`<modifyChangeSets runWith="psql"><include file="sub/a.xml" relativeToChangelogFile="true"/></modifyChangeSets>
<includeAll path="all" relativeToChangelogFile="true" minDepth="2" maxDepth="2" endsWithFilter=".up.xml"/>
<include file="gone.xml" ignore="true"/>`),
      'db/sub/a.xml': xml(create('1', 't')).replace(
        '<databaseChangeLog ',
        '<databaseChangeLog logicalFilePath="old.xml" ',
      ),
      'db/all/0.up.xml': xml(create('0', 'zero')),
      'db/all/x/1.up.xml': xml(create('1', 'one')),
      'db/all/x/2.xml': xml(create('2', 'two')),
      'db/all/x/y/3.up.xml': xml(create('3', 'three')),
      'db/all/x/b.up.sql': 'SELECT 1;',
    });
    expect(projects).toEqual(['db: liquibase, postgres: old.xml::1::a all/x/1.up.xml::1::a']);
  });

  test('rows of a file that is not there are a finding, as that of a script is', async () => {
    const { found } = await lint({
      ...PROPERTIES,
      'db/a.xml': xml(
        '<changeSet id="1" author="a"><loadData tableName="t" file="rows.csv"/><rollback/></changeSet>\n<changeSet id="2" author="a"><loadData tableName="t" file="db/there.csv"/><rollback/></changeSet>',
      ),
      'db/there.csv': 'a,b\n1,2\n',
    });
    expect(found.filter(each => each.startsWith('migration-file-name'))).toEqual(['migration-file-name db/a.xml:3']);
  });

  test('the database that a changelog asks for is its own', async () => {
    const { projects } = await lint({
      'a/x.xml': xml(`<preConditions><dbms type="mysql"/></preConditions>${create('1', 't')}`),
      'b/x.yaml':
        'databaseChangeLog:\n  - preConditions:\n      - dbms:\n          type: postgresql\n  - changeSet: {id: 1, author: a, changes: [{tagDatabase: {tag: v1}}]}\n',
    });
    expect(projects).toEqual(['a: liquibase, mysql: x.xml::1::a', 'b: liquibase, postgres: x.yaml::1::a']);
  });
});
