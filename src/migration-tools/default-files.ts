/**
 * Patterns of the SQL files that migration tools keep in the folders they use by default, for hosts that match paths (ESLint).
 * The folder names are those by which the tool `sql` knows a folder of migrations, and some that tools chose for themselves.
 */
export const DEFAULT_SQL_FILES: readonly string[] = [
  // Knex, golang-migrate, goose, dbmate, Prisma, Supabase, sqlx, Diesel, Flyway (db/migration), Atlas, Rails (db/migrate) …
  '**/{[Mm]igrations,[Mm]igration,[Mm]igrate,deltas,delta,upgrades,upgrade,patches}/**/*.sql',
  '**/*[-_]{migrations,migration}/**/*.sql',
  '**/{migrations,migration}[-_]*/**/*.sql',
  // Drizzle Kit's `out`.
  '**/drizzle/**/*.sql',
  // Play.
  '**/evolutions/**/*.sql',
];

/** Patterns of all that lies in the folders of migrations that are written in JavaScript or TypeScript. */
export const DEFAULT_CODE_FOLDERS: readonly string[] = [
  // Knex, TypeORM (migration), Sequelize, Kysely, MikroORM, node-pg-migrate, db-migrate, Lucid …
  '**/{[Mm]igrations,[Mm]igration}/**',
  '**/*[-_]{migrations,migration}/**',
  '**/{migrations,migration}[-_]*/**',
  // Drizzle Kit's `out`, for steps in code beside its SQL.
  '**/drizzle/**',
];
