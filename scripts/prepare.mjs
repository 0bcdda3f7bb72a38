// Runs after `npm install` in a checkout: builds both packages, and makes the root package known under its own name, as npm
// does for every package but the root: for the workspace eslint-plugin, which imports it, and for `npx surefoot`.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const modules = `${root}node_modules`;

if (existsSync(modules)) {
  if (!existsSync(`${modules}/surefoot`)) symlinkSync('..', `${modules}/surefoot`, 'junction');
  mkdirSync(`${modules}/.bin`, { recursive: true });
  if (process.platform === 'win32') {
    writeFileSync(`${modules}/.bin/surefoot.cmd`, '@node "%~dp0\\..\\surefoot\\dist\\cli.cjs" %*\r\n');
  } else {
    rmSync(`${modules}/.bin/surefoot`, { force: true });
    symlinkSync('../surefoot/dist/cli.cjs', `${modules}/.bin/surefoot`);
  }
}

await import('./build.mjs');
if (existsSync(`${root}eslint-plugin/scripts/build.mjs`)) await import('../eslint-plugin/scripts/build.mjs');
