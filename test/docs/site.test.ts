import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import glob from 'fast-glob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples, judge, type PlaygroundResult } from '../../docs/.vitepress/playground/engine.ts';
import { toFragment } from '../../docs/.vitepress/playground/share.ts';
import { RULES } from '../../src/rules/index.ts';
import { CHROMIUM, openTab, type Tab } from '../support/chromium.ts';
import { ROOT } from '../support/command-bundle.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

const site = mkdtempSync(join(tmpdir(), 'surefoot-site-'));
let server: Server | undefined;
let origin: string;

/** The file that a static host answers a path with; undefined where it has none. */
function fileOf(path: string): string | undefined {
  return [path, `${path}.html`, join(path, 'index.html')]
    .map(name => join(site, name))
    .find(name => existsSync(name) && statSync(name).isFile());
}

// One build for all of it: it takes half a minute.
beforeAll(async () => {
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/vitepress'), ['build', 'docs', '--outDir', site], {
    cwd: ROOT,
  });
  const host = createServer(({ url = '/' }, response) => {
    const file = fileOf(decodeURI(new URL(url, 'http://site').pathname));
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': TYPES[extname(file ?? '')] ?? 'application/octet-stream',
    });
    response.end(file === undefined ? '' : readFileSync(file));
  });
  server = host;
  await new Promise<void>(done => host.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
}, 300_000);

afterAll(() => {
  server?.close();
  rmSync(site, { recursive: true, force: true });
});

/** Asks the page until it says yes. */
async function until(tab: Tab, condition: string): Promise<void> {
  const ends = Date.now() + 30_000;
  while (!(await tab.evaluate<boolean>(condition))) {
    if (Date.now() > ends) throw new Error(`never: ${condition}\n${await tab.evaluate('document.body.innerText')}`);
    await new Promise(wait => setTimeout(wait, 50));
  }
}

test('links between pages lead to pages and headings', () => {
  const pages = glob.sync('**/*.html', { cwd: site });
  expect(pages.length).toBeGreaterThan(RULES.length + 30);
  const html = new Map(pages.map(page => [join(site, page), readFileSync(join(site, page), 'utf8')]));
  const dead = new Set<string>();
  for (const [page, text] of html) {
    for (const [, href = ''] of text.matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      const url = new URL(href, `http://site/${page.slice(site.length + 1)}`);
      if (url.host !== 'site') continue;
      const file = fileOf(decodeURI(url.pathname));
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (file === undefined) dead.add(href);
      else if (anchor !== '' && anchor !== 'VPContent' && !html.get(file)!.includes(`id="${anchor}"`)) dead.add(href);
    }
  }
  expect([...dead]).toEqual([]);
});

test('the search index has every rule, and what its page says', async () => {
  const folder = join(site, 'assets/chunks');
  const name = readdirSync(folder).find(each => each.startsWith('@localSearchIndex'))!;
  const { default: index } = (await import(join(folder, name))) as { default: string };
  const { documentIds } = JSON.parse(index) as { documentIds: Readonly<Record<string, string>> };
  const found = new Set(Object.values(documentIds));
  for (const { id } of RULES) expect([...found]).toContain(`/rules/${id}#${id}`);
  expect([...found]).toContain('/guides/zero-downtime#rename-a-column');
});

describe.skipIf(CHROMIUM === undefined)('in a browser', () => {
  test('the search finds a rule by what it prevents', async () => {
    const tab = await openTab(`${origin}/`);
    try {
      await until(tab, `document.querySelector('.DocSearch-Button') !== null`);
      await tab.evaluate(`document.querySelector('.DocSearch-Button').click()`);
      await until(tab, `document.querySelector('.search-input') !== null`);
      await tab.send('Input.insertText', { text: 'require-concurrent-index' });
      await until(
        tab,
        `document.querySelector('.results .result')?.href.includes('/rules/require-concurrent-index') === true`,
      );
    } finally {
      await tab.close();
    }
  });

  test('the playground judges while one types, and asks nobody else', async () => {
    const tab = await openTab(`${origin}/playground`);
    const summary = `(document.querySelector('.summary')?.innerText ?? '')`;
    const rules = `[...document.querySelectorAll('.findings .head a')].map(link => link.innerText)`;
    try {
      await until(tab, `${summary}.startsWith('2 errors')`);
      expect(await tab.evaluate(rules)).toEqual(
        expect.arrayContaining(['require-concurrent-index', 'no-not-null-without-backfill']),
      );
      expect(
        await tab.evaluate(`[...document.querySelectorAll('.editor.up mark')].map(mark => mark.innerText)`),
      ).toEqual(['CREATE INDEX users_email_idx', 'ADD COLUMN plan']);
      expect(await tab.evaluate(`document.querySelector('.safe').innerText`)).toContain(
        'CREATE INDEX CONCURRENTLY users_email_idx',
      );
      expect(await tab.evaluate(`document.querySelector('.impact').innerText`)).toContain('SHARE on users');

      // The suggestion is applied to the text.
      await tab.evaluate(
        `[...document.querySelectorAll('.edits button')].find(({ innerText }) => innerText.includes('CONCURRENTLY')).click()`,
      );
      await until(tab, `${rules}.includes('no-concurrently-in-transaction')`);

      await tab.evaluate(
        `(() => { const editor = document.querySelector('#playground-up'); editor.focus(); editor.select(); })()`,
      );
      await tab.send('Input.insertText', { text: 'DROP TABEL users;' });
      await until(tab, `${rules}.includes('no-unreadable-statement')`);
      await tab.evaluate(
        `(() => { const editor = document.querySelector('#playground-up'); editor.focus(); editor.select(); })()`,
      );
      await tab.send('Input.insertText', { text: 'SELECT 1;' });
      await until(tab, `${summary}.startsWith('Nothing found')`);

      // Another database, and a link that brings it all back.
      await tab.evaluate(`(() => {
        const dialect = document.querySelector('.choices select');
        dialect.value = 'mysql';
        dialect.dispatchEvent(new Event('change', { bubbles: true }));
      })()`);
      await until(tab, `${summary}.includes('for MySQL')`);
      await tab.evaluate(`document.querySelector('.share').click()`);
      await until(tab, `location.hash.startsWith('#sql=')`);
      const requests = tab.problems.filter(problem => problem.startsWith('request: '));
      expect(
        requests.filter(request => !request.startsWith(`request: ${origin}/`) && !request.startsWith('request: data:')),
      ).toEqual([]);
      expect(tab.problems.filter(problem => !problem.startsWith('request: '))).toEqual([]);
    } finally {
      await tab.close();
    }
  });

  test('a link brings back what stood in the playground', async () => {
    const tab = await openTab(`${origin}/playground${toFragment({ ...examples()[0]!, up: 'DROP TABLE "ü";' })}`);
    try {
      await until(tab, `document.querySelector('#playground-up')?.value === 'DROP TABLE "ü";'`);
      await until(tab, `document.querySelector('.findings')?.innerText.includes('no-drop-table') === true`);
    } finally {
      await tab.close();
    }
  });

  test('a rule leads to the playground with its example', async () => {
    const tab = await openTab(`${origin}/rules/no-rename-column`);
    try {
      await until(tab, `document.querySelector('.try a') !== null`);
      await tab.evaluate(`document.querySelector('.try a').click()`);
      await until(tab, `document.querySelector('.findings')?.innerText.includes('no-rename-column') === true`);
      expect(await tab.evaluate(`document.querySelector('#playground-up').value`)).toContain(
        'RENAME COLUMN name TO full_name',
      );
    } finally {
      await tab.close();
    }
  });

  test('the engine finds in the browser what it finds in Node', async () => {
    const tab = await openTab(`${origin}/playground`);
    try {
      const requests = examples().flatMap(({ rule: _rule, title: _title, ...request }) => request);
      expect(requests.length).toBeGreaterThan(60);
      const results = await tab.evaluate<readonly { readonly result: PlaygroundResult }[]>(`(async () => {
        const worker = new Worker('/playground/engine.js');
        const answers = [];
        for (const request of ${JSON.stringify(requests)}) {
          answers.push(await new Promise(resolve => {
            worker.onmessage = ({ data }) => resolve(data);
            worker.postMessage({ id: 1, request });
          }));
        }
        return answers;
      })()`);
      expect(results.map(({ result }) => result)).toEqual(requests.map(request => judge(request)));
    } finally {
      await tab.close();
    }
  });
});
