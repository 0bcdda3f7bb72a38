import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FOREIGN_LINTERS } from '../../src/init/from/index.ts';
import { RULES } from '../../src/rules/index.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const MIGRATIONS = {
  'db/migrations/0001_a.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY);\n',
  'db/migrations/0002_b.sql': 'ALTER TABLE t ADD COLUMN a jsonb;\n',
};

/** The config that is written, and what is said. */
async function initFrom(
  linter: string,
  files: Readonly<Record<string, string>>,
): Promise<{ config: Readonly<Record<string, unknown>>; stdout: string }> {
  const cwd = temporaryTree({ ...MIGRATIONS, ...files });
  const { status, stdout, stderr } = await run(cwd, ['init', '--yes', '--from', linter]);
  expect([status, stderr]).toEqual([0, '']);
  const { projects: _, preset: __, ...config } = JSON.parse(readFileSync(join(cwd, 'surefoot.config.json'), 'utf8'));
  // What is written must be a config.
  expect((await run(cwd, ['lint', '--dialect', 'postgres'])).stderr).toBe('');
  return { config, stdout };
}

test('squawk: excluded rules, the version, the transaction, comments', async () => {
  const { config, stdout } = await initFrom('squawk', {
    '.squawk.toml': `pg_version = "13.4"
excluded_rules = [
  "prefer-text-field", # we like varchar
  "renaming-column",
  "disallowed-unique-constraint",
  "no-such-rule",
]
assume_in_transaction = true
`,
    'db/migrations/0003_c.sql': '-- squawk-ignore ban-drop-column, renaming-table\nALTER TABLE t DROP COLUMN a;\n',
  });
  expect(config).toEqual({
    rules: { 'no-rename-column': 'off', 'prefer-text': 'off' },
    suppressions: [
      { file: 'db/migrations/0003_c.sql', rule: 'no-drop-column', reason: 'silenced for squawk' },
      { file: 'db/migrations/0003_c.sql', rule: 'no-rename-table', reason: 'silenced for squawk' },
    ],
    serverVersion: '13.4',
    transaction: 'migration',
  });
  expect(stdout).toContain("note: squawk's no-such-rule has no counterpart");
  expect(stdout).toContain(
    "note: squawk's disallowed-unique-constraint is part of require-using-index, which stays on",
  );
});

test('strong_migrations: disabled checks and the version', async () => {
  const { config } = await initFrom('strong-migrations', {
    'config/initializers/strong_migrations.rb':
      'StrongMigrations.start_after = 20200101000000\nStrongMigrations.target_version = 14\nStrongMigrations.disable_check(:add_index)\n',
  });
  expect(config).toEqual({ rules: { 'require-concurrent-index': 'off' }, serverVersion: '14' });
});

test('Atlas: analyzers that are off, and nolint', async () => {
  const { config } = await initFrom('atlas', {
    'atlas.hcl': 'lint {\n  destructive {\n    enabled = false\n  }\n  data_depend {\n    error = false\n  }\n}\n',
    'db/migrations/0003_c.sql': '-- atlas:nolint BC102\nALTER TABLE t RENAME COLUMN a TO b;\n',
  });
  expect(config).toEqual({
    rules: { 'no-drop-column': 'off', 'no-drop-schema': 'off', 'no-drop-table': 'off' },
    suppressions: [{ file: 'db/migrations/0003_c.sql', rule: 'no-rename-column', reason: 'silenced for Atlas' }],
  });
});

test('pgfence: its comments, new and old', async () => {
  const { config } = await initFrom('pgfence', {
    'db/migrations/0003_c.sql':
      '-- pgfence-ignore: drop-table\nDROP TABLE t;\n-- pgfence: ignore drop-column\nSELECT 1;\n',
  });
  expect(config.suppressions).toEqual([
    { file: 'db/migrations/0003_c.sql', rule: 'no-drop-column', reason: 'silenced for pgfence' },
    { file: 'db/migrations/0003_c.sql', rule: 'no-drop-table', reason: 'silenced for pgfence' },
  ]);
});

test.each([
  [
    'setup.cfg',
    '[metadata]\nname = x\n[django_migration_linter]\nexclude_migration_tests = DROP_TABLE,RENAME_COLUMN\n',
  ],
  [
    'pyproject.toml',
    '[tool.django_migration_linter]\nexclude_migration_tests = ["DROP_TABLE", "RENAME_COLUMN"]\n[tool.x]\n',
  ],
])('django-migration-linter in %s', async (file, text) => {
  const { config } = await initFrom('django-migration-linter', { [file]: text });
  expect(config).toEqual({ rules: { 'no-drop-table': 'off', 'no-rename-column': 'off' } });
});

describe('bad input', () => {
  test('a linter that is not known', async () => {
    const { status, stderr } = await run(temporaryTree(MIGRATIONS), ['init', '--from', 'sqwak']);
    expect(status).toBe(2);
    expect(stderr).toContain('squawk');
  });

  test('a config that is there is not written over', async () => {
    const cwd = temporaryTree({ ...MIGRATIONS, 'surefoot.config.json': '{}' });
    const { status, stderr } = await run(cwd, ['init', '--yes', '--from', 'squawk']);
    expect(status).toBe(2);
    expect(stderr).toContain('--from writes a new config, and there is one');
    expect(readFileSync(join(cwd, 'surefoot.config.json'), 'utf8')).toBe('{}');
  });

  test('a set-up that is not there is said', async () => {
    const { stdout } = await initFrom('squawk', {});
    expect(stdout).toContain('note: .squawk.toml: not found');
  });
});

test('each of them is one that our rules know', () => {
  for (const { title } of Object.values(FOREIGN_LINTERS)) {
    expect(RULES.some(({ meta }) => title in meta.docs.otherTools)).toBe(true);
  }
});
