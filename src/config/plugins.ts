import { CAUSES, PRESETS, type Rule, type RuleVisitor } from '../rules/rule.ts';
import { DIALECTS } from '../server/server.ts';
import { usageError } from '../usage-error.ts';

/** `acme/no-money-as-float`: what a plugin calls a rule never is, and never will be, the name of one of Surefoot's. */
const RULE_ID = /^(?!surefoot\/)[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/;

const SCOPES: readonly Rule['meta']['scope'][] = ['statement', 'migration', 'file', 'project'];

/** What a part of a rule must be, for those who write plugins without types. */
const PARTS: readonly (readonly [path: string, words: string, fits: (value: unknown) => boolean])[] = [
  ['create', 'a function', value => typeof value === 'function'],
  ['meta.description', 'a text', isText],
  ['meta.cause', `one of ${CAUSES.join(', ')}`, value => CAUSES.some(each => each === value)],
  ['meta.scope', `one of ${SCOPES.join(', ')}`, value => SCOPES.some(each => each === value)],
  ['meta.directions', 'a list of up and down', value => isListOf(value, ['up', 'down'])],
  ['meta.dialects', `a list of ${DIALECTS.join(', ')}`, value => isListOf(value, DIALECTS)],
  ['meta.presets', `severities by ${PRESETS.join(', ')}`, isRecord],
  ['meta.messages', 'texts by id', value => isRecord(value) && Object.values(value).every(isText)],
  ['meta.docs.failure', 'a text', isText],
  ['meta.docs.why', 'a text', isText],
  ['meta.docs.safe', 'a text', isText],
  ['meta.docs.whenNotToUse', 'a text', isText],
  ['meta.docs.exemptions', 'a list', Array.isArray],
  ['meta.docs.otherTools', 'texts by tool', isRecord],
  ['meta.examples', 'a list', Array.isArray],
];

/**
 * The rules of a plugin.
 *
 * @param plugin - what it exports: an object with `rules`, a list
 * @param name - what messages call it: `surefoot.config.ts: plugins: ./rules.ts`
 * @throws a usage error that says what is wrong with it
 */
export function rulesOfPlugin(plugin: unknown, name: string): readonly Rule[] {
  const rules = isRecord(plugin) ? plugin.rules : undefined;
  if (!Array.isArray(rules))
    throw usageError(`${name}: a plugin is an object with a list of rules: { rules: [myRule] }`);
  return rules.map((rule: unknown, index) => {
    const id = isRecord(rule) ? rule.id : undefined;
    const place = `${name}: rules[${index}]${typeof id === 'string' ? ` (${id})` : ''}`;
    if (typeof id !== 'string' || !RULE_ID.test(id)) {
      throw usageError(`${place}: id must be <plugin>/<rule> in lower case: acme/no-money-as-float`);
    }
    for (const [path, words, fits] of PARTS) {
      if (!fits(partOf(rule, path))) throw usageError(`${place}: ${path} must be ${words}`);
    }
    return guarded(rule as Rule);
  });
}

function partOf(rule: unknown, path: string): unknown {
  let value = rule;
  for (const key of path.split('.')) value = isRecord(value) ? value[key] : undefined;
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isListOf(value: unknown, known: readonly string[]): boolean {
  return Array.isArray(value) && value.every(each => known.includes(each as string));
}

/** The rule with its name on whatever it throws. */
function guarded(rule: Rule): Rule {
  const guard = <Result>(run: () => Result): Result => {
    try {
      return run();
    } catch (error) {
      throw usageError(`the rule ${rule.id} failed: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  return {
    ...rule,
    create(context) {
      const visitor = guard(() => rule.create(context));
      const handlers = Object.entries(visitor).map(([key, handler]) => [
        key,
        (...heard: readonly unknown[]) => guard(() => (handler as (...heard: readonly unknown[]) => void)(...heard)),
      ]);
      return Object.fromEntries(handlers) as RuleVisitor;
    },
  };
}
