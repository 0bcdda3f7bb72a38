import { safeForms } from '../fixes/index.ts';
import { declaredText } from '../operations/data-types.ts';
import { displayName } from '../operations/names.ts';
import { findColumn } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { isNarrow, lossOf } from './shared/type-changes.ts';

export default defineRule({
  id: 'no-lossy-type-change',
  meta: {
    description: 'Disallow a type change to a type that does not hold every value of the old one.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlserver'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Digits, the time of day or the end of a text are gone, and no down brings them back. Or the migration fails in
production with \`integer out of range\` or \`value too long\`, as only production has such a value; and running code that writes one
fails from then on.`,
      why: `Some casts round or cut without an error (\`numeric(10,4)\` to \`numeric(10,2)\`, \`timestamptz\` to \`date\`, an explicit cast to
\`varchar(n)\`), the others fail at the first value that does not fit.`,
      safe: `Keep the wider type and state the limit as a check, which is validated without blocking writes; or go by expand and
contract, and look at the values that do not fit before anything is dropped.

\`\`\`sql
ALTER TABLE users ADD CONSTRAINT users_name_length CHECK (char_length(name) <= 50) NOT VALID;
-- the next migration
ALTER TABLE users VALIDATE CONSTRAINT users_name_length;
\`\`\``,
      exemptions: [
        'Widening: every value of the old type fits.',
        'Tables created in the same deploy, and columns added in it.',
        'Types whose old form the history does not show, where the new one has no limit.',
      ],
      whenNotToUse: 'Where the values are known to fit; then suppress it at the place, with the query that showed it.',
      otherTools: { MigrationPilot: 'MP044', Bytebase: 'column_disallow_changing_type' },
    },
    messages: {
      charset:
        'Characters of {{table}} that {{new}} does not have are lost, or stop the conversion: {{old}} has more of them.',
      narrows:
        '{{table}}.{{column}} goes from {{old}} to {{new}}, which holds less: rows that do not fit stop this, or are cut without strict mode.',
      loses:
        'From {{old}} to {{new}}, {{table}}.{{column}} loses {{loss}}, or the migration fails on the first value that does not fit.',
      unknown:
        'Values of {{table}}.{{column}} that {{new}} does not hold are lost, or make the migration fail; the old type is not known.',
    },
    examples: [
      {
        title: 'A shorter column of SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY, name nvarchar(50) NULL, n bigint NULL);',
        up: 'ALTER TABLE users ALTER COLUMN name nvarchar(20) NULL;\nALTER TABLE users ALTER COLUMN n int NULL;\nALTER TABLE users ALTER COLUMN name nvarchar(100) NULL;',
        findings: [{ at: 'ALTER COLUMN name nvarchar(20)' }, { at: 'ALTER COLUMN n int' }],
        inDocs: false,
      },
      {
        title: 'To a character set with fewer characters',
        dialect: 'mysql',
        history:
          'CREATE TABLE users (id int PRIMARY KEY, name text) DEFAULT CHARSET=utf8mb4;\nCREATE TABLE logs (id int, text text) DEFAULT CHARSET=latin1;',
        up: 'ALTER TABLE users CONVERT TO CHARACTER SET latin1;\nALTER TABLE logs CONVERT TO CHARACTER SET utf8mb4;',
        findings: [{ at: 'CONVERT TO CHARACTER SET latin1', message: 'utf8mb4 has more of them' }],
        inDocs: false,
      },
      {
        title: 'A smaller integer',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, n bigint);',
        up: 'ALTER TABLE t ALTER COLUMN n TYPE int;',
        findings: [
          { at: 'ALTER COLUMN n TYPE int', message: 'From bigint to int, t.n loses values that are out of range' },
        ],
      },
      {
        title: 'A shorter text, and fewer digits',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, name varchar(255), price numeric(10,4));',
        up: 'ALTER TABLE t ALTER name TYPE varchar(50) USING left(name, 50), ALTER price SET DATA TYPE numeric(12,2);',
        findings: [
          { at: 'ALTER name TYPE varchar(50)', message: 'what is longer' },
          { at: 'ALTER price SET DATA TYPE numeric(12,2)', message: 'digits' },
        ],
      },
      {
        title: 'Time of day and time zone',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, at timestamptz, tz timetz);',
        up: 'ALTER TABLE t ALTER COLUMN at TYPE date;\nALTER TABLE t ALTER COLUMN tz TYPE time;',
        findings: [
          { at: 'ALTER COLUMN at TYPE date', message: 'the time of day' },
          { at: 'ALTER COLUMN tz TYPE time', message: 'the time zone' },
        ],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show',
        up: 'ALTER TABLE "T" ALTER COLUMN n TYPE smallint;\nALTER TABLE "T" ALTER COLUMN s TYPE text;',
        findings: [{ at: 'ALTER COLUMN n TYPE smallint', message: 'the old type is not known' }],
        inDocs: false,
      },
      {
        title: 'Widening',
        history: 'CREATE TABLE t (id int PRIMARY KEY, name varchar(50), price numeric(10,2), at date, f real);',
        up: `ALTER TABLE t ALTER COLUMN id TYPE bigint, ALTER name TYPE text, ALTER price TYPE numeric(14,2),
  ALTER at TYPE timestamptz, ALTER f TYPE double precision;`,
        findings: [],
      },
      {
        title: 'A new column',
        history: 'CREATE TABLE t (id int PRIMARY KEY);',
        up: 'ALTER TABLE t ADD COLUMN n bigint;\nALTER TABLE t ALTER COLUMN n TYPE int;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE t (n bigint);\nALTER TABLE t ALTER COLUMN n TYPE int;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'int4 fits into numeric(10,0), and into a float of eight bytes',
        history: 'CREATE TABLE t (a int, b int);',
        up: 'ALTER TABLE t ALTER a TYPE numeric(10), ALTER b TYPE float8;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A narrower type on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), n bigint, bio text);',
        up: 'ALTER TABLE users MODIFY name varchar(20), MODIFY n int, MODIFY bio varchar(100);',
        findings: [{ at: 'MODIFY name', message: 'holds less' }, { at: 'MODIFY n' }, { at: 'MODIFY bio' }],
      },
      {
        title: 'A wider type on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), n int, bio varchar(100));',
        up: 'ALTER TABLE users MODIFY name varchar(60), MODIFY n bigint, MODIFY bio text;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      // MODIFY and CHANGE of MySQL.
      redefineColumn(operation, { state, ownEffects }) {
        const relation = context.resolve(operation.table, state);
        if (context.isNew(relation, state)) return;
        const old = relation?.kind === 'table' ? findColumn(relation, operation.column) : undefined;
        const { type } = operation.definition;
        if (old?.type === undefined || type === undefined || context.isNewOrigin(old.origin)) return;
        if (!ownEffects.failsOnRows.some(({ reason }) => reason === 'too long')) return;
        context.report({
          operation,
          messageId: 'narrows',
          data: {
            table: displayName(operation.table),
            column: operation.column,
            old: old.type.text,
            new: type.text,
          },
          help: 'Keep the type and state the limit as a CHECK (MySQL 8.0.16, MariaDB); or expand and contract.',
        });
      },
      convertCharset(operation, { state }) {
        const relation = context.resolve(operation.table, state);
        if (context.isNew(relation, state) || holdsAll(operation.charset)) return;
        const options = relation?.kind === 'table' ? relation.options : [];
        const old = options.find(({ name }) => name === 'charset')?.value?.toLowerCase();
        // What is not known to hold more may be of the same set.
        if (old === undefined || old === operation.charset || (!holdsAll(old) && old !== 'utf8' && old !== 'utf8mb3'))
          return;
        context.report({
          operation,
          messageId: 'charset',
          data: { table: displayName(operation.table), old, new: operation.charset },
          help: 'Stay with utf8mb4; look for characters that the other set does not have before anything is converted.',
        });
      },
      alterColumnType(operation, { state, ownEffects }) {
        const relation = context.resolve(operation.table, state);
        if (context.isNew(relation, state)) return;
        const column = relation?.kind === 'table' ? findColumn(relation, operation.column) : undefined;
        if (context.isNewOrigin(column?.origin)) return;
        const old = column?.type;
        if (context.server.dialect === 'sqlserver') {
          if (old === undefined || !ownEffects.failsOnRows.some(({ reason }) => reason === 'too long')) return;
          context.report({
            operation,
            messageId: 'narrows',
            data: {
              table: displayName(operation.table),
              column: operation.column,
              old: old.text,
              new: operation.type.text,
            },
            help: 'Keep the type and state the limit as a CHECK; or expand and contract.',
          });
          return;
        }
        const loss = old === undefined ? undefined : lossOf(old, operation.type);
        if (old === undefined ? !isNarrow(operation.type) : loss === undefined) return;
        context.report({
          operation,
          messageId: old === undefined ? 'unknown' : 'loses',
          data: {
            table: displayName(operation.table),
            column: operation.column,
            old: old === undefined ? '' : declaredText(old),
            new: operation.type.text,
            loss: loss ?? '',
          },
          help: 'Keep the type and state the limit as a CHECK … NOT VALID, validated later; or expand and contract.',
          ...safeForms(context.server).changedType(operation, state),
        });
      },
    };
  },
});

/** Whether a character set of MySQL has every character. */
const holdsAll = (charset: string): boolean => ['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030'].includes(charset);
