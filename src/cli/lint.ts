import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { findConfig, loadConfig } from '../config/load.ts';
import { type ConfigFlags, type ResolvedConfig, resolveConfig, ruleIds } from '../config/resolve.ts';
import { lint } from '../linter/lint.ts';
import { readTextFromDisk } from '../linter/read-migration.ts';
import type { LintResult } from '../linter/result.ts';
import { discover } from '../migration-tools/discover.ts';
import type { Discovery } from '../migration-tools/discovery.ts';
import type { UnsavedFile } from '../migration-tools/folder-tree.ts';
import { didYouMean } from '../nearest.ts';
import { FRONT_ENDS } from '../parsers/index.ts';
import { REPORTERS, type Reporter } from '../reporters/index.ts';
import { PRESETS, type RuleSeverity } from '../rules/rule.ts';
import { DIALECTS } from '../server/server.ts';
import { usageError } from '../usage-error.ts';
import { type Arguments, COMMON_FLAGS, type FlagTable, oneOf, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { outputStyle } from './output-style.ts';
import { type ReportFile, writeReports } from './report-files.ts';
import { versionCommand } from './version.ts';

/** The flags of `surefoot lint`. */
export const LINT_FLAGS = {
  format: { value: 'name[=file]', repeatable: true },
  dialect: { value: 'name' },
  'server-version': { value: 'version', repeatable: true },
  tool: { value: 'name' },
  'start-after': { value: 'migration', repeatable: true },
  rule: { value: 'id=severity', repeatable: true },
  preset: { value: 'name' },
  config: { value: 'file' },
  'no-config': {},
  'max-warnings': { value: 'number' },
  stdin: {},
  'stdin-filename': { value: 'file' },
  quiet: {},
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

const SEVERITIES: readonly RuleSeverity[] = ['error', 'warn', 'info', 'off'];

/** `surefoot [lint] [paths…]` */
export async function lintCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, LINT_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const outputs = outputsOf(args, io);
  const maxWarnings = maxWarningsOf(args);
  const config = configOf(args, io);
  const unsaved = unsavedOf(args, io);
  const found = discover({
    cwd: io.cwd,
    paths: args.positionals,
    ...optional('tool', args.value('tool')),
    ...optional(
      'dialect',
      mapValue(args.value('dialect'), value => oneOf('--dialect', value, DIALECTS)),
    ),
    serverVersions: args.values('server-version').map(checkedVersion),
    startAfter: args.values('start-after'),
    projects: config.projects,
    ...optional('unsaved', unsaved),
    alone: unsaved !== undefined && !args.flags.has('stdin-filename'),
  });
  tell(found, config, args, io);
  refuseUnreadDialects(found, io);
  const result = lint({
    cwd: io.cwd,
    projects: found.projects,
    skippedFiles: found.skipped.length,
    settings: config,
    read: path => (path === unsaved?.path ? unsaved.text : readFile(path, io)),
  });
  await report(result, outputs, args, io);
  return exitStatus(result, maxWarnings);
}

/** No migration comes near this size, and Node cannot hold a text of 512 MB. */
const MAX_READABLE_BYTES = 256 * 1024 * 1024;

function readFile(path: string, io: Io): string {
  const { size } = statSync(path);
  if (size <= MAX_READABLE_BYTES) return readTextFromDisk(path);
  const megabytes = Math.round(size / 1024 / 1024);
  throw usageError(`${relative(io.cwd, path)}: cannot be read: ${megabytes} MB; load data outside of migrations`);
}

/** 1 for an error-level finding, or more warnings than allowed. */
function exitStatus({ summary: { errors, warnings } }: LintResult, maxWarnings: number): number {
  return errors > 0 || warnings > maxWarnings ? 1 : 0;
}

interface ReportOutput {
  readonly load: () => Promise<Reporter>;
  /** Absolute path; undefined: standard output. */
  readonly file: string | undefined;
}

function outputsOf(args: Arguments, io: Io): readonly ReportOutput[] {
  const given = args.values('format');
  const outputs = (given.length === 0 ? ['pretty'] : given).map((format): ReportOutput => {
    const [, name = '', file] = /^([^=]*)(?:=(.*))?$/s.exec(format) ?? [];
    const known = Object.keys(REPORTERS) as (keyof typeof REPORTERS)[];
    if (file === '') throw usageError(`--format ${format}: the file's name is missing`);
    return {
      load: REPORTERS[oneOf('--format', name, known)],
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

function maxWarningsOf(args: Arguments): number {
  const given = args.value('max-warnings');
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(given)) throw usageError(`--max-warnings ${given}: give a whole number, 0 or more`);
  return Number(given);
}

function checkedVersion(value: string): string {
  if (/(^|=)\d+(\.\d+)*$/.test(value)) return value;
  throw usageError(`--server-version ${value}: give a version such as 17 or 8.0, or <project>=<version>`);
}

function configOf(args: Arguments, io: Io): ResolvedConfig {
  const preset = mapValue(args.value('preset'), value => oneOf('--preset', value, PRESETS));
  const flags: ConfigFlags = {
    ...optional('preset', preset),
    rules: Object.fromEntries(args.values('rule').map(ruleFlag)),
  };
  const named = args.value('config');
  if (args.flags.has('no-config')) {
    if (named !== undefined) throw usageError('--config and --no-config exclude each other');
    return resolveConfig(undefined, flags, io.cwd);
  }
  const file = named === undefined ? findConfig(io.cwd) : resolve(io.cwd, named);
  if (file !== undefined && named !== undefined && !existsSync(file))
    throw usageError(`--config ${named}: no such file`);
  return resolveConfig(file === undefined ? undefined : loadConfig(file, io.cwd), flags, io.cwd);
}

function ruleFlag(value: string): readonly [string, RuleSeverity] {
  const [, id = '', severity = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
  const known = SEVERITIES.find(each => each === severity);
  if (known === undefined) throw usageError(`--rule ${value}: write --rule <id>=${SEVERITIES.join('|')}`);
  if (!ruleIds().includes(id)) {
    throw usageError(
      `--rule ${value}: unknown rule ${id}${didYouMean(id, ruleIds()) || '; surefoot rules lists them'}`,
    );
  }
  return [id, known];
}

function unsavedOf(args: Arguments, io: Io): UnsavedFile | undefined {
  const name = args.value('stdin-filename');
  if (!args.flags.has('stdin')) {
    if (name !== undefined) throw usageError('--stdin-filename goes with --stdin');
    return undefined;
  }
  if (args.positionals.length > 0)
    throw usageError('--stdin takes no paths; say where the text belongs with --stdin-filename');
  return { path: name === undefined ? join(io.cwd, 'stdin.sql') : resolve(io.cwd, name), text: io.readStdin() };
}

/** What is said about the run besides the report: on stderr. */
function tell({ projects, skipped, notes }: Discovery, config: ResolvedConfig, args: Arguments, io: Io): void {
  for (const note of notes) io.stderr.write(`surefoot: note: ${note}\n`);
  if (!args.flags.has('debug')) return;
  const show = (path: string): string => relative(io.cwd, path) || '.';
  io.stderr.write(`config: ${config.file === null ? 'none' : show(config.file)}\n`);
  for (const { root, tool, dialect, migrations, judged } of projects) {
    io.stderr.write(
      `project: ${show(root)}: ${tool.id}, ${dialect}, ${migrations.length} migrations, ${judged.size} judged\n`,
    );
  }
  for (const { path, reason } of skipped) io.stderr.write(`skipped: ${show(path)}: ${reason}\n`);
}

function refuseUnreadDialects({ projects }: Discovery, io: Io): void {
  const refused = projects.find(({ dialect }) => FRONT_ENDS[dialect] === undefined);
  if (refused === undefined) return;
  const readable = Object.keys(FRONT_ENDS).join(', ');
  throw usageError(
    `${relative(io.cwd, refused.root) || '.'}: ${refused.dialect} cannot be linted yet, only ${readable}; name the folders to lint, or set --dialect if this is wrong`,
  );
}

/** Renders all reports before the first is written, and writes files before standard output. */
async function report(result: LintResult, outputs: readonly ReportOutput[], args: Arguments, io: Io): Promise<void> {
  const repository = repositoryOf(io.cwd);
  const files: ReportFile[] = [];
  const texts: string[] = [];
  for (const { load, file } of outputs) {
    const reporter = await load();
    const text = reporter(result, {
      ...outputStyle(args, io, file !== undefined),
      ...optional('repository', repository),
    });
    if (file === undefined) texts.push(text);
    else files.push({ path: file, given: relative(io.cwd, file), text });
  }
  writeReports(files);
  for (const text of texts) io.stdout.write(text);
}

/** The root of the repository around a folder; undefined outside of one. */
function repositoryOf(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function mapValue<Value>(value: string | undefined, map: (value: string) => Value): Value | undefined {
  return value === undefined ? undefined : map(value);
}

/** A key that is left out where its value is undefined. */
function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}
