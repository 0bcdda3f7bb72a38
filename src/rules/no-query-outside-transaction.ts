import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-query-outside-transaction',
  meta: {
    description: 'Disallow a call in the callback of a transaction that runs outside of it.',
    cause: 'fails',
    scope: 'migration',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The call waits for a lock that its own transaction holds, for ever; or it is done and stays done when the transaction is rolled back.`,
      why: `The callback's statements run on the connection of the transaction only where they are made of what the callback is given, or are handed it. Any other takes a connection of its own from the pool: it does not see what the transaction wrote, and does not end with it.`,
      safe: `Use what the callback is given.

\`\`\`js
await knex.transaction(async trx => {
  await trx('users').where({ role: null }).update({ role: 'member' });
});
\`\`\``,
      exemptions: [],
      whenNotToUse: 'Where Sequelize is set up with CLS, which hands transactions on by itself.',
      otherTools: {},
    },
    messages: {
      found:
        '{{name}} runs outside of the transaction around it: on a connection of its own, which may wait for its locks for ever and is not rolled back with it.',
    },
    examples: [
      {
        title: 'The outer connection in the callback',
        library: 'knex',
        up: `exports.up = async knex => {
  await knex.transaction(async trx => {
    await trx.schema.dropTable('a');
    await knex.schema.dropTable('b');
  });
};`,
        findings: [{ at: "knex.schema.dropTable('b')", message: 'outside of the transaction' }],
      },
      {
        title: 'Sequelize needs the transaction in the options',
        library: 'sequelize',
        up: `module.exports = {
  up: queryInterface =>
    queryInterface.sequelize.transaction(async transaction => {
      await queryInterface.dropTable('a', { transaction });
      await queryInterface.dropTable('b');
    }),
};`,
        findings: [{ at: "queryInterface.dropTable('b')", message: 'outside of the transaction' }],
      },
      {
        title: 'A query that is handed the transaction',
        library: 'knex',
        up: `exports.up = knex => knex.transaction(async trx => {
  await knex('users').transacting(trx).where({ id: 1 }).del();
});`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      codeFact({ kind, range, name }) {
        if (kind !== 'outside transaction') return;
        context.report({
          range,
          messageId: 'found',
          data: { name },
          help: 'Make it of what the callback is given, or hand it the transaction.',
        });
      },
    };
  },
});
