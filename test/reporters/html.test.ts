import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeHtml, safeUrl } from '../../src/reporters/html/escape.ts';
import { excerptHtml } from '../../src/reporters/html/source.ts';
import { html } from '../../src/reporters/html.ts';
import {
  CWD,
  effectsOf,
  findingAt,
  impactAt,
  lintResult,
  migrationResult,
  PLAIN,
  projectResult,
  sourceFile,
} from './results.ts';

const FILE = sourceFile(
  'migrations/0002_add_index.sql',
  "-- </script><script>alert(1)</script>\nCREATE INDEX a ON users (b) WHERE c = '<img src=x onerror=alert(2)>';\n",
);

/** The text that a browser would show for some HTML without elements. */
function shown(markup: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return markup.replace(/&(\w+|#39);/g, (_, name: string) => entities[name]!);
}

const finding = findingAt(FILE, 'CREATE INDEX a', {
  message: '</title><script>alert(3)</script> & "quotes"',
  docsUrl: 'javascript:alert(4)',
  tables: ['public.users'],
  effects: effectsOf({ locks: [{ schema: 'public', name: 'users', mode: 'ShareLock' }] } as never),
  safeRewrite: { text: 'CREATE INDEX CONCURRENTLY a ON users (b);', language: 'sql' },
});
const project = projectResult([
  migrationResult('0001_"users"', { judged: false }),
  migrationResult('0002_add_index', { risk: 'high' }),
]);
const page = html(lintResult([project], [finding]), PLAIN);

test('nothing that a project holds becomes markup', () => {
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<\/script/g)).toHaveLength(1);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('javascript:');
  expect(page).not.toContain('"users"');
  expect(page).toContain('&lt;/script&gt;');
});

test('only the script that is there may run, and nothing is loaded', () => {
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page)!;
  const hash = createHash('sha256').update(script!).digest('base64');
  expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
  expect(page).not.toMatch(/<(?:img|link|iframe|object|embed|base|script\s)|@import|\burl\(/);
  expect([...page.matchAll(/<[^>]*\shref="([^"]*)"/g)].map(([, href]) => href)).toEqual(['#findings', '#m0']);
  expect(() => new Function(script!)).not.toThrow();
});

test('a finding has its source with the words marked, the safe form, its locks and its table', () => {
  expect(page).toContain('<figcaption>migrations/0002_add_index.sql:2</figcaption>');
  expect(page).toContain('<i>2</i><mark><b class=k>CREATE</b></mark><mark> </mark><mark><b class=k>INDEX</b></mark>');
  expect(page).toContain('<b class=k>CONCURRENTLY</b> a <b class=k>ON</b>');
  expect(page).toContain('Locks: SHARE on users, until the transaction ends');
  expect(page).toContain('<option value="0">users</select>');
  expect(page).toContain('aria-label="0002_add_index: high risk, 1 finding"');
  expect(page).toContain('0001_&quot;users&quot;: history');
});

test('without findings it says so, and filters nothing', () => {
  const empty = html(lintResult([project], []), PLAIN);
  expect(empty).toContain('<h1>Database migrations: nothing found</h1>');
  expect(empty).toContain('Nothing was found.');
});

describe('escapes', () => {
  test('any text, so that the browser shows it as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
        expect(shown(escapeHtml(text))).toBe(text);
      }),
    );
  });

  test('what cannot be seen is named', () => {
    expect(escapeHtml('a\0b\u202Ec\uD800')).toBe('a⟨U+0000⟩b⟨U+202E⟩c⟨U+D800⟩');
    expect(safeUrl('data:text/html,x')).toBe('');
    expect(safeUrl('https://example.com/?a=1&b="')).toBe('https://example.com/?a=1&amp;b=&quot;');
  });

  test('whatever is marked in whatever source, the text stays the source', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.nat(60), fc.nat(60), (text, a, b) => {
        // Findings begin and end at characters, never in the middle of one.
        const ends = [0];
        for (const each of text) ends.push(ends.at(-1)! + each.length);
        const start = ends[Math.min(a, b, ends.length - 1)]!;
        const end = ends[Math.min(Math.max(a, b), ends.length - 1)]!;
        const excerpt = excerptHtml(sourceFile('a.sql', text), [start, end], 'postgres');
        const plain = shown(excerpt.replace(/<i>\d+<\/i>|<\/?(b|mark)[^>]*>/g, ''));
        expect(text.replaceAll('\r', '')).toContain(plain);
        expect(excerpt.split('<mark>').length).toBe(excerpt.split('</mark>').length);
      }),
    );
  });
});

test('a thousand migrations stay below 5 MB, and every finding is told or counted', () => {
  const rewrite = { text: 'CREATE INDEX CONCURRENTLY a ON users (b);\n'.repeat(20), language: 'sql' };
  const migrations = Array.from({ length: 1000 }, (_, index) => migrationResult(`m${index}`));
  const findings = migrations.flatMap(({ id }) =>
    Array.from({ length: 8 }, (_, statement) =>
      findingAt(FILE, 'CREATE INDEX a', { migration: id, statement, safeRewrite: rewrite }),
    ),
  );
  const large = html(lintResult([projectResult(migrations)], findings), PLAIN);
  expect(Buffer.byteLength(large)).toBeLessThan(5_000_000);
  const told = large.match(/<li tabindex/g)!.length;
  const left = /<p>([\d,]+) more findings did not fit/.exec(large)?.[1] ?? '0';
  expect(told + Number(left.replaceAll(',', ''))).toBe(8000);
});

describe('what happened to each table', () => {
  const users = { schema: 'public', name: 'users' };
  const hidden = { schema: 'audit', name: 'users' };
  const statements = [
    impactAt(FILE, 'CREATE INDEX a', { migration: '0001_"users"', tables: ['users'], newRelations: [users] }),
    impactAt(FILE, "CREATE INDEX a ON users (b) WHERE c = '<img src=x onerror=alert(2)>'", {
      tables: ['public.users'],
      effects: effectsOf({
        locks: [
          { ...users, mode: 'ShareLock', known: true },
          { ...users, name: 'users_idx', mode: 'AccessExclusiveLock', known: true },
        ],
        blocksWrites: [users],
        duration: 'index build',
      }),
    }),
    impactAt(FILE, 'users (b)', {
      tables: ['orders', 'audit.users'],
      effects: effectsOf({ locks: [{ ...hidden, mode: 'AccessExclusiveLock', known: true }], blocksReads: [hidden] }),
    }),
    impactAt(FILE, 'WHERE', { direction: 'down', tables: ['users', 'only_down'] }),
  ];
  const past = migrationResult('0001_"users"', { risk: 'high' });
  const history = { cwd: CWD, projects: [projectResult([past])], statements };
  const told = html(lintResult([project], [finding]), { ...PLAIN, history });
  const shown = (name: string) =>
    new RegExp(`<details class="t"><summary>${name} [\\s\\S]*?</details>`).exec(told)?.[0] ?? '';

  test('each table has its statements in order, with their lock and who waits, and leads to the findings', () => {
    expect(told).toContain('<summary>Tables (3)</summary>');
    const entries = shown('users').match(/<li>.*?<\/li>/g) ?? [];
    expect(entries).toEqual([
      expect.stringMatching(/0001_&quot;users&quot;<\/span><code>CREATE INDEX a<\/code><span>no lock<.*>nobody waits</),
      expect.stringMatching(
        /<a href="#m0".*&lt;img .*<span>SHARE<\/span><span class="error">writes wait while an index is built</,
      ),
    ]);
    expect(shown('users')).toContain('2 statements, 1 that others wait for, <span class="error">1 error</span>');
    expect(shown('users')).toContain('data-pick="table" data-value="0"');
    expect(shown('audit.users')).toContain('<span class="warning">reads and writes wait a moment</span>');
    expect(shown('orders')).toContain('<span>no lock</span>');
    expect(told.indexOf('>users <small')).toBeLessThan(told.indexOf('>audit.users <small'));
  });

  test('indexes and downs are no tables; history has its risk on the time line', () => {
    expect(shown('users_idx')).toBe('');
    expect(shown('only_down')).toBe('');
    expect(told).toContain('aria-label="0001_&quot;users&quot;: high risk, history" class="high past"');
  });

  test('of MongoDB, whose locks are not known, only what happened', () => {
    const statement = impactAt(FILE, 'CREATE INDEX a', { dialect: 'mongodb', tables: ['users'] });
    const page = html(lintResult([project], []), { ...PLAIN, history: { ...history, statements: [statement] } });
    expect(page).toContain('<code>CREATE INDEX a</code><span></span><span></span></li>');
  });

  test('a long history keeps the newest statements of each table, and says how many are left out', () => {
    const many = Array.from({ length: 20_000 }, (_, index) =>
      impactAt(FILE, 'CREATE INDEX a', { migration: `m${index}`, tables: [index % 10 === 0 ? 'rare' : 'users'] }),
    );
    const large = html(lintResult([project], [finding]), { ...PLAIN, history: { ...history, statements: many } });
    expect(Buffer.byteLength(large)).toBeLessThan(1_600_000);
    expect(large).toContain('>m19999</span>');
    const [, left] = /users <small[\s\S]*?([\d,]+) older statements not shown/.exec(large)!;
    const kept = /users <small[\s\S]*?<\/details>/.exec(large)![0].match(/<li>/g)!.length;
    expect(kept + Number(left!.replaceAll(',', ''))).toBe(18_000);
  });
});
