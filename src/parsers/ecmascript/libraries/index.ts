import type { Library } from '../library.ts';
import { clients, steps } from './clients.ts';
import { dbMigrate } from './db-migrate.ts';
import { knex } from './knex.ts';
import { kysely } from './kysely.ts';
import { lucid } from './lucid.ts';
import { mikroOrm } from './mikro-orm.ts';
import { mongo, mongosh } from './mongo.ts';
import { nodePgMigrate } from './node-pg-migrate.ts';
import { sequelize } from './sequelize.ts';
import { typeorm } from './typeorm.ts';

/** What the libraries do, by the id of the migration tool that runs their code. */
export const LIBRARIES: Readonly<Record<string, Library>> = {
  knex,
  typeorm,
  sequelize,
  'node-pg-migrate': nodePgMigrate,
  kysely,
  'mikro-orm': mikroOrm,
  'db-migrate': dbMigrate,
  lucid,
  javascript: clients,
  payload: clients,
  prisma: steps,
  drizzle: steps,
  'migrate-mongo': mongo,
  mongosh,
};
