import { codeTool } from './code-migrations.ts';

/** MikroORM: text order of file names; `allOrNothing` wraps all pending migrations in one transaction. */
export const mikroOrm = codeTool({
  id: 'mikro-orm',
  title: 'MikroORM',
  transaction: 'all-pending',
  outside: 'return false from its `isTransactional()`, with `allOrNothing: false`',
  marks: /@mikro-orm\/|\bthis\.addSql\b/,
  configFiles: /^mikro-orm\.config\.[cm]?[jt]s$/,
  optOut: /\bisTransactional\s*\([^)]*\)[^{]{0,40}\{\s*return\s+false\b/,
  packages: ['@mikro-orm/core', '@mikro-orm/migrations'],
});
