import type { Dialect } from '../server/server.ts';

/** Names that libraries give to dialects and their drivers, in configuration, dependencies and code. */
const NAMES: Readonly<Record<string, Dialect>> = {
  ...{ pg: 'postgres', postgres: 'postgres', postgresql: 'postgres', 'pg-native': 'postgres', pgnative: 'postgres' },
  ...{ 'aurora-postgres': 'postgres', 'pg-promise': 'postgres', '@mikro-orm/postgresql': 'postgres' },
  ...{ mysql: 'mysql', mysql2: 'mysql', 'aurora-mysql': 'mysql', '@mikro-orm/mysql': 'mysql', mariadb: 'mariadb' },
  ...{ '@mikro-orm/mariadb': 'mariadb', sqlite: 'sqlite', sqlite3: 'sqlite', 'better-sqlite3': 'sqlite' },
  ...{ sqljs: 'sqlite', '@mikro-orm/sqlite': 'sqlite', mssql: 'sqlserver', sqlserver: 'sqlserver' },
  ...{ tedious: 'sqlserver', '@mikro-orm/mssql': 'sqlserver', mongodb: 'mongodb' },
  ...{ '@payloadcms/db-postgres': 'postgres', '@payloadcms/db-vercel-postgres': 'postgres' },
  ...{
    '@payloadcms/db-sqlite': 'sqlite',
    '@payloadcms/db-d1-sqlite': 'sqlite',
    '@neondatabase/serverless': 'postgres',
    '@vercel/postgres': 'postgres',
  },
  ...{ 'db-migrate-pg': 'postgres', 'db-migrate-mysql': 'mysql', 'db-migrate-sqlite3': 'sqlite' },
};

/** The dialect that a name or a package stands for; undefined for those that stand for none that is known. */
export function dialectNamed(name: string): Dialect | undefined {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}
