import { readFileSync } from 'node:fs';
import { type Effects, effects } from '../../src/effects/index.ts';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import type { Dialect } from '../../src/server/server.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

/** A statement of fixtures/ground-truth/mysql.json or mariadb.json. */
export interface OnlineScenario<Result> {
  readonly id: string;
  readonly setup: string;
  readonly statement: string;
  readonly results: Readonly<Record<string, Result>>;
}

/** The scenarios of a file of fixtures/ground-truth. */
export function onlineScenarios<Result>(file: string): readonly OnlineScenario<Result>[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/ground-truth/${file}`, import.meta.url), 'utf8'));
}

const parse = (dialect: Dialect, text: string) =>
  FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/scenario.sql', text })).statements;

/** The state that a script leaves. */
function replayed(dialect: Dialect, sql: string): State {
  return parse(dialect, sql).reduce(
    (state, statement, index) => applyStatement(state, statement, { migration: 0, statement: index }),
    emptyState(dialect),
  );
}

/** What the one statement does after the setup, on the version of a server. */
export function onlineEffects(dialect: Dialect, version: string, setup: string, sql: string): Effects {
  const [statement, ...more] = parse(dialect, sql);
  if (statement === undefined || more.length > 0) throw new Error(`not one statement: ${sql}`);
  return effects(statement, replayed(dialect, setup), { dialect, version, versionAssumed: false });
}
