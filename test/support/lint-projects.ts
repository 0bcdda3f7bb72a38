import { main } from '../../src/cli/main.ts';
import { temporaryTree } from './temporary-tree.ts';

/** Rules that the tests of tools look at. */
const RULES = [
  'no-concurrently-in-transaction',
  'no-drop-table',
  'require-down',
  'no-duplicate-version',
  'no-out-of-order-migration',
  'migration-file-name',
];

/** What the command line says of the projects in a folder. */
export interface Run {
  /** Tool, dialect, ids of the migrations in order. */
  readonly projects: readonly string[];
  readonly transactions: readonly string[];
  /** `rule file:line`, of what is about CONCURRENTLY in a transaction, and of what this test's runs turn on. */
  readonly found: readonly string[];
  readonly stderr: string;
}

/** Lints a tree of files with no flag that tells the tool. */
export async function lint(files: Readonly<Record<string, string>>): Promise<Run> {
  let stdout = '';
  let stderr = '';
  await main(['--format', 'json', '--debug'], {
    cwd: temporaryTree(files),
    env: {},
    stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: text => (stderr += text), isTerminal: false, columns: undefined },
    readStdin: () => '',
  });
  const report = JSON.parse(stdout === '' ? '{"migrations":[],"findings":[]}' : stdout) as {
    migrations: {
      id: string;
      project: string;
      tool: string;
      dialect: string;
      up: { transaction: string };
      down: { transaction: string } | null;
    }[];
    findings: { rule: string; file: string; line: number }[];
  };
  const projects = new Map<string, string[]>();
  for (const { id, project, tool, dialect } of report.migrations) {
    const key = `${project}: ${tool}, ${dialect}`;
    projects.set(key, [...(projects.get(key) ?? []), id]);
  }
  return {
    projects: [...projects].map(([key, ids]) => `${key}: ${ids.join(' ')}`),
    transactions: report.migrations.map(({ up, down }) => `${up.transaction}/${down?.transaction ?? '-'}`),
    found: report.findings
      .filter(({ rule }) => RULES.includes(rule))
      .map(({ rule, file, line }) => `${rule} ${file}:${line}`),
    stderr,
  };
}
