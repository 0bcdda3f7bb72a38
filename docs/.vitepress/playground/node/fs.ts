/** Stands in for node:fs in a browser: the files are those that were provided, and no other exists. */
const files = new Map<string, Uint8Array>();

/** Gives a file its content, before the engine asks for it. */
export function provideFile(path: string, content: Uint8Array): void {
  files.set(path, content);
}

/** @throws an Error with the code ENOENT for a file that was not provided */
export function readFileSync(path: string): Uint8Array {
  const content = files.get(path);
  if (content === undefined) throw missing(path);
  return content;
}

/** Nothing is a folder or a file of a disk. */
export function existsSync(): boolean {
  return false;
}

/** As of a path that does not exist, asked with `throwIfNoEntry: false`. */
export function statSync(): undefined {
  return undefined;
}

export function readdirSync(path: string): never {
  throw missing(path);
}

export { readdirSync as closeSync, readdirSync as fstatSync, readdirSync as openSync, readdirSync as readSync };

function missing(path: string): Error {
  return Object.assign(new Error(`${path}: there are no files in a browser`), { code: 'ENOENT' });
}
