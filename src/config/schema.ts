import { PRESETS, type Rule } from '../rules/rule.ts';
import { DIALECTS } from '../server/server.ts';
import { DEPLOY_ORDERS } from './config.ts';
import type { JsonSchema } from './json-schema.ts';

const SEVERITIES = ['error', 'warn', 'info', 'off'] as const;
const TRANSACTIONS = ['none', 'migration', 'all-pending', 'implicit'] as const;

const name: JsonSchema = { type: 'string', minLength: 1 };
const names: JsonSchema = { type: 'array', items: name };

/**
 * The JSON Schema of the whole config, with an entry per rule and the rule's own options.
 *
 * @param rules - all rules
 * @param tools - ids of all migration tools
 */
export function configSchema(rules: readonly Rule[], tools: readonly string[]): JsonSchema {
  const ruleEntries = rulesSchema(rules);
  const defaults = projectDefaults(tools);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Surefoot configuration',
    description:
      'What surefoot.config.ts, .js or .json holds. Paths and patterns are relative to the folder of the config file.',
    type: 'object',
    properties: {
      $schema: { type: 'string', description: 'Where this schema is, for editors.' },
      extends: {
        description: 'Configs to start from: paths or packages; later ones win, and this file wins over all of them.',
        anyOf: [name, names],
      },
      preset: { description: 'The set of severities to start from.', enum: PRESETS, default: 'recommended' },
      plugins: {
        description:
          'Rules of your own: modules that export { rules: [myRule] }, by path or package, or such an object.',
        type: 'array',
        items: {
          anyOf: [
            name,
            {
              type: 'object',
              properties: { rules: { type: 'array' } },
              required: ['rules'],
              additionalProperties: false,
            },
          ],
        },
      },
      rules: { ...ruleEntries, description: 'Severity, or severity and options, by rule.' },
      overrides: {
        description: 'Rules for some files only; later entries win.',
        type: 'array',
        items: {
          type: 'object',
          properties: {
            files: { ...names, minItems: 1, description: 'Patterns: db/legacy/**.' },
            rules: ruleEntries,
          },
          required: ['files', 'rules'],
          additionalProperties: false,
        },
      },
      ...defaults,
      projects: {
        description: 'What holds for the projects at and below a folder; the nearest entry wins over the root.',
        type: 'array',
        items: {
          type: 'object',
          properties: {
            path: { ...name, description: 'Folder of the project, or one around several.' },
            ...defaults,
            startAfter: {
              ...name,
              description:
                'The newest migration that is applied everywhere (id, version or file name): it and what is older is history.',
            },
          },
          required: ['path'],
          additionalProperties: false,
        },
      },
      smallTables: {
        ...names,
        description: 'Tables so small that it does not matter how long they are locked: countries, audit.kinds.',
      },
      contractPaths: {
        ...names,
        description:
          'Patterns of migrations that run after the code that used the old objects is gone: db/post_migrate/**.',
      },
      deployOrder: {
        description: 'Whether migrations run before the new code or after it.',
        enum: DEPLOY_ORDERS,
        default: 'migrations-first',
      },
      tenant: {
        type: 'object',
        description: 'How tables are shared by tenants.',
        properties: {
          column: { ...name, description: 'The column that names the tenant.', default: 'tenant_id' },
          globalTables: { ...names, description: 'Tables that belong to no tenant.' },
        },
        additionalProperties: false,
      },
      baseline: {
        ...name,
        description: 'File of known findings, as surefoot baseline writes it; for the command line.',
      },
      suppressions: {
        description: 'Findings to leave out where a comment would change the checksum of an applied file.',
        type: 'array',
        items: {
          type: 'object',
          properties: {
            file: { ...name, description: 'A path or pattern.' },
            rule: { enum: rules.map(({ id }) => id) },
            reason: { ...name, description: 'Why the finding does no harm.' },
          },
          required: ['file', 'rule', 'reason'],
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  };
}

function projectDefaults(tools: readonly string[]): Readonly<Record<string, JsonSchema>> {
  const timeout: JsonSchema = {
    type: 'string',
    pattern: '^\\d+(\\.\\d+)? ?(us|ms|s|min|h|d)?$',
    examples: ['5s', '500ms', '1min'],
  };
  return {
    tool: { description: 'Which migration tool runs the files; detected when left out.', enum: tools },
    dialect: { description: 'Which database they run on; detected when left out.', enum: DIALECTS },
    serverVersion: {
      type: 'string',
      description:
        'Version of the production server: 16, 8.0.36, of SQL Server with its edition: 2022 Standard; the newest measured one when left out.',
      pattern: '^\\d+(\\.\\d+)*( [A-Za-z]+)?$',
      examples: ['16', '8.0', '2022 Enterprise'],
    },
    transaction: { description: 'What transaction the runner puts around a migration.', enum: TRANSACTIONS },
    timeouts: {
      type: 'object',
      description: 'Timeouts that the runner sets on its connection.',
      properties: { lock: timeout, statement: timeout },
      additionalProperties: false,
    },
    sessionTimeZone: { ...name, description: "Time zone of the runner's session: UTC." },
  };
}

function rulesSchema(rules: readonly Rule[]): JsonSchema {
  const sorted = rules.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    type: 'object',
    properties: Object.fromEntries(sorted.map(rule => [rule.id, entrySchema(rule)])),
    // For editors, which do not know what plugins bring; with them loaded, only their own rules pass.
    patternProperties: { '^(?!surefoot/)[a-z0-9-]+/[a-z0-9-]+$': {} },
    additionalProperties: false,
  };
}

function entrySchema({ meta }: Rule): JsonSchema {
  const options: JsonSchema = meta.optionsSchema ?? { type: 'object', properties: {}, additionalProperties: false };
  return {
    description: meta.description,
    anyOf: [
      { enum: SEVERITIES },
      { type: 'array', prefixItems: [{ enum: SEVERITIES }, options], items: false, minItems: 1, maxItems: 2 },
    ],
  };
}
