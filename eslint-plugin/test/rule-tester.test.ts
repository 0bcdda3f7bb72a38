import type { RuleTester } from 'eslint';
import { afterAll, describe, it } from 'vitest';
import surefoot from '../src/index.ts';
import { ESLINTS } from './support/eslints.ts';

const settings = { surefoot: { dialect: 'postgres' } };
const filename = 'migrations/1.sql';

/** Test cases as users of ESLint write them, for a sample of rules. */
const CASES: Readonly<Record<string, Parameters<RuleTester['run']>[2]>> = {
  'require-concurrent-index': {
    valid: [
      { filename, settings, code: 'CREATE INDEX CONCURRENTLY users_name ON users (name);' },
      { filename, settings, code: 'CREATE TABLE users (name text);\nCREATE INDEX users_name ON users (name);' },
    ],
    invalid: [
      {
        filename,
        settings,
        code: "-- é🎉\nSELECT '🎉'; CREATE INDEX users_name ON users (name);",
        errors: [
          {
            message: /users/,
            line: 2,
            column: 14,
            endLine: 2,
            suggestions: [
              {
                desc: 'Build the index CONCURRENTLY (the migration must run outside a transaction)',
                output: "-- é🎉\nSELECT '🎉'; CREATE INDEX CONCURRENTLY users_name ON users (name);",
              },
            ],
          },
        ],
      },
    ],
  },
  'no-drop-column': {
    valid: [{ filename, settings, code: 'ALTER TABLE users ADD COLUMN name text;' }],
    invalid: [
      {
        filename,
        settings,
        code: 'ALTER TABLE users\r\n  DROP COLUMN name;',
        errors: [{ message: /name/, line: 2, column: 3, endLine: 2, endColumn: 19 }],
      },
    ],
  },
  'no-unreadable-statement': {
    valid: [{ filename, settings, code: 'CREATE TABLE users (id int);' }],
    invalid: [
      {
        filename,
        settings,
        code: 'CREATE TABL users;\nCREATE TABLE orders (id int);',
        errors: [{ message: /could not be read/, line: 1, column: 8 }],
      },
    ],
  },
};

for (const { major, RuleTester: Tester } of ESLINTS) {
  Tester.describe = describe;
  Tester.it = it;
  Tester.itOnly = it.only;
  (Tester as unknown as { afterAll: typeof afterAll }).afterAll = afterAll;
  const tester = new Tester({ plugins: { surefoot }, language: 'surefoot/sql' });
  describe(`RuleTester of ESLint ${major}`, () => {
    for (const [id, cases] of Object.entries(CASES)) tester.run(id, surefoot.rules[id]!, cases);
  });
}
