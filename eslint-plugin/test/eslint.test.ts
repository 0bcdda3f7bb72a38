import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as parser from '@typescript-eslint/parser';
import type { ESLint, Linter } from 'eslint';
import { discover, type Finding, lint, RULES, resolveConfig } from 'surefoot';
import { describe, expect, test } from 'vitest';
import { positionAt } from '../../src/source/lines.ts';
import { temporaryTree } from '../../test/support/temporary-tree.ts';
import surefoot from '../src/index.ts';
import { ESLINTS, eslintFor, shown } from './support/eslints.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

const USERS = 'CREATE TABLE users (id bigint PRIMARY KEY, name text, email text);\n';
const DROP = 'ALTER TABLE users DROP COLUMN name;\n';

/** Only these rules, in files of any folder. */
function only(rules: Linter.RulesRecord): Linter.Config[] {
  return [{ files: ['**/*.sql'], plugins: { surefoot }, language: 'surefoot/sql', rules }];
}

async function messagesFor(eslint: ESLint, cwd: string, path: string, text?: string): Promise<ESLint.LintResult> {
  const filePath = join(cwd, path);
  const [result] = await eslint.lintText(text ?? readFileSync(filePath, 'utf8'), { filePath });
  return result!;
}

describe.each(ESLINTS)('ESLint $major', ({ ESLint: Class, Linter: LinterClass, major }) => {
  test('runs the version it is said to run', () => {
    expect(Class.version).toMatch(new RegExp(`^${major}\\.`));
  });

  test('finds what the command line finds, at the same places, in the same words', async () => {
    const { projects } = discover({ cwd: FIXTURES, paths: [] });
    const preset = 'all';
    const settings = resolveConfig(undefined, { preset }, FIXTURES);
    const ofProjects = new Set(RULES.filter(({ meta }) => meta.scope === 'project').map(({ id }) => id));
    const { findings } = lint({ cwd: FIXTURES, projects, skippedFiles: 0, settings });
    const expected = findings
      .filter(
        ({ rule, severity }) => !ofProjects.has(rule) && (severity !== 'info' || rule === 'no-unreadable-statement'),
      )
      .map(shownFinding);
    const eslint = eslintFor(Class, FIXTURES, {
      overrideConfig: [...surefoot.configs[preset], { files: ['**/*.ts'], languageOptions: { parser } }],
    });
    const results = await eslint.lintFiles(['**/*.sql', '**/{migrations,drizzle}/**/*.{js,cjs,mjs,ts}']);
    const found = results.flatMap(({ filePath, messages }) =>
      shown(messages).map(message => `${relative(FIXTURES, filePath)}:${message}`),
    );
    const looked = new Set(results.map(({ filePath }) => relative(FIXTURES, filePath)));
    const byFile = expected.map(line => line.slice(0, line.indexOf(':')));
    expect(expected.length).toBeGreaterThan(100);
    expect(found.toSorted()).toEqual(expected.filter((_, index) => looked.has(byFile[index]!)).toSorted());
    // Folders that no pattern of a preset can know, and languages that ESLint has none for.
    const left = new Set(byFile.filter(file => !looked.has(file)).map(file => file.split('/')[0]!));
    expect([...left].sort()).toEqual(['dbup', 'liquibase', 'monorepo', 'sqitch']);
  });

  test('counts lines and columns as editors do: emoji, accents, line ends, byte order mark', async () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
    const eslint = eslintFor(Class, cwd, { config: only({ 'surefoot/no-drop-column': 'error' }) });
    const comment = '/* é🎉 */ ';
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      for (const mark of ['', '\uFEFF']) {
        const text = `${mark}${comment}ALTER TABLE users DROP COLUMN email;${lineEnd}-- ç🎉${lineEnd}${comment}ALTER TABLE users DROP COLUMN name;`;
        const { messages } = await messagesFor(eslint, cwd, 'migrations/2_drop.sql', text);
        const start = comment.length + 1;
        expect(messages.map(({ line, column }) => [line, column])).toEqual([
          [1, start + 'ALTER TABLE users '.length],
          [3, start + 'ALTER TABLE users '.length],
        ]);
        expect(messages.map(({ endLine, endColumn }) => [endLine, endColumn])).toEqual([
          [1, start + 'ALTER TABLE users DROP COLUMN email'.length],
          [3, start + 'ALTER TABLE users DROP COLUMN name'.length],
        ]);
      }
    }
  });

  test('offers suggestions that change the right characters, behind a byte order mark too', async () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
    const eslint = eslintFor(Class, cwd, { config: only({ 'surefoot/require-concurrent-index': 'error' }) });
    for (const mark of ['', '\uFEFF']) {
      const body = '/* é🎉 */ CREATE INDEX users_name ON users (name);\n';
      const { messages } = await messagesFor(eslint, cwd, 'migrations/2_index.sql', mark + body);
      const [{ fix }] = messages[0]!.suggestions as [Linter.LintSuggestion];
      expect(body.slice(0, fix.range[0]) + fix.text + body.slice(fix.range[1])).toBe(
        body.replace('CREATE INDEX', 'CREATE INDEX CONCURRENTLY'),
      );
    }
  });

  test('takes severities and options from its own config', async () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
    const update = 'UPDATE users SET name = email WHERE id BETWEEN 1 AND 5000;\n';
    const run = async (options: object): Promise<Linter.LintMessage[]> => {
      const eslint = eslintFor(Class, cwd, { config: only({ 'surefoot/max-batch-size': ['warn', options] }) });
      return (await messagesFor(eslint, cwd, 'migrations/2_update.sql', update)).messages;
    };
    const key = Object.keys(
      (RULES.find(({ id }) => id === 'max-batch-size')?.meta.defaultOptions ?? {}) as Record<string, unknown>,
    )[0]!;
    const strict = await run({ [key]: 10 });
    expect(strict.map(({ ruleId, severity }) => [ruleId, severity])).toEqual([['surefoot/max-batch-size', 1]]);
    expect(await run({ [key]: 100_000 })).toEqual([]);
  });

  test('refuses options that do not fit', async () => {
    const cwd = temporaryTree({});
    const eslint = eslintFor(Class, cwd, { config: only({ 'surefoot/require-down': ['error', { minimumShare: 2 }] }) });
    await expect(messagesFor(eslint, cwd, 'migrations/1.sql', USERS)).rejects.toThrow('should be <= 1');
  });

  describe('comments', () => {
    const cwd = (): string => temporaryTree({ 'migrations/1_users.sql': USERS });
    const config = only({ 'surefoot/no-drop-column': 'error', 'surefoot/no-unused-suppression': 'error' });
    const run = async (text: string, options: Parameters<typeof eslintFor>[2] = {}): Promise<ESLint.LintResult> => {
      const folder = cwd();
      return messagesFor(eslintFor(Class, folder, { config, ...options }), folder, 'migrations/2_drop.sql', text);
    };

    test.each([
      ['next line', `-- eslint-disable-next-line surefoot/no-drop-column -- gone since v2\n${DROP}`],
      ['next line, block', `/* eslint-disable-next-line surefoot/no-drop-column -- gone since v2 */\n${DROP}`],
      [
        'next line, as VS Code writes it',
        `/** eslint-disable-next-line surefoot/no-drop-column -- gone since v2 */\n${DROP}`,
      ],
      [
        'the whole statement below',
        '-- eslint-disable-next-line surefoot/no-drop-column -- gone since v2\nALTER TABLE users\n  DROP COLUMN name;\n',
      ],
      [
        'same line',
        'ALTER TABLE users DROP COLUMN name; -- eslint-disable-line surefoot/no-drop-column -- gone since v2\n',
      ],
      [
        'the whole statement that ends on the line',
        'ALTER TABLE users\n  DROP COLUMN name\n; -- eslint-disable-line surefoot/no-drop-column -- gone since v2\n'.replace(
          '\n;',
          ';',
        ),
      ],
      ['file', `/* eslint-disable surefoot/no-drop-column -- gone since v2 */\n${DROP}`],
      [
        'region',
        `-- eslint-disable surefoot/no-drop-column -- gone since v2\n${DROP}-- eslint-enable surefoot/no-drop-column\n`,
      ],
      ['all rules', `-- eslint-disable-next-line -- gone since v2\n${DROP}`],
    ])('are obeyed and keep their reason: %s', async (_, text) => {
      const { messages, suppressedMessages } = await run(text, {
        overrideConfig: [
          ...config,
          {
            files: ['**/*.sql'],
            linterOptions: { reportUnusedDisableDirectives: 'error' },
            settings: { surefoot: { dialect: 'postgres' } },
          },
        ],
      });
      expect(shown(messages)).toEqual([]);
      expect(suppressedMessages.map(({ ruleId, suppressions }) => [ruleId, suppressions])).toEqual([
        ['surefoot/no-drop-column', [{ kind: 'directive', justification: 'gone since v2' }]],
      ]);
    });

    test('cover no other statement', async () => {
      const text = `-- eslint-disable-next-line surefoot/no-drop-column -- gone\nALTER TABLE users\n  DROP COLUMN name;\nALTER TABLE users DROP COLUMN email;\n`;
      expect((await run(text)).messages.map(({ line }) => line)).toEqual([4]);
    });

    test('do not switch on what a comment further up has switched off', async () => {
      const text = `/* eslint-disable surefoot/no-drop-column */\n-- eslint-disable-next-line surefoot/no-drop-column\nALTER TABLE users\n  DROP COLUMN name;\nALTER TABLE users DROP COLUMN email;\n`;
      const { messages } = await run(text);
      // Only that the second comment is one too many.
      expect(messages.map(({ ruleId, line }) => [ruleId, line])).toEqual([[null, 2]]);
    });

    test('that silence nothing are reported, with their removal', async () => {
      const text = `-- eslint-disable-next-line surefoot/no-drop-column\nSELECT 1;\n`;
      const { messages } = await run(text, {
        overrideConfig: [
          ...config,
          {
            files: ['**/*.sql'],
            linterOptions: { reportUnusedDisableDirectives: 'error' },
            settings: { surefoot: { dialect: 'postgres' } },
          },
        ],
      });
      expect(messages.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
        "1:1 Unused eslint-disable directive (no problems were reported from 'surefoot/no-drop-column').",
      ]);
      expect(messages[0]?.fix?.range).toEqual([0, text.indexOf('\n')]);
    });

    test('of our own are obeyed, and reported where they silence nothing', async () => {
      expect((await run(`-- surefoot-disable-next-line no-drop-column -- gone since v2\n${DROP}`)).messages).toEqual(
        [],
      );
      const { messages } = await run('-- surefoot-disable-next-line no-drop-column -- gone since v2\nSELECT 1;\n');
      expect(messages.map(({ ruleId }) => ruleId)).toEqual(['surefoot/no-unused-suppression']);
    });

    test('configure rules', async () => {
      expect((await run(`/* eslint surefoot/no-drop-column: "off" */\n${DROP}`)).messages).toEqual([]);
    });
  });

  test('goes by any name', async () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
    const config: Linter.Config[] = [
      { files: ['**/*.sql'], plugins: { db: surefoot }, language: 'db/sql', rules: { 'db/no-drop-column': 'error' } },
    ];
    const eslint = eslintFor(Class, cwd, { config });
    const dropped = await messagesFor(eslint, cwd, 'migrations/2.sql', DROP);
    expect(dropped.messages.map(({ ruleId }) => ruleId)).toEqual(['db/no-drop-column']);
    const text = `-- eslint-disable-next-line db/no-drop-column -- gone\nALTER TABLE users\n  DROP COLUMN name;\n`;
    expect((await messagesFor(eslint, cwd, 'migrations/2.sql', text)).messages).toEqual([]);
  });

  test('judges the default folders and no others', async () => {
    const files = ['migrations/1.sql', 'db/migrate/1.sql', 'prisma/migrations/1_x/migration.sql', 'drizzle/0000_x.sql'];
    const cwd = temporaryTree(Object.fromEntries([...files, 'queries/1.sql', 'a.sql'].map(file => [file, DROP])));
    const eslint = eslintFor(Class, cwd, { overrideConfig: surefoot.configs.recommended });
    const results = await eslint.lintFiles('.');
    expect(results.map(({ filePath }) => relative(cwd, filePath)).toSorted()).toEqual(files.toSorted());
  });

  test('narrows a preset to the files that are named', async () => {
    const cwd = temporaryTree({ 'migrations/1.sql': DROP, 'sql/changes/1.sql': DROP });
    const config = surefoot.configs.recommended.map(each => ({ ...each, files: ['sql/changes/*.sql'] }));
    const results = await eslintFor(Class, cwd, { config }).lintFiles('sql/**/*.sql');
    expect(results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId))).toContain(
      'surefoot/no-drop-column',
    );
  });

  describe('what holds for the migrations', () => {
    const rulesIn = async (config: object, said: object | undefined): Promise<readonly (string | null)[]> => {
      const cwd = temporaryTree({
        'surefoot.config.json': JSON.stringify(config),
        'db/migrations/1_users.sql': USERS,
        'db/migrations/2_drop.sql': DROP,
      });
      const eslint = eslintFor(Class, cwd, {
        overrideConfig: [
          ...only({ 'surefoot/no-drop-column': 'error', 'surefoot/valid-settings': 'error' }),
          ...(said === undefined ? [] : [{ files: ['**/*.sql'], settings: { surefoot: said } }]),
        ],
      });
      return (await messagesFor(eslint, cwd, 'db/migrations/2_drop.sql')).messages.map(({ ruleId }) => ruleId);
    };
    const drop = ['surefoot/no-drop-column'];

    test('is read from the config file, of which rules and presets are left to the command line', async () => {
      expect(await rulesIn({ dialect: 'postgres', rules: { 'no-drop-column': 'off' } }, undefined)).toEqual(drop);
      expect(await rulesIn({ projects: [{ path: 'db', dialect: 'postgres' }] }, undefined)).toEqual(drop);
      expect(await rulesIn({ dialect: 'postgres', contractPaths: ['db/migrations'] }, undefined)).toEqual([]);
      const startAfter = { path: 'db/migrations', dialect: 'postgres', startAfter: '2_drop' };
      expect(await rulesIn({ projects: [startAfter] }, undefined)).toEqual([]);
    });

    test('is what the settings say where they say it, and the rest as in the config file', async () => {
      const mysql = { dialect: 'mysql', projects: [{ path: 'db/migrations', dialect: 'mysql' }] };
      expect(await rulesIn(mysql, { dialect: 'postgres' })).toEqual(drop);
      expect(await rulesIn({ dialect: 'postgres' }, { startAfter: '2_drop' })).toEqual([]);
      expect(await rulesIn({ dialect: 'postgres', contractPaths: ['db'] }, { serverVersion: '16' })).toEqual([]);
      expect(await rulesIn({ dialect: 'postgres' }, { contractPaths: ['db/**'] })).toEqual([]);
      const suppression = { file: 'db/migrations/2_drop.sql', rule: 'no-drop-column', reason: 'unused' };
      expect(await rulesIn({ dialect: 'postgres' }, { suppressions: [suppression] })).toEqual([]);
    });
  });

  describe('bad input', () => {
    const lintWith = async (surefootSettings: unknown, text = USERS): Promise<readonly string[]> => {
      const cwd = temporaryTree({});
      const eslint = eslintFor(Class, cwd, {
        overrideConfig: [
          ...surefoot.configs.recommended,
          { files: ['**/*.sql'], settings: { surefoot: surefootSettings } },
        ],
      });
      return shown((await messagesFor(eslint, cwd, 'migrations/1.sql', text)).messages);
    };

    test.each([
      [{ dialect: 'oracle' }, 'settings.surefoot.dialect: "oracle" is none of postgres'],
      [{ dialct: 'postgres' }, 'settings.surefoot.dialct: unknown key'],
      ['postgres', 'settings.surefoot must be an object'],
      [{ dialect: 'postgres', tool: 'rake' }, 'settings.surefoot.tool: "rake" is none of'],
      [{ dialect: 'postgres', startAfter: '7_nothing' }, 'startAfter 7_nothing'],
      [{ dialect: 'postgres', serverVersion: 16 }, 'settings.surefoot.serverVersion: must be a text'],
      [{}, 'do not tell which database they are for; set settings.surefoot.dialect to postgres'],
    ])('settings %j', async (settings, message) => {
      const messages = await lintWith(settings);
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatch(/^1:1-1:1 surefoot\/valid-settings /);
      expect(messages[0]).toContain(message);
    });

    test('a config file that cannot be used', async () => {
      const cwd = temporaryTree({ 'surefoot.config.json': '{ "dialect": "oracle" }' });
      const eslint = eslintFor(Class, cwd, { overrideConfig: surefoot.configs.recommended });
      const { messages } = await messagesFor(eslint, cwd, 'migrations/1.sql', USERS);
      expect(shown(messages)).toEqual([expect.stringContaining('surefoot.config.json:1:3: dialect: "oracle"')]);
    });

    test('a file that is empty, only comments, or outside of any project', async () => {
      expect(await lintWith({ dialect: 'postgres' }, '')).toEqual([]);
      expect(await lintWith({ dialect: 'postgres' }, '-- nothing\n')).toEqual([]);
      const cwd = temporaryTree({ 'migrations/seeds/1.sql': DROP });
      const eslint = eslintFor(Class, cwd);
      expect((await messagesFor(eslint, cwd, 'migrations/seeds/1.sql')).messages).toEqual([]);
    });

    test('a file, and its folder, that go away while linting', async () => {
      const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/2_drop.sql': DROP });
      const eslint = eslintFor(Class, cwd);
      await messagesFor(eslint, cwd, 'migrations/2_drop.sql');
      rmSync(join(cwd, 'migrations/1_users.sql'));
      const rules = async (): Promise<(string | null)[]> =>
        (await messagesFor(eslint, cwd, 'migrations/2_drop.sql', DROP)).messages.map(({ ruleId }) => ruleId);
      expect(await rules()).toContain('surefoot/no-drop-column');
      rmSync(join(cwd, 'migrations'), { recursive: true });
      expect(await rules()).toContain('surefoot/no-drop-column');
    });

    test('text that comes from nowhere', () => {
      const linter = new LinterClass({ configType: 'flat' });
      const config = only({ 'surefoot/no-drop-column': 'error' });
      const messages = linter.verify(DROP, [
        { ...config[0], files: ['**/*'], settings: { surefoot: { dialect: 'postgres' } } },
      ] as Linter.Config[]);
      expect(messages.map(({ ruleId }) => ruleId)).toEqual(['surefoot/no-drop-column']);
    });

    test('what cannot be read is said at its place, and the rest is judged', async () => {
      const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
      const text = `/* é🎉 */ CREATE TABL x (id int);\n${DROP}`;
      const { messages } = await messagesFor(eslintFor(Class, cwd), cwd, 'migrations/2.sql', text);
      const unreadable = messages.find(({ ruleId }) => ruleId === 'surefoot/no-unreadable-statement');
      expect([unreadable?.line, unreadable?.column]).toEqual([1, '/* é🎉 */ CREATE '.length + 1]);
      expect(messages.map(({ ruleId }) => ruleId)).toContain('surefoot/no-drop-column');
      expect(messages.filter(({ fatal }) => fatal === true)).toEqual([]);
    });

    test.each(['\0', '\uD800', 'select \0 1; drop table users;', `${'('.repeat(30_000)}`])(
      'odd text %#',
      async text => {
        expect(Array.isArray(await lintWith({ dialect: 'postgres' }, text))).toBe(true);
      },
    );
  });

  describe('history', () => {
    const ADD = 'ALTER TABLE users ADD COLUMN nick text;\n';

    test('comes from disk, whatever was linted before', async () => {
      const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/2_add.sql': ADD });
      const eslint = eslintFor(Class, cwd, { config: only({ 'surefoot/no-failing-statement': 'error' }) });
      const third = async (): Promise<number> =>
        (await messagesFor(eslint, cwd, 'migrations/3_add.sql', ADD)).messages.length;
      expect(await third()).toBe(1);
      // An unsaved buffer of another file changes nothing.
      await messagesFor(eslint, cwd, 'migrations/2_add.sql', 'SELECT 1;');
      expect(await third()).toBe(1);
    });

    test('makes the cache look again when another migration changes', async () => {
      const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/2_add.sql': ADD });
      const run = async (): Promise<readonly string[]> => {
        const eslint = eslintFor(Class, cwd, {
          config: only({ 'surefoot/no-failing-statement': 'error' }),
          cache: true,
          cacheLocation: join(cwd, '.eslintcache'),
        });
        return (await eslint.lintFiles('migrations/*.sql')).flatMap(({ messages }) => shown(messages));
      };
      expect(await run()).toEqual([]);
      expect(await run()).toEqual([]);
      writeFileSync(join(cwd, 'migrations/1_users.sql'), USERS.replace('name text', 'nick text'));
      await new Promise(done => setTimeout(done, 1100));
      expect(await run()).toEqual([expect.stringContaining('surefoot/no-failing-statement')]);
    });
  });
});

function shownFinding({ file, range, rule, message }: Finding): string {
  const start = positionAt(file, range[0]);
  const end = positionAt(file, range[1]);
  return `${relative(FIXTURES, file.path)}:${start.line}:${start.column}-${end.line}:${end.column} surefoot/${rule} ${message}`;
}
