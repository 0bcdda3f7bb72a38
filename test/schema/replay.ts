import { postgres } from '../../src/parsers/postgres/index.ts';
import { applyStatement, emptyState } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

/**
 * Replays SQL text as one migration.
 *
 * @param migration - its index, for the origins of what it makes
 */
export function replay(sql: string, state: State = emptyState('postgres'), migration = 0): State {
  const { statements } = postgres.parse(fragmentOf({ path: '/m.sql', text: sql }));
  return statements.reduce(
    (current, statement, index) => applyStatement(current, statement, { migration, statement: index }),
    state,
  );
}

/** The statements of a script one by one, as a client sends them that does not send all in one query. */
export function statementsOf(sql: string): readonly string[] {
  const { statements } = postgres.parse(fragmentOf({ path: '/m.sql', text: sql }));
  return statements
    .filter(({ parent }) => parent === undefined)
    .map(({ range: [start, end] }) => sql.slice(start, end));
}
