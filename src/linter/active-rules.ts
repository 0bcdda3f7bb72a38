import { RULES, ruleById } from '../rules/index.ts';
import type { Rule, RuleSeverity } from '../rules/rule.ts';
import type { Dialect } from '../server/server.ts';
import type { Segment } from './migration.ts';
import type { LintSettings } from './settings.ts';

/** A rule that is switched on, with what the configuration says of it for one file. */
export interface ActiveRule {
  readonly rule: Rule;
  readonly severity: Exclude<RuleSeverity, 'off'>;
  readonly options: unknown;
}

/** Whether there is a rule of that id, ours or a plugin's. */
export function isRule(id: string, { customRules }: LintSettings): boolean {
  return ruleById(id) !== undefined || customRules?.some(rule => rule.id === id) === true;
}

type Scopes = readonly Rule['meta']['scope'][];

/** What was worked out before: a history has thousands of files, and as a rule one answer for all of them. */
const known = new WeakMap<LintSettings, Map<string, readonly ActiveRule[]>>();

/** The rules that are switched on for a file, of the given scopes, with their severity and options; in the order of ids. */
export function activeRules(
  scopes: Scopes,
  file: string,
  settings: LintSettings,
  dialect: Dialect,
  direction: Segment['direction'],
): readonly ActiveRule[] {
  let lists = known.get(settings);
  if (lists === undefined) {
    lists = new Map();
    known.set(settings, lists);
  }
  const key = `${dialect} ${direction} ${scopes.join()} ${settings.groupOf?.(file) ?? file}`;
  let list = lists.get(key);
  if (list === undefined) {
    list = findActive(scopes, file, settings, dialect, direction);
    lists.set(key, list);
  }
  return list;
}

function findActive(
  scopes: Scopes,
  file: string,
  settings: LintSettings,
  dialect: Dialect,
  direction: Segment['direction'],
): readonly ActiveRule[] {
  const active: ActiveRule[] = [];
  for (const rule of settings.customRules === undefined ? RULES : [...RULES, ...settings.customRules]) {
    const { meta } = rule;
    if (!scopes.includes(meta.scope) || !meta.directions.includes(direction) || !meta.dialects.includes(dialect))
      continue;
    const { severity, options } = settings.ruleSetting(rule.id, file);
    if (severity !== 'off') active.push({ rule, severity, options: options ?? meta.defaultOptions ?? {} });
  }
  return active;
}
