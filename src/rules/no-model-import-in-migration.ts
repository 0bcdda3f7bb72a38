import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-model-import-in-migration',
  meta: {
    description: "Disallow importing the application's own models into a migration.",
    cause: 'hygiene',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration is run again months later, on a new developer's database or in a restored one, and fails: the model names a column that does not exist yet at this point of the history.`,
      why: `A migration is written once against the schema of its day. A model follows the newest schema: its columns, defaults, hooks and validations change with the application, and with them what the old migration does.`,
      safe: `Name tables and columns in the migration itself: the library's query builder, or SQL.

\`\`\`js
await knex('users').where({ role: null }).update({ role: 'member' });
\`\`\``,
      exemptions: ['Imports of types alone, which are gone when the code runs.'],
      whenNotToUse: 'Where migrations are squashed right after a release, so that no old one ever runs again.',
      otherTools: {},
    },
    messages: {
      found:
        '{{name}} follows the newest schema, this migration stays at the one of its day: once they differ, it fails or does something else.',
    },
    examples: [
      {
        title: 'A model does the backfill',
        library: 'knex',
        up: `const { User } = require('../models/user');

exports.up = async knex => {
  await knex('users').update({ role: 'member' }).where({ role: null });
};`,
        findings: [{ at: "const { User } = require('../models/user');", message: 'follows the newest schema' }],
      },
      {
        title: 'An entity is imported',
        library: 'typeorm',
        up: `import { User } from '../src/entities/User';

export class A1700000000000 {
  async up(queryRunner) {
    await queryRunner.manager.update(User, { id: 1 }, { role: 'member' });
  }
}`,
        findings: [{ at: "import { User } from '../src/entities/User';", message: '../src/entities/User' }],
      },
      {
        title: 'Helpers of the migrations themselves are no models',
        library: 'knex',
        up: `import { addTimestamps } from './shared/timestamps';

export const up = knex => knex.schema.raw('SELECT 1');`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      codeFact({ kind, range, name }) {
        if (kind !== 'model import') return;
        context.report({
          range,
          messageId: 'found',
          data: { name },
          help: 'Write the tables and columns into the migration, or as SQL.',
        });
      },
    };
  },
});
