import { expect, test, vi } from 'vitest';
import { markdown } from '../../src/reporters/markdown.ts';
import { effectsOf, findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';

vi.mock('../../src/rules/index.ts', () => import('./rules.ts'));

const project = projectResult([migrationResult('0002_add_index')]);
const FILE = sourceFile('migrations/0002_add_index.sql', 'SELECT 1;\nCREATE INDEX a\n  ON users (b);\n');

test('shows a finding with its place, the lock, the reason and the safe form', () => {
  const finding = findingAt(FILE, 'CREATE INDEX a', {
    message: 'Blocks *writes* to <users>.',
    effects: effectsOf({
      locks: [{ schema: 'public', name: 'users', mode: 'ShareLock', known: true }],
      blocksWrites: [{ schema: 'public', name: 'users' }],
      duration: 'index build',
    }),
    safeRewrite: { text: '-- ``` odd\nCREATE INDEX CONCURRENTLY a ON users (b);\n', language: 'sql' },
  });
  expect(markdown(lintResult([project], [finding]), PLAIN)).toBe(`<!-- surefoot -->
## ❌ Surefoot: 1 error

1 statement in 1 migration checked (goose, postgres 18).

### 0002\\_add\\_index

- **BLOCKS writes of users while it builds an index**

\`migrations/0002_add_index.sql:2\`

\`\`\`sql
CREATE INDEX a
\`\`\`

🔴 Blocks \\*writes\\* to &lt;users\\>. [\`require-concurrent-index\`](https://example.com/rules/require-concurrent-index)

Build it with CONCURRENTLY, in a migration that runs outside a transaction.

Locks: SHARE on users, until the transaction ends

<details><summary>Safe form</summary>

\`\`\`\`sql
-- \`\`\` odd
CREATE INDEX CONCURRENTLY a ON users (b);
\`\`\`\`

</details>
`);
});

test('says so when there is nothing to say', () => {
  expect(markdown(lintResult([project], []), PLAIN)).toBe(
    '<!-- surefoot -->\n## ✅ Surefoot: 1 migration safe to deploy\n\n1 statement in 1 migration checked (goose, postgres 18).\n',
  );
});

test('puts the migration that is worst off first', () => {
  const two = projectResult([migrationResult('1_mild'), migrationResult('2_bad')]);
  const findings = [
    findingAt(FILE, 'SELECT 1', { migration: '1_mild', severity: 'warning' }),
    findingAt(FILE, 'CREATE INDEX a', { migration: '2_bad' }),
  ];
  const headings = markdown(lintResult([two], findings), PLAIN).match(/^### .*/gm);
  expect(headings).toEqual(['### 2\\_bad', '### 1\\_mild']);
});

test('fits into a comment, and counts what does not', () => {
  const many = Array.from({ length: 400 }, (_, index) =>
    findingAt(FILE, 'CREATE INDEX a', { migration: `${index}_m`, message: 'x'.repeat(500) }),
  );
  const report = markdown(lintResult([project], many), PLAIN);
  expect(report.length).toBeLessThan(65_536);
  const shown = report.match(/^### /gm)!.length;
  expect(report).toContain(`${400 - shown} more findings in ${400 - shown} migrations did not fit here`);
});
