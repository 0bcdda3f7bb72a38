import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';

/** What a command left behind. */
export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a folder. */
export async function run(
  cwd: string,
  argv: readonly string[],
  more: Partial<Pick<Io, 'env' | 'ask'>> & { stdin?: string; terminal?: boolean } = {},
): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const isTerminal = more.terminal === true;
  const status = await main(argv, {
    cwd,
    env: more.env ?? {},
    stdout: { write: text => (stdout += text), isTerminal, columns: isTerminal ? 80 : undefined },
    stderr: { write: text => (stderr += text), isTerminal, columns: undefined },
    readStdin: () => more.stdin ?? '',
    ...(more.ask === undefined ? {} : { ask: more.ask }),
  });
  return { status, stdout, stderr };
}
