import { join } from 'node:path';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { lint } from '../../src/linter/lint.ts';
import { discover } from '../../src/migration-tools/discover.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

test('findings are plain values: a spread keeps their details, and lazy ones say the same', () => {
  const cwd = temporaryTree({
    'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\n',
    'migrations/2_drop.sql': 'ALTER TABLE users DROP COLUMN name;\nCREATE INDEX users_id_idx ON users (id);\n',
  });
  const { projects } = discover({
    cwd,
    paths: [join(cwd, 'migrations')],
    projects: [{ path: '/', named: false, dialect: 'postgres' }],
  });
  const options = {
    cwd,
    projects,
    skippedFiles: 0,
    settings: resolveConfig(undefined, { preset: 'recommended' }, cwd),
  };
  const { findings } = lint(options);
  expect(findings.map(finding => ({ ...finding }))).toEqual(findings);
  expect(findings[0]).toMatchObject({
    help: expect.stringMatching(/./),
    fingerprint: expect.stringMatching(/^[0-9a-f]{14,}$/),
  });
  const lazy = lint({ ...options, lazyDetails: true }).findings;
  expect(lazy.length).toBeGreaterThan(1);
  expect(lazy.map(finding => JSON.stringify(finding))).toEqual(findings.map(finding => JSON.stringify(finding)));
});
