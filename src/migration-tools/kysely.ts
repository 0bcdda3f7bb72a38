import { codeTool } from './code-migrations.ts';

/** Kysely: text order of file names; on PostgreSQL one transaction around all pending migrations. */
export const kysely = codeTool({
  id: 'kysely',
  title: 'Kysely',
  transaction: 'all-pending',
  missing: 'refused',
  outside: null,
  marks: /\bkysely\b|\bKysely\b/,
  configFiles: /^kysely\.config\.[cm]?[jt]s$/,
  packages: ['kysely'],
  // FileMigrationProvider takes modules that export `up`, by itself or in their default.
  runs: /\bexport\s+(?:default\b|(?:async\s+)?function\s+up\b|(?:const|let|var)\s+up\b|\{[^}]*\bup\b)|\bexports\b/,
});
