import { dirname, relative, resolve } from 'node:path';
import type { ConfigFlags } from '../config/resolve.ts';
import type { BaselinedResult } from '../linter/baseline.ts';
import type { ImpactResult } from '../linter/impact.ts';
import { type LintOptions, lint, type ReadAhead } from '../linter/lint.ts';
import type { ReadText } from '../linter/read-migration.ts';
import type { LintResult } from '../linter/result.ts';
import { parseTableSizes } from '../linter/table-sizes.ts';
import type { Discovery } from '../migration-tools/discovery.ts';
import { REPORTERS, REPORTERS_OF_HISTORY, type Reporter, type ReporterOptions } from '../reporters/index.ts';
import { repositoryOf } from '../reporters/repository.ts';
import { count } from '../reporters/terminal.ts';
import { PRESETS, type RuleSeverity } from '../rules/rule.ts';
import { usageError } from '../usage-error.ts';
import { type FixMode, fixModeOf } from './fix-mode.ts';
import { type Arguments, COMMON_FLAGS, type FlagTable, mapValue, oneOf, optional, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { readNamedFile } from './named-file.ts';
import { outputStyle } from './output-style.ts';
import type { Progress } from './progress.ts';
import { type ReportFile, writeReports } from './report-files.ts';
import { SELECTION_FLAGS, select } from './selection.ts';
import { versionCommand } from './version.ts';

/** The flags of `surefoot lint`. */
export const LINT_FLAGS = {
  format: { value: 'name[=file]', repeatable: true },
  rule: { value: 'id=severity', repeatable: true },
  preset: { value: 'name' },
  'max-warnings': { value: 'number' },
  'table-sizes': { value: 'file' },
  baseline: { value: 'file' },
  fix: {},
  'fix-dry-run': {},
  quiet: {},
  ...SELECTION_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

const SEVERITIES: readonly RuleSeverity[] = ['error', 'warn', 'info', 'off'];

/** `surefoot [lint] [paths…]` */
export async function lintCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, LINT_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const fixMode = fixModeOf(args);
  const outputs = outputsOf(args, io, fixMode);
  const maxWarnings = maxWarningsOf(args);
  const tableSizes = mapValue(args.value('table-sizes'), file =>
    readNamedFile('--table-sizes', file, io, parseTableSizes, 'surefoot sizes writes such a file'),
  );
  const found = await select(args, io, ruleFlagsOf(args));
  const { settings: config, read, isOnDisk } = found;
  const readAhead = isOnDisk ? await readAheadOf(found) : undefined;
  const progress = await progressOf(found, io);
  const settings = tableSizes === undefined ? config : { ...config, tableSizes };
  const all: Pick<LintOptions, 'cwd' | 'projects' | 'skippedFiles' | 'settings' | 'lazyDetails' | 'onMigration'> = {
    cwd: io.cwd,
    projects: found.projects,
    skippedFiles: found.skippedFiles,
    settings,
    lazyDetails: true,
    ...optional('onMigration', progress?.step),
  };
  const known = await knownOf(args.value('baseline') ?? config.baseline, io);
  const judge = (options: Pick<LintOptions, 'read' | 'readAhead'>): BaselinedResult => {
    try {
      const result = lint({ ...all, ...options });
      return known?.(result) ?? { result, fixed: [] };
    } finally {
      progress?.end();
    }
  };
  const first = judge({ read, ...optional('readAhead', readAhead) });
  tellFixed(first, args.value('baseline') ?? config.baseline, io);
  const result =
    fixMode === undefined
      ? first.result
      : (await import('./fix.ts')).fix(
          first.result,
          fixMode,
          texts => judge({ read: path => texts.get(path) ?? read(path) }).result,
          io,
        );
  const history = outputs.some(({ wantsHistory }) => wantsHistory) ? await historyOf(found, read, io) : undefined;
  await report(result, outputs, optional('history', history), args, io);
  return exitStatus(result, maxWarnings);
}

/**
 * What takes the findings out of a run that a baseline knows; undefined without one.
 *
 * @throws a usage error for a baseline that cannot be read
 */
async function knownOf(given: string | undefined, io: Io): Promise<((all: LintResult) => BaselinedResult) | undefined> {
  if (given === undefined) return undefined;
  const [{ applyBaseline }, { readBaseline }] = await Promise.all([
    import('../linter/baseline.ts'),
    import('./baseline.ts'),
  ]);
  const path = resolve(io.cwd, given);
  const baseline = readBaseline('--baseline', path, io);
  return all => applyBaseline(all, baseline, dirname(path));
}

/** Says on stderr what of a baseline is fixed. */
function tellFixed({ fixed }: BaselinedResult, given: string | undefined, io: Io): void {
  if (given === undefined || fixed.length === 0) return;
  const file = relative(io.cwd, resolve(io.cwd, given));
  const them = fixed.length === 1 ? 'it' : 'them';
  io.stderr.write(
    `surefoot: note: ${count(fixed.length, 'finding')} of the baseline ${file} fixed: surefoot baseline --prune takes ${them} out\n`,
  );
}

/** Where reading ahead starts to pay: below, the thread takes longer to start than it saves. */
const LONG_HISTORY = 400;

async function readAheadOf({ projects }: Discovery): Promise<ReadAhead | undefined> {
  if (projects.every(({ migrations }) => migrations.length < LONG_HISTORY)) return undefined;
  const { BUNDLED_READER, readAheadWith } = await import('./read-ahead/index.ts');
  return readAheadWith(BUNDLED_READER, LONG_HISTORY);
}

/** Long work shows how far it is, where a person watches. */
async function progressOf({ projects }: Discovery, io: Io): Promise<Progress | undefined> {
  const total = projects.reduce((sum, { migrations }) => sum + migrations.length, 0);
  if (total < LONG_HISTORY) return undefined;
  const { isWatched, startProgress } = await import('./progress.ts');
  return isWatched(io) ? startProgress(total, io) : undefined;
}

/** What each statement of the whole history does, as if each migration were judged. */
async function historyOf({ projects }: Discovery, read: ReadText, { cwd }: Io): Promise<ImpactResult> {
  const { impact } = await import('../linter/impact.ts');
  const all = projects.map(project => ({
    ...project,
    judged: new Set(project.migrations.map(({ id }) => id)),
    oneDeploy: false,
  }));
  return impact({ cwd, projects: all, read });
}

/** 1 for an error-level finding, or more warnings than allowed. */
function exitStatus({ summary: { errors, warnings } }: LintResult, maxWarnings: number): number {
  return errors > 0 || warnings > maxWarnings ? 1 : 0;
}

interface ReportOutput {
  readonly load: () => Promise<Reporter>;
  /** Absolute path; undefined: standard output. */
  readonly file: string | undefined;
  readonly wantsHistory: boolean;
}

/** The reports to make; a run that shows fixes makes none on standard output. */
function outputsOf(args: Arguments, io: Io, fixMode: FixMode | undefined): readonly ReportOutput[] {
  const given = args.values('format');
  const usual = fixMode === 'show' ? [] : ['pretty'];
  const outputs = (given.length === 0 ? usual : given).map((format): ReportOutput => {
    const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(format) ?? [];
    const known = Object.keys(REPORTERS) as (keyof typeof REPORTERS)[];
    if (file === '') throw usageError(`--format ${format}: the file's name is missing`);
    const reporter = oneOf('--format', name, known);
    return {
      load: REPORTERS[reporter],
      wantsHistory: REPORTERS_OF_HISTORY.has(reporter),
      file: file === undefined ? undefined : resolve(io.cwd, file),
    };
  });
  if (outputs.filter(({ file }) => file === undefined).length > 1) {
    throw usageError(
      `--format: only one format can go to standard output; write the others to files: --format ${given.at(-1)}=<file>`,
    );
  }
  const files = outputs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined)
    throw usageError(`--format: two formats cannot go to the same file ${relative(io.cwd, twice)}`);
  return outputs;
}

function ruleFlag(value: string): readonly [string, RuleSeverity] {
  const [, id = '', severity = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
  const known = SEVERITIES.find(each => each === severity);
  if (known === undefined) throw usageError(`--rule ${value}: write --rule <id>=${SEVERITIES.join('|')}`);
  return [id, known];
}

/** What flags say about the rules. */
function ruleFlagsOf(args: Arguments): ConfigFlags {
  const preset = mapValue(args.value('preset'), value => oneOf('--preset', value, PRESETS));
  return { ...optional('preset', preset), rules: Object.fromEntries(args.values('rule').map(ruleFlag)) };
}

function maxWarningsOf(args: Arguments): number {
  const given = args.value('max-warnings');
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(given)) throw usageError(`--max-warnings ${given}: give a whole number, 0 or more`);
  return Number(given);
}

/** Renders all reports before the first is written, and writes files before standard output. */
async function report(
  result: LintResult,
  outputs: readonly ReportOutput[],
  more: Pick<ReporterOptions, 'history'>,
  args: Arguments,
  io: Io,
): Promise<void> {
  const repository = repositoryOf(io.cwd);
  const files: ReportFile[] = [];
  const texts: string[] = [];
  for (const { load, file } of outputs) {
    const reporter = await load();
    const text = reporter(result, {
      ...outputStyle(args, io, file !== undefined),
      ...optional('repository', repository),
      ...more,
    });
    if (file === undefined) texts.push(text);
    else files.push({ path: file, given: relative(io.cwd, file), text });
  }
  writeReports(files);
  for (const text of texts) io.stdout.write(text);
}
