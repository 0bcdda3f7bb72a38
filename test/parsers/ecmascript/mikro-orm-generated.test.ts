import { MikroORM } from '@mikro-orm/core';
import { Migration, MigrationRunner } from '@mikro-orm/migrations';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { afterAll, describe, expect, test } from 'vitest';
import { operations, readCode, readSql, seen } from './support.ts';

const orm = await MikroORM.init({
  driver: PostgreSqlDriver,
  dbName: 'x',
  entities: [],
  discovery: { warnWhenNoEntities: false },
  connect: false,
});

afterAll(() => orm.close(true));

interface Query {
  toQuery(): string;
}

/** What MikroORM's runner sends to its driver for the body of an `up`. */
async function sent(body: string): Promise<string> {
  const statements: string[] = [];
  const driver = orm.em.getDriver();
  Object.assign(driver, {
    execute: async (query: string | Query) => {
      const sql = typeof query === 'string' ? query : query.toQuery();
      // The encoding of the session is no part of the migration.
      if (!/^set names/.test(sql)) statements.push(sql);
      return [];
    },
  });
  const up = new Function(`return async function () { ${body} }`)() as () => Promise<void>;
  const migration = Object.assign(
    new (class extends Migration {
      override async up(): Promise<void> {}
    })(driver, orm.config),
    { up },
  );
  const options = { transactional: false, disableForeignKeys: false };
  await new MigrationRunner(driver, options, orm.config).run(migration, 'up');
  return statements.map(sql => `${sql.replace(/;\s*$/, '')};`).join('\n');
}

const BODIES: readonly string[] = [
  `this.addSql('create table "a" ("id" serial primary key, "b" varchar(255) not null);'); this.addSql('alter table "a" add constraint "a_b_unique" unique ("b");');`,
  // What is executed goes first, wherever it stands.
  `this.addSql('alter table "a" add column "c" int null;'); await this.execute('update "a" set "b" = 3;');`,
  `const knex = this.getKnex(); this.addSql(knex('users').where({ a: 1 }).update({ b: 2 }));`,
  `const knex = this.getKnex(); this.addSql(knex.schema.createTable('t', t => { t.increments('id'); t.string('n').notNullable(); }).toQuery());`,
  `for (const name of ['x', 'y']) this.addSql(\`drop table if exists "\${name}" cascade;\`);`,
  `await this.execute(this.getKnex().raw('delete from users'));`,
];

describe("what is read of a migration is what MikroORM's runner sends", () => {
  test.each(BODIES)('%s', async body => {
    const expected = readSql(await sent(body));
    expect(expected.statements.length).toBeGreaterThan(0);
    const text = `export class M1 extends Migration { override async up() { ${body} } }`;
    expect(operations(readCode('mikro-orm', text))).toEqual(operations(expected));
  });
});

test('statements stand where they are written, also in a branch', () => {
  const text = `export class M1 extends Migration { async up() {
    if (process.env.X) this.addSql('DROP TABLE a');
    await this.execute('DROP TABLE b');
  } }`;
  expect(seen('mikro-orm', text)).toEqual([
    ['dropTable', 'DROP TABLE b'],
    ['dropTable', 'DROP TABLE a'],
  ]);
  const [, last] = readCode('mikro-orm', text).statements;
  expect(last?.operations[0]?.blocks?.map(({ kind }) => kind)).toEqual(['branch']);
});
