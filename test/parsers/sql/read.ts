import type { Operation } from '../../../src/operations/operations.ts';
import type { Script } from '../../../src/operations/statements.ts';
import { type DialectGrammar, sqlFrontEnd } from '../../../src/parsers/sql/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';
import type { Range } from '../../../src/source/source-file.ts';

/** Reads a text with a dialect's grammar. */
export function readWith(grammar: DialectGrammar, text: string): Script {
  return sqlFrontEnd(grammar).parse(fragmentOf({ path: 'migration.sql', text }));
}

/** The operations of all statements of a text. */
export function operationsWith(grammar: DialectGrammar, text: string): readonly Operation[] {
  return readWith(grammar, text).statements.flatMap(({ operations }) => operations);
}

/** The text at a range. */
export function at(text: string, [start, end]: Range): string {
  return text.slice(start, end);
}
