// Runs after `npm ci` and `npm install` in a checkout: builds both packages, and lets the workspace eslint-plugin find the root
// package by its name, as npm links workspaces but not the root itself.
import { existsSync, symlinkSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const self = `${root}node_modules/surefoot`;
if (existsSync(`${root}node_modules`) && !existsSync(self)) symlinkSync('..', self, 'junction');

await import('./build.mjs');
if (existsSync(`${root}eslint-plugin/scripts/build.mjs`)) await import('../eslint-plugin/scripts/build.mjs');
