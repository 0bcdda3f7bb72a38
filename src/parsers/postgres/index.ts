import type { FrontEnd } from '../front-end.ts';
import { lowerUnit } from './statements.ts';
import { parseUnit } from './unit.ts';

/** PostgreSQL's reader: the server's own grammar (version 18), its tree lowered to operations. */
export const postgres: FrontEnd = { parse: fragment => lowerUnit(parseUnit(fragment), fragment) };
