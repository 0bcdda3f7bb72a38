import { sameDataType } from '../operations/data-types.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import type { Column, Table } from '../schema/schema.ts';
import { defineRule } from './rule.ts';
import { listed } from './shared/dependents.ts';

export default defineRule({
  id: 'no-lost-attributes',
  meta: {
    description:
      'Require MODIFY and CHANGE to repeat what they leave as it is: NOT NULL, DEFAULT, COMMENT and the like.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `A column that was widened accepts NULL from then on, or has lost its default: INSERTs of running code that leave it out
fail, or store NULL that nothing expects. An id that has lost AUTO_INCREMENT refuses every INSERT. Nothing in the deploy says so.`,
      why: `MODIFY and CHANGE do not change a column, they define it anew: what the new definition does not say is gone. That goes for NOT
NULL, DEFAULT, AUTO_INCREMENT, ON UPDATE, COMMENT, CHARACTER SET, COLLATE and INVISIBLE. Keys and CHECKs stay. (MySQL manual, "ALTER
TABLE": "column definition must include all attributes that should apply".)`,
      safe: `Take the definition from SHOW CREATE TABLE and change that.

\`\`\`sql
-- before: amount int NOT NULL DEFAULT 0 COMMENT 'in cents'
ALTER TABLE orders MODIFY amount bigint NOT NULL DEFAULT 0 COMMENT 'in cents';
\`\`\`

Where only a default or a name changes, there are clauses that leave the rest alone.

\`\`\`sql
ALTER TABLE orders ALTER COLUMN amount SET DEFAULT 1;
ALTER TABLE orders RENAME COLUMN amount TO cents;
\`\`\``,
      exemptions: [
        'A definition that differs from the old one in the one attribute only: MODIFY is the way to take NOT NULL or a comment off.',
        'NULL and DEFAULT NULL, where they are written.',
        'Columns whose old definition no migration shows.',
        'Tables created in the same deploy.',
      ],
      whenNotToUse: 'Never: write what is meant to go.',
      otherTools: {},
    },
    messages: {
      lost: '{{table}}.{{column}} loses its {{attributes}}: the new definition leaves that out.',
    },
    examples: [
      {
        title: 'A widened column that loses NOT NULL and its default',
        dialect: 'mysql',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, amount int NOT NULL DEFAULT 0);',
        up: 'ALTER TABLE orders MODIFY amount bigint;',
        findings: [{ at: 'MODIFY amount', message: 'loses its NOT NULL and DEFAULT 0' }],
      },
      {
        title: 'An id that loses AUTO_INCREMENT',
        dialect: 'mysql',
        history: 'CREATE TABLE orders (id int NOT NULL AUTO_INCREMENT PRIMARY KEY);',
        up: 'ALTER TABLE orders MODIFY id bigint NOT NULL;',
        findings: [{ at: 'MODIFY id', message: 'AUTO_INCREMENT' }],
      },
      {
        title: 'CHANGE to another name, without the comment and the time of the last change',
        dialect: 'mariadb',
        history:
          "CREATE TABLE users (id bigint PRIMARY KEY, seen timestamp NULL ON UPDATE CURRENT_TIMESTAMP COMMENT 'last visit');",
        up: 'ALTER TABLE users CHANGE seen seen_at timestamp NULL;',
        findings: [{ at: 'CHANGE seen seen_at', message: 'ON UPDATE CURRENT_TIMESTAMP and COMMENT' }],
      },
      {
        title: 'All attributes repeated',
        dialect: 'mysql',
        history: "CREATE TABLE orders (id bigint PRIMARY KEY, amount int NOT NULL DEFAULT 0 COMMENT 'in cents');",
        up: "ALTER TABLE orders MODIFY amount bigint NOT NULL DEFAULT 0 COMMENT 'in cents';",
        findings: [],
      },
      {
        title: 'One attribute taken off, nothing else changed',
        dialect: 'mysql',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, note varchar(20) NOT NULL);',
        up: 'ALTER TABLE orders MODIFY note varchar(20);',
        findings: [],
      },
      {
        title: 'NULL, as it is written, is meant',
        dialect: 'mysql',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, amount int NOT NULL);',
        up: 'ALTER TABLE orders MODIFY amount bigint NULL;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A primary key stays NOT NULL whatever the definition says',
        dialect: 'mysql',
        history: 'CREATE TABLE plans (id int NOT NULL PRIMARY KEY);',
        up: 'ALTER TABLE plans MODIFY id bigint;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A table of the same deploy, and one that no migration shows',
        dialect: 'mysql',
        up: `CREATE TABLE a (n int NOT NULL DEFAULT 0);
ALTER TABLE a MODIFY n bigint;
ALTER TABLE b MODIFY n bigint;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A collation that the new type or character set cannot have',
        dialect: 'mysql',
        history:
          'CREATE TABLE a (kind varchar(20) COLLATE utf8mb4_bin, body text COLLATE utf8mb4_bin, code varchar(9) COLLATE utf8mb4_bin);',
        up: `ALTER TABLE a MODIFY kind int;
ALTER TABLE a MODIFY body longblob;
ALTER TABLE a MODIFY code varchar(10) CHARACTER SET latin1;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A collation that the character set named could have kept',
        dialect: 'mysql',
        history: 'CREATE TABLE a (code varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin);',
        up: 'ALTER TABLE a MODIFY code varchar(20) CHARACTER SET utf8mb4;',
        findings: [{ at: 'MODIFY code', message: 'COLLATE utf8mb4_bin' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      redefineColumn(operation, { state }) {
        const table = context.resolveTable(operation.table, state);
        const wanted = operation.column.toLowerCase();
        const old = table?.columns.find(({ name }) => name.toLowerCase() === wanted);
        if (table === undefined || old === undefined || context.isNew(table, state)) return;
        const lost = lostAttributes(old, operation.definition, table);
        if (lost.length === 0 || (lost.length === 1 && isAllThatChanges(old, operation))) return;
        context.report({
          operation,
          messageId: 'lost',
          data: { table: displayName(operation.table), column: operation.column, attributes: listed(lost) },
          help: `Write {{attributes}} in the new definition, too; SHOW CREATE TABLE has the old one.`,
        });
      },
    };
  },
});

type Definition = OperationOf<'redefineColumn'>['definition'];

const HOLDS_CHARACTERS = /^(?:char|varchar|enum|set|(?:tiny|medium|long)?text)$/;

/** What the old column has and the new definition neither repeats nor replaces. */
function lostAttributes(old: Column, definition: Definition, { constraints }: Table): readonly string[] {
  const keyed = constraints.some(({ type, ...rest }) => {
    return type === 'primaryKey' && 'columns' in rest && rest.columns.includes(old.name);
  });
  const lost: string[] = [];
  const stays = definition.notNull || definition.autoIncrement === true || definition.nullable === true || keyed;
  if (old.notNull === true && !stays) lost.push('NOT NULL');
  if (old.default !== undefined && definition.default === undefined && definition.generated === undefined) {
    lost.push(`DEFAULT ${old.default.text}`);
  }
  if (old.autoIncrement && !definition.autoIncrement) lost.push('AUTO_INCREMENT');
  if (old.onUpdate !== undefined && definition.onUpdate === undefined) lost.push(`ON UPDATE ${old.onUpdate.text}`);
  if (old.comment !== undefined && old.comment !== '' && definition.comment === undefined) lost.push('COMMENT');
  lost.push(...lostCharacters(old, definition));
  if (old.invisible && !definition.invisible) lost.push('INVISIBLE');
  return lost;
}

/** Character set or collation that go: a type without characters has neither, and the collation of one set is none of another. */
function lostCharacters(old: Column, { type, charset, collation }: Definition): readonly string[] {
  if (collation !== undefined || !HOLDS_CHARACTERS.test(type?.name ?? '')) return [];
  if (charset !== undefined) return old.collation?.startsWith(`${charset}_`) ? [`COLLATE ${old.collation}`] : [];
  if (old.charset !== undefined) return [`CHARACTER SET ${old.charset}`];
  return old.collation === undefined ? [] : [`COLLATE ${old.collation}`];
}

/** Whether the definition is the old one but for what it leaves out: then that is what it is for. */
function isAllThatChanges(old: Column, { definition, newName, position }: OperationOf<'redefineColumn'>): boolean {
  return (
    newName === undefined &&
    position === undefined &&
    old.type !== undefined &&
    definition.type !== undefined &&
    sameDataType(old.type, definition.type) &&
    (definition.default === undefined || definition.default.text === old.default?.text) &&
    (definition.comment === undefined || definition.comment === old.comment)
  );
}
