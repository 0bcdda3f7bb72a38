import { codeTool } from './code-migrations.ts';

/** Knex: text order of file names; `migrate:latest` wraps all pending migrations in one transaction unless a file opts out. */
export const knex = codeTool({
  id: 'knex',
  title: 'Knex',
  transaction: 'all-pending',
  missing: 'refused',
  outside: 'export `config = { transaction: false }` from it',
  marks: /\bknex\b|\bKnex\b/,
  configFiles: /^knexfile\.[cm]?[jt]s$/,
  packages: ['knex'],
  optOut: /\bconfig\b[^;]{0,40}\btransaction['"]?\s*:\s*false/,
});
