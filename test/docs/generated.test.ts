import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dialectsPage } from '../../scripts/dialects-page.ts';
import { docsPages, otherLintersPage, TABLE_END, TABLE_START, toolsPage, withRuleTable } from '../../scripts/docs.ts';
import { startPages } from '../../scripts/guide-pages.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { RULES } from '../../src/rules/index.ts';

const root = new URL('../../', import.meta.url);

test('docs/rules holds what `npm run docs` writes, and nothing else', () => {
  const folder = new URL('docs/rules/', root);
  const written = readdirSync(folder).map(name => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
  expect(new Map(written.sort())).toEqual(new Map([...docsPages(RULES)].sort()));
});

test('docs/guides/start holds what `npm run docs` writes: a page per migration tool', () => {
  const folder = new URL('docs/guides/start/', root);
  const written = readdirSync(folder).map(name => [name, readFileSync(new URL(name, folder), 'utf8')] as const);
  expect(new Map(written.sort())).toEqual(new Map([...startPages(MIGRATION_TOOLS)].sort()));
});

test('every migration tool has a guide', () => {
  expect([...startPages(MIGRATION_TOOLS).keys()].sort()).toEqual(
    ['README.md', ...Object.keys(MIGRATION_TOOLS).map(tool => `${tool}.md`)].sort(),
  );
});

test('the README has the table that `npm run docs` writes', () => {
  const readme = readFileSync(new URL('README.md', root), 'utf8');
  expect(readme).toBe(withRuleTable(readme, RULES));
});

test('links of generated pages lead to files', () => {
  const pages = docsPages(RULES);
  for (const [name, text] of pages) {
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const exists = pages.has(target!) || target!.startsWith('../../src/rules/');
      expect(exists, `${name} links to ${target}`).toBe(true);
    }
  }
});

test('a README without markers is refused', () => {
  expect(() => withRuleTable('# Surefoot\n', RULES)).toThrow(TABLE_START);
  expect(() => withRuleTable(`${TABLE_END}\n${TABLE_START}\n`, RULES)).toThrow(TABLE_END);
});

test('docs/tools.md is what the adapters say (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/tools.md', import.meta.url), 'utf8')).toBe(toolsPage(MIGRATION_TOOLS));
});

test('docs/other-linters.md is what the rules say (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/other-linters.md', import.meta.url), 'utf8')).toBe(otherLintersPage(RULES));
});

test('docs/dialects.md is what the rules say (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/dialects.md', import.meta.url), 'utf8')).toBe(dialectsPage(RULES));
});
