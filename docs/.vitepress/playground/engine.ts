import { resolveConfig } from '../../../src/config/resolve.ts';
import type { Finding, TextEdit } from '../../../src/linter/finding.ts';
import { impact, type StatementImpact } from '../../../src/linter/impact.ts';
import { lint } from '../../../src/linter/lint.ts';
import type { DiscoveredProject } from '../../../src/migration-tools/discovery.ts';
import type { MigrationFiles, MigrationTool, SegmentFile } from '../../../src/migration-tools/migration-tool.ts';
import { locksText } from '../../../src/reporters/lock-modes.ts';
import { causeOf, verdictsOf } from '../../../src/reporters/verdict.ts';
import { CAUSE_TITLES } from '../../../src/rules/causes.ts';
import { RULES } from '../../../src/rules/index.ts';
import { PRESETS, type Preset } from '../../../src/rules/rule.ts';
import type { Dialect } from '../../../src/server/server.ts';

/** What stands in the playground. */
export interface PlaygroundRequest {
  /** SQL that ran before, as one migration; empty for none. */
  readonly history: string;
  readonly up: string;
  /** Empty for none. */
  readonly down: string;
  readonly dialect: Dialect;
  /** As its users name it: `17`; empty for the newest known. */
  readonly serverVersion: string;
  readonly preset: Preset;
  /** Whether the runner wraps the migration into a transaction. */
  readonly transaction: boolean;
}

export type Part = 'up' | 'down';

export interface PlaygroundFinding {
  readonly rule: string;
  readonly severity: Finding['severity'];
  /** Heading of its cause: `It blocks traffic`. */
  readonly cause: string;
  readonly message: string;
  readonly help: string;
  readonly part: Part;
  /** UTF-16 offsets into the part's text. */
  readonly range: readonly [start: number, end: number];
  /** Line of its start, from 1. */
  readonly line: number;
  /** The safe form, ready to paste; null where there is none. */
  readonly safeRewrite: string | null;
  /** Edits of the part that mend it; the fix first, then the suggestions. */
  readonly edits: readonly { readonly message: string; readonly edits: readonly TextEdit[] }[];
}

/** What one statement does on the server. */
export interface PlaygroundStatement {
  readonly part: Part;
  readonly line: number;
  /** The statement's first line. */
  readonly text: string;
  /** `SHARE on users, until the statement ends`; empty where it locks nothing. */
  readonly locks: string;
  /** `reads and writes`, `writes`; empty where nobody waits. */
  readonly blocks: string;
  readonly duration: string;
}

export interface PlaygroundResult {
  /** Worst cause first. */
  readonly verdicts: readonly { readonly text: string; readonly severity: Finding['severity'] }[];
  readonly findings: readonly PlaygroundFinding[];
  readonly statements: readonly PlaygroundStatement[];
  readonly summary: { readonly statements: number; readonly unreadable: number };
  /** The server that was judged for. */
  readonly server: { readonly version: string; readonly assumed: boolean };
}

/** A migration that breaks a rule, to begin with. */
export interface PlaygroundExample extends PlaygroundRequest {
  readonly rule: string;
  readonly title: string;
}

const ROOT = '/playground';

/** A runner of SQL files. Downs are not asked for: whoever tries a statement does not write one. */
const TOOL: MigrationTool = {
  id: 'playground',
  title: 'the playground',
  facts: { transaction: 'none', downs: false, checksums: false, session: 'unknown' },
  detect: () => undefined,
  list: () => ({ migrations: [], skipped: [] }),
};

/** Judges what stands in the playground, by the engine of the command line. It never throws for what the SQL holds. */
export function judge(request: PlaygroundRequest): PlaygroundResult {
  const texts = new Map<string, string>();
  const segment = (name: string, text: string): SegmentFile => {
    const path = `${ROOT}/${name}.sql`;
    texts.set(path, text);
    return { path, transaction: request.transaction ? 'migration' : 'none' };
  };
  const migration = (version: string, up: string, down: string): MigrationFiles => ({
    id: version,
    version,
    up: segment(`${version}.up`, up),
    down: down.trim() === '' ? null : segment(`${version}.down`, down),
  });
  const history = request.history.trim() === '' ? [] : [migration('1', request.history, '')];
  const judged = migration('2', request.up, request.down);
  const project: DiscoveredProject = {
    root: ROOT,
    tool: TOOL,
    toolSource: 'flag',
    dialect: request.dialect,
    dialectSource: 'flag',
    ...(request.serverVersion === '' ? {} : { serverVersion: request.serverVersion }),
    migrations: [...history, judged],
    judged: new Set([judged.id]),
    oneDeploy: true,
    problems: [],
    skipped: [],
  };
  const common = { cwd: ROOT, projects: [project], read: (path: string) => texts.get(path) ?? '' };
  const settings = resolveConfig(undefined, { preset: request.preset }, ROOT);
  const result = lint({ ...common, skippedFiles: 0, settings });
  const partOf = (path: string): Part => (path === judged.up.path ? 'up' : 'down');
  const { version, versionAssumed } = result.projects[0]!.server;
  return {
    verdicts: verdictsOf(result.findings),
    findings: result.findings.map(finding => shownFinding(finding, partOf(finding.file.path))),
    statements: impact(common).statements.map(statement => shownStatement(statement, partOf(statement.file.path))),
    summary: { statements: result.summary.statements, unreadable: result.summary.unreadable },
    server: { version, assumed: versionAssumed },
  };
}

/** The first bad example of each rule that one migration in SQL can break; by the rule's id. */
export function examples(): readonly PlaygroundExample[] {
  return RULES.flatMap(({ id, meta }) => {
    const example = meta.examples.find(
      ({ findings, library, late, problem, base, deployFiles, options, settings, tenant, history }) =>
        findings.length > 0 &&
        (typeof history === 'string' || history === undefined) &&
        [library, late, problem, base, deployFiles, options, settings, tenant].every(each => each === undefined),
    );
    if (example === undefined) return [];
    const preset = PRESETS.find(each => (meta.presets[each] ?? 'off') !== 'off') ?? 'all';
    return {
      rule: id,
      title: example.title,
      history: typeof example.history === 'string' ? example.history : '',
      up: example.up,
      down: example.down ?? '',
      dialect: example.dialect ?? 'postgres',
      serverVersion: example.serverVersion ?? '',
      preset,
      transaction: (example.transaction ?? 'none') !== 'none',
    };
  });
}

function shownFinding(finding: Finding, part: Part): PlaygroundFinding {
  const { rule, severity, message, help, file, range, safeRewrite, fix, suggestions } = finding;
  return {
    rule,
    severity,
    cause: CAUSE_TITLES[causeOf(finding)].heading,
    message,
    help,
    part,
    range: [range[0], range[1]],
    line: lineOf(file.text, range[0]),
    safeRewrite: safeRewrite?.text ?? null,
    edits: [
      ...(fix === null ? [] : [{ message: 'Apply the fix', edits: fix.edits }]),
      ...suggestions.map(({ message: what, edits }) => ({ message: what, edits })),
    ],
  };
}

function shownStatement({ file, range, effects }: StatementImpact, part: Part): PlaygroundStatement {
  const reads = effects.blocksReads.length > 0;
  const writes = effects.blocksWrites.length > 0;
  return {
    part,
    line: lineOf(file.text, range[0]),
    text: file.text.slice(range[0], range[1]).trim().replace(/\s+/g, ' '),
    locks: locksText(effects),
    blocks: [...(reads ? ['reads'] : []), ...(writes ? ['writes'] : [])].join(' and '),
    duration: effects.duration,
  };
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
