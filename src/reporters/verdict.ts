import type { AffectedRelation, Duration } from '../effects/effects.ts';
import type { Finding, Severity } from '../linter/finding.ts';
import { CAUSE_TITLES, causeWeight } from '../rules/causes.ts';
import { ruleById } from '../rules/index.ts';
import type { Cause } from '../rules/rule.ts';

/** What will happen, in a few words: `BLOCKS writes of users while it builds an index`. */
export interface Verdict {
  readonly text: string;
  readonly severity: Severity;
}

const WORK: Readonly<Record<Duration, string>> = {
  instant: 'while it waits for its lock',
  scan: 'while it scans',
  'index build': 'while it builds an index',
  rewrite: 'while it rewrites',
  data: 'while it changes rows',
};

const SEVERITY_WEIGHTS: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The cause of a finding's rule; of rules that are not known, hygiene. */
export function causeOf(finding: Finding): Cause {
  return (finding.customRule ?? ruleById(finding.rule))?.meta.cause ?? 'hygiene';
}

/** Orders findings of one statement: worst cause first, then severity, then place. */
export function compareByWeight(a: Finding, b: Finding): number {
  return (
    causeWeight(causeOf(a)) - causeWeight(causeOf(b)) ||
    SEVERITY_WEIGHTS[a.severity] - SEVERITY_WEIGHTS[b.severity] ||
    a.range[0] - b.range[0]
  );
}

/**
 * The verdicts on a migration by its findings, worst cause first, each once. Findings of level info give none.
 *
 * @param findings - all of one migration
 */
export function verdictsOf(findings: readonly Finding[]): readonly Verdict[] {
  const verdicts = new Map<string, Verdict>();
  for (const finding of [...findings].sort(compareByWeight)) {
    if (finding.severity === 'info') continue;
    const text = verdictText(finding);
    const known = verdicts.get(text);
    if (known === undefined || known.severity === 'warning') verdicts.set(text, { text, severity: finding.severity });
  }
  return [...verdicts.values()];
}

function verdictText(finding: Finding): string {
  const cause = causeOf(finding);
  const waiting = cause === 'blocks' && finding.effects !== undefined ? blockedTraffic(finding.effects) : '';
  return waiting === '' ? CAUSE_TITLES[cause].verdict : `BLOCKS ${waiting} ${WORK[finding.effects!.duration]}`;
}

/** `reads and writes of users, writes of orders`; empty where nobody waits. */
function blockedTraffic(effects: NonNullable<Finding['effects']>): string {
  const reads = effects.blocksReads.map(relationName);
  const writes = effects.blocksWrites.map(relationName);
  const groups: readonly (readonly [string, readonly string[]])[] = [
    ['reads and writes', reads.filter(name => writes.includes(name))],
    ['reads', reads.filter(name => !writes.includes(name))],
    ['writes', writes.filter(name => !reads.includes(name))],
  ];
  return groups
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} of ${listed(names)}`)
    .join(', ');
}

function relationName({ schema, name }: AffectedRelation): string {
  return schema === '' || schema === 'public' ? name : `${schema}.${name}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
function listed(names: readonly string[]): string {
  const unique = [...new Set(names)];
  if (unique.length === 1) return unique[0]!;
  if (unique.length <= 3) return `${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
  return `${unique.slice(0, 2).join(', ')} and ${unique.length - 2} more`;
}
