import { codeTool } from './code-migrations.ts';

/** TypeORM: ordered by the 13 digits that the class name ends in; one transaction around all pending migrations. */
export const typeorm = codeTool({
  id: 'typeorm',
  title: 'TypeORM',
  transaction: 'all-pending',
  outside: 'set `transaction = false` on its class and `migrationsTransactionMode` to `each`',
  marks: /\bMigrationInterface\b|\bQueryRunner\b|\bqueryRunner\b/,
  configFiles: /^(ormconfig|data-source|datasource)\.\w+$/,
  packages: ['typeorm'],
  optOut: /\btransaction\s*(?::\s*\w+\s*)?=\s*false\b/,
  orderOf: (stem, text) => /\bclass\s+\w*?(\d{13})\b/.exec(text())?.[1] ?? /^\d{13}/.exec(stem)?.[0] ?? stem,
});
