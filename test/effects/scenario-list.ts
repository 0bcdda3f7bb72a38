import { readFileSync } from 'node:fs';
import type { Scenario } from './scenarios.ts';

/** What was measured, of fixtures/ground-truth. */
export const SCENARIOS: readonly Scenario[] = JSON.parse(
  readFileSync(new URL('../../fixtures/ground-truth/postgres.json', import.meta.url), 'utf8'),
);
