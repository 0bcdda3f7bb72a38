import { expect, test } from 'vitest';
import { applyFixes } from '../../src/fixes/apply-edits.ts';
import { ecmascript } from '../../src/parsers/ecmascript/index.ts';
import { mongodb } from '../../src/parsers/mongodb.ts';
import { RULES, ruleById } from '../../src/rules/index.ts';
import type { Example } from '../../src/rules/rule.ts';
import { runExample } from '../../src/rules/run-example.ts';

/** Findings on MongoDB with a safe form, by rule and example. */
const FORMS = RULES.flatMap(rule =>
  rule.meta.examples
    .filter(({ dialect }) => dialect === 'mongodb')
    .flatMap(example =>
      runExample(rule, example).flatMap(({ safeRewrite }) =>
        safeRewrite === null ? [] : [[rule.id, example.title, safeRewrite.text, example.library!] as const],
      ),
    ),
);

test('the rules whose findings have a safe form', () => {
  expect([...new Set(FORMS.map(([id]) => id))].toSorted()).toEqual([
    'no-drop-collection',
    'no-rename-document-field',
    'no-unbounded-update-many',
    'no-unchecked-unique-index',
    'require-hidden-index-before-drop',
  ]);
});

/** The migrations that a safe form consists of, each as one that a deploy of its own runs. */
function migrationsOf(text: string): readonly string[] {
  return text.split(/^\/\/ migration \d.*$/m).filter(part => part.replaceAll(/^\/\/.*$/gm, '').trim() !== '');
}

const wrapped = (text: string, tool: string): string =>
  tool === 'mongosh' ? text : `module.exports.up = async (db, client) => {\n${text}\n};`;

test.each(FORMS)('%s: the safe form of "%s" is read, and silent', (id, _, text, tool) => {
  const code = wrapped(text, tool);
  const part = { path: '/m.js', transaction: 'none', entry: 'up' } as const;
  const script = ecmascript.read({ path: '/m.js', text: code }, part, {
    ...{ tool, dialect: 'mongodb', direction: 'up', sql: mongodb },
  });
  const kinds = script.statements.flatMap(({ operations }) => operations.map(({ kind }) => kind));
  expect(kinds.length).toBeGreaterThan(0);
  expect(kinds).not.toContain('unreadable');
  const migrations = migrationsOf(text.replaceAll('<release>', 'v1.0'));
  const history = migrations.slice(0, -1).map(up => ({ up: wrapped(up, tool) }));
  for (const [index, migration] of migrations.entries()) {
    const example: Example = {
      ...{ title: 'its safe form', dialect: 'mongodb', library: tool, findings: [] },
      history: history.slice(0, index),
      up: wrapped(migration, tool),
    };
    expect(runExample(ruleById(id)!, example)).toEqual([]);
  }
});

test.each([
  ['{ background: true }', '{  }'],
  ['{ unique: true, background: true }', '{ unique: true }'],
  ['{ background: true, unique: true }', '{ unique: true }'],
])('an option that does nothing is left out of %s', (options, left) => {
  const up = `module.exports.up = db => db.collection('a').createIndex({ b: 1 }, ${options});`;
  const example: Example = { title: '', dialect: 'mongodb', library: 'migrate-mongo', up, findings: [] };
  const [finding] = runExample(ruleById('no-obsolete-index-option')!, example);
  const [suggestion] = finding!.suggestions;
  expect(suggestion?.message).toBe('Leave background out');
  expect(applyFixes(up, [suggestion!]).text).toBe(up.replace(options, left));
});
