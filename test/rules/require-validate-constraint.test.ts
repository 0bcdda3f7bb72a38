import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { lintProject } from '../../src/linter/lint-project.ts';
import { sql } from '../../src/migration-tools/sql.ts';

/** The findings of the rule, as `migration: marked words`. */
function findings(ups: readonly string[], judged: readonly number[], oneDeploy = false): readonly string[] {
  const path = (index: number): string => resolve('/project', `${index + 1}_m.up.sql`);
  const texts = new Map(ups.map((up, index) => [path(index), up]));
  const migrations = ups.map((_, index) => ({
    id: `${index + 1}`,
    version: `${index + 1}`,
    up: { path: path(index), transaction: 'none' as const },
    down: null,
  }));
  const project = {
    root: resolve('/project'),
    tool: sql,
    toolSource: 'flag',
    dialect: 'postgres',
    dialectSource: 'flag',
    migrations,
    judged: new Set(judged.map(String)),
    oneDeploy,
    problems: [],
    skipped: [],
  } as const;
  return lintProject(project, resolveConfig(undefined, {}, resolve('/')), file => texts.get(file) ?? '')
    .findings.filter(({ rule }) => rule === 'require-validate-constraint')
    .map(({ migration, file, range }) => `${migration}: ${file.text.slice(...range)}`);
}

const CREATE = 'CREATE TABLE users (id bigint PRIMARY KEY, age int);';
const ADD = 'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;';
const OTHER = 'ALTER TABLE users ADD COLUMN note text;';
const VALIDATE = 'ALTER TABLE users VALIDATE CONSTRAINT adult;';

test('a constraint that later migrations leave unvalidated is reported where it was added', () => {
  expect(findings([CREATE, ADD, OTHER], [1, 2, 3])).toEqual(['2: ADD CONSTRAINT adult']);
});

test('a later validation, the newest migration and a pending deploy are fine', () => {
  expect(findings([CREATE, ADD, OTHER, VALIDATE], [1, 2, 3, 4])).toEqual([]);
  expect(findings([CREATE, OTHER, ADD], [1, 2, 3])).toEqual([]);
  expect(findings([CREATE, ADD, OTHER], [2, 3], true)).toEqual([]);
});

test('history is not judged', () => {
  expect(findings([CREATE, ADD, OTHER], [3])).toEqual([]);
});
