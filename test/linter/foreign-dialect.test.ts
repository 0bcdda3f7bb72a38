import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { lintProject } from '../../src/linter/lint-project.ts';
import { sql } from '../../src/migration-tools/sql.ts';
import type { Dialect } from '../../src/server/server.ts';

/** What all recommended rules say of migrations that are linted as those of a dialect. */
function lint(dialect: Dialect, ...ups: readonly string[]): readonly string[] {
  const texts = new Map(ups.map((text, index) => [resolve(`/foreign/${index + 1}.up.sql`), text]));
  const migrations = [...texts.keys()].map((path, index) => ({
    id: `${index + 1}`,
    version: `${index + 1}`,
    up: { path, transaction: 'none' } as const,
    down: null,
  }));
  const project = {
    root: resolve('/foreign'),
    tool: sql,
    toolSource: 'flag',
    dialect,
    dialectSource: 'flag',
    migrations,
    judged: new Set(migrations.map(({ id }) => id)),
    oneDeploy: false,
    problems: [],
    skipped: [],
  } as const;
  const settings = resolveConfig(undefined, {}, resolve('/'));
  const { findings } = lintProject(project, settings, path => texts.get(path) ?? '');
  return findings.filter(({ rule }) => rule !== 'require-down').map(({ rule, message }) => `${rule}: ${message}`);
}

const TEXTS = {
  postgres: [
    "CREATE EXTENSION citext;\nCREATE TABLE users (id bigserial PRIMARY KEY, tags jsonb DEFAULT '{}'::jsonb);",
    'ALTER TABLE users ALTER COLUMN id TYPE bigint;\nCREATE INDEX CONCURRENTLY i ON users USING gin (tags);',
  ],
  mysql: [
    'CREATE TABLE `users` (`id` int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, `name` longtext) ENGINE=InnoDB;',
    'ALTER TABLE `users` MODIFY COLUMN `id` bigint unsigned NOT NULL AUTO_INCREMENT, ADD INDEX `i` (`name`(10));',
  ],
  sqlserver: [
    'CREATE TABLE [dbo].[users] ([id] int IDENTITY(1,1) NOT NULL, [name] nvarchar(50))\nGO\n',
    "ALTER TABLE [dbo].[users] ADD [n] uniqueidentifier NOT NULL\nGO\nEXEC sp_rename 'dbo.users.name', 'title', 'COLUMN'\nGO\n",
  ],
} as const satisfies Partial<Record<Dialect, readonly string[]>>;

const TITLES = { postgres: 'PostgreSQL', mysql: 'MySQL', sqlserver: 'SQL Server' };

describe('migrations of another dialect than configured', () => {
  const pairs = (Object.keys(TEXTS) as (keyof typeof TEXTS)[]).flatMap(written =>
    (['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'] as const)
      .filter(configured => configured !== written && !(written === 'mysql' && configured === 'mariadb'))
      .map(configured => [written, configured] as const),
  );
  test.each(pairs)('%s as %s: one finding for all of them, which names it', (written, configured) => {
    const found = lint(configured, ...TEXTS[written]);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(
      `no-unreadable-statement: This file seems to be written for ${TITLES[written]}, not for`,
    );
  });

  test.each(Object.keys(TEXTS) as (keyof typeof TEXTS)[])('%s as itself is judged', dialect => {
    const found = lint(dialect, ...TEXTS[dialect]);
    expect(found.join('\n')).not.toContain('seems to be written');
    expect(found).not.toEqual([]);
  });

  test("SQLite's migrations in backticks, as Drizzle and TypeORM write them, are its own", () => {
    const found = lint('sqlite', 'CREATE TABLE `users` (`id` integer PRIMARY KEY NOT NULL, `n` integer unsigned);');
    expect(found).toEqual([]);
  });
});
