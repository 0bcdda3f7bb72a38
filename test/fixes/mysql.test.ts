import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { ruleById } from '../../src/rules/index.ts';
import { runExample } from '../../src/rules/run-example.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

const HISTORY = `CREATE TABLE users (user_id bigint PRIMARY KEY, name varchar(50), email varchar(50));`;

/** The safe form that a rule gives for a migration on MySQL. */
function safeFormOf(rule: string, up: string, history = HISTORY): string | undefined {
  const [finding] = runExample(ruleById(rule)!, { title: '', dialect: 'mysql', history, up, findings: [] });
  return finding?.safeRewrite?.text;
}

/** Whether the reader of MySQL reads all of a text. */
function isReadable(text: string): boolean {
  const { statements } = FRONT_ENDS.mysql!.parse(fragmentOf({ path: '/safe.sql', text }));
  return statements.every(({ operations }) =>
    operations.every(({ kind }) => kind !== 'unreadable' && kind !== 'other'),
  );
}

describe('safe forms of MySQL', () => {
  it.each([
    [
      'no-unbounded-update',
      "UPDATE users SET name = 'x' WHERE email IS NULL;",
      "UPDATE `users` SET name = 'x' WHERE (email IS NULL) AND `user_id` BETWEEN 1 AND 1000;",
    ],
    [
      'no-unbounded-update',
      'UPDATE users SET name = lower(name);',
      'UPDATE `users` SET name = lower(name) WHERE `user_id` BETWEEN 1 AND 1000;',
    ],
    ['no-unbounded-delete', "DELETE FROM users WHERE name = 'x';", "DELETE FROM `users` WHERE name = 'x' LIMIT 1000;"],
    ['no-unbounded-delete', 'DELETE FROM users;', 'DELETE FROM `users` LIMIT 1000;'],
    [
      'no-not-null-without-backfill',
      'ALTER TABLE users ADD COLUMN age int NOT NULL;',
      'ALTER TABLE `users` ADD COLUMN `age` int NOT NULL DEFAULT 0;',
    ],
    [
      'no-not-null-without-backfill',
      "ALTER TABLE users ADD COLUMN kind enum('a', 'b') NOT NULL;",
      "ALTER TABLE `users` ADD COLUMN `kind` enum('a', 'b') NOT NULL DEFAULT 'a';",
    ],
    [
      'no-not-null-without-backfill',
      'ALTER TABLE users MODIFY email varchar(50) NOT NULL;',
      'ALTER TABLE `users` MODIFY `email` varchar(50) NOT NULL;',
    ],
    [
      'require-lock-timeout',
      'ALTER TABLE users ADD COLUMN age int;',
      'SET SESSION lock_wait_timeout = 2;\nALTER TABLE users ADD COLUMN age int;\nSET SESSION lock_wait_timeout = DEFAULT;',
    ],
  ])('%s of %s', (rule, up, holds) => {
    const text = safeFormOf(rule, up);
    expect(text).toContain(holds);
    expect(isReadable(text!)).toBe(true);
  });

  it('leaves alone what it cannot take apart', () => {
    expect(safeFormOf('no-unbounded-update', "UPDATE users u SET u.name = 'x';")).toBeUndefined();
  });
});
