import type { Lock } from '../../effects/effects.ts';
import { conflicts, parseDuration, WRITE_MODE } from '../../effects/index.ts';
import { safeForms } from '../../fixes/index.ts';
import type { Operation } from '../../operations/operations.ts';
import type { Statement } from '../../operations/statements.ts';
import type { OperationSite, Report, RuleContext } from '../rule.ts';
import { locksAgainstWriters } from './held-locks.ts';
import { inUse, labelsOf, trafficOf } from './live-relations.ts';
import { type Timeout, timeoutInEffect } from './timeouts.ts';

/** A statement that locks tables in use while the timeout in question does not limit it. */
export interface Unprotected {
  readonly site: OperationSite;
  /** The timeout in effect; 0 for none. */
  readonly milliseconds: number;
  /** `tables` and `traffic`, for the message. */
  readonly data: { readonly tables: string; readonly it: string; readonly traffic: string };
}

/**
 * A handler of statements that finds the first one of a migration that makes readers or writers of a table in use wait while a
 * timeout is not in effect, is switched off, or is longer than `max`.
 *
 * @param max - in milliseconds
 */
export function firstUnprotected(
  timeout: Timeout,
  max: number,
  context: Pick<RuleContext<never>, 'isNew' | 'isSmall' | 'resolve'>,
  found: (unprotected: Unprotected) => void,
): (statement: Statement, site: OperationSite) => void {
  let done = false;
  return (statement, site) => {
    if (done || isSelfLimited(statement.operations)) return;
    const milliseconds = timeoutInEffect(site.state, timeout);
    if (milliseconds === undefined || (milliseconds > 0 && milliseconds <= max)) return;
    // A metadata lock of a moment, too, has to wait for its turn, and everyone queues up behind it.
    const locks = queuesForMetadata(site)
      ? site.effects.locks.filter(isStrong)
      : locksAgainstWriters(site.effects, site.state);
    const tables = inUse(context, locks, site.state);
    const [first] = tables;
    if (first === undefined) return;
    done = true;
    const named = tables.slice(0, 3);
    const data = {
      tables: labelsOf(named),
      it: named.length === 1 ? 'it' : 'them',
      // Behind a metadata lock that is waited for, readers wait as well.
      traffic: queuesForMetadata(site) ? 'reads and writes' : trafficOf(site.effects, first),
    };
    found({ site, milliseconds, data });
  };
}

/** Whether every change of a table waits for a lock of the catalogue's that readers want, too. */
const queuesForMetadata = ({ state: { dialect } }: OperationSite): boolean => dialect !== 'postgres';

/** What to do about a missing timeout: in words, as a safe form, and as an edit. */
export function timeoutAdvice(
  timeout: Timeout,
  value: string,
  context: Pick<RuleContext<never>, 'server' | 'segment'>,
  { statement, index, state, effects }: OperationSite,
): Pick<Report, 'help' | 'safeRewrite' | 'suggestions'> {
  const { script, file } = context.segment;
  let outermost = statement;
  while (outermost.parent !== undefined) outermost = script.statements[outermost.parent]!;
  const inTransaction = state.transaction.status === 'open' && state.transaction.owner !== 'implicit';
  const nested = outermost !== script.statements[index];
  const [start] = outermost.range;
  const local = inTransaction && !nested ? 'LOCAL ' : '';
  const command =
    state.dialect === 'sqlserver'
      ? `SET LOCK_TIMEOUT ${parseDuration(value) ?? 0};`
      : timeout === 'lock_wait_timeout'
        ? `SET SESSION ${timeout} = ${Math.max(1, Math.ceil((parseDuration(value) ?? 0) / 1000))};`
        : `SET ${local}${timeout} = '${value}';`;
  return {
    help: `Put ${command} before it, and let the deploy try again when it gives up.`,
    // What takes long wants another form than the one it has: the rule about it gives that.
    ...(effects.duration !== 'instant'
      ? {}
      : safeForms(context.server).withTimeout(timeout, value, inTransaction && !nested, outermost.range, file)),
    suggestions: [{ message: `Put ${command} before it`, edits: [{ start, end: start, text: `${command}\n` }] }],
  };
}

/** Whether nothing of a statement makes others queue up for longer than it says itself. */
const isSelfLimited = (operations: readonly Operation[]): boolean =>
  operations.every(letsTrafficThrough) ||
  operations.some(operation => operation.kind === 'ddlOption' && operation.option === 'wait');

const isStrong = ({ mode, relationKind }: Lock): boolean => relationKind === undefined && conflicts(mode, WRITE_MODE);

/** Statements that wait without a lock that others queue behind, as long as they may take. */
function letsTrafficThrough(operation: Operation): boolean {
  return operation.kind === 'validateConstraint' || ('concurrently' in operation && operation.concurrently === true);
}
