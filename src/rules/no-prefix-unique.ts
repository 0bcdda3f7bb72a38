import type { IndexElement } from '../operations/definitions.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-prefix-unique',
  meta: {
    description: 'Disallow a unique key over the first characters of a column alone.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A row is refused as a duplicate although nothing in the table is the same: two long URLs that begin alike, two texts with
the same heading. It shows once there are enough rows, in production.`,
      why: `\`UNIQUE (url(100))\` compares the first hundred characters and no more (MySQL 8.4 manual, 10.3.5 "Column Indexes"). The length
is mostly there as a key has room for 3,072 bytes, not as anybody wanted such a rule.`,
      safe: `Make the hash of the value unique, and leave the index over a prefix for searches.

\`\`\`sql
ALTER TABLE pages
  ADD COLUMN url_hash binary(32) AS (unhex(sha2(url, 256))) STORED,
  ADD UNIQUE KEY pages_url_hash (url_hash);
\`\`\``,
      exemptions: ['Indexes that are not unique.', 'A prefix as long as the column.'],
      whenNotToUse: 'Where values that begin alike are meant to be the same.',
      otherTools: {},
    },
    messages: {
      prefix:
        '{{key}} of {{table}} compares the first {{length}} of {{column}} alone: values that begin alike are refused as duplicates.',
    },
    examples: [
      {
        title: 'A key over the beginning of a URL',
        dialect: 'mysql',
        history: 'CREATE TABLE pages (id int PRIMARY KEY, url varchar(2000));',
        up: 'ALTER TABLE pages ADD UNIQUE KEY pages_url (url(100));\nCREATE UNIQUE INDEX pages_url_2 ON pages (url(50));',
        findings: [
          { at: 'ADD UNIQUE KEY pages_url', message: 'pages_url of pages compares the first 100 of url alone' },
          { at: 'CREATE UNIQUE INDEX pages_url_2' },
        ],
      },
      {
        title: 'In a new table',
        dialect: 'mysql',
        up: 'CREATE TABLE pages (id int PRIMARY KEY, url text, UNIQUE KEY pages_url (url(100)));',
        findings: [{ at: 'UNIQUE KEY pages_url (url(100))' }],
        inDocs: false,
      },
      {
        title: 'An index for searches, and a hash that is unique',
        dialect: 'mysql',
        up: `CREATE TABLE pages (id int PRIMARY KEY, url text, hash binary(32), KEY pages_url (url(100)), UNIQUE KEY (hash));`,
        findings: [],
      },
      {
        title: 'A prefix that is all of the column',
        dialect: 'mysql',
        up: 'CREATE TABLE pages (id int PRIMARY KEY, url varchar(100), UNIQUE KEY (url(100)));',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      createTable(operation) {
        const keys = [...operation.constraints, ...(operation.indexes ?? [])];
        for (const key of keys) {
          const isUnique = 'unique' in key ? key.unique : key.type === 'unique' || key.type === 'primaryKey';
          if (!isUnique || !('elements' in key)) continue;
          const lengthOf = (name: string): unknown =>
            operation.columns.find(column => column.name.toLowerCase() === name.toLowerCase())?.type?.modifiers[0];
          judge(operation, operation.table, key.name, key.elements ?? [], lengthOf, { range: key.range });
        }
      },
      createIndex(operation, { state }) {
        if (operation.unique)
          judge(operation, operation.table, operation.name, operation.elements, lengthIn(operation.table, state));
      },
      addUnique(operation, { state }) {
        const { name, elements = [] } = operation.constraint;
        judge(operation, operation.table, name, elements, lengthIn(operation.table, state));
      },
    };

    function lengthIn(table: ObjectName, state: Parameters<typeof context.resolveTable>[1]) {
      return (name: string): unknown =>
        context.resolveTable(table, state)?.columns.find(column => column.name.toLowerCase() === name.toLowerCase())
          ?.type?.modifiers[0];
    }

    function judge(
      operation: Operation,
      table: ObjectName,
      name: string | undefined,
      elements: readonly IndexElement[],
      lengthOf: (column: string) => unknown,
      place: { readonly range?: readonly [number, number] } = {},
    ): void {
      const cut = elements.find(
        ({ column, length }) => column !== undefined && length !== undefined && lengthOf(column) !== length,
      );
      if (cut === undefined) return;
      context.report({
        operation,
        ...place,
        messageId: 'prefix',
        data: {
          key: name ?? 'The unique key',
          table: displayName(table),
          length: String(cut.length),
          column: cut.column ?? '',
        },
        help: 'Make a hash of the whole value unique instead.',
      });
    }
  },
});
