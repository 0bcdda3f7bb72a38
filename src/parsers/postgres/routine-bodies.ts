import type { Query } from '../../operations/queries.ts';
import type { Source } from '../source-text.ts';
import { decodeString } from '../tokenizer/literals.ts';
import { nodeAs } from './ast.ts';
import { lowerQuery } from './queries.ts';
import { parseUnit } from './unit.ts';

/**
 * The query of an SQL routine whose body is a string of one SELECT.
 *
 * @param index - index of the body's token
 * @returns undefined for any other body
 */
export function queryOfString(source: Source, index: number): Query | undefined {
  const token = source.text.tokens[index];
  if (token?.kind !== 'string') return undefined;
  const { statements } = parseUnit(decodeString(source.text.fragment, token), { variables: source.text.variables });
  const [only] = statements;
  if (statements.length !== 1 || only === undefined || !('node' in only)) return undefined;
  if (nodeAs(only.node, 'SelectStmt') === undefined) return undefined;
  return lowerQuery(only.node, only.source, only.source.first, only.source.last);
}
