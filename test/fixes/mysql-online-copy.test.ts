import { describe, expect, it } from 'vitest';
import { safeForms } from '../../src/fixes/index.ts';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState } from '../../src/schema/index.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

const parse = (text: string) => FRONT_ENDS.mysql!.parse(fragmentOf({ path: '/m.sql', text })).statements;

/** The command lines for the one statement, on the table `users` or another. */
function copyOf(
  sql: string,
  setup = 'CREATE TABLE users (id int PRIMARY KEY, n int);',
  schema?: string,
  dialect: 'mysql' | 'mariadb' = 'mysql',
  version?: string,
) {
  const state = parse(setup).reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    emptyState(dialect, version),
  );
  const table = schema === undefined ? { name: 'users' } : { schema, name: 'users' };
  const [statement] = parse(sql);
  const form = safeForms({ dialect: 'mysql' }).onlineCopy(statement!, table, state, { path: '/m.sql', text: sql });
  return form.safeRewrite?.text.split('\n');
}

describe('a table is copied beside its traffic', () => {
  it('by gh-ost or pt-online-schema-change, without the clauses that they choose themselves', () => {
    expect(
      copyOf("ALTER TABLE app.users MODIFY n bigint COMMENT 'it''s',\n  ALGORITHM=COPY, LOCK=SHARED", undefined, 'app'),
    ).toEqual([
      "gh-ost --database=app --table=users --alter='MODIFY n bigint COMMENT '\\''it'\\'''\\''s'\\''' --execute",
      '# or',
      "pt-online-schema-change --alter 'MODIFY n bigint COMMENT '\\''it'\\'''\\''s'\\''' D=app,t=users --execute",
      '# or, where no replica has to keep up',
      "spirit migrate --database=app --statement='ALTER TABLE `users` MODIFY n bigint COMMENT '\\''it'\\'''\\''s'\\'''",
    ]);
  });

  it('by Spirit where it can: MySQL from 8.0 on, and a primary key', () => {
    const last = (setup: string, dialect: 'mysql' | 'mariadb', version?: string) =>
      copyOf('ALTER TABLE users MODIFY n bigint', setup, undefined, dialect, version)?.at(-1)?.split(' ')[0];
    const keyed = 'CREATE TABLE users (id int PRIMARY KEY, n int);';
    expect(last(keyed, 'mysql', '8.0')).toBe('spirit');
    expect(last(keyed, 'mysql')).toBe('spirit');
    expect(last(keyed, 'mysql', '5.7')).toBe('pt-online-schema-change');
    expect(last(keyed, 'mariadb', '10.11')).toBe('pt-online-schema-change');
    expect(last('CREATE TABLE users (n int);', 'mysql')).toBe('pt-online-schema-change');
  });

  it('by pt-online-schema-change alone where foreign keys or triggers are in the way', () => {
    const referenced = `CREATE TABLE users (id int PRIMARY KEY, n int);
CREATE TABLE orders (user_id int, FOREIGN KEY (user_id) REFERENCES users (id));`;
    expect(copyOf('ALTER TABLE users MODIFY n bigint', referenced)).toEqual([
      "pt-online-schema-change --alter 'MODIFY n bigint' --alter-foreign-keys-method=auto D=$DATABASE,t=users --execute",
    ]);
    const watched = `CREATE TABLE users (id int PRIMARY KEY, n int);
CREATE TRIGGER seen BEFORE INSERT ON users FOR EACH ROW SET NEW.n = 1;`;
    expect(copyOf('ALTER TABLE users MODIFY n bigint', watched)).toEqual([
      "pt-online-schema-change --alter 'MODIFY n bigint' --preserve-triggers D=$DATABASE,t=users --execute",
    ]);
  });

  it('with CREATE INDEX as a clause, and not for what no ALTER TABLE says', () => {
    expect(copyOf('CREATE FULLTEXT INDEX users_n ON users (n)')?.[0]).toContain(
      "--alter='ADD FULLTEXT INDEX users_n (n)'",
    );
    expect(copyOf('OPTIMIZE TABLE users')).toBeUndefined();
    expect(copyOf('DROP INDEX users_n ON users')).toBeUndefined();
  });
});
