import type { Operation } from '../operations/operations.ts';
import { defineRule } from './rule.ts';

interface Options {
  /** How many bytes a name may have. */
  readonly max: number;
}

/** What the server keeps of a name (NAMEDATALEN - 1). */
const KEPT_BYTES = 63;

export default defineRule<Options>({
  id: 'max-identifier-length',
  meta: {
    description: 'Disallow names that are longer than what the server keeps.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    optionsSchema: {
      type: 'object',
      properties: { max: { type: 'integer', minimum: 1, description: 'How many bytes a name may have.' } },
      additionalProperties: false,
    },
    defaultOptions: { max: KEPT_BYTES },
    docs: {
      failure: `The index is there under a name that nobody wrote. A later migration that drops it by what the application takes its name to
be does nothing or fails; a second long name that begins the same way fails with \`already exists\`, or, with IF NOT EXISTS, is
passed over in silence.`,
      why: `PostgreSQL cuts names to 63 bytes, with no more than a NOTICE. Letters beyond ASCII take two to four bytes each. (PostgreSQL
manual, "Identifiers and Key Words".)`,
      safe: `\`\`\`sql
CREATE INDEX orders_user_created_idx ON orders (organization_user_id, created_at_in_local_time);
\`\`\``,
      exemptions: ['Names that a statement only mentions.', 'Names that the server makes up: it keeps their ending.'],
      whenNotToUse: 'Where the server was built with a larger NAMEDATALEN: set the option max.',
      otherTools: { squawk: 'identifier-too-long' },
    },
    messages: {
      cut: 'The name {{name}} has {{bytes}} bytes: the server keeps {{kept}} and calls it {{cut}}.',
      long: 'The name {{name}} has {{bytes}} bytes, more than {{max}}.',
    },
    examples: [
      {
        title: 'An index whose name is cut',
        up: 'CREATE INDEX orders_organization_user_id_created_at_in_local_time_and_status_idx ON orders (a);',
        findings: [
          {
            at: 'CREATE INDEX orders_organization_user_id_created_at_in_local_time_and_status_idx',
            message: 'has 67 bytes: the server keeps 63',
          },
        ],
      },
      {
        title: 'Tables, columns, constraints; bytes and not letters',
        up: `CREATE TABLE "größenänderungsübersichtsprüfungstabelleüberlängeößäü_äöüäöüäöü" (id int);
ALTER TABLE t ADD CONSTRAINT t_organization_user_id_created_at_in_local_time_and_status_check CHECK (a > 0);`,
        findings: [
          { at: 'CREATE TABLE "größenänderungsübersichtsprüfungstabelleüberlängeößäü_äöüäöüäöü"' },
          { at: 'ADD CONSTRAINT t_organization_user_id_created_at_in_local_time_and_status_check' },
        ],
        inDocs: false,
      },
      {
        title: 'A shorter limit',
        options: { max: 10 },
        up: 'CREATE TABLE a_long_name (id int, another_name int);',
        findings: [
          { at: 'CREATE TABLE a_long_name', message: 'a_long_name has 11 bytes, more than 10' },
          { at: 'CREATE TABLE a_long_name', message: 'another_name' },
        ],
      },
      { title: 'Short names', up: 'CREATE INDEX orders_user_id_idx ON orders (user_id);', findings: [] },
      {
        title: '63 bytes are kept',
        up: 'CREATE INDEX orders_organization_user_id_created_at_in_local_time_status_idx ON t (a);',
        findings: [],
      },
      {
        title: 'A long name that is only mentioned',
        up: 'DROP INDEX orders_organization_user_id_created_at_in_local_time_and_status_idx;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { max } = context.options;
    return {
      operation(operation) {
        for (const name of new Set(namesMadeBy(operation))) {
          const text = context.segment.file.text.slice(...operation.range);
          const written = writtenName(name, text);
          const bytes = Buffer.byteLength(written);
          if (bytes <= max) continue;
          const isCut = written !== name;
          context.report({
            operation,
            messageId: isCut ? 'cut' : 'long',
            data: { name: written, bytes, max, kept: KEPT_BYTES, cut: name },
            help: 'Choose a shorter name.',
          });
        }
      },
    };
  },
});

/** The names that an operation gives to something. */
function namesMadeBy(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'createTable':
      return [
        operation.table.name,
        ...operation.columns.flatMap(({ name, constraints }) => [name, ...namesOf(constraints)]),
        ...namesOf(operation.constraints),
      ];
    case 'addColumn':
      return [operation.column.name, ...namesOf(operation.column.constraints)];
    case 'addCheck':
    case 'addNotNullConstraint':
    case 'addUnique':
    case 'addPrimaryKey':
    case 'addForeignKey':
    case 'addExclude':
      return namesOf([operation.constraint]);
    case 'createIndex':
      return operation.name === undefined ? [] : [operation.name];
    case 'createView':
    case 'createMaterializedView':
      return [operation.view.name, ...operation.columnNames];
    case 'createSequence':
      return [operation.sequence.name];
    case 'createEnum':
    case 'createCompositeType':
    case 'createOtherType':
      return [operation.type.name];
    case 'createDomain':
      return [operation.domain.name];
    case 'createRoutine':
      return [operation.routine.name];
    case 'createTrigger':
    case 'createPolicy':
    case 'createRule':
      return [operation.name];
    case 'createSchema':
      return [operation.schema];
    case 'renameColumn':
    case 'renameTable':
    case 'renameConstraint':
    case 'renameTrigger':
    case 'renamePolicy':
    case 'renameType':
    case 'renameSchema':
      return [operation.newName];
    default:
      return [];
  }
}

function namesOf(constraints: readonly { readonly name?: string }[]): readonly string[] {
  return constraints.flatMap(({ name }) => (name === undefined ? [] : [name]));
}

/** A name as the statement has it, where the parser has cut it as the server would: at 63 bytes, or at a letter before. */
function writtenName(name: string, text: string): string {
  if (Buffer.byteLength(name) < KEPT_BYTES - 3) return name;
  const start = text.toLowerCase().indexOf(name.toLowerCase());
  if (start < 0) return name;
  const end = start + name.length;
  const rest = text[start - 1] === '"' ? /^[^"]*/ : /^[\p{L}\p{N}_$]*/u;
  return name + (rest.exec(text.slice(end))?.[0] ?? '');
}
