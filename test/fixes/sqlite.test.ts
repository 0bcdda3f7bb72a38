import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { ruleById } from '../../src/rules/index.ts';
import { runExample } from '../../src/rules/run-example.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

const HISTORY = `CREATE TABLE teams (id INTEGER PRIMARY KEY);
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT COLLATE NOCASE UNIQUE,
  name TEXT DEFAULT 'nobody' CHECK (name <> ''),
  team_id INTEGER REFERENCES teams (id) ON DELETE CASCADE,
  initial TEXT GENERATED ALWAYS AS (substr(name, 1, 1)) VIRTUAL
);
CREATE INDEX users_name ON users (name DESC) WHERE name IS NOT NULL;`;

function safeFormOf(rule: string, up: string): string {
  const example = { title: '', dialect: 'sqlite', history: HISTORY, up, findings: [] } as const;
  const [finding] = runExample(ruleById(rule)!, example);
  return finding?.safeRewrite?.text ?? '';
}

const CASES = [
  ['no-failing-statement', 'ALTER TABLE users ADD COLUMN code TEXT UNIQUE;'],
  ['no-failing-statement', 'ALTER TABLE users ADD COLUMN made_at TEXT DEFAULT CURRENT_TIMESTAMP;'],
  ['no-failing-statement', 'ALTER TABLE users ADD CONSTRAINT one UNIQUE (name, team_id);'],
  ['no-failing-statement', 'ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES teams (id);'],
] as const;

describe('a SQLite table that is made anew', () => {
  it.each(CASES)('%s: %s', (rule, up) => {
    const text = safeFormOf(rule, up);
    const { statements } = FRONT_ENDS.sqlite!.parse(fragmentOf({ path: '/safe.sql', text }));
    expect(statements.flatMap(({ operations }) => operations.map(({ kind }) => kind))).toEqual([
      'setParameter',
      'beginTransaction',
      'createTable',
      'insert',
      'dropTable',
      'renameTable',
      'createIndex',
      'other',
      'commitTransaction',
      'setParameter',
    ]);
  });

  it('keeps what the table has', () => {
    expect(safeFormOf(...CASES[0])).toContain(`CREATE TABLE "new_users" (
  "id" INTEGER PRIMARY KEY AUTOINCREMENT,
  "email" TEXT COLLATE NOCASE,
  "name" TEXT DEFAULT 'nobody',
  "team_id" INTEGER,
  "initial" TEXT GENERATED ALWAYS AS (substr(name, 1, 1)) VIRTUAL,
  "code" TEXT,
  CHECK (name <> ''),
  UNIQUE ("email"),
  FOREIGN KEY ("team_id") REFERENCES "teams" ("id") ON DELETE CASCADE,
  UNIQUE ("code")
);
INSERT INTO "new_users" ("id", "email", "name", "team_id") SELECT "id", "email", "name", "team_id" FROM "users";`);
    expect(safeFormOf(...CASES[0])).toContain(
      'CREATE INDEX "users_name" ON "users" ("name" DESC) WHERE name IS NOT NULL;',
    );
  });

  it.skipIf(spawnSync('sqlite3', ['--version']).status !== 0)('runs, and keeps the rows', () => {
    for (const [rule, up] of CASES) {
      const filled = "INSERT INTO teams VALUES (1); INSERT INTO users (email, team_id) VALUES ('a', 1);";
      const input = `PRAGMA foreign_keys=ON; ${HISTORY}\n${filled}\n${safeFormOf(rule, up)}\nSELECT id, email FROM users;`;
      expect(execFileSync('sqlite3', ['-bail', ':memory:'], { input, encoding: 'utf8' }), up).toBe('1|a\n');
    }
  });
});
