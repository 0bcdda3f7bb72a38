import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discover } from '../../src/migration-tools/discover.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const PG = 'CREATE TABLE t (id bigserial PRIMARY KEY);\n';

/** What is found: the migrations of each project, and what its tool would say of its files. */
function found(
  cwd: string,
  dialect: { readonly dialect?: 'postgres' } = { dialect: 'postgres' },
): {
  readonly projects: readonly string[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
} {
  const { projects, notes } = discover({ cwd, paths: [], ...dialect });
  const show = (path: string): string => path.slice(cwd.length + 1) || '.';
  return {
    projects: projects.map(
      ({ root, tool, migrations }) => `${show(root)}: ${tool.id}: ${migrations.map(({ id }) => id).join(' ')}`,
    ),
    problems: projects.flatMap(({ problems }) => problems.map(({ path, message }) => `${show(path)}: ${message}`)),
    notes,
  };
}

/** A healthy project that must always be linted. */
const GOOD = { 'good/migrations/1_a.sql': PG };
const GOOD_FOUND = 'good/migrations: sql: 1_a';

describe('broken journals, plans and sums: a finding, and the rest is linted', () => {
  test('Drizzle’s journal is no JSON', () => {
    const cwd = temporaryTree({ ...GOOD, 'drizzle/meta/_journal.json': '{ "entries": [', 'drizzle/0000_a.sql': PG });
    const { projects, problems } = found(cwd);
    expect(projects).toEqual(['drizzle: drizzle: 0000_a', GOOD_FOUND]);
    expect(problems).toEqual([expect.stringContaining('drizzle/meta/_journal.json: Drizzle refuses to run')]);
  });

  test('sqitch’s plan names scripts that are not there, and one change twice', () => {
    const plan =
      '%project=x\n\nusers 2024-01-01T00:00:00Z A <a@b>\ngone 2024-01-01T00:00:00Z A <a@b>\nusers 2024 A <a@b>\n';
    const cwd = temporaryTree({ ...GOOD, 'sqitch.conf': '[core', 'sqitch.plan': plan, 'deploy/users.sql': PG });
    expect(found(cwd)).toMatchObject({
      projects: ['.: sqitch: users', GOOD_FOUND],
      problems: [
        'sqitch.plan: sqitch refuses to deploy gone: there is no deploy/gone.sql',
        'sqitch.plan: sqitch refuses to read the plan: users is in it twice, with no tag between',
      ],
    });
  });

  test('atlas.sum is something else', () => {
    const cwd = temporaryTree({ ...GOOD, 'm/20240101000000_a.sql': PG, 'm/atlas.sum': 'garbage\0' });
    const { projects, problems } = found(cwd);
    expect(projects).toEqual([GOOD_FOUND, 'm: atlas: 20240101000000_a']);
    expect(problems).toEqual([expect.stringContaining('Atlas refuses to run')]);
  });

  test('Prisma’s lock and schema are cut off', () => {
    const cwd = temporaryTree({
      ...GOOD,
      'prisma/schema.prisma': 'datasource db {',
      'prisma/migrations/migration_lock.toml': 'provider = ',
      'prisma/migrations/20240101000000_a/migration.sql': PG,
    });
    expect(found(cwd)).toMatchObject({
      projects: [GOOD_FOUND, 'prisma/migrations: prisma: 20240101000000_a'],
      problems: [expect.stringMatching(/^prisma\/migrations\/migration_lock\.toml: this lock file names no provider/)],
    });
  });

  test('Prisma’s lock is for another database than its schema', () => {
    const generator = 'generator client {\n  provider = "prisma-client-js"\n}\n';
    const cwd = temporaryTree({
      'prisma/schema.prisma': `${generator}datasource db {\n  url = env("X")\n  provider = "mysql"\n}\n`,
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      'prisma/migrations/20240101000000_a/migration.sql': PG,
    });
    expect(found(cwd).problems).toEqual([
      'prisma/migrations/migration_lock.toml: Prisma refuses to run: the schema is for mysql, and these migrations are for postgresql',
    ]);
  });
});

describe('Flyway', () => {
  test('locations outside of the repository are not looked at, and that is said', () => {
    const root = temporaryTree({ 'elsewhere/V1__other.sql': PG });
    const cwd = join(root, 'repo');
    for (const folder of ['.git', 'db', 'good/migrations']) mkdirSync(join(cwd, folder), { recursive: true });
    writeFileSync(
      join(cwd, 'flyway.conf'),
      'flyway.locations=filesystem:db,filesystem:../elsewhere,filesystem:../nowhere\n',
    );
    writeFileSync(join(cwd, 'db/V2__a.sql'), PG);
    writeFileSync(join(cwd, 'good/migrations/1_a.sql'), PG);
    expect(found(cwd)).toMatchObject({
      projects: ['db: flyway: V2__a', GOOD_FOUND],
      problems: [
        `flyway.conf: the location ${join(root, 'elsewhere')} lies outside of the repository and is not looked at`,
      ],
    });
  });

  test('prefixes that mean something in patterns, and settings that are cut off', () => {
    const cwd = temporaryTree({
      'flyway.conf': 'flyway.sqlMigrationPrefix=(((\n',
      'db/(((1__a.sql': PG,
      'x/flyway.toml': '[flyway\nlocations = ["filesystem:nope"',
      'x/db/V1__a.sql': PG,
    });
    expect(found(cwd).projects).toEqual(['db: flyway: (((1__a', 'x/db: flyway: V1__a']);
  });
});

test('goose refuses names without a version from 1 that fits into 64 bits', () => {
  const up = `-- +goose Up\n${PG}`;
  const cwd = temporaryTree({
    'db/00001_a.sql': up,
    'db/0_zero.sql': up,
    'db/99999999999999999999_huge.sql': up,
    'db/plain.sql': up,
    'db/README.md': '',
  });
  expect(found(cwd)).toMatchObject({
    projects: ['db: goose: 00001_a'],
    problems: ['0_zero.sql', '99999999999999999999_huge.sql', 'plain.sql'].map(
      name => `db/${name}: goose refuses to run: ${name} does not start with a whole number above 0 and \`_\``,
    ),
  });
});

describe('the file system', () => {
  test('links that lead nowhere, to themselves or up', () => {
    const cwd = temporaryTree({ 'm/migrations/1_a.sql': PG });
    symlinkSync('..', join(cwd, 'm/migrations/loop'));
    symlinkSync('2_self.sql', join(cwd, 'm/migrations/2_self.sql'));
    symlinkSync('nowhere', join(cwd, 'm/migrations/3_gone.sql'));
    symlinkSync('.', join(cwd, 'again'));
    expect(found(cwd).projects).toEqual(['m/migrations: sql: 1_a']);
  });

  test.runIf(process.platform === 'linux')('names that are not UTF-8 are told of once each', () => {
    const cwd = temporaryTree({ 'm/migrations/1_a.sql': PG });
    const bytes = (path: string): Buffer => Buffer.concat([Buffer.from(join(cwd, path)), Buffer.from([0xe9])]);
    mkdirSync(bytes('caf'));
    writeFileSync(bytes('m/migrations/2_caf'), PG);
    expect(found(cwd)).toMatchObject({
      projects: ['m/migrations: sql: 1_a'],
      notes: [
        'caf\uFFFD: left out, as its name is not UTF-8',
        'm/migrations/2_caf\uFFFD: left out, as its name is not UTF-8',
      ],
    });
  });

  test('files that are no text do no harm', () => {
    const cwd = temporaryTree({ ...GOOD });
    writeFileSync(join(cwd, 'good/migrations/2_b.sql'), Buffer.from(`\uFEFF${PG}`, 'utf16le'));
    writeFileSync(join(cwd, 'good/migrations/3_c.sql'), Buffer.from([0, 1, 0xff, 0xfe]));
    expect(found(cwd).projects).toEqual(['good/migrations: sql: 1_a 2_b 3_c']);
  });
});

/** What is found where Liquibase's changelog is the one given. */
function withChangelog(
  name: string,
  text: string,
  more: Readonly<Record<string, string>> = {},
): ReturnType<typeof found> {
  const settings = { 'liquibase.properties': 'url=jdbc:postgresql://localhost/app\n' };
  return found(temporaryTree({ ...GOOD, ...settings, [`db/${name}`]: text, ...more }));
}

const CHANGE_SET = '<changeSet id="1" author="a"><sql>SELECT 1</sql></changeSet>';

describe('changelogs: what is wrong is a finding, and the rest is linted', () => {
  test.each([
    [
      'cut off',
      'a.xml',
      '<databaseChangeLog><changeSet id="1" author="a"',
      'neither an attribute in quotes nor the end of the tag',
    ],
    ['of tags without end', 'a.xml', `<databaseChangeLog>${'<'.repeat(10_000)}`, 'a < that starts no tag'],
    ['of elements in elements', 'a.xml', `<databaseChangeLog>${'<sql>'.repeat(10_000)}`, 'elements nest too deep'],
    ['without an id', 'a.yaml', 'databaseChangeLog:\n  - changeSet: {author: a}\n', 'changeSet has no id'],
    [
      'without an author',
      'a.xml',
      '<databaseChangeLog><changeSet id="1"/></databaseChangeLog>',
      'changeSet has no author',
    ],
    ['that includes nothing', 'a.yaml', 'databaseChangeLog:\n  - include: {}\n', 'include has no file'],
    ['cut off', 'a.json', '{"databaseChangeLog": [{"changeSet": {"id": 1', 'Flow map'],
    ['of lists in lists', 'a.json', `{"databaseChangeLog": ${'['.repeat(5000)}${']'.repeat(5000)}}`, 'nest too deep'],
    ['of two documents', 'a.yaml', 'databaseChangeLog: []\n---\ndatabaseChangeLog: []\n', 'multiple documents'],
  ])('%s: %s', (_, name, text, message) => {
    const { projects, problems } = withChangelog(name, text);
    expect(projects).toContain(GOOD_FOUND);
    expect(problems).toContainEqual(expect.stringContaining(message));
    expect(problems.every(problem => problem.startsWith(`db/${name}: Liquibase refuses this file: `))).toBe(true);
  });

  test('a YAML bomb does not go off', () => {
    const lines = ['a: &a [{sql: x}, {sql: x}, {sql: x}]'];
    for (const [index, name] of [...'bcdefghijklmnopqrs'].entries()) {
      const before = String.fromCharCode(97 + index);
      lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    const text = `${lines.join('\n')}\ndatabaseChangeLog:\n  - changeSet: {id: 1, author: a, changes: *s}\n`;
    const start = performance.now();
    expect(withChangelog('a.yaml', text)).toMatchObject({
      projects: ['db: liquibase: ', GOOD_FOUND],
      problems: ['db/a.yaml: Liquibase refuses this file: more than 50 aliases stand for maps and lists'],
    });
    expect(performance.now() - start).toBeLessThan(5000);
    const itself = 'databaseChangeLog: &a\n  - changeSet: {id: 1, author: a, changes: [*a, *a]}\n  - *a\n';
    expect(withChangelog('a.yaml', itself).problems).toHaveLength(1);
  });

  test('aliases and merged maps as Liquibase takes them', () => {
    const text =
      'x: &x {id: 1, author: a}\ndatabaseChangeLog:\n  - changeSet:\n      <<: *x\n      author: b\n      changes: []\n';
    expect(withChangelog('a.yaml', text)).toMatchObject({
      projects: ['db: liquibase: a.yaml::1::b', GOOD_FOUND],
      problems: [],
    });
  });

  test('external entities are not fetched, others not expanded; that is said once', () => {
    const type = `<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p; <!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY g "g">]>`;
    const text = `${type}<databaseChangeLog><changeSet id="1" author="a"><sql>&f;&g;&g;</sql></changeSet></databaseChangeLog>`;
    expect(withChangelog('a.xml', text)).toMatchObject({
      projects: ['db: liquibase: a.xml::1::a', GOOD_FOUND],
      problems: ['db/a.xml: entities that a document type defines are not read: what this stands for is not judged'],
    });
  });

  test('two that include each other', () => {
    const include = (name: string): string => `<include file="${name}" relativeToChangelogFile="true"/>`;
    const other = `<databaseChangeLog>${include('a.xml')}${CHANGE_SET}</databaseChangeLog>`;
    const text = `<databaseChangeLog>${include('b.xml')}${CHANGE_SET}</databaseChangeLog>`;
    expect(withChangelog('a.xml', text, { 'db/b.xml': other })).toMatchObject({
      projects: ['db: liquibase: b.xml::1::a a.xml::1::a', GOOD_FOUND],
      problems: ['db/b.xml: Liquibase refuses to run: a.xml includes itself'],
    });
  });

  test.each([
    '<includeAll path="../../../../../.." relativeToChangelogFile="true"/>',
    '<include file="../../../../../etc/passwd"/>',
    '<changeSet id="2" author="a"><sqlFile path="../../../../../../etc/passwd" relativeToChangelogFile="true"/></changeSet>',
    '<changeSet id="2" author="a"><loadData tableName="t" file="/x/../../../../../../etc/passwd"/></changeSet>',
  ])('nothing outside of the project is read: %s', element => {
    const text = `<databaseChangeLog>${element}${CHANGE_SET}</databaseChangeLog>`;
    const { projects, problems } = withChangelog('a.xml', text);
    expect(projects).toContain(GOOD_FOUND);
    expect(problems).toEqual([
      expect.stringMatching(/^db\/a\.xml: the path .* leads out of the project, and is not followed$/),
    ]);
  });
});

describe('plans and journals of which nothing is left', () => {
  test('are findings, though there is no migration', () => {
    const cwd = temporaryTree({
      ...GOOD,
      'x/sqitch.conf': '[core]\n\tengine = pg\n',
      'x/sqitch.plan': '\0\n@@@\n[[[\n',
    });
    expect(found(cwd)).toMatchObject({
      projects: [GOOD_FOUND, 'x: sqitch: '],
      problems: [
        'x/sqitch.plan: sqitch refuses to read the plan: no line says %project=<name>',
        'x/sqitch.plan: sqitch refuses to read the plan: this line is no change and no tag',
        'x/sqitch.plan: sqitch refuses to read the plan: this line is no change and no tag',
        'x/sqitch.plan: sqitch refuses to read the plan: this line is no change and no tag',
      ],
    });
  });

  test('are notes where nothing tells the database', () => {
    const cwd = temporaryTree({ ...GOOD, 'x/sqitch.plan': '%project=x\n\ngone 2024-01-01T00:00:00Z A <a@b>\n' });
    const { projects, notes } = found(cwd, {});
    expect(projects).toEqual([GOOD_FOUND]);
    expect(notes).toEqual(['x/sqitch.plan: sqitch refuses to deploy gone: there is no deploy/gone.sql']);
  });

  test('entries of Drizzle’s journal that are none, or lead out of the folder', () => {
    const journal = {
      dialect: 'postgresql',
      entries: [null, 3, { tag: 5 }, { tag: '../../x', when: 1 }, { tag: '0000_a', when: 2 }],
    };
    const cwd = temporaryTree({
      ...GOOD,
      'drizzle/meta/_journal.json': JSON.stringify(journal),
      'drizzle/0000_a.sql': PG,
      'x.sql': PG,
    });
    const entry = 'drizzle/meta/_journal.json: Drizzle refuses to run: the journal holds an entry without a tag';
    expect(found(cwd)).toMatchObject({
      projects: ['drizzle: drizzle: 0000_a', GOOD_FOUND],
      problems: [
        ...[entry, entry, entry],
        'drizzle/meta/_journal.json: the journal names ../../x, which leads out of the folder, and is not read',
      ],
    });
  });
});
