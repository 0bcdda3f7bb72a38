import { readFileSync } from 'node:fs';

/** Where a command reads and writes: the process, or what a test hands in. */
export interface Io {
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input. */
  readStdin(): string;
  /** Asks on the terminal; gives back the line that is typed. Left out where nobody can answer. */
  ask?(question: string): Promise<string>;
}

interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal in cells; undefined where it is none. */
  readonly columns: number | undefined;
}

/** The process's own. A reader that goes away early (`| head`) is no error. */
export function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: output(() => process.stdout),
    stderr: output(() => process.stderr),
    readStdin: () => readFileSync(0, 'utf8'),
    ask: askOnTerminal,
  };
}

async function askOnTerminal(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

function output(stream: () => NodeJS.WriteStream): Output {
  let guarded = false;
  return {
    write(text) {
      const target = stream();
      if (!guarded) target.on('error', ignoreClosedPipe);
      guarded = true;
      target.write(text);
    },
    get isTerminal() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().columns;
    },
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
