import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import { applyOperation, indexesOf, resolveTable } from '../../schema/index.ts';
import type { Column, Index, Table, TableConstraint } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { tableById } from '../../schema/store.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, identifiers } from './sql.ts';

/**
 * The change of a table that ALTER TABLE cannot make, as the steps of sqlite.org/lang_altertable.html, 7 "Making Other Kinds Of Table
 * Schema Changes". Nothing where the history does not show the whole table.
 *
 * @param operation - the change; left out to make the table anew as it is
 */
export function rebuiltTable(name: ObjectName, operation: Operation | undefined, state: State): SafeForm {
  const old = resolveTable(state, name);
  if (old === undefined || !old.complete || old.uncertain) return {};
  const after = operation === undefined ? state : applyOperation(state, operation, { migration: -1, statement: -1 });
  const table = tableById(after, old.id);
  if (table === undefined || table.columns.some(({ generated, type }) => generated === undefined && type === undefined))
    return {};
  const helper = identifier(`new_${table.name}`);
  const kept = table.columns.filter(
    column => column.generated === undefined && old.columns.some(before => before.name === column.name),
  );
  const columns = identifiers(kept.map(column => column.name));
  const indexes = indexesOf(after, table).filter(({ constraint }) => constraint === undefined);
  const lines = [
    '-- outside of a transaction: inside one this is ignored, and DROP TABLE then deletes what references the rows',
    'PRAGMA foreign_keys = OFF;',
    'BEGIN;',
    `CREATE TABLE ${helper} (`,
    [...table.columns.map(column => columnText(column, table)), ...constraintTexts(table, after)]
      .map(line => `  ${line}`)
      .join(',\n'),
    `)${optionsText(table)};`,
    `INSERT INTO ${helper} (${columns}) SELECT ${columns} FROM ${identifier(old.name)};`,
    `DROP TABLE ${identifier(old.name)};`,
    `ALTER TABLE ${helper} RENAME TO ${identifier(table.name)};`,
    ...indexes.map(index => indexText(index, table)),
    ...table.triggers.map(({ name: trigger }) => `-- and the trigger ${trigger}, which went with the old table`),
    'PRAGMA foreign_key_check;',
    'COMMIT;',
    'PRAGMA foreign_keys = ON;',
  ];
  return { safeRewrite: { text: lines.join('\n'), language: 'sql' } };
}

function columnText(column: Column, table: Table): string {
  const { type, collation, generated } = column;
  // AUTOINCREMENT stands at the column alone.
  const counts = column.autoIncrement === true && keyOf(table)?.length === 1;
  return [
    identifier(column.name),
    type?.text,
    counts ? 'PRIMARY KEY AUTOINCREMENT' : undefined,
    column.notNull === true && !isKey(column.name, table) ? 'NOT NULL' : undefined,
    column.default === undefined ? undefined : `DEFAULT ${column.default.text}`,
    collation === undefined ? undefined : `COLLATE ${collation}`,
    generated === undefined
      ? undefined
      : `GENERATED ALWAYS AS (${generated.expression.text}) ${generated.storage.toUpperCase()}`,
  ]
    .filter(part => part !== undefined)
    .join(' ');
}

function keyOf({ constraints }: Table): readonly string[] | undefined {
  const key = constraints.find(({ type }) => type === 'primaryKey');
  return key !== undefined && 'columns' in key ? key.columns : undefined;
}

const isKey = (column: string, table: Table): boolean => keyOf(table)?.includes(column) === true;

function constraintTexts(table: Table, state: State): readonly string[] {
  const counts = table.columns.some(({ autoIncrement }) => autoIncrement === true);
  return table.constraints.flatMap(constraint => {
    if (constraint.type === 'primaryKey' && counts) return [];
    const text = constraintText(constraint, state);
    return text === undefined ? [] : [text];
  });
}

function constraintText(constraint: TableConstraint, state: State): string | undefined {
  switch (constraint.type) {
    case 'primaryKey':
      return `PRIMARY KEY (${identifiers(constraint.columns)})`;
    case 'unique':
      return `UNIQUE (${identifiers(constraint.columns)})`;
    case 'check':
      return `CHECK (${constraint.condition.text})`;
    case 'foreignKey': {
      const parent = tableById(state, constraint.references);
      if (parent === undefined) return undefined;
      const columns = constraint.referencedColumns;
      const actions = [
        constraint.onDelete === 'no action' ? '' : ` ON DELETE ${constraint.onDelete.toUpperCase()}`,
        constraint.onUpdate === 'no action' ? '' : ` ON UPDATE ${constraint.onUpdate.toUpperCase()}`,
      ];
      const target = `${identifier(parent.name)}${columns.length === 0 ? '' : ` (${identifiers(columns)})`}`;
      return `FOREIGN KEY (${identifiers(constraint.columns)}) REFERENCES ${target}${actions.join('')}`;
    }
    default:
      return undefined;
  }
}

function optionsText({ options }: Table): string {
  const words = options.flatMap(({ name, value }) => (value === undefined ? [name.toUpperCase()] : []));
  return words.length === 0 ? '' : ` ${words.join(', ')}`;
}

function indexText({ name, unique, elements, where }: Index, table: Table): string {
  const keys = elements.map(({ column, expression, order }) => {
    const key = column === undefined ? (expression?.text ?? '') : identifier(column);
    return order === undefined ? key : `${key} ${order.toUpperCase()}`;
  });
  const condition = where === undefined ? '' : ` WHERE ${where.text}`;
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${identifier(name)} ON ${identifier(table.name)} (${keys.join(', ')})${condition};`;
}
