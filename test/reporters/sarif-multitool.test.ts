import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import formatSarif from '../../src/reporters/eslint-formatter-sarif.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/**
 * Microsoft's validator, where it is: `npm install --no-save @microsoft/sarif-multitool-linux` (104 MB), or on the PATH, or named
 * by SARIF_MULTITOOL.
 */
const MULTITOOL = [
  process.env.SARIF_MULTITOOL ?? '',
  ...['linux', 'darwin'].map(system => `node_modules/@microsoft/sarif-multitool-${system}/Sarif.Multitool`),
  ...(process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'Sarif.Multitool')),
].find(path => path !== '' && existsSync(path));

/** What the validator has against a log, with its own rules and GitHub's: errors and warnings. */
function objections(log: string): readonly string[] {
  const cwd = temporaryTree({ 'surefoot.sarif': log });
  const argv = [
    'validate',
    'surefoot.sarif',
    '--rule-kind',
    'Sarif;Ghas',
    '--level',
    'Error;Warning',
    '-o',
    'out.sarif',
  ];
  const { status, stdout, stderr } = spawnSync(MULTITOOL!, argv, { cwd, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toContain('Analysis completed successfully.');
  expect(status).toBe(0);
  return stdout.split('\n').filter(line => /: (error|warning) \w+:/.test(line));
}

async function lint(cwd: string, ...argv: readonly string[]): Promise<string> {
  const { stdout } = await run(cwd, ['lint', '--format', 'sarif', '--preset', 'all', '--no-config', ...argv]);
  return stdout;
}

describe.skipIf(MULTITOOL === undefined)("Microsoft's validator with GitHub's rules", () => {
  test('objects where a result has no place, so that its silence says something', async () => {
    const log = JSON.parse(await lint(process.cwd(), 'fixtures/goose')) as {
      runs: { results: { locations?: unknown }[] }[];
    };
    delete log.runs[0]!.results[0]!.locations;
    expect(objections(JSON.stringify(log)).join('\n')).toContain('GH');
  });

  test.each([
    ['sql'],
    ['mysql', '--dialect', 'mysql'],
    ['typeorm'],
    ['liquibase'],
    ['golang-migrate'],
    ['prisma'],
    ['monorepo'],
    ['sql', '--quiet'],
    ['sql', '--start-after', '20260302110000_archive'],
  ])('has nothing against fixtures/%s %s %s', async (fixture, ...argv) => {
    expect(objections(await lint(process.cwd(), `fixtures/${fixture}`, ...argv))).toEqual([]);
  });

  test('nor against any text in names and statements', async () => {
    const cwd = temporaryTree({
      'migrations/1 é🎉 %20#?.sql': 'CREATE TABLE "a ""b"" é" (id int);\n',
      'migrations/2_b.sql': '-- surefoot-disable-next-line no-drop-table -- <b>\nDROP TABLE x; SELECT (;\n',
    });
    expect(objections(await lint(cwd, '--dialect', 'postgres'))).toEqual([]);
  });

  test('nor against what the formatter for ESLint makes', () => {
    const message = { ruleId: 'no-undef', severity: 2, message: 'x is not defined.', line: 1, column: 1 };
    const results = [{ filePath: join(process.cwd(), 'a.js'), messages: [message], source: 'x' }];
    expect(objections(formatSarif(results, { cwd: process.cwd() }))).toEqual([]);
  });
});
