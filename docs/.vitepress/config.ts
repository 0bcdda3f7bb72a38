import { fileURLToPath } from 'node:url';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { TOOL_GUIDES } from '../../scripts/guides.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { CAUSE_TITLES } from '../../src/rules/causes.ts';
import { RULES } from '../../src/rules/index.ts';
import { CAUSES } from '../../src/rules/rule.ts';
import { gitHubSlug, readGitHubMarkdown } from './markdown.ts';
import { bundleEngine } from './playground/bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const repository = 'https://github.com/surefoot-sql/surefoot';

await bundleEngine(root, `${root}docs/public/playground`);

const guides: DefaultTheme.SidebarItem[] = [
  { text: 'Zero-downtime playbook', link: '/guides/zero-downtime' },
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
  // GitHub Pages serves a project below its name.
  base: (process.env.SITE_BASE as `/${string}/` | undefined) ?? '/',
  outDir: '../site',
  cleanUrls: true,
  rewrites: id => id.replace(/(^|\/)README\.md$/, '$1index.md'),
  markdown: {
    anchor: { slugify: gitHubSlug },
    config: md => readGitHubMarkdown(md, { root, filesUrl: `${repository}/blob/main` }),
  },
  transformPageData: ({ relativePath, frontmatter }) =>
    relativePath === 'playground.md' ? { frontmatter: { ...frontmatter, layout: 'page' } } : undefined,
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
          { text: 'API', link: '/api' },
          { text: 'Playground', link: '/playground' },
        ],
      },
    ],
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path` },
  },
});
