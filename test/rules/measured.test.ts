import { describe, expect, it } from 'vitest';
import {
  ABOUT_SIZE,
  EXCEPTIONS,
  effectsAnswer,
  exceptionFor,
  findingsAnswer,
  measuredAnswer,
  NOT_ABOUT_SIZE,
} from '../../bench/traffic.ts';
import { POSTGRES_VERSIONS } from '../../src/effects/index.ts';
import { RULES } from '../../src/rules/index.ts';
import { SCENARIOS } from '../effects/scenario-list.ts';

/**
 * The recommended preset against what was measured: whatever blocks traffic for as long as a table is big gives an error or a
 * warning of a rule about that, and nothing else does. `npm run bench:accuracy` prints the same, beside another linter.
 */
describe('findings agree with what was measured on PostgreSQL 13 to 18', () => {
  const answers = SCENARIOS.flatMap(scenario =>
    POSTGRES_VERSIONS.flatMap(version => {
      const truth = measuredAnswer(scenario, version);
      if (truth === undefined) return [];
      const rules = findingsAnswer(scenario, version);
      return [{ id: scenario.id, version, truth, effects: effectsAnswer(scenario, version), rules }];
    }),
  );
  const wrong = answers.flatMap(({ id, version, truth, rules }) => {
    if (truth === rules.length > 0) return [];
    const kind = truth ? 'missed' : 'false alarm';
    return [{ kind, id, version, rules } as const];
  });

  it('has enough to compare with, of either answer', () => {
    expect(answers.length).toBeGreaterThanOrEqual(3499);
    expect(answers.filter(({ truth }) => truth).length).toBeGreaterThanOrEqual(1188);
  });

  it('as the effects do that they rest on, without exception', () => {
    expect(answers.filter(({ truth, effects }) => truth !== effects)).toEqual([]);
  });

  it('on which statements block traffic for as long as a table is big, but for what is explained', () => {
    const unexplained = wrong
      .filter(({ id, version, kind }) => exceptionFor(id, version, kind) === undefined)
      .map(({ id, version, kind, rules }) => `${kind}: ${id} on ${version} (${rules.join(', ')})`);
    expect(unexplained).toEqual([]);
  });

  it('and explains nothing that agrees', () => {
    const explained = EXCEPTIONS.flatMap(({ wrong: kind, since, scenarios }) =>
      scenarios.flatMap(id =>
        POSTGRES_VERSIONS.filter(version => Number(version) >= Number(since)).map(
          version => `${kind}: ${id} on ${version}`,
        ),
      ),
    );
    const found = wrong.map(({ kind, id, version }) => `${kind}: ${id} on ${version}`);
    expect(explained.filter(one => !found.includes(one))).toEqual([]);
  });

  it('by the rules that the reasons name', () => {
    const others = wrong.filter(({ kind, id, version, rules }) => {
      const reason = exceptionFor(id, version, kind)?.reason ?? '';
      return kind === 'false alarm' && !reason.startsWith(`${rules.join()}: `);
    });
    expect(others).toEqual([]);
  });

  it.each([...ABOUT_SIZE])('each rule about size is right about something: %s', rule => {
    expect(answers.some(({ truth, rules }) => truth && rules.includes(rule))).toBe(true);
  });

  it('with each rule about traffic or data either an answer or not', () => {
    const ids = RULES.filter(
      ({ meta }) => (meta.cause === 'blocks' || meta.cause === 'data') && meta.dialects.includes('postgres'),
    ).map(({ id }) => id);
    const others = Object.keys(NOT_ABOUT_SIZE);
    expect([...ABOUT_SIZE, ...others].filter(id => id !== 'no-unsafe-type-change').sort()).toEqual(ids.sort());
    expect(others.filter(id => ABOUT_SIZE.has(id))).toEqual([]);
  });
});
