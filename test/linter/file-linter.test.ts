import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { type FileLinter, type Finding, openFileLinter } from '../../src/linter/index.ts';
import { lint } from '../../src/linter/lint.ts';
import type { LintSettings } from '../../src/linter/settings.ts';
import { discover, type ProjectSettings } from '../../src/migration-tools/discover.ts';
import { RULES } from '../../src/rules/index.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));

const POSTGRES: readonly ProjectSettings[] = [{ path: '/', named: false, dialect: 'postgres' }];

const DROP = 'ALTER TABLE users DROP COLUMN name;\n';
const USERS = 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\n';

function settings(cwd: string, extra: Partial<LintSettings> = {}): LintSettings {
  return { ...resolveConfig(undefined, { preset: 'recommended' }, cwd), ...extra };
}

function lintFile(
  linter: FileLinter,
  cwd: string,
  path: string,
  text?: string,
  projects: readonly ProjectSettings[] = POSTGRES,
): readonly Finding[] {
  const file = join(cwd, path);
  return linter.lintFile({
    path: file,
    cwd,
    text: text ?? readFileSync(file, 'utf8'),
    settings: settings(cwd),
    projects,
  });
}

function rulesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ rule }) => rule))].sort();
}

/** A finding without what it shares with its file. */
function short(finding: Finding): object {
  const { file, ...rest } = JSON.parse(JSON.stringify(finding)) as Finding;
  return { ...rest, file: relative(FIXTURES, file.path) };
}

describe('one file of a project', () => {
  test('has the findings that the whole project has in it', () => {
    const { projects } = discover({ cwd: FIXTURES, paths: [] });
    const all = lint({ cwd: FIXTURES, projects, skippedFiles: 0, settings: settings(FIXTURES) }).findings;
    const paths = projects.flatMap(({ migrations }) =>
      migrations.flatMap(({ up, down }) => (down === null ? [up.path] : [up.path, down.path])),
    );
    // A changelog with several changes is judged in the command line only.
    const files = paths.filter(path => paths.indexOf(path) === paths.lastIndexOf(path) || !path.includes('liquibase'));
    const linter = openFileLinter();
    expect(all.length).toBeGreaterThan(5);
    // Rules about whole projects run in the command line only.
    const aboutProjects = new Set(RULES.filter(({ meta }) => meta.scope === 'project').map(({ id }) => id));
    // Backwards, as no file may depend on those that were looked at before it.
    for (const path of files.toReversed()) {
      expect(lintFile(linter, FIXTURES, relative(FIXTURES, path), undefined, []).map(short)).toEqual(
        all.filter(({ file, rule }) => file.path === path && !aboutProjects.has(rule)).map(short),
      );
    }
  });

  test('is judged as the editor holds it', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/2_drop.sql': DROP });
    const linter = openFileLinter();
    expect(rulesOf(lintFile(linter, cwd, 'migrations/2_drop.sql'))).toContain('no-drop-column');
    expect(rulesOf(lintFile(linter, cwd, 'migrations/2_drop.sql', 'SELECT 1;'))).not.toContain('no-drop-column');
    expect(rulesOf(lintFile(linter, cwd, 'migrations/2_drop.sql'))).toContain('no-drop-column');
  });

  test('that is not on disk yet has its place in the order', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/3_drop.sql': 'DROP TABLE users;' });
    const linter = openFileLinter();
    expect(rulesOf(lintFile(linter, cwd, 'migrations/2_drop.sql', DROP))).toContain('no-drop-column');
    expect(rulesOf(lintFile(linter, cwd, 'migrations/3_drop.sql'))).toContain('no-drop-table');
    expect(lintFile(linter, cwd, 'migrations/2_drop.sql', 'SELECT 1;')).toEqual([]);
  });

  test('that no project holds has no findings', () => {
    const cwd = temporaryTree({ 'migrations/seeds/1_users.sql': DROP, 'migrations/1_users.sql': USERS });
    expect(lintFile(openFileLinter(), cwd, 'migrations/seeds/1_users.sql')).toEqual([]);
  });

  test('that is history has no findings', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/2_drop.sql': DROP });
    const startAfter = [...POSTGRES, { path: cwd, named: false, startAfter: '2_drop' }];
    expect(lintFile(openFileLinter(), cwd, 'migrations/2_drop.sql', DROP, startAfter)).toEqual([]);
  });

  test('may be away, empty, or away from its folder', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS, 'migrations/2_drop.sql': DROP });
    const linter = openFileLinter();
    lintFile(linter, cwd, 'migrations/2_drop.sql');
    rmSync(join(cwd, 'migrations'), { recursive: true });
    expect(rulesOf(lintFile(linter, cwd, 'migrations/2_drop.sql', DROP))).toContain('no-drop-column');
    expect(lintFile(openFileLinter(), cwd, 'migrations/2_drop.sql', '')).toEqual([]);
  });
});

describe('what changes on disk', () => {
  test('is seen within a second, and not looked for before', () => {
    const cwd = temporaryTree({
      'migrations/1_users.sql': 'CREATE TABLE users (id bigint);\n',
      'migrations/2_add.sql': 'ALTER TABLE users ADD COLUMN name text;\n',
    });
    let time = 5000;
    const linter = openFileLinter(() => time);
    const rules = (): readonly string[] => rulesOf(lintFile(linter, cwd, 'migrations/2_add.sql'));
    expect(rules()).not.toContain('no-failing-statement');
    writeFileSync(join(cwd, 'migrations/1_users.sql'), USERS);
    time += 999;
    expect(rules()).not.toContain('no-failing-statement');
    time += 1;
    expect(rules()).toContain('no-failing-statement');
  });

  test('is seen where only the time tells, with equal length', () => {
    const cwd = temporaryTree({
      'migrations/1_users.sql': 'CREATE TABLE users (id bigint, name text);',
      'migrations/2_drop.sql': DROP,
      'migrations/3_add.sql': 'ALTER TABLE users ADD COLUMN name text;',
    });
    let time = 0;
    const linter = openFileLinter(() => time);
    const file = join(cwd, 'migrations/2_drop.sql');
    expect(rulesOf(lintFile(linter, cwd, 'migrations/3_add.sql'))).not.toContain('no-failing-statement');
    writeFileSync(file, DROP.replace('name', 'nick'));
    utimesSync(file, new Date(), new Date(Date.now() + 5000));
    time = 1000;
    expect(rulesOf(lintFile(linter, cwd, 'migrations/3_add.sql'))).toContain('no-failing-statement');
  });

  test('a file that was added is seen at once when it is linted', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
    const linter = openFileLinter(() => 0);
    lintFile(linter, cwd, 'migrations/1_users.sql');
    writeFileSync(join(cwd, 'migrations/2_drop.sql'), DROP);
    expect(rulesOf(lintFile(linter, cwd, 'migrations/2_drop.sql'))).toContain('no-drop-column');
  });
});

describe('what cannot be judged', () => {
  test('is said for each file', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': 'SELECT 1;', 'migrations/2.sql': 'SELECT 2;' });
    const linter = openFileLinter(() => 0);
    for (const path of ['migrations/1_users.sql', 'migrations/2.sql', 'migrations/1_users.sql']) {
      expect(() => lintFile(linter, cwd, path, 'SELECT 1;', [])).toThrow('do not tell which database');
    }
  });

  test('names the migration that is not there', () => {
    const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
    const projects = [...POSTGRES, { path: cwd, named: false, startAfter: '9_nothing' }];
    expect(() => lintFile(openFileLinter(), cwd, 'migrations/1_users.sql', USERS, projects)).toThrow('9_nothing');
  });
});

test('comments for ESLint are left to it', () => {
  const cwd = temporaryTree({ 'migrations/1_users.sql': USERS });
  const text = `-- eslint-disable-next-line surefoot/no-drop-column -- unused\n${DROP}`;
  const request = { path: join(cwd, 'migrations/2_drop.sql'), cwd, text, projects: POSTGRES };
  const rules = (inEslint: boolean): readonly string[] =>
    rulesOf(openFileLinter().lintFile({ ...request, settings: settings(cwd, { inEslint }) }));
  expect(rules(true)).toContain('no-drop-column');
  expect(rules(false)).not.toContain('no-drop-column');
});
