import { type Effects, effects } from '../src/effects/index.ts';
import type { Finding } from '../src/linter/finding.ts';
import { FRONT_ENDS } from '../src/parsers/index.ts';
import { RULES } from '../src/rules/index.ts';
import { lintExample } from '../src/rules/run-example.ts';
import { applyStatement, emptyState } from '../src/schema/index.ts';
import { DIALECT_TITLES, type Dialect } from '../src/server/server.ts';
import { fragmentOf } from '../src/source/fragment.ts';

/** The servers that are compared, each at one version. */
export const SERVERS = {
  postgres: '17',
  mysql: '8.4',
  mariadb: '10.11',
  sqlite: '3.40',
  sqlserver: '2022',
} as const satisfies Partial<Record<Dialect, string>>;
export type ComparedDialect = keyof typeof SERVERS;
const COMPARED = Object.keys(SERVERS) as ComparedDialect[];

/** One change of a live table, as it is written on each server; left out where the server has no such thing. */
export interface SameChange {
  readonly title: string;
  readonly up: Readonly<Partial<Record<ComparedDialect, string>>>;
}

/** What is there before each change: customers, and orders of theirs. */
export const HISTORY: Readonly<Record<ComparedDialect, string>> = {
  postgres: `CREATE TABLE customers (id int PRIMARY KEY, email varchar(40) NOT NULL, phone varchar(20), visits int);
CREATE INDEX customers_phone ON customers (phone);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL);
CREATE TYPE plan AS ENUM ('free', 'paid');
ALTER TABLE customers ADD COLUMN plan plan;`,
  mysql: `CREATE TABLE customers (id int PRIMARY KEY, email varchar(40) NOT NULL, phone varchar(20), visits int,
  plan enum('free', 'paid'), KEY customers_phone (phone)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL) DEFAULT CHARSET=utf8mb4;`,
  mariadb: `CREATE TABLE customers (id int PRIMARY KEY, email varchar(40) NOT NULL, phone varchar(20), visits int,
  plan enum('free', 'paid'), KEY customers_phone (phone)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL) DEFAULT CHARSET=utf8mb4;`,
  sqlite: `CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT, visits INTEGER);
CREATE INDEX customers_phone ON customers (phone);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL);`,
  sqlserver: `CREATE TABLE dbo.customers (id int NOT NULL CONSTRAINT PK_customers PRIMARY KEY, email nvarchar(40) NOT NULL,
  phone nvarchar(20) NULL, visits int NULL);
GO
CREATE INDEX customers_phone ON dbo.customers (phone);
GO
CREATE TABLE dbo.orders (id bigint NOT NULL CONSTRAINT PK_orders PRIMARY KEY, customer_id int NOT NULL);
GO`,
};

/** SQLite's way to change what ALTER TABLE cannot: a new table, a copy, and its name. */
const rebuilt = (columns: string): string => `PRAGMA foreign_keys=OFF;
CREATE TABLE new_customers (id INTEGER PRIMARY KEY, ${columns});
INSERT INTO new_customers (id, email, phone, visits) SELECT id, email, phone, visits FROM customers;
DROP TABLE customers;
ALTER TABLE new_customers RENAME TO customers;
CREATE INDEX customers_phone ON customers (phone);
PRAGMA foreign_keys=ON;`;

const modified = (change: string) => ({
  mysql: `ALTER TABLE customers MODIFY ${change};`,
  mariadb: `ALTER TABLE customers MODIFY ${change};`,
});

export const CHANGES: readonly SameChange[] = [
  {
    title: 'Add a column that may be NULL',
    up: {
      postgres: 'ALTER TABLE customers ADD COLUMN city varchar(40);',
      mysql: 'ALTER TABLE customers ADD COLUMN city varchar(40);',
      mariadb: 'ALTER TABLE customers ADD COLUMN city varchar(40);',
      sqlite: 'ALTER TABLE customers ADD COLUMN city TEXT;',
      sqlserver: 'ALTER TABLE dbo.customers ADD city nvarchar(40) NULL;',
    },
  },
  {
    title: 'Add a NOT NULL column with a default',
    up: {
      postgres: "ALTER TABLE customers ADD COLUMN city varchar(40) NOT NULL DEFAULT '';",
      mysql: "ALTER TABLE customers ADD COLUMN city varchar(40) NOT NULL DEFAULT '';",
      mariadb: "ALTER TABLE customers ADD COLUMN city varchar(40) NOT NULL DEFAULT '';",
      sqlite: "ALTER TABLE customers ADD COLUMN city TEXT NOT NULL DEFAULT '';",
      sqlserver: "ALTER TABLE dbo.customers ADD city nvarchar(40) NOT NULL CONSTRAINT DF_city DEFAULT (N'');",
    },
  },
  {
    title: 'Add a NOT NULL column without a default',
    up: {
      postgres: 'ALTER TABLE customers ADD COLUMN city varchar(40) NOT NULL;',
      mysql: 'ALTER TABLE customers ADD COLUMN city varchar(40) NOT NULL;',
      mariadb: 'ALTER TABLE customers ADD COLUMN city varchar(40) NOT NULL;',
      sqlite: 'ALTER TABLE customers ADD COLUMN city TEXT NOT NULL;',
      sqlserver: 'ALTER TABLE dbo.customers ADD city nvarchar(40) NOT NULL;',
    },
  },
  {
    title: 'Make a text column longer, from 40 to 60 characters',
    up: {
      postgres: 'ALTER TABLE customers ALTER COLUMN email TYPE varchar(60);',
      ...modified('email varchar(60) NOT NULL'),
      sqlserver: 'ALTER TABLE dbo.customers ALTER COLUMN email nvarchar(60) NOT NULL;',
    },
  },
  {
    title: 'Make it longer than 255 bytes, from 40 to 100 characters',
    up: {
      postgres: 'ALTER TABLE customers ALTER COLUMN email TYPE varchar(100);',
      ...modified('email varchar(100) NOT NULL'),
      sqlserver: 'ALTER TABLE dbo.customers ALTER COLUMN email nvarchar(100) NOT NULL;',
    },
  },
  {
    title: 'Turn an int into a bigint',
    up: {
      postgres: 'ALTER TABLE customers ALTER COLUMN visits TYPE bigint;',
      ...modified('visits bigint'),
      sqlite: rebuilt('email TEXT NOT NULL, phone TEXT, visits BIGINT'),
      sqlserver: 'ALTER TABLE dbo.customers ALTER COLUMN visits bigint NULL;',
    },
  },
  {
    title: 'Make a column NOT NULL',
    up: {
      postgres: 'ALTER TABLE customers ALTER COLUMN visits SET NOT NULL;',
      ...modified('visits int NOT NULL'),
      sqlite: rebuilt('email TEXT NOT NULL, phone TEXT, visits INTEGER NOT NULL'),
      sqlserver: 'ALTER TABLE dbo.customers ALTER COLUMN visits int NOT NULL;',
    },
  },
  {
    title: 'Add an index, as it comes',
    up: {
      postgres: 'CREATE INDEX customers_email ON customers (email);',
      mysql: 'CREATE INDEX customers_email ON customers (email);',
      mariadb: 'CREATE INDEX customers_email ON customers (email);',
      sqlite: 'CREATE INDEX customers_email ON customers (email);',
      sqlserver: 'CREATE INDEX customers_email ON dbo.customers (email);',
    },
  },
  {
    title: 'Add an index, the way that lets writers go on',
    up: {
      postgres: 'CREATE INDEX CONCURRENTLY customers_email ON customers (email);',
      mysql: 'CREATE INDEX customers_email ON customers (email) ALGORITHM=INPLACE LOCK=NONE;',
      mariadb: 'CREATE INDEX customers_email ON customers (email) ALGORITHM=NOCOPY LOCK=NONE;',
      sqlserver: 'CREATE INDEX customers_email ON dbo.customers (email) WITH (ONLINE = ON);',
    },
  },
  {
    title: 'Add a foreign key',
    up: {
      postgres:
        'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);',
      mysql: 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);',
      mariadb: 'ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id);',
      sqlserver:
        'ALTER TABLE dbo.orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES dbo.customers (id);',
    },
  },
  {
    title: 'Add a column that references a table',
    up: {
      postgres: 'ALTER TABLE orders ADD COLUMN payer_id int REFERENCES customers (id);',
      mysql: 'ALTER TABLE orders ADD COLUMN payer_id int REFERENCES customers (id);',
      mariadb: 'ALTER TABLE orders ADD COLUMN payer_id int REFERENCES customers (id);',
      sqlite: 'ALTER TABLE orders ADD COLUMN payer_id INTEGER REFERENCES customers (id);',
      sqlserver: 'ALTER TABLE dbo.orders ADD payer_id int NULL REFERENCES dbo.customers (id);',
    },
  },
  {
    title: 'Add a value to an enumeration',
    up: {
      postgres: "ALTER TYPE plan ADD VALUE 'team';",
      ...modified("plan enum('free', 'paid', 'team')"),
    },
  },
  {
    title: 'Drop a column that an index is on',
    up: {
      postgres: 'ALTER TABLE customers DROP COLUMN phone;',
      mysql: 'ALTER TABLE customers DROP COLUMN phone;',
      mariadb: 'ALTER TABLE customers DROP COLUMN phone;',
      sqlite: 'ALTER TABLE customers DROP COLUMN phone;',
      sqlserver: 'ALTER TABLE dbo.customers DROP COLUMN phone;',
    },
  },
  {
    title: 'Rename a column',
    up: {
      postgres: 'ALTER TABLE customers RENAME COLUMN phone TO mobile;',
      mysql: 'ALTER TABLE customers RENAME COLUMN phone TO mobile;',
      mariadb: 'ALTER TABLE customers RENAME COLUMN phone TO mobile;',
      sqlite: 'ALTER TABLE customers RENAME COLUMN phone TO mobile;',
      sqlserver: "EXEC sp_rename 'dbo.customers.phone', 'mobile', 'COLUMN';",
    },
  },
];

/** What a change does on one server, and what is said of it. */
export interface Verdict {
  /** In a few words: what it takes, and who waits. */
  readonly effect: string;
  /** Findings of errors and warnings: the rules, each once, worst first. */
  readonly rules: readonly string[];
}

/** Rules about what a migration has beside its change: the same for all of them here. */
const BESIDE_THE_CHANGE: ReadonlySet<string> = new Set([
  ...['require-lock-timeout', 'require-down', 'require-idempotent-ddl', 'require-transaction'],
]);

/** The verdicts on a change, server by server; none where the server has no such thing. */
export function verdictsOn(change: SameChange): Readonly<Partial<Record<ComparedDialect, Verdict>>> {
  return Object.fromEntries(
    COMPARED.flatMap(dialect => {
      const up = change.up[dialect];
      return up === undefined ? [] : [[dialect, { effect: effectOf(dialect, up), rules: rulesOn(dialect, up) }]];
    }),
  );
}

function rulesOn(dialect: ComparedDialect, up: string): readonly string[] {
  const example = { title: '', dialect, serverVersion: SERVERS[dialect], history: HISTORY[dialect], up, findings: [] };
  const findings = lintExample(example, {
    ruleSetting: id => {
      const rule = RULES.find(each => each.id === id);
      const severity = BESIDE_THE_CHANGE.has(id) ? 'off' : (rule?.meta.presets.recommended ?? 'off');
      return { severity, options: rule?.meta.defaultOptions };
    },
    isSmallTable: () => false,
    isContractPath: () => false,
    deployOrder: 'migrations-first',
    tenant: { column: 'tenant_id', globalTables: [] },
    suppressions: [],
  });
  const told = (severity: Finding['severity']) =>
    findings.filter(finding => finding.severity === severity).map(({ rule }) => rule);
  return [...new Set([...told('error'), ...told('warning')])];
}

/** Weakest first, as in the pretty impact. */
const HOW_LONG: Readonly<Record<Effects['duration'], string>> = {
  instant: 'for a moment',
  data: 'while rows are copied',
  scan: 'while it scans',
  'index build': 'while the index is built',
  rewrite: 'while it rewrites',
};
const DURATIONS = Object.keys(HOW_LONG) as readonly Effects['duration'][];

function effectOf(dialect: ComparedDialect, up: string): string {
  const read = (text: string) => FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/up.sql', text })).statements;
  const server = { dialect, version: SERVERS[dialect], versionAssumed: false };
  let state = emptyState(dialect);
  for (const statement of read(HISTORY[dialect]))
    state = applyStatement(state, statement, { migration: 0, statement: 0 });
  const found: Effects[] = [];
  for (const [index, statement] of read(up).entries()) {
    found.push(effects(statement, state, server));
    state = applyStatement(state, statement, { migration: 1, statement: index });
  }
  // What the migration itself made is nobody's yet.
  const isOld = ({ name }: { readonly name: string }) => !name.startsWith('new_');
  const failure = found.flatMap(({ failures }) => failures)[0];
  if (failure !== undefined) return `fails: ${failure.message}`;
  const failsOnRows = found.some(each => each.failsOnRows.some(({ anyRow }) => anyRow));
  if (failsOnRows) return 'fails as soon as there are rows';
  const longest = found.reduce((a, b) => (DURATIONS.indexOf(b.duration) > DURATIONS.indexOf(a.duration) ? b : a));
  const algorithm = found.find(each => each.algorithm !== undefined)?.algorithm;
  const waits = longest.blocksReads.some(isOld)
    ? 'reads and writes wait'
    : longest.blocksWrites.some(isOld) || longest.oneWriter
      ? 'writes wait'
      : 'nobody waits';
  const work = DURATIONS.filter(each => each !== 'instant' && found.some(({ duration }) => duration === each));
  const who = `${waits} ${work.map(each => HOW_LONG[each]).join(' and ')}`;
  return [algorithm ?? [], longest.duration === 'instant' ? 'a moment' : who].flat().join(', ');
}

/** The page of the same changes on five servers, side by side. */
export function sameChangesPage(): string {
  const head = `| | ${COMPARED.map(dialect => `${DIALECT_TITLES[dialect]} ${SERVERS[dialect]}`).join(' | ')} |`;
  const rows = CHANGES.map(change => {
    const verdicts = verdictsOn(change);
    return `| ${change.title} | ${COMPARED.map(dialect => cellOf(verdicts[dialect])).join(' | ')} |`;
  });
  const sources = CHANGES.map(({ title, up }) => {
    const lines = COMPARED.flatMap(dialect => {
      const sql = up[dialect];
      return sql === undefined ? [] : [`-- ${DIALECT_TITLES[dialect]}`, sql];
    });
    return `### ${title}\n\n\`\`\`sql\n${lines.join('\n')}\n\`\`\``;
  });
  return `${[
    '# The same change on five servers',
    `What is harmless on one server stops the traffic of another, and is refused by a third. Each row is one change of a table in use, written
in each server's own words; a cell says what it takes there and who waits, and which rules of the recommended preset speak. An empty cell: the
server has no such statement.`,
    `${head}\n|---|${COMPARED.map(() => '---|').join('')}\n${rows.join('\n')}`,
    'Who waits is told for as long as the longest statement runs; on SQLite every writer waits for every other, so that “writes wait” means those of the whole database.',
    '## As it is written',
    ...sources,
    'Generated from the verdicts, which a test holds to.',
  ].join('\n\n')}\n`;
}

function cellOf(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '';
  const rules = verdict.rules.map(id => `[\`${id}\`](rules/${id}.md)`);
  return [verdict.effect.replaceAll('|', '\\|'), ...rules].join('<br>');
}
