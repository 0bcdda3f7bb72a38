import { findConfig, loadConfig } from '../config/load.ts';
import { resolveConfig } from '../config/resolve.ts';
import { type DiffLine, diffOf } from '../init/diff.ts';
import { FOREIGN_LINTERS } from '../init/from/index.ts';
import { type FileChange, proposeSetUp, writeChanges } from '../init/index.ts';
import { discover } from '../migration-tools/discover.ts';
import { count, painter, type Style } from '../reporters/terminal.ts';
import { DIALECTS } from '../server/server.ts';
import { usageError } from '../usage-error.ts';
import { COMMON_FLAGS, type FlagTable, mapValue, oneOf, optional, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { useColor } from './output-style.ts';
import { versionCommand } from './version.ts';

/** The flags of `surefoot init`. */
export const INIT_FLAGS = {
  yes: { short: 'y' },
  from: { value: 'linter' },
  dialect: { value: 'name' },
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

const SIGNS: Readonly<Record<DiffLine['kind'], string>> = { header: '', same: '  ', removed: '- ', added: '+ ' };
const STYLES: Readonly<Partial<Record<DiffLine['kind'], Style>>> = { header: 'bold', removed: 'red', added: 'green' };

/** `surefoot init`: shows what a repository lacks for Surefoot to run in its commits and CI, and writes it after a yes. */
export async function initCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, INIT_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  if (args.positionals.length > 0) throw usageError('init takes no paths: run it in the root of the repository');
  const file = findConfig(io.cwd);
  const { projects } = discover({
    cwd: io.cwd,
    paths: [],
    ...optional(
      'dialect',
      mapValue(args.value('dialect'), value => oneOf('--dialect', value, DIALECTS)),
    ),
    projects: file === undefined ? [] : resolveConfig(loadConfig(file, io.cwd), { rules: {} }, io.cwd).projects,
  });
  const from = mapValue(
    args.value('from'),
    name => FOREIGN_LINTERS[oneOf('--from', name, Object.keys(FOREIGN_LINTERS))],
  );
  if (from !== undefined && file !== undefined)
    throw usageError('--from writes a new config, and there is one: take it away first, or copy from it');
  const proposals = proposeSetUp(io.cwd, projects, from);
  const changes = proposals.flatMap(({ change }) => change ?? []);
  const paint = painter(useColor(args, io));
  for (const { tool, dialect, migrations, root } of projects) {
    const where = root === io.cwd ? 'this folder' : root.slice(io.cwd.length + 1);
    io.stdout.write(`found ${tool.title}, ${dialect}, ${count(migrations.length, 'migration')} in ${where}\n`);
  }
  for (const change of changes) {
    io.stdout.write('\n');
    for (const { kind, text } of diffOf(change)) {
      const style = STYLES[kind];
      io.stdout.write(`${style === undefined ? SIGNS[kind] + text : paint(SIGNS[kind] + text, style)}\n`);
    }
  }
  for (const { note } of proposals) if (note !== undefined) io.stdout.write(`\nnote: ${note}\n`);
  if (changes.length === 0) {
    io.stdout.write('\nNothing to write: all is set up.\n');
    return 0;
  }
  if (!args.flags.has('yes') && !(await isAgreed(changes, io))) {
    io.stdout.write('\nNothing was written.\n');
    return 0;
  }
  writeChanges(io.cwd, changes);
  io.stdout.write(`\nWritten: ${changes.map(({ path }) => path).join(', ')}\n`);
  return 0;
}

/** Asks on a terminal; elsewhere nobody can answer, and `--yes` is named. */
async function isAgreed(changes: readonly FileChange[], io: Io): Promise<boolean> {
  const files = changes.length === 1 ? 'this file' : `these ${changes.length} files`;
  if (!io.stdout.isTerminal || io.ask === undefined) {
    io.stdout.write(`\nsurefoot init --yes writes ${files}.\n`);
    return false;
  }
  return /^y(es)?$/i.test((await io.ask(`\nWrite ${files}? [y/N] `)).trim());
}
