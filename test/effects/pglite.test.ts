import { describe, expect, it } from 'vitest';
import { differences } from '../../scripts/ground-truth/compare.mjs';
import { measure } from '../../scripts/ground-truth/probe.mjs';
import { pgliteServer } from '../../scripts/ground-truth/servers.mjs';
import { SCENARIOS } from './scenario-list.ts';
import type { Scenario } from './scenarios.ts';

/** A tenth of the rows, and of the values that stand for rows: what a statement does stays the same. */
const smaller = (text: string): string =>
  text.replace(/\b([1-6][059]?)(000|999)\b/g, (_, digits, rest) => digits + rest.slice(1));

/** Queries and changes of rows: with so few rows the planner may read a table otherwise. */
const isPlanned = ({ category, statement }: Scenario): boolean =>
  category === 'maintenance' && /^(UPDATE|DELETE|INSERT|MERGE|SELECT)/.test(statement);

describe('the facts in the file', () => {
  it('are what PGlite shows now', { timeout: 300_000 }, async () => {
    const chosen = SCENARIOS.filter(scenario => scenario.results.pglite !== undefined && !isPlanned(scenario))
      .map(scenario => ({ ...scenario, setup: smaller(scenario.setup), statement: smaller(scenario.statement) }))
      .sort((a, b) => (a.setup < b.setup ? -1 : a.setup > b.setup ? 1 : 0));
    const server = await pgliteServer();
    const unlike: string[] = [];
    let compared = 0;
    try {
      await measure(server, chosen, (scenario, result) => {
        compared++;
        const found = differences(scenario, result, 'pglite');
        if (found !== undefined && found.length > 0) unlike.push(`${scenario.id}: ${found.join('; ')}`);
      });
    } finally {
      await server.close();
    }
    expect(unlike).toEqual([]);
    expect(compared).toBeGreaterThan(570);
  });
});
