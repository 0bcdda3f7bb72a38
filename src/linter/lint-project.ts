import { serverVersionOf } from '../effects/index.ts';
import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { MigrationFiles } from '../migration-tools/migration-tool.ts';
import { displayName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { FRONT_ENDS } from '../parsers/index.ts';
import type { Rule, RuleContext } from '../rules/rule.ts';
import { commitTransaction, emptyState, resolveRelation, resolveTable, startSession } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import type { Server } from '../server/server.ts';
import type { SourceFile } from '../source/source-file.ts';
import { type ActiveRule, activeRules, isRule } from './active-rules.ts';
import { editOf, removedMigrations } from './applied.ts';
import type { Finding } from './finding.ts';
import { applySuppressions, finishFindings } from './finish-findings.ts';
import { hasStatements } from './has-statements.ts';
import { judgeSegment, type RawFinding, replaySegment, type SegmentOutcome } from './judge.ts';
import type { DownFacts, Migration, Project, ProjectProblem, RemovedMigration, Segment } from './migration.ts';
import { type ReadMigration, type ReadText, readMigration } from './read-migration.ts';
import type { MigrationResult, ProjectResult } from './result.ts';
import { riskOf } from './risk.ts';
import type { LintSettings } from './settings.ts';

/** What a project's linting gives back to the run. */
export interface ProjectOutcome {
  readonly result: ProjectResult;
  readonly findings: readonly Finding[];
  readonly suppressed: number;
}

/**
 * Lints one project: replays its history, judges what is to be judged, and applies suppressions.
 *
 * @param ahead - a migration that was read ahead of its turn, by its index; undefined for one that was not
 * @param onMigration - called after each migration that was read
 * @throws the file system's error, with `path`, where a migration cannot be read
 */
export function lintProject(
  discovered: DiscoveredProject,
  settings: LintSettings,
  read: ReadText,
  ahead?: (index: number) => ReadMigration | undefined,
  onMigration?: () => void,
): ProjectOutcome {
  const frontEnd = FRONT_ENDS[discovered.dialect];
  const { server, notes } = serverOf(discovered);
  const project = projectOf(discovered, server, read);
  const newest = discovered.migrations.findLastIndex(({ id }) => discovered.judged.has(id));
  const first = discovered.migrations.findIndex(({ id }) => discovered.judged.has(id));
  const projectRules = activeRules(['project'], discovered.root, settings, server.dialect, 'up');
  // What a branch adds in the midst of history is asked about with what comes after it.
  const readsOn = discovered.oneDeploy && newest !== -1 && projectRules.length > 0;
  const last = readsOn ? discovered.migrations.length - 1 : newest;
  const projectFindings: RawFinding[] = [];
  const findings: Finding[] = [];
  const results: MigrationResult[] = [];
  let suppressed = 0;
  let state = emptyState(discovered.dialect, server.version);
  let projectVisitors: ReturnType<Rule['create']>[] | undefined;
  const visitorsAt = (home: Home, at: State): ReturnType<Rule['create']>[] =>
    projectRules.map(active => active.rule.create(fixedContext(project, home, active, projectFindings, settings, at)));

  for (const [index, files] of discovered.migrations.entries()) {
    const judged = discovered.judged.has(files.id);
    if (index > last) {
      results.push(unreadResult(files));
      continue;
    }
    const deployStart = discovered.oneDeploy ? first : index;
    const position = { index, judged, deployStart };
    const known = ahead?.(index);
    const migration =
      known === undefined
        ? readMigration(files, discovered, position, frontEnd, judged, read)
        : { ...known, ...position };
    const before = openSession(state, discovered, discovered.oneDeploy && index > first);
    if (judged) {
      const outcome = judgeMigration(project, migration, settings, before, state =>
        openSession(state, discovered, false),
      );
      findings.push(...outcome.findings);
      suppressed += outcome.suppressed;
      state = outcome.after;
    } else {
      state = replaySegment(migration.up, index, before);
    }
    results.push(resultOf(migration, before, state));
    if (projectRules.length > 0) {
      projectVisitors ??= visitorsAt({ migration, segment: migration.up }, state);
      for (const visitor of projectVisitors) visitor.migration?.(migration, state);
    }
    onMigration?.();
  }
  // Nothing is new, but what is around the migrations may be.
  if (last === -1 && projectRules.length > 0) projectVisitors = visitorsAt(nowhere(discovered), state);
  for (const visitor of projectVisitors ?? []) visitor.projectEnd?.(state);
  const kept = [...groupByFile(projectFindings)].flatMap(([file, group]) => {
    const outcome = applySuppressions(file, [...new Set(group.map(({ segment }) => segment))], group, settings);
    suppressed += outcome.suppressed;
    return outcome.kept;
  });
  findings.push(...finishFindings(project, undefined, kept, settings));

  const result = projectResultOf(discovered, server, results, notes);
  return { result, findings, suppressed };
}

/** What reports say of a project. */
export function projectResultOf(
  { root, tool, toolSource, dialectSource }: DiscoveredProject,
  server: Server,
  migrations: readonly MigrationResult[],
  notes: readonly string[],
): ProjectResult {
  return { root, tool: { id: tool.id, title: tool.title }, toolSource, server, dialectSource, migrations, notes };
}

/**
 * The state in which a segment starts: a session of its own, or the one that all of the tool's migrations share, with the
 * timeouts that the runner sets on its connection.
 *
 * @param continues - whether the segment follows another of the same deploy: a transaction around all pending migrations is
 * then still open; otherwise it has been committed
 */
export function openSession(state: State, { tool, timeouts }: DiscoveredProject, continues: boolean): State {
  if (continues && state.transaction.status === 'open') return state;
  const settled = commitTransaction(state);
  const session = tool.facts.session === 'shared' ? settled : startSession(settled);
  if (timeouts === undefined) return session;
  return withSettings(session, {
    lock_timeout: timeouts.lock,
    lock_wait_timeout: timeouts.lock,
    statement_timeout: timeouts.statement,
  });
}

/** A state whose session starts with the given settings; those that are undefined stay as they are. */
function withSettings(state: State, values: Readonly<Record<string, string | undefined>>): State {
  let { settings } = state.session;
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) settings = settings.set(name, { value, values: [value] });
  }
  return settings === state.session.settings ? state : { ...state, session: { ...state.session, settings } };
}

/**
 * Judges a migration's up, and its down on the state that the up leaves.
 *
 * @param reopen - the state in which the down starts, made of the one that the up leaves
 * @param only - path of the one file that is asked about: the migration's other file is read and replayed, not judged
 */
export function judgeMigration(
  project: Project,
  migration: Migration,
  settings: LintSettings,
  before: State,
  reopen: (state: State) => State,
  only?: string,
): { readonly findings: readonly Finding[]; readonly suppressed: number; readonly after: State } {
  const judge = (segment: Segment, from: State): SegmentOutcome => {
    const { file, direction } = segment;
    if (only !== undefined && file.path !== only) {
      return { findings: [], after: replaySegment(segment, migration.index, from), unusedContracts: [] };
    }
    const rules = activeRules(['statement', 'migration'], file.path, settings, project.server.dialect, direction);
    return judgeSegment(project, migration, segment, rules, settings, from, before);
  };
  const up = judge(migration.up, before);
  const judged = [{ segment: migration.up, outcome: up }];
  if (migration.down !== null) {
    judged.push({ segment: migration.down, outcome: judge(migration.down, reopen(up.after)) });
  }
  const kept: RawFinding[] = [];
  let suppressed = 0;
  const all = judged.flatMap(({ outcome }) => outcome.findings);
  const isOneFile = migration.down === null || migration.down.file === migration.up.file;
  for (const file of isOneFile ? [migration.up.file] : [migration.up.file, migration.down!.file]) {
    if (only !== undefined && file.path !== only) continue;
    const here = isOneFile ? judged : judged.filter(({ segment }) => segment.file === file);
    const segments = here.map(({ segment }) => segment);
    const raw = all.every(({ segment }) => segment.file === file)
      ? all
      : all.filter(({ segment }) => segment.file === file);
    const outcome = applySuppressions(file, segments, raw, settings);
    kept.push(...outcome.kept);
    suppressed += outcome.suppressed;
    const unusedContracts = here.flatMap(({ outcome: { unusedContracts: unused } }) => unused);
    if (outcome.suppressions.length === 0 && unusedContracts.length === 0) continue;
    for (const active of activeRules(['file'], file.path, settings, project.server.dialect, 'up')) {
      const context = fixedContext(project, { migration, segment: segments[0]! }, active, kept, settings, up.after);
      active.rule.create(context).suppressions?.(outcome.suppressions, unusedContracts);
    }
  }
  return { findings: finishFindings(project, migration, kept, settings), suppressed, after: up.after };
}

function groupByFile(findings: readonly RawFinding[]): ReadonlyMap<SourceFile, readonly RawFinding[]> {
  const groups = new Map<SourceFile, RawFinding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.segment.file);
    if (group === undefined) groups.set(finding.segment.file, [finding]);
    else group.push(finding);
  }
  return groups;
}

/** The server that a project's migrations run on, and what there is to say about its version. */
export function serverOf(discovered: DiscoveredProject): { server: Server; notes: readonly string[] } {
  const { dialect, serverVersion, sessionTimeZone } = discovered;
  const { version, edition, note } = serverVersionOf(dialect, serverVersion);
  const server: Server = {
    dialect,
    version,
    ...(edition === undefined ? {} : { edition }),
    versionAssumed: serverVersion === undefined,
    ...(sessionTimeZone === undefined ? {} : { sessionTimeZone }),
  };
  return {
    server,
    notes: note === undefined ? [] : [note],
  };
}

/** A project as the rules know it. */
export function projectOf(discovered: DiscoveredProject, server: Server, read: ReadText): Project {
  const { root, tool, toolSource, dialectSource, migrations, judged } = discovered;
  const applied = discovered.oneDeploy ? migrations.findLastIndex(({ id }) => !judged.has(id)) : -1;
  let downs: DownFacts | undefined;
  let problems: readonly ProjectProblem[] | undefined;
  let deployFiles: readonly SourceFile[] | undefined;
  let removed: readonly RemovedMigration[] | undefined;
  return {
    root,
    tool: {
      id: tool.id,
      title: tool.title,
      facts: discovered.late === undefined ? tool.facts : { ...tool.facts, late: discovered.late },
    },
    toolSource,
    server,
    dialectSource,
    newestApplied: applied < 0 ? null : { id: migrations[applied]!.id, index: applied },
    get problems() {
      const files = new Map<string, SourceFile>();
      const fileAt = (path: string): SourceFile => {
        const file = files.get(path) ?? { path, text: read(path) };
        files.set(path, file);
        return file;
      };
      problems ??= discovered.problems.map(({ path, range = [0, 0], ...problem }) => ({
        ...problem,
        range,
        file: fileAt(path),
      }));
      return problems;
    },
    get deployFiles() {
      deployFiles ??= (discovered.deployFiles?.() ?? []).map(path => lazyFile(path, read));
      return deployFiles;
    },
    editOf: ({ index }) => editOf(migrations[index]!, discovered, read),
    get removed() {
      removed ??= removedMigrations(discovered, read);
      return removed;
    },
    get downs() {
      downs ??= downFactsOf(discovered, read);
      return downs;
    },
  };
}

/** A file whose text is read when it is first asked for; one that cannot be read is as good as empty. */
function lazyFile(path: string, read: ReadText): SourceFile {
  let text: string | undefined;
  return {
    path,
    get text() {
      text ??= readOr(path, read, '');
      return text;
    },
  };
}

function readOr(path: string, read: ReadText, otherwise: string): string {
  try {
    return read(path);
  } catch {
    return otherwise;
  }
}

function downFactsOf(discovered: DiscoveredProject, read: ReadText): DownFacts {
  const { migrations, tool } = discovered;
  const without = migrations.filter(listed => {
    const { down } = tool.layout?.(listed, read) ?? listed;
    return down === null || !hasStatements(down, read, discovered);
  });
  return {
    migrations: migrations.length,
    real: migrations.length - without.length,
    newestWithout: without.at(-1)?.id ?? null,
  };
}

/** A file that is no migration, as far as findings in it need a segment. */
function segmentOfOther(file: SourceFile): Segment {
  return { direction: 'up', file, transaction: 'none', script: { statements: [], comments: [] } };
}

/** What rules are told is at hand. */
interface Home {
  readonly migration: Migration;
  readonly segment: Segment;
}

/** For rules about the project where no migration is new: none of their findings is shown here. */
function nowhere({ root }: DiscoveredProject): Home {
  const segment = segmentOfOther({ path: root, text: '' });
  return {
    migration: { id: '', version: '', index: -1, judged: false, deployStart: 0, up: segment, down: null },
    segment,
  };
}

/** The context of a rule that looks at files or projects, not at statements: what it reports names its own place. */
function fixedContext(
  project: Project,
  home: Home,
  active: ActiveRule,
  findings: RawFinding[],
  settings: LintSettings,
  before: State,
): RuleContext {
  return {
    options: active.options,
    server: project.server,
    project,
    ...home,
    deployOrder: settings.deployOrder,
    tenant: settings.tenant,
    before,
    beforeUp: before,
    isNew: () => false,
    isNewOrigin: () => false,
    isContracted: () => false,
    isRule: id => isRule(id, settings),
    resolve: (name, at) => resolveRelation(at, name),
    resolveTable: (name, at) => resolveTable(at, name),
    isSmall: name => settings.isSmallTable(displayName(name)),
    report(report) {
      const place = report.place ?? home;
      const range = report.range ?? report.operation?.head ?? [0, 0];
      const statement = report.statement ?? null;
      findings.push({
        active,
        report: { ...report, place },
        segment: place.migration === undefined ? segmentOfOther(place.file) : place.segment,
        statement,
        range,
        effects: undefined,
      });
    },
  };
}

/** What reports say of a migration that was read. */
export function resultOf(migration: Migration, before: State, after: State): MigrationResult {
  const { up, down } = migration;
  const scripts = down === null ? [up.script] : [up.script, down.script];
  return {
    id: migration.id,
    judged: migration.judged,
    risk: riskOf(up.script.statements, operation => worksOnNewTable(operation, before, after)),
    statements: scripts.reduce((sum, { statements }) => sum + statements.length, 0),
    unreadable: scripts.reduce((sum, { statements }) => sum + statements.filter(isUnreadable).length, 0),
    up: { file: up.file.path, transaction: up.transaction },
    down: down === null ? null : { file: down.file.path, transaction: down.transaction },
  };
}

function isUnreadable({ operations }: { readonly operations: readonly Operation[] }): boolean {
  return operations.some(operation => operation.kind === 'unreadable');
}

/** Whether an operation's table exists after the migration but did not before: nothing of it was in use. */
function worksOnNewTable(operation: Operation, before: State, after: State): boolean {
  if (!('table' in operation) || operation.table === undefined) return false;
  const name =
    'name' in operation.table && typeof operation.table.name === 'object' ? operation.table.name : operation.table;
  if (typeof name.name !== 'string') return false;
  const table = resolveTable(after, { ...name, name: name.name });
  return table?.origin !== undefined && before.schema.relations.get(table.id) === undefined;
}

/** What reports say of a migration after the last one judged: it was not read. */
export function unreadResult(files: MigrationFiles): MigrationResult {
  return {
    id: files.id,
    judged: false,
    risk: 'low',
    statements: 0,
    unreadable: 0,
    up: { file: files.up.path, transaction: files.up.transaction },
    down: files.down === null ? null : { file: files.down.path, transaction: files.down.transaction },
  };
}
