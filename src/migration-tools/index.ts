import { knex } from './knex.ts';
import { kysely } from './kysely.ts';
import type { MigrationTool } from './migration-tool.ts';
import { mikroOrm } from './mikro-orm.ts';
import { sequelize } from './sequelize.ts';
import { sql } from './sql.ts';
import { typeorm } from './typeorm.ts';

/** Every migration tool that Surefoot knows, by id; the last one takes what no other claims. */
export const MIGRATION_TOOLS: Readonly<Record<string, MigrationTool>> = {
  knex,
  typeorm,
  sequelize,
  kysely,
  'mikro-orm': mikroOrm,
  sql,
};
