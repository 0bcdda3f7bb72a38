import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cachePath, compileBundle, scriptOf } from '../../src/cli/code-cache.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const bundleOf = (text: string): string => join(temporaryTree({ 'cli.cjs': text }), 'cli.cjs');
const SAYS_HELLO = "#!/usr/bin/env node\nmodule.exports = 'hello from ' + __filename;\n";

function resultOf(bundle: string): unknown {
  const module = { exports: {} };
  compileBundle(bundle)?.runInThisContext()(module.exports, undefined, module, bundle, undefined);
  return module.exports;
}

test('without a cache there is nothing to run', () => {
  expect(compileBundle(bundleOf(SAYS_HELLO))).toBeUndefined();
});

test('a bundle runs from its cache', () => {
  const bundle = bundleOf(SAYS_HELLO);
  writeFileSync(cachePath(bundle), scriptOf(bundle).createCachedData());
  expect(resultOf(bundle)).toBe(`hello from ${bundle}`);
});

test.each([
  ['damaged', () => Buffer.from('not a cache')],
  ['made of another bundle', () => scriptOf(bundleOf(`${SAYS_HELLO}\n`)).createCachedData()],
])('a cache that is %s is not used', (_, cache) => {
  const bundle = bundleOf(SAYS_HELLO);
  writeFileSync(cachePath(bundle), cache());
  expect(compileBundle(bundle)).toBeUndefined();
});
