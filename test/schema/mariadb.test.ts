import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState, indexesOf, resolveTable } from '../../src/schema/index.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

/**
 * What `information_schema` of a MariaDB server said after it ran these statements: columns in order with type, NOT NULL and
 * whether they have a default other than NULL; indexes with their columns.
 */
interface Recorded {
  readonly server: string;
  readonly sql: readonly string[];
  readonly tables: Readonly<
    Record<string, { readonly columns: readonly string[]; readonly indexes: readonly string[] }>
  >;
}

const recorded = JSON.parse(readFileSync(new URL('mariadb.json', import.meta.url), 'utf8')) as Recorded;

/** JSON is an alias of longtext in MariaDB. */
const SERVER_TYPES: Readonly<Record<string, string>> = { json: 'longtext' };

describe(`the replay of a script, and ${recorded.server}`, () => {
  const { statements } = FRONT_ENDS.mariadb!.parse(fragmentOf({ path: '/m.sql', text: recorded.sql.join('\n') }));
  const state = statements.reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    emptyState('mariadb'),
  );

  it.each(Object.keys(recorded.tables))('know the same of table %s', name => {
    const table = resolveTable(state, { name })!;
    const columns = table.columns.map(({ name: column, type, notNull, default: written }) => {
      const server = type === undefined ? '' : (SERVER_TYPES[type.name] ?? type.name);
      const preset = written === undefined || /^null$/i.test(written.text) ? '' : ' DEFAULT';
      return `${column} ${server}${notNull === true ? ' NOT NULL' : ''}${preset}`;
    });
    const indexes = indexesOf(state, table).map(
      index =>
        `${index.unique ? 'unique ' : ''}${index.name} (${index.elements.map(({ column }) => column).join(', ')})`,
    );
    expect({ columns, indexes: indexes.toSorted() }).toEqual(recorded.tables[name]);
  });
});
