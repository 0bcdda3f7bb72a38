import type { OperationOf } from '../../operations/operations.ts';
import { resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import { atLeast, type Server } from '../../server/server.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { batchLoop } from './batches.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

/** The column without a value, its default for later rows, and a backfill in batches; a generated one as VIRTUAL or by a trigger. */
export function columnWithoutRewrite(
  operation: OperationOf<'addColumn'>,
  state: State,
  _file: SourceFile,
  server: Pick<Server, 'version'>,
): SafeForm {
  const { column, table } = operation;
  const type = column.type?.text;
  if (type === undefined) return {};
  const [alter, name] = [`ALTER TABLE ${qualified(table)}`, identifier(column.name)];
  const known = resolveTable(state, table);
  const fill = (value: string): string =>
    `-- migration 2\n${batchLoop({
      table,
      known,
      command: `UPDATE ${qualified(table)} SET ${name} = ${value}`,
      condition: `${name} IS NULL`,
    })}`;
  if (column.generated !== undefined) {
    const { text } = column.generated.expression;
    if (atLeast(server, '18')) {
      return sql(
        `-- computed when it is read; nothing is written\n${alter} ADD COLUMN ${name} ${type} GENERATED ALWAYS AS (${text}) VIRTUAL;`,
      );
    }
    return {};
  }
  if (column.serial === true || column.identity !== undefined) {
    const sequence = derivedName(table.name, column.name, 'seq');
    const integer = column.type?.builtin === true ? column.type.name : 'int8';
    const named = besides(table, sequence);
    const next = `nextval('${named}')`;
    return sql(
      `-- migration 1: rows written from now on get a number\nCREATE SEQUENCE ${named} AS ${SEQUENCE_TYPES[integer] ?? 'bigint'};\n` +
        `${alter} ADD COLUMN ${name} ${SEQUENCE_TYPES[integer] ?? 'bigint'};\n` +
        `${alter} ALTER COLUMN ${name} SET DEFAULT ${next};\n` +
        `ALTER SEQUENCE ${named} OWNED BY ${qualified(table)}.${name};\n${fill(next)}`,
    );
  }
  if (column.default === undefined) return {};
  const value = column.default.text;
  return sql(
    `-- migration 1: rows written from now on get the default\n${alter} ADD COLUMN ${name} ${type};\n` +
      `${alter} ALTER COLUMN ${name} SET DEFAULT ${value};\n${fill(value)}`,
  );
}

const SEQUENCE_TYPES: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };
