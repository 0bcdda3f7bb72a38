import {
  displayName,
  type ObjectName,
  type Operation,
  type Statement,
  walkExpression,
} from '../../operations/index.ts';
import { incomingForeignKeys, indexesOf } from '../../schema/lookup.ts';
import type { Column, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { type Fact, fails } from '../facts.ts';

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

/** Message 4902: the object of an ALTER is not there. */
export const missing = (name: ObjectName): Fact =>
  fails(
    '4902',
    `Cannot find the object "${displayName(name)}" because it does not exist or you do not have permissions.`,
  );

/**
 * What the known schema proves to fail in a change of a table ("ALTER TABLE (Transact-SQL)", remarks on DROP COLUMN and ALTER COLUMN;
 * numbers and texts as in sys.messages). What the same statement drops is no dependent any more.
 */
export function schemaFailures(statement: Statement, table: Table, state: State): readonly Fact[] {
  if (table.uncertain) return [];
  return statement.operations.flatMap(operation => failuresOf(operation, statement, table, state));
}

function failuresOf(operation: Operation, statement: Statement, table: Table, state: State): readonly Fact[] {
  const column = (name: string): Column | undefined => table.columns.find(other => same(other.name, name));
  switch (operation.kind) {
    case 'addColumn': {
      const there = column(operation.column.name);
      if (there === undefined || there.uncertain) return [];
      const text = `Column names in each table must be unique. Column name '${there.name}' in table '${table.name}' is specified more than once.`;
      return [fails('2705', text)];
    }
    case 'dropColumn': {
      const found = column(operation.column);
      if (found !== undefined) return dependencies(found, statement, table, state);
      if (!table.complete || operation.ifExists) return [];
      const text = `ALTER TABLE DROP COLUMN failed because column '${operation.column}' does not exist in table '${table.name}'.`;
      return [fails('4924', text)];
    }
    case 'alterColumnType': {
      const found = column(operation.column);
      if (found === undefined) {
        const text = `ALTER TABLE ALTER COLUMN failed because column '${operation.column}' does not exist in table '${table.name}'.`;
        return table.complete ? [fails('4924', text)] : [];
      }
      const other = found.type !== undefined && found.type.name !== operation.type.name;
      return other ? dependencies(found, statement, table, state) : [];
    }
    case 'addPrimaryKey': {
      const there = table.constraints.some(({ type, uncertain }) => type === 'primaryKey' && uncertain !== true);
      return there ? [fails('1779', `Table '${table.name}' already has a primary key defined on it.`)] : [];
    }
    case 'createIndex': {
      const there = indexesOf(state, table).find(({ name }) => same(name, operation.name ?? ''));
      const replaces = operation.options.some(({ name, value }) => name === 'drop_existing' && value === 'on');
      if (there === undefined || there.uncertain || operation.ifNotExists || replaces) return [];
      const text = `The operation failed because an index or statistics with name '${there.name}' already exists on table '${table.name}'.`;
      return [fails('1913', text)];
    }
    case 'truncate': {
      const referenced = incomingForeignKeys(state, table).some(
        key => key.table.id !== table.id && key.constraint.uncertain !== true,
      );
      const text = `Cannot truncate table '${table.name}' because it is being referenced by a FOREIGN KEY constraint.`;
      return referenced ? [fails('4712', text)] : [];
    }
    default:
      return [];
  }
}

/** What keeps a column as it is: message 5074, which 4922 follows. */
function dependencies(column: Column, { operations }: Statement, table: Table, state: State): readonly Fact[] {
  const dropped = new Set(
    operations.flatMap(operation =>
      operation.kind === 'dropConstraint'
        ? [operation.name.toLowerCase()]
        : operation.kind === 'dropColumn'
          ? [`.${operation.column.toLowerCase()}`]
          : [],
    ),
  );
  const isLeft = (name: string): boolean => !dropped.has(name.toLowerCase());
  const holds = (columns: readonly (string | undefined)[]): boolean => columns.some(name => same(name, column.name));
  const found: string[] = [];
  if (column.default !== undefined && column.uncertain !== true) {
    const name = column.defaultName;
    if (name === undefined || isLeft(name)) found.push(name ?? `DF__${table.name}__${column.name}`);
  }
  for (const constraint of table.constraints) {
    if (constraint.uncertain || !isLeft(constraint.name) || constraint.type === 'notNull') continue;
    const columns =
      constraint.type === 'check' ? columnsIn(constraint.condition) : 'columns' in constraint ? constraint.columns : [];
    if (holds(columns)) found.push(constraint.name);
  }
  for (const index of indexesOf(state, table)) {
    if (index.constraint !== undefined || index.uncertain) continue;
    if (holds([...index.elements.map(element => element.column), ...index.including])) found.push(index.name);
  }
  for (const { constraint } of incomingForeignKeys(state, table)) {
    if (!constraint.uncertain && isLeft(constraint.name) && holds(constraint.referencedColumns)) {
      found.push(constraint.name);
    }
  }
  const computed = table.columns.filter(
    other => other.generated !== undefined && holds(columnsIn(other.generated.expression)) && isLeft(`.${other.name}`),
  );
  return [
    ...[...new Set(found)]
      .slice(0, 1)
      .map(name => fails('5074', `The object '${name}' is dependent on column '${column.name}'.`)),
    ...(found.length > 0 ? [] : computed.slice(0, 1)).map(({ name }) =>
      fails('5074', `The column '${name}' is dependent on column '${column.name}'.`),
    ),
  ];
}

function columnsIn({ expression }: { readonly expression: Parameters<typeof walkExpression>[0] }): readonly string[] {
  const names: string[] = [];
  walkExpression(expression, part => {
    if (part.kind === 'column') names.push(part.name);
  });
  return names;
}
