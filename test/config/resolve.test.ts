import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { type ConfigFlags, presetSeverity, resolveConfig } from '../../src/config/resolve.ts';
import { ruleById } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';

function resolved(config: Config, flags: ConfigFlags = {}) {
  return resolveConfig({ file: '/repo/surefoot.config.json', config }, flags, '/repo/sub');
}

function severity(config: Config, file: string, flags: ConfigFlags = {}, rule = 'require-down'): string {
  return resolved(config, flags).ruleSetting(rule, file).severity;
}

describe('severity: flag > override > rules > preset', () => {
  const override = (files: string, value: 'warn' | 'off'): Config['overrides'] => [
    { files: [files], rules: { 'require-down': value } },
  ];

  test('the preset recommended where nothing is said', () => {
    const { ruleSetting, preset } = resolveConfig(undefined, {}, '/repo');
    expect(preset).toBe('recommended');
    expect(ruleSetting('require-down', '/repo/a.sql').severity).toBe('error');
    expect(ruleSetting('no-unreadable-statement', '/repo/a.sql').severity).toBe('info');
  });

  test('another preset, by config and by flag', () => {
    expect(severity({ preset: 'strict' }, '/repo/a.sql', {}, 'no-unreadable-statement')).toBe('error');
    expect(severity({ preset: 'strict' }, '/repo/a.sql', { preset: 'recommended' }, 'no-unreadable-statement')).toBe(
      'info',
    );
  });

  test('rules over the preset', () => {
    expect(severity({ rules: { 'require-down': 'info' } }, '/repo/a.sql')).toBe('info');
  });

  test('overrides for the files they fit, the last one first', () => {
    const config: Config = {
      rules: { 'require-down': 'info' },
      overrides: [...override('db/legacy/**', 'warn')!, ...override('**/*.gen.sql', 'off')!],
    };
    expect(severity(config, '/repo/db/legacy/1_a.sql')).toBe('warn');
    expect(severity(config, '/repo/db/legacy/1_a.gen.sql')).toBe('off');
    expect(severity(config, '/repo/db/1_a.sql')).toBe('info');
    expect(severity(config, '/elsewhere/db/legacy/1_a.sql')).toBe('info');
  });

  test.each([
    ['a folder', 'db/legacy'],
    ['a folder with a slash', './db/legacy/'],
    ['a file', 'db/legacy/1_a.sql'],
  ])('an override for %s', (_, files) => {
    expect(severity({ overrides: override(files, 'off')! }, '/repo/db/legacy/1_a.sql')).toBe('off');
    expect(severity({ overrides: override(files, 'off')! }, '/repo/db/legacy2/1_a.sql')).toBe('error');
  });

  test('a flag over all of them', () => {
    const flags: ConfigFlags = { rules: { 'require-down': 'warn' } };
    expect(severity({ overrides: override('**', 'off')! }, '/repo/a.sql', flags)).toBe('warn');
  });
});

describe('options', () => {
  const options = (config: Config, file = '/repo/a.sql'): unknown =>
    resolved(config).ruleSetting('require-down', file).options;

  test("the rule's defaults, and what the config changes", () => {
    expect(options({})).toEqual({ minimumShare: 0.5 });
    expect(options({ rules: { 'require-down': ['error', { minimumShare: 0.1 }] } })).toEqual({ minimumShare: 0.1 });
  });

  test('a severity alone in an override keeps them', () => {
    const config: Config = {
      rules: { 'require-down': ['error', { minimumShare: 0.1 }] },
      overrides: [{ files: ['a.sql'], rules: { 'require-down': 'warn' } }],
    };
    expect(resolved(config).ruleSetting('require-down', '/repo/a.sql')).toEqual({
      severity: 'warn',
      options: { minimumShare: 0.1 },
    });
  });
});

test('a preset that only adds takes the rest from recommended', () => {
  const rule = (presets: Rule['meta']['presets']): Rule => ({
    ...ruleById('require-down')!,
    meta: { ...ruleById('require-down')!.meta, presets },
  });
  expect(presetSeverity(rule({ recommended: 'warn' }), 'multi-tenant')).toBe('warn');
  expect(presetSeverity(rule({ recommended: 'warn', strict: 'error' }), 'strict')).toBe('error');
  expect(presetSeverity(rule({ strict: 'error' }), 'recommended')).toBe('off');
  expect(presetSeverity(rule({ 'multi-tenant': 'error' }), 'strict')).toBe('off');
  expect(presetSeverity(rule({ 'multi-tenant': 'error' }), 'all')).toBe('error');
});

test("a preset's options stand between the rule's defaults and the config's", () => {
  const options = (config: Config): unknown =>
    resolved(config).ruleSetting('require-foreign-key-index', '/repo/a.sql').options;
  expect(options({})).toEqual({ all: false });
  expect(options({ preset: 'conventions' })).toEqual({ all: true });
  expect(options({ preset: 'all' })).toEqual({ all: true });
  expect(options({ preset: 'conventions', rules: { 'require-foreign-key-index': ['warn', { all: false }] } })).toEqual({
    all: false,
  });
});

test("tenants: the config's, else tenant_id and no global tables", () => {
  expect(resolved({}).tenant).toEqual({ column: 'tenant_id', globalTables: [] });
  expect(resolved({ tenant: { column: 'org_id', globalTables: ['plans'] } }).tenant).toEqual({
    column: 'org_id',
    globalTables: ['plans'],
  });
});

test('paths are those of the config file; what the root says comes first', () => {
  const { projects } = resolved({ dialect: 'postgres', projects: [{ path: 'db', startAfter: '0041' }] });
  expect(projects).toEqual([
    { path: '/', named: false, dialect: 'postgres' },
    { path: '/repo/db', named: true, startAfter: '0041' },
  ]);
});

test('small tables, contract paths, suppressions', () => {
  const config = resolved({
    smallTables: ['countries', 'audit.kinds'],
    contractPaths: ['db/post_migrate/**'],
    suppressions: [{ file: 'db/1_a.sql', rule: 'require-down', reason: 'old' }],
  });
  expect(config.isSmallTable('audit.kinds')).toBe(true);
  expect(config.isSmallTable('kinds')).toBe(false);
  expect(config.isContractPath('/repo/db/post_migrate/1_a.sql')).toBe(true);
  expect(config.isContractPath('/repo/db/migrate/1_a.sql')).toBe(false);
  expect(
    config.suppressions.map(({ matches, rule, reason }) => [
      matches('/repo/db/1_a.sql'),
      matches('/repo/db/2_b.sql'),
      rule,
      reason,
    ]),
  ).toEqual([[true, false, 'require-down', 'old']]);
});
