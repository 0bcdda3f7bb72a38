import { describe, expect, test } from 'vitest';
import { inToolsTerms } from '../../src/linter/tool-terms.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const tool = (id: string) => MIGRATION_TOOLS[id]!;

test.each([
  [
    'Build it with CONCURRENTLY, in a migration that runs outside a transaction.',
    'Build it with CONCURRENTLY, in a migration that runs outside a transaction (write `-- +goose NO TRANSACTION` into it).',
    'Build it with CONCURRENTLY, by hand before the deploy, as Drizzle Kit has no way out of its transaction.',
  ],
  [
    '-- a migration of its own, outside a transaction\nDROP INDEX CONCURRENTLY i;',
    '-- a migration of its own, outside a transaction (write `-- +goose NO TRANSACTION` into it)\nDROP INDEX CONCURRENTLY i;',
    '-- by hand before the deploy, as Drizzle Kit has no way out of its transaction\nDROP INDEX CONCURRENTLY i;',
  ],
  ['Add the column first.', 'Add the column first.', 'Add the column first.'],
])('%s', (text, goose, drizzle) => {
  expect(inToolsTerms(text, tool('goose'))).toBe(goose);
  expect(inToolsTerms(text, tool('drizzle'))).toBe(drizzle);
  expect(inToolsTerms(text, tool('sql'))).toBe(text);
});

describe('a finding', () => {
  test('never offers a form that the tool could not run', async () => {
    const cwd = temporaryTree({
      'supabase/config.toml': 'project_id = "x"\n',
      'supabase/migrations/20240101000000_a.sql': 'CREATE TABLE t (id bigint PRIMARY KEY, a int);\n',
      'supabase/migrations/20240102000000_b.sql': 'CREATE INDEX t_a_idx ON t (a);\n',
    });
    const { stdout } = await run(cwd, ['--format', 'json', '--rule', 'require-lock-timeout=off']);
    const { findings } = JSON.parse(stdout) as {
      findings: { rule: string; help: string; safeRewrite: { text: string } | null }[];
    };
    const finding = findings.find(({ rule }) => rule === 'require-concurrent-index');
    expect(finding?.help).toContain('by hand before the deploy, as Supabase CLI has no way out of its transaction');
    expect(finding?.safeRewrite?.text).toMatch(/^-- by hand before the deploy/);
  });
});
