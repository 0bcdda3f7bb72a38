import type { Operation, OperationKind, OperationOf } from '../../../src/operations/operations.ts';
import type { Script } from '../../../src/operations/statements.ts';
import { postgres } from '../../../src/parsers/postgres/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';
import type { Range } from '../../../src/source/source-file.ts';

/** Parses a text as a file of its own. */
export function read(text: string): Script {
  return postgres.parse(fragmentOf({ path: '/project/1.sql', text }));
}

/** The operations of all statements of a text, in order. */
export function operationsOf(text: string): readonly Operation[] {
  return read(text).statements.flatMap(statement => statement.operations);
}

/** The only operation of a text. */
export function operationOf<Kind extends OperationKind>(text: string, kind: Kind): OperationOf<Kind> {
  const operations = operationsOf(text);
  if (operations.length !== 1 || operations[0]?.kind !== kind) {
    throw new Error(`${operations.map(operation => operation.kind)} instead of ${kind} in: ${text}`);
  }
  return operations[0] as OperationOf<Kind>;
}

/** The text of a range. */
export function at(text: string, range: Range | undefined): string | undefined {
  return range === undefined ? undefined : text.slice(range[0], range[1]);
}
