import { resolveConfig } from '../src/config/resolve.ts';
import { postgres } from '../src/parsers/postgres/index.ts';
import { lintExample } from '../src/rules/run-example.ts';
import type { Relation } from '../src/schema/schema.ts';
import { fragmentOf } from '../src/source/fragment.ts';
import { judged, type Measured, nameOf, relationsOf, type Scenario } from '../test/effects/scenarios.ts';

/**
 * Does a statement block traffic (reads or writes of a table that was there before) for as long as the table is big? What was
 * measured, what Surefoot's effects say and what its rules say. For the benchmark of accuracy and for the test of the rules.
 */

/** Rules that answer "yes": they are about work that grows with a table, under a lock that its readers or writers wait for. */
export const ABOUT_SIZE: ReadonlySet<string> = new Set([
  'no-partition-lock',
  'no-rewrite',
  'no-set-not-null-scan',
  'no-slow-work-under-lock',
  // Its cause is that running code breaks; that a table is rewritten or read is in its messages.
  'no-unsafe-type-change',
  'no-validate-in-same-transaction',
  'require-concurrent-index',
  'require-concurrent-refresh',
  'require-concurrent-reindex',
  'require-not-valid-check',
  'require-not-valid-foreign-key',
  'require-using-index',
]);

const ROW_LOCKS = 'about the locks and the load of many rows; row locks are not counted';
const SHORT_LOCK = 'about a lock that is short in itself';
const HOW = 'about how long work is split up or finished; blocks nobody by itself';

/** The other rules about traffic and data, with why they are no answer. */
export const NOT_ABOUT_SIZE: Readonly<Record<string, string>> = {
  'max-batch-size': ROW_LOCKS,
  'no-bulk-write-with-triggers': ROW_LOCKS,
  'no-unbounded-delete': ROW_LOCKS,
  'no-unbounded-update': ROW_LOCKS,
  'no-create-trigger-on-live-table': SHORT_LOCK,
  'no-disable-trigger': SHORT_LOCK,
  'no-lock-table': SHORT_LOCK,
  'no-many-tables-in-transaction': SHORT_LOCK,
  'require-concurrent-index-drop': SHORT_LOCK,
  'require-lock-timeout': 'about the queue behind a lock that is waited for',
  'require-statement-timeout': 'about the queue behind a lock that is waited for',
  'no-invalid-index-retry': HOW,
  'no-mixed-schema-and-data': HOW,
  'no-timeout-on-concurrent-index': HOW,
  'no-unfinished-batch': HOW,
  'require-batch-pause': HOW,
  'require-idempotent-backfill': HOW,
  'require-validate-constraint': HOW,
  'require-verification-query': HOW,
};

/** Scenarios on which the rules and the question disagree for a reason. */
export interface Exception {
  readonly wrong: 'false alarm' | 'missed';
  readonly reason: string;
  /** The oldest major version on which it is so. */
  readonly since: string;
  readonly scenarios: readonly string[];
}

/** All of them: what is not listed here agrees. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    wrong: 'false alarm',
    reason:
      'no-partition-lock: instant, but all queries on the partitioned table wait for the lock; ATTACH PARTITION lets them through',
    since: '13',
    scenarios: [
      'partition/create-default',
      'partition/create-partition-of',
      'partition/create-partition-default-checked',
      'partition/create-partition-parent-fk',
    ],
  },
  {
    wrong: 'false alarm',
    reason:
      'no-partition-lock: instant, but all queries on the partitioned table wait for the lock; DETACH … CONCURRENTLY, which PostgreSQL 14 brought, lets them through',
    since: '14',
    scenarios: [
      'foreign-key/detach-partition-with-fk',
      'foreign-key/drop-table-partition-referencing',
      'partition/detach',
      'partition/drop-partition',
      'partition/subpartitioned-drop-branch',
      'partition/subpartitioned-drop-leaf',
    ],
  },
  {
    wrong: 'false alarm',
    reason: 'no-unsafe-type-change: says that it is quick, and that running code takes the column for its old type',
    since: '13',
    scenarios: ['type/int-to-oid', 'type/timestamptz-to-timestamp-utc', 'type/xml-to-text'],
  },
  {
    wrong: 'missed',
    reason:
      'REFRESH … CONCURRENTLY is the form that require-concurrent-refresh asks for: readers go on, only another refresh waits',
    since: '13',
    scenarios: ['object/refresh-matview-concurrently'],
  },
];

/** The exception that a scenario is on a major version; undefined for none. */
export function exceptionFor(id: string, version: string, wrong: Exception['wrong']): Exception | undefined {
  return EXCEPTIONS.find(
    exception =>
      exception.wrong === wrong && Number(version) >= Number(exception.since) && exception.scenarios.includes(id),
  );
}

/**
 * What was measured.
 *
 * @returns undefined where the question cannot be asked: not measured on that version, or the statement fails there
 */
export function measuredAnswer(scenario: Scenario, version: string): boolean | undefined {
  const result = scenario.results[version];
  if (result === undefined || result.setupFailed || result.error || result.errorOnRows) return undefined;
  if (result.errorInTransaction && !scenario.autocommit) return undefined;
  const relations = relationsOf(scenario);
  // Outside a transaction locks are polled: one of a moment on an index, as CONCURRENTLY takes it, looks like one that is held.
  const blocks = (result.locks ?? []).some(
    ({ relation, mode }) =>
      !(scenario.autocommit && relations.get(relation) === 'index') && stopsTraffic(relations.get(relation), mode),
  );
  // TRUNCATE makes empty indexes.
  const emptied = (result.emptied ?? []).length > 0;
  const built = emptied
    ? []
    : (result.indexBuilt ?? []).filter(name => relations.has(name) || !isOfNewTable(result, relations, name));
  return blocks && (result.rewrite ?? []).length + (result.scan ?? []).length + built.length > 0;
}

/** Whether the only table that an index can be of is one that the statement made. */
function isOfNewTable(result: Measured, relations: ReadonlyMap<string, unknown>, index: string): boolean {
  const tables = (result.created ?? []).filter(
    name => !relations.has(name) && name !== index && !(result.indexBuilt ?? []).includes(name),
  );
  return tables.some(table => index.startsWith(`${table}_`));
}

/** What Surefoot's effects say. */
export function effectsAnswer(scenario: Scenario, version: string): boolean {
  const relations = relationsOf(scenario);
  const all = judged(scenario, version);
  const blocks = all
    .flatMap(({ locks }) => locks)
    .some(lock => !lock.momentary && stopsTraffic(relations.get(nameOf(lock)), lock.mode));
  return (
    blocks && all.some(({ rewrites, scans, indexBuilds }) => rewrites.length + scans.length + indexBuilds.length > 0)
  );
}

/** The setup's relations as all queries use them: a lock on an index stops its table's only if not even a plan can be made. */
function stopsTraffic(kind: Relation['kind'] | undefined, mode: string): boolean {
  if (kind === 'index') return mode === 'AccessExclusiveLock';
  return (
    (kind === 'table' || kind === 'materialized view') &&
    /^(Share|ShareRowExclusive|Exclusive|AccessExclusive)Lock$/.test(mode)
  );
}

const SETTINGS = resolveConfig(undefined, {}, '/');

/**
 * What the rules of the preset `recommended` say: the errors and warnings of {@link ABOUT_SIZE} on a migration that holds the
 * statement, after one that holds the setup.
 *
 * @returns the ids of the rules; none for "no"
 */
export function findingsAnswer(scenario: Scenario, version: string): readonly string[] {
  const findings = lintExample(
    {
      title: scenario.id,
      history: scenario.setup,
      up: `${sessionOf(scenario.setup)}${scenario.statement};`,
      serverVersion: version,
      // As it was measured.
      transaction: scenario.autocommit ? 'none' : 'migration',
      findings: [],
    },
    SETTINGS,
  );
  const answers = findings.filter(({ rule, severity }) => severity !== 'info' && ABOUT_SIZE.has(rule));
  return [...new Set(answers.map(({ rule }) => rule))];
}

/** What a setup sets for the session: the statement was measured in the same one, while a migration starts its own. */
function sessionOf(setup: string): string {
  const settings = postgres
    .parse(fragmentOf({ path: '/setup.sql', text: setup }))
    .statements.filter(({ operations }) => operations.some(({ kind }) => kind === 'setParameter'));
  return settings.map(({ range: [start, end] }) => `${setup.slice(start, end)};\n`).join('');
}
