import { codeTool } from './code-migrations.ts';

/**
 * Payload on PostgreSQL or SQLite: Drizzle's `db.execute` in code; text order of file names, a transaction per migration. From
 * `packages/drizzle/src/migrate.ts`.
 */
export const payload = codeTool({
  id: 'payload',
  title: 'Payload',
  transaction: 'migration',
  outside: null,
  marks: /['"]@payloadcms\/db-(?:postgres|vercel-postgres|sqlite|d1-sqlite)['"]/,
  configFiles: /^payload\.config\.[cm]?[jt]s$/,
  packages: [
    '@payloadcms/db-postgres',
    '@payloadcms/db-vercel-postgres',
    '@payloadcms/db-sqlite',
    '@payloadcms/db-d1-sqlite',
  ],
});
