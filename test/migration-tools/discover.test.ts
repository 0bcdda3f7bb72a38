import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DiscoverRequest, discover } from '../../src/migration-tools/discover.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const PG = 'CREATE TABLE t (id bigserial);';

/** What was found, in short: per project the migrations as `id`, `+` with a down, `*` to be judged. */
function found(cwd: string, request: Partial<DiscoverRequest> = {}) {
  const { projects, skipped, notes } = discover({ cwd, paths: [], ...request });
  return {
    projects: Object.fromEntries(
      projects.map(({ root, migrations, judged }) => [
        relative(cwd, root) || '.',
        migrations.map(({ id, down }) => `${id}${down === null ? '' : '+'}${judged.has(id) ? '*' : ''}`),
      ]),
    ),
    skipped: skipped.map(({ path }) => relative(cwd, path)).sort(),
    notes,
  };
}

/** A folder with one file per name, of PostgreSQL. */
function tree(...names: readonly string[]): string {
  return temporaryTree(Object.fromEntries(names.map(name => [name, PG])));
}

describe('layouts of the tool sql', () => {
  test('single files and pairs in one folder, by number', () => {
    const cwd = tree(
      'db/migrations/10_c.sql',
      'db/migrations/2_b.up.sql',
      'db/migrations/2_b.down.sql',
      'db/migrations/001_a.sql',
    );
    expect(found(cwd).projects).toEqual({ 'db/migrations': ['001_a*', '2_b+*', '10_c*'] });
  });

  test.each([
    ['x.sql beside x.down.sql', ['1_x.sql', '1_x.down.sql'], ['1_x+*']],
    ['-up and -down', ['1_x-up.sql', '1_x-down.sql'], ['1_x+*']],
    ['a name that merely ends in down', ['1_slow_down.sql', '2_b.sql'], ['1_slow_down*', '2_b*']],
    ['do and undo after the number', ['001.do.users.sql', '001.undo.users.sql'], ['001.users+*']],
    ['a rollback file', ['1_x.sql', '1_x.rollback.sql'], ['1_x+*']],
    ['upper case endings', ['1_x.UP.SQL', '1_x.DOWN.SQL'], ['1_x+*']],
    ['x.sql and x.up.sql are two migrations', ['1_x.sql', '1_x.up.sql'], ['1_x*', '1_x.up.sql*']],
    ['names without number by text', ['b.sql', 'a.sql'], ['a*', 'b*']],
    ['blanks, quotes, brackets, umlauts', ["1 it's [a] (b).sql", '2_für.sql'], ["1 it's [a] (b)*", '2_für*']],
    ['equal numbers by text', ['8_b.sql', '8_a.sql'], ['8_a*', '8_b*']],
  ])('%s', (_, names, expected) => {
    const cwd = tree(...names.map(name => `migrations/${name}`));
    expect(found(cwd).projects).toEqual({ migrations: expected });
  });

  test('a folder per migration', () => {
    const cwd = tree(
      'migrations/2_b/up.sql',
      'migrations/2_b/down.sql',
      'migrations/10_c/up.sql',
      'migrations/1_a/migration.sql',
    );
    expect(found(cwd).projects).toEqual({ migrations: ['1_a*', '2_b+*', '10_c*'] });
  });

  test('a folder per version, versions compared as versions', () => {
    const cwd = tree('migration/1.10/0001##c.sql', 'migration/1.9/0002##b.sql', 'migration/1.9/0001##a.sql');
    expect(found(cwd).projects).toEqual({ migration: ['1.9/0001##a*', '1.9/0002##b*', '1.10/0001##c*'] });
  });

  test('numbered files are migrations in a folder of any name, and only they', () => {
    const cwd = tree('schema/sql/001_a.sql', 'schema/sql/002_b.sql', 'schema/sql/report.sql');
    expect(found(cwd)).toMatchObject({
      projects: { 'schema/sql': ['001_a*', '002_b*'] },
      skipped: ['schema/sql/report.sql'],
    });
  });

  test('a down without up is left out with a reason', () => {
    const cwd = tree('migrations/1_a.sql', 'migrations/2_b.down.sql');
    expect(found(cwd)).toMatchObject({ projects: { migrations: ['1_a*'] }, skipped: ['migrations/2_b.down.sql'] });
  });
});

describe('what is no migration', () => {
  test('seeds, dumps, snapshots, tests and foreign code beside', () => {
    const cwd = tree(
      'db/migrations/1_a.sql',
      'db/migrations/schema.sql',
      'db/migrations/1_a.test.sql',
      'db/migrations/README.md',
      'db/seeds/1_users.sql',
      'db/migrations/seeds/1_users.sql',
      'test/migrations/1_t.sql',
      'snapshots/1_s.sql',
      'node_modules/x/migrations/1_n.sql',
      'vendor/x/migrations/1_v.sql',
      'dist/migrations/1_d.sql',
      '.hidden/migrations/1_h.sql',
      'src/query.sql',
    );
    expect(found(cwd)).toEqual({
      projects: { 'db/migrations': ['1_a*'] },
      skipped: [
        'db/migrations/1_a.test.sql',
        'db/migrations/README.md',
        'db/migrations/schema.sql',
        'db/migrations/seeds/1_users.sql',
        'db/seeds/1_users.sql',
        'snapshots/1_s.sql',
        'src/query.sql',
        'test/migrations/1_t.sql',
      ],
      notes: [],
    });
  });

  test('migrations of a database that is not known do not stop the others', () => {
    const cwd = tree('prisma/migrations/1_a/migration.sql', 'db/clickhouse/migrations/1_c.sql');
    expect(found(cwd)).toMatchObject({
      projects: { 'prisma/migrations': ['1_a*'] },
      skipped: ['db/clickhouse/migrations/1_c.sql'],
    });
  });

  test('a numbered migration may be about seeds or tests', () => {
    const cwd = tree('migrations/1_seed_roles.sql', 'migrations/2_add_test.sql');
    expect(found(cwd).projects).toEqual({ migrations: ['1_seed_roles*', '2_add_test*'] });
    const folders = tree('migrations/1_create_backups/up.sql', 'migrations/2_project_seed/up.sql');
    expect(found(folders).projects).toEqual({ migrations: ['1_create_backups*', '2_project_seed*'] });
    expect(found(folders, { paths: ['migrations/2_project_seed/up.sql'] }).projects).toEqual({
      migrations: ['1_create_backups', '2_project_seed*'],
    });
  });

  test('a named folder is looked at whatever lies above it is called', () => {
    const cwd = tree('fixtures/app/migrations/1_a.sql', 'fixtures/1_x.sql');
    expect(found(cwd, { paths: ['fixtures/app'] }).projects).toEqual({ 'fixtures/app/migrations': ['1_a*'] });
  });
});

describe('paths select what is judged, never the history', () => {
  const names = ['migrations/1_a.sql', 'migrations/2_b.up.sql', 'migrations/2_b.down.sql', 'migrations/3_c.sql'];

  test('one file', () => {
    expect(found(tree(...names), { paths: ['migrations/3_c.sql'] }).projects).toEqual({
      migrations: ['1_a', '2_b+', '3_c*'],
    });
  });

  test('a down selects its migration', () => {
    expect(found(tree(...names), { paths: ['migrations/2_b.down.sql'] }).projects).toEqual({
      migrations: ['1_a', '2_b+*', '3_c'],
    });
  });

  test('a file in a folder per migration, and that folder', () => {
    const cwd = tree('migrations/1_a/up.sql', 'migrations/2_b/up.sql', 'migrations/2_b/down.sql');
    const expected = { migrations: ['1_a', '2_b+*'] };
    expect(found(cwd, { paths: ['migrations/2_b/down.sql'] }).projects).toEqual(expected);
    expect(found(cwd, { paths: ['migrations/2_b'] }).projects).toEqual(expected);
  });

  test('a version folder', () => {
    const cwd = tree('migration/1.9/0001##a.sql', 'migration/1.10/0001##b.sql');
    expect(found(cwd, { paths: ['migration/1.10'] }).projects).toEqual({ migration: ['1.9/0001##a', '1.10/0001##b*'] });
  });

  test('from inside the folder', () => {
    const cwd = join(tree(...names), 'migrations');
    expect(found(cwd, { paths: ['3_c.sql'] }).projects).toEqual({ '.': ['1_a', '2_b+', '3_c*'] });
    expect(found(cwd).projects).toEqual({ '.': ['1_a*', '2_b+*', '3_c*'] });
  });

  test('hooks pass any file: what is no migration is skipped', () => {
    const cwd = tree(...names, 'package.json', 'seeds/1_x.sql', 'docs/a.md');
    expect(found(cwd, { paths: ['package.json', 'seeds/1_x.sql', 'docs/a.md'] })).toEqual({
      projects: {},
      skipped: ['docs/a.md', 'package.json', 'seeds/1_x.sql'],
      notes: [],
    });
  });

  test('a file that was asked for twice is skipped once', () => {
    const cwd = tree(...names, 'migrations/README.md');
    expect(found(cwd, { paths: ['migrations', 'migrations/README.md', '.'] }).skipped).toEqual([
      'migrations/README.md',
    ]);
  });

  test('a hook passes thousands of files of one folder in no time', () => {
    const many = Array.from({ length: 2000 }, (_, index) => `migrations/${index}_m.sql`);
    const cwd = tree(...many);
    const started = performance.now();
    expect(found(cwd, { paths: many }).projects.migrations).toHaveLength(2000);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('a glob pattern, for shells that pass it on', () => {
    expect(found(tree(...names), { paths: ['migrations/{1,3}_*.sql'] }).projects).toEqual({
      migrations: ['1_a*', '2_b+', '3_c*'],
    });
  });

  test('a file whose name looks like a pattern is a file', () => {
    const cwd = tree('migrations/[1]_a.sql', 'migrations/1_b.sql');
    expect(found(cwd, { paths: ['migrations/[1]_a.sql'] }).projects).toEqual({ migrations: ['1_b', '[1]_a*'] });
  });
});

describe('several projects', () => {
  const monorepo = () =>
    temporaryTree({
      'services/a/db/migrations/1_a.sql': PG,
      'services/b/migrations/1_b.sql': PG,
      'services/b/migrations/2_b.sql': PG,
      'libs/c/migrations/postgres/1_c.sql': 'CREATE TABLE t (id int);',
    });

  test('no path: all below the working directory; a folder above: all below it', () => {
    const cwd = monorepo();
    expect(Object.keys(found(cwd).projects)).toEqual([
      'libs/c/migrations/postgres',
      'services/a/db/migrations',
      'services/b/migrations',
    ]);
    expect(Object.keys(found(cwd, { paths: ['services'] }).projects)).toEqual([
      'services/a/db/migrations',
      'services/b/migrations',
    ]);
  });

  test('files of two projects are two histories', () => {
    const cwd = monorepo();
    expect(
      found(cwd, { paths: ['services/b/migrations/2_b.sql', 'services/a/db/migrations/1_a.sql'] }).projects,
    ).toEqual({
      'services/a/db/migrations': ['1_a*'],
      'services/b/migrations': ['1_b', '2_b*'],
    });
  });

  test('a server version is for one project, or says for which', () => {
    const cwd = monorepo();
    expect(() => found(cwd, { serverVersions: ['15'] })).toThrow('there are 3 projects');
    const { projects } = discover({ cwd, paths: [], serverVersions: ['services/a/db/migrations=15', 'services/b=14'] });
    expect(projects.map(({ serverVersion }) => serverVersion)).toEqual([undefined, '15', '14']);
    expect(() => found(cwd, { serverVersions: ['services/x=15'] })).toThrow('no project services/x');
  });

  test('a folder of migrations per dialect', () => {
    const cwd = temporaryTree({
      'migrations/postgres/1_a.sql': 'CREATE TABLE t (id int);',
      'migrations/mysql/1_a.sql': 'CREATE TABLE t (id int);',
    });
    const { projects } = discover({ cwd, paths: [] });
    expect(projects.map(({ root, dialect }) => [relative(cwd, root), dialect])).toEqual([
      ['migrations/mysql', 'mysql'],
      ['migrations/postgres', 'postgres'],
    ]);
  });
});

describe('start after', () => {
  const cwd = () => tree('migrations/1_a.sql', 'migrations/2_b.up.sql', 'migrations/3_c.sql');

  test.each(['2_b', '2', '2_b.up.sql', 'migrations/2_b.up.sql', 'migrations=2_b'])('%s', start => {
    expect(found(cwd(), { startAfter: [start] }).projects).toEqual({ migrations: ['1_a', '2_b', '3_c*'] });
  });

  test('the newest leaves nothing to judge, which is no error', () => {
    expect(found(cwd(), { startAfter: ['3_c'] }).projects).toEqual({ migrations: ['1_a', '2_b', '3_c'] });
  });

  test('an unknown one names the nearest', () => {
    expect(() => found(cwd(), { startAfter: ['2_x'] })).toThrow(
      '--start-after 2_x: migrations has no such migration; the nearest are 2_b, 1_a, 3_c',
    );
    expect(() => found(cwd(), { startAfter: ['2024010112'] })).toThrow('its newest are 1_a, 2_b, 3_c');
  });

  test('from the config, for the project it is said of', () => {
    const root = cwd();
    const projects = [{ path: join(root, 'migrations'), named: true, startAfter: '1_a' }];
    expect(found(root, { projects }).projects).toEqual({ migrations: ['1_a', '2_b*', '3_c*'] });
  });
});

describe('what the config says of projects', () => {
  test('a folder named there is a project whatever it is called', () => {
    const cwd = tree('deploy/first.sql', 'deploy/second.sql');
    expect(() => found(cwd)).toThrow('no migrations found');
    expect(found(cwd, { projects: [{ path: join(cwd, 'deploy'), named: true }] }).projects).toEqual({
      deploy: ['first*', 'second*'],
    });
  });

  test('a folder that is not there', () => {
    const cwd = tree('migrations/1_a.sql');
    expect(() => found(cwd, { projects: [{ path: join(cwd, 'db'), named: true }] })).toThrow(
      'the config names the project db, which is no folder',
    );
  });

  test('the nearest entry wins, key by key; flags win over all', () => {
    const cwd = tree('a/migrations/1_a.sql');
    const projects = [
      { path: '/', named: false, dialect: 'mysql', sessionTimeZone: 'UTC' },
      { path: join(cwd, 'a'), named: true, dialect: 'sqlite', serverVersion: '3', transaction: 'migration' },
    ] as const;
    const [project] = discover({ cwd, paths: [], projects }).projects;
    expect(project).toMatchObject({
      dialect: 'sqlite',
      dialectSource: 'config',
      serverVersion: '3',
      sessionTimeZone: 'UTC',
    });
    expect(project?.migrations[0]?.up.transaction).toBe('migration');
    const [flagged] = discover({ cwd, paths: [], projects, dialect: 'postgres', serverVersions: ['16'] }).projects;
    expect(flagged).toMatchObject({ dialect: 'postgres', dialectSource: 'flag', serverVersion: '16' });
  });
});

test('a file below the folder that tells the tool belongs to the project there', () => {
  const cwd = temporaryTree({
    'db/changelog/db.changelog-master.yaml':
      'databaseChangeLog:\n  - include:\n      file: changes/001.sql\n      relativeToChangelogFile: true\n',
    'db/changelog/changes/001.sql': `--liquibase formatted sql\n--changeset a:1\n${PG}`,
  });
  const { projects } = discover({ cwd, paths: ['db/changelog/changes/001.sql'] });
  expect(projects.map(({ root, tool, judged }) => [relative(cwd, root), tool.id, judged.size])).toEqual([
    ['db/changelog', 'liquibase', 1],
  ]);
});

describe('the dialect', () => {
  test('from the files; only the project asked for counts', () => {
    const cwd = temporaryTree({ 'a/migrations/1_a.sql': PG, 'b/migrations/1_b.sql': 'CREATE TABLE t (id int);' });
    expect(discover({ cwd, paths: ['a'] }).projects[0]).toMatchObject({
      dialect: 'postgres',
      dialectSource: 'detected',
    });
    expect(found(cwd)).toMatchObject({
      projects: { 'a/migrations': ['1_a*'] },
      notes: [
        'b/migrations: left out, as its files do not tell which database they are for; name the folder and give --dialect',
      ],
    });
    expect(() => found(cwd, { paths: ['a', 'b/migrations/1_b.sql'] })).toThrow(
      'b/migrations: its files do not tell which database they are for; give --dialect',
    );
  });

  test('of a project left out, each file is accounted for', () => {
    const cwd = temporaryTree({ 'a/migrations/1_a.sql': PG, 'b/migrations/1_b.sql': 'CREATE TABLE t (id int);' });
    expect(discover({ cwd, paths: [] }).skipped).toEqual([
      { path: join(cwd, 'b/migrations/1_b.sql'), reason: 'nothing tells which database it is for' },
    ]);
  });

  test('as the other projects of the tool have it, where they agree; that is said', () => {
    const files = {
      'a/V1__a.sql': 'CREATE TABLE `a` (id int) ENGINE=InnoDB;',
      'b/V1__b.sql': 'CREATE TABLE b (id int);',
    };
    const { projects, notes } = discover({ cwd: temporaryTree(files), paths: [] });
    expect(projects.map(({ dialect }) => dialect)).toEqual(['mysql', 'mysql']);
    expect(notes).toEqual([
      'b: taken for mysql, as the other Flyway projects are; its own files do not tell (--dialect)',
    ]);
    const more = { ...files, 'c/V1__c.sql': PG };
    expect(discover({ cwd: temporaryTree(more), paths: [] }).notes).toEqual([
      'b: left out, as its files do not tell which database they are for; name the folder and give --dialect',
    ]);
  });

  test('names above the working directory do not count', () => {
    const root = temporaryTree({ 'mysql/app/migrations/1_a.sql': 'CREATE TABLE t (id int);' });
    expect(() => found(join(root, 'mysql/app'))).toThrow('--dialect');
  });
});

describe('bad input', () => {
  test.each([
    ['a missing path', ['migratoins'], 'migratoins: no such file or folder; did you mean migrations?'],
    ['a missing path below a file', ['migrations/1_a.sql/x'], 'no such file or folder'],
    ['a pattern that fits nothing', ['*.nothing'], '*.nothing: no file or folder fits this pattern'],
    ['a folder without migrations', ['empty'], 'empty: no migrations found in this folder'],
    ['a folder with files of another kind', ['docs'], 'docs: no migrations found in this folder'],
  ])('%s', (_, paths, message) => {
    const cwd = tree('migrations/1_a.sql', 'docs/a.md', 'empty/');
    expect(() => found(cwd, { paths })).toThrow(message);
  });

  test('nothing below the working directory', () => {
    expect(() => found(tree('src/a.ts'))).toThrow('no migrations found below');
  });

  test('an unknown tool', () => {
    expect(() => found(tree('migrations/1_a.sql'), { tool: 'gooose' })).toThrow(
      'unknown migration tool gooose; did you mean goose?',
    );
  });

  test('links to files count, links to folders are not followed, loops do no harm', () => {
    const cwd = tree('migrations/1_a.sql', 'elsewhere/shared.txt');
    writeFileSync(join(cwd, 'elsewhere/2_b'), PG);
    symlinkSync('../elsewhere/2_b', join(cwd, 'migrations/2_b.sql'));
    symlinkSync('..', join(cwd, 'migrations/loop'));
    symlinkSync('self', join(cwd, 'self'));
    symlinkSync('nowhere', join(cwd, 'migrations/3_broken.sql'));
    symlinkSync('migrations', join(cwd, 'again'));
    expect(found(cwd).projects).toEqual({ migrations: ['1_a*', '2_b*'] });
    // Named on the command line, a link is followed.
    expect(found(cwd, { paths: ['again'] }).projects).toEqual({ again: ['1_a*', '2_b*'] });
  });

  test('a link in a circle that was named', () => {
    const cwd = tree('migrations/1_a.sql');
    symlinkSync('self', join(cwd, 'self'));
    expect(() => found(cwd, { paths: ['self'] })).toThrow('self: cannot be looked at (ELOOP)');
  });

  test.skipIf(process.platform !== 'linux')('names that are not UTF-8 are told and left out', () => {
    const cwd = tree('migrations/1_a.sql');
    writeFileSync(
      Buffer.concat([Buffer.from(join(cwd, 'migrations/2_')), Buffer.from([0xff]), Buffer.from('.sql')]),
      PG,
    );
    expect(found(cwd)).toMatchObject({
      projects: { migrations: ['1_a*'] },
      notes: ['migrations/2_\uFFFD.sql: left out, as its name is not UTF-8'],
    });
  });

  test('a folder called like a file', () => {
    const cwd = tree('migrations/1_a.sql');
    mkdirSync(join(cwd, 'migrations/2_b.sql'));
    expect(found(cwd).projects).toEqual({ migrations: ['1_a*'] });
  });
});

describe('unsaved text', () => {
  test('takes the place of the file, also of one that is not on disk yet', () => {
    const cwd = temporaryTree({ 'migrations/1_a.sql': 'CREATE TABLE t (id int);' });
    const unsaved = { path: join(cwd, 'migrations/2_b.sql'), text: PG };
    expect(found(cwd, { unsaved }).projects).toEqual({ migrations: ['1_a', '2_b*'] });
  });

  test('that comes from nowhere has no history', () => {
    const cwd = tree('migrations/1_a.sql', '1_x.sql');
    const unsaved = { path: join(cwd, 'stdin.sql'), text: PG };
    expect(found(cwd, { unsaved, alone: true }).projects).toEqual({ '.': ['stdin.sql*'] });
  });
});
