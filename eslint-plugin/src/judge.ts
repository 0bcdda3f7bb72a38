import { isAbsolute, join } from 'node:path';
import type { RuleContext } from '@eslint/core';
import {
  type EmbeddedConfig,
  embeddedConfig,
  type Finding,
  isUsageError,
  type LintSettings,
  openFileLinter,
  type Rule,
} from 'surefoot';
import { noteWorkingDirectory } from './fingerprint.ts';
import type { Host } from './host.ts';

/** A file and the rules that ESLint runs on it. */
interface Judgement {
  /** Options of the rules that are on, by id. */
  readonly options: Map<string, unknown>;
  /** Those of them that Surefoot does not bring. */
  readonly customRules: Rule[];
  /** Worked out when the first rule asks for its findings. */
  outcome?: Outcome;
}

interface Outcome {
  readonly findings: readonly Finding[];
  /** Why the file could not be judged, and the rule that is to say so. */
  readonly problem?: { readonly message: string; readonly rule: string };
}

/** The rule that says why a file could not be judged. */
export const VALID_SETTINGS = 'valid-settings';

const linter = openFileLinter();
const judgements = new WeakMap<object, Judgement>();

/**
 * Takes note that a rule is on for a file. All rules of a file enlist before the first of them sees it.
 *
 * @param options - the rule's options, defaults filled in
 * @param custom - the rule itself, where Surefoot does not bring it
 */
export function enlist({ sourceCode }: Host, rule: string, options: unknown, custom?: Rule): void {
  const judgement: Judgement = judgements.get(sourceCode) ?? { options: new Map(), customRules: [] };
  judgements.set(sourceCode, judgement);
  judgement.options.set(rule, options);
  if (custom !== undefined) judgement.customRules.push(custom);
}

/** What a rule has to say of a file. The file is judged once, with all rules that enlisted. */
export function outcomeFor(
  rule: string,
  host: Host,
  context: RuleContext,
): { readonly findings: readonly Finding[]; readonly problem?: string } {
  const judgement = judgements.get(host.sourceCode)!;
  judgement.outcome ??= judge(host, judgement, context);
  const { findings, problem } = judgement.outcome;
  return {
    findings: findings.filter(finding => finding.rule === rule),
    ...(problem?.rule === rule ? { problem: problem.message } : {}),
  };
}

function judge(host: Host, { options, customRules }: Judgement, context: RuleContext): Outcome {
  const { cwd, filename } = context;
  noteWorkingDirectory(cwd);
  const isNamed = isAbsolute(filename);
  try {
    if (isNamed) host.offer(filename);
    const config = configFor(context.settings.surefoot, cwd);
    const findings = linter.lintFile({
      cwd,
      projects: config.projects,
      path: isNamed ? filename : join(cwd, 'stdin.sql'),
      alone: !isNamed,
      text: host.bom ? `\uFEFF${host.text}` : host.text,
      settings: { ...config.settings, customRules, ruleSetting: settingOf(options), inEslint: true },
    });
    // ESLint has no level for notes.
    return { findings: findings.filter(({ severity }) => severity !== 'info') };
  } catch (error) {
    const message = problemOf(error);
    if (message === undefined) throw error;
    const [first = VALID_SETTINGS] = options.keys();
    return { findings: [], problem: { message, rule: options.has(VALID_SETTINGS) ? VALID_SETTINGS : first } };
  }
}

/** ESLint owns severities: here a rule is on or off. */
function settingOf(options: ReadonlyMap<string, unknown>): LintSettings['ruleSetting'] {
  return rule =>
    options.has(rule) ? { severity: 'error', options: options.get(rule) } : { severity: 'off', options: undefined };
}

/** What the user can put right, in a sentence; undefined for a defect of ours, which ESLint is to show with its stack. */
function problemOf(error: unknown): string | undefined {
  if (isUsageError(error)) return error.message.replace(/\bgive --dialect\b/, 'set settings.surefoot.dialect to');
  const { code, path } = error as NodeJS.ErrnoException;
  return code === undefined || path === undefined ? undefined : `${path}: cannot be read (${code})`;
}

/** How long a config file is taken to be what it was, in milliseconds. */
const FRESH = 1000;

const configs = new Map<string, { readonly at: number; readonly config: EmbeddedConfig }>();

function configFor(said: unknown, cwd: string): EmbeddedConfig {
  const key = `${cwd}\0${JSON.stringify(said) ?? ''}`;
  const known = configs.get(key);
  const at = performance.now();
  if (known !== undefined && at - known.at < FRESH) return known.config;
  const config = embeddedConfig(said, 'settings.surefoot', cwd);
  configs.set(key, { at, config });
  return config;
}
