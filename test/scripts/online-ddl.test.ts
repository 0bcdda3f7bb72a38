import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  mariadbDifferences,
  measureOnlineDdl,
  mysqlDifferences,
  type OnlineDdlScenario,
  type OnlineDdlSession,
  serverOf,
} from '../../scripts/ground-truth/online-ddl.mjs';

const SCENARIOS: readonly OnlineDdlScenario[] = JSON.parse(
  readFileSync(new URL('../../fixtures/ground-truth/mysql.json', import.meta.url), 'utf8'),
);

/** What a server that does as `cells` say answers, after MySQL 8.4's own messages: one table, whose id a rebuild changes. */
function serverLike(cells: Readonly<Record<string, string | undefined>>): OnlineDdlSession {
  let id = 1;
  const yes = (cell: string) => cells[cell]?.startsWith('yes') ?? false;
  return {
    run: async sql => {
      if (sql.startsWith('DROP DATABASE')) return { rows: [['id', String(id)]], errors: [] };
      const [, algorithm = ''] = /ALGORITHM=(\w+)/.exec(sql) ?? [];
      const [, lock = ''] = /LOCK=(\w+)/.exec(sql) ?? [];
      const refuse = (message: string) => ({ rows: [['id', String(id)]], errors: [{ code: 1845, message }] });
      if (algorithm === 'INSTANT' && !yes('instant')) return refuse('ALGORITHM=INSTANT is not supported');
      if (algorithm === 'INSTANT' && lock !== '') return refuse('Incorrect usage of ALGORITHM=INSTANT and LOCK');
      if (algorithm === 'INPLACE' && !yes('inPlace')) return refuse('ALGORITHM=INPLACE is not supported');
      if (lock === 'NONE' && (algorithm === 'COPY' || !yes('concurrentDML')))
        return refuse('LOCK=NONE is not supported');
      if (algorithm === 'COPY' || (algorithm === 'INPLACE' && yes('rebuildsTable'))) id += 1;
      return { rows: [['id', String(id)]], errors: [] };
    },
  };
}

async function differencesOn(scenario: OnlineDdlScenario, session: OnlineDdlSession, key: string) {
  let found: readonly string[] | undefined;
  await measureOnlineDdl({ ...serverOf(`${key}.0`), ...session }, [scenario], (each, result) => {
    found = mysqlDifferences(each, result, key);
  });
  return found;
}

describe('measuring MySQL', () => {
  test('a server that does as the manual says agrees with it in every version', async () => {
    for (const scenario of SCENARIOS) {
      for (const [key, cells] of Object.entries(scenario.results)) {
        const session = serverLike(cells as Record<string, string>);
        expect(await differencesOn(scenario, session, key), `${scenario.id} on ${key}`).toEqual([]);
      }
    }
  });

  test('a cell that the server does not bear out is told', async () => {
    const scenario = SCENARIOS.find(({ id }) => id === 'add-column')!;
    const server = serverLike({ instant: 'no', inPlace: 'yes', rebuildsTable: 'yes', concurrentDML: 'no' });
    expect(await differencesOn(scenario, server, '8.0')).toEqual([
      'instant: manual yes*, server no',
      'concurrentDML: manual yes*, server no',
      'rebuildsTable: manual no*, server yes',
    ]);
  });

  test('what takes no ALGORITHM is compared by its rebuild alone', async () => {
    const optimize = SCENARIOS.find(({ id }) => id === 'table/optimize')!;
    const result = { algorithms: {}, refused: {}, default: { rebuilt: false } };
    const noClause = 'the ALGORITHM clause is not part of this statement';
    const refused = { INSTANT: noClause, INPLACE: noClause, COPY: noClause };
    expect(mysqlDifferences(optimize, { ...result, refused }, '8.0')).toEqual(['rebuildsTable: manual yes, server no']);
  });

  test('what fails on the server says nothing; a version without cells is new', () => {
    const scenario = SCENARIOS[0]!;
    expect(mysqlDifferences(scenario, { error: { code: 3185, message: 'no keyring' } }, '8.0')).toEqual([]);
    expect(mysqlDifferences(scenario, { algorithms: {} }, '10')).toBeUndefined();
  });
});

describe('the server by its version', () => {
  test.each([
    ['10.11.18-MariaDB-0+deb12u1', 'mariadb', '10.11', 'INNODB_SYS_TABLES'],
    ['11.4.2-MariaDB', 'mariadb', '11.4', 'INNODB_SYS_TABLES'],
    ['5.7.44-log', 'mysql', '5.7', 'INNODB_SYS_TABLES'],
    ['8.0.36', 'mysql', '8.0', 'INNODB_TABLES'],
    ['8.4.3', 'mysql', '8.4', 'INNODB_TABLES'],
    ['9.5.0', 'mysql', '9', 'INNODB_TABLES'],
  ])('%s', (version, flavor, key, tables) => {
    expect(serverOf(version)).toMatchObject({ flavor, key, tables });
  });
});

test('a MariaDB that does otherwise than the file says is told field by field', () => {
  const stored = { algorithms: { INSTANT: { rebuilt: false, locks: ['NONE'] } }, default: { rebuilt: false } };
  const scenario = { id: 'x', setup: '', statement: '', results: { '10.11': stored } };
  expect(mariadbDifferences(scenario, stored, '10.11')).toEqual([]);
  expect(mariadbDifferences(scenario, { algorithms: {}, default: { rebuilt: true } }, '10.11')).toEqual([
    'algorithms: file {"INSTANT":{"rebuilt":false,"locks":["NONE"]}}, server {}',
    'default: file {"rebuilt":false}, server {"rebuilt":true}',
  ]);
  expect(mariadbDifferences(scenario, stored, '11.4')).toBeUndefined();
});
