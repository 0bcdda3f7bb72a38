import { readdirSync, readFileSync } from 'node:fs';
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

  test.each([
    ['squawk', '.squawk.toml', 'excluded_rules = [\n  "ban-drop-table",\n', 'line 1: [ is never closed'],
    ['squawk', '.squawk.toml', 'pg_version = "13\nexcluded_rules = []\n', 'line 1: " is never closed'],
    ['atlas', 'atlas.hcl', 'lint {\n  destructive {\n    error = false\n  }\n', 'line 1: { is never closed'],
    ['django-migration-linter', 'pyproject.toml', '[tool]\na = [1, 2}\n', 'line 2: } closes nothing'],
  ])('a broken config of %s is one line, and nothing is written', async (linter, file, text, problem) => {
    const cwd = temporaryTree({ ...MIGRATIONS, [file]: text });
    expect(await run(cwd, ['init', '--yes', '--from', linter])).toEqual({
      status: 2,
      stdout: '',
      stderr: `surefoot: ${file}: cannot be taken over: ${problem}\n`,
    });
    expect(readdirSync(cwd).sort()).toEqual(['.git', file, 'db'].sort());
    expect(readFileSync(join(cwd, file), 'utf8')).toBe(text);
  });

  test.each([
    [
      'squawk',
      '.squawk.toml',
      `# it's [ours]\na = '''[ "'''\nb = """ ] """\nc = 'C:\\'\nexcluded_rules = [ # "old" [\n]\n`,
    ],
    ['atlas', 'atlas.hcl', `env "a" { // {\n  url = "{" # }\n  src = <<EOT\n  it's "a {\nEOT\n} /* { */\n`],
  ])('brackets and quotes in texts and comments of %s are none', async (linter, file, text) => {
    const cwd = temporaryTree({ ...MIGRATIONS, [file]: text });
    expect(await run(cwd, ['init', '--yes', '--from', linter])).toMatchObject({ status: 0, stderr: '' });
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
