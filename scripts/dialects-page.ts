import { POSTGRES_VERSIONS } from '../src/effects/index.ts';
import { CAUSE_TITLES } from '../src/rules/causes.ts';
import { CAUSES, type Rule } from '../src/rules/rule.ts';
import { DIALECT_TITLES, DIALECTS, type Dialect } from '../src/server/server.ts';

/** What is known of a dialect besides its rules. */
const FACTS: Readonly<Record<Dialect, { readonly reader: string; readonly effects: string }>> = {
  postgres: {
    reader: "PostgreSQL's own grammar (libpg-query 18), routines in PL/pgSQL included",
    effects: `locks, rewrites, scans and index builds, measured on ${POSTGRES_VERSIONS[0]} to ${POSTGRES_VERSIONS.at(-1)}, version by version`,
  },
  mysql: {
    reader: 'a reader of its own',
    effects:
      "`ALGORITHM` and `LOCK` of each change of a table, by the manual's tables, for 5.7, 8.0 with its patch releases, 8.4 and 9",
  },
  mariadb: {
    reader: 'a reader of its own',
    effects: '`ALGORITHM` and `LOCK` of each change of a table, from 10.3 on, measured on 10.11',
  },
  sqlite: {
    reader: 'a reader of its own',
    effects: 'what it refuses, what it copies and who waits, by release, measured on 3.40',
  },
  sqlserver: {
    reader: 'a reader of its own, batches by `GO` included',
    effects: 'locks, scans, rewrites, and what `ONLINE` changes, by release from 2008 on, as the documentation says it',
  },
  mongodb: {
    reader: 'calls of the driver and of mongosh in JavaScript',
    effects: 'index builds, validators and transactions, as the manual says it',
  },
};

/** The page about dialects: how each is read, what is known of its server, and which rules judge it. */
export function dialectsPage(rules: readonly Rule[]): string {
  const judging = (dialect: Dialect): readonly Rule[] => rules.filter(({ meta }) => meta.dialects.includes(dialect));
  const known = DIALECTS.filter(dialect => judging(dialect).length > 0);
  const summary = known.map(
    dialect =>
      `| ${DIALECT_TITLES[dialect]} | \`${dialect}\` | ${judging(dialect).length} | ${FACTS[dialect].reader} | ${FACTS[dialect].effects} |`,
  );
  const matrix = CAUSES.flatMap(cause => {
    const rows = rules
      .filter(({ meta }) => meta.cause === cause)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, meta }) => {
        const cells = known.map(dialect => (meta.dialects.includes(dialect) ? '✓' : ''));
        return `| [\`${id}\`](rules/${id}.md) | ${cells.join(' | ')} |`;
      });
    if (rows.length === 0) return [];
    const head = `| rule | ${known.map(dialect => DIALECT_TITLES[dialect]).join(' | ')} |\n|---|${':-:|'.repeat(known.length)}`;
    return [`### ${CAUSE_TITLES[cause].heading}\n\n${head}\n${rows.join('\n')}`];
  });
  return `${[
    '# Dialects',
    `The dialect is found by the migration tool's config, the project's dependencies, the names of folders, and the words in the SQL; \`--dialect\` or
\`dialect\` in the config says it where that is not enough. \`--server-version\` says the version of the server in production: what is harmless on
one may lock a table for minutes on another. Left out, it is the newest known, and the report says so.`,
    `| dialect | \`--dialect\` | rules | how its migrations are read | what is known of the server |\n|---|---|--:|---|---|\n${summary.join('\n')}`,
    'A rule holds where the mistake exists: MySQL has no `CONCURRENTLY`, and PostgreSQL no implicit commit.',
    '## Which rules judge which dialect',
    ...matrix,
    'Generated from the rules.',
  ].join('\n\n')}\n`;
}
