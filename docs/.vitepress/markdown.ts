import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** What the site's pages need to know of the page that is rendered. */
interface PageEnvironment {
  /** Absolute path of the Markdown file. */
  readonly realPath?: string;
  readonly path: string;
}

export interface MarkdownOptions {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Where its files can be seen: `https://github.com/…/blob/main`. */
  readonly filesUrl: string;
  /** HTML to put below a page's title, by its path in `docs/`: `rules/no-truncate.md`. */
  belowTitle(path: string): string | undefined;
}

/** The elements that pages may hold besides Markdown; what else is in angle brackets is text: `<table>` in a pattern. */
const ELEMENTS = /^<\/?(sub|sup|kbd|br|details|summary|div|a|p|MigrationPlayground)\b|^<!--/;

/**
 * Lets VitePress read pages that are written for GitHub: README.md is a folder's index, links that leave `docs/` go to the
 * repository, and nothing in the text is taken for a template of Vue.
 *
 * @throws Error, from the renderer, for a link to a file that the repository does not have
 */
export function readGitHubMarkdown(md: MarkdownRenderer, options: MarkdownOptions): void {
  md.core.ruler.push('github', ({ tokens, env }) => {
    for (const token of tokens) {
      mend(token, env as PageEnvironment, options);
      for (const child of token.children ?? []) mend(child, env as PageEnvironment, options);
    }
  });
  const close = md.renderer.rules.heading_close;
  md.renderer.rules.heading_close = (tokens, index, rendering, env: PageEnvironment, self) => {
    const html = close?.(tokens, index, rendering, env, self) ?? self.renderToken(tokens, index, rendering);
    if (tokens[index]!.tag !== 'h1') return html;
    return html + (options.belowTitle(relative(join(options.root, 'docs'), env.realPath ?? env.path)) ?? '');
  };
  const { text } = md.renderer.rules;
  md.renderer.rules.text = (...args) => withoutTemplates(text!(...args));
}

/** Mustaches as entities: Vue would evaluate them. */
function withoutTemplates(html: string): string {
  return html.replaceAll('{{', '&#123;&#123;');
}

function mend(token: Token, env: PageEnvironment, options: MarkdownOptions): void {
  if (token.type === 'link_open') {
    const href = token.attrGet('href');
    if (href !== null) token.attrSet('href', siteLink(href, env, options));
  } else if ((token.type === 'html_inline' || token.type === 'html_block') && !ELEMENTS.test(token.content.trim())) {
    token.type = 'text';
  }
}

function siteLink(href: string, { realPath, path }: PageEnvironment, { root, filesUrl }: MarkdownOptions): string {
  if (/^([a-z]+:|#|\/)/i.test(href)) return href;
  const [, file = '', rest = ''] = /^([^?#]*)(.*)$/.exec(href)!;
  const page = realPath ?? path;
  const target = join(dirname(page), decodeURI(file));
  if (!existsSync(target)) throw new Error(`${relative(root, page)}: the link ${href} leads nowhere`);
  if (relative(join(root, 'docs'), target).startsWith('..')) return `${filesUrl}/${relative(root, target)}${rest}`;
  return `${file.replace(/(^|\/)README\.md$/, '$1index.md')}${rest}`;
}

/** The anchor of a heading, as GitHub makes it: `## 1. Set it up` is `#1-set-it-up`. */
export function gitHubSlug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation}\- ]/gu, '')
    .replaceAll(' ', '-');
}
