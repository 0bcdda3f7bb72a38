import type { Effects } from '../effects/effects.ts';
import { effects } from '../effects/index.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import { ruleById } from '../rules/index.ts';
import type { OperationSite, Report, Rule, RuleContext, RuleSeverity, RuleVisitor } from '../rules/rule.ts';
import {
  applyOperation,
  beginTransaction,
  commitTransaction,
  holdLocks,
  resolveRelation,
  resolveTable,
} from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import type { Range } from '../source/source-file.ts';
import { type Contract, contractFor, readContracts } from './contracts.ts';
import type { Migration, Project, Segment } from './migration.ts';
import { firstNewMigration, isNewOrigin, isNewRelation, originNumber } from './new-objects.ts';
import type { LintSettings } from './settings.ts';

/** A rule that is switched on, with what the configuration says of it for one file. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly severity: Exclude<RuleSeverity, 'off'>;
  readonly options: unknown;
}

/** A report with where it came from, before suppressions and formatting. */
export interface RawFinding {
  readonly active: ActiveRule;
  readonly report: Report;
  readonly segment: Segment;
  readonly statement: number | null;
  readonly range: Range;
  /** What the statement does, for the reader; only where a rule asked for it. */
  readonly effects: Effects | undefined;
}

/** What judging a segment gives. */
export interface SegmentOutcome {
  /** In the order the rules made them. */
  readonly findings: RawFinding[];
  /** The state the segment leaves. */
  readonly after: State;
  /** Contracts that no drop or rename of the segment needed. */
  readonly unusedContracts: readonly Contract[];
}

type Handler = (operation: Operation, site: OperationSite) => void;

/**
 * Replays one segment without judging it.
 *
 * @returns the state it leaves
 */
export function replaySegment(segment: Segment, migration: number, before: State): State {
  let state = openSegment(segment, before);
  const { statements } = segment.script;
  for (let index = 0; index < statements.length; index++) {
    state = enterStatement(segment, statements[index]!, state);
    for (const operation of statements[index]!.operations) {
      state = applyOperation(state, operation, { migration, statement: index });
    }
  }
  return closeSegment(segment, state);
}

/**
 * Judges one segment with the given rules while replaying it.
 *
 * @param before - the state that the segment starts in, its own transaction not yet open
 * @param beforeUp - the state that the migration's up starts in
 */
export function judgeSegment(
  project: Project,
  migration: Migration,
  segment: Segment,
  rules: readonly ActiveRule[],
  settings: LintSettings,
  before: State,
  beforeUp: State,
): SegmentOutcome {
  const findings: RawFinding[] = [];
  let state = openSegment(segment, before);
  let site: OperationSite | undefined;

  const number = originNumber(migration, segment.direction);
  const firstNew = firstNewMigration(migration, segment.direction);
  const contracts = readContracts(segment.script.comments);
  const usedContracts = new Set<Contract>();

  const contextOf = (active: ActiveRule): RuleContext => ({
    options: active.options,
    server: project.server,
    project,
    migration,
    segment,
    deployOrder: settings.deployOrder,
    tenant: settings.tenant,
    before,
    beforeUp,
    isNew: (relation, at) => isNewRelation(relation, at, firstNew),
    isNewOrigin: origin => isNewOrigin(origin, firstNew),
    isContracted(...names) {
      const contract = contractFor(contracts, names);
      if (contract !== undefined) usedContracts.add(contract);
      return contract !== undefined || settings.isContractPath(segment.file.path);
    },
    isRule: id => ruleById(id) !== undefined,
    resolve: (name, at) => resolveRelation(at, name),
    resolveTable: (name, at) => resolveTable(at, name),
    isSmall: (name: ObjectName) => settings.isSmallTable(displayName(name)),
    report(report) {
      const statement = report.statement ?? site?.index ?? null;
      const range =
        report.range ?? report.operation?.head ?? (statement === null ? ([0, 0] as const) : headOf(segment, statement));
      findings.push({ active, report, segment, statement, range, effects: effectsOfSite(site, statement) });
    },
  });

  const visitors: RuleVisitor[] = [];
  const handlers = new Map<string, Handler[]>();
  for (const active of rules) {
    const visitor = active.rule.create(contextOf(active));
    visitors.push(visitor);
    for (const [event, handler] of Object.entries(visitor)) {
      const list = handlers.get(event);
      if (list === undefined) handlers.set(event, [handler as Handler]);
      else list.push(handler as Handler);
    }
  }
  const onOperation = handlers.get('operation');

  const { statements } = segment.script;
  for (let index = 0; index < statements.length; index++) {
    const statement = statements[index]!;
    state = enterStatement(segment, statement, state);
    const met = state;
    let computed: Effects | undefined;
    const statementEffects = (): Effects => {
      computed ??= effects(statement, met, project.server);
      return computed as Effects;
    };
    const siteAt = (at: State, operation?: Operation): OperationSite => {
      let own: Effects | undefined;
      return {
        statement,
        index,
        state: at,
        get effects() {
          return statementEffects();
        },
        get ownEffects() {
          if (operation === undefined || statement.operations.length === 1) return statementEffects();
          own ??= effects({ ...statement, operations: [operation] }, at, project.server);
          return own;
        },
      };
    };
    site = siteAt(state);
    for (const visitor of visitors) visitor.statement?.(statement, site);
    for (const operation of statement.operations) {
      const specific = handlers.get(operation.kind);
      if (onOperation !== undefined || specific !== undefined) {
        site = siteAt(state, operation);
        if (onOperation !== undefined) for (const handler of onOperation) handler(operation, site);
        if (specific !== undefined) for (const handler of specific) handler(operation, site);
      }
      state = applyOperation(state, operation, { migration: number, statement: index });
    }
    if (state.transaction.status === 'open' && takesLocks(statement)) {
      const held = statementEffects().locks.flatMap(lock => {
        // A table that no migration made gets its id when the statement that names it is replayed.
        const id = lock.id ?? resolveRelation(state, lock)?.id;
        return id === undefined ? [] : [{ id, mode: lock.mode }];
      });
      state = holdLocks(state, held, { migration: number, statement: index });
    }
  }
  site = undefined;
  for (const visitor of visitors) visitor.segmentEnd?.(state);
  return {
    findings,
    after: closeSegment(segment, state),
    unusedContracts: contracts.filter(contract => !usedContracts.has(contract)),
  };

  function effectsOfSite(current: OperationSite | undefined, statement: number | null): Effects | undefined {
    return current !== undefined && current.index === statement ? current.effects : undefined;
  }
}

/** The state in which the segment's first statement runs: the migration tool's transaction is open where it has one. */
export function openSegment(segment: Segment, before: State): State {
  switch (segment.transaction) {
    case 'none':
      return before;
    case 'migration':
    case 'all-pending':
      return before.transaction.status === 'open' ? before : beginTransaction(before, 'tool');
    case 'implicit':
      return topLevelStatements(segment) > 1 ? beginTransaction(before, 'implicit') : before;
  }
}

/**
 * The state that a statement meets. What a DO block holds runs in one transaction, the block's own where none is open; it is
 * committed before the next statement outside of the block.
 */
export function enterStatement(segment: Segment, statement: Statement, state: State): State {
  const { transaction } = state;
  if (statement.parent !== undefined)
    return transaction.status === 'open' ? state : beginTransaction(state, 'implicit');
  const isOfBlock =
    transaction.status === 'open' && transaction.owner === 'implicit' && segment.transaction !== 'implicit';
  return isOfBlock ? commitTransaction(state) : state;
}

/** The state after the segment: its transaction is committed, unless the tool keeps one open around all pending migrations. */
export function closeSegment(segment: Segment, state: State): State {
  return segment.transaction === 'all-pending' ? state : commitTransaction(state);
}

function topLevelStatements(segment: Segment): number {
  return segment.script.statements.filter(statement => statement.parent === undefined).length;
}

function takesLocks(statement: Statement): boolean {
  return statement.operations.some(
    ({ kind }) => kind !== 'setParameter' && kind !== 'beginTransaction' && kind !== 'unreadable',
  );
}

function headOf(segment: Segment, statement: number): Range {
  return segment.script.statements[statement]?.head ?? [0, 0];
}
