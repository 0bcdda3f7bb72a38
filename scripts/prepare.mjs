// Runs after `npm install` in a checkout: builds both packages, and makes the root package known under its own name to the
// workspace eslint-plugin, which imports it: npm links every workspace that way, but not the root.
import { existsSync, symlinkSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const self = `${root}node_modules/surefoot`;
if (existsSync(`${root}node_modules`) && !existsSync(self)) symlinkSync('..', self, 'junction');

await import('./build.mjs');
await import('../eslint-plugin/scripts/build.mjs');
