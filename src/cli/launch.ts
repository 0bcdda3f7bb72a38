#!/usr/bin/env node
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { compileBundle } from './code-cache.ts';

// The command that users start: it runs the bundled command line beside it.
const { createRequire, enableCompileCache } = nodeModule as typeof nodeModule & {
  /** Since Node 22.8: keeps what V8 compiled for the next start, in the system's folder for temporary files. */
  readonly enableCompileCache?: () => void;
};
const bundle = join(__dirname, 'cli.cjs');
const require = createRequire(bundle);
const script = compileBundle(bundle);
if (script === undefined) {
  enableCompileCache?.();
  require(bundle);
} else {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, bundle, dirname(bundle));
}
