import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { impact } from '../../src/linter/impact.ts';
import { discover } from '../../src/migration-tools/discover.ts';
import { impactJson } from '../../src/reporters/impact/json.ts';
import { impactPretty } from '../../src/reporters/impact/pretty.ts';

const cwd = resolve('fixtures/sql');
const { projects } = discover({
  cwd,
  paths: [
    'migrations/20260203080000_require_phone.up.sql',
    'migrations/20260217160000_customers_become_accounts.up.sql',
  ],
});
const result = impact({ cwd, projects });

test('JSON has an entry for each statement, as the contract names its fields', () => {
  const { version, statements } = JSON.parse(impactJson(result));
  expect(version).toBe(1);
  const alter = statements.find((entry: { text: string }) => entry.text.includes('ALTER COLUMN note SET NOT NULL'));
  expect(alter).toEqual({
    file: 'migrations/20260203080000_require_phone.up.sql',
    line: 4,
    column: 1,
    migration: '20260203080000_require_phone',
    direction: 'up',
    statement: 2,
    text: 'ALTER TABLE orders ALTER COLUMN note SET NOT NULL',
    operations: ['setNotNull'],
    known: true,
    unknowns: [],
    locks: [{ relation: 'orders', mode: 'AccessExclusiveLock' }],
    heldLocks: [],
    newRelations: [],
    rewrites: [],
    scans: ['orders'],
    indexBuilds: [],
    blocksReads: ['orders'],
    blocksWrites: ['orders'],
    rebuild: false,
    concurrentReads: false,
    concurrentWrites: false,
    duration: 'scan',
    releasedAt: 'statement',
    transaction: 'allowed',
    failsOnRows: true,
    rowFailures: [{ relation: 'orders', reason: 'not null', anyRow: false, column: 'note' }],
    failures: [],
  });
});

test('inside a transaction, locks add up and are let go at COMMIT', () => {
  const { statements } = JSON.parse(impactJson(result));
  const view = statements.find(
    (entry: { text: string; direction: string }) => entry.text.startsWith('CREATE VIEW') && entry.direction === 'up',
  );
  expect(view.releasedAt).toBe('commit');
  expect(view.heldLocks).toContainEqual({ relation: 'accounts', mode: 'AccessExclusiveLock' });
});

describe('the table', () => {
  const text = impactPretty(result, { color: false, quiet: false, links: false, width: 100 });

  test('shows the worst migration and in it the worst statement first', () => {
    const lines = text.split('\n');
    const first = lines.findIndex(line => line.startsWith('20260203080000_require_phone  '));
    const other = lines.findIndex(line => line.startsWith('20260217160000_customers_become_accounts  '));
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(other);
    expect(lines[first + 2]).toMatch(/^ +4 {2}ALTER TABLE orders .+ {2}everyone on orders +while it scans {2}it ends$/);
  });

  test('keeps to the width', () => {
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  test('says what makes it fail', () => {
    expect(text).toContain('fails if customers has rows');
  });
});
