import type { Effects } from '../effects/effects.ts';
import { effects } from '../effects/index.ts';
import type { Operation } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import type { OperationSite } from '../rules/rule.ts';
import type { Site } from '../schema/context.ts';
import { applyOperation } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import type { Server } from '../server/server.ts';

/**
 * Where a statement stands, before its first operation.
 *
 * @param at - where its objects will be said to come from; `statement` is its place in the segment
 * @param state - what it meets
 */
export function statementSite(statement: Statement, at: Site, state: State, server: Server): OperationSite {
  return new LazySite(statement, at.statement, state, () => effects(statement, state, server, at), undefined);
}

/**
 * Where one operation of a statement stands.
 *
 * @param whole - the statement's own site
 * @param at - as for the statement
 * @param state - what the operation meets: earlier operations of the statement applied
 */
export function operationSite(
  operation: Operation,
  whole: OperationSite,
  at: Site,
  state: State,
  server: Server,
): OperationSite {
  const { statement, index } = whole;
  if (statement.operations.length === 1) return whole;
  const alone = (): Effects =>
    effects({ ...statement, operations: [operation] }, afterDrops(operation, whole, state), server, at);
  return new LazySite(statement, index, state, alone, whole);
}

/** What one ALTER TABLE drops and what it may prove something with: it drops first, wherever the DROP stands (measured). */
const DROPS: ReadonlySet<Operation['kind']> = new Set(['dropColumn', 'dropConstraint']);

/** The state that an operation meets once the drops that follow it in the statement are done. */
function afterDrops(operation: Operation, { statement, index }: OperationSite, state: State): State {
  const { operations } = statement;
  if (DROPS.has(operation.kind) || !operations.some(({ kind }) => DROPS.has(kind))) return state;
  return operations
    .slice(operations.indexOf(operation) + 1)
    .filter(({ kind }) => DROPS.has(kind))
    .reduce((current, drop) => applyOperation(current, drop, { migration: -1, statement: index }), state);
}

/** A class, as V8 takes long to make an object literal with getters, and every operation has a site. */
class LazySite implements OperationSite {
  readonly statement: Statement;
  readonly index: number;
  readonly state: State;
  private readonly compute: () => Effects;
  private readonly whole: OperationSite | undefined;
  private computed: Effects | undefined;

  constructor(
    statement: Statement,
    index: number,
    state: State,
    compute: () => Effects,
    whole: OperationSite | undefined,
  ) {
    this.statement = statement;
    this.index = index;
    this.state = state;
    this.compute = compute;
    this.whole = whole;
    this.computed = undefined;
  }

  get effects(): Effects {
    return this.whole === undefined ? this.ownEffects : this.whole.effects;
  }

  get ownEffects(): Effects {
    this.computed ??= this.compute();
    return this.computed;
  }
}
