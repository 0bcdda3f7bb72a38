import { RULES } from 'surefoot';

/** The names of Surefoot's rules, and of those that users gave to it in this process. */
const names = new Set(RULES.map(({ id }) => id));

/** Takes note of rules that Surefoot does not bring, by their names without the plugin's. */
export function learnRules(more: readonly string[]): void {
  for (const name of more) names.add(name);
}

/** Whether a rule is one of these, by whatever name the plugin goes; what covers statements is known of those only. `*` is all. */
export function isOurs(rule: string): boolean {
  return rule === '*' || names.has(rule.slice(rule.lastIndexOf('/') + 1));
}
