import { codeTool } from './code-migrations.ts';

/** db-migrate: ordered by the time that names start with; a transaction per migration. Its SQL may lie in `sqls/`. */
export const dbMigrate = codeTool({
  id: 'db-migrate',
  title: 'db-migrate',
  transaction: 'migration',
  marks: /\bdb\.(runSql|createTable|addColumn|addIndex|removeColumn|insert|dropTable|_run)\b|\bdbmigrate\b|-up\.sql/,
  packages: ['db-migrate'],
  sqlFolder: 'sqls',
});
