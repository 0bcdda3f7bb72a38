import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeDifference, schemaDifferences } from '../../src/schema/difference.ts';
import { emptyState } from '../../src/schema/index.ts';
import { catalogueOfServer, resetServer } from './catalogue.ts';
import { replay, statementsOf } from './replay.ts';

/** What is there before, an up, its down, and what the down gets wrong. */
interface Case {
  readonly before: string;
  readonly up: string;
  readonly down: string;
  readonly differences: readonly string[];
}

const USERS = `CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, status text DEFAULT 'new' NOT NULL, age int);
CREATE INDEX users_email_idx ON users (email);`;

/** Differences that the server's catalogue shows as well. */
const VISIBLE: Readonly<Record<string, Case>> = {
  'a table is left': {
    before: USERS,
    up: 'CREATE TABLE orders (id bigserial PRIMARY KEY, note text); CREATE INDEX orders_note_idx ON orders (note);',
    down: 'SELECT 1;',
    differences: ['it leaves table orders'],
  },
  'an index is left': {
    before: USERS,
    up: 'ALTER TABLE users ADD COLUMN name text; CREATE INDEX users_status_idx ON users (status);',
    down: 'ALTER TABLE users DROP COLUMN name;',
    differences: ['it leaves index users_status_idx'],
  },
  'an index does not come back with its column': {
    before: USERS,
    up: 'ALTER TABLE users DROP COLUMN email;',
    down: "ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';",
    differences: ['it does not bring back index users_email_idx', 'column users.email comes back with a default'],
  },
  'a column comes back without its default': {
    before: USERS,
    up: 'ALTER TABLE users DROP COLUMN status;',
    down: 'ALTER TABLE users ADD COLUMN status text;',
    differences: ['column users.status comes back without its default'],
  },
  'a default is changed for good': {
    before: USERS,
    up: "ALTER TABLE users ALTER COLUMN status SET DEFAULT 'old'; ALTER TABLE users ALTER COLUMN age SET NOT NULL;",
    down: 'ALTER TABLE users ALTER COLUMN status DROP DEFAULT;',
    differences: ['column users.status is left without its default', 'column users.age is left as NOT NULL'],
  },
  'a type is not changed back': {
    before: USERS,
    up: 'ALTER TABLE users ALTER COLUMN age TYPE bigint;',
    down: 'ALTER TABLE users ALTER COLUMN age TYPE smallint;',
    differences: ['column users.age is left as smallint instead of int'],
  },
  'a rename is not undone': {
    before: USERS,
    up: 'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME COLUMN age TO years;',
    down: 'ALTER TABLE people RENAME COLUMN years TO age;',
    differences: ['table users is left as people'],
  },
  'constraints and their definitions': {
    before: `${USERS}
CREATE TABLE orders (id int PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE, n int CHECK (n > 0), UNIQUE (n));`,
    up: `ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey, DROP CONSTRAINT orders_n_check, DROP CONSTRAINT orders_n_key;
ALTER TABLE orders ADD CONSTRAINT extra CHECK (n < 9);`,
    down: `ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
ALTER TABLE orders ADD CONSTRAINT orders_n_unique UNIQUE (n);`,
    differences: [
      'it does not bring back constraint orders_n_check of orders',
      'constraint orders_user_id_fkey of orders comes back NOT VALID',
      'constraint orders_user_id_fkey of orders comes back with ON DELETE NO ACTION',
      'constraint orders_n_key of orders comes back as orders_n_unique',
      'it leaves constraint extra of orders',
    ],
  },
  'a foreign key goes with the table it points at': {
    before: 'CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a (id));',
    up: 'DROP TABLE a CASCADE;',
    down: 'CREATE TABLE a (id int PRIMARY KEY);',
    differences: ['it does not bring back constraint b_a_id_fkey of b'],
  },
  'an enum value, a type, a view, a sequence': {
    before: "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE VIEW v AS SELECT 1 AS x; CREATE SEQUENCE s;",
    up: "ALTER TYPE mood ADD VALUE 'c'; CREATE TYPE other AS ENUM ('x'); DROP VIEW v; DROP SEQUENCE s;",
    down: 'CREATE VIEW v AS SELECT 1 AS y;',
    differences: [
      'type mood is left with the value c',
      'it leaves type other',
      'view v comes back with other columns',
      'it does not bring back sequence s',
    ],
  },
};

/** Downs that lead back to where the up began. */
const UNDONE: Readonly<Record<string, Omit<Case, 'differences'>>> = {
  'a table and its index': {
    before: USERS,
    up: 'CREATE TABLE orders (id bigserial PRIMARY KEY, n int UNIQUE); CREATE INDEX i ON orders (n);',
    down: 'DROP TABLE orders;',
  },
  'a column with all that hangs on it': {
    before: USERS,
    up: 'ALTER TABLE users ADD COLUMN a int CHECK (a > 0); CREATE INDEX users_a_idx ON users (a);',
    down: 'ALTER TABLE users DROP COLUMN a;',
  },
  renames: {
    before: USERS,
    up: 'ALTER TABLE users RENAME TO people; ALTER INDEX users_email_idx RENAME TO people_email_idx;',
    down: 'ALTER INDEX people_email_idx RENAME TO users_email_idx; ALTER TABLE people RENAME TO users;',
  },
  'an index that is made anew': {
    before: USERS,
    up: 'DROP INDEX users_email_idx;',
    down: 'CREATE INDEX users_email_idx ON public.users USING btree (email ASC);',
  },
  'an enum by way of another type': {
    before: "CREATE TYPE mood AS ENUM ('a', 'b');",
    up: "ALTER TYPE mood ADD VALUE 'c';",
    down: "ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('a', 'b'); DROP TYPE mood_old;",
  },
  'a serial column': {
    before: 'CREATE TABLE t (n int, id serial);',
    up: 'ALTER TABLE t DROP COLUMN id;',
    down: 'ALTER TABLE t ADD COLUMN id serial;',
  },
};

/** What is compared beyond the catalogue that the replay is held against. */
const FURTHER: Readonly<Record<string, Case>> = {
  'a column that is dropped cannot come back as NOT NULL without a default': {
    before: USERS,
    up: 'ALTER TABLE users DROP COLUMN email;',
    down: 'ALTER TABLE users ADD COLUMN email text; CREATE INDEX users_email_idx ON users (email);',
    differences: [],
  },
  'nor with one that it gets afterwards; a default may be written in another way': {
    before: "CREATE TABLE t (id int, a boolean DEFAULT 'false' NOT NULL, b text DEFAULT 'x'::text);",
    up: 'ALTER TABLE t DROP COLUMN a, DROP COLUMN b;',
    down: "ALTER TABLE t ADD COLUMN a boolean, ADD COLUMN b text DEFAULT 'x'; ALTER TABLE t ALTER COLUMN a SET DEFAULT false;",
    differences: [],
  },
  'a column that is filled by its default can be NOT NULL': {
    before: 'CREATE TABLE t (id int, a int DEFAULT 1 NOT NULL);',
    up: 'ALTER TABLE t DROP COLUMN a;',
    down: 'ALTER TABLE t ADD COLUMN a int DEFAULT 2;',
    differences: ['column t.a comes back with the default 2 instead of 1', 'column t.a comes back without NOT NULL'],
  },
  'triggers, policies, row-level security and grants': {
    before: `CREATE TABLE t (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE POLICY p ON t USING (id > 0);
GRANT SELECT ON t TO app;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;`,
    up: 'DROP TABLE t; CREATE FUNCTION h() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
    down: 'CREATE TABLE t (id int); CREATE POLICY p ON t USING (id > 1);',
    differences: [
      'table t comes back without row-level security',
      'table t comes back without its grants to app',
      'it does not bring back trigger g of t',
      'policy p of t comes back with another condition',
      'it leaves function h',
    ],
  },
  'schemas and publications; an extension may stay': {
    before: '',
    up: 'CREATE SCHEMA app; CREATE EXTENSION IF NOT EXISTS citext; CREATE PUBLICATION pub FOR ALL TABLES;',
    down: 'SELECT 1;',
    differences: ['it leaves schema app', 'it leaves publication pub'],
  },
  'of a table that the history does not show, only what the up put there is left': {
    before: '',
    up: 'ALTER TABLE legacy ADD COLUMN a int, DROP COLUMN b; CREATE INDEX legacy_a_idx ON legacy (a); DROP INDEX legacy_c_idx;',
    down: 'ALTER TABLE legacy ADD COLUMN b int; CREATE INDEX legacy_c_idx ON legacy (c);',
    differences: ['it leaves column legacy.a', 'it leaves index legacy_a_idx'],
  },
  'what a branch may or may not have done': {
    before: USERS,
    up: "DO $$ BEGIN IF current_user = 'x' THEN CREATE TABLE t (id int); ALTER TABLE users ADD COLUMN x int; END IF; END $$;",
    down: 'SELECT 1;',
    differences: [],
  },
  'temporary tables': { before: '', up: 'CREATE TEMPORARY TABLE t (id int);', down: 'SELECT 1;', differences: [] },
};

function differencesOf({ before, up, down }: Omit<Case, 'differences'>): readonly string[] {
  const start = replay(before, emptyState('postgres'), 0);
  const after = replay(down, replay(up, start, 1), 2);
  return schemaDifferences(start, after, origin => origin?.migration === 1).map(describeDifference);
}

test('a schema does not differ from itself', () => {
  const state = replay(USERS);
  expect(schemaDifferences(state, state, () => true)).toEqual([]);
  expect(schemaDifferences(state, replay('SELECT 1;', state, 1), () => true)).toEqual([]);
});

test.each(Object.entries({ ...VISIBLE, ...FURTHER }))('%s', (_, each) => {
  expect(differencesOf(each).toSorted()).toEqual([...each.differences].toSorted());
});

test.each(Object.entries(UNDONE))('undone: %s', (_, each) => {
  expect(differencesOf(each)).toEqual([]);
});

describe('the real server agrees whether a down leads back', () => {
  let server: PGlite;
  beforeAll(async () => {
    server = await PGlite.create();
  }, 60_000);
  afterAll(async () => {
    await server.close();
  });

  async function catalogueAfter(...scripts: readonly string[]): Promise<readonly string[]> {
    await resetServer(server);
    for (const script of scripts) for (const statement of statementsOf(script)) await server.exec(statement);
    return catalogueOfServer(server);
  }

  test.for(Object.entries(UNDONE))('undone: %s', async ([, { before, up, down }]) => {
    expect((await catalogueAfter(before, up, down)).toSorted()).toEqual((await catalogueAfter(before)).toSorted());
  });

  test.for(Object.entries(VISIBLE))('not undone: %s', async ([, { before, up, down }]) => {
    expect((await catalogueAfter(before, up, down)).toSorted()).not.toEqual((await catalogueAfter(before)).toSorted());
  });
});
