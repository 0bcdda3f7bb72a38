import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { applyFixes } from '../../src/fixes/apply-edits.ts';
import { escaped, literalOf } from '../../src/fixes/ecmascript/literals.ts';
import type { Finding } from '../../src/linter/finding.ts';
import { lint } from '../../src/linter/lint.ts';
import { discover } from '../../src/migration-tools/discover.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** A library's project: its history, and around the code of a migration what its files have. */
interface Style {
  readonly packages: string;
  readonly path: string;
  file(code: string): string;
}

const STYLES: Readonly<Record<string, Style>> = {
  knex: {
    packages: '"knex": "3", "pg": "8"',
    path: 'migrations/2_change.js',
    file: code => `exports.up = async function (knex) {\n  ${code}\n};\n\nexports.down = async function (knex) {};\n`,
  },
  'knex modules': {
    packages: '"knex": "3", "pg": "8"',
    path: 'migrations/2_change.ts',
    file: code =>
      `import type { Knex } from 'knex';\n\nexport async function up(knex: Knex) {\n  ${code}\n}\n\nexport async function down(knex: Knex) {}\n`,
  },
  lucid: {
    packages: '"@adonisjs/lucid": "21", "pg": "8"',
    path: 'migrations/2_change.ts',
    file: code =>
      `import { BaseSchema } from '@adonisjs/lucid/schema'\n\nexport default class extends BaseSchema {\n  async up() {\n    ${code}\n  }\n\n  async down() {}\n}\n`,
  },
  typeorm: {
    packages: '"typeorm": "1", "pg": "8"',
    path: 'migrations/1700000000002-Change.ts',
    file: code =>
      `import { MigrationInterface, QueryRunner, TableForeignKey, TableIndex } from 'typeorm';\n\nexport class Change1700000000002 implements MigrationInterface {\n  async up(queryRunner: QueryRunner) {\n    ${code}\n  }\n\n  async down(queryRunner: QueryRunner) {}\n}\n`,
  },
  sequelize: {
    packages: '"sequelize": "6", "pg": "8"',
    path: 'migrations/2-change.js',
    file: code => `module.exports = {\n  async up(queryInterface) {\n    ${code}\n  },\n  async down() {},\n};\n`,
  },
  'node-pg-migrate': {
    packages: '"node-pg-migrate": "9"',
    path: 'migrations/1700000000002_change.js',
    file: code => `exports.up = pgm => {\n  ${code}\n};\n\nexports.down = pgm => {};\n`,
  },
  kysely: {
    packages: '"kysely": "0.28", "pg": "8"',
    path: 'migrations/2-change.ts',
    file: code =>
      `import { type Kysely, sql } from 'kysely';\n\nexport async function up(db: Kysely<never>) {\n  ${code}\n}\n\nexport async function down(db: Kysely<never>) {}\n`,
  },
  'mikro-orm': {
    packages: '"@mikro-orm/postgresql": "6", "@mikro-orm/migrations": "6"',
    path: 'migrations/Migration20240201000000.ts',
    file: code =>
      `import { Migration } from '@mikro-orm/migrations';\n\nexport class Migration20240201000000 extends Migration {\n  override async up() {\n    ${code}\n  }\n\n  override async down() {}\n}\n`,
  },
  'db-migrate': {
    packages: '"db-migrate": "1", "db-migrate-pg": "1"',
    path: 'migrations/20240201000000-change.js',
    file: code => `exports.up = async function (db) {\n  ${code}\n};\n\nexports.down = async function (db) {};\n`,
  },
};

/** The tables that the changes are made on, in a file that sorts before them. */
const TABLES =
  'CREATE TABLE orgs (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE INDEX users_old ON users (org_id)';

/** What sends a text, in each style. */
const SENDS: Readonly<Record<string, (sql: string) => string>> = {
  knex: sql => `await knex.raw(\`${sql}\`);`,
  'knex modules': sql => `await knex.raw(\`${sql}\`);`,
  lucid: sql => `this.schema.raw(\`${sql}\`);`,
  typeorm: sql => `await queryRunner.query(\`${sql}\`);`,
  sequelize: sql => `await queryInterface.sequelize.query(\`${sql}\`);`,
  'node-pg-migrate': sql => `pgm.sql(\`${sql}\`);`,
  kysely: sql => `await sql\`${sql}\`.execute(db);`,
  'mikro-orm': sql => `this.addSql(\`${sql}\`);`,
  'db-migrate': sql => `await db.runSql(\`${sql}\`);`,
};

function judge(style: string, text: string): readonly Finding[] {
  const { packages, path, file } = STYLES[style]!;
  const history = file(SENDS[style]!(TABLES)).replace('1700000000002', '1700000000001').replace('20240201', '20240101');
  const first = path.replace(/2(?=[_-])/, '1').replace('20240201', '20240101');
  const cwd = temporaryTree({
    'package.json': `{ "dependencies": { ${packages} } }`,
    [first]: history,
    [path]: text,
  });
  const { projects } = discover({ cwd, paths: [] });
  const settings = resolveConfig(undefined, { preset: 'recommended' }, cwd);
  const { findings } = lint({ cwd, projects, skippedFiles: 0, settings });
  return findings.filter(finding => finding.file.path === join(cwd, path) && finding.direction === 'up');
}

/** The code after the first suggestion of a rule, and the rules that have something to say of it then. */
function suggested(
  style: string,
  rule: string,
  code: string,
): { readonly text: string; readonly rules: readonly string[] } {
  const text = STYLES[style]!.file(code);
  const finding = judge(style, text).find(each => each.rule === rule);
  expect(finding, 'the finding').toBeDefined();
  const [first] = finding!.suggestions;
  if (first === undefined) return { text: '', rules: [] };
  const after = applyFixes(text, [first]).text;
  return { text: after, rules: judge(style, after).map(each => each.rule) };
}

interface Case {
  readonly style: string;
  readonly rule: string;
  readonly code: string;
  /** What the file holds after the suggestion; empty where none is made. */
  readonly now: readonly string[];
}

const INDEX = 'require-concurrent-index';
const DROP = 'require-concurrent-index-drop';
const KEY = 'require-not-valid-foreign-key';
const CHECK = 'require-not-valid-check';
const TIMEOUT = 'require-lock-timeout';
const CONFIG = 'exports.config = { transaction: false };';

const CASES: readonly Case[] = [
  // Knex: a command of a table by itself, among others, behind a column, in an arrow without braces.
  {
    style: 'knex',
    rule: INDEX,
    code: "await knex.schema.alterTable('users', t => { t.index(['email']); });",
    now: [`await knex.schema.raw('create index concurrently "users_email_index" on "users" ("email")');`, CONFIG],
  },
  {
    style: 'knex',
    rule: INDEX,
    code: "await knex.schema.table('users', t => t.index(['email']));",
    now: [`await knex.schema.raw('create index concurrently "users_email_index" on "users" ("email")');`, CONFIG],
  },
  {
    style: 'knex',
    rule: INDEX,
    code: "await knex.schema.alterTable('users', t => {\n    t.text('note');\n    t.index(['email'], 'it\\'s');\n  });",
    now: ['t.text(\'note\');\n  }).raw(`create index concurrently "it\'s" on "users" ("email")`);', CONFIG],
  },
  {
    style: 'knex',
    rule: INDEX,
    code: "await knex.schema.alterTable('users', t => { t.text('email').index().alter(); });",
    now: [`t.text('email').alter(); }).raw('create index concurrently`, CONFIG],
  },
  {
    style: 'knex',
    rule: DROP,
    code: "await knex.schema.alterTable('users', t => { t.dropIndex([], 'users_old'); });",
    now: [`knex.schema.raw('drop index concurrently "users_old"');`, CONFIG],
  },
  {
    style: 'knex',
    rule: KEY,
    code: "await knex.schema.alterTable('users', t => { t.foreign('org_id').references('orgs.id'); });",
    now: [
      `await knex.schema.raw('alter table "users" add constraint "users_org_id_foreign" foreign key`,
      "not valid');",
    ],
  },
  {
    style: 'knex',
    rule: KEY,
    code: "await knex.schema.alterTable('users', t => { t.bigInteger('org_id').references('id').inTable('orgs').alter(); });",
    now: [],
  },
  {
    style: 'knex',
    rule: INDEX,
    code: "await knex.raw('CREATE INDEX a ON users (email)');",
    now: ["await knex.raw('CREATE INDEX CONCURRENTLY a ON users (email)');", CONFIG],
  },
  {
    style: 'knex',
    rule: TIMEOUT,
    code: "await knex.schema.alterTable('users', t => { t.text('note'); });",
    now: [`await knex.raw("SET LOCAL lock_timeout = '2s'");\n  await knex.schema.alterTable`],
  },
  {
    style: 'knex',
    rule: TIMEOUT,
    code: "await knex.raw('ALTER TABLE users ADD COLUMN note text');",
    now: [`await knex.raw("SET LOCAL lock_timeout = '2s'");\n  await knex.raw('ALTER`],
  },
  // One call that makes two indexes cannot be one statement.
  {
    style: 'knex',
    rule: INDEX,
    code: "for (const c of ['email', 'org_id']) await knex.schema.alterTable('users', t => { t.index([c]); });",
    now: [],
  },
  {
    style: 'knex modules',
    rule: INDEX,
    code: "await knex.schema.alterTable('users', t => { t.index(['email']); });",
    now: ['export const config = { transaction: false };'],
  },
  {
    style: 'lucid',
    rule: INDEX,
    code: "this.schema.alterTable('users', table => { table.index(['email']) })",
    now: [
      `this.schema.raw('create index concurrently "users_email_index" on "users" ("email")')`,
      'static disableTransactions = true;',
    ],
  },
  {
    style: 'lucid',
    rule: TIMEOUT,
    code: "this.schema.alterTable('users', table => { table.text('note') })",
    now: [`this.schema.raw("SET LOCAL lock_timeout = '2s'");`],
  },
  {
    style: 'typeorm',
    rule: INDEX,
    code: "await queryRunner.createIndex('users', new TableIndex({ name: 'a', columnNames: ['email'] }));",
    now: ["new TableIndex({ isConcurrent: true, name: 'a'", 'transaction = false;'],
  },
  {
    style: 'typeorm',
    rule: DROP,
    code: "await queryRunner.dropIndex('users', 'users_old');",
    now: [`await queryRunner.query('DROP INDEX CONCURRENTLY "users_old"');`, 'transaction = false;'],
  },
  {
    style: 'typeorm',
    rule: KEY,
    code: "await queryRunner.createForeignKey('users', new TableForeignKey({ columnNames: ['org_id'], referencedTableName: 'orgs', referencedColumnNames: ['id'] }));",
    now: ['await queryRunner.query(\'ALTER TABLE "users" ADD', "NOT VALID');"],
  },
  {
    style: 'typeorm',
    rule: CHECK,
    code: "await queryRunner.query(`ALTER TABLE users ADD CONSTRAINT c CHECK (email <> '')`);",
    now: ["CHECK (email <> '') NOT VALID`);"],
  },
  {
    style: 'typeorm',
    rule: TIMEOUT,
    code: "await queryRunner.dropColumn('users', 'email');",
    now: [`await queryRunner.query("SET LOCAL lock_timeout = '2s'");`],
  },
  {
    style: 'sequelize',
    rule: INDEX,
    code: "await queryInterface.addIndex('users', ['email']);",
    now: ["addIndex('users', ['email'], { concurrently: true })"],
  },
  {
    style: 'sequelize',
    rule: INDEX,
    code: "await queryInterface.addIndex('users', ['email'], { name: 'a' });",
    now: ["{ concurrently: true, name: 'a' }"],
  },
  {
    style: 'sequelize',
    rule: INDEX,
    code: "await queryInterface.addIndex('users', { fields: ['email'] });",
    now: ["{ concurrently: true, fields: ['email'] }"],
  },
  {
    style: 'sequelize',
    rule: DROP,
    code: "await queryInterface.removeIndex('users', 'users_old');",
    now: ["removeIndex('users', 'users_old', { concurrently: true })"],
  },
  {
    style: 'sequelize',
    rule: KEY,
    code: "await queryInterface.addConstraint('users', { fields: ['org_id'], type: 'foreign key', references: { table: 'orgs', field: 'id' } });",
    now: ["queryInterface.sequelize.query('ALTER TABLE", "NOT VALID');"],
  },
  // In a transaction of its own the build cannot be concurrent.
  {
    style: 'sequelize',
    rule: INDEX,
    code: "await queryInterface.sequelize.transaction(async transaction => { await queryInterface.addIndex('users', ['email'], { transaction }); });",
    now: [],
  },
  // Another statement may go over another connection.
  {
    style: 'sequelize',
    rule: TIMEOUT,
    code: "await queryInterface.addColumn('users', 'note', { type: 'text' });",
    now: [],
  },
  {
    style: 'node-pg-migrate',
    rule: INDEX,
    code: "pgm.createIndex('users', 'email');",
    now: [
      'exports.up = pgm => {\n  pgm.noTransaction();\n',
      "pgm.createIndex('users', 'email', { concurrently: true });",
    ],
  },
  {
    style: 'node-pg-migrate',
    rule: DROP,
    code: "pgm.dropIndex('users', 'org_id', { name: 'users_old' });",
    now: ['pgm.noTransaction();', "{ concurrently: true, name: 'users_old' }"],
  },
  {
    style: 'node-pg-migrate',
    rule: CHECK,
    code: "pgm.addConstraint('users', 'c', { check: \"email <> 'it''s'\" });",
    now: ['NOT VALID`);'],
  },
  {
    style: 'node-pg-migrate',
    rule: TIMEOUT,
    code: "pgm.dropColumn('users', 'email');",
    now: [`pgm.sql("SET LOCAL lock_timeout = '2s'");\n  pgm.dropColumn`],
  },
  {
    style: 'kysely',
    rule: KEY,
    code: "await db.schema.alterTable('users').addForeignKeyConstraint('fk', ['org_id'], 'orgs', ['id']).execute();",
    now: [
      'await sql`alter table "users" add constraint "fk"',
      'NOT VALID`.execute(db);'.toLowerCase().replace('not valid', 'not valid'),
    ],
  },
  {
    style: 'kysely',
    rule: INDEX,
    code: "await db.schema.createIndex('a').on('users').column('email').execute();",
    now: [],
  },
  {
    style: 'kysely',
    rule: TIMEOUT,
    code: "await db.schema.alterTable('users').addColumn('note', 'text').execute();",
    now: ["await sql`SET LOCAL lock_timeout = '2s'`.execute(db);"],
  },
  {
    style: 'mikro-orm',
    rule: INDEX,
    code: 'this.addSql(\'create index "a" on "users" ("email");\');',
    now: ['create index CONCURRENTLY "a"', 'isTransactional() {\n    return false;\n  }'],
  },
  {
    style: 'mikro-orm',
    rule: TIMEOUT,
    code: 'this.addSql(\'alter table "users" add column "note" text;\');',
    now: [`this.addSql("SET LOCAL lock_timeout = '2s'");`],
  },
  {
    style: 'db-migrate',
    rule: KEY,
    code: "await db.addForeignKey('users', 'orgs', 'fk', { org_id: 'id' }, {});",
    now: ["await db.runSql('ALTER TABLE", "NOT VALID');"],
  },
  { style: 'db-migrate', rule: INDEX, code: "await db.addIndex('users', 'a', ['email']);", now: [] },
  {
    style: 'db-migrate',
    rule: TIMEOUT,
    code: "await db.removeColumn('users', 'email');",
    now: [`await db.runSql("SET LOCAL lock_timeout = '2s'");`],
  },
];

test.each(CASES)('$style, $rule: $code', ({ style, rule, code, now }) => {
  const { text, rules } = suggested(style, rule, code);
  if (now.length === 0) {
    expect(text).toBe('');
    return;
  }
  for (const part of now) expect(text).toContain(part);
  expect(rules).not.toContain(rule);
  expect(rules).not.toContain('no-concurrently-in-transaction');
  expect(rules).not.toContain('no-unreadable-statement');
});

const evaluated = (code: string): unknown => new Function(`return ${code}`)();

const TEXT = fc.string({
  unit: fc.constantFrom('a', "'", '"', '`', '\\', '$', '{', '}', '\n', '\r', '$' + '{a}', 'é', '🎉'),
});

test('text in a literal is the text itself, whatever it holds', () => {
  fc.assert(
    fc.property(TEXT, fc.boolean(), (sql, tagged) => {
      expect(evaluated(literalOf(sql, tagged))).toBe(sql);
      for (const quote of ["'", '"', '`']) expect(evaluated(`${quote}${escaped(sql, quote)}${quote}`)).toBe(sql);
    }),
  );
  expect(new Function('t', `return ${literalOf('a ${t} `', false, hole => hole === '${t}')}`)('b')).toBe('a b `');
});

test('a safe form is code of the library, with what the run fills left to it', () => {
  const rewritten = (style: string, rule: string, code: string) =>
    judge(style, STYLES[style]!.file(code)).find(each => each.rule === rule)?.safeRewrite;
  expect(rewritten('knex', INDEX, "await knex.schema.alterTable('users', t => { t.index(['email']); });")).toEqual({
    language: 'javascript',
    text: `// a migration of its own, outside a transaction
exports.config = { transaction: false };
await knex.raw('DROP INDEX CONCURRENTLY IF EXISTS users_email_index');
await knex.raw('CREATE INDEX CONCURRENTLY users_email_index on "users" ("email")');`,
  });
  expect(rewritten('node-pg-migrate', INDEX, "pgm.createIndex('users', 'email', { name: 'a' });")?.text).toBe(
    `// a migration of its own, outside a transaction
pgm.noTransaction();
pgm.sql('DROP INDEX CONCURRENTLY IF EXISTS a');
pgm.createIndex('users', 'email', { concurrently: true, name: 'a' });`,
  );
  expect(
    rewritten('typeorm', TIMEOUT, "await queryRunner.dropColumn(\n      'users',\n      'email',\n    );")?.text,
  ).toBe(
    `await queryRunner.query("SET LOCAL lock_timeout = '2s'");
await queryRunner.dropColumn(
  'users',
  'email',
);`,
  );
  const inTemplate = 'await knex.raw(`CREATE INDEX a ON ${table} (email)`);';
  expect(rewritten('knex', INDEX, inTemplate)?.text).toContain(
    'await knex.raw(`CREATE INDEX CONCURRENTLY a ON ${table} (email)`);',
  );
  const inString = "await knex.raw('CREATE INDEX a ON users ((\"email\" || \\'${table}\\'))');";
  expect(rewritten('knex', INDEX, inString)?.text).toContain('CONCURRENTLY a ON users (("email" || \'\\${table}\'))');
  expect(
    rewritten('kysely', INDEX, "await db.schema.createIndex('a').on('users').column('email').execute();")?.text,
  ).toBe(
    `// by hand before the deploy, as Kysely has no way out of its transaction
await sql\`DROP INDEX CONCURRENTLY IF EXISTS a\`.execute(db);
await sql\`CREATE INDEX CONCURRENTLY a on "users" ("email")\`.execute(db);`,
  );
});
