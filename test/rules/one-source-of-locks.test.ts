import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOCK_MODES } from '../../src/operations/operations.ts';

/** The code of every rule and of what rules share: comments and prose are not code. */
function ruleSources(): readonly { readonly name: string; readonly code: string }[] {
  const root = 'src/rules';
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'));
  return files.map(name => {
    const text = readFileSync(join(root, name), 'utf8');
    const create = text.indexOf('\n  create(');
    // A rule's documentation may name locks; what it does may not.
    const code = create === -1 ? text : text.slice(0, text.indexOf('\n  meta: {')) + text.slice(create);
    return { name, code: code.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '') };
  });
}

const sources = ruleSources();

test('rules are looked at', () => {
  expect(sources.length).toBeGreaterThan(80);
});

test.each(LOCK_MODES)('no rule knows %s', mode => {
  const spelled = new RegExp(
    `${mode}|['"\`]${mode.replace(/Lock$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ')}['"\`]`,
    'i',
  );
  expect(sources.filter(({ code }) => spelled.test(code)).map(({ name }) => name)).toEqual([]);
});

test('rules take what locks, scans and rewrites from effects, and no table of facts behind it', () => {
  const imports = sources.flatMap(({ name, code }) =>
    [...code.matchAll(/from '([^']*effects[^']*)'/g)].map(match => `${name}: ${match[1]}`),
  );
  const allowed = /effects\/(index|effects)\.ts$/;
  expect(imports.filter(line => !allowed.test(line))).toEqual([]);
});
