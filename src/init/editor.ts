import { isRecord, readJson, setJson } from './json-edit.ts';
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
  const rest = before.slice(at);
  const preset = '...surefoot.configs.recommended';
  const entry = /^[ \t]*\r?\n/.test(rest) ? `\n  ${preset},` : /^\s*\]/.test(rest) ? preset : `${preset}, `;
  const withPreset = before.slice(0, at) + entry + rest;
  const imports = [...before.slice(0, list.index).matchAll(/^import .*;?\n/gm)].at(-1);
  const importAt = imports === undefined ? 0 : imports.index + imports[0].length;
  const line = "import surefoot from 'eslint-plugin-surefoot';\n";
  return {
    ...changeOf(repository, path, withPreset.slice(0, importAt) + line + withPreset.slice(importAt)),
    note: `${install}; configs in ${path} without \`files\` reach .sql files now: give them theirs`,
  };
};

/** Its comments that disable a rule, in the form that SQL has too: by default they begin with `//`. */
const BLOCK_COMMENTS = { enable: true, location: 'separateLine', commentStyle: 'block' };

/** Languages that the extension asks a plugin about by itself, which a list of one's own switches off unless it names them. */
const PROBED = ['vue', 'svelte', 'astro', 'html', 'markdown', 'mdx', 'json', 'jsonc', 'css', 'graphql'];

/**
 * VS Code's ESLint extension told to check SQL, and to write comments that SQL has; other settings and comments stay as they are.
 * Languages that the ESLint config names are still checked: https://github.com/microsoft/vscode-eslint/blob/main/client/src/client.ts
 */
export const vscode: Part = repository => {
  const path = '.vscode/settings.json';
  const config = eslintConfig(repository);
  if (!repository.isFolder('.vscode') || config === undefined) return {};
  const text = repository.text(path);
  const before = text === undefined || text.trim() === '' ? '{}\n' : text;
  const settings = readJson(before);
  if (!isRecord(settings)) return { note: `${path} is no JSON: add "sql" to "eslint.validate"` };
  const known = settings['eslint.validate'];
  const languages: readonly unknown[] = Array.isArray(known)
    ? known
    : [...ESLINT_LANGUAGES, ...probedIn(repository.text(config) ?? '')];
  const isChecked = languages.some(each => each === 'sql' || (isRecord(each) && each.language === 'sql'));
  if (isChecked) return {};
  const withSql = setJson(before, ['eslint.validate'], [...languages, 'sql']);
  const comments = 'eslint.codeAction.disableRuleComment';
  const after = settings[comments] === undefined ? setJson(withSql, [comments], BLOCK_COMMENTS) : withSql;
  return changeOf(repository, path, after);
};

function probedIn(configText: string): readonly string[] {
  return PROBED.filter(language => new RegExp(`\\b${language}\\b`).test(configText));
}
