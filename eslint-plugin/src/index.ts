/**
 * Surefoot in ESLint: SQL migrations as files of a language of their own, and every rule that looks at one migration.
 *
 * @example
 * import surefoot from 'eslint-plugin-surefoot';
 * export default [...surefoot.configs.recommended];
 */
import type { ESLint } from 'eslint';
import { type Rule, VERSION } from 'surefoot';
import { configsFor } from './configs.ts';
import { SqlLanguage } from './language.ts';
import type { CustomRule, SurefootPlugin } from './plugin-types.ts';
import { rules, rulesOfPlugin } from './rules.ts';

export type { CustomRule, PresetName, SurefootPlugin, SurefootSettings } from './plugin-types.ts';

const base: ESLint.Plugin = {
  meta: { name: 'eslint-plugin-surefoot', version: VERSION, namespace: 'surefoot' },
  languages: { sql: new SqlLanguage() },
  rules,
};

/** ESLint's cache knows a plugin by its name. */
function pluginOf({ rules: custom }: { readonly rules: readonly CustomRule[] }): ESLint.Plugin {
  const [name = 'custom'] = custom.map(({ id }) => id.slice(0, id.indexOf('/')));
  return {
    meta: { name: `surefoot-plugin-${name}`, version: VERSION },
    rules: rulesOfPlugin(custom as readonly Rule[]),
  };
}

const plugin: SurefootPlugin = Object.assign(base, { configs: configsFor(base), pluginOf }) as SurefootPlugin;

// The second name is what `require` gives to configs in CommonJS.
export { plugin as default, plugin as 'module.exports' };
