import type { Effects } from '../effects/effects.ts';
import { countRowVersions } from '../effects/index.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { Statement } from '../operations/statements.ts';
import type { OperationSite, Report, Rule, RuleContext, RuleVisitor } from '../rules/rule.ts';
import {
  applyOperation,
  beginTransaction,
  commitTransaction,
  holdLocks,
  inServerOrder,
  resolveRelation,
  resolveTable,
  statementAsDeclared,
} from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import type { Range } from '../source/source-file.ts';
import { type ActiveRule, isRule } from './active-rules.ts';
import { type Contract, contractFor, readContracts } from './contracts.ts';
import { foreignDialect } from './foreign-dialect.ts';
import type { Migration, Project, Segment } from './migration.ts';
import { firstNewMigration, isNewOrigin, isNewRelation, originNumber } from './new-objects.ts';
import type { LintSettings } from './settings.ts';
import { operationSite, statementSite } from './site.ts';

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

type Handler = NonNullable<RuleVisitor[keyof RuleVisitor]>;

/**
 * Replays one segment without judging it.
 *
 * @returns the state it leaves
 */
export function replaySegment(segment: Segment, migration: number, before: State): State {
  let state = openSegment(segment, before);
  const { statements } = segment.script;
  for (let index = 0; index < statements.length; index++) {
    const entered = enterStatement(segment, statements[index]!, state);
    state = entered;
    for (const operation of inServerOrder(statements[index]!.operations)) {
      state = applyOperation(state, operation, { migration, statement: index });
    }
    state = countRowVersions(statements[index]!, entered, state);
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

  // What all rules of the segment share is made once: there are dozens of rules, and mostly a statement or two.
  const shared: RuleContext = {
    options: undefined,
    report() {},
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
    isRule: id => isRule(id, settings),
    resolve: (name, at) => resolveRelation(at, name),
    resolveTable: (name, at) => resolveTable(at, name),
    isSmall: (name: ObjectName) => settings.isSmallTable(displayName(name)),
  };
  const contextOf = (active: ActiveRule): RuleContext => ({
    ...shared,
    options: active.options,
    report(report) {
      const statement = report.statement ?? site?.index ?? null;
      const range =
        report.range ?? report.operation?.head ?? (statement === null ? ([0, 0] as const) : headOf(segment, statement));
      findings.push({
        active,
        report,
        segment,
        statement,
        range,
        effects: site?.index === statement ? site.effects : undefined,
      });
    },
  });

  const handlers = new Map<string, Handler[]>();
  const events = eventsOf(segment);
  // The rules of one dialect have nothing true to say of the text of another.
  const isForeign = foreignDialect(segment, project.server) !== undefined;
  const judging = isForeign ? rules.filter(({ rule }) => rule.id === 'no-unreadable-statement') : rules;
  for (const { active, hears } of listenersOf(judging, events)) {
    const visitor = active.rule.create(contextOf(active)) as Readonly<Record<string, Handler>>;
    for (const event of hears ?? hearsOfNew(active.rule, visitor, events)) {
      const handler = visitor[event];
      if (handler === undefined) continue;
      const list = handlers.get(event);
      if (list === undefined) handlers.set(event, [handler]);
      else list.push(handler);
    }
  }
  const onStatement = handlersOf<'statement'>(handlers, 'statement');
  const onOperation = handlersOf<'operation'>(handlers, 'operation');

  const { statements } = segment.script;
  for (let index = 0; index < statements.length; index++) {
    state = enterStatement(segment, statements[index]!, state);
    const statement = statementAsDeclared(state, statements[index]!);
    const at = { migration: number, statement: index };
    const whole = statementSite(statement, at, state, project.server);
    site = whole;
    for (const handler of onStatement) handler(statement, site);
    for (const operation of inServerOrder(statement.operations)) {
      const onKind = handlersOf<'operation'>(handlers, operation.kind);
      if (onOperation.length > 0 || onKind.length > 0) {
        site = operationSite(operation, whole, at, state, project.server);
        for (const handler of onOperation) handler(operation, site);
        for (const handler of onKind) handler(operation, site);
      }
      state = applyOperation(state, operation, at);
    }
    state = countRowVersions(statement, whole.state, state);
    if (state.transaction.status === 'open' && takesLocks(statement)) {
      const held = whole.effects.locks.flatMap(lock => {
        // A table that no migration made gets its id when the statement that names it is replayed.
        const id = lock.id ?? resolveRelation(state, lock)?.id;
        return id === undefined ? [] : [{ id, mode: lock.mode }];
      });
      state = holdLocks(state, held, at);
    }
  }
  site = undefined;
  for (const fact of segment.script.facts ?? [])
    for (const handler of handlersOf<'codeFact'>(handlers, 'codeFact')) handler(fact);
  for (const handler of handlersOf<'segmentEnd'>(handlers, 'segmentEnd')) handler(state);
  return {
    findings,
    after: closeSegment(segment, state),
    unusedContracts: contracts.filter(contract => !usedContracts.has(contract)),
  };
}

/** What happens in a segment: the kinds of its operations, and what happens in each. */
function eventsOf({ script }: Segment): ReadonlySet<string> {
  const events = new Set<string>(['segmentEnd']);
  if (script.facts !== undefined && script.facts.length > 0) events.add('codeFact');
  for (const { operations } of script.statements) {
    events.add('statement');
    for (const { kind } of operations) events.add('operation').add(kind);
  }
  return events;
}

/** A rule, and which of the events of a segment its visitor listens to. */
interface Listener {
  readonly active: ActiveRule;
  /** Undefined where no visitor of the rule has told yet. */
  readonly hears: readonly string[] | undefined;
}

/** The keys of a rule's visitors, the same each time that it has any; a rule that has made none yet, or only empty ones, is not in it. */
const KEYS: WeakMap<Rule, readonly string[]> = new WeakMap();
/** How many rules KEYS knows: what was worked out with fewer is out of date. */
let knownRules = 0;

/** Which of a list of rules listen, by what happens: most migrations of a history do the same few things. */
const LISTENERS: WeakMap<
  readonly ActiveRule[],
  Map<string, { readonly knownRules: number; readonly listeners: readonly Listener[] }>
> = new WeakMap();

/**
 * The rules that listen to anything that happens. Most rules have nothing to do in most migrations, and making their visitors
 * took longer than running the others.
 */
function listenersOf(rules: readonly ActiveRule[], events: ReadonlySet<string>): readonly Listener[] {
  let lists = LISTENERS.get(rules);
  if (lists === undefined) {
    lists = new Map();
    LISTENERS.set(rules, lists);
  }
  const key = [...events].join(' ');
  const known = lists.get(key);
  if (known?.knownRules === knownRules) return known.listeners;
  const listeners = rules.flatMap((active): readonly Listener[] => {
    const keys = KEYS.get(active.rule);
    const hears = keys && heard(keys, events);
    return hears?.length === 0 ? [] : [{ active, hears }];
  });
  lists.set(key, { knownRules, listeners });
  return listeners;
}

/** The keys of a visitor that something happens for; none where that would be the end alone, unless it is all it listens to. */
function heard(keys: readonly string[], events: ReadonlySet<string>): readonly string[] {
  const found = keys.filter(key => events.has(key));
  return found.length === 1 && found[0] === 'segmentEnd' && keys.length > 1 ? [] : found;
}

/** What a rule's first visitor listens to. */
function hearsOfNew(
  rule: Rule,
  visitor: Readonly<Record<string, Handler>>,
  events: ReadonlySet<string>,
): readonly string[] {
  const keys = Object.keys(visitor);
  if (keys.length > 0) {
    KEYS.set(rule, keys);
    knownRules++;
  }
  return heard(keys, events);
}

const NO_HANDLERS: readonly never[] = [];

/** The handlers of an event, in the order of the rules. */
function handlersOf<Event extends keyof RuleVisitor>(
  handlers: ReadonlyMap<string, readonly Handler[]>,
  event: string,
): readonly Required<RuleVisitor>[Event][] {
  return (handlers.get(event) as readonly Required<RuleVisitor>[Event][] | undefined) ?? NO_HANDLERS;
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
 * committed before the next statement outside of the block. So is the transaction of several statements that are one query.
 */
export function enterStatement(segment: Segment, statement: Statement, state: State): State {
  const { transaction } = state;
  if (statement.parent !== undefined)
    return transaction.status === 'open' ? state : beginTransaction(state, 'implicit');
  if (statement.inQuery === 'later') return state;
  const isOfBlock =
    transaction.status === 'open' && transaction.owner === 'implicit' && segment.transaction !== 'implicit';
  const settled = isOfBlock ? commitTransaction(state) : state;
  const starts = statement.inQuery === 'first' && settled.transaction.status !== 'open';
  return starts ? beginTransaction(settled, 'implicit') : settled;
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
