import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effects, POSTGRES_VERSIONS } from '../../src/effects/index.ts';
import { postgres } from '../../src/parsers/postgres/index.ts';
import { applyStatement, beginTransaction } from '../../src/schema/index.ts';
import { fragmentOf } from '../../src/source/fragment.ts';
import { SCENARIOS } from './scenario-list.ts';
import { setupState } from './scenarios.ts';

/** Any statement of the scenarios in the state of any other, several in a row, on any version, in a transaction or not. */
describe('effects of any statements in any state', () => {
  const statements = SCENARIOS.map(({ statement }) => statement);
  const setups = [...new Set(SCENARIOS.map(({ setup }) => setup))];
  const scenario = fc.record({
    setup: fc.constantFrom(...setups),
    statements: fc.array(fc.constantFrom(...statements), { minLength: 1, maxLength: 5 }),
    version: fc.constantFrom(...POSTGRES_VERSIONS),
    inTransaction: fc.boolean(),
  });

  it('are worked out without an error, and agree with themselves', () => {
    fc.assert(
      fc.property(scenario, ({ setup, statements: chosen, version, inTransaction }) => {
        const start = setupState(setup);
        let state = inTransaction ? beginTransaction(start, 'file') : start;
        const script = postgres.parse(fragmentOf({ path: '/p.sql', text: `${chosen.join(';\n')};` }));
        script.statements.forEach((statement, index) => {
          const result = effects(statement, state, { dialect: 'postgres', version, versionAssumed: false });
          const names = result.locks.map(({ schema, name }) => `${schema}.${name}`);
          expect(new Set(names).size).toBe(names.length);
          expect(result.known).toBe(result.unknowns.length === 0);
          if (result.rewrites.length > 0) expect(result.duration).toBe('rewrite');
          if (result.duration === 'instant') expect(result.scans).toEqual([]);
          if (!inTransaction) expect(result.releasedAt).toBe('statement');
          // Who waits, waits for a lock.
          if (result.locks.length === 0) expect(result.blocksReads).toEqual([]);
          state = applyStatement(state, statement, { migration: 1, statement: index });
        });
      }),
      { numRuns: 400 },
    );
  });
});
