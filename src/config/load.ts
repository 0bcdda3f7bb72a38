import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { lazyRequire } from '../lazy-require.ts';
import { MIGRATION_TOOLS } from '../migration-tools/index.ts';
import { RULES } from '../rules/index.ts';
import type { Rule } from '../rules/rule.ts';
import { usageError } from '../usage-error.ts';
import type { Config, RuleEntries, RuleEntry } from './config.ts';
import { rulesOfPlugin } from './plugins.ts';
import { configSchema } from './schema.ts';
import { describeProblem, type Problem, validate } from './validate.ts';

/** Names of config files, the first that a folder holds is taken. */
const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(extension => `surefoot.config.${extension}`);

/** A config with everything it extends merged in. */
export interface LoadedConfig {
  /** Absolute path of the file. */
  readonly file: string;
  readonly config: Config;
  /** The rules that its plugins, and those of what it extends, bring. */
  readonly rules?: readonly Rule[];
}

/**
 * Looks for the config file of a folder: in it, then upwards, to the repository's root or, outside of one, the file system's.
 *
 * @param cwd - absolute path
 * @returns absolute path; undefined where there is none
 */
export function findConfig(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const name of CONFIG_FILES) {
      const file = join(folder, name);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file;
    }
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

/**
 * Reads a config file and what it extends.
 *
 * @param file - absolute path
 * @param cwd - messages name the file relative to it
 * @throws a usage error that names the file, the place and the nearest right word
 */
export function loadConfig(file: string, cwd: string): LoadedConfig {
  return { file, ...loadWithBases(file, cwd, []) };
}

/**
 * The rules that the plugins of a folder's config bring.
 *
 * @param cwd - absolute path
 * @throws a usage error for a config that cannot be used
 */
export function customRules(cwd: string): readonly Rule[] {
  const file = findConfig(cwd);
  return file === undefined ? [] : loadWithBases(file, cwd, []).rules;
}

type ConfigWithRules = Required<Omit<LoadedConfig, 'file'>>;

function loadWithBases(file: string, cwd: string, chain: readonly string[]): ConfigWithRules {
  if (chain.includes(file)) {
    throw usageError(
      `${show(file, cwd)}: extends itself (${[...chain, file].map(each => show(each, cwd)).join(' → ')})`,
    );
  }
  const isJson = file.endsWith('.json');
  const text = isJson ? readJsonText(file, cwd) : '';
  const value = isJson ? parseJson(text, file, cwd) : runScript(file, cwd);
  // Plugins bring rules that the rest may speak of, so they are loaded before it is checked.
  const loaded = listOf(value, 'extends').flatMap(base =>
    typeof base === 'string' ? [loadWithBases(resolveModule(base, 'extends', file, cwd), cwd, [...chain, file])] : [],
  );
  const own = listOf(value, 'plugins').flatMap(plugin => loadPlugin(plugin, file, cwd));
  const rules = [...new Map([...loaded.flatMap(each => each.rules), ...own].map(rule => [rule.id, rule])).values()];
  const [problem] = validate(value, configSchema([...RULES, ...rules], Object.keys(MIGRATION_TOOLS)));
  if (problem !== undefined) {
    throw usageError(`${show(file, cwd)}${isJson ? placeOf(problem, text) : ''}: ${describeProblem(problem)}`);
  }
  const { extends: _, plugins: __, ...config } = value as Config;
  return { config: [...loaded.map(each => each.config), config].reduce(mergeConfigs), rules };
}

/** What a key of an unchecked config lists, one or several; nothing where it is of another kind, which the check will tell. */
function listOf(value: unknown, key: 'extends' | 'plugins'): readonly unknown[] {
  const listed = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : [];
  if (Array.isArray(listed)) return listed;
  return key === 'extends' && typeof listed === 'string' ? [listed] : [];
}

function loadPlugin(plugin: unknown, file: string, cwd: string): readonly Rule[] {
  if (typeof plugin !== 'string') return rulesOfPlugin(plugin, `${show(file, cwd)}: plugins`);
  const path = resolveModule(plugin, 'plugins', file, cwd);
  return rulesOfPlugin(runScript(path, cwd, 'plugin'), `${show(file, cwd)}: plugins: ${plugin}`);
}

/** A path, or a package as Node finds it from the config's folder. */
function resolveModule(base: string, key: 'extends' | 'plugins', from: string, cwd: string): string {
  const isPath = /^\.{1,2}(\/|\\|$)/.test(base) || isAbsolute(base);
  const path = resolve(dirname(from), base);
  if (isPath && existsSync(path)) return path;
  try {
    if (!isPath) return createRequire(from).resolve(base);
  } catch (error) {
    throw usageError(
      `${show(from, cwd)}: ${key}: the package ${base} is not installed, or has no entry to load`,
      error,
    );
  }
  throw usageError(`${show(from, cwd)}: ${key}: there is no file ${base}`);
}

function readJsonText(file: string, cwd: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw usageError(`${show(file, cwd)}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}

function parseJson(text: string, file: string, cwd: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { parse, printParseErrorCode } = lazyRequire('jsonc-parser') as typeof import('jsonc-parser');
    const errors: import('jsonc-parser').ParseError[] = [];
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
    const [first] = errors;
    const place = first === undefined ? '' : lineAndColumn(text, first.offset);
    const reason = first === undefined ? 'syntax error' : printParseErrorCode(first.error);
    throw usageError(`${show(file, cwd)}${place}: not valid JSON: ${inWords(reason)}`, error);
  }
}

/** `CommaExpected` → `comma expected`. */
function inWords(code: string): string {
  return code.replace(/\B[A-Z]/g, letter => ` ${letter.toLowerCase()}`).toLowerCase();
}

function placeOf({ path }: Problem, text: string): string {
  const { parseTree, findNodeAtLocation } = lazyRequire('jsonc-parser') as typeof import('jsonc-parser');
  const root = parseTree(text);
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...path]);
  // The key, where the value is one of an object.
  const offset = node?.parent?.type === 'property' ? node.parent.offset : node?.offset;
  return offset === undefined ? '' : lineAndColumn(text, offset);
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `:${before.length}:${before.at(-1)!.length + 1}`;
}

/** Runs a config that is a module, synchronously, as ESLint's rules cannot wait. */
function runScript(file: string, cwd: string, what: 'config' | 'plugin' = 'config'): unknown {
  const typeScript = /\.m?ts$/.test(file);
  try {
    const module: unknown = typeScript && !readsTypeScript() ? loadWithJiti(file) : createRequire(file)(file);
    return defaultExport(module, file, cwd, what);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_REQUIRE_ASYNC_MODULE')
      throw usageError(`${show(file, cwd)}: a ${what} must not use await at its top level`, error);
    if (error instanceof Error && error.name === 'UsageError') throw error;
    throw usageError(`${show(file, cwd)}: cannot be loaded: ${firstLine(message ?? String(error))}`, error);
  }
}

/** Whether this Node strips types by itself. */
function readsTypeScript(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript);
}

function loadWithJiti(file: string): unknown {
  const { createJiti } = lazyRequire('jiti') as typeof import('jiti');
  return createJiti(file, { moduleCache: false })(file);
}

function defaultExport(module: unknown, file: string, cwd: string, what: 'config' | 'plugin'): unknown {
  if (typeof module === 'object' && module !== null) {
    if ('default' in module) return isObject(module.default) ? module.default : refuseExport(file, cwd, what);
    // What CommonJS exports is the config itself; a module's named exports are not.
    const isModule = '__esModule' in module || Reflect.get(module, Symbol.toStringTag) === 'Module';
    if (!isModule && Object.keys(module).length > 0) return module;
  }
  return refuseExport(file, cwd, what);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function refuseExport(file: string, cwd: string, what: 'config' | 'plugin'): never {
  throw usageError(`${show(file, cwd)}: exports no ${what}; write export default { … }`);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** The second config over the first: single values win, rules are merged by id, lists are joined. */
function mergeConfigs(base: Config, own: Config): Config {
  return {
    ...base,
    ...own,
    rules: mergeRules(base.rules, own.rules),
    overrides: [...(base.overrides ?? []), ...(own.overrides ?? [])],
    projects: [...(base.projects ?? []), ...(own.projects ?? [])],
    smallTables: [...(base.smallTables ?? []), ...(own.smallTables ?? [])],
    contractPaths: [...(base.contractPaths ?? []), ...(own.contractPaths ?? [])],
    suppressions: [...(base.suppressions ?? []), ...(own.suppressions ?? [])],
    tenant: { ...base.tenant, ...own.tenant },
    timeouts: { ...base.timeouts, ...own.timeouts },
  };
}

function mergeRules(base: RuleEntries = {}, own: RuleEntries = {}): RuleEntries {
  const merged: Record<string, RuleEntry> = { ...base };
  for (const [id, entry] of Object.entries(own)) merged[id] = mergeEntry(merged[id], entry);
  return merged;
}

/** A severity alone keeps the options that were there. */
function mergeEntry(base: RuleEntry | undefined, own: RuleEntry): RuleEntry {
  return typeof own === 'string' && Array.isArray(base) ? [own, base[1]] : own;
}

function show(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') && basename(file) !== path ? file : path;
}
