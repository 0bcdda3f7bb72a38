import { conditionSql, insertSql, updateSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import { entry, type Part, quoted, sqlText } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Link, Value } from '../values.ts';

type ModelCall = (table: Part, args: Value | undefined, out: Output) => readonly Part[];

/** Calls of Prisma's models that change data. */
const MODEL_CALLS: Readonly<Record<string, ModelCall>> = {
  create: insert,
  createMany: insert,
  createManyAndReturn: insert,
  upsert: (table, args, { file }) => insertSql(file, table, entry(args, 'create')),
  update,
  updateMany: update,
  updateManyAndReturn: update,
  delete: remove,
  deleteMany: remove,
};

function insert(table: Part, args: Value | undefined, { file }: Output): readonly Part[] {
  return insertSql(file, table, entry(args, 'data'));
}

function update(table: Part, args: Value | undefined, out: Output): readonly Part[] {
  return [...updateSql(out.file, table, entry(args, 'data')), ...whereSql(args, out)];
}

function remove(table: Part, args: Value | undefined, out: Output): readonly Part[] {
  return ['DELETE FROM ', table, ...whereSql(args, out)];
}

/** Conditions that are made of others. */
const JOINED = ['AND', 'OR', 'NOT'];

function whereSql(args: Value | undefined, { file }: Output): readonly Part[] {
  if (args !== undefined && args.kind !== 'record') return [' WHERE ${where}'];
  const where = entry(args, 'where');
  if (where === undefined) return args?.kind === 'record' && args.open ? [' WHERE ${where}'] : [];
  const isJoined = where.kind === 'record' && JOINED.some(key => where.entries.has(key));
  const condition = isJoined ? ['${where}'] : conditionSql(file, where);
  return condition === undefined ? [] : [' WHERE ', ...condition];
}

/**
 * What a call of one of Prisma's models sends: `prisma.user.updateMany({ … })`. The table has the model's name unless the schema
 * maps it to another (`@@map`), which is not in this file.
 *
 * @param model - the access to the model
 * @returns undefined where the call is none that changes data
 */
export function modelSql(model: Link, call: Link, out: Output): readonly Part[] | undefined {
  const [args, ...more] = call.args ?? [];
  const isCall = Object.hasOwn(MODEL_CALLS, call.name) && more.length === 0 && /^[a-z]\w*$/i.test(model.name);
  // Prisma takes one object; a list, a name or a table is for another client.
  if (!isCall || (args !== undefined && args.kind !== 'record' && args.kind !== 'unknown')) return undefined;
  const named = args === undefined || args.kind === 'unknown' || [...args.entries.keys()].some(key => KEYS.has(key));
  const isEmpty = args?.kind === 'record' && args.entries.size === 0;
  // Payload's own calls look alike, and name a collection.
  if ((!named && !isEmpty) || entry(args, 'collection') !== undefined) return undefined;
  const name = model.name.charAt(0).toUpperCase() + model.name.slice(1);
  const table = quoted(out.file, sqlText(out.file, rangeOf(model.at), [name]));
  return MODEL_CALLS[call.name]!(table, args, out);
}

/** What the object of a model's call has. */
const KEYS = new Set(['where', 'data', 'create', 'update', 'select', 'include', 'skipDuplicates', 'limit']);
