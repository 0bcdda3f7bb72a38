import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { type JsonSchema, KNOWN_KEYWORDS } from '../../src/config/json-schema.ts';
import { configSchema } from '../../src/config/schema.ts';
import { describeProblem, validate } from '../../src/config/validate.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { RULES } from '../../src/rules/index.ts';

const SCHEMA = configSchema(RULES, Object.keys(MIGRATION_TOOLS));

function problems(value: unknown): readonly string[] {
  return validate(value, SCHEMA).map(describeProblem);
}

/** Right configs, wrong ones with what is said of each; ajv must agree on which is which. */
const RIGHT: readonly unknown[] = [
  {},
  { $schema: './node_modules/surefoot/config-schema.json' },
  { extends: './base.json' },
  { extends: ['./base.json', 'company-config'], preset: 'strict' },
  {
    rules: {
      'require-concurrent-index': 'off',
      'no-rename-column': ['warn'],
      'require-down': ['error', { minimumShare: 0.2 }],
    },
  },
  { overrides: [{ files: ['db/legacy/**'], rules: { 'require-down': 'off' } }] },
  {
    dialect: 'postgres',
    serverVersion: '16',
    timeouts: { lock: '5s', statement: '1.5 min' },
    sessionTimeZone: 'UTC',
    transaction: 'migration',
    tool: 'sql',
  },
  { projects: [{ path: 'db', dialect: 'mysql', serverVersion: '8.0.36', startAfter: '0041' }] },
  { smallTables: ['countries'], contractPaths: ['db/post/**'], deployOrder: 'code-first' },
  { tenant: { column: 'org_id', globalTables: ['plans'] } },
  { suppressions: [{ file: 'db/1_a.sql', rule: 'require-down', reason: 'applied in 2019' }] },
];

const WRONG: readonly (readonly [config: unknown, said: string])[] = [
  [
    { rules: { 'require-concurent-index': 'off' } },
    'rules.require-concurent-index: unknown rule; did you mean require-concurrent-index?',
  ],
  [
    { overrides: [{ files: ['a'], rules: { 'requir-down': 'off' } }] },
    'overrides[0].rules.requir-down: unknown rule; did you mean require-down?',
  ],
  [{ rulse: {} }, 'rulse: unknown key; did you mean rules?'],
  [{ completelyDifferent: 1 }, 'completelyDifferent: unknown key'],
  [
    { rules: { 'require-down': 'warning' } },
    'rules.require-down: "warning" is none of error, warn, info, off; did you mean warn?',
  ],
  [{ rules: { 'require-down': 2 } }, 'rules.require-down: must be one of error, warn, info, off or a list, is 2'],
  [
    { rules: { 'require-down': ['eror', {}] } },
    'rules.require-down[0]: "eror" is none of error, warn, info, off; did you mean error?',
  ],
  [
    { rules: { 'require-down': ['error', { minimumShar: 1 }] } },
    'rules.require-down[1].minimumShar: unknown key; did you mean minimumShare?',
  ],
  [
    { rules: { 'require-down': ['error', { minimumShare: 2 }] } },
    'rules.require-down[1].minimumShare: must be at most 1, is 2',
  ],
  [{ rules: { 'require-down': ['error', {}, 1] } }, 'rules.require-down: must have at most 2 entries'],
  [{ rules: { 'require-down': [] } }, 'rules.require-down: must have at least 1 entry'],
  [{ rules: [] }, 'rules: must be an object, is a list'],
  [
    { preset: 'recomended' },
    'preset: "recomended" is none of recommended, strict, multi-tenant, conventions, all; did you mean recommended?',
  ],
  [
    { dialect: 'postgresql' },
    'dialect: "postgresql" is none of postgres, mysql, mariadb, sqlite, sqlserver, mongodb; did you mean postgres?',
  ],
  [{ serverVersion: 16 }, 'serverVersion: must be a text, is 16'],
  [{ serverVersion: 'latest' }, 'serverVersion: must be like 16, 8.0, 2022 Enterprise, is "latest"'],
  [{ timeouts: { lock: 'long' } }, 'timeouts.lock: must be like 5s, 500ms, 1min, is "long"'],
  [{ projects: [{ dialect: 'mysql' }] }, 'projects[0]: the key path is missing'],
  [{ projects: { path: 'db' } }, 'projects: must be a list, is an object'],
  [{ overrides: [{ files: 'db/**', rules: {} }] }, 'overrides[0].files: must be a list, is "db/**"'],
  [{ suppressions: [{ file: 'a', rule: 'require-down' }] }, 'suppressions[0]: the key reason is missing'],
  [
    { suppressions: [{ file: 'a', rule: 'require-dwn', reason: 'x' }] },
    'suppressions[0].rule: unknown rule require-dwn; did you mean require-down?',
  ],
  [{ suppressions: [{ file: 'a', rule: 'require-down', reason: '' }] }, 'suppressions[0].reason: must not be empty'],
  [{ extends: 1 }, 'extends: must be a text or a list, is 1'],
  [{ extends: [1] }, 'extends[0]: must be a text, is 1'],
  [[], 'the config must be an object, is a list'],
  [null, 'the config must be an object, is null'],
  ['strict', 'the config must be an object, is "strict"'],
  [JSON.parse('{"__proto__": {}}'), '__proto__: unknown key'],
  [{ rules: { constructor: 'off' } }, 'rules.constructor: unknown rule'],
];

describe('a right config', () => {
  test.each(RIGHT.map(config => [JSON.stringify(config), config]))('%s', (_, config) => {
    expect(problems(config)).toEqual([]);
  });
});

describe('a wrong config', () => {
  test.each(WRONG.map(([config, said]) => [said, config] as const))('%s', (said, config) => {
    expect(problems(config)).toEqual([said]);
  });
});

test('a key whose value is undefined is one that is not there', () => {
  expect(problems({ preset: undefined, projects: [{ path: 'a', tool: undefined }] })).toEqual([]);
});

describe('the published schema', () => {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    allErrors: true,
    formats: { regex: true },
  });
  const accepts = ajv.compile(SCHEMA);

  test.each(RIGHT.map(config => [JSON.stringify(config), config]))('ajv accepts %s', (_, config) => {
    expect(accepts(config), JSON.stringify(accepts.errors)).toBe(true);
  });

  test.each(WRONG.map(([config]) => [JSON.stringify(config), config]))('ajv refuses %s', (_, config) => {
    expect(accepts(config)).toBe(false);
  });

  test('uses only keywords that our own validator understands', () => {
    const unknown = new Set<string>();
    const visit = (schema: JsonSchema | false): void => {
      if (schema === false) return;
      for (const key of Object.keys(schema)) if (!KNOWN_KEYWORDS.has(key)) unknown.add(key);
      for (const inner of Object.values(schema.properties ?? {})) visit(inner);
      for (const inner of [...(schema.anyOf ?? []), ...(schema.prefixItems ?? [])]) visit(inner);
      if (schema.items !== undefined) visit(schema.items);
      if (schema.additionalProperties !== undefined) visit(schema.additionalProperties);
    };
    visit(SCHEMA);
    expect([...unknown]).toEqual([]);
  });
});
