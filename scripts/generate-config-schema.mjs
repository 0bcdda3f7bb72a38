// Writes config-schema.json, the published schema of the config file, from the rules. With --check it only says whether the
// file is as it should be (exit status 1 where it is not).
import { readFileSync, writeFileSync } from 'node:fs';
import { createJiti } from 'jiti';

const target = new URL('../config-schema.json', import.meta.url);
const jiti = createJiti(import.meta.url);
const { configSchema } = await jiti.import('../src/config/schema.ts');
const { MIGRATION_TOOLS } = await jiti.import('../src/migration-tools/index.ts');
const { RULES } = await jiti.import('../src/rules/index.ts');

const schema = `${JSON.stringify(configSchema(RULES, Object.keys(MIGRATION_TOOLS)), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(target, schema);
else if (readFileSync(target, 'utf8') !== schema) {
  process.stderr.write('config-schema.json is stale: run node scripts/generate-config-schema.mjs\n');
  process.exitCode = 1;
}
