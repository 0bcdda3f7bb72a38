import { describe, expect, it } from 'vitest';
import { onlineEffects, onlineScenarios } from './mysql-scenarios.ts';

type Cell = 'yes' | 'no' | 'yes*' | 'no*';

/** A row of the manual's tables; a star stands for a condition, which the scenario's setup meets. */
interface Documented {
  readonly instant: Cell;
  readonly inPlace: Cell;
  /** Not in the tables of partitioning. */
  readonly rebuildsTable?: Cell;
  readonly concurrentDML: Cell;
  readonly metadataOnly?: Cell;
}

interface Measured {
  readonly error?: { readonly code: number };
  readonly algorithms?: Readonly<
    Record<string, { readonly rebuilt: boolean; readonly locks: readonly string[] } | undefined>
  >;
  readonly default?: { readonly rebuilt: boolean };
}

const isYes = (cell: Cell): boolean => cell.startsWith('yes');

const MYSQL = onlineScenarios<Documented>('mysql.json');
const MYSQL_CASES = MYSQL.flatMap(scenario =>
  Object.entries(scenario.results).map(([version, documented]) => ({ scenario, version, documented })),
);

describe("effects agree with MySQL's manual", () => {
  it('has something to compare with', () => {
    expect(MYSQL.length).toBeGreaterThanOrEqual(54);
    expect(new Set(MYSQL_CASES.map(({ version }) => version))).toEqual(new Set(['5.7', '8.0', '8.4', '9']));
  });

  it('on what is instant, in place, a copy, and on who may write meanwhile', () => {
    const unlike = MYSQL_CASES.flatMap(({ scenario, version, documented }) => {
      const said = onlineEffects('mysql', version, scenario.setup, scenario.statement);
      const expected = {
        instant: isYes(documented.instant),
        inPlace: isYes(documented.inPlace),
        writes: isYes(documented.concurrentDML),
      };
      const found = {
        instant: said.algorithm === 'INSTANT',
        inPlace: said.algorithm === 'INSTANT' || said.algorithm === 'INPLACE',
        writes: said.concurrentWrites,
      };
      return JSON.stringify(expected) === JSON.stringify(found)
        ? []
        : [`${scenario.id} on ${version}: manual ${JSON.stringify(expected)}, said ${JSON.stringify(found)}`];
    });
    expect(unlike).toEqual([]);
  });

  it('on what rebuilds the table: in place, where it could be instant', () => {
    const unlike = MYSQL_CASES.flatMap(({ scenario, version, documented }) => {
      if (documented.rebuildsTable === undefined) return [];
      const asked = documented.rebuildsTable === 'yes' && isYes(documented.instant) ? ', ALGORITHM=INPLACE' : '';
      const said = onlineEffects('mysql', version, scenario.setup, scenario.statement + asked);
      return said.rebuild === isYes(documented.rebuildsTable) || scenario.statement.startsWith('OPTIMIZE')
        ? []
        : [`${scenario.id} on ${version}: manual ${documented.rebuildsTable}, said ${said.rebuild}`];
    });
    expect(unlike).toEqual([]);
  });

  it('on what changes metadata alone: it takes no time that grows with the table', () => {
    const unlike = MYSQL_CASES.flatMap(({ scenario, version, documented }) => {
      if (documented.metadataOnly === undefined || documented.metadataOnly === 'no*') return [];
      const said = onlineEffects('mysql', version, scenario.setup, scenario.statement);
      return (said.duration === 'instant') === isYes(documented.metadataOnly)
        ? []
        : [`${scenario.id} on ${version}: manual ${documented.metadataOnly}, said ${said.duration}`];
    });
    expect(unlike).toEqual([]);
  });
});

const ALGORITHMS = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'] as const;
const MARIADB = onlineScenarios<Measured>('mariadb.json');
const MARIADB_CASES = MARIADB.flatMap(scenario =>
  Object.entries(scenario.results).map(([version, measured]) => ({ scenario, version, measured })),
);

/** The quickest algorithm that was accepted and kept its word: INSTANT and NOCOPY that copied the table did not. */
function bestOf({ algorithms = {} }: Measured) {
  return ALGORITHMS.find(name => {
    const tried = algorithms[name];
    return tried !== undefined && !((name === 'INSTANT' || name === 'NOCOPY') && tried.rebuilt);
  });
}

describe('effects agree with what was measured on MariaDB', () => {
  it('has something to compare with', () => {
    expect(MARIADB.length).toBeGreaterThanOrEqual(135);
  });

  it('on the algorithm, the least lock and the rebuild', () => {
    const unlike = MARIADB_CASES.flatMap(({ scenario, version, measured }) => {
      const best = bestOf(measured);
      if (best === undefined) return [];
      const did = measured.algorithms![best]!;
      const expected = [best, did.locks[0], did.rebuilt];
      const said = onlineEffects('mariadb', version, scenario.setup, scenario.statement);
      const found = [said.algorithm, said.leastLock, said.rebuild];
      return JSON.stringify(expected) === JSON.stringify(found)
        ? []
        : [`${scenario.id} on ${version}: measured ${expected}, said ${found}`];
    });
    expect(unlike).toEqual([]);
  });

  it('on each ALGORITHM and LOCK clause: accepted, or refused', () => {
    const unlike = MARIADB_CASES.flatMap(({ scenario, version, measured }) => {
      if (measured.error !== undefined) return [];
      return ALGORITHMS.flatMap(algorithm => {
        const accepted = measured.algorithms?.[algorithm]?.locks ?? [];
        return ['NONE', 'SHARED', 'EXCLUSIVE'].flatMap(lock => {
          const asked = `${scenario.statement}, ALGORITHM=${algorithm}, LOCK=${lock}`;
          const refused = onlineEffects('mariadb', version, scenario.setup, asked).failures.some(
            ({ code }) => code === '0A000',
          );
          return refused === accepted.includes(lock) ? [`${scenario.id}: ${algorithm}, ${lock}: said ${refused}`] : [];
        });
      });
    });
    expect(unlike).toEqual([]);
  });
});
