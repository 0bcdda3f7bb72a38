import { describe, expect, it } from 'vitest';
import { POSTGRES_VERSIONS } from '../../src/effects/index.ts';
import { SCENARIOS } from './scenario-list.ts';
import {
  isHeavy,
  judged,
  locksOf,
  type Measured,
  nameOf,
  relationsOf,
  type Scenario,
  setupState,
  sorted,
} from './scenarios.ts';

/**
 * What cannot be told from migrations alone. IF EXISTS of a name that no migration made may or may not find it; a name that no
 * migration made may exist from before the first one, so that no failure is foretold; roles, and what EXPLAIN ANALYZE runs, are
 * not modelled.
 */
const NOT_KNOWN: ReadonlySet<string> = new Set([
  'table/missing-if-exists',
  'index/drop-if-exists-missing',
  'index/drop-missing',
  'object/drop-table-if-exists-missing',
  'index/rename-missing',
  'object/drop-owned',
  'maintenance/explain-analyze',
]);
const MAY_EXIST: ReadonlySet<string> = new Set([
  'foreign-key/missing-table',
  'table/missing',
  'table/set-schema-missing',
  'add-column/unknown-type',
  // The text of a constant is not read as a value of its type.
  'alter-column/set-default-wrong-type',
]);

/** Row locks of one row: writers of other rows go on, so the table does not count as blocked. */
const ONE_ROW: ReadonlySet<string> = new Set(['maintenance/update-some', 'maintenance/select-for-share']);

interface Case {
  readonly scenario: Scenario;
  readonly version: string;
  readonly measured: Measured;
}

const CASES: readonly Case[] = SCENARIOS.flatMap(scenario =>
  POSTGRES_VERSIONS.flatMap(version => {
    const measured = scenario.results[version];
    return measured === undefined || measured.setupFailed !== undefined ? [] : [{ scenario, version, measured }];
  }),
);

/** Cases whose statement works, with what it did; inside a transaction unless it refuses that. */
const WORKING = CASES.flatMap(({ scenario, version, measured }) => {
  if (measured.error !== undefined || (measured.errorInTransaction !== undefined && !scenario.autocommit)) return [];
  const did = measured.onEmptyTables ?? measured;
  return NOT_KNOWN.has(scenario.id) ? [] : [{ scenario, version, did, empty: measured.onEmptyTables !== undefined }];
});

/** Unlike results by scenario and version, so that a failure shows all of them at once. */
function unlike<T extends { readonly scenario: Scenario; readonly version: string }>(
  cases: readonly T[],
  compare: (one: T) => readonly [expected: unknown, actual: unknown],
): readonly string[] {
  return cases.flatMap(one => {
    const [expected, actual] = compare(one).map(value => JSON.stringify(value));
    return expected === actual ? [] : [`${one.scenario.id} on ${one.version}: measured ${expected}, said ${actual}`];
  });
}

const isViolation = (code: string): boolean => code.startsWith('23');

describe('effects agree with what was measured on PostgreSQL 13 to 18', () => {
  it('has something to compare with', () => {
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(747);
    expect(CASES.length).toBeGreaterThan(4400);
  });

  it('on the locks from SHARE UPDATE EXCLUSIVE on, of tables, views, indexes and sequences', () => {
    const inTransaction = WORKING.filter(({ scenario }) => !scenario.autocommit);
    const found = unlike(inTransaction, ({ scenario, version, did }) => {
      const there = relationsOf(scenario);
      const expected = (did.locks ?? []).filter(({ relation, mode }) => isHeavy(mode) && !relation.includes('(toast'));
      return [
        sorted(expected.map(({ relation, mode }) => `${relation} ${mode}`)),
        locksOf(judged(scenario, version), name => there.has(name)),
      ];
    });
    expect(found).toEqual([]);
  });

  it('on the locks of statements outside a transaction, as far as they were seen', () => {
    const outside = WORKING.filter(({ scenario }) => scenario.autocommit);
    const found = unlike(outside, ({ scenario, version, did }) => {
      const said = new Map(
        locksOf(judged(scenario, version), () => true).map(lock => lock.split(' ') as [string, string]),
      );
      const there = relationsOf(scenario);
      // Polled: a lock that was seen is there; a stronger one of a moment may have been missed on an index or a partition.
      const seen = (did.locks ?? []).filter(({ relation, mode }) => isHeavy(mode) && there.get(relation) === 'table');
      const weaker = seen.filter(
        ({ relation, mode }) => said.get(relation) !== mode && said.get(relation) !== 'AccessExclusiveLock',
      );
      return [[], weaker];
    });
    expect(found).toEqual([]);
  });

  it('on whose readers and writers wait', () => {
    const inTransaction = WORKING.filter(({ scenario }) => !scenario.autocommit && !ONE_ROW.has(scenario.id));
    for (const field of ['blocksReads', 'blocksWrites'] as const) {
      const found = unlike(inTransaction, ({ scenario, version, did }) => [
        sorted(did[field] ?? []),
        sorted(
          judged(scenario, version)
            .flatMap(effect => effect[field])
            .map(nameOf),
        ),
      ]);
      expect(found, field).toEqual([]);
    }
  });

  it('on which tables are rewritten', () => {
    const found = unlike(WORKING, ({ scenario, version, did }) => [
      sorted(did.rewrite ?? []),
      sorted(
        judged(scenario, version)
          .flatMap(({ rewrites }) => rewrites)
          .map(nameOf),
      ),
    ]);
    expect(found).toEqual([]);
  });

  it('on which tables are read from end to end', () => {
    // A scan cannot be seen on a table without rows, nor outside a transaction.
    const visible = WORKING.filter(({ scenario, empty }) => !scenario.autocommit && !empty);
    const found = unlike(visible, ({ scenario, version, did }) => {
      const filled = filledTables(scenario);
      const said = judged(scenario, version)
        .flatMap(({ scans }) => scans)
        .map(nameOf);
      return [sorted(did.scan ?? []), sorted(said.filter(name => filled.has(name)))];
    });
    expect(found).toEqual([]);
  });

  it('on which indexes are built on tables that others can see', () => {
    const found = unlike(WORKING, ({ scenario, version, did }) => {
      // TRUNCATE makes empty indexes, a new table's indexes are empty: no work that grows with a table.
      const there = relationsOf(scenario);
      const emptied = (did.emptied ?? []).length > 0;
      const effects = judged(scenario, version);
      const said = effects.flatMap(({ indexBuilds }) => indexBuilds).map(nameOf);
      const ofNewTables = (did.created ?? []).some(name => !there.has(name) && !(did.indexBuilt ?? []).includes(name));
      const expected = emptied ? [] : (did.indexBuilt ?? []).filter(name => !ofNewTables || said.includes(name));
      return [sorted(expected), sorted(said)];
    });
    expect(found).toEqual([]);
  });

  it('on which statements refuse a transaction', () => {
    const found = unlike(CASES, ({ scenario, version, measured }) => [
      measured.errorInTransaction?.code === '25001',
      judged(scenario, version).some(({ transaction }) => transaction === 'forbidden'),
    ]);
    expect(found).toEqual([]);
  });

  it('on which statements fail whatever the data, and with which SQLSTATE', () => {
    const decidable = CASES.filter(({ scenario }) => !NOT_KNOWN.has(scenario.id) && !MAY_EXIST.has(scenario.id));
    const found = unlike(decidable, ({ scenario, version, measured }) => {
      const codes = judged(scenario, version).flatMap(({ failures }) => failures.map(({ code }) => code));
      const expected = measured.error !== undefined && !isViolation(measured.error.code) ? measured.error.code : 'none';
      return [expected, codes[0] ?? 'none'];
    });
    expect(found).toEqual([]);
  });

  it('on which statements may fail on rows', () => {
    const failing = CASES.filter(
      ({ measured }) => measured.errorOnRows !== undefined || isViolation(measured.error?.code ?? ''),
    );
    expect(failing.length).toBeGreaterThan(50);
    const found = unlike(failing, ({ scenario, version }) => [
      true,
      judged(scenario, version).some(({ failsOnRows }) => failsOnRows.length > 0),
    ]);
    expect(found).toEqual([]);
  });

  it('and is sure of itself in all but 1 % of the scenarios', () => {
    const unsure = CASES.filter(({ scenario, version }) => judged(scenario, version).some(({ known }) => !known));
    const ids = sorted(unsure.map(({ scenario }) => scenario.id));
    expect(ids).toEqual(sorted(NOT_KNOWN));
    expect(ids.length / SCENARIOS.length).toBeLessThan(0.01);
  });
});

/** Those with rows in them: of tables the ones that the setup filled. */
function filledTables(scenario: Scenario): ReadonlySet<string> {
  const { relations } = setupState(scenario.setup).schema;
  const isFilled = (id: number | undefined): boolean => {
    const relation = relations.get(id ?? -1);
    if (relation?.kind !== 'table') return relation !== undefined;
    return relation.filled || isFilled(relation.partitionOf?.parent);
  };
  const filled = [...relations.values()].filter(({ id }) => isFilled(id));
  return new Set(filled.map(nameOf));
}
