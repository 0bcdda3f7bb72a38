import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { ruleById } from '../../src/rules/index.ts';
import { runExample } from '../../src/rules/run-example.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

const HISTORY = `CREATE TABLE users (id int PRIMARY KEY, name nvarchar(50) NULL, n int NULL);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, state int);`;

/** The safe form that a rule gives for a migration on SQL Server. */
function safeFormOf(rule: string, up: string): string | undefined {
  const example = { title: '', dialect: 'sqlserver', history: HISTORY, up, findings: [] } as const;
  return runExample(ruleById(rule)!, example)[0]?.safeRewrite?.text;
}

describe('safe forms of SQL Server', () => {
  it.each([
    ['no-blocking-alter', 'CREATE INDEX i ON users (n)', 'CREATE INDEX i ON users (n) WITH (ONLINE = ON);'],
    [
      'no-blocking-alter',
      'CREATE INDEX i ON users (n) ON [PRIMARY];',
      'CREATE INDEX i ON users (n) WITH (ONLINE = ON) ON [PRIMARY];',
    ],
    [
      'no-blocking-alter',
      'CREATE INDEX i ON users (n) WITH (FILLFACTOR = 80);',
      'CREATE INDEX i ON users (n) WITH (ONLINE = ON, FILLFACTOR = 80);',
    ],
    ['no-blocking-alter', 'ALTER INDEX ALL ON users REBUILD WITH (ONLINE = OFF);', 'REBUILD WITH (ONLINE = ON);'],
    [
      'no-blocking-alter',
      'ALTER TABLE users ALTER COLUMN n bigint NULL;',
      'ALTER TABLE users ALTER COLUMN n bigint NULL WITH (ONLINE = ON);',
    ],
    [
      'no-blocking-alter',
      'ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);',
      'ALTER TABLE orders WITH NOCHECK ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);',
    ],
    [
      'no-blocking-alter',
      'ALTER TABLE orders WITH CHECK ADD CONSTRAINT c CHECK (state > 0);',
      'ALTER TABLE orders WITH CHECK CHECK CONSTRAINT c;',
    ],
    [
      'no-untrusted-constraint',
      'ALTER TABLE orders CHECK CONSTRAINT c;',
      'ALTER TABLE orders WITH CHECK CHECK CONSTRAINT c;',
    ],
    [
      'no-not-null-without-backfill',
      'ALTER TABLE users ADD age int NOT NULL;',
      'ALTER TABLE users ADD age int NOT NULL CONSTRAINT DF_users_age DEFAULT 0;',
    ],
    [
      'no-not-null-without-backfill',
      'ALTER TABLE users ALTER COLUMN name nvarchar(50) NOT NULL;',
      "UPDATE TOP (1000) users SET name = '' WHERE name IS NULL;",
    ],
    ['no-unbounded-delete', 'DELETE FROM orders WHERE state = 1;', 'DELETE TOP (1000) FROM orders WHERE state = 1;'],
    [
      'no-unbounded-update',
      'UPDATE orders SET state = 2 WHERE state = 1;',
      'UPDATE TOP (1000) orders SET state = 2 WHERE state = 1;',
    ],
    ['no-rename-table', "EXEC sp_rename 'dbo.users', 'people';", 'CREATE SYNONYM dbo.users FOR dbo.people;'],
    [
      'no-rename-column',
      "EXEC sp_rename 'users.name', 'title', 'COLUMN';",
      'ALTER TABLE users ADD title nvarchar(50) NULL;',
    ],
    ['require-lock-timeout', 'ALTER TABLE users ADD region int NULL;', 'SET LOCK_TIMEOUT 2000;\nALTER TABLE users'],
  ])('%s: %s', (rule, up, part) => {
    const text = safeFormOf(rule, up);
    expect(text).toContain(part);
    const { statements } = FRONT_ENDS.sqlserver!.parse(fragmentOf({ path: '/safe.sql', text: text! }));
    const kinds = statements.flatMap(({ operations }) => operations.map(({ kind }) => kind));
    expect(kinds).not.toContain('unreadable');
  });
});
