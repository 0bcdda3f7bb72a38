// Writes docs/rules/, docs/guides/start/ and the README's table of rules from the rules' meta. With --check it only says what is stale (exit
// status 1 where something is).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createJiti } from 'jiti';

const root = new URL('../', import.meta.url);
const folder = new URL('docs/rules/', root);
const readme = new URL('README.md', root);
const check = process.argv.includes('--check');

const jiti = createJiti(import.meta.url);
const { docsPages, otherLintersPage, toolsPage, withRuleTable } = await jiti.import('./docs.ts');
const { dialectsPage } = await jiti.import('./dialects-page.ts');
const { sameChangesPage } = await jiti.import('./same-changes.ts');
const { startPages } = await jiti.import('./guide-pages.ts');
const { MIGRATION_TOOLS } = await jiti.import('../src/migration-tools/index.ts');
const { RULES } = await jiti.import('../src/rules/index.ts');

const stale = [];
putFolder(folder, docsPages(RULES));
putFolder(new URL('docs/guides/start/', root), startPages(MIGRATION_TOOLS));
put(new URL('docs/other-linters.md', root), otherLintersPage(RULES));
put(new URL('docs/dialects.md', root), dialectsPage(RULES));
put(new URL('docs/same-change.md', root), sameChangesPage());
put(new URL('docs/tools.md', root), toolsPage(MIGRATION_TOOLS));
put(readme, withRuleTable(readFileSync(readme, 'utf8'), RULES));
if (check && stale.length > 0) {
  process.stderr.write(`Stale, run npm run docs:\n${stale.map(path => `  ${path}\n`).join('')}`);
  process.exitCode = 1;
}

/** Makes a folder hold these pages, by name, and nothing else. */
function putFolder(url, pages) {
  mkdirSync(url, { recursive: true });
  for (const [name, content] of pages) put(new URL(name, url), content);
  for (const name of readdirSync(url)) if (!pages.has(name)) put(new URL(name, url), undefined);
}

/** Writes a file where it is not as it should be, removes it where it should not be; under --check only notes that. */
function put(file, content) {
  const now = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (now === content) return;
  stale.push(file.pathname.slice(root.pathname.length));
  if (check) return;
  if (content === undefined) rmSync(file);
  else writeFileSync(file, content);
}
