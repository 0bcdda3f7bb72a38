import type { Segment } from '../../linter/migration.ts';
import type { Operation } from '../../operations/operations.ts';
import type { Script } from '../../operations/statements.ts';

/**
 * A table that is made anew under its own name with its rows copied over: the way in which SQLite changes what its ALTER TABLE cannot
 * (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes"), and in which Prisma, Drizzle and
 * Django do it there. The new table has another name until the old one is gone, or the old one is moved aside first.
 */
export interface Rebuild {
  /** The name that is kept. */
  readonly table: string;
  /** The other name, of the new table or of the old one. */
  readonly helper: string;
  readonly kind: 'new beside' | 'old aside';
  /** Place of the statement that copies the rows. */
  readonly copy: number;
}

const KNOWN = new WeakMap<Script, readonly Rebuild[]>();

function rebuildsOf({ script }: Segment): readonly Rebuild[] {
  if (!script.statements.some(({ operations }) => operations.some(({ kind }) => kind === 'renameTable'))) return [];
  const known = KNOWN.get(script) ?? findRebuilds(script);
  KNOWN.set(script, known);
  return known;
}

function findRebuilds({ statements }: Script): readonly Rebuild[] {
  const operations = statements.flatMap((statement, index) =>
    statement.operations.map(operation => ({ operation, index })),
  );
  const made = new Set(
    operations.flatMap(({ operation }) => (operation.kind === 'createTable' ? operation.table.name : [])),
  );
  return operations.flatMap(({ operation: rename, index }): readonly Rebuild[] => {
    if (rename.kind !== 'renameTable') return [];
    const { table, newName } = rename;
    const copyOf = (into: string, from: string): number | undefined =>
      operations.find(({ operation }) => copies(operation, into, from))?.index;
    const copy = made.has(table.name) ? copyOf(table.name, newName) : undefined;
    if (copy === undefined) return [];
    // Who is renamed after the copy is the new table; who is renamed before it, the old one.
    return index > copy
      ? [{ table: newName, helper: table.name, kind: 'new beside', copy }]
      : [{ table: table.name, helper: newName, kind: 'old aside', copy }];
  });
}

/** Whether an operation copies rows of one table into another. */
function copies(operation: Operation, into: string, from: string): boolean {
  if (operation.kind !== 'insert' || operation.table.name.name !== into) return false;
  return operation.source.kind === 'query' && operation.source.query.reads.some(({ name }) => name.name === from);
}

/**
 * Whether a table that is dropped takes part in a rebuild: the old one, whose rows were copied before, or a helper that an earlier try
 * left behind.
 *
 * @param statement - the DROP's place in the segment
 */
export function isDroppedInRebuild(segment: Segment, statement: number, name: string): boolean {
  return rebuildsOf(segment).some(({ table, helper, kind, copy }) => {
    const isLeftover = name === helper && statement < copy;
    const old = kind === 'old aside' ? helper : table;
    return isLeftover || (name === old && statement > copy);
  });
}

/** The rebuild whose old table goes with a DROP of that name, its rows copied before; undefined where there is none. */
export function rebuildOfDrop(segment: Segment, statement: number, name: string): Rebuild | undefined {
  return rebuildsOf(segment).find(
    ({ table, helper, kind, copy }) => name === (kind === 'old aside' ? helper : table) && statement > copy,
  );
}

/** Whether a table of that name is one that a rebuild makes, fills, or drops. */
export function isPartOfRebuild(segment: Segment, name: string): boolean {
  return rebuildsOf(segment).some(({ table, helper }) => name === table || name === helper);
}

/** Whether a table is only moved aside for a rebuild: one of its name is there again when the migration is done. */
export function isMovedInRebuild(segment: Segment, name: string): boolean {
  return rebuildsOf(segment).some(({ table, kind }) => kind === 'old aside' && table === name);
}

/** Whether a statement copies the rows of a rebuild. */
export function isCopyOfRebuild(segment: Segment, statement: number): boolean {
  return rebuildsOf(segment).some(({ copy }) => copy === statement);
}
