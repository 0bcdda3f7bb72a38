import { relative, resolve } from 'node:path';
import * as parser from '@typescript-eslint/parser';
import type { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import surefoot from '../src/index.ts';
import { foundByCommandLine } from './support/command-line.ts';
import { ESLINTS, eslintFor, shown } from './support/eslints.ts';

const typescript: Linter.Config = { files: ['**/*.ts'], languageOptions: { parser } };

const FIXTURES = [
  ...['knex', 'sequelize', 'typeorm', 'node-pg-migrate', 'kysely', 'mikro-orm', 'db-migrate', 'lucid'],
  ...['clients-pg', 'clients-mysql2', 'clients-postgres', 'prisma-steps', 'drizzle-steps', 'payload'],
  ...['migrate-mongo', 'mongosh'],
];

describe.each(ESLINTS)('ESLint $major', ({ ESLint: Class }) => {
  test.each(FIXTURES)('finds in fixtures/%s what the command line finds, at the same places', async name => {
    const cwd = resolve('fixtures', name);
    const expected = foundByCommandLine(cwd);
    expect(expected.length).toBeGreaterThan(2);
    const eslint = eslintFor(Class, cwd, { config: [...surefoot.configs.recommended, typescript] });
    const results = await eslint.lintFiles(['.']);
    const found = results.flatMap(({ filePath, messages }) =>
      shown(messages).map(message => `${relative(cwd, filePath)} ${message}`),
    );
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});
