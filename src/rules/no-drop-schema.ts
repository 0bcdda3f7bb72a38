import { dependentsOf } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { describeTarget, listed } from './shared/dependents.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-drop-schema',
  meta: {
    description: 'Disallow dropping a schema or a database.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Everything in the schema or the database is gone: tables, rows, functions, grants. Only a restore from a backup brings
it back.`,
      why: `DROP SCHEMA … CASCADE drops whatever the schema holds at that moment, also what no migration made; so does DROP DATABASE.
Without CASCADE the schema must be empty, and then code that has it in its search_path, or creates objects in it, fails.`,
      safe: `Drop the objects one by one, each in its own contract phase, and the empty schema at the end.

\`\`\`sql
-- surefoot-contract legacy: unused since v1.42
DROP SCHEMA legacy;
\`\`\``,
      exemptions: [
        'A schema created in the same deploy.',
        'IF EXISTS of a schema that an earlier migration dropped.',
        'The contract phase: files under `contractPaths`, and schemas that a `surefoot-contract` comment says are unused.',
      ],
      whenNotToUse: 'Where migrations make and remove a schema per tenant; then suppress it at the place.',
      otherTools: {
        pgfence: 'drop-schema',
        'postgres-language-server': 'banDropSchema',
        squawk: 'ban-drop-database',
        Atlas: 'DS101',
        MigrationPilot: 'MP034, MP035',
      },
    },
    messages: {
      cascade: 'This deletes the schema {{schema}} with everything in it, for good{{content}}.',
      empty: 'This drops the schema {{schema}}: code that still names it, or creates something in it, fails.',
      database: 'This deletes the database {{schema}} with everything in it, for good.',
    },
    examples: [
      {
        title: 'A schema with all that it holds',
        history: 'CREATE SCHEMA legacy;\nCREATE TABLE legacy.orders (id bigint PRIMARY KEY);',
        up: 'DROP SCHEMA legacy CASCADE;',
        findings: [{ at: 'DROP SCHEMA legacy', message: 'as far as the migrations show: table legacy.orders' }],
      },
      {
        title: 'A database',
        up: 'DROP DATABASE shop;',
        findings: [{ at: 'DROP DATABASE shop', message: 'the database shop' }],
      },
      {
        title: 'A schema that must be empty',
        up: 'DROP SCHEMA IF EXISTS "Legacy";',
        findings: [{ at: 'DROP SCHEMA IF EXISTS "Legacy"', message: 'the schema Legacy' }],
        inDocs: false,
      },
      {
        title: 'A schema of the same migration',
        up: 'CREATE SCHEMA scratch;\nDROP SCHEMA scratch CASCADE;',
        findings: [],
      },
      {
        title: 'The contract phase',
        history: 'CREATE SCHEMA legacy;',
        up: '-- surefoot-contract legacy: unused since v1.42\nDROP SCHEMA legacy;',
        findings: [],
      },
      {
        title: 'IF EXISTS of a schema that is gone',
        history: [{ up: 'CREATE SCHEMA legacy;' }, { up: 'DROP SCHEMA legacy;' }],
        up: 'DROP SCHEMA IF EXISTS legacy CASCADE;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        up: 'DROP DATABASE shop;',
        findings: [{ at: 'DROP DATABASE shop' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      dropSchema(operation, { state }) {
        const { schema } = operation;
        const { schemas, schemasGone } = state.schema;
        if (context.isNewOrigin(schemas.get(schema)) || schemasGone.has(schema)) return;
        if (context.isContracted(schema)) return;
        const content = dependentsOf(state, { kind: 'schema', name: schema })
          .filter(({ target }) => target.kind === 'relation' || target.kind === 'routine' || target.kind === 'type')
          .map(({ target }) => describeTarget(state, target))
          .filter(text => !/^(unique )?index /.test(text));
        context.report({
          operation,
          ...(context.deployOrder === 'code-first' ? { severity: 'warn' } : {}),
          messageId: operation.cascade ? 'cascade' : 'empty',
          data: {
            schema,
            content: content.length === 0 ? '' : `; as far as the migrations show: ${listed([...new Set(content)])}`,
          },
          help: 'Drop what it holds piece by piece, each when nothing uses it any more, and the empty schema last.',
        });
      },
      dropDatabase(operation) {
        if (context.isContracted(operation.database)) return;
        context.report({
          operation,
          messageId: 'database',
          data: { schema: operation.database },
          help: 'Leave that to whoever runs the server; a migration should not be able to do it.',
        });
      },
    };
  },
});
