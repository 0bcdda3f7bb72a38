import { describe, expect, test } from 'vitest';
import { lint } from '../support/lint-projects.ts';

const TABLE = 'CREATE TABLE t (id bigserial PRIMARY KEY, a int);\n';
const CIC = 'CREATE INDEX CONCURRENTLY t_a_idx ON t (a);\n';
const UP = '-- +goose Up\n';
const FIRST = `${UP}${TABLE}-- +goose Down\nDROP TABLE t;\n`;

describe('goose', () => {
  /** What is found in a second migration. */
  const found = async (text: string): Promise<readonly string[]> => {
    const run = await lint({ 'db/1_a.sql': FIRST, 'db/2_b.sql': text });
    return run.found.map(each => each.replace('db/2_b.sql:', '')).filter(each => !each.startsWith('require-down'));
  };
  const NO = '-- +goose NO TRANSACTION\n';

  test('statements of one block, or of one line, are one query, and so one transaction', async () => {
    const block = (...statements: readonly string[]): string =>
      `-- +goose StatementBegin\n${statements.join('')}-- +goose StatementEnd\n`;
    expect(await found(`${NO}${UP}${block('SET lock_timeout = 0;\n', CIC)}`)).toEqual([
      'no-concurrently-in-transaction 5',
    ]);
    expect(await found(`${NO}${UP}${block(CIC)}${block('SELECT 1;\n')}`)).toEqual([]);
    expect(await found(`${NO}${UP}SELECT 1; ${CIC}`)).toEqual(['no-concurrently-in-transaction 3']);
    expect(await found(`${NO}${UP}SELECT 1;\n${CIC}DROP INDEX CONCURRENTLY t_a_idx;\n`)).toEqual([]);
    // One after the other: each block ends its transaction.
    expect(
      await found(
        `${NO}${UP}${block('SELECT 1;\n', 'SELECT 2;\n')}${CIC}${block('SELECT 1;\n', CIC.replace('t_a', 'x'))}`,
      ),
    ).toEqual(['no-concurrently-in-transaction 10']);
  });

  test.each([
    ['a statement without a semicolon at the end of a line', `${UP}SELECT 1`, 2],
    ['one before the down', `${UP}SELECT 1; -- done\nSELECT 2\n-- +goose Down\n`, 3],
    ['SQL before the first mark', `SELECT 1;\n${UP}SELECT 1;\n`, 1],
    ['a block without an end', `${UP}-- +goose StatementBegin\nSELECT 1;\n`, 2],
    ['an end without a block', `${UP}SELECT 1;\n-- +goose StatementEnd\n`, 3],
    [
      'a block in a block',
      `${UP}-- +goose StatementBegin\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n`,
      3,
    ],
    ['a second up', `${UP}SELECT 1;\n${UP}SELECT 1;\n`, 3],
  ])('it refuses %s', async (_, text, line) => {
    expect(await found(text)).toEqual([`migration-file-name ${line}`]);
  });

  test('comments, blank lines and what stands behind a semicolon are no statements', async () => {
    expect(await found(`-- A.\n\n${UP}\n  -- B.\nSELECT 1; -- C.\nSELECT 2 ;\n\n-- +goose Down\n-- nothing\n`)).toEqual(
      [],
    );
  });
});

describe('dbmate', () => {
  const found = async (text: string): Promise<readonly string[]> => {
    const first = `-- migrate:up\n${TABLE}\n-- migrate:down\nDROP TABLE t;\n`;
    const run = await lint({ 'db/1_a.sql': first, 'db/2_b.sql': text });
    return run.found.map(each => each.replace('db/2_b.sql:', '')).filter(each => !each.startsWith('require-down'));
  };

  test.each([
    ['no down block', '-- migrate:up\nSELECT 1;\n', 1],
    ['no up block', 'SELECT 1;\n-- migrate:down\n', 1],
    ['the down block first', '-- migrate:down\nSELECT 1;\n-- migrate:up\nSELECT 1;\n', 1],
    ['a statement before the blocks', '-- A.\n\nSELECT 1;\n-- migrate:up\nSELECT 1;\n-- migrate:down\n', 3],
  ])('it refuses a file with %s', async (_, text, line) => {
    expect(await found(text)).toEqual([`migration-file-name ${line}`]);
  });

  test('an empty down block is enough', async () => {
    expect(await found('-- A.\r\n\r\n-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\n')).toEqual([]);
  });
});

describe('sql-migrate', () => {
  const found = async (text: string): Promise<readonly string[]> => {
    const first = `-- +migrate Up\n${TABLE}-- +migrate Down\nDROP TABLE t;\n`;
    const run = await lint({ 'db/1_a.sql': first, 'db/2_b.sql': text });
    return run.found.map(each => each.replace('db/2_b.sql:', '')).filter(each => !each.startsWith('require-down'));
  };

  test('what is in no section is passed over, what does not end is refused', async () => {
    expect(await found('SELECT 1\n-- +migrate Up\nSELECT 1;\n')).toEqual([]);
    expect(await found('-- +migrate Up\nSELECT 1\n-- +migrate Down\nSELECT 1;\n')).toEqual(['migration-file-name 2']);
    expect(await found('-- +migrate Up\n-- +migrate StatementBegin\nSELECT 1;\n')).toEqual(['migration-file-name 2']);
    expect(await found('-- +migrate Up\nSELECT 1\nGO\n')).toEqual([]);
  });

  test('statements of one block are one query', async () => {
    const up = '-- +migrate Up notransaction\n';
    expect(await found(`${up}${CIC}SELECT 1;\n`)).toEqual([]);
    expect(await found(`${up}-- +migrate StatementBegin\nSELECT 1;\n${CIC}-- +migrate StatementEnd\n`)).toEqual([
      'no-concurrently-in-transaction 4',
    ]);
  });
});
