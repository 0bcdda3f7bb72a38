import type { ConstraintDefinition } from '../operations/definitions.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import type { Range } from '../source/source-file.ts';
import { defineRule } from './rule.ts';
import { fitsPattern } from './shared/names.ts';

/** Patterns by kind of constraint: regular expressions in which <table> stands for the table's name. */
interface Options {
  readonly primaryKey: string;
  readonly unique: string;
  readonly foreignKey: string;
  readonly check: string;
  readonly exclude: string;
}

const KINDS: Readonly<Record<keyof Options, string>> = {
  primaryKey: 'primary key',
  unique: 'unique constraint',
  foreignKey: 'foreign key',
  check: 'check',
  exclude: 'exclusion constraint',
};

function patternOf(kind: keyof Options): object {
  return {
    type: 'string',
    format: 'regex',
    description: `What the name of a ${KINDS[kind]} looks like: a regular expression in which \`<table>\` stands for the table's name.`,
  };
}

export default defineRule<Options>({
  id: 'constraint-naming',
  meta: {
    description: 'Require names of constraints to tell their table and kind.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    optionsSchema: {
      type: 'object',
      properties: {
        primaryKey: patternOf('primaryKey'),
        unique: patternOf('unique'),
        foreignKey: patternOf('foreignKey'),
        check: patternOf('check'),
        exclude: patternOf('exclude'),
      },
      additionalProperties: false,
    },
    defaultOptions: {
      primaryKey: '^(<table>(_.+)?_(pkey|pk)|(pk|pkey)_<table>(_.+)?)$',
      unique: '^(<table>_.+_(key|uniq|unique|uk|uq)|(uk|uq|uniq|unique|key)_<table>(_.+)?)$',
      foreignKey: '^(<table>_.+_(fkey|fk)|(fk|fkey)_<table>(_.+)?)$',
      check: '^(<table>_.*(check|chk|ck|not_null)|(ck|chk|check)_<table>(_.+)?)$',
      exclude: '^(<table>_.+_(excl|exclude)|(ex|excl)_<table>(_.+)?)$',
    },
    docs: {
      failure: `The application shows its users \`violates check constraint "c1"\`, and the person on call searches the schema for it. Dropping
the constraint later needs a name that differs from database to database.`,
      why: `The server itself names constraints \`table_column_check\`, \`table_column_fkey\`, \`table_column_key\`, \`table_pkey\`. What follows the
same pattern can be told from an error message.`,
      safe: `\`\`\`sql
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
\`\`\`

\`ck_orders_total\` fits too; the options hold another convention.`,
      exemptions: [
        'Constraints without a name: the server gives them one that fits.',
        'NOT NULL constraints.',
        'Names of 60 bytes and more: their ending may have been cut.',
      ],
      whenNotToUse: 'Where names are given by an ORM.',
      otherTools: { Bytebase: 'naming.index.pk, naming.index.uk, naming.index.fk', Atlas: 'NM105, NM106' },
    },
    messages: {
      name: 'The name {{name}} does not tell that it is a {{kind}} of {{table}}.',
    },
    examples: [
      {
        title: 'A name that tells nothing',
        up: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;',
        findings: [{ at: 'ADD CONSTRAINT positive', message: 'a check of orders' }],
      },
      {
        title: 'In CREATE TABLE and with a column',
        up: `CREATE TABLE orders (id bigint CONSTRAINT pk PRIMARY KEY, n int, CONSTRAINT u UNIQUE (n));
ALTER TABLE app.lines ADD COLUMN o bigint CONSTRAINT to_orders REFERENCES orders (id);`,
        findings: [
          { at: 'CONSTRAINT pk PRIMARY KEY', message: 'primary key' },
          { at: 'CONSTRAINT u UNIQUE (n)', message: 'unique constraint' },
          { at: 'ADD COLUMN o', message: 'foreign key of app.lines' },
        ],
        inDocs: false,
      },
      {
        title: "A convention of one's own, and a new name",
        options: {
          primaryKey: '^pk$',
          unique: '^uq_<table>$',
          foreignKey: '^fk_',
          check: '^is_',
          exclude: '^ex_',
        },
        history: 'CREATE TABLE t (id int, CONSTRAINT uq_t UNIQUE (id));',
        up: 'ALTER TABLE t ADD CONSTRAINT is_positive CHECK (id > 0);\nALTER TABLE t RENAME CONSTRAINT uq_t TO u;',
        findings: [{ at: 'RENAME CONSTRAINT uq_t TO u' }],
        inDocs: false,
      },
      {
        title: 'Table, columns, kind',
        up: `CREATE TABLE orders (
  id bigint, user_id bigint, n int,
  CONSTRAINT orders_pkey PRIMARY KEY (id),
  CONSTRAINT uq_orders_n UNIQUE (n),
  CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);`,
        findings: [],
      },
      { title: 'No name', up: 'ALTER TABLE orders ADD UNIQUE (n), ADD CHECK (n > 0);', findings: [] },
      {
        title: 'A NOT NULL constraint',
        up: 'ALTER TABLE orders ADD CONSTRAINT filled NOT NULL n NOT VALID;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      createTable(operation) {
        if (operation.persistence === 'temporary') return;
        const inColumns = operation.columns.flatMap(({ constraints }) => constraints);
        for (const constraint of [...inColumns, ...operation.constraints]) {
          judge(operation, operation.table, constraint, constraint.range);
        }
      },
      addColumn(operation) {
        for (const constraint of operation.column.constraints) judge(operation, operation.table, constraint);
      },
      addCheck: operation => judge(operation, operation.table, operation.constraint),
      addUnique: operation => judge(operation, operation.table, operation.constraint),
      addPrimaryKey: operation => judge(operation, operation.table, operation.constraint),
      addForeignKey: operation => judge(operation, operation.table, operation.constraint),
      addExclude: operation => judge(operation, operation.table, operation.constraint),
      renameConstraint(operation, site) {
        const table = context.resolveTable(operation.table, site.state);
        const constraint = table?.constraints.find(({ name }) => name === operation.name);
        if (constraint !== undefined) judge(operation, operation.table, { ...constraint, name: operation.newName });
      },
    };

    function judge(
      operation: Operation,
      table: ObjectName,
      { type, name }: Pick<ConstraintDefinition, 'type' | 'name'>,
      range?: Range,
    ): void {
      if (type === 'notNull' || name === undefined || fitsPattern(name, context.options[type], table.name)) return;
      context.report({
        operation,
        ...(range === undefined ? {} : { range }),
        messageId: 'name',
        data: { name, kind: KINDS[type], table: displayName(table) },
        help: 'Name it after its table, columns and kind, as the server would, or set the option for its kind.',
      });
    }
  },
});
