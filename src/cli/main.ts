import { relativePath } from '../reporters/paths.ts';
import { isUsageError } from '../usage-error.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';

/** A command: takes what follows it on the command line, gives back the exit status. */
type Command = (argv: readonly string[], io: Io) => Promise<number>;

const lint = async (): Promise<Command> => (await import('./lint.ts')).lintCommand;
const help = async (): Promise<Command> => (await import('./help.ts')).helpCommand;
const version = async (): Promise<Command> => (await import('./version.ts')).versionCommand;

/** Commands by name; each is loaded when it is used. `--help` and `--version` alone need not load the linter. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  lint,
  impact: async () => (await import('./impact.ts')).impactCommand,
  sizes: async () => (await import('./sizes.ts')).sizesCommand,
  rules: async () => (await import('./rules.ts')).rulesCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  baseline: async () => (await import('./baseline.ts')).baselineCommand,
  completion: async () => (await import('./completion.ts')).completionCommand,
  init: async () => (await import('./init.ts')).initCommand,
  help,
  '--help': help,
  '-h': help,
  '--version': version,
  '-v': version,
};

/** The run failed: bad flag, config or path. */
const FAILED = 2;

/**
 * The command line. Never throws: what goes wrong is one line on stderr.
 *
 * @param argv - without node and the program
 * @returns the exit status: 0, 1 for findings, 2 where the run failed
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const [first = ''] = argv;
    const load = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
    const command = await (load ?? lint)();
    return await command(load === undefined ? argv : argv.slice(1), io);
  } catch (error) {
    io.stderr.write(`surefoot: ${describeError(error, io.cwd)}\n`);
    if (argv.includes('--debug') && error instanceof Error) {
      io.stderr.write(`${error.stack}\n`);
      if (error.cause instanceof Error) io.stderr.write(`caused by: ${error.cause.stack}\n`);
    }
    return FAILED;
  }
}

function describeError(error: unknown, cwd: string): string {
  if (isUsageError(error)) return onOneLine(error.message);
  if (!(error instanceof Error)) return onOneLine(String(error));
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && path !== undefined) return onOneLine(fileError(relativePath(cwd, path), code).message);
  return `internal error: ${onOneLine(error.message)} (--debug shows where; please report it)`;
}

function onOneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}
