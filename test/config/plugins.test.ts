import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import plugin from '../../examples/custom-rules/no-money-as-float.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { runExample } from '../../src/rules/run-example.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
const EXAMPLE = readFileSync(new URL('../../examples/custom-rules/no-money-as-float.ts', import.meta.url), 'utf8')
  // As installed it is the package; here its sources, without loading them all.
  .replace("from 'surefoot'", `from '${SOURCE}/rules/rule.ts'`);

const MIGRATIONS = {
  'migrations/1_orders.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total_price real, note real);\n',
};

/** A rule in plain JavaScript, with the given changes. */
function ruleText(over = ''): string {
  return `({ id: 'acme/x', meta: { description: 'Say x.', cause: 'hygiene', scope: 'statement', directions: ['up'],
dialects: ['postgres'], presets: { recommended: 'warn' }, messages: { x: 'This is x.' }, examples: [],
docs: { failure: '', why: '', safe: '', exemptions: [], whenNotToUse: '', otherTools: {}, url: 'https://acme.example/x' } },
create: context => ({ createTable: operation => context.report({ operation, messageId: 'x' }) }), ${over} })`;
}

function project(files: Readonly<Record<string, string>>): string {
  return temporaryTree({ ...MIGRATIONS, ...files });
}

const withRule = (over = ''): string =>
  project({
    'surefoot.config.cjs': `module.exports = { dialect: 'postgres', plugins: [{ rules: [${ruleText(over)}] }] };`,
  });

interface Report {
  readonly findings: readonly { rule: string; severity: string; message: string; docsUrl: string; column: number }[];
}

async function findings(cwd: string, ...argv: readonly string[]) {
  const { stdout, stderr } = await run(cwd, ['--format', 'json', ...argv]);
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as Report).findings.filter(each => each.rule.startsWith('acme/'));
}

const [rule] = plugin.rules as readonly [Rule];

describe('the example of a custom rule', () => {
  test.each(rule.meta.examples.map(example => [example.title, example] as const))('%s', (_title, example) => {
    const found = runExample(rule, example).map(({ file, range }) => file.text.slice(...range));
    expect(found).toEqual(example.findings.map(({ at }) => at));
  });

  test('runs from a module that a config names, with its options', async () => {
    const cwd = project({ 'rules.ts': EXAMPLE });
    const config = (options: object): void =>
      writeFileSync(
        join(cwd, 'surefoot.config.json'),
        JSON.stringify({
          dialect: 'postgres',
          plugins: ['./rules.ts'],
          rules: { 'acme/no-money-as-float': ['error', options] },
        }),
      );
    config({});
    expect(await findings(cwd)).toMatchObject([{ rule: 'acme/no-money-as-float', severity: 'error', column: 45 }]);
    config({ columns: ['note'] });
    expect(await findings(cwd)).toMatchObject([{ column: 63 }]);
    config({ colums: [] });
    expect((await run(cwd, [])).stderr).toContain('did you mean columns?');
  });
});

describe('plugins', () => {
  test('of a package that the config extends', async () => {
    const cwd = project({
      'surefoot.config.json': '{ "dialect": "postgres", "extends": "@acme/surefoot", "rules": { "acme/x": "error" } }',
      'node_modules/@acme/surefoot/package.json': '{ "name": "@acme/surefoot", "main": "config.cjs" }',
      'node_modules/@acme/surefoot/config.cjs':
        "module.exports = { plugins: ['./rules.cjs'], preset: 'strict', rules: { 'acme/x': 'info' } };",
      'node_modules/@acme/surefoot/rules.cjs': `module.exports = { rules: [${ruleText()}] };`,
    });
    expect(await findings(cwd)).toMatchObject([
      { rule: 'acme/x', severity: 'error', message: 'This is x.', docsUrl: 'https://acme.example/x' },
    ]);
  });

  test('are as severe as their rules say, unless the config, a flag or a comment says otherwise', async () => {
    const cwd = withRule();
    expect(await findings(cwd)).toMatchObject([{ rule: 'acme/x', severity: 'warning' }]);
    expect(await findings(cwd, '--rule', 'acme/x=error')).toMatchObject([{ severity: 'error' }]);
    const text = MIGRATIONS['migrations/1_orders.sql'];
    writeFileSync(
      join(cwd, 'migrations/1_orders.sql'),
      `-- surefoot-disable-next-line acme/x -- agreed with the team\n${text}`,
    );
    expect(await findings(cwd)).toEqual([]);
    expect((await run(cwd, [])).stdout).not.toContain('no-unused-suppression');
  });

  test('are listed, explained, and described in SARIF', async () => {
    const cwd = withRule();
    expect((await run(cwd, ['rules'])).stdout).toMatch(/^warn +acme\/x +Say x\.$/m);
    expect((await run(cwd, ['explain', 'acme/x'])).stdout).toContain('Say x.');
    expect((await run(cwd, ['explain', 'acme/y'])).stderr).toContain('did you mean acme/x?');
    const { stdout } = await run(cwd, ['--format', 'sarif']);
    expect(stdout).toContain('"text": "Say x."');
    expect((await run(cwd, [])).stdout).toContain('acme/x');
  });

  test('a rule that fails is named', async () => {
    const cwd = withRule("create: () => ({ createTable() { throw new Error('oh no'); } })");
    const { status, stderr } = await run(cwd, []);
    expect([status, stderr]).toEqual([2, 'surefoot: the rule acme/x failed: oh no\n']);
  });

  test.each([
    ["id: 'x'", 'rules[0] (x): id must be <plugin>/<rule>'],
    ["id: 'surefoot/x'", 'id must be <plugin>/<rule>'],
    ['create: 1', 'rules[0] (acme/x): create must be a function'],
    ['meta: {}', 'meta.description must be a text'],
  ])('a rule with %s', async (over, message) => {
    const { status, stderr } = await run(withRule(over), []);
    expect(status).toBe(2);
    expect(stderr).toContain('surefoot.config.cjs: plugins: ');
    expect(stderr).toContain(message);
  });

  test.each([
    ['{ "plugins": ["./none.js"] }', 'plugins: there is no file ./none.js'],
    ['{ "plugins": ["nowhere"] }', 'plugins: the package nowhere is not installed'],
    ['{ "plugins": "./a.js" }', 'plugins: must be a list'],
    ['{ "plugins": ["./empty.cjs"] }', 'empty.cjs: exports no plugin'],
    ['{ "plugins": [{}] }', 'a plugin is an object with a list of rules'],
    ['{ "rules": { "acme/x": "error" } }', 'rules.acme/x: unknown rule'],
  ])('%s', async (config, message) => {
    const cwd = project({ 'surefoot.config.json': config, 'empty.cjs': '' });
    const { status, stderr } = await run(cwd, []);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
