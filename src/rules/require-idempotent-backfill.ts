import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { onDataChange, targetOf } from './shared/bulk-writes.ts';
import { repeatsInsert, repeatsUpdate } from './shared/repeatable.ts';

export default defineRule({
  id: 'require-idempotent-backfill',
  meta: {
    description: 'Require that a data change can run twice without changing the result.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A backfill stops half-way, at a timeout or a lost connection, and is started again: amounts are converted twice, rows
are there twice, or the second run fails on a unique key that the first one filled. The same happens when the migration is rolled
back and applied again, as a down rarely takes data changes back.`,
      why: `Data changes that are large enough to matter run in batches, each committed, outside a transaction; nothing then undoes
the part that was done. Which rows are done has to be in the data itself.`,
      safe: `Say in the WHERE which rows are not done yet, and what is to happen to rows that are there.

\`\`\`sql
UPDATE prices SET amount_cents = amount * 100 WHERE amount_cents IS NULL AND id BETWEEN 1 AND 1000;
INSERT INTO plans (id, name) VALUES (1, 'pro') ON CONFLICT (id) DO NOTHING;
INSERT INTO settings (user_id) SELECT id FROM users u
WHERE NOT EXISTS (SELECT 1 FROM settings s WHERE s.user_id = u.id);
\`\`\``,
      exemptions: [
        'INSERT with ON CONFLICT, or from a query with NOT EXISTS, NOT IN or an anti-join.',
        'UPDATE whose new values are not made of what it changes (a constant, another column, `lower(email)`).',
        'UPDATE with a WHERE that the rows no longer fulfil once they are changed.',
        'DELETE, and MERGE.',
        'Tables that the migration empties first.',
        'Tables created in the same deploy, temporary tables.',
      ],
      whenNotToUse:
        "Where every data change runs in one transaction with the tool's own record, and downs restore the data.",
      otherTools: {},
    },
    messages: {
      insert: 'Run twice, this adds its rows to {{table}} a second time, or fails on those of the first run.',
      update: 'Run twice, this changes the rows of {{table}} twice: {{columns}} is made of its own old value.',
    },
    examples: [
      {
        title: 'A value made of its old self',
        history: 'CREATE TABLE prices (id bigint PRIMARY KEY, amount int);',
        up: 'UPDATE prices SET amount = amount * 100 WHERE id BETWEEN 1 AND 1000;',
        findings: [{ at: 'UPDATE prices', message: 'amount is made of its own old value' }],
      },
      {
        title: 'Rows without ON CONFLICT',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: "INSERT INTO plans (id, name) VALUES (1, 'pro');",
        findings: [{ at: 'INSERT INTO plans', message: 'a second time' }],
      },
      {
        title: 'A condition that still holds afterwards',
        history: 'CREATE TABLE prices (id bigint PRIMARY KEY, amount int);',
        up: 'UPDATE prices SET amount = amount + 1 WHERE amount > 0;',
        findings: [{ at: 'UPDATE prices' }],
        inDocs: false,
      },
      {
        title: 'Two columns that change places',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a int, b int);',
        up: 'UPDATE t SET a = b, b = a WHERE id = 1;',
        findings: [{ at: 'UPDATE t' }],
        inDocs: false,
      },
      {
        title: 'A WHERE that leaves out the rows that are done',
        history: 'CREATE TABLE prices (id bigint PRIMARY KEY, amount int, cents int, done boolean);',
        up: `UPDATE prices SET cents = amount * 100 WHERE cents IS NULL;
UPDATE prices SET amount = amount * 100, done = true WHERE NOT done;`,
        findings: [],
      },
      {
        title: 'Rows that may be there already',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: `INSERT INTO plans (id, name) VALUES (1, 'pro') ON CONFLICT (id) DO NOTHING;
INSERT INTO plans (id, name) SELECT 2, 'max' WHERE NOT EXISTS (SELECT 1 FROM plans WHERE id = 2);`,
        findings: [],
      },
      {
        title: 'A table that is emptied first',
        history: 'CREATE TABLE codes (code text PRIMARY KEY);',
        up: "TRUNCATE codes;\nINSERT INTO codes VALUES ('a'), ('b');",
        findings: [],
        inDocs: false,
      },
      {
        title: "Another table's column of the same name",
        history: `CREATE TABLE environments (id bigint PRIMARY KEY, environment_id bigint, project_id bigint);
CREATE TABLE apps (id bigint PRIMARY KEY, environment_id bigint, project_id bigint, kind text);`,
        up: `UPDATE apps SET environment_id = (
  SELECT e.environment_id FROM environments e WHERE e.project_id = apps.project_id LIMIT 1
);
UPDATE apps a SET kind = 'of ' || k.kind FROM kinds k WHERE k.id = a.id;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A value made of its old self in a subquery',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, n int, tags text[], parts jsonb);',
        up: `UPDATE t SET n = (SELECT max(o.n) + 1 FROM t o);
UPDATE t SET tags = (SELECT array_agg(x || '!') FROM unnest(tags) x);
UPDATE t u SET parts = (SELECT jsonb_agg(x.p) FROM other x WHERE x.n = u.parts);`,
        findings: [
          { at: 'UPDATE t', message: 'n is made of its own old value' },
          { at: 'UPDATE t', message: 'tags is made' },
          { at: 'UPDATE t', message: 'parts is made' },
        ],
        inDocs: false,
      },
      {
        title: "A condition on another table's column leaves no row out",
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, n int);\nCREATE TABLE o (id bigint PRIMARY KEY, n int);',
        up: 'UPDATE t SET n = t.n + o.id FROM o WHERE o.id = t.id AND o.n IS NULL;',
        findings: [{ at: 'UPDATE t' }],
        inDocs: false,
      },
      {
        title: 'Keys and members of JSON that are taken out or set',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a jsonb, b jsonb);',
        up: `UPDATE t SET a = jsonb_set(a, '{p,q}', (a -> 'p' -> 'q')::jsonb - 'x' - 'y'), b = jsonb_set(b, '{p}', b #> '{p}' || '{"x": 1}'::jsonb);
UPDATE t SET a = a || '{"x": 1}'::jsonb;
UPDATE t SET a = jsonb_set(a, '{p}', to_jsonb(lower(a ->> 'q')));`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Members that are added to an array, a part made of one that is taken out, a part made of itself',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a jsonb, b jsonb);',
        up: `UPDATE t SET a = a || '["x"]'::jsonb;
UPDATE t SET a = jsonb_set(a - 'q', '{p}', a -> 'q');
UPDATE t SET a = jsonb_set(a, '{p}', jsonb_build_array(a -> 'p'));`,
        findings: [{ at: 'UPDATE t' }, { at: 'UPDATE t' }, { at: 'UPDATE t' }],
        inDocs: false,
      },
      {
        title: 'Texts that are replaced by others, exceptions',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a text, b jsonb);',
        up: `UPDATE t SET a = replace(a, 'color', 'colour'), b = CASE WHEN b = 'null'::jsonb THEN '{}' ELSE b END || '{"x": 1}'::jsonb;
UPDATE t SET a = replace(replace(a, '\n', ''), 'x', 'y');`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Texts that the new text holds, or makes, again',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a text);',
        up: `UPDATE t SET a = replace(a, 'user', 'users');
UPDATE t SET a = replace(a, '  ', ' ');
UPDATE t SET a = replace(a, 'ab', 'bc');`,
        findings: [{ at: 'UPDATE t' }, { at: 'UPDATE t' }, { at: 'UPDATE t' }],
        inDocs: false,
      },
      {
        title: 'A value that settles',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text, name text);',
        up: "UPDATE users SET email = lower(trim(email)), name = coalesce(name, '') WHERE id BETWEEN 1 AND 1000;",
        findings: [],
      },
      {
        title: 'Seeds of a new table',
        up: 'CREATE TABLE plans (id int PRIMARY KEY);\nINSERT INTO plans VALUES (1);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const emptied = new Set<string>();
    return onDataChange((change, _blocks, site) => {
      const table = targetOf(change);
      if (change.kind === 'truncate' || (change.kind === 'delete' && change.where === undefined)) {
        emptied.add(displayName(table));
      }
      if (emptied.has(displayName(table))) return;
      if (context.isNew(context.resolve(table, site.state), site.state)) return;
      if (change.kind === 'insert' ? repeatsInsert(change) : change.kind === 'copyFrom') {
        context.report({
          operation: change,
          messageId: 'insert',
          data: { table: displayName(table) },
          help: 'Add ON CONFLICT … DO NOTHING, or take the rows from a query with WHERE NOT EXISTS.',
        });
      } else if (change.kind === 'update') {
        const columns = repeatsUpdate(change);
        if (columns.length === 0) return;
        context.report({
          operation: change,
          messageId: 'update',
          data: { table: displayName(table), columns: columns.join(', ') },
          help: 'Write into a new column, or add a condition to the WHERE that the changed rows no longer fulfil.',
        });
      }
    });
  },
});
