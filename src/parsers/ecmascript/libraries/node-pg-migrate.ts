import type { Library, Output } from '../library.ts';
import { closeAt, type Part, sqlText } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link } from '../values.ts';
import { type CallContext, PGM_CALLS, REVERSALS, sqlCall } from './node-pg-migrate-calls.ts';

/** node-pg-migrate: the migration builder. Where a migration has no `down`, the calls of its `up` are undone last to first. */
export const nodePgMigrate: Library = {
  parameters: ['pgm', 'run'],
  modules: ['node-pg-migrate'],
  imports: { PgLiteral: 'PgLiteral' },
  definitions: /^(?:create|add|alter)[A-Z]/,
  run,
  reverse,
};

/** Names that lead to others, only read, or change how the file runs. */
const PASSIVE = new Set(['', 'func', 'noTransaction', 'db', 'select', 'connect', 'getSqlSteps', 'create']);

function run({ root, links, node }: Chain, out: Output): void {
  if (root !== 'pgm') return;
  const context = contextOf(out);
  for (const link of links) {
    const args = link.args ?? [];
    if ((link.name === 'sql' || link.name === 'query') && link.args !== undefined) {
      const parts = sqlCall(args, context);
      if (parts === undefined || (parts.length === 1 && /^\s*\$\{[^}]*\}\s*$/.test(textOf(parts[0]!)))) {
        out.unreadable(link.node, 'the SQL is only known when it runs');
      } else out.raw(sqlText(out.file, rangeOf(link.node), parts));
    } else if (link.args !== undefined && Object.hasOwn(PGM_CALLS, link.name)) {
      send(link, PGM_CALLS[link.name]!(args, context), out);
    } else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name} is not read`);
      return;
    }
  }
}

/** Sends what undoes a chain's call. */
function reverse({ root, links }: Chain, out: Output): void {
  if (root !== 'pgm') return;
  for (const link of links) {
    if (link.args === undefined || PASSIVE.has(link.name)) continue;
    const [name, change] = REVERSALS[link.name] ?? [];
    if (name === undefined) out.unreadable(link.node, `node-pg-migrate cannot undo ${link.name} without a down`);
    else send(link, PGM_CALLS[name]!(change === undefined ? link.args : change(link.args), contextOf(out)), out);
  }
}

function contextOf(out: Output): CallContext {
  return {
    file: out.file,
    shorthands: out.exported('shorthands'),
    unreadable: ({ node }, message) => out.unreadable(node, message),
  };
}

function textOf(part: Part): string {
  return typeof part === 'string' ? part : part.text;
}

function send(link: Link, statements: readonly (readonly Part[])[] | undefined, out: Output): void {
  if (statements === undefined) out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
  for (const parts of statements ?? []) {
    out.sql(closeAt(out.file, sqlText(out.file, rangeOf(link.at), parts), link.node));
  }
}
