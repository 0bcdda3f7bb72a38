import { dirname, isAbsolute, parse, relative, resolve, sep } from 'node:path';
import { lazyRequire } from '../lazy-require.ts';
import type { FileSuppression, LintSettings, RuleSetting } from '../linter/settings.ts';
import type { ProjectSettings } from '../migration-tools/discover.ts';
import { didYouMean } from '../nearest.ts';
import { RULES, ruleById } from '../rules/index.ts';
import type { Preset, Rule, RuleSeverity } from '../rules/rule.ts';
import { usageError } from '../usage-error.ts';
import type { ProjectConfig, RuleEntries, RuleEntry } from './config.ts';
import type { LoadedConfig } from './load.ts';

/** The configuration as the rest of the program uses it: config file, preset and flags in one. */
export interface ResolvedConfig extends LintSettings {
  /** Absolute path of the config file; null where there is none. */
  readonly file: string | null;
  /** Absolute path of the folder that patterns are relative to. */
  readonly root: string;
  readonly preset: Preset;
  /** For discovery; those of the root come first. */
  readonly projects: readonly ProjectSettings[];
  readonly smallTables: readonly string[];
  /** Absolute path of the file of known findings. */
  readonly baseline?: string;
}

/** What flags say; they win over everything in the config. */
export interface ConfigFlags {
  readonly preset?: Preset;
  readonly rules?: Readonly<Record<string, RuleSeverity>>;
}

/** Presets that only add to another one: what they leave out is taken from there. */
const ADDS_TO: Readonly<Record<Preset, readonly Preset[]>> = {
  recommended: [],
  strict: ['recommended'],
  'multi-tenant': ['recommended'],
  conventions: ['recommended'],
  all: ['strict', 'recommended', 'multi-tenant', 'conventions'],
};

/**
 * The severity of a rule in a preset: as the rule says, else as the presets say that this one adds to.
 *
 * @returns `off` where none of them has it
 */
export function presetSeverity(rule: Rule, preset: Preset): RuleSeverity {
  const { presets } = rule.meta;
  const source = [preset, ...ADDS_TO[preset]].find(each => presets[each] !== undefined);
  return source === undefined ? 'off' : presets[source]!;
}

/** The options of a rule in a preset: the rule's defaults, and what the preset, or those that it adds to, say otherwise. */
function presetOptions({ meta }: Rule, preset: Preset): object {
  const sources = [preset, ...ADDS_TO[preset]].toReversed();
  return Object.assign({}, meta.defaultOptions, ...sources.map(source => meta.presetOptions?.[source]));
}

/**
 * Puts config file and flags together.
 *
 * @param loaded - undefined where there is no config file
 * @param cwd - absolute path; patterns are relative to it where there is no config file
 */
export function resolveConfig(loaded: LoadedConfig | undefined, flags: ConfigFlags, cwd: string): ResolvedConfig {
  const config = loaded?.config ?? {};
  const root = loaded === undefined ? cwd : dirname(loaded.file);
  const preset = flags.preset ?? config.preset ?? 'recommended';
  const smallTables = config.smallTables ?? [];
  const custom = loaded?.rules ?? [];
  checkRules(flags.rules ?? {}, custom);
  const small = new Set(smallTables);
  const overrides = (config.overrides ?? []).map(({ files, rules }) => ({ matches: matcher(files, root), rules }));
  return {
    file: loaded?.file ?? null,
    root,
    preset,
    projects: projectSettings(config, config.projects ?? [], root),
    smallTables,
    ...(config.baseline === undefined ? {} : { baseline: resolve(root, config.baseline) }),
    deployOrder: config.deployOrder ?? 'migrations-first',
    tenant: { column: config.tenant?.column ?? 'tenant_id', globalTables: config.tenant?.globalTables ?? [] },
    suppressions: (config.suppressions ?? []).map(
      ({ file, rule, reason }): FileSuppression => ({
        matches: matcher([file], root),
        rule,
        reason,
      }),
    ),
    ...(custom.length === 0 ? {} : { customRules: custom }),
    ruleSetting: (id, file) =>
      settingOf(
        id,
        ruleById(id) ?? custom.find(rule => rule.id === id),
        preset,
        config.rules ?? {},
        overrides.filter(override => override.matches(file)),
        flags.rules ?? {},
      ),
    groupOf: file => overrides.flatMap((override, index) => (override.matches(file) ? [index] : [])).join(),
    isSmallTable: name => small.has(name),
    isContractPath: matcher(config.contractPaths ?? [], root),
  };
}

interface CompiledOverride {
  matches(file: string): boolean;
  readonly rules: RuleEntries;
}

function settingOf(
  id: string,
  rule: Rule | undefined,
  preset: Preset,
  entries: RuleEntries,
  overrides: readonly CompiledOverride[],
  flags: Readonly<Record<string, RuleSeverity>>,
): RuleSetting {
  let severity: RuleSeverity = rule === undefined ? 'off' : presetSeverity(rule, preset);
  let options: Readonly<Record<string, unknown>> | undefined;
  for (const rules of [entries, ...overrides.map(override => override.rules)]) {
    const entry = rules[id];
    if (entry === undefined) continue;
    severity = severityOf(entry);
    options = optionsOf(entry) ?? options;
  }
  if (Object.hasOwn(flags, id)) severity = flags[id]!;
  return { severity, options: { ...(rule === undefined ? {} : presetOptions(rule, preset)), ...options } };
}

function severityOf(entry: RuleEntry): RuleSeverity {
  return typeof entry === 'string' ? entry : entry[0];
}

function optionsOf(entry: RuleEntry): Readonly<Record<string, unknown>> | undefined {
  return typeof entry === 'string' ? undefined : entry[1];
}

function projectSettings(
  config: Omit<ProjectConfig, 'path' | 'startAfter'>,
  projects: readonly ProjectConfig[],
  root: string,
): readonly ProjectSettings[] {
  const { tool, dialect, serverVersion, transaction, timeouts, sessionTimeZone } = config;
  const defaults = { tool, dialect, serverVersion, transaction, timeouts, sessionTimeZone };
  const said = Object.fromEntries(Object.entries(defaults).filter(([, value]) => value !== undefined));
  // What the root says holds for every path on the command line, also outside of the config's folder.
  const everywhere = Object.keys(said).length === 0 ? [] : [{ path: parse(root).root, named: false, ...said }];
  return [...everywhere, ...projects.map(project => ({ ...project, path: resolve(root, project.path), named: true }))];
}

/** Compiles patterns (a folder's name stands for all that is in it); paths are absolute. */
function matcher(patterns: readonly string[], root: string): (file: string) => boolean {
  if (patterns.length === 0) return () => false;
  const picomatch = lazyRequire('picomatch') as typeof import('picomatch');
  const expanded = patterns
    .map(pattern => pattern.replace(/^\.\//, ''))
    .flatMap(pattern => [pattern, `${pattern.replace(/\/$/, '')}/**`]);
  const fits = picomatch(expanded, { dot: true });
  return file => {
    const path = relative(root, file);
    return !isAbsolute(path) && fits(path.split(sep).join('/'));
  };
}

/** @throws a usage error for a flag's rule that neither Surefoot nor a plugin has */
function checkRules(flags: Readonly<Record<string, RuleSeverity>>, custom: readonly Rule[]): void {
  const ids = [...RULES, ...custom].map(({ id }) => id);
  for (const [id, severity] of Object.entries(flags)) {
    if (ids.includes(id)) continue;
    const hint = didYouMean(id, ids) || '; surefoot rules lists them';
    throw usageError(`--rule ${id}=${severity}: unknown rule ${id}${hint}`);
  }
}
