import { join, parse } from 'node:path';
import type { LintSettings } from '../linter/settings.ts';
import type { ProjectSettings } from '../migration-tools/discover.ts';
import { MIGRATION_TOOLS } from '../migration-tools/index.ts';
import { RULES } from '../rules/index.ts';
import { usageError } from '../usage-error.ts';
import type { Config, ProjectConfig } from './config.ts';
import type { JsonSchema } from './json-schema.ts';
import { findConfig, loadConfig } from './load.ts';
import { resolveConfig } from './resolve.ts';
import { configSchema } from './schema.ts';
import { describeProblem, validate } from './validate.ts';

/**
 * What a host that has a configuration of its own (ESLint) may say of the files it hands over: everything but rules and where
 * projects are, which are the host's. Paths are relative to its working directory.
 */
export type EmbeddedSettings = Omit<ProjectConfig, 'path'> &
  Pick<Config, 'smallTables' | 'contractPaths' | 'deployOrder' | 'tenant' | 'suppressions'>;

/** What the linter is to know besides the rules, which are the host's. */
export interface EmbeddedConfig {
  readonly projects: readonly ProjectSettings[];
  readonly settings: Omit<LintSettings, 'ruleSetting'>;
}

const KEYS_OF_CONFIG_FILE = ['$schema', 'extends', 'preset', 'rules', 'overrides', 'projects'];

/**
 * Puts together what the host says and the config file around its working directory; the host wins, key by key.
 *
 * @param said - as it stands in the host's configuration, of any shape
 * @param name - what messages call it: `settings.surefoot`
 * @param cwd - absolute path of the host's working directory
 * @throws a usage error for a wrong shape or a config file that cannot be used
 */
export function embeddedConfig(said: unknown, name: string, cwd: string): EmbeddedConfig {
  const own = checked(said ?? {}, name);
  const file = findConfig(cwd);
  const base = resolveConfig(file === undefined ? undefined : loadConfig(file, cwd), {}, cwd);
  const { smallTables, contractPaths, deployOrder, tenant, suppressions, ...project } = own;
  const keys = Object.entries(project).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const config: Config = {
    ...(smallTables === undefined ? {} : { smallTables }),
    ...(contractPaths === undefined ? {} : { contractPaths }),
    ...(suppressions === undefined ? {} : { suppressions }),
  };
  const local = resolveConfig({ file: join(cwd, name), config }, {}, cwd);
  return {
    projects: [
      ...base.projects.map(each => without(each, keys)),
      ...(keys.length === 0 ? [] : [{ ...project, path: parse(cwd).root, named: false }]),
    ],
    settings: {
      isSmallTable: table => local.isSmallTable(table) || base.isSmallTable(table),
      isContractPath: path => local.isContractPath(path) || base.isContractPath(path),
      deployOrder: deployOrder ?? base.deployOrder,
      tenant: { ...base.tenant, ...tenant },
      ...(base.tableSizes === undefined ? {} : { tableSizes: base.tableSizes }),
      ...(base.customRules === undefined ? {} : { customRules: base.customRules }),
      suppressions: [...base.suppressions, ...local.suppressions],
    },
  };
}

function checked(said: unknown, name: string): EmbeddedSettings {
  const [problem] = validate(said, embeddedSchema());
  if (problem === undefined) return said as EmbeddedSettings;
  const place = problem.path.length === 0 ? `${name} ${problem.message}` : `${name}.${describeProblem(problem)}`;
  throw usageError(place);
}

let schema: JsonSchema | undefined;

/** The config file's schema without what the host owns, and with what is said of one project there. */
function embeddedSchema(): JsonSchema {
  if (schema !== undefined) return schema;
  const whole = configSchema(RULES, Object.keys(MIGRATION_TOOLS));
  const projects = whole.properties?.projects?.items;
  const startAfter = typeof projects === 'object' ? projects.properties?.startAfter : undefined;
  const properties = Object.entries({ ...whole.properties, startAfter: startAfter! }).filter(
    ([key]) => !KEYS_OF_CONFIG_FILE.includes(key),
  );
  schema = { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
  return schema;
}

/** Project settings without some keys: what the host says of them holds for every project. */
function without(settings: ProjectSettings, keys: readonly string[]): ProjectSettings {
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => !keys.includes(key)),
  ) as unknown as ProjectSettings;
}
