import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { LINT_FLAGS } from '../../src/cli/lint.ts';
import type { LintOptions } from '../../src/linter/lint.ts';
import type { LintResult } from '../../src/linter/result.ts';
import { REPORTERS } from '../../src/reporters/index.ts';
import { RULES } from '../../src/rules/index.ts';
import { VERSION } from '../../src/version.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** What the linter was called with; it finds one error, warning or info per such word in the judged files. */
const seen = vi.hoisted(() => ({ options: undefined as LintOptions | undefined }));

vi.mock('../../src/linter/lint.ts', () => ({
  lint(options: LintOptions): LintResult {
    seen.options = options;
    const judged = options.projects.flatMap(({ migrations, judged: ids }) =>
      migrations.filter(({ id }) => ids.has(id)),
    );
    const text = judged.map(({ up }) => options.read?.(up.path)).join('\n');
    const count = (word: string): number => text.split(word).length - 1;
    if (text.includes('UNREADABLE')) {
      throw Object.assign(new Error('EACCES'), { code: 'EACCES', path: judged[0]?.up.path });
    }
    if (text.includes('CRASH')) throw new TypeError('something\nis undefined');
    return {
      cwd: options.cwd,
      projects: [],
      findings: [],
      summary: {
        migrations: judged.length,
        statements: 0,
        unreadable: 0,
        skippedFiles: options.skippedFiles,
        errors: count('ERROR'),
        warnings: count('WARNING'),
        infos: count('INFO'),
        suppressed: 0,
        baselined: 0,
        durationMs: 0,
      },
    };
  },
}));

beforeEach(() => {
  seen.options = undefined;
});

const PG = 'CREATE TABLE t (id bigserial);\n';

/** A project with two migrations, the second holding a text. */
function project(text = '', more: Readonly<Record<string, string>> = {}): string {
  return temporaryTree({ 'db/migrations/1_a.sql': PG, 'db/migrations/2_b.sql': PG + text, ...more });
}

async function summaryOf(cwd: string, argv: readonly string[], stdin = ''): Promise<LintResult['summary']> {
  const { stdout, stderr } = await run(cwd, [...argv, '--format', 'json'], { stdin });
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { summary: LintResult['summary'] }).summary;
}

describe('exit status', () => {
  test.each<[string, string, readonly string[], number]>([
    ['nothing found', '', [], 0],
    ['infos', 'INFO', [], 0],
    ['warnings without a limit', 'WARNING WARNING', [], 0],
    ['as many warnings as allowed', 'WARNING WARNING', ['--max-warnings', '2'], 0],
    ['one warning too many', 'WARNING WARNING', ['--max-warnings', '1'], 1],
    ['no warnings allowed, none there', '', ['--max-warnings=0'], 0],
    ['an error', 'ERROR', [], 1],
    ['an error, quietly', 'ERROR', ['--quiet'], 1],
    ['an error in history', 'ERROR', ['db/migrations/1_a.sql'], 0],
    ['only files that are no migrations', 'ERROR', ['package.json'], 0],
    ['nothing newer', 'ERROR', ['--start-after', '2_b'], 0],
  ])('%s', async (_, text, argv, status) => {
    const result = await run(project(text, { 'package.json': '{}' }), argv);
    expect(result).toMatchObject({ status, stderr: '' });
  });

  test('the command lint may be left out', async () => {
    expect(await run(project('ERROR'), ['lint', 'db'])).toEqual(await run(project('ERROR'), ['db']));
  });
});

describe('bad input: status 2, one clear line, nothing on stdout', () => {
  const files = {
    'package.json': '{}',
    'empty/README.md': '',
    'plain/migrations/1_a.sql': 'CREATE TABLE t (id int);',
    'broken.json': '{ "rules": { }',
    'wrong.json': '{ "rules": { "require-dwn": "off" } }',
    'broken.ts': 'export default {{',
  };
  test.each<[string, readonly string[], string]>([
    ['a missing path', ['db/migration'], 'db/migration: no such file or folder; did you mean migrations?'],
    [
      'a folder without migrations',
      ['empty'],
      'empty: no migrations found in this folder; name the folder that holds them',
    ],
    [
      'a dialect that nothing tells',
      ['plain'],
      'plain/migrations: its files do not tell which database they are for; give --dialect postgres|mysql|mariadb|sqlite|sqlserver|mongodb',
    ],
    ['an unknown flag', ['--fromat', 'json'], 'unknown flag --fromat; did you mean --format?'],
    ['an unknown flag like none', ['--xyzzy'], 'unknown flag --xyzzy; surefoot --help lists the flags'],
    ['a flag of a later version', ['--cache'], 'unknown flag --cache'],
    ['an unknown short flag', ['-x'], 'unknown flag -x'],
    ['a flag without its value', ['--dialect'], '--dialect needs a value: --dialect <name>'],
    ['a flag in place of a value', ['--dialect', '--quiet'], '--dialect needs a value: --dialect <name>'],
    ['an empty value', ['--config='], '--config needs a value: --config <file>'],
    ['a value where none goes', ['--quiet=yes'], '--quiet takes no value, got yes'],
    [
      'an unknown dialect',
      ['--dialect', 'postgresql'],
      '--dialect postgresql: unknown dialect; did you mean postgres?',
    ],
    ['an unknown format', ['--format', 'jsn'], '--format jsn: unknown format; did you mean json?'],
    ['a format that every object has', ['--format', 'constructor'], '--format constructor: unknown format'],
    ['a format without file', ['--format', 'json='], "--format json=: the file's name is missing"],
    [
      'two formats on stdout',
      ['--format', 'json', '--format', 'pretty'],
      '--format: only one format can go to standard output',
    ],
    [
      'two formats in one file',
      ['--format', 'json=a', '--format', 'pretty=./a'],
      '--format: two formats cannot go to the same file a',
    ],
    ['an unknown preset', ['--preset', 'stict'], '--preset stict: unknown preset; did you mean strict?'],
    [
      'an unknown rule',
      ['--rule', 'require-dwn=off'],
      '--rule require-dwn=off: unknown rule require-dwn; did you mean require-down?',
    ],
    [
      'an unknown severity',
      ['--rule', 'require-down=loud'],
      '--rule require-down=loud: write --rule <id>=error|warn|info|off',
    ],
    [
      'a rule without severity',
      ['--rule', 'require-down'],
      '--rule require-down: write --rule <id>=error|warn|info|off',
    ],
    [
      'an unknown version',
      ['db', '--server-version', 'latest'],
      '--server-version latest: give a version such as 17 or 8.0, or <project>=<version>',
    ],
    ['an unknown tool', ['--tool', 'gose'], 'unknown migration tool gose'],
    [
      'an unknown migration',
      ['db', '--start-after', '3_c'],
      '--start-after 3_c: db/migrations has no such migration; the nearest are 1_a, 2_b',
    ],
    ['no number', ['--max-warnings', '-1'], '--max-warnings needs a value'],
    ['half a number', ['--max-warnings', '1.5'], '--max-warnings 1.5: give a whole number, 0 or more'],
    ['a missing config', ['--config', 'nowhere.json'], '--config nowhere.json: no such file'],
    ['a broken JSON config', ['--config', 'broken.json'], 'broken.json:1:15: not valid JSON: close brace expected'],
    ['a broken TypeScript config', ['--config', 'broken.ts'], 'broken.ts: cannot be loaded: '],
    [
      'a wrong config',
      ['--config', 'wrong.json'],
      'wrong.json:1:14: rules.require-dwn: unknown rule; did you mean require-down?',
    ],
    ['a config and none', ['--config', 'wrong.json', '--no-config'], '--config and --no-config exclude each other'],
    ['paths beside standard input', ['--stdin', 'db'], '--stdin takes no paths'],
    ['a name for no standard input', ['--stdin-filename', 'a.sql'], '--stdin-filename goes with --stdin'],
    [
      'a report below a file',
      ['db', '--format', 'json=package.json/report.json'],
      'package.json/report.json: cannot be written: ',
    ],
    ['a report that is a folder', ['db', '--format', 'json=empty'], 'empty: cannot be written: a folder'],
    ['no rule to explain', ['explain'], 'explain needs a rule'],
    ['an unknown rule to explain', ['explain', 'require-dwn'], 'unknown rule require-dwn; did you mean require-down?'],
    [
      'two rules to explain',
      ['explain', 'require-down', 'no-rename-column'],
      'explain takes one rule, got no-rename-column too',
    ],
    [
      'a rule to list',
      ['rules', 'require-down'],
      'rules takes no arguments; did you mean surefoot explain require-down?',
    ],
    ['an unknown flag of another command', ['rules', '--fromat=json'], 'unknown flag --fromat; did you mean --format?'],
  ])('%s', async (_, argv, message) => {
    const { status, stdout, stderr } = await run(project('', files), argv);
    expect(stderr).toContain(`surefoot: ${message}`);
    expect(stderr).toMatch(/^surefoot: [^\n]+\n$/);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('a file that cannot be read', async () => {
    const { status, stdout, stderr } = await run(project('UNREADABLE'), []);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe('surefoot: db/migrations/1_a.sql: cannot be read: no permission\n');
  });

  test('a mistake of our own is one line, and --debug says where', async () => {
    const short = await run(project('CRASH'), []);
    expect(short).toEqual({
      status: 2,
      stdout: '',
      stderr: 'surefoot: internal error: something is undefined (--debug shows where; please report it)\n',
    });
    const long = await run(project('CRASH'), ['--debug']);
    expect(long.stderr).toMatch(/TypeError: something\nis undefined\n +at /);
  });
});

describe('reports', () => {
  test('go to files and to stdout, each whole, with nothing left behind', async () => {
    const cwd = project('ERROR');
    const { status, stdout } = await run(cwd, ['--format', 'json=out/deep/report.json', '--format', 'pretty']);
    expect(status).toBe(1);
    expect(stdout).not.toContain('"version"');
    expect(JSON.parse(readFileSync(join(cwd, 'out/deep/report.json'), 'utf8'))).toMatchObject({
      summary: { errors: 1 },
    });
    expect(readdirSync(join(cwd, 'out/deep'))).toEqual(['report.json']);
  });

  test('replace what was there; where one cannot be written, none is', async () => {
    const cwd = project('', { 'a.json': 'old', 'b/keep': '' });
    const failed = await run(cwd, ['--format', 'json=a.json', '--format', 'sarif=b']);
    expect(failed).toMatchObject({ status: 2, stdout: '' });
    expect(readFileSync(join(cwd, 'a.json'), 'utf8')).toBe('old');
    expect(readdirSync(cwd).sort()).toEqual(['.git', 'a.json', 'b', 'db']);
    await run(cwd, ['--format', 'json=a.json']);
    expect(readFileSync(join(cwd, 'a.json'), 'utf8')).toContain('"version": 1');
  });

  test('go where a link leads', async () => {
    const cwd = project('', { 'elsewhere/report.json': 'old' });
    symlinkSync('elsewhere/report.json', join(cwd, 'report.json'));
    await run(cwd, ['--format', 'json=report.json']);
    expect(readFileSync(join(cwd, 'elsewhere/report.json'), 'utf8')).toContain('"version": 1');
  });

  test('are not written where the run fails', async () => {
    const cwd = project('CRASH');
    await run(cwd, ['--format', 'json=report.json']);
    expect(existsSync(join(cwd, 'report.json'))).toBe(false);
  });
});

describe('what the linter is given', () => {
  test('settings from preset, config and flags', async () => {
    const config = JSON.stringify({
      preset: 'strict',
      rules: { 'require-down': 'warn', 'no-rename-column': 'info' },
      serverVersion: '15',
    });
    const cwd = project('', { 'surefoot.config.json': config });
    await run(cwd, ['--rule', 'require-down=off']);
    const file = join(cwd, 'db/migrations/1_a.sql');
    const severity = (rule: string): string | undefined => seen.options?.settings.ruleSetting(rule, file).severity;
    expect([severity('require-down'), severity('no-rename-column'), severity('no-unreadable-statement')]).toEqual([
      'off',
      'info',
      'error',
    ]);
    expect(seen.options?.projects[0]).toMatchObject({
      serverVersion: '15',
      dialect: 'postgres',
      dialectSource: 'detected',
    });
  });

  test('with --no-config the config is not even read', async () => {
    const cwd = project('', { 'surefoot.config.mjs': 'throw new Error("read")' });
    expect((await run(cwd, [])).status).toBe(2);
    expect((await run(cwd, ['--no-config'])).status).toBe(0);
  });

  test('a config above the working directory, its paths from there', async () => {
    const config = JSON.stringify({ projects: [{ path: 'db', startAfter: '1_a' }] });
    const cwd = join(project('', { 'surefoot.config.json': config }), 'db');
    await run(cwd, []);
    expect([...(seen.options?.projects[0]?.judged ?? [])]).toEqual(['2_b']);
  });

  test('the count of skipped files', async () => {
    const cwd = project('', { 'db/migrations/README.md': '', 'db/seeds/1_x.sql': '' });
    expect(await summaryOf(cwd, [])).toMatchObject({ migrations: 2, skippedFiles: 2 });
    expect(await summaryOf(cwd, ['db/migrations/1_a.sql'])).toMatchObject({ migrations: 1, skippedFiles: 0 });
  });
});

describe('standard input', () => {
  test('stands for the file it is named after, among its history', async () => {
    const cwd = project('ERROR');
    expect(
      await summaryOf(cwd, ['--stdin', '--stdin-filename', 'db/migrations/2_b.sql'], `${PG} WARNING`),
    ).toMatchObject({ errors: 0, warnings: 1 });
    expect(seen.options?.projects[0]?.migrations.map(({ id }) => id)).toEqual(['1_a', '2_b']);
  });

  test('of a file that is not there yet', async () => {
    const cwd = temporaryTree({});
    expect(await summaryOf(cwd, ['--stdin', '--stdin-filename', 'migrations/1_a.sql'], `${PG} ERROR`)).toMatchObject({
      errors: 1,
    });
  });

  test('without a name is judged by itself', async () => {
    expect(await summaryOf(project('ERROR'), ['--stdin', '--dialect', 'postgres'], 'WARNING')).toMatchObject({
      migrations: 1,
      warnings: 1,
      errors: 0,
    });
  });
});

describe('colour', () => {
  const rules = ['rules'] as const;
  test.each<[string, Parameters<typeof run>[2], readonly string[], boolean]>([
    ['on a terminal', { terminal: true }, [], true],
    ['not in a pipe', {}, [], false],
    ['NO_COLOR', { terminal: true, env: { NO_COLOR: '1' } }, [], false],
    ['an empty NO_COLOR says nothing', { terminal: true, env: { NO_COLOR: '' } }, [], true],
    ['FORCE_COLOR in a pipe', { env: { FORCE_COLOR: '1' } }, [], true],
    ['FORCE_COLOR=0', { terminal: true, env: { FORCE_COLOR: '0' } }, [], false],
    ['a dumb terminal', { terminal: true, env: { TERM: 'dumb' } }, [], false],
    ['--color over NO_COLOR', { env: { NO_COLOR: '1' } }, ['--color'], true],
    ['--no-color over a terminal', { terminal: true, env: { FORCE_COLOR: '1' } }, ['--no-color'], false],
  ])('%s', async (_, more, flags, colored) => {
    const { stdout } = await run('/', [...rules, ...flags], more);
    expect(stdout.includes('\u001B[')).toBe(colored);
  });
});

describe('help and lists', () => {
  test.each([['--help'], ['-h'], ['help'], ['rules', '--help'], ['lint', '--help']])('%s %s', async (...argv) => {
    const { status, stdout } = await run('/', argv.filter(Boolean));
    expect(status).toBe(0);
    expect(stdout).toContain('Exit status: 0');
  });

  test('help names every flag and format, and fits a screen', async () => {
    const { stdout } = await run('/', ['--help']);
    for (const flag of Object.keys(LINT_FLAGS)) expect(stdout).toContain(`--${flag}`);
    for (const format of Object.keys(REPORTERS)) expect(stdout).toContain(format);
    const lines = stdout.split('\n');
    expect(lines.length).toBeLessThanOrEqual(42);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100);
  });

  test.each(['--version', '-v'])('%s', async flag => {
    expect(await run('/', [flag])).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('rules lists each with its severity in the preset', async () => {
    const { stdout } = await run('/', ['rules', '--preset', 'strict', '--format', 'json']);
    const { rules } = JSON.parse(stdout) as { rules: { id: string; severity: string; description: string }[] };
    expect(rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id));
    expect(rules.find(({ id }) => id === 'no-unreadable-statement')).toMatchObject({ severity: 'error' });
    expect((await run('/', ['rules'])).stdout).toMatch(/^info +no-unreadable-statement +\S/m);
  });

  test('explain prints the page, also for the id with a prefix', async () => {
    const { status, stdout } = await run('/', ['explain', 'surefoot/require-down']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^require-down\n\nRequire a down/);
  });

  test('--debug tells what was skipped and why', async () => {
    const cwd = project('', { 'db/migrations/README.md': '' });
    mkdirSync(join(cwd, 'other'));
    const { stderr, status } = await run(cwd, ['--debug']);
    expect(status).toBe(0);
    expect(stderr).toBe(
      'config: none\nproject: db/migrations: sql, postgres, 2 migrations, 2 judged\nskipped: db/migrations/README.md: no .sql file\n',
    );
  });
});
