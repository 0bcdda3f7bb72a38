import { displayName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-utf8mb3',
  meta: {
    description: 'Disallow the character set utf8mb3, alias utf8, which cannot hold all characters.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The first emoji, or the first name in a rarer script, stops an INSERT with \`Incorrect string value: '\\xF0\\x9F…'\`, or is cut
off without a word where the SQL mode is not strict. To change it later copies the table.`,
      why: `\`utf8\` means utf8mb3 on MySQL and, by default, on MariaDB: three bytes per character, where UTF-8 has up to four. It is
deprecated (MySQL 8.4 manual, 12.9.2 "The utf8mb3 Character Set"). Joins between columns of utf8mb3 and of utf8mb4 convert one
of them, so that its index is of no use.`,
      safe: `\`\`\`sql
CREATE TABLE users (name varchar(50)) DEFAULT CHARSET=utf8mb4;
\`\`\``,
      exemptions: ['Columns of other character sets: ascii for codes, binary for bytes.', 'What is there already.'],
      whenNotToUse: 'Where a table has to join others that are utf8mb3 still.',
      otherTools: { Skeema: 'charset', Bytebase: 'mysql.charset.allowlist' },
    },
    messages: {
      table:
        '{{what}} of {{table}} is {{charset}}, which has no room for characters of four bytes such as emoji: say utf8mb4.',
    },
    examples: [
      {
        title: 'A table, a column, a collation',
        dialect: 'mysql',
        up: `CREATE TABLE users (id int PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8;
CREATE TABLE tags (id int PRIMARY KEY, name varchar(50) CHARACTER SET utf8mb3);
CREATE TABLE notes (id int PRIMARY KEY) COLLATE=utf8_unicode_ci;`,
        findings: [
          { at: 'CREATE TABLE users', message: 'The character set of users is utf8' },
          { at: 'name varchar(50) CHARACTER SET utf8mb3', message: 'The column name of tags is utf8mb3' },
          { at: 'CREATE TABLE notes', message: 'The character set of notes is utf8_unicode_ci' },
        ],
      },
      {
        title: 'A conversion, a new column and a changed one',
        dialect: 'mariadb',
        history: 'CREATE TABLE users (id int PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=latin1;',
        up: `ALTER TABLE users CONVERT TO CHARACTER SET utf8;
ALTER TABLE users ADD COLUMN a text CHARSET utf8, MODIFY name varchar(50) COLLATE utf8_bin;
ALTER TABLE users DEFAULT CHARSET=utf8mb3;`,
        findings: [
          { at: 'CONVERT TO CHARACTER SET utf8' },
          { at: 'ADD COLUMN a', message: 'The column a' },
          { at: 'MODIFY name', message: 'The column name' },
          { at: 'DEFAULT CHARSET=utf8mb3' },
        ],
        inDocs: false,
      },
      {
        title: 'All characters, or a few on purpose',
        dialect: 'mysql',
        up: `CREATE TABLE users (id int PRIMARY KEY, code char(2) CHARACTER SET ascii) DEFAULT CHARSET=utf8mb4;
ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      createTable(operation) {
        judgeOptions(operation, displayName(operation.table), operation.options);
        for (const column of operation.columns) {
          judgeColumn(operation, displayName(operation.table), column, { range: column.range });
        }
      },
      setTableOptions(operation) {
        judgeOptions(operation, displayName(operation.table), operation.options);
      },
      convertCharset(operation) {
        judge(operation, 'The character set', displayName(operation.table), operation.charset);
      },
      addColumn: operation => judgeColumn(operation, displayName(operation.table), operation.column),
      redefineColumn: operation => judgeColumn(operation, displayName(operation.table), operation.definition),
    };

    function judgeOptions(
      operation: Operation,
      table: string,
      options: readonly { readonly name: string; readonly value?: string }[],
    ): void {
      const given = options.find(({ name, value }) => (name === 'charset' || name === 'collate') && isThreeByte(value));
      if (given !== undefined) judge(operation, 'The character set', table, given.value);
    }

    function judgeColumn(
      operation: Operation,
      table: string,
      {
        name,
        charset,
        collation,
      }: { readonly name: string; readonly charset?: string; readonly collation?: { readonly name: string } },
      place: { readonly range?: readonly [number, number] } = {},
    ): void {
      judge(operation, `The column ${name}`, table, charset ?? collation?.name, place);
    }

    function judge(
      operation: Operation,
      what: string,
      table: string,
      charset: string | undefined,
      place: { readonly range?: readonly [number, number] } = {},
    ): void {
      if (!isThreeByte(charset)) return;
      context.report({
        operation,
        ...place,
        messageId: 'table',
        data: { what, table, charset: charset ?? '' },
        help: 'Say utf8mb4, and a collation of its own.',
      });
    }
  },
});

/** Whether a character set, or the one of a collation, is utf8mb3. */
const isThreeByte = (name: string | undefined): boolean => /^utf8(?:mb3)?(?:_|$)/i.test(name ?? '');
