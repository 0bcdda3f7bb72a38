import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-floating-migration-call',
  meta: {
    description: 'Disallow a call of a migration that nothing waits for.',
    cause: 'fails',
    scope: 'migration',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The tool notes the migration as applied while its statements still run: the next migration starts too early, an error is lost or ends the process, and a transaction may be committed without them.`,
      why: `Knex, Sequelize, TypeORM and Kysely give promises back. One that is neither awaited nor returned is nobody's: up() ends before it, whatever comes of it.`,
      safe: `Await each call, or return it. For a list, loop with for … of, or await Promise.all: forEach waits for nothing.

\`\`\`js
for (const table of tables) await knex.schema.dropTable(table);
\`\`\``,
      exemptions: [
        'A promise marked by void: that it floats is meant.',
        'Builders that only collect: node-pg-migrate, Lucid, addSql of MikroORM.',
      ],
      whenNotToUse: 'Never.',
      otherTools: {},
    },
    messages: {
      found: 'Nothing waits for {{name}}: the migration ends, and is noted as done, before this has run.',
    },
    examples: [
      {
        title: 'An await is missing',
        library: 'knex',
        up: `exports.up = async knex => {
  knex.schema.dropTable('old_users');
  await knex.schema.dropTable('older_users');
};`,
        findings: [{ at: "knex.schema.dropTable('old_users')", message: 'Nothing waits for knex.schema.dropTable' }],
      },
      {
        title: 'forEach does not wait for what is asynchronous',
        library: 'sequelize',
        up: `module.exports = {
  async up(queryInterface) {
    ['a', 'b'].forEach(async name => {
      await queryInterface.dropTable(name);
    });
  },
};`,
        findings: [
          {
            at: "['a', 'b'].forEach(async name => {\n      await queryInterface.dropTable(name);\n    })",
            message: 'Nothing waits',
          },
        ],
      },
      {
        title: 'A call that is returned, and builders that only collect',
        library: 'knex',
        up: `exports.up = knex => knex.schema.alterTable('users', table => {
  table.dropColumn('nick');
});`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      codeFact({ kind, range, name }) {
        if (kind !== 'floating call') return;
        context.report({ range, messageId: 'found', data: { name }, help: 'Put await before it, or return it.' });
      },
    };
  },
});
