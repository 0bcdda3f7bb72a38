import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { temporaryTree } from '../../test/support/temporary-tree.ts';
// @ts-expect-error: a script without types
import { declarations } from '../scripts/declarations.mjs';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const CONFIG = `
import { defineConfig } from 'eslint/config';
import type { ESLint, Linter, RuleTester } from 'eslint';
import surefoot, { type PresetName, type SurefootSettings } from 'eslint-plugin-surefoot';

const settings: SurefootSettings = { dialect: 'postgres', serverVersion: '16', startAfter: '20260101_users' };
export default defineConfig([
  ...surefoot.configs.recommended,
  ...surefoot.configs['multi-tenant'],
  { files: ['**/*.sql'], plugins: { surefoot }, language: 'surefoot/sql', settings: { surefoot: settings } },
  { files: ['db/**'], plugins: { db: surefoot }, extends: ['db/recommended'], rules: { 'db/no-drop-column': 'warn' } },
]);
export const plugin: ESLint.Plugin = surefoot;
export const configs: Readonly<Record<PresetName, Linter.Config[]>> = surefoot.configs;
export const rule: Parameters<RuleTester['run']>[1] | undefined = surefoot.rules['no-drop-column'];

// @ts-expect-error: there is no such preset
surefoot.configs.nothing;
// @ts-expect-error: there is no such dialect
export const wrong: SurefootSettings = { dialect: 'oracle' };
`;

const TYPESCRIPT_ESLINT = `
import type { TSESLint } from '@typescript-eslint/utils';
import surefoot from 'eslint-plugin-surefoot';
export const plugin: TSESLint.FlatConfig.Plugin = surefoot;
export const configs: TSESLint.FlatConfig.ConfigArray = surefoot.configs.recommended;
`;

/** What the compiler says of a user's files, with the types of one ESLint. */
function problemsOf(eslint: string, files: Readonly<Record<string, string>>): readonly string[] {
  const cwd = temporaryTree({ 'package.json': '{ "type": "module" }', ...files });
  for (const { name, text } of declarations() as { name: string; text: string }[]) writeFileSync(join(cwd, name), text);
  const program = ts.createProgram(
    Object.keys(files).map(file => join(cwd, file)),
    {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      types: ['node'],
      typeRoots: [join(MODULES, '@types')],
      paths: {
        eslint: [join(MODULES, eslint, 'lib/types/index.d.ts')],
        'eslint/config': [join(MODULES, eslint, 'lib/types/config-api.d.ts')],
        'eslint-plugin-surefoot': [join(cwd, 'index.d.ts')],
        '@typescript-eslint/utils': [join(MODULES, '@typescript-eslint/utils/dist/index.d.ts')],
      },
    },
  );
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n').slice(0, 500));
}

test.each(['eslint9', 'eslint'])('a config in TypeScript compiles with the types of %s', eslint => {
  expect(problemsOf(eslint, { 'eslint.config.ts': CONFIG, 'tseslint.ts': TYPESCRIPT_ESLINT })).toEqual([]);
});
