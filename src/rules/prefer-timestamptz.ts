import { defineRule } from './rule.ts';
import { onDeclaredTypes, otherType } from './shared/declared-types.ts';

export default defineRule({
  id: 'prefer-timestamptz',
  meta: {
    description: 'Prefer timestamptz to timestamp.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    hasSuggestions: true,
    docs: {
      failure: `Times are off by hours: for users in another time zone, after the server moves, twice a year when the clocks change. Nobody can
tell from a stored value which moment it was.`,
      why: `\`timestamp\` keeps the digits and no time zone; what moment they mean depends on who wrote them. \`timestamptz\` keeps the moment
and shows it in the time zone of the session; both take eight bytes. Changing over later is free only in a session in UTC.
(PostgreSQL manual, "Date/Time Types"; wiki, "Don't Do This".)`,
      safe: `\`\`\`sql
CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz NOT NULL DEFAULT now());
\`\`\``,
      exemptions: [
        'Temporary tables; types that are taken over by LIKE or from a query.',
        'date and time: they are no moments.',
      ],
      whenNotToUse: 'Where times are those of a wall clock by their nature, such as opening hours on given days.',
      otherTools: {
        squawk: 'prefer-timestamptz',
        pgfence: 'prefer-timestamptz',
        'postgres-language-server': 'preferTimestamptz',
        MigrationPilot: 'MP040',
      },
    },
    messages: {
      found: '{{name}} keeps no time zone: which moment a value means depends on the session that wrote it.',
    },
    examples: [
      {
        title: 'A time without a zone',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamp NOT NULL);',
        findings: [{ at: 'placed_at timestamp NOT NULL', message: 'orders.placed_at' }],
      },
      {
        title: 'Every spelling',
        up: 'ALTER TABLE orders ADD COLUMN a timestamp(3) without time zone, ALTER b TYPE timestamp;',
        findings: [{ at: 'ADD COLUMN a' }, { at: 'ALTER b TYPE timestamp' }],
      },
      {
        title: 'With a time zone',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz NOT NULL);',
        findings: [],
      },
      { title: 'The long spelling', up: 'ALTER TABLE orders ADD COLUMN a timestamp(3) with time zone;', findings: [] },
      {
        title: 'Dates and times of day',
        up: 'CREATE TABLE shops (opened date, opens time);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onDeclaredTypes(declared => {
      const { type, name, operation, range } = declared;
      if (type.name !== 'timestamp') return;
      context.report({
        operation,
        range,
        messageId: 'found',
        data: { name },
        help: 'Use timestamptz.',
        ...otherType(declared, 'timestamptz'),
      });
    });
  },
});
