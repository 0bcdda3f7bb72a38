import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { lazyRequire } from '../lazy-require.ts';
import { MIGRATION_TOOLS } from '../migration-tools/index.ts';
import { RULES } from '../rules/index.ts';
import { usageError } from '../usage-error.ts';
import type { Config, RuleEntries, RuleEntry } from './config.ts';
import { configSchema } from './schema.ts';
import { describeProblem, type Problem, validate } from './validate.ts';

/** Names of config files, the first that a folder holds is taken. */
const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(extension => `surefoot.config.${extension}`);

/** A config with everything it extends merged in. */
export interface LoadedConfig {
  /** Absolute path of the file. */
  readonly file: string;
  readonly config: Config;
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
  return { file, config: loadWithBases(file, cwd, []) };
}

function loadWithBases(file: string, cwd: string, chain: readonly string[]): Config {
  if (chain.includes(file)) {
    throw usageError(
      `${show(file, cwd)}: extends itself (${[...chain, file].map(each => show(each, cwd)).join(' → ')})`,
    );
  }
  const config = readConfig(file, cwd);
  const bases = typeof config.extends === 'string' ? [config.extends] : (config.extends ?? []);
  const loaded = bases.map(base => loadWithBases(resolveBase(base, file, cwd), cwd, [...chain, file]));
  const { extends: _, ...own } = config;
  return [...loaded, own].reduce(mergeConfigs);
}

/** A path, or a package as Node finds it from the config's folder. */
function resolveBase(base: string, from: string, cwd: string): string {
  const isPath = /^\.{1,2}(\/|\\|$)/.test(base) || isAbsolute(base);
  const path = resolve(dirname(from), base);
  if (isPath && existsSync(path)) return path;
  try {
    if (!isPath) return createRequire(from).resolve(base);
  } catch (error) {
    throw usageError(
      `${show(from, cwd)}: extends: the package ${base} is not installed, or has no entry to load`,
      error,
    );
  }
  throw usageError(`${show(from, cwd)}: extends: there is no file ${base}`);
}

function readConfig(file: string, cwd: string): Config {
  const isJson = file.endsWith('.json');
  const text = isJson ? readJsonText(file, cwd) : '';
  const value = isJson ? parseJson(text, file, cwd) : runScript(file, cwd);
  const [problem] = validate(value, configSchema(RULES, Object.keys(MIGRATION_TOOLS)));
  if (problem === undefined) return value as Config;
  throw usageError(`${show(file, cwd)}${isJson ? placeOf(problem, text) : ''}: ${describeProblem(problem)}`);
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
function runScript(file: string, cwd: string): unknown {
  const typeScript = /\.m?ts$/.test(file);
  try {
    const module: unknown = typeScript && !readsTypeScript() ? loadWithJiti(file) : createRequire(file)(file);
    return defaultExport(module, file, cwd);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_REQUIRE_ASYNC_MODULE')
      throw usageError(`${show(file, cwd)}: a config must not use await at its top level`, error);
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

function defaultExport(module: unknown, file: string, cwd: string): unknown {
  if (typeof module === 'object' && module !== null) {
    if ('default' in module) return isObject(module.default) ? module.default : refuseExport(file, cwd);
    // What CommonJS exports is the config itself; a module's named exports are not.
    const isModule = '__esModule' in module || Reflect.get(module, Symbol.toStringTag) === 'Module';
    if (!isModule && Object.keys(module).length > 0) return module;
  }
  return refuseExport(file, cwd);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function refuseExport(file: string, cwd: string): never {
  throw usageError(`${show(file, cwd)}: exports no config; write export default { … }`);
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
