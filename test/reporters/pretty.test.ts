import { describe, expect, test, vi } from 'vitest';
import { pretty } from '../../src/reporters/pretty.ts';
import { displayWidth } from '../../src/reporters/terminal.ts';
import { effectsOf, findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';

vi.mock('../../src/rules/index.ts', () => import('./rules.ts'));

const file = sourceFile(
  'migrations/0002_add_index.sql',
  '-- email\nALTER TABLE users\n\tADD COLUMN 名前 text NOT NULL, -- なまえ\n\tRENAME COLUMN a TO b;\nCREATE INDEX users_email_idx ON users (email);\n',
);
const users = { schema: 'public', name: 'users' };
const addColumn = findingAt(file, 'ADD COLUMN 名前 text NOT NULL', {
  rule: 'no-failing-statement',
  message: 'Adding users.名前 as NOT NULL without a default fails if the table has rows.',
  help: 'Add it nullable, fill it, then set NOT NULL.',
  safeRewrite: { language: 'sql', text: 'ALTER TABLE users ADD COLUMN 名前 text;\n' },
});
const rename = findingAt(file, 'RENAME COLUMN a TO b', {
  rule: 'no-rename-column',
  severity: 'warning',
  message: 'Running code still says a.',
});
const index = findingAt(file, 'CREATE INDEX users_email_idx', {
  statement: 1,
  effects: effectsOf({ blocksWrites: [users], duration: 'index build' }),
});
const project = projectResult([
  migrationResult('0001_init', { judged: false }),
  migrationResult('0002_add_index', { statements: 12, unreadable: 1, risk: 'high' }),
]);
const small = lintResult([project], [rename, addColumn, index], { suppressed: 1, skippedFiles: 2 });

test('shows assumptions, verdicts, findings with the worst of a statement first, and what was checked', () => {
  expect(pretty(small, PLAIN)).toBe(`migrations
  tool          goose (detected)
  server        PostgreSQL (detected), version 18 assumed (--server-version
                sets it)
  transaction   none: each statement runs on its own
  judged        1 of 2 migrations: 0002_add_index; 1 before as history,
                replayed but not judged

── 0002_add_index ──────────────────────────────────────────────── high risk ──
   WILL FAIL
   BREAKS RUNNING CODE
   BLOCKS writes of users while it builds an index

   error    Adding users.名前 as NOT NULL without a default fails if the table
            has rows.
   migrations/0002_add_index.sql:3:2  no-failing-statement
   2 │ ALTER TABLE users
   3 │     ADD COLUMN 名前 text NOT NULL, -- なまえ
     │     ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

   Add it nullable, fill it, then set NOT NULL.

   Safe form:

   ALTER TABLE users ADD COLUMN 名前 text;

   Also on this statement:
   warning  Running code still says a.
            4:2  no-rename-column

   error    Building this index blocks every write to users until the build is
            done.
   migrations/0002_add_index.sql:5:1  require-concurrent-index
   4 │     RENAME COLUMN a TO b;
   5 │ CREATE INDEX users_email_idx ON users (email);
     │ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━

   Build it with CONCURRENTLY, in a migration that runs outside a transaction.

2 errors, 1 warning in 1 of 1 migration
12 statements checked, 1 could not be read, 1 finding suppressed, 2 files
skipped as no migration, 42 ms.
surefoot explain <rule> says what goes wrong and what is safe.
`);
});

describe.each([40, 60, 80, 120])('at a width of %i', width => {
  test('no line but the safe form is wider', () => {
    const lines = pretty(
      { ...small, findings: [{ ...addColumn, safeRewrite: null }, index] },
      { ...PLAIN, width },
    ).split('\n');
    expect(lines.filter(line => displayWidth(line) > width)).toEqual([]);
  });

  test('colour changes nothing but the styles', () => {
    const plain = pretty(small, { ...PLAIN, width });
    const colored = pretty(small, { ...PLAIN, width, color: true });
    expect(colored).not.toBe(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the styles are control sequences
    expect(colored.replace(/\u001B\[[\d;]*m/g, '').replace(/ +$/gm, '')).toBe(plain);
  });
});

test('the id of a rule links to its page where the terminal follows links', () => {
  expect(pretty(small, { ...PLAIN, links: true })).toContain(
    '\u001B]8;;https://example.com/rules/require-concurrent-index\u001B\\require-concurrent-index\u001B]8;;\u001B\\',
  );
  expect(pretty(small, PLAIN)).not.toContain('\u001B');
});

test('quiet shows errors only and says how many findings it left out', () => {
  const report = pretty(small, { ...PLAIN, quiet: true });
  expect(report).not.toContain('no-rename-column');
  expect(report).toContain('2 errors, 1 warning in 1 of 1 migration\n');
  expect(report).toContain('1 finding not shown (--quiet).\n');
});

test('says what was checked where nothing was found', () => {
  const clean = lintResult([projectResult([migrationResult('0001_init'), migrationResult('0002_more')])], []);
  expect(pretty(clean, PLAIN).split('\n').slice(-3)).toEqual([
    'No findings.',
    '2 statements checked in 2 migrations, 42 ms.',
    '',
  ]);
});

test.each([
  ['flag', false, 'PostgreSQL 16'],
  ['config', false, 'PostgreSQL 16 (dialect configured)'],
  ['flag', true, 'PostgreSQL, version 16 assumed (--server-version sets it)'],
] as const)(
  'says where the server comes from: dialect by %s, version assumed %s',
  (dialectSource, versionAssumed, text) => {
    const server = { dialect: 'postgres', version: '16', versionAssumed } as const;
    const result = lintResult([projectResult([migrationResult('1')], { dialectSource, server })], []);
    expect(pretty(result, { ...PLAIN, width: 100 })).toContain(`  server        ${text}\n`);
  },
);

test.each([
  ['ny', '1 of 2 migrations: 1; 1 before as history, replayed but not judged'],
  ['nyn', '1 of 3 migrations: 1; 1 before as history, replayed but not judged; 1 after left out'],
  ['ynyn', '2 of 4 migrations: 0 to 2; 1 before as history, replayed but not judged; 1 after left out'],
  ['yn', '1 of 2 migrations: 0; 1 after left out'],
  ['nn', 'nothing: all 2 migrations are history'],
  ['yyy', 'all 3 migrations, 0 to 2'],
])('says which migrations are judged: %s', (pattern, text) => {
  const migrations = [...pattern].map((each, id) => migrationResult(String(id), { judged: each === 'y' }));
  expect(pretty(lintResult([projectResult(migrations)], []), { ...PLAIN, width: 110 })).toContain(
    `  judged        ${text}\n`,
  );
});

test('a tool that was not recognised, ways of running that differ, and notes are said', () => {
  const result = lintResult(
    [
      projectResult(
        [
          migrationResult('1'),
          migrationResult('2', { up: { file: '/work/app/migrations/2.sql', transaction: 'migration' } }),
          migrationResult('3'),
        ],
        {
          tool: { id: 'sql', title: 'SQL files' },
          toolSource: 'fallback',
          notes: ['Version 19 is not known: judged as 18.'],
        },
      ),
    ],
    [],
  );
  const report = pretty(result, { ...PLAIN, width: 110 });
  expect(report).toContain('  tool          SQL files: no migration tool was recognised here (--tool names one)\n');
  expect(report).toContain(
    '  transaction   none: each statement runs on its own (2 migrations); one per migration (1 migration)\n',
  );
  expect(report).toContain('  note          Version 19 is not known: judged as 18.\n');
});

test('a finding in a down says so; its rule has a line of its own where the path is long', () => {
  const long = sourceFile('prisma/migrations/20260101120000_add_index/migration.sql', 'CREATE INDEX a ON b (c);');
  const down = findingAt(long, 'CREATE INDEX a', { direction: 'down' });
  expect(pretty(lintResult([project], [down]), PLAIN)).toContain(
    '   prisma/migrations/20260101120000_add_index/migration.sql:1:1 (down)\n   require-concurrent-index\n   1 │',
  );
});

test('suggestions are shown where there is no safe form', () => {
  const suggestions = [{ message: 'Build it CONCURRENTLY', edits: [] }];
  const shown = (over: object): string => pretty(lintResult([project], [{ ...index, suggestions, ...over }]), PLAIN);
  expect(shown({})).toContain('\n   or       Build it CONCURRENTLY\n');
  expect(shown({ safeRewrite: { language: 'sql', text: 'SELECT 1;' } })).not.toContain('Build it CONCURRENTLY');
});

test('a finding about a whole file has no code below it', () => {
  const missing = {
    ...index,
    rule: 'require-down',
    message: 'There is no down.',
    help: '',
    range: [0, 0],
    direction: 'down',
    statement: null,
  } as const;
  const report = pretty(lintResult([project], [missing]), PLAIN);
  expect(report).toContain(
    '   NO SAFE WAY BACK\n\n   error    There is no down.\n   migrations/0002_add_index.sql:1:1  require-down\n\n',
  );
  expect(report).not.toContain('│');
});

describe('verdicts', () => {
  const verdict = (
    blocksReads: (typeof users)[],
    blocksWrites: (typeof users)[],
    duration: 'instant' | 'rewrite',
  ): string => {
    const finding = { ...index, effects: effectsOf({ blocksReads, blocksWrites, duration }) };
    return pretty(lintResult([project], [finding]), { ...PLAIN, width: 120 })
      .split('\n')
      .find(line => line.startsWith('   BLOCKS'))!
      .trim();
  };

  test('name whose reads and writes wait, and for what', () => {
    const orders = { schema: 'shop', name: 'orders' };
    expect(verdict([users], [users], 'rewrite')).toBe('BLOCKS reads and writes of users while it rewrites');
    expect(verdict([users], [users, orders], 'instant')).toBe(
      'BLOCKS reads and writes of users, writes of shop.orders while it waits for its lock',
    );
    expect(verdict([], [], 'instant')).toBe('BLOCKS TRAFFIC');
  });

  test('are short for a migration with many', () => {
    const findings = ['a', 'b', 'c', 'd', 'e'].map((name, statement) => ({
      ...index,
      statement,
      effects: effectsOf({ blocksWrites: [{ schema: 'public', name }], duration: 'scan' as const }),
    }));
    expect(pretty(lintResult([project], findings), PLAIN)).toContain(
      [
        '   BLOCKS writes of a while it scans',
        '   BLOCKS writes of b while it scans',
        '   BLOCKS writes of c while it scans',
        '   and 2 more, below\n',
      ].join('\n'),
    );
  });
});

describe('a long first run', () => {
  const ids = Array.from({ length: 40 }, (_, number) => `0${number + 100}_m`);
  const findings = ids.flatMap(id => {
    const each = sourceFile(`migrations/${id}.sql`, 'CREATE INDEX a ON b (c);\nDROP TABLE x;\n');
    return [
      findingAt(each, 'CREATE INDEX a', { migration: id }),
      findingAt(each, 'DROP TABLE x', { migration: id, rule: 'no-drop-table', severity: 'warning', statement: 1 }),
    ];
  });
  const result = lintResult([projectResult(ids.map(id => migrationResult(id)))], findings);

  test('is counted by rule, worst cause first, with the ways on', () => {
    const report = pretty(result, PLAIN);
    expect(
      report.slice(report.indexOf('80 findings')),
    ).toBe(`80 findings in 40 migrations: too many to read one by one, so here they are by
rule, each with its first place.

It loses data
   40  no-drop-table
       migrations/0100_m.sql:2

It blocks traffic
   40  require-concurrent-index
       migrations/0100_m.sql:1

What to do now
   Judge only what is new; older migrations become history, replayed but not
   judged:
       surefoot migrations --start-after 0139_m
   See one migration in full:
       surefoot migrations/0139_m.sql
   See every finding:
       surefoot migrations --format json
   Read about a rule:
       surefoot explain require-concurrent-index

40 errors, 40 warnings in 40 of 40 migrations
40 statements checked, 42 ms.
surefoot explain <rule> says what goes wrong and what is safe.
`);
  });

  test('is in full where few migrations hold all the findings', () => {
    const one = findings.map(finding => ({ ...finding, migration: ids[0]! }));
    expect(pretty(lintResult(result.projects, one), PLAIN)).not.toContain('by rule');
  });
});
