import { readFileSync } from 'node:fs';
import { RULES, VERSION } from 'surefoot';
import { describe, expect, test } from 'vitest';
import surefoot from '../src/index.ts';

const IN_ESLINT = RULES.filter(({ meta }) => meta.scope !== 'project');

interface RuleMeta {
  readonly schema: readonly unknown[];
  readonly defaultOptions?: readonly unknown[];
  readonly docs: { readonly description: string; readonly url: string; readonly recommended: boolean };
  readonly hasSuggestions?: boolean;
  readonly languages: readonly string[];
}

test('has every rule that looks at one file or migration, and the one about settings', () => {
  expect(Object.keys(surefoot.rules).toSorted()).toEqual(
    [...IN_ESLINT.map(({ id }) => id), 'valid-settings'].toSorted(),
  );
});

test('rules say of themselves what the command line says of them', () => {
  for (const { id, meta } of IN_ESLINT) {
    const inEslint = (surefoot.rules[id] as { meta: RuleMeta }).meta;
    expect(inEslint.docs.url).toContain(`/docs/rules/${id}.md`);
    expect(inEslint.docs.description).toBe(meta.description);
    expect(inEslint.languages).toEqual(['surefoot/sql', 'js/js']);
    expect(inEslint.schema).toEqual(meta.optionsSchema === undefined ? [] : [meta.optionsSchema]);
    expect(inEslint.defaultOptions?.[0]).toEqual(meta.defaultOptions);
  }
});

test('is one release with the engine', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
    peerDependencies: Record<string, string>;
  };
  expect(surefoot.meta).toEqual({ name: 'eslint-plugin-surefoot', version: VERSION, namespace: 'surefoot' });
  expect(manifest.version).toBe(VERSION);
  expect(manifest.peerDependencies.surefoot).toBe(VERSION);
});

describe('presets', () => {
  const severities = (preset: keyof typeof surefoot.configs): ReadonlyMap<string, unknown> =>
    new Map(
      Object.entries(surefoot.configs[preset][0]?.rules ?? {}).map(([id, entry]) => [
        id.slice('surefoot/'.length),
        Array.isArray(entry) ? entry[0] : entry,
      ]),
    );
  const LEVELS = ['off', 'warn', 'error'];

  test('recommended has the rules that the command line starts with, notes left out', () => {
    const recommended = severities('recommended');
    for (const { id, meta } of IN_ESLINT) {
      const said = meta.presets.recommended;
      if (id === 'no-unreadable-statement') expect(recommended.get(id)).toBe('warn');
      else expect([id, recommended.get(id)]).toEqual([id, said === 'info' || said === 'off' ? undefined : said]);
    }
  });

  test('the others add to it and take nothing away', () => {
    for (const preset of ['strict', 'multi-tenant', 'conventions', 'all'] as const) {
      const rules = severities(preset);
      for (const [id, severity] of severities('recommended')) {
        if (IN_ESLINT.find(rule => rule.id === id)?.meta.presets[preset] !== undefined) continue;
        expect([id, LEVELS.indexOf(String(rules.get(id)))]).toEqual([
          id,
          preset === 'all' ? expect.any(Number) : LEVELS.indexOf(String(severity)),
        ]);
      }
      expect(rules.size).toBeGreaterThanOrEqual(severities('recommended').size);
    }
  });

  test('are named after what they hold', () => {
    for (const [name, configs] of Object.entries(surefoot.configs)) {
      expect(configs.map(config => config.name)).toEqual([`surefoot/${name}/sql`, `surefoot/${name}/code`]);
    }
  });
});
