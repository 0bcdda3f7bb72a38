/** A file of a guide's project. */
export interface GuideFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** How one migration tool goes from an empty folder to a finding on a pull request. */
export interface ToolGuide {
  /** Id of the migration tool. */
  readonly tool: string;
  /** Starts a migration with the tool itself; undefined where files are made by hand. Not run by tests: it needs the tool. */
  readonly create?: string;
  /** What a repository holds already: the manifest, the tool's config. */
  readonly project: readonly GuideFile[];
  /** The migration that is on the base branch. */
  readonly first: readonly GuideFile[];
  /** The migration of the pull request, and other files that change with it: a plan, a journal. */
  readonly risky: readonly GuideFile[];
  /** The rule that the new migration breaks. */
  readonly rule: string;
  /** The file of {@link risky} at which it is reported. */
  readonly findingIn: string;
  /** The files of {@link risky} that change, as they should be: no error is left. */
  readonly safe: readonly GuideFile[];
  readonly story: GuideStory;
}

/** What a guide's migration is about, in Markdown. */
interface GuideStory {
  /** Why the commit is stopped, after a colon. */
  readonly why: string;
  /** Why the mended one is harmless, before a colon. */
  readonly mended: string;
}

/** One step of a guide: files to write, then commands to run in the repository's root, by `sh`. */
export interface GuideStep {
  readonly title: string;
  /** What to know before it, in Markdown. */
  readonly text: string;
  readonly files: readonly GuideFile[];
  readonly commands: readonly string[];
  /** Exit status of the last command; the ones before it succeed. */
  readonly exitCode: number;
  /** What the last command prints, besides other things. */
  readonly prints: readonly string[];
  /** What to know after it, in Markdown. */
  readonly after?: string;
}

/** What guides in SQL meet. */
const NOT_NULL = {
  rule: 'no-not-null-without-backfill',
  story: {
    why: 'the rows that are there have no value for the column, so the migration fails on every database that holds one',
    mended: 'A constant default gives the rows their value without writing them anew, in PostgreSQL 11 and later',
  },
} as const satisfies Partial<ToolGuide>;

/** What guides to MongoDB meet. */
const RENAMED_FIELD = {
  rule: 'no-rename-document-field',
  story: {
    why: 'the release that still runs reads the old name, and finds nothing there',
    mended: 'A copy under the new name leaves the old one to the release that still runs',
  },
} as const satisfies Partial<ToolGuide>;

const CREATE = `CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
`;
const DROP = 'DROP TABLE users;\n';
const RISKY = 'ALTER TABLE users ADD COLUMN plan text NOT NULL;\n';
const SAFE = "ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';\n";
const UNDO = 'ALTER TABLE users DROP COLUMN plan;\n';

const GO_MOD = (module: string): GuideFile => ({
  path: 'go.mod',
  text: `module example.com/shop\n\ngo 1.23\n\nrequire ${module}\n`,
});
const CARGO = (dependency: string): GuideFile => ({
  path: 'Cargo.toml',
  text: `[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n${dependency}\n`,
});
const PACKAGE = (dependencies: Readonly<Record<string, string>>, more: object = {}): GuideFile => ({
  path: 'package.json',
  text: `${JSON.stringify({ name: 'shop', private: true, ...more, dependencies }, null, 2)}\n`,
});

/** A tool whose migration is one file, or one per direction: the same texts in each place. */
function textGuide(
  tool: string,
  create: string | undefined,
  project: readonly GuideFile[],
  first: (up: string, down: string) => readonly GuideFile[],
  second: (up: string, down: string) => readonly GuideFile[],
): ToolGuide {
  const risky = second(RISKY, UNDO);
  const safe = second(SAFE, UNDO).filter(({ text }, index) => text !== risky[index]!.text);
  return {
    tool,
    ...(create === undefined ? {} : { create }),
    project,
    first: first(CREATE, DROP),
    risky,
    ...NOT_NULL,
    findingIn: safe[0]!.path,
    safe,
  };
}

const pair =
  (up: string, down: string) =>
  (upText: string, downText: string): readonly GuideFile[] => [
    { path: up, text: upText },
    { path: down, text: downText },
  ];
const upOnly =
  (path: string) =>
  (up: string): readonly GuideFile[] => [{ path, text: up }];
const template =
  (path: string, fill: (up: string, down: string) => string) =>
  (up: string, down: string): readonly GuideFile[] => [{ path, text: fill(up, down) }];

const goose = (up: string, down: string): string => `-- +goose Up\n${up}\n-- +goose Down\n${down}`;
const dbmate = (up: string, down: string): string => `-- migrate:up\n${up}\n-- migrate:down\n${down}`;
const sqlMigrate = (up: string, down: string): string => `-- +migrate Up\n${up}\n-- +migrate Down\n${down}`;
const liquibase =
  (id: number) =>
  (up: string, down: string): string =>
    `--liquibase formatted sql\n\n--changeset ann:${id}\n${up}--rollback ${down}`;

/** The files of a change in sqitch's plan. */
const sqitchFiles = (name: string, up: string, down: string): readonly GuideFile[] => [
  { path: `deploy/${name}.sql`, text: `-- Deploy shop:${name} to pg\n\nBEGIN;\n\n${up}\nCOMMIT;\n` },
  { path: `revert/${name}.sql`, text: `-- Revert shop:${name} from pg\n\nBEGIN;\n\n${down}\nCOMMIT;\n` },
];
const SQITCH_PLAN =
  '%syntax-version=1.0.0\n%project=shop\n\nusers 2026-01-05T09:00:00Z Ann <ann@example.com> # Creates users\n';

const drizzleJournal = (tags: readonly string[]): GuideFile => ({
  path: 'drizzle/meta/_journal.json',
  text: `${JSON.stringify(
    {
      version: '7',
      dialect: 'postgresql',
      entries: tags.map((tag, idx) => ({
        idx,
        version: '7',
        when: 1767603600000 + idx * 86_400_000,
        tag,
        breakpoints: true,
      })),
    },
    null,
    2,
  )}\n`,
});

/** The guides by tool, in the order of the page about migration tools. */
export const TOOL_GUIDES: readonly ToolGuide[] = [
  textGuide(
    'goose',
    'goose -dir migrations create add_plan sql',
    [GO_MOD('github.com/pressly/goose/v3 v3.24.1')],
    template('migrations/20260105090000_create_users.sql', goose),
    template('migrations/20260112090000_add_plan.sql', goose),
  ),
  textGuide(
    'dbmate',
    'dbmate new add_plan',
    [],
    template('db/migrations/20260105090000_create_users.sql', dbmate),
    template('db/migrations/20260112090000_add_plan.sql', dbmate),
  ),
  textGuide(
    'sql-migrate',
    'sql-migrate new add_plan',
    [
      {
        path: 'dbconfig.yml',
        text: 'development:\n  dialect: postgres\n  datasource: dbname=shop\n  dir: migrations\n',
      },
    ],
    template('migrations/20260105090000-create_users.sql', sqlMigrate),
    template('migrations/20260112090000-add_plan.sql', sqlMigrate),
  ),
  textGuide(
    'golang-migrate',
    'migrate create -ext sql -dir db/migrations -seq add_plan',
    [GO_MOD('github.com/golang-migrate/migrate/v4 v4.18.1')],
    pair('db/migrations/000001_create_users.up.sql', 'db/migrations/000001_create_users.down.sql'),
    pair('db/migrations/000002_add_plan.up.sql', 'db/migrations/000002_add_plan.down.sql'),
  ),
  textGuide(
    'morph',
    'morph new script add_plan --driver postgres --dir db/migrations --sequence',
    [GO_MOD('github.com/mattermost/morph v1.1.0')],
    pair('db/migrations/000001_create_users.up.sql', 'db/migrations/000001_create_users.down.sql'),
    pair('db/migrations/000002_add_plan.up.sql', 'db/migrations/000002_add_plan.down.sql'),
  ),
  textGuide(
    'sqlx',
    'sqlx migrate add -r add_plan',
    [CARGO('sqlx = { version = "0.8", features = ["postgres", "migrate"] }')],
    pair('migrations/20260105090000_create_users.up.sql', 'migrations/20260105090000_create_users.down.sql'),
    pair('migrations/20260112090000_add_plan.up.sql', 'migrations/20260112090000_add_plan.down.sql'),
  ),
  textGuide(
    'flyway',
    undefined,
    [
      {
        path: 'flyway.toml',
        text: '[flyway]\nlocations = ["filesystem:migrations"]\n\n[environments.default]\nurl = "jdbc:postgresql://localhost:5432/shop"\n',
      },
    ],
    upOnly('migrations/V1__create_users.sql'),
    upOnly('migrations/V2__add_plan.sql'),
  ),
  textGuide(
    'liquibase',
    undefined,
    [
      {
        path: 'liquibase.properties',
        text: 'changeLogFile=db/changelog/db.changelog-master.yaml\nurl=jdbc:postgresql://localhost:5432/shop\n',
      },
      {
        path: 'db/changelog/db.changelog-master.yaml',
        text: 'databaseChangeLog:\n  - includeAll:\n      path: changes\n      relativeToChangelogFile: true\n',
      },
    ],
    template('db/changelog/changes/001-create-users.sql', liquibase(1)),
    template('db/changelog/changes/002-add-plan.sql', liquibase(2)),
  ),
  textGuide(
    'prisma',
    'npx prisma migrate dev --create-only --name add_plan',
    [
      PACKAGE({ prisma: '6.2.1' }),
      {
        path: 'prisma/schema.prisma',
        text: 'datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n',
      },
      { path: 'prisma/migrations/migration_lock.toml', text: 'provider = "postgresql"\n' },
    ],
    upOnly('prisma/migrations/20260105090000_create_users/migration.sql'),
    upOnly('prisma/migrations/20260112090000_add_plan/migration.sql'),
  ),
  textGuide(
    'drizzle',
    'npx drizzle-kit generate --name add_plan',
    [
      PACKAGE({ 'drizzle-orm': '0.44.0', 'drizzle-kit': '0.31.0' }),
      {
        path: 'drizzle.config.ts',
        text: "import { defineConfig } from 'drizzle-kit';\n\nexport default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', out: './drizzle' });\n",
      },
    ],
    up => [{ path: 'drizzle/0000_create_users.sql', text: up }, drizzleJournal(['0000_create_users'])],
    up => [{ path: 'drizzle/0001_add_plan.sql', text: up }, drizzleJournal(['0000_create_users', '0001_add_plan'])],
  ),
  textGuide(
    'refinery',
    undefined,
    [CARGO('refinery = { version = "0.8", features = ["postgres"] }')],
    upOnly('migrations/V1__create_users.sql'),
    upOnly('migrations/V2__add_plan.sql'),
  ),
  textGuide(
    'diesel',
    'diesel migration generate add_plan',
    [CARGO('diesel = { version = "2.2", features = ["postgres"] }')],
    pair('migrations/2026-01-05-090000_create_users/up.sql', 'migrations/2026-01-05-090000_create_users/down.sql'),
    pair('migrations/2026-01-12-090000_add_plan/up.sql', 'migrations/2026-01-12-090000_add_plan/down.sql'),
  ),
  textGuide(
    'sqitch',
    "sqitch add plan -n 'Adds the plan of a user'",
    [{ path: 'sqitch.conf', text: '[core]\n\tengine = pg\n' }],
    (up, down) => [{ path: 'sqitch.plan', text: SQITCH_PLAN }, ...sqitchFiles('users', up, down)],
    (up, down) => [
      {
        path: 'sqitch.plan',
        text: `${SQITCH_PLAN}plan [users] 2026-01-12T09:00:00Z Ann <ann@example.com> # Adds the plan of a user\n`,
      },
      ...sqitchFiles('plan', up, down),
    ],
  ),
  textGuide(
    'pop',
    'soda generate sql add_plan',
    [
      { path: 'database.yml', text: 'development:\n  dialect: postgres\n  database: shop\n' },
      GO_MOD('github.com/gobuffalo/pop/v6 v6.1.1'),
    ],
    pair('migrations/20260105090000_create_users.up.sql', 'migrations/20260105090000_create_users.down.sql'),
    pair('migrations/20260112090000_add_plan.up.sql', 'migrations/20260112090000_add_plan.down.sql'),
  ),
  textGuide(
    'atlas',
    'atlas migrate new add_plan',
    [
      {
        path: 'atlas.hcl',
        text: 'env "local" {\n  dev = "docker://postgres/16/dev"\n  migration {\n    dir = "file://migrations"\n  }\n}\n',
      },
    ],
    upOnly('migrations/20260105090000_create_users.sql'),
    upOnly('migrations/20260112090000_add_plan.sql'),
  ),
  textGuide(
    'hasura',
    'hasura migrate create add_plan --database-name default',
    [
      {
        path: 'config.yaml',
        text: 'version: 3\nendpoint: http://localhost:8080\nmetadata_directory: metadata\n',
      },
      { path: 'metadata/version.yaml', text: 'version: 3\n' },
    ],
    pair(
      'migrations/default/1767603600000_create_users/up.sql',
      'migrations/default/1767603600000_create_users/down.sql',
    ),
    pair('migrations/default/1768208400000_add_plan/up.sql', 'migrations/default/1768208400000_add_plan/down.sql'),
  ),
  textGuide(
    'postgres-migrations',
    undefined,
    [PACKAGE({ 'postgres-migrations': '5.3.0' })],
    upOnly('migrations/1_create-users.sql'),
    upOnly('migrations/2_add-plan.sql'),
  ),
  textGuide(
    'dbup',
    undefined,
    [
      {
        path: 'Shop/Program.cs',
        text: `using DbUp;

var upgrader = DeployChanges.To
    .PostgresqlDatabase(args[0])
    .WithScriptsEmbeddedInAssembly(typeof(Program).Assembly)
    .LogToConsole()
    .Build();
return upgrader.PerformUpgrade().Successful ? 0 : -1;
`,
      },
      {
        path: 'Shop/Shop.csproj',
        text: `<Project Sdk="Microsoft.NET.Sdk">
  <ItemGroup>
    <EmbeddedResource Include="Scripts/*.sql" />
    <PackageReference Include="dbup-postgresql" Version="5.0.40" />
  </ItemGroup>
</Project>
`,
      },
    ],
    upOnly('Shop/Scripts/Script0001 - create users.sql'),
    upOnly('Shop/Scripts/Script0002 - add plan.sql'),
  ),
  textGuide(
    'bytebase',
    undefined,
    [],
    upOnly('migration/1.0/0000##create_users.sql'),
    upOnly('migration/1.1/0000##add_plan.sql'),
  ),
  textGuide(
    'version-folders',
    undefined,
    [],
    upOnly('sql/upgrade/1.0.0_schema/postgresql/shop_ddl.sql'),
    upOnly('sql/upgrade/1.1.0_schema/postgresql/shop_ddl.sql'),
  ),
  textGuide(
    'supabase',
    'npx supabase migration new add_plan',
    [{ path: 'supabase/config.toml', text: 'project_id = "shop"\n\n[db]\nport = 54322\nmajor_version = 17\n' }],
    upOnly('supabase/migrations/20260105090000_create_users.sql'),
    upOnly('supabase/migrations/20260112090000_add_plan.sql'),
  ),
  codeGuide(
    'knex',
    'npx knex migrate:make add_plan',
    [
      PACKAGE({ knex: '3.1.0', pg: '8.16.0' }),
      { path: 'knexfile.js', text: "module.exports = { client: 'pg', migrations: { directory: './migrations' } };\n" },
    ],
    'migrations/20260105090000_create_users.js',
    `exports.up = knex =>
  knex.schema.createTable('users', table => {
    table.bigIncrements('id');
    table.text('email').notNullable();
  });

exports.down = knex => knex.schema.dropTable('users');
`,
    'migrations/20260112090000_add_plan.js',
    add => `exports.up = knex =>
  knex.schema.alterTable('users', table => {
    ${add}
  });

exports.down = knex =>
  knex.schema.alterTable('users', table => {
    table.dropColumn('plan');
  });
`,
    "table.text('plan').notNullable();",
    "table.text('plan').notNullable().defaultTo('free');",
  ),
  codeGuide(
    'typeorm',
    'npx typeorm migration:create migrations/AddPlan',
    [PACKAGE({ typeorm: '0.3.24', pg: '8.16.0' })],
    'migrations/1767603600000-CreateUsers.ts',
    `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateUsers1767603600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`
      CREATE TABLE users (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL
      )
    \`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE users');
  }
}
`,
    'migrations/1768208400000-AddPlan.ts',
    add => `import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';

export class AddPlan1768208400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumn('users', new TableColumn(${add}));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('users', 'plan');
  }
}
`,
    "{ name: 'plan', type: 'text' }",
    "{ name: 'plan', type: 'text', default: \"'free'\" }",
  ),
  codeGuide(
    'sequelize',
    'npx sequelize-cli migration:generate --name add-plan',
    [PACKAGE({ sequelize: '6.37.7', pg: '8.16.0' })],
    'migrations/20260105090000-create-users.js',
    `'use strict';

module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('users', {
      id: { type: Sequelize.BIGINT, primaryKey: true, autoIncrement: true },
      email: { type: Sequelize.TEXT, allowNull: false },
    });
  },

  async down(queryInterface) {
    await queryInterface.dropTable('users');
  },
};
`,
    'migrations/20260112090000-add-plan.js',
    add => `'use strict';

module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.addColumn('users', 'plan', ${add});
  },

  async down(queryInterface) {
    await queryInterface.removeColumn('users', 'plan');
  },
};
`,
    '{ type: Sequelize.TEXT, allowNull: false }',
    "{ type: Sequelize.TEXT, allowNull: false, defaultValue: 'free' }",
  ),
  codeGuide(
    'kysely',
    'npx kysely migrate make add-plan',
    [PACKAGE({ kysely: '0.28.8', pg: '8.16.0' })],
    'migrations/20260105T090000-create-users.ts',
    `import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('id', 'bigint', column => column.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('email', 'text', column => column.notNull())
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('users').execute();
}
`,
    'migrations/20260112T090000-add-plan.ts',
    add => `import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('plan', 'text', ${add})
    .execute();
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('users').dropColumn('plan').execute();
}
`,
    'column => column.notNull()',
    "column => column.notNull().defaultTo('free')",
  ),
  codeGuide(
    'mikro-orm',
    'npx mikro-orm migration:create --blank',
    [PACKAGE({ '@mikro-orm/core': '6.5.0', '@mikro-orm/postgresql': '6.5.0' })],
    'migrations/Migration20260105090000.ts',
    `import { Migration } from '@mikro-orm/migrations';

export class Migration20260105090000 extends Migration {
  override async up(): Promise<void> {
    this.addSql('create table "users" ("id" bigint generated always as identity primary key, "email" text not null);');
  }

  override async down(): Promise<void> {
    this.addSql('drop table "users";');
  }
}
`,
    'migrations/Migration20260112090000.ts',
    add => `import { Migration } from '@mikro-orm/migrations';

export class Migration20260112090000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(${add});
  }

  override async down(): Promise<void> {
    this.addSql('alter table "users" drop column "plan";');
  }
}
`,
    `'alter table "users" add column "plan" text not null;'`,
    `\`alter table "users" add column "plan" text not null default 'free';\``,
  ),
  codeGuide(
    'node-pg-migrate',
    'npx node-pg-migrate create add-plan',
    [PACKAGE({ 'node-pg-migrate': '8.0.3', pg: '8.16.0' }, { type: 'module' })],
    'migrations/1767603600000_create-users.js',
    `export const up = pgm => {
  pgm.createTable('users', {
    id: { type: 'bigint', primaryKey: true, sequenceGenerated: { precedence: 'ALWAYS' } },
    email: { type: 'text', notNull: true },
  });
};

export const down = pgm => {
  pgm.dropTable('users');
};
`,
    'migrations/1768208400000_add-plan.js',
    add => `export const up = pgm => {
  pgm.addColumn('users', { plan: ${add} });
};

export const down = pgm => {
  pgm.dropColumn('users', 'plan');
};
`,
    "{ type: 'text', notNull: true }",
    "{ type: 'text', notNull: true, default: 'free' }",
  ),
  codeGuide(
    'db-migrate',
    'npx db-migrate create add-plan',
    [PACKAGE({ 'db-migrate': '0.11.14', 'db-migrate-pg': '1.5.2' })],
    'migrations/20260105090000-create-users.js',
    `'use strict';

exports.up = db =>
  db.createTable('users', {
    id: { type: 'bigint', primaryKey: true, autoIncrement: true },
    email: { type: 'text', notNull: true },
  });

exports.down = db => db.dropTable('users');
`,
    'migrations/20260112090000-add-plan.js',
    add => `'use strict';

exports.up = db => db.addColumn('users', 'plan', ${add});

exports.down = db => db.removeColumn('users', 'plan');
`,
    "{ type: 'text', notNull: true }",
    "{ type: 'text', notNull: true, defaultValue: 'free' }",
  ),
  codeGuide(
    'lucid',
    'node ace make:migration add_plan --alter=users',
    [PACKAGE({ '@adonisjs/lucid': '21.6.0', pg: '8.16.0' })],
    'database/migrations/1767603600000_create_users.ts',
    `import { BaseSchema } from '@adonisjs/lucid/schema';

export default class extends BaseSchema {
  protected tableName = 'users';

  async up() {
    this.schema.createTable(this.tableName, table => {
      table.bigIncrements('id');
      table.text('email').notNullable();
    });
  }

  async down() {
    this.schema.dropTable(this.tableName);
  }
}
`,
    'database/migrations/1768208400000_add_plan.ts',
    add => `import { BaseSchema } from '@adonisjs/lucid/schema';

export default class extends BaseSchema {
  protected tableName = 'users';

  async up() {
    this.schema.alterTable(this.tableName, table => {
      ${add}
    });
  }

  async down() {
    this.schema.alterTable(this.tableName, table => {
      table.dropColumn('plan');
    });
  }
}
`,
    "table.text('plan').notNullable();",
    "table.text('plan').notNullable().defaultTo('free');",
  ),
  codeGuide(
    'payload',
    'npx payload migrate:create add_plan',
    [PACKAGE({ payload: '3.40.0', '@payloadcms/db-postgres': '3.40.0' })],
    'src/migrations/20260105_090000_create_users.ts',
    `import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres';

export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql\`CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "email" varchar NOT NULL);\`);
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await db.execute(sql\`DROP TABLE "users";\`);
}
`,
    'src/migrations/20260112_090000_add_plan.ts',
    add => `import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres';

export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql\`ALTER TABLE "users" ADD COLUMN ${add};\`);
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await db.execute(sql\`ALTER TABLE "users" DROP COLUMN "plan";\`);
}
`,
    '"plan" varchar NOT NULL',
    '"plan" varchar DEFAULT \'free\' NOT NULL',
  ),
  {
    ...codeGuide(
      'migrate-mongo',
      'npx migrate-mongo create rename-country',
      [
        PACKAGE({ 'migrate-mongo': '12.1.3', mongodb: '6.20.0' }),
        {
          path: 'migrate-mongo-config.js',
          text: "module.exports = {\n  mongodb: { url: 'mongodb://localhost:27017', databaseName: 'shop' },\n  migrationsDir: 'migrations',\n};\n",
        },
      ],
      'migrations/20260105090000-create-users.js',
      `module.exports = {
  async up(db) {
    await db.createCollection('users');
  },

  async down(db) {
    await db.collection('users').drop();
  },
};
`,
      'migrations/20260112090000-rename-country.js',
      ([up, down]: readonly [string, string]) => `module.exports = {
  async up(db) {
    await db.collection('users').updateMany(${up});
  },

  async down(db) {
    await db.collection('users').updateMany(${down});
  },
};
`,
      [
        "{ region: { $exists: false } }, { $rename: { country: 'region' } }",
        "{ country: { $exists: false } }, { $rename: { region: 'country' } }",
      ],
      [
        "{ region: { $exists: false } }, [{ $set: { region: '$country' } }]",
        "{ region: { $exists: true } }, { $unset: { region: '' } }",
      ],
    ),
    ...RENAMED_FIELD,
  },
  {
    ...codeGuide(
      'mongosh',
      undefined,
      [],
      'migrations/001-create-users.js',
      "db.createCollection('users');\ndb.users.createIndex({ email: 1 });\n",
      'migrations/002-rename-country.js',
      change => `db.users.updateMany({ region: { $exists: false } }, ${change});\n`,
      "{ $rename: { country: 'region' } }",
      "[{ $set: { region: '$country' } }]",
    ),
    ...RENAMED_FIELD,
  },
  codeGuide(
    'javascript',
    undefined,
    [PACKAGE({ umzug: '3.8.2', pg: '8.16.0' })],
    'migrations/00001_create_users.js',
    `exports.up = async ({ context: client }) => {
  await client.query(\`
    CREATE TABLE users (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      email text NOT NULL
    )
  \`);
};

exports.down = async ({ context: client }) => {
  await client.query('DROP TABLE users');
};
`,
    'migrations/00002_add_plan.js',
    add => `exports.up = async ({ context: client }) => {
  await client.query(${add});
};

exports.down = async ({ context: client }) => {
  await client.query('ALTER TABLE users DROP COLUMN plan');
};
`,
    "'ALTER TABLE users ADD COLUMN plan text NOT NULL'",
    '"ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT \'free\'"',
  ),
  textGuide(
    'sql',
    undefined,
    [],
    pair('migrations/001_create_users.up.sql', 'migrations/001_create_users.down.sql'),
    pair('migrations/002_add_plan.up.sql', 'migrations/002_add_plan.down.sql'),
  ),
];

/**
 * A tool whose migrations are code.
 *
 * @param firstPath - the migration on the base branch, and its text
 * @param path - the new migration
 * @param text - its text, given the part that is risky or safe
 */
function codeGuide<Change>(
  tool: string,
  create: string | undefined,
  project: readonly GuideFile[],
  firstPath: string,
  firstText: string,
  path: string,
  text: (change: Change) => string,
  risky: Change,
  safe: Change,
): ToolGuide {
  return {
    tool,
    ...(create === undefined ? {} : { create }),
    project,
    first: [{ path: firstPath, text: firstText }],
    risky: [{ path, text: text(risky) }],
    ...NOT_NULL,
    findingIn: path,
    safe: [{ path, text: text(safe) }],
  };
}

/**
 * The steps of a guide, from an empty terminal to the finding on a pull request and the migration that passes. Before the first
 * step there is an empty folder, in which `git` knows its user.
 */
export function guideSteps({
  create,
  project,
  first,
  risky,
  rule,
  findingIn,
  safe,
  story,
}: ToolGuide): readonly GuideStep[] {
  const commit = (message: string): string => `git add --all && git commit --quiet --message "${message}"`;
  return [
    {
      title: 'A repository',
      text: 'Yours, or this small one to try it on.',
      files: [...project, ...first],
      commands: [
        'git init --quiet --initial-branch main',
        'git remote add origin https://github.com/you/shop.git',
        commit('Create users'),
      ],
      exitCode: 0,
      prints: [],
    },
    {
      title: 'Set it up',
      text: 'It finds the tool, the dialect and the history by itself. Leave `--yes` out to see the diff and be asked first.',
      files: [],
      commands: ['npx --yes surefoot init --yes', commit('Set up Surefoot')],
      exitCode: 0,
      prints: [],
      after:
        'It wrote `surefoot.config.json`, in which everything so far is history, a hook that looks at what is staged, and a workflow that looks at pull requests.',
    },
    {
      title: 'A migration that must not be deployed',
      text: create === undefined ? 'A new migration:' : `A new migration, as \`${create}\` starts one:`,
      files: risky,
      commands: ['git switch --quiet --create change', commit('Change users')],
      exitCode: 1,
      prints: [rule],
      after: `The commit is stopped: ${story.why}. What is printed shows the place, why, and the way that works.`,
    },
    {
      title: 'The same on the pull request',
      text: 'Who commits with `--no-verify` meets the finding on the pull request. This is what the workflow runs there, as an annotation on the line:',
      files: [],
      commands: [
        'git commit --quiet --no-verify --message "Change users"',
        'npx --yes surefoot lint --since main --format github',
      ],
      exitCode: 1,
      prints: [rule, findingIn.replaceAll(/[%:,]/g, encodeURIComponent)],
      after: 'Push the branch, open a pull request, and it is there.',
    },
    {
      title: 'Mend it',
      text: `${story.mended}:`,
      files: safe,
      commands: [commit('Take the safe way'), 'npx --yes surefoot lint --since main --format github'],
      exitCode: 0,
      prints: [],
      after: 'No error is left, so the check is green. The warnings say what else would be kinder to a busy database.',
    },
  ];
}
