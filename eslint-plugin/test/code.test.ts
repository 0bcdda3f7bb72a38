import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import * as parser from '@typescript-eslint/parser';
import type { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { temporaryTree } from '../../test/support/temporary-tree.ts';
import surefoot from '../src/index.ts';
import { foundByCommandLine } from './support/command-line.ts';
import { ESLINTS, eslintFor, shown } from './support/eslints.ts';

const PACKAGE = '{ "dependencies": { "knex": "3", "pg": "8" } }';
const CREATE = `exports.up = knex => knex.schema.createTable('users', t => { t.increments('id'); t.string('name'); });
exports.down = knex => knex.schema.dropTable('users');
`;
/** Escapes, emoji, holes, and what only the run knows. */
const CHANGE = `const table = 'users';
exports.up = async knex => {
  await knex.schema.alterTable(table, t => { t.index(['name']); });
  await knex.raw('/* \\u00e9🎉 */ DROP TABLE \\'users\\''.replace("'", ''));
  await knex.raw(\`/* 🎉 */ ALTER TABLE \${table}
    DROP COLUMN name\`);
  await knex.raw(somewhere.else);
};
exports.down = async knex => {};
`;
const TYPED = CHANGE.replaceAll(
  'exports.up = async knex',
  'export const up = async (knex: Knex): Promise<void>',
).replace('exports.down = async knex', 'export const down = async (knex: Knex)');

/** The fixtures whose migrations are code. */
const FIXTURES = readdirSync('fixtures', { withFileTypes: true }).flatMap(entry => {
  const files = entry.isDirectory() ? readdirSync(join('fixtures', entry.name), { recursive: true }) : [];
  return files.some(path => /(?:migrations|drizzle)[/\\].*\.[cm]?[jt]s$/.test(String(path))) ? [entry.name] : [];
});

describe.each(ESLINTS)('ESLint $major', ({ ESLint: Class }) => {
  const typescript: Linter.Config = { files: ['**/*.ts'], languageOptions: { parser } };

  test.each([
    ['js', CHANGE, []],
    ['ts', TYPED, [typescript]],
    // TypeScript's parser on JavaScript: its tree has other node types.
    ['js', CHANGE, [{ ...typescript, files: ['**/*.js'] }]],
  ] satisfies [string, string, Linter.Config[]][])(
    'finds in migrations in .%s what the command line finds, at the same places',
    async (extension, text, config) => {
      const texts = { 'migrations/1_create.js': CREATE, [`migrations/2_change.${extension}`]: text };
      const cwd = temporaryTree({ 'package.json': PACKAGE, ...texts });
      const expected = foundByCommandLine(cwd);
      expect(expected.length).toBeGreaterThan(3);
      const eslint = eslintFor(Class, cwd, { config: [...surefoot.configs.recommended, ...config] });
      const results = await eslint.lintFiles(['migrations/*']);
      const found = results.flatMap(({ filePath, messages }) =>
        shown(messages).map(message => `${relative(cwd, filePath)} ${message}`),
      );
      expect(found.toSorted()).toEqual(expected.toSorted());
    },
  );

  test.each(FIXTURES)('finds in the fixture %s what the command line finds, at the same places', async folder => {
    const cwd = resolve('fixtures', folder);
    const expected = foundByCommandLine(cwd);
    expect(expected).not.toEqual([]);
    const eslint = eslintFor(Class, cwd, { config: [...surefoot.configs.recommended, typescript] });
    const results = await eslint.lintFiles(['.']);
    const found = results.flatMap(({ filePath, messages }) =>
      shown(messages).map(message => `${relative(cwd, filePath)} ${message}`),
    );
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  test('a project without a parser for TypeScript gets no errors of parsing: its migrations are not looked at', async () => {
    const cwd = temporaryTree({
      'package.json': PACKAGE,
      'migrations/1_create.js': CREATE,
      'migrations/2_change.ts': TYPED,
    });
    const eslint = eslintFor(Class, cwd, { config: surefoot.configs.recommended });
    const results = await eslint.lintFiles(['.']);
    expect(results.map(({ filePath }) => relative(cwd, filePath))).toEqual(['migrations/1_create.js']);
  });

  test.each([
    [
      'alterTable',
      "await knex.schema.alterTable('users', t => { t.index(['name'], 'it\\'s'); });",
      'await knex.schema.raw(`create index concurrently "it\'s" on "users" ("name")`);',
    ],
    [
      'a string',
      "await knex.raw('CREATE INDEX a ON users (name)');",
      "knex.raw('CREATE INDEX CONCURRENTLY a ON users (name)')",
    ],
  ])('a suggestion rewrites the call, with the transaction switched off: %s', async (_what, code, expected) => {
    const cwd = temporaryTree({ 'package.json': PACKAGE, 'migrations/1_create.js': CREATE });
    const eslint = eslintFor(Class, cwd);
    const filePath = join(cwd, 'migrations/2_index.js');
    const text = `\uFEFFexports.up = async knex => {\n  ${code}\n};\nexports.down = async knex => {};\n`;
    const [result] = await eslint.lintText(text, { filePath });
    const message = result!.messages.find(({ ruleId }) => ruleId === 'surefoot/require-concurrent-index');
    const [suggestion] = message?.suggestions ?? [];
    // ESLint's offsets leave out the byte order mark.
    const bare = text.slice(1);
    const [start, end] = suggestion!.fix.range;
    const after = bare.slice(0, start) + suggestion!.fix.text + bare.slice(end);
    expect(after).toContain(expected);
    expect(after).toContain('exports.config = { transaction: false };');
    const [again] = await eslint.lintText(after, { filePath });
    const rules = again!.messages.map(({ ruleId }) => ruleId);
    expect(rules).not.toContain('surefoot/require-concurrent-index');
    expect(rules).not.toContain('surefoot/no-concurrently-in-transaction');
  });

  test('a comment for ESLint silences a finding, and what is no migration has none', async () => {
    const cwd = temporaryTree({ 'package.json': PACKAGE, 'migrations/1_create.js': CREATE });
    const eslint = eslintFor(Class, cwd);
    const lintText = async (name: string, text: string): Promise<readonly (string | null)[]> => {
      const [result] = await eslint.lintText(text, { filePath: join(cwd, name) });
      return result!.messages.map(({ ruleId }) => ruleId);
    };
    const drop =
      "exports.up = knex => knex.schema.dropTable('users');\nexports.down = knex => knex.schema.createTable('users', t => { t.increments('id'); });";
    expect(await lintText('migrations/2_drop.js', drop)).toContain('surefoot/no-drop-table');
    const silenced = `// eslint-disable-next-line surefoot/no-drop-table -- nobody reads it\n${drop}`;
    expect(await lintText('migrations/2_drop.js', silenced)).not.toContain('surefoot/no-drop-table');
    expect(await lintText('migrations/index.js', 'module.exports = {};')).toEqual([]);
    expect(await lintText('src/app.js', drop)).toEqual([]);
  });
});
