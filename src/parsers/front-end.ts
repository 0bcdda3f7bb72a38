import type { Script } from '../operations/statements.ts';
import type { Fragment } from '../source/fragment.ts';

/**
 * A language's reader: text in, statements of operations out, all ranges in the user's file. It never throws for what the
 * text holds: what cannot be read is an `unreadable` operation at its place.
 */
export interface FrontEnd {
  parse(fragment: Fragment): Script;
}
