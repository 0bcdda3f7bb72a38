import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'surefoot-new-rule-'));
const read = (path: string): string => readFileSync(join(copy, path), 'utf8');
const newRule = (...args: string[]): ReturnType<typeof spawnSync> =>
  spawnSync(process.execPath, [join(copy, 'scripts/new-rule.mjs'), ...args], { encoding: 'utf8' });

function namesIn(source: string, pattern: RegExp): readonly string[] {
  return [...source.matchAll(pattern)].map(([, name]) => name!);
}

beforeAll(() => {
  for (const part of ['src', 'scripts', 'templates', 'docs', 'README.md', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('npm run new-rule', () => {
  test('writes a rule that works, registers it in its sorted place, documents it, and says what is next', {
    timeout: 60_000,
  }, () => {
    const output = execFileSync(process.execPath, [join(copy, 'scripts/new-rule.mjs'), 'no-sample-drop'], {
      encoding: 'utf8',
    });
    expect(output).toContain('src/rules/no-sample-drop.ts');

    const rule = read('src/rules/no-sample-drop.ts');
    expect(rule).toContain("id: 'no-sample-drop',");
    expect(rule).toContain("from './rule.ts';");
    expect(rule).not.toContain('../src/');

    const before = readFileSync(join(root, 'src/rules/index.ts'), 'utf8');
    const after = read('src/rules/index.ts');
    for (const pattern of [/^import (\w+) from/gm, /^ {2}(\w+),$/gm]) {
      const names = namesIn(after, pattern);
      const at = names.indexOf('noSampleDrop');
      expect(names.toSpliced(at, 1)).toEqual(namesIn(before, pattern));
      expect(names.slice(at - 1, at + 2)).toEqual(names.slice(at - 1, at + 2).sort());
    }

    // The page shows what the linter printed for the example, so the rule ran.
    expect(read('docs/rules/no-sample-drop.md')).toContain('error    Dropping users loses its rows.');
    expect(read('docs/rules/README.md')).toContain('[`no-sample-drop`](no-sample-drop.md)');
    expect(read('README.md')).toContain('[`no-sample-drop`](docs/rules/no-sample-drop.md)');
    expect(read('config-schema.json')).toContain('"no-sample-drop"');
  });

  test.each([
    [['require-down'], 'src/rules/require-down.ts is there already\n'],
    [['NoX'], 'Give the rule an id of at least two words in kebab case: npm run new-rule -- no-x\n'],
    [['../x-y'], 'Give the rule an id of at least two words in kebab case: npm run new-rule -- no-x\n'],
    [[], 'Give the rule an id of at least two words in kebab case: npm run new-rule -- no-x\n'],
  ])('refuses %j', (args, message) => {
    const run = newRule(...args);
    expect([run.status, run.stderr]).toEqual([2, message]);
  });
});
