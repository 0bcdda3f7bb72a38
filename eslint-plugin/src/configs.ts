import type { ESLint, Linter } from 'eslint';
import { DEFAULT_CODE_FOLDERS, DEFAULT_SQL_FILES, PRESETS, RULES, resolveConfig } from 'surefoot';
import { VALID_SETTINGS } from './judge.ts';
import type { PresetName } from './plugin-types.ts';

/**
 * Rules that are notes on the command line and warnings here: what cannot be read is no less a problem in an editor, and
 * ESLint has no notes.
 */
const NOTES_AS_WARNINGS: readonly string[] = ['no-unreadable-statement'];

const OTHER_THAN_CODE = '**/!(*.js|*.cjs|*.mjs|*.ts|*.cts|*.mts)';

/** The presets of the command line as flat configs. */
export function configsFor(plugin: ESLint.Plugin): Readonly<Record<PresetName, Linter.Config[]>> {
  const entries = PRESETS.map(preset => [
    preset,
    [
      {
        name: `surefoot/${preset}/sql`,
        files: [...DEFAULT_SQL_FILES],
        plugins: { surefoot: plugin },
        language: 'surefoot/sql',
        rules: rulesOf(preset),
      },
      {
        name: `surefoot/${preset}/code`,
        // Patterns for whole folders make ESLint look at no file that it would not look at anyway: TypeScript is judged where
        // the project has a parser for it.
        files: [...DEFAULT_CODE_FOLDERS],
        ignores: [OTHER_THAN_CODE],
        plugins: { surefoot: plugin },
        rules: rulesOf(preset),
      },
    ],
  ]);
  return Object.fromEntries(entries) as Record<PresetName, Linter.Config[]>;
}

function rulesOf(preset: PresetName): Linter.RulesRecord {
  const config = resolveConfig(undefined, { preset }, '/');
  const rules: [string, Linter.RuleEntry][] = [[`surefoot/${VALID_SETTINGS}`, 'error']];
  for (const { id, meta } of RULES) {
    const { severity: said, options } = config.ruleSetting(id, '/');
    const severity = said === 'info' ? (NOTES_AS_WARNINGS.includes(id) ? 'warn' : 'off') : said;
    if (meta.scope === 'project' || severity === 'off') continue;
    const isDefault = JSON.stringify(options) === JSON.stringify(meta.defaultOptions ?? {});
    rules.push([`surefoot/${id}`, isDefault ? severity : [severity, options]]);
  }
  return Object.fromEntries(rules);
}
