import { expect, test } from 'vitest';
import { rulePage } from '../../src/rules/page.ts';
import { defineRule } from '../../src/rules/rule.ts';

const rule = defineRule<{ max: number }>({
  id: 'no-x',
  meta: {
    description: 'Prevent x.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql'],
    presets: { recommended: 'warn', strict: 'error', all: 'off' },
    docs: {
      failure: 'Requests hang.',
      why: 'A lock.',
      safe: 'Do `y`.\n',
      exemptions: ['New tables.', 'Small tables.'],
      whenNotToUse: '',
      otherTools: { squawk: 'ban-x', eugene: 'E1' },
    },
    messages: { found: 'x' },
    optionsSchema: {
      type: 'object',
      properties: {
        max: { type: 'integer', description: 'Rows a | b.' },
        names: { type: 'array', items: { type: 'string' } },
        mode: { enum: ['a', 'b'] },
      },
    },
    defaultOptions: { max: 10 },
    fixable: true,
    examples: [
      {
        title: 'plain',
        up: 'X;',
        findings: [{ at: 'X', message: 'x here' }, { at: '' }],
      },
      {
        title: 'with a past',
        serverVersion: '16',
        transaction: 'none',
        history: [{ up: 'A;', down: 'B;' }, { up: 'C;' }],
        up: 'X;\n',
        down: 'Y;',
        options: { max: 1 },
        findings: [],
      },
      { title: 'one past', history: 'A;', up: 'SELECT 1;', findings: [] },
      { title: 'hidden', up: 'HIDDEN;', findings: [], inDocs: false },
    ],
  },
  create: () => ({}),
});

test('a page has every part of the meta, and leaves out those that are empty', () => {
  expect(rulePage(rule)).toBe(`# no-x

Prevent x.

| | |
|---|---|
| Cause | It blocks traffic |
| Presets | \`recommended\` (warn), \`strict\` (error) |
| Looks at | each statement, up and down |
| Dialects | postgres, mysql |
| Fix | with \`--fix\` |

## What goes wrong

Requests hang.

## Why

A lock.

## The safe way

Do \`y\`.

## What it stays silent on

- New tables.
- Small tables.

## Examples

### Bad: plain

\`\`\`sql
X;
\`\`\`

Reported at \`X\`: x here

Reported for the file.

### Good: with a past

With server version 16, transaction \`none\`, options \`{"max":1}\`:

\`\`\`sql
-- earlier migration 1
A;

-- its down
B;

-- earlier migration 2
C;

-- up
X;

-- down
Y;
\`\`\`

### Good: one past

\`\`\`sql
-- what is there already
A;

-- up
SELECT 1;
\`\`\`

## Options

| option | type | default | what it does |
|---|---|---|---|
| \`max\` | integer | \`10\` | Rows a \\| b. |
| \`names\` | list of string | \`null\` |  |
| \`mode\` | \`"a"\`, \`"b"\` | \`null\` |  |

## What other tools call it

- squawk: \`ban-x\`
- eugene: \`E1\`
`);
});

test('what the linter prints for a bad example stands below it', () => {
  const page = rulePage(rule, { printed: example => `error  ${example.title}\n` });
  expect(page).toContain('### Bad: plain\n\n```sql\nX;\n```\n\n```text\nerror  plain\n```\n\n### Good');
});

test('code with backticks is fenced by more of them', () => {
  const { meta } = rule;
  const example = { title: 'ticks', up: 'SELECT `a`;\n```\n', findings: [{ at: '`a`' }] };
  expect(rulePage({ ...rule, meta: { ...meta, examples: [example] } })).toContain(
    '````sql\nSELECT `a`;\n```\n````\n\nReported at `` `a` ``.',
  );
});
