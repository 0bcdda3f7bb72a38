import { codeTool } from './code-migrations.ts';
import type { MigrationTool } from './migration-tool.ts';

const CONFIG = /^migrate-mongo-config[\w-]*\.[cm]?[jt]s$/;

const code = codeTool({
  id: 'migrate-mongo',
  title: 'migrate-mongo',
  transaction: 'none',
  marks:
    /\.\s*(?:collection|getCollection|createCollection|dropCollection)\s*(?:<[^>()]*>)?\s*\(|['"]mongodb['"]|['"]mongoose['"]/,
  configFiles: CONFIG,
  packages: ['migrate-mongo', 'migrate-mongo-ts', 'ts-migrate-mongoose', 'migrate-mongoose', 'mongo-migrate-ts'],
  dialect: 'mongodb',
});

/**
 * migrate-mongo: text order of file names; no transaction but what the code opens with a session. From its `actions/up.js` and
 * `env/migrationsDir.js`.
 */
export const migrateMongo: MigrationTool = {
  ...code,
  // The folder of the config holds that of the migrations.
  detect: (folder, tree, named) =>
    folder.files.some(name => CONFIG.test(name)) && !named ? undefined : code.detect(folder, tree, named),
};
