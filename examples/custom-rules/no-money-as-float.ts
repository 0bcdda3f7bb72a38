import { defineRule, type Plugin } from 'surefoot';

interface Options {
  /** Names of columns, or parts of them, that hold money. */
  readonly columns: readonly string[];
}

/** A rule of a company's own: it looks at operations, so it holds for SQL and for every ORM alike. */
const rule = defineRule<Options>({
  id: 'acme/no-money-as-float',
  meta: {
    description: 'Refuse columns of money whose type rounds.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { recommended: 'error' },
    optionsSchema: {
      type: 'object',
      properties: {
        columns: {
          type: 'array',
          items: { type: 'string', minLength: 1 },
          description: 'Names of columns, or parts of them, that hold money.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { columns: ['price', 'amount'] },
    docs: {
      failure: 'Sums are wrong by cents, and nobody can say since when.',
      why: 'Binary floating point cannot hold 0.10.',
      safe: 'Use `numeric(19, 4)`.',
      exemptions: ['Columns that `columns` does not name.'],
      whenNotToUse: 'Never.',
      otherTools: {},
      url: 'https://acme.example/rules/no-money-as-float',
    },
    messages: { rounds: '{{column}} holds money, and {{type}} rounds it.' },
    examples: [
      {
        title: 'A price that rounds',
        up: 'CREATE TABLE orders (id bigint, total_price real);',
        findings: [{ at: 'total_price real' }],
      },
      { title: 'A price that does not', up: 'CREATE TABLE orders (price numeric(19, 4), weight real);', findings: [] },
    ],
  },
  create: context => ({
    createTable({ columns }) {
      for (const { name, type, range } of columns) {
        if (type === undefined || !/^(real|float|double)/.test(type.name)) continue;
        if (!context.options.columns.some(part => name.includes(part))) continue;
        context.report({
          range,
          messageId: 'rounds',
          data: { column: name, type: type.name },
          help: 'Make it numeric(19, 4).',
        });
      }
    },
  }),
});

const plugin: Plugin = { rules: [rule] };

export default plugin;
