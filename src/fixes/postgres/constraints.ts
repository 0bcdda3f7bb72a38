import type { ColumnDefinition, ConstraintDefinition } from '../../operations/definitions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import { hasNotNullCheck } from '../../schema/proofs.ts';
import type { State } from '../../schema/state.ts';
import { atLeast, type Server } from '../../server/server.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

const VALIDATE = '-- migration 2: reads the rows, blocks neither reads nor writes';

/** ADD CONSTRAINT … NOT VALID, and its validation in a transaction of its own. */
export function notValidConstraint(
  operation: OperationOf<'addForeignKey' | 'addCheck' | 'addNotNullConstraint'>,
  _state: State,
  file: SourceFile,
): SafeForm {
  const { constraint, table } = operation;
  const alter = `ALTER TABLE ${operation.only === true ? 'ONLY ' : ''}${qualified(table)}`;
  const name = constraint.name ?? nameFor(table, constraint);
  return sql(
    `-- migration 1: rows written from now on are checked\n` +
      `${alter} ADD CONSTRAINT ${identifier(name)} ${bodyOf(constraint, file)} NOT VALID;\n` +
      `${VALIDATE}\n${alter} VALIDATE CONSTRAINT ${identifier(name)};`,
  );
}

/**
 * VALIDATE CONSTRAINT in a migration of its own.
 *
 * @param added - the clause that adds the constraint, where it is in the same file
 */
export function validated(table: ObjectName, name: string, added?: Range, file?: SourceFile): SafeForm {
  const alter = `ALTER TABLE ${qualified(table)}`;
  const validate = `${alter} VALIDATE CONSTRAINT ${identifier(name)};`;
  if (added === undefined || file === undefined) {
    return sql(`-- a migration of its own, after the one that adds it\n${validate}`);
  }
  return sql(`-- migration 1\n${alter} ${file.text.slice(...added)};\n${VALIDATE}\n${validate}`);
}

/** A CHECK that proves the column, validated beside live traffic, then SET NOT NULL; from PostgreSQL 18 on a NOT NULL constraint. */
export function notNullWithoutScan(operation: OperationOf<'setNotNull'>, server: Pick<Server, 'version'>): SafeForm {
  const { table, column } = operation;
  const alter = `ALTER TABLE ${qualified(table)}`;
  const name = identifier(derivedName(table.name, column, 'not_null'));
  const condition = atLeast(server, '18')
    ? `NOT NULL ${identifier(column)}`
    : `CHECK (${identifier(column)} IS NOT NULL)`;
  const steps =
    `-- migration 1: rows written from now on are checked\n${alter} ADD CONSTRAINT ${name} ${condition} NOT VALID;\n` +
    `${VALIDATE}\n${alter} VALIDATE CONSTRAINT ${name};`;
  if (atLeast(server, '18')) return sql(steps);
  return sql(
    `${steps}\n-- migration 3: needs no scan any more\n${alter} ALTER COLUMN ${identifier(column)} SET NOT NULL;\n` +
      `${alter} DROP CONSTRAINT ${name};`,
  );
}

/** A unique index built concurrently, which the constraint then takes over; a primary key's columns proven NOT NULL first. */
export function constraintUsingIndex(operation: OperationOf<'addUnique' | 'addPrimaryKey'>, state: State): SafeForm {
  const { constraint, table } = operation;
  const columns =
    constraint.columns.length > 0 ? constraint.columns : indexColumns(constraint.usingIndex, table, state);
  if (columns.length === 0) return {};
  const primary = constraint.type === 'primaryKey';
  const known = resolveTable(state, table);
  const alter = `ALTER TABLE ${qualified(table)}`;
  const name =
    constraint.name ?? (primary ? derivedName(table.name, 'pkey') : derivedName(table.name, ...columns, 'key'));
  const index = constraint.usingIndex ?? name;
  const nullable = primary
    ? columns.filter(
        column =>
          known === undefined || (findColumn(known, column)?.notNull !== true && !hasNotNullCheck(known, column)),
      )
    : [];
  const checks = nullable.map(column => ({
    name: identifier(derivedName(table.name, column, 'not_null')),
    column: identifier(column),
  }));
  const proofs = checks.flatMap(check => [
    `ALTER TABLE ${qualified(table)} ADD CONSTRAINT ${check.name} CHECK (${check.column} IS NOT NULL) NOT VALID;`,
  ]);
  const validations = checks.map(check => `${alter} VALIDATE CONSTRAINT ${check.name};`);
  const drops = checks.map(check => `${alter} DROP CONSTRAINT ${check.name};`);
  const including = constraint.including ?? [];
  const build =
    `CREATE UNIQUE INDEX CONCURRENTLY ${identifier(index)} ON ${qualified(table)} (${list(columns)})` +
    `${including.length === 0 ? '' : ` INCLUDE (${list(including)})`}` +
    `${constraint.nullsNotDistinct === true ? ' NULLS NOT DISTINCT' : ''};`;
  const attributes = `${constraint.deferrable === true ? ' DEFERRABLE' : ''}${constraint.initiallyDeferred === true ? ' INITIALLY DEFERRED' : ''}`;
  const steps = [
    ...(proofs.length === 0 ? [] : [['rows written from now on are checked', ...proofs]]),
    ...(validations.length === 0 ? [] : [['reads the rows, blocks neither reads nor writes', ...validations]]),
    ...(constraint.usingIndex === undefined
      ? [['outside a transaction', `DROP INDEX CONCURRENTLY IF EXISTS ${besides(table, index)};`, build]]
      : []),
    [
      'done at once',
      `${alter} ADD CONSTRAINT ${identifier(name)} ${primary ? 'PRIMARY KEY' : 'UNIQUE'} USING INDEX ${identifier(index)}${attributes};`,
      ...drops,
    ],
  ];
  return sql(steps.map(([title, ...lines], at) => `-- migration ${at + 1}: ${title}\n${lines.join('\n')}`).join('\n'));
}

/** ADD COLUMN without its constraints, then each of them in the way that does not block. */
export function columnThenConstraints(operation: OperationOf<'addColumn'>, _state: State, file: SourceFile): SafeForm {
  const { column, table } = operation;
  const alter = `ALTER TABLE ${qualified(table)}`;
  const name = identifier(column.name);
  const checked = column.constraints.filter(({ type }) => type === 'foreignKey' || type === 'check');
  const keys = column.constraints.filter(({ type }) => type === 'unique' || type === 'primaryKey');
  const first = [
    `${alter} ADD COLUMN ${withoutConstraints(column, file)};`,
    ...checked.map(constraint => {
      const body = bodyOf(constraint, file);
      const written = constraint.type === 'foreignKey' ? `FOREIGN KEY (${name}) ${body}` : body;
      return `${alter} ADD CONSTRAINT ${identifier(constraint.name ?? nameFor(table, constraint))} ${written} NOT VALID;`;
    }),
  ];
  const validate = checked.map(
    constraint => `${alter} VALIDATE CONSTRAINT ${identifier(constraint.name ?? nameFor(table, constraint))};`,
  );
  const unique = keys.flatMap(constraint => {
    const index = constraint.name ?? derivedName(table.name, column.name, 'key');
    return [
      `-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS ${besides(table, index)};`,
      `CREATE UNIQUE INDEX CONCURRENTLY ${identifier(index)} ON ${qualified(table)} (${name});`,
      `${alter} ADD CONSTRAINT ${identifier(index)} UNIQUE USING INDEX ${identifier(index)};`,
    ];
  });
  return sql(
    [
      '-- migration 1',
      ...first,
      ...(validate.length === 0 ? [] : [VALIDATE, ...validate]),
      ...(unique.length === 0 ? [] : [`-- migration ${validate.length === 0 ? 2 : 3}`, ...unique]),
    ].join('\n'),
  );
}

/** The definition of a column as it was written, its constraints left out; NOT NULL and DEFAULT stay. */
function withoutConstraints(column: ColumnDefinition, file: SourceFile): string {
  return without(
    column.range,
    column.constraints.map(({ range }) => range),
    file,
  );
}

/** A range of the file with some parts of it cut out, white space folded. */
function without([start, end]: Range, parts: readonly Range[], file: SourceFile): string {
  const cuts = [...parts].sort((a, b) => a[0] - b[0]);
  const pieces: string[] = [];
  let at = start;
  for (const [from, to] of cuts) {
    pieces.push(file.text.slice(at, from));
    at = Math.max(at, to);
  }
  pieces.push(file.text.slice(at, end));
  return pieces.join(' ').replace(/\s+/g, ' ').trim();
}

/** A constraint as it was written, without its name. */
function bodyOf(constraint: ConstraintDefinition, file: SourceFile): string {
  const text = file.text.slice(...constraint.range).trim();
  return text.replace(/^CONSTRAINT\s+(?:"(?:[^"]|"")*"|[^\s"]+)\s+/i, '');
}

function nameFor(table: ObjectName, constraint: ConstraintDefinition): string {
  switch (constraint.type) {
    case 'foreignKey':
      return derivedName(table.name, ...constraint.columns, 'fkey');
    case 'notNull':
      return derivedName(table.name, constraint.column, 'not_null');
    default:
      return derivedName(table.name, 'check');
  }
}

function indexColumns(index: string | undefined, table: ObjectName, state: State): readonly string[] {
  const known = resolveTable(state, table);
  for (const id of known?.indexes ?? []) {
    const relation = state.schema.relations.get(id);
    if (relation?.kind !== 'index' || relation.name !== index) continue;
    return relation.elements.flatMap(({ column }) => column ?? []);
  }
  return [];
}

function list(columns: readonly string[]): string {
  return columns.map(identifier).join(', ');
}
