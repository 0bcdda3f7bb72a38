import { codeTool } from './code-migrations.ts';

/** Sequelize CLI and umzug: text order of file names, no transaction but what the code opens. */
export const sequelize = codeTool({
  id: 'sequelize',
  title: 'Sequelize',
  transaction: 'none',
  marks: /\bqueryInterface\b|\bQueryInterface\b/,
  configFiles: /^\.sequelizerc$/,
  packages: ['sequelize', 'sequelize-cli', 'umzug'],
});
