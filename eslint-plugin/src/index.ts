/**
 * Surefoot in ESLint: SQL migrations as files of a language of their own, and every rule that looks at one migration.
 *
 * @example
 * import surefoot from 'eslint-plugin-surefoot';
 * export default [...surefoot.configs.recommended];
 */
import type { ESLint } from 'eslint';
import { VERSION } from 'surefoot';
import { configsFor } from './configs.ts';
import { SqlLanguage } from './language.ts';
import type { SurefootPlugin } from './plugin-types.ts';
import { rules } from './rules.ts';

export type { PresetName, SurefootPlugin, SurefootSettings } from './plugin-types.ts';

const base: ESLint.Plugin = {
  meta: { name: 'eslint-plugin-surefoot', version: VERSION, namespace: 'surefoot' },
  languages: { sql: new SqlLanguage() },
  rules,
};

const plugin: SurefootPlugin = Object.assign(base, { configs: configsFor(base) }) as SurefootPlugin;

// The second name is what `require` gives to configs in CommonJS.
export { plugin as default, plugin as 'module.exports' };
