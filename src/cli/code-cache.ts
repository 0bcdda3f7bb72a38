import { readFileSync } from 'node:fs';
import { cachedDataVersionTag } from 'node:v8';
import { constants, Script } from 'node:vm';

/**
 * The bundled command line as a script, compiled from the code cache that the build left beside it: that saves a third of what
 * a start takes.
 *
 * @param bundle - absolute path of the bundle
 * @returns undefined where there is no cache that this V8 can use
 * @throws the file system's error where the bundle cannot be read
 */
export function compileBundle(bundle: string): Script | undefined {
  let cachedData: Buffer;
  try {
    cachedData = readFileSync(cachePath(bundle));
  } catch {
    return undefined;
  }
  const script = scriptOf(bundle, cachedData);
  return script.cachedDataRejected ? undefined : script;
}

/**
 * A bundle as a script whose value is a function of CommonJS's variables.
 *
 * @param bundle - absolute path of a file that is ASCII alone
 */
export function scriptOf(bundle: string, cachedData?: Buffer): Script {
  const code = readFileSync(bundle, 'latin1').replace(/^#!.*/, '');
  return new Script(`(function (exports, require, module, __filename, __dirname) {${code}\n})`, {
    filename: bundle,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
}

/** Where a bundle's code cache lies: named by the processor, V8's release and its flags, as no other can use it. */
export function cachePath(bundle: string): string {
  return `${bundle}.${process.arch}-${cachedDataVersionTag()}.cache`;
}
