import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { lint } from '../../src/linter/lint.ts';
import type { DiscoveredProject } from '../../src/migration-tools/discovery.ts';
import type { MigrationFiles } from '../../src/migration-tools/migration-tool.ts';
import type { Dialect } from '../../src/server/server.ts';
import { statementsOf } from '../schema/replay.ts';

/** A block of SQL of the playbook, by what its first line says. */
interface Block {
  readonly kind: 'there' | 'refused' | 'migration';
  /** Of what is refused. */
  readonly rule?: string;
  readonly inTransaction: boolean;
  readonly sql: string;
}

interface Chapter {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A playbook, and the server that it is for. */
interface Playbook {
  readonly page: string;
  readonly dialect: Dialect;
  readonly serverVersion: string;
  /** Whether the runner can wrap changes of the schema into a transaction. */
  readonly transactions: boolean;
}

const POSTGRES: Playbook = { page: 'zero-downtime', dialect: 'postgres', serverVersion: '17', transactions: true };
const MYSQL: Playbook = { page: 'zero-downtime-mysql', dialect: 'mysql', serverVersion: '8.4', transactions: false };

function chaptersOf({ page }: Playbook): readonly Chapter[] {
  return readFileSync(new URL(`../../docs/guides/${page}.md`, import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map(chapter => ({
      title: chapter.slice(0, chapter.indexOf('\n')),
      blocks: [...chapter.matchAll(/^```sql\n([\s\S]*?)^```$/gm)].map(([, sql]) => blockOf(sql!)),
    }))
    .filter(({ blocks }) => blocks.length > 0);
}

function blockOf(sql: string): Block {
  const [head = ''] = sql.split('\n', 1);
  const rule = /^-- refused: (\S+)$/.exec(head)?.[1];
  const inTransaction = !head.includes('outside a transaction');
  if (rule !== undefined) return { kind: 'refused', rule, inTransaction, sql };
  expect(head).toMatch(/^-- (what is there|migration \d+)/);
  return { kind: head === '-- what is there' ? 'there' : 'migration', inTransaction, sql };
}

/** What Surefoot says of the last of these blocks, each a migration and a deploy of its own. */
function findingsOn(
  { dialect, serverVersion, transactions }: Playbook,
  blocks: readonly Block[],
): readonly { readonly rule: string; readonly severity: string }[] {
  const migrations = blocks.map(({ inTransaction }, index): MigrationFiles => {
    const transaction = inTransaction && transactions ? 'migration' : 'none';
    return { id: `${index}`, version: `${index}`, up: { path: `/playbook/${index}.sql`, transaction }, down: null };
  });
  const project: DiscoveredProject = {
    root: '/playbook',
    tool: {
      id: 'playbook',
      title: 'playbook',
      facts: { transaction: 'none', downs: false, checksums: false, session: 'per migration' },
      detect: () => undefined,
      list: () => ({ migrations: [], skipped: [] }),
    },
    toolSource: 'flag',
    dialect,
    dialectSource: 'flag',
    serverVersion,
    timeouts: { lock: '2s' },
    migrations,
    judged: new Set([migrations.at(-1)!.id]),
    oneDeploy: false,
    problems: [],
    skipped: [],
  };
  return lint({
    cwd: '/playbook',
    projects: [project],
    skippedFiles: 0,
    settings: resolveConfig(undefined, {}, '/playbook'),
    read: path => blocks[Number(/\d+/.exec(path)![0])]!.sql,
  }).findings.map(({ rule, severity }) => ({ rule, severity }));
}

test('the playbook has a chapter for each kind of change', () => {
  expect(chaptersOf(POSTGRES).map(({ title }) => title)).toEqual([
    'Add a column',
    'Add NOT NULL',
    'Rename a column',
    'Change a type',
    'Split a table',
    'Drop a column',
    'Drop a table',
    'Rename a table',
    'Add an index',
    'Add a foreign key',
    'Add a unique constraint',
    'Add a check',
    'Change an enum',
    'Add and remove a partition',
    'Backfill',
  ]);
});

const all = [POSTGRES, MYSQL].flatMap(playbook =>
  chaptersOf(playbook).map(({ title, blocks }) => ({ dialect: playbook.dialect, title, playbook, blocks })),
);

describe.each(all)('on $dialect: $title', ({ playbook, blocks }) => {
  test('the short way is refused by the rule that is named', () => {
    const refused = blocks.filter(({ kind }) => kind === 'refused');
    expect(refused.length).toBeGreaterThan(0);
    for (const block of refused) {
      const before = blocks.slice(0, blocks.indexOf(block)).filter(({ kind }) => kind !== 'refused');
      expect(findingsOn(playbook, [...before, block])).toContainEqual({
        rule: block.rule,
        severity: expect.stringMatching(/error|warning/),
      });
    }
  });

  test('the phases pass without a finding', () => {
    const steps = blocks.filter(({ kind }) => kind !== 'refused');
    expect(steps.length).toBeGreaterThan(1);
    for (const [index, step] of steps.entries()) {
      if (step.kind === 'migration') expect(findingsOn(playbook, steps.slice(0, index + 1)), step.sql).toEqual([]);
    }
  });
});

describe('PostgreSQL', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create();
  });
  afterAll(() => database.close());

  test.each(chaptersOf(POSTGRES))('runs the phases of: $title', async ({ blocks }) => {
    await database.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    for (const { kind, inTransaction, sql } of blocks) {
      if (kind === 'refused') continue;
      if (inTransaction) await database.transaction(transaction => transaction.exec(sql));
      else for (const statement of statementsOf(sql)) await database.query(statement);
    }
  });
});
