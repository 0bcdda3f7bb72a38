import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discover } from '../../src/migration-tools/discover.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const PG = 'CREATE TABLE t (id bigserial PRIMARY KEY);\n';

/** What is found: the migrations of each project, and what its tool would say of its files. */
function found(cwd: string): {
  readonly projects: readonly string[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
} {
  const { projects, notes } = discover({ cwd, paths: [], dialect: 'postgres' });
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
    expect(found(cwd).projects).toEqual([GOOD_FOUND, 'prisma/migrations: prisma: 20240101000000_a']);
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
