import { atlas } from './atlas.ts';
import { bytebase } from './bytebase.ts';
import { dbMigrate } from './db-migrate.ts';
import { dbmate } from './dbmate.ts';
import { dbup } from './dbup.ts';
import { diesel } from './diesel.ts';
import { drizzle } from './drizzle.ts';
import { flyway } from './flyway.ts';
import { golangMigrate } from './golang-migrate.ts';
import { goose } from './goose.ts';
import { hasura } from './hasura.ts';
import { javascript } from './javascript.ts';
import { knex } from './knex.ts';
import { kysely } from './kysely.ts';
import { liquibase } from './liquibase.ts';
import { lucid } from './lucid.ts';
import { migrateMongo } from './migrate-mongo.ts';
import type { MigrationTool } from './migration-tool.ts';
import { mikroOrm } from './mikro-orm.ts';
import { mongosh } from './mongosh.ts';
import { morph } from './morph.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { payload } from './payload.ts';
import { pop } from './pop.ts';
import { postgresMigrations } from './postgres-migrations.ts';
import { prisma } from './prisma.ts';
import { refinery } from './refinery.ts';
import { sequelize } from './sequelize.ts';
import { sqitch } from './sqitch.ts';
import { sql } from './sql.ts';
import { sqlMigrate } from './sql-migrate.ts';
import { sqlx } from './sqlx.ts';
import { supabase } from './supabase.ts';
import { typeorm } from './typeorm.ts';
import { versionFolders } from './version-folders.ts';

/** Every migration tool that Surefoot knows, by id; the last one takes what no other claims. */
export const MIGRATION_TOOLS: Readonly<Record<string, MigrationTool>> = {
  goose,
  dbmate,
  'sql-migrate': sqlMigrate,
  'golang-migrate': golangMigrate,
  morph,
  sqlx,
  flyway,
  liquibase,
  prisma,
  drizzle,
  refinery,
  diesel,
  sqitch,
  pop,
  atlas,
  hasura,
  'postgres-migrations': postgresMigrations,
  dbup,
  bytebase,
  'version-folders': versionFolders,
  supabase,
  knex,
  typeorm,
  sequelize,
  kysely,
  'mikro-orm': mikroOrm,
  'node-pg-migrate': nodePgMigrate,
  'db-migrate': dbMigrate,
  lucid,
  payload,
  'migrate-mongo': migrateMongo,
  mongosh,
  javascript,
  sql,
};
