import { codeTool } from './code-migrations.ts';

/**
 * migrate-mongo: text order of file names; no transaction but what the code opens with a session. From its `actions/up.js` and
 * `env/migrationsDir.js`.
 */
export const migrateMongo = codeTool({
  id: 'migrate-mongo',
  title: 'migrate-mongo',
  transaction: 'none',
  marks:
    /\.\s*(?:collection|getCollection|createCollection|dropCollection)\s*(?:<[^>()]*>)?\s*\(|['"]mongodb['"]|['"]mongoose['"]/,
  configFiles: /^migrate-mongo-config[\w-]*\.[cm]?[jt]s$/,
  packages: ['migrate-mongo', 'migrate-mongo-ts', 'ts-migrate-mongoose', 'migrate-mongoose', 'mongo-migrate-ts'],
  dialect: 'mongodb',
});
