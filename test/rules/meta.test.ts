import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test, vi } from 'vitest';
import { RULES, ruleById } from '../../src/rules/index.ts';
import { CAUSES, PRESETS } from '../../src/rules/rule.ts';
import { runExample } from '../../src/rules/run-example.ts';
import { DIALECTS } from '../../src/server/server.ts';

const folder = new URL('../../src/rules/', import.meta.url);
const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { regex: true } });

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Files of src/rules that hold a rule: those that declare one. */
const ruleFiles = readdirSync(folder)
  .filter(name => name.endsWith('.ts'))
  .filter(name => /^export default defineRule/m.test(readFileSync(new URL(name, folder), 'utf8')));

test('each file that declares a rule is registered, in sorted order, and found by its id', () => {
  expect(RULES.map(rule => rule.id)).toEqual(ruleFiles.map(name => name.slice(0, -'.ts'.length)).sort());
  for (const rule of RULES) expect(ruleById(rule.id)).toBe(rule);
  expect(ruleById('no-such-rule')).toBeUndefined();
});

describe.each(RULES.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  const { meta } = rule;
  const code = readFileSync(new URL(`${id}.ts`, folder), 'utf8').replace(/^[\s\S]*\n {2}create\(/, '');

  test('has an id in kebab case', () => {
    expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
  });

  test('has a description of one sentence that starts with a verb', () => {
    expect(meta.description).toMatch(/^[A-Z][a-z]+ [^\n]+\.$/);
    expect(meta.description.length).toBeLessThanOrEqual(120);
  });

  test('names causes, presets, severities, directions and dialects that exist', () => {
    expect(CAUSES).toContain(meta.cause);
    expect(PRESETS).toEqual(expect.arrayContaining(Object.keys(meta.presets)));
    for (const severity of Object.values(meta.presets)) expect(['error', 'warn', 'info', 'off']).toContain(severity);
    expect(meta.directions.length).toBeGreaterThan(0);
    expect(DIALECTS).toEqual(expect.arrayContaining([...meta.dialects]));
    expect(meta.dialects.length).toBeGreaterThan(0);
  });

  test('is in a preset', () => {
    expect(Object.values(meta.presets).filter(severity => severity !== 'off')).not.toEqual([]);
  });

  test('has docs in full', () => {
    const { failure, why, safe, whenNotToUse, exemptions, otherTools } = meta.docs;
    for (const text of [failure, why, safe, whenNotToUse]) expect(text.trim()).not.toBe('');
    for (const text of [...exemptions, ...Object.entries(otherTools).flat()]) expect(text.trim()).not.toBe('');
  });

  test('has examples good and bad, told apart by their titles', () => {
    const titles = meta.examples.map(example => example.title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(meta.examples.some(example => example.findings.length > 0)).toBe(true);
    expect(meta.examples.some(example => example.findings.length === 0)).toBe(true);
    const inDocs = meta.examples.filter(example => example.inDocs !== false);
    expect(inDocs.some(example => example.findings.length > 0)).toBe(true);
  });

  test('each of its messages is one that its examples show or that its code reports', () => {
    const ids = Object.keys(meta.messages);
    expect(ids).not.toEqual([]);
    const unnamed = ids.filter(messageId => !code.includes(`'${messageId}'`));
    if (unnamed.length === 0) return;
    const shown = meta.examples.flatMap(example => runExample(rule, example)).map(finding => finding.message);
    for (const messageId of unnamed) {
      const pattern = new RegExp(
        `^${meta.messages[messageId]!.split(/\{\{\s*\w+\s*\}\}/)
          .map(escapeRegExp)
          .join('[\\s\\S]*')}$`,
      );
      expect(shown, messageId).toContainEqual(expect.stringMatching(pattern));
    }
  });

  test('has a valid schema for its options, which its defaults and its examples fulfil', () => {
    if (meta.optionsSchema === undefined) {
      expect(meta.defaultOptions).toBeUndefined();
      expect(meta.examples.filter(example => example.options !== undefined)).toEqual([]);
      return;
    }
    const validate = ajv.compile(meta.optionsSchema);
    expect(meta.optionsSchema).toMatchObject({ type: 'object', additionalProperties: false });
    const properties = meta.optionsSchema.properties as Record<string, { description?: string }>;
    for (const schema of Object.values(properties)) expect(schema.description?.trim()).toBeTruthy();
    expect(Object.keys(meta.defaultOptions as object).sort()).toEqual(Object.keys(properties).sort());
    for (const options of [
      meta.defaultOptions,
      ...meta.examples.map(example => example.options ?? meta.defaultOptions),
    ]) {
      validate(options);
      expect(validate.errors).toBeNull();
    }
  });
});

test.each(RULES.map(rule => [rule.id, rule] as const))('%s: its visitors listen to the same each time', (_id, rule) => {
  const create = vi.spyOn(rule, 'create');
  for (const example of rule.meta.examples) runExample(rule, example);
  const heard = create.mock.results.map(({ value }) => Object.keys(value).sort().join(' '));
  create.mockRestore();
  expect(new Set(heard.filter(keys => keys !== '')).size).toBe(1);
});
