import { type AffectedRelation, type Effects, effects, strength } from '../../src/effects/index.ts';
import type { LockMode } from '../../src/operations/index.ts';
import { postgres } from '../../src/parsers/postgres/index.ts';
import { applyStatement, beginTransaction, emptyState } from '../../src/schema/index.ts';
import type { Relation } from '../../src/schema/schema.ts';
import type { State } from '../../src/schema/state.ts';
import type { Server } from '../../src/server/server.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

/** The shape of the scenarios of fixtures/ground-truth, and what Surefoot says of them. Reads no file: the benchmark bundles it. */

export interface Measured {
  readonly locks?: readonly { readonly relation: string; readonly mode: LockMode }[];
  readonly rewrite?: readonly string[];
  readonly scan?: readonly string[];
  readonly indexBuilt?: readonly string[];
  readonly blocksReads?: readonly string[];
  readonly blocksWrites?: readonly string[];
  readonly created?: readonly string[];
  readonly emptied?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly errorInTransaction?: { readonly code: string };
  readonly errorOnRows?: { readonly code: string };
  readonly onEmptyTables?: Measured;
  readonly setupFailed?: { readonly code: string };
  readonly debug?: readonly string[];
}

export interface Scenario {
  readonly id: string;
  readonly category: string;
  readonly setup: string;
  readonly statement: string;
  readonly autocommit?: true;
  readonly results: Readonly<Record<string, Measured>>;
}

const statementsOf = (text: string) => postgres.parse(fragmentOf({ path: '/scenario.sql', text })).statements;

const setups = new Map<string, State>();

/** The state that a scenario's setup leaves; `SELECT 1;` and data statements count as rows only. */
export function setupState(setup: string): State {
  const known = setups.get(setup);
  if (known !== undefined) return known;
  const state = statementsOf(setup).reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    emptyState('postgres'),
  );
  setups.set(setup, state);
  return state;
}

/** The effects of each statement of a scenario, in the transaction that it runs in. */
export function judged(scenario: Scenario, version: string): readonly Effects[] {
  const server: Server = { dialect: 'postgres', version, versionAssumed: false };
  const setup = setupState(scenario.setup);
  let state = scenario.autocommit ? setup : beginTransaction(setup, 'file');
  return statementsOf(scenario.statement).map((statement, index) => {
    const result = effects(statement, state, server);
    state = applyStatement(state, statement, { migration: 1, statement: index });
    return result;
  });
}

/** A relation as the fixtures name it. */
export const nameOf = ({ schema, name }: AffectedRelation): string =>
  schema === 'public' ? name : `${schema}.${name}`;

/** The relations of a scenario's setup, by the names that the fixtures use, with their kinds. */
export function relationsOf(scenario: Scenario): ReadonlyMap<string, Relation['kind']> {
  return new Map(
    [...setupState(scenario.setup).schema.relations.values()].map(relation => [nameOf(relation), relation.kind]),
  );
}

export const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** Strongest mode per relation over several statements, from SHARE UPDATE EXCLUSIVE on. */
export function locksOf(all: readonly Effects[], keep: (name: string) => boolean): readonly string[] {
  const modes = new Map<string, LockMode>();
  for (const lock of all.flatMap(({ locks }) => locks)) {
    const name = nameOf(lock);
    const before = modes.get(name);
    if (before === undefined || strength(lock.mode) > strength(before)) modes.set(name, lock.mode);
  }
  return sorted(
    [...modes].filter(([name, mode]) => keep(name) && isHeavy(mode)).map(([name, mode]) => `${name} ${mode}`),
  );
}

export const isHeavy = (mode: LockMode): boolean => strength(mode) >= strength('ShareUpdateExclusiveLock');
