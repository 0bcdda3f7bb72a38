import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DataType } from '../../src/operations/data-types.ts';
import { postgres } from '../../src/parsers/postgres/index.ts';
import { familyOf, lossOf } from '../../src/rules/shared/type-changes.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

function typeOf(text: string): DataType {
  const { statements } = postgres.parse(
    fragmentOf({ path: '/m.sql', text: `ALTER TABLE t ALTER COLUMN c TYPE ${text};` }),
  );
  const operation = statements[0]?.operations[0];
  if (operation?.kind !== 'alterColumnType') throw new Error(`no type: ${text}`);
  return operation.type;
}

let db: PGlite;
beforeAll(() => {
  db = new PGlite();
});
afterAll(() => db.close());

/** Whether a value of the old type comes back from the new one as it was. */
async function survives(from: string, to: string, value: string): Promise<boolean> {
  try {
    const { rows } = await db.query<{ same: boolean }>(
      `SELECT '${value}'::${from}::text = '${value}'::${from}::${to}::${from}::text AS same`,
    );
    return rows[0]!.same;
  } catch {
    return false;
  }
}

// The value is the largest, longest or most precise of its type.
test.each([
  ['bigint', 'int', '9223372036854775807'],
  ['int', 'bigint', '2147483647'],
  ['int', 'smallint', '2147483647'],
  ['int', 'numeric(10)', '2147483647'],
  ['int', 'numeric(9)', '2147483647'],
  ['int', 'numeric(11,2)', '2147483647'],
  ['int', 'float8', '2147483647'],
  ['int', 'real', '2147483647'],
  ['bigint', 'float8', '9223372036854775807'],
  ['smallint', 'real', '32767'],
  ['numeric(10,4)', 'numeric(10,2)', '999999.9999'],
  ['numeric(10,2)', 'numeric(12,4)', '99999999.99'],
  ['numeric(10,2)', 'numeric(10,4)', '99999999.99'],
  ['numeric(9)', 'int', '999999999'],
  ['numeric(10)', 'int', '9999999999'],
  ['numeric', 'numeric(30,10)', '0.123456789012345'],
  ['numeric(10,2)', 'int', '1.25'],
  ['float8', 'real', '1.123456789'],
  ['real', 'float8', '1.125'],
  ['float8', 'numeric(10,2)', '1.125'],
  ['varchar(50)', 'varchar(20)', 'abcdefghijklmnopqrstuvwxyz'],
  ['varchar(20)', 'text', 'abcdefghij'],
  ['text', 'varchar(10)', 'abcdefghijklmnop'],
  ['text', 'varchar', 'abcdefghijklmnop'],
  ['text', 'char(3)', 'abcd'],
  ['char(3)', 'text', 'abc'],
  ['timestamptz', 'date', '2026-01-02 03:04:05+00'],
  ['timestamp', 'time', '2026-01-02 03:04:05'],
  ['date', 'timestamp', '2026-01-02'],
  ['timestamp', 'timestamp(0)', '2026-01-02 03:04:05.678'],
  ['timestamp(0)', 'timestamp(3)', '2026-01-02 03:04:05'],
  ['timetz', 'time', '03:04:05+05'],
  ['json', 'jsonb', '{"b": 1, "a": 2, "a": 3}'],
  ['bit(8)', 'bit(4)', '10101011'],
  ['varbit(4)', 'varbit(8)', '1010'],
  ['int[]', 'bigint[]', '{1,2147483647}'],
  ['bigint[]', 'int[]', '{9223372036854775807}'],
])('%s to %s: %s', async (from, to, value) => {
  expect(lossOf(typeOf(from), typeOf(to)) === undefined).toBe(await survives(from, to, value));
});

test('families: what running code can go on with', () => {
  const same = (a: string, b: string) => familyOf(typeOf(a)) === familyOf(typeOf(b));
  expect(same('int', 'bigint')).toBe(true);
  expect(same('varchar(5)', 'text')).toBe(true);
  expect(same('int', 'text')).toBe(false);
  expect(same('timestamp', 'timestamptz')).toBe(false);
  expect(same('text', 'text[]')).toBe(false);
  expect(same('mood', 'app.mood')).toBe(false);
});
