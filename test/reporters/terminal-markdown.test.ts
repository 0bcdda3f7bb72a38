import { expect, test } from 'vitest';
import { displayWidth } from '../../src/reporters/terminal.ts';
import { renderMarkdownForTerminal } from '../../src/reporters/terminal-markdown.ts';
import { rulePage } from '../../src/rules/page.ts';
import { RULES } from './rules.ts';

const MARKDOWN = `# The title

A paragraph that is
long enough to be wrapped at the \`width\` of the terminal, with **bold words** and a [link](https://example.com).

<!-- a comment -->
## Code

\`\`\`sql
SELECT 'a line of code that is longer than the terminal is wide, and stays whole';
\`\`\`

- one item that goes on and on until it has to be broken in two
- \`two\`
  goes on
1. three

| | |
|---|---|
| Cause | a \\| b |
| Longer | 表 and more text so that it has to be wrapped here |

---
`;

test('shows headings, paragraphs, lists, code and tables', () => {
  expect(renderMarkdownForTerminal(MARKDOWN, { color: false, width: 51 })).toBe(`The title

A paragraph that is long enough to be wrapped at
the width of the terminal, with bold words and a
link (https://example.com).

Code

    SELECT 'a line of code that is longer than the terminal is wide, and stays whole';

  • one item that goes on and on until it has to
    be broken in two
  • two goes on
  1. three

  Cause   a | b
  Longer  表 and more text so that it has to be
          wrapped here

──────────────────────────────────────────────────
`);
});

test('colour adds styles and nothing else', () => {
  const colored = renderMarkdownForTerminal(MARKDOWN, { color: true, width: 51 });
  expect(colored).toContain('\u001B[1;4mThe\u001B[0m');
  expect(colored).toContain('\u001B[36mwidth\u001B[0m');
  expect(colored).toContain('\u001B[1mbold\u001B[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the styles are control sequences
  expect(colored.replace(/\u001B\[[\d;]*m/g, '')).toBe(
    renderMarkdownForTerminal(MARKDOWN, { color: false, width: 51 }),
  );
});

test('code with backticks inside, and text without Markdown', () => {
  const render = (text: string): string => renderMarkdownForTerminal(text, { color: false, width: 80 });
  expect(render('a `` `b` `` c')).toBe('a `b` c\n');
  expect(render('')).toBe('\n');
  expect(render('```\nnever closed')).toBe('    never closed\n');
});

test.each([40, 80, 120])('the page of a rule fits a terminal of %i cells', width => {
  for (const rule of RULES) {
    const lines = renderMarkdownForTerminal(rulePage(rule), { color: false, width }).split('\n');
    expect(lines.filter(line => displayWidth(line) > width)).toEqual([]);
  }
});
