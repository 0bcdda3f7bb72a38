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
  };
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
