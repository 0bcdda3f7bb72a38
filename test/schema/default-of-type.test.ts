import { expect, test } from 'vitest';
import { resolveTable } from '../../src/schema/index.ts';
import { replay } from './replay.ts';

/** The default of the column, by name, after a script; as PGlite has it. */
function defaultOf(sql: string): string | undefined {
  return resolveTable(replay(sql), { name: 't' })?.columns.find(({ name }) => name === 'a')?.default?.text;
}

const TABLE = "CREATE TYPE mood AS ENUM ('x', 'y'); CREATE TABLE t (a mood DEFAULT 'x');";

test('a default that was written for a type depends on it when the column has another', () => {
  const changed = `${TABLE} ALTER TABLE t ALTER COLUMN a TYPE text USING a::text;`;
  expect(defaultOf(changed)).toBe("'x'");
  expect(defaultOf(`${changed} DROP TYPE mood CASCADE;`)).toBeUndefined();
  expect(defaultOf(`${changed} ALTER TABLE t ALTER COLUMN a SET DEFAULT 'y'; DROP TYPE mood CASCADE;`)).toBe("'y'");
});
