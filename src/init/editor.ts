import type { ParseError } from 'jsonc-parser';
import { lazyRequire } from '../lazy-require.ts';
import { changeOf, type Part, type Repository } from './part.ts';

const ESLINT_CONFIGS = ['js', 'mjs', 'ts', 'mts'].map(extension => `eslint.config.${extension}`);

/** Languages that the extension checks by itself: a list of one's own replaces them. */
const ESLINT_LANGUAGES = ['javascript', 'javascriptreact', 'typescript', 'typescriptreact'];

function eslintConfig(repository: Repository): string | undefined {
  return ESLINT_CONFIGS.find(path => repository.text(path) !== undefined);
}

/** The plugin's preset in a flat config that is a list; another form is left to its author. */
export const eslint: Part = repository => {
  const path = eslintConfig(repository);
  if (path === undefined) return {};
  const before = repository.text(path) ?? '';
  if (before.includes('eslint-plugin-surefoot')) return {};
  const install = 'install surefoot and eslint-plugin-surefoot for ESLint to load it';
  const list = /^export default (?:defineConfig\()?\[/m.exec(before);
  if (list === null) {
    return { note: `${path}: add \`...surefoot.configs.recommended\` of eslint-plugin-surefoot; ${install}` };
  }
  const at = list.index + list[0].length;
  const withPreset = `${before.slice(0, at)}\n  ...surefoot.configs.recommended,${before.slice(at)}`;
  const imports = [...before.slice(0, list.index).matchAll(/^import .*;?\n/gm)].at(-1);
  const importAt = imports === undefined ? 0 : imports.index + imports[0].length;
  const line = "import surefoot from 'eslint-plugin-surefoot';\n";
  return {
    ...changeOf(repository, path, withPreset.slice(0, importAt) + line + withPreset.slice(importAt)),
    note: `${install}; configs in ${path} without \`files\` reach .sql files now: give them theirs`,
  };
};

/** VS Code's ESLint extension told to check SQL; other settings and comments stay as they are. */
export const vscode: Part = repository => {
  const path = '.vscode/settings.json';
  if (!repository.isFolder('.vscode') || eslintConfig(repository) === undefined) return {};
  const { applyEdits, modify, parse } = lazyRequire('jsonc-parser') as typeof import('jsonc-parser');
  const before = repository.text(path) ?? '{}\n';
  const errors: ParseError[] = [];
  const settings: unknown = parse(before, errors, { allowTrailingComma: true });
  if (errors.length > 0) return { note: `${path} is no JSON: add "sql" to "eslint.validate"` };
  const known = (settings as Readonly<Record<string, unknown>> | undefined)?.['eslint.validate'];
  const languages: readonly unknown[] = Array.isArray(known) ? known : ESLINT_LANGUAGES;
  if (Array.isArray(known) && known.includes('sql')) return {};
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return changeOf(
    repository,
    path,
    applyEdits(before, modify(before, ['eslint.validate'], [...languages, 'sql'], { formattingOptions })),
  );
};
