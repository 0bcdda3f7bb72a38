import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { TOOL_GUIDES } from '../../scripts/guides.ts';
import { HOMEPAGE } from '../../src/homepage.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { CAUSE_TITLES } from '../../src/rules/causes.ts';
import { RULES } from '../../src/rules/index.ts';
import { CAUSES } from '../../src/rules/rule.ts';
import { gitHubSlug, readGitHubMarkdown } from './markdown.ts';
import { bundleEngine } from './playground/bundle.ts';
import { examples } from './playground/engine.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
// GitHub Pages serves a project below its name.
const base = (process.env.SITE_BASE as `/${string}/` | undefined) ?? '/';

/** A footprint that holds. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#3451b2"/><path d="M8 17l6 6L25 10" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`;

/** Pages that need more width than the others: said here, as GitHub would show front matter as a table. */
const LAYOUTS: Readonly<Record<string, object>> = {
  'playground.md': { layout: 'page', sidebar: false },
  'dialects.md': { aside: false },
  'same-change.md': { aside: false },
  'tools.md': { aside: false },
};

/** The rules' pages that the playground has an example for. */
const tried = new Map(examples().map(({ rule }) => [`rules/${rule}.md`, rule]));

await bundleEngine(root, `${root}docs/public/playground`);

const guides: DefaultTheme.SidebarItem[] = [
  {
    text: 'Zero-downtime playbook',
    link: '/guides/zero-downtime',
    items: [
      { text: 'PostgreSQL', link: '/guides/zero-downtime' },
      { text: 'MySQL and MariaDB', link: '/guides/zero-downtime-mysql' },
    ],
  },
  { text: 'Into an existing project', link: '/adoption' },
  { text: 'Continuous integration', link: '/guides/ci' },
  { text: 'ESLint and editors', link: '/eslint' },
  { text: 'Custom rules', link: '/guides/custom-rules' },
  { text: 'From another linter', link: '/other-linters' },
];

const starts: DefaultTheme.SidebarItem[] = TOOL_GUIDES.map(({ tool }) => ({
  text: MIGRATION_TOOLS[tool]!.title,
  link: `/guides/start/${tool}`,
}));

const rules: DefaultTheme.SidebarItem[] = CAUSES.map(cause => ({
  text: CAUSE_TITLES[cause].heading,
  collapsed: true,
  items: RULES.filter(({ meta }) => meta.cause === cause)
    .map(({ id }) => ({ text: id, link: `/rules/${id}` }))
    .sort((a, b) => (a.text < b.text ? -1 : 1)),
}));

export default defineConfig({
  title: 'Surefoot',
  description: 'A linter that keeps database migrations safe to deploy.',
  base,
  head: [['link', { rel: 'icon', href: ICON }]],
  outDir: '../site',
  cleanUrls: true,
  rewrites: id => id.replace(/(^|\/)README\.md$/, '$1index.md'),
  markdown: {
    anchor: { slugify: gitHubSlug },
    config: md =>
      readGitHubMarkdown(md, {
        root,
        filesUrl: `${HOMEPAGE}/blob/main`,
        belowTitle(path) {
          const rule = tried.get(path);
          if (rule === undefined) return undefined;
          return `<p class="try"><a href="${base}playground?rule=${rule}">Try it in the playground</a></p>`;
        },
      }),
  },
  transformPageData: ({ relativePath, frontmatter }) => ({
    frontmatter: { ...frontmatter, ...LAYOUTS[relativePath] },
  }),
  themeConfig: {
    search: { provider: 'local', options: { detailedView: 'auto' } },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/' },
      { text: 'Guides', link: '/guides/zero-downtime', activeMatch: '^/(guides|adoption|eslint|other-linters)' },
      { text: 'Rules', link: '/rules/', activeMatch: '^/rules/' },
      { text: 'Tools', link: '/tools' },
      { text: 'Dialects', link: '/dialects' },
      { text: 'API', link: '/api' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          { text: 'What it does', link: '/' },
          { text: 'Five minutes, by tool', link: '/guides/start/', collapsed: true, items: starts },
        ],
      },
      { text: 'Guides', items: guides },
      { text: 'Rules', link: '/rules/', items: rules },
      {
        text: 'Reference',
        items: [
          { text: 'Migration tools', link: '/tools' },
          { text: 'Dialects', link: '/dialects' },
          { text: 'The same change on five servers', link: '/same-change' },
          { text: 'API', link: '/api' },
          { text: 'Playground', link: '/playground' },
        ],
      },
    ],
    socialLinks: [{ icon: 'github', link: HOMEPAGE }],
    editLink: { pattern: `${HOMEPAGE}/edit/main/docs/:path` },
  },
});
