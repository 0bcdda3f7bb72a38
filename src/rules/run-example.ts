import { resolve } from 'node:path';
import type { Finding } from '../linter/finding.ts';
import { plainFinding } from '../linter/finish-findings.ts';
import { lintProject } from '../linter/lint-project.ts';
import type { LintSettings } from '../linter/settings.ts';
import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { ListingProblem, MigrationFiles, MigrationTool, SegmentFile } from '../migration-tools/migration-tool.ts';
import { ruleById } from './index.ts';
import type { Example, Rule } from './rule.ts';

/** A tool with downs and no transaction of its own, for migrations that exist in memory only. */
const EXAMPLE_TOOL: MigrationTool = {
  id: 'example',
  title: 'example',
  facts: { transaction: 'none', downs: true, checksums: false, session: 'unknown' },
  detect: () => undefined,
  list: () => ({ migrations: [], skipped: [] }),
};

/**
 * Lints an example as a project of its history and one new migration.
 *
 * @param rule - the only rule that runs, ours or one of a plugin; every other is off
 * @returns the findings on the new migration, in report order
 */
export function runExample(rule: Rule, example: Example): readonly Finding[] {
  const settings: LintSettings = {
    ruleSetting: id => ({
      severity: id === rule.id ? 'error' : 'off',
      options: example.options ?? rule.meta.defaultOptions,
    }),
    isSmallTable: () => example.settings?.smallTables === true,
    isContractPath: () => example.settings?.contractPath === true,
    deployOrder: example.settings?.deployOrder ?? 'migrations-first',
    tenant: { column: 'tenant_id', globalTables: [], ...example.tenant },
    suppressions: [],
    ...(ruleById(rule.id) === undefined ? { customRules: [rule] } : {}),
  };
  return lintExample(example, settings);
}

/** Lints an example with the given settings; see {@link runExample}. */
export function lintExample(example: Example, settings: LintSettings): readonly Finding[] {
  const texts = new Map<string, string>();
  const history = typeof example.history === 'string' ? [{ up: example.history }] : (example.history ?? []);
  const order =
    example.late === undefined ? [...history, example] : [...history.slice(0, -1), example, ...history.slice(-1)];
  const migrations = order.map((migration, index): MigrationFiles => {
    // MongoDB's history is code too: there is no other text of it.
    const isCode = example.library !== undefined && (migration === example || example.dialect === 'mongodb');
    const segment = (direction: 'up' | 'down', text: string): SegmentFile => {
      const path = resolve(`/example/${String(index + 1).padStart(3, '0')}.${direction}.${isCode ? 'js' : 'sql'}`);
      texts.set(path, text);
      const code = isCode ? ({ language: 'ecmascript', entry: direction } as const) : {};
      return { path, transaction: example.transaction ?? 'none', ...code };
    };
    return {
      id: String(index + 1).padStart(3, '0'),
      version: String(index + 1),
      up: segment('up', migration.up),
      down: migration.down === undefined ? null : segment('down', migration.down),
    };
  });
  const judged = migrations[order.indexOf(example)]!;
  const project: DiscoveredProject = {
    root: resolve('/example'),
    tool: {
      ...EXAMPLE_TOOL,
      id: example.library ?? EXAMPLE_TOOL.id,
      facts: { ...EXAMPLE_TOOL.facts, ...(example.late === undefined ? {} : { late: example.late }) },
    },
    toolSource: 'flag',
    dialect: example.dialect ?? 'postgres',
    dialectSource: 'flag',
    ...(example.serverVersion === undefined ? {} : { serverVersion: example.serverVersion }),
    migrations,
    judged: new Set([judged.id]),
    oneDeploy: true,
    problems: example.problem === undefined ? [] : [problemOf(example.problem, judged)],
    skipped: [],
    deployFiles: () =>
      Object.entries(example.deployFiles ?? {}).map(([name, text]) => {
        const path = resolve('/example', name);
        texts.set(path, text);
        return path;
      }),
    base: {
      text: path => (path === judged.up.path ? example.base : undefined),
      changed: new Set(),
      removed: new Set(),
      tree: { folder: () => undefined, head: () => undefined, text: () => undefined },
    },
  };
  return lintProject(project, settings, path => texts.get(path) ?? '').findings.map(plainFinding);
}

function problemOf(problem: string, { id, up: { path } }: MigrationFiles): ListingProblem {
  const [kind, ...message] = problem.split(': ');
  return { kind: kind as ListingProblem['kind'], message: message.join(': '), path, migration: id };
}
