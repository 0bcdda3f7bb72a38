import type { SegmentTransaction } from '../../../src/migration-tools/migration-tool.ts';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { postgres } from '../../../src/parsers/postgres/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';

/** What is read of a migration's `up`, or of another entry. */
export function readCode(
  tool: string,
  text: string,
  entry: 'up' | 'down' = 'up',
  transaction: SegmentTransaction = 'none',
): Script {
  const part = { path: '/m.ts', transaction, entry } as const;
  const context = { tool, dialect: 'postgres', direction: entry, sql: postgres } as const;
  return ecmascript.read({ path: '/m.ts', text }, part, context);
}

/** What is read of SQL. */
export function readSql(text: string): Script {
  return postgres.parse(fragmentOf({ path: '/m.sql', text }));
}

/** Operations without their places. */
export function operations({ statements }: Script): readonly unknown[] {
  return statements.map(statement =>
    JSON.parse(JSON.stringify(statement.operations), (key, value) =>
      /range|head|^at$|anchors|source|fragment|^sent$/i.test(key) ? undefined : value,
    ),
  );
}

/** Each statement's kinds of operations and the text that the file has at its range. */
export function seen(tool: string, text: string): readonly (readonly [string, string])[] {
  return readCode(tool, text).statements.map(({ operations, range }) => [
    operations.map(({ kind }) => kind).join(' '),
    text.slice(...range),
  ]);
}
