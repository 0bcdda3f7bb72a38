// Writes the code cache of the bundled command line, see src/cli/code-cache.ts: runs it once over a project, so that the cache
// holds what a run needs, and not only what the bundle starts with.
//
//   node <this, bundled> <bundle> <argument of the command line>…
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import v8 from 'node:v8';
import { cachePath, scriptOf } from '../src/cli/code-cache.ts';

const [node = '', , bundle = '', ...argv] = process.argv;
const require = createRequire(bundle);
const script = scriptOf(bundle);
const target = cachePath(bundle);
// A cache belongs to the flags that V8 has when it is made; those that the command line sets come after it is used.
v8.setFlagsFromString = () => {};
process.argv = [node, bundle, ...argv];
process.on('exit', () => {
  writeFileSync(target, script.createCachedData());
  process.exitCode = 0;
});
const module = { exports: {} };
script.runInThisContext()(module.exports, require, module, bundle, dirname(bundle));
