import { describe, expect, test } from 'vitest';
import acme from '../../examples/custom-rules/no-money-as-float.ts';
import { temporaryTree } from '../../test/support/temporary-tree.ts';
import surefoot from '../src/index.ts';
import { ESLINTS, eslintFor, shown } from './support/eslints.ts';

const TABLE = 'CREATE TABLE orders (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n  total_price real\n);\n';
const SAID = 'total_price holds money, and float4 rounds it.';

describe.each(ESLINTS)("rules of one's own in ESLint $major", ({ ESLint }) => {
  const acmeFor = (entry: unknown) => [
    ...surefoot.configs.recommended,
    {
      files: ['**/*.sql', '**/*.js'],
      plugins: { acme: surefoot.pluginOf(acme) },
      rules: { 'acme/no-money-as-float': entry as 'error' },
    },
  ];

  test('report at their words, with a link, beside the rules of Surefoot', async () => {
    const cwd = temporaryTree({ 'migrations/1_orders.sql': `${TABLE}DROP TABLE gone;\n` });
    const eslint = eslintFor(ESLint, cwd, { config: acmeFor('error') });
    const results = await eslint.lintFiles(['migrations']);
    expect(shown(results[0]!.messages)).toEqual(
      expect.arrayContaining([
        `3:3-3:19 acme/no-money-as-float ${SAID}`,
        expect.stringContaining('surefoot/no-drop-table'),
      ]),
    );
    const meta = eslint.getRulesMetaForResults(results)['acme/no-money-as-float'];
    expect(meta?.docs?.url).toBe('https://acme.example/rules/no-money-as-float');
  });

  test('take options, severities and comments as any other, and read migrations in code', async () => {
    const cwd = temporaryTree({
      'migrations/1_a.sql': TABLE,
      'migrations/2_b.sql': `-- eslint-disable-next-line acme/no-money-as-float -- only shown\n${TABLE.replace('orders', 'b')}`,
      'knex/knexfile.js': "module.exports = { client: 'pg' };\n",
      'knex/package.json': '{ "dependencies": { "knex": "3.1.0" } }',
      'knex/migrations/1_c.js':
        "exports.up = knex => knex.schema.createTable('c', table => { table.float('total_price'); });\n",
    });
    const messages = async (entry: unknown) => {
      const results = await eslintFor(ESLint, cwd, { config: acmeFor(entry) }).lintFiles(['migrations', 'knex']);
      return results.flatMap(({ filePath, messages }) =>
        messages
          .filter(({ ruleId }) => ruleId === 'acme/no-money-as-float')
          .map(({ severity }) => `${filePath.slice(cwd.length + 1)} ${severity}`),
      );
    };
    expect((await messages('warn')).toSorted()).toEqual(['knex/migrations/1_c.js 1', 'migrations/1_a.sql 1']);
    expect(await messages(['error', { columns: ['fee'] }])).toEqual([]);
    await expect(messages(['error', { columns: 1 }])).rejects.toThrow('acme/no-money-as-float');
  });
});
