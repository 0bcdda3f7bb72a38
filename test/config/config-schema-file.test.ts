import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { MIGRATION_TOOLS } from '../../src/migration-tools/index.ts';
import { RULES } from '../../src/rules/index.ts';

test('config-schema.json is fresh (node scripts/generate-config-schema.mjs writes it)', () => {
  const written: unknown = JSON.parse(readFileSync(new URL('../../config-schema.json', import.meta.url), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(configSchema(RULES, Object.keys(MIGRATION_TOOLS)))));
});
