import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Finding } from '../../src/linter/finding.ts';
import { RULES } from '../../src/rules/index.ts';
import type { Example, Rule } from '../../src/rules/rule.ts';
import { lintExample, runExample } from '../../src/rules/run-example.ts';
import { statementsOf } from '../schema/replay.ts';

/**
 * Each safe form of a drop, a change of type or value, and a data change, as it is filled in for the examples of its rule: it
 * runs on a server after the example's history, and Surefoot as recommended finds nothing in it.
 */

const FORMS_OF: ReadonlySet<string> = new Set([
  'no-drop-column',
  'no-drop-table',
  'no-drop-required-column',
  'no-drop-unique',
  'no-enum-value-change',
  'no-lossy-type-change',
  'no-unbounded-delete',
  'no-unbounded-update',
  'no-unsafe-type-change',
  'no-view-recreate',
  'require-replica-identity',
  'require-sequence-type',
  'no-invalid-index-retry',
  'no-new-enum-value-in-transaction',
  'no-partition-lock',
  'no-rewrite',
  'no-set-not-null-scan',
  'no-timeout-on-concurrent-index',
  'no-validate-in-same-transaction',
  'require-concurrent-index-drop',
  'require-concurrent-refresh',
  'require-concurrent-reindex',
  'require-lock-timeout',
  'require-not-valid-check',
  'require-not-valid-foreign-key',
  'require-statement-timeout',
  'require-using-index',
  'require-validate-constraint',
  'require-foreign-key-index',
  'require-rls-policy',
  'require-row-level-security',
  'require-security-definer-search-path',
  'require-tenant-column',
]);

/** Rules about what the form leaves to its reader: down, timeouts, IF EXISTS, one file or several. */
const ABOUT_FORM: ReadonlySet<string> = new Set([
  'require-down',
  'require-idempotent-ddl',
  'require-lock-timeout',
  'require-transaction',
  'no-mixed-schema-and-data',
]);

interface Case {
  readonly rule: Rule;
  readonly example: Example;
  readonly finding: Finding;
}

const CASES: readonly (readonly [string, Case])[] = RULES.filter(({ id }) => FORMS_OF.has(id)).flatMap(rule =>
  rule.meta.examples
    .filter(({ findings }) => findings.length > 0)
    // Those of other servers are in tests of their own.
    .filter(({ dialect = 'postgres' }) => dialect === 'postgres')
    .flatMap(example =>
      runExample(rule, example)
        .filter(({ safeRewrite }) => safeRewrite !== null)
        .map(
          finding =>
            [
              `${rule.id}: ${finding.file.text.slice(...finding.range)} (${example.title})`,
              { rule, example, finding },
            ] as const,
        ),
    ),
);

function historyOf({ history }: Example): readonly string[] {
  return typeof history === 'string' ? [history] : (history ?? []).map(({ up }) => up);
}

/** Forms that go with the statement at hand and do not replace it. */
const BESIDE: ReadonlySet<string> = new Set([
  'no-view-recreate',
  'require-replica-identity',
  'require-sequence-type',
  'require-validate-constraint',
  'require-foreign-key-index',
  'require-rls-policy',
  'require-row-level-security',
  'require-security-definer-search-path',
]);

/** The migrations that a form is to be split into, as its comments say. */
function migrationsOf(text: string): readonly string[] {
  return text
    .split(/^(?=-- (?:migration \d|the next migration|a later migration))/m)
    .filter(part => part.includes(';'));
}

let db: PGlite;
beforeAll(async () => {
  db = new PGlite();
  await db.exec('CREATE ROLE reporting');
});
afterAll(() => db.close());

/** Empties the database. */
async function reset(): Promise<void> {
  await db.exec(`DROP PUBLICATION IF EXISTS p; DROP FOREIGN DATA WRAPPER IF EXISTS w CASCADE;
DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA app;`);
}

test('each of these rules has a form', () => {
  expect(new Set(CASES.map(([, { rule }]) => rule.id))).toEqual(FORMS_OF);
});

describe('runs, and is safe', () => {
  test.each(CASES)('%s', async (_title, { rule, example, finding }) => {
    const text = finding.safeRewrite!.text;
    const history = [...historyOf(example), ...(BESIDE.has(rule.id) ? [example.up] : [])];
    // Without a history the form is about tables that only its reader has.
    if (history.length > 0) {
      await reset();
      for (const up of history) for (const statement of statementsOf(up)) await db.exec(statement);
      for (const statement of statementsOf(text)) await db.exec(statement);
    }
    const migrations = migrationsOf(text);
    const findings = migrations.flatMap((up, index) =>
      lintExample(
        {
          title: 'form',
          history: [...history, ...migrations.slice(0, index)].map(earlier => ({ up: earlier })),
          up,
          transaction: 'none',
          findings: [],
        },
        resolveConfig(undefined, {}, '/'),
      ),
    );
    const about = findings.filter(({ rule: id }) => !ABOUT_FORM.has(id));
    expect(about.map(({ rule: id, message }) => `${id}: ${message}`)).toEqual([]);
  });
});

test('a changed type: both columns stay in step, whichever of them is written, and the backfill fills the rest', async () => {
  const history = 'CREATE TABLE orders (id int PRIMARY KEY, price numeric(10, 4));';
  const rule = RULES.find(({ id }) => id === 'no-unsafe-type-change')!;
  const [finding] = runExample(rule, {
    title: 'cents',
    history,
    up: 'ALTER TABLE orders ALTER COLUMN price TYPE int USING (price * 100)::int;',
    findings: [],
  });
  await reset();
  await db.exec(`${history} INSERT INTO orders SELECT n, n + 0.5 FROM generate_series(1, 2500) n;`);
  const [expand, backfill] = migrationsOf(finding!.safeRewrite!.text);
  for (const statement of statementsOf(expand!)) await db.exec(statement);
  await db.exec(`INSERT INTO orders (id, price) VALUES (3001, 1.25), (3002, NULL);
INSERT INTO orders (id, price_new) VALUES (3003, 7);
UPDATE orders SET price = 2 WHERE id = 1;
UPDATE orders SET price_new = 8 WHERE id = 3002;`);
  for (const statement of statementsOf(backfill!)) await db.exec(statement);
  const { rows } = await db.query<{ id: number; price: string; price_new: number }>('SELECT * FROM orders ORDER BY id');
  const byId = new Map(rows.map(row => [row.id, [Number(row.price), row.price_new]]));
  expect(
    rows.filter(({ id }) => id <= 2500 && id !== 1).every(row => row.price_new === Math.round(Number(row.price) * 100)),
  ).toBe(true);
  expect(byId.get(2)).toEqual([2.5, 250]);
  expect(byId.get(1)).toEqual([2, 200]);
  expect(byId.get(3001)).toEqual([1.25, 125]);
  expect(byId.get(3002)).toEqual([8, 8]);
  expect(byId.get(3003)).toEqual([7, 7]);
});

test('batches reach every row, whatever the gaps between keys', async () => {
  const history = 'CREATE TABLE users (id bigint PRIMARY KEY, region text);';
  const rule = RULES.find(({ id }) => id === 'no-unbounded-update')!;
  const up = "UPDATE users SET region = 'eu' WHERE region IS NULL OR region = 'europe';";
  const [finding] = runExample(rule, { title: 'gaps', history, up, findings: [] });
  await reset();
  await db.exec(
    `${history} INSERT INTO users SELECT n * n, CASE n % 3 WHEN 0 THEN 'us' WHEN 1 THEN 'europe' END FROM generate_series(1, 3456) n;`,
  );
  for (const statement of statementsOf(finding!.safeRewrite!.text)) await db.exec(statement);
  const { rows } = await db.query('SELECT region, count(*)::int AS n FROM users GROUP BY region ORDER BY region');
  expect(rows).toEqual([
    { region: 'eu', n: 2304 },
    { region: 'us', n: 1152 },
  ]);
});
