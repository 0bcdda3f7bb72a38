import type { CallOption, DocumentFilter, MongoOperation, UpdateOperator } from '../../../operations/mongo.ts';
import type { ObjectName } from '../../../operations/names.ts';
import type { Operation, OperationBase } from '../../../operations/operations.ts';
import type { Range, SourceFile } from '../../../source/source-file.ts';
import type { Library, Output } from '../library.ts';
import { entry, isFalse, isTrue, stringOf } from '../sql-text.ts';
import { child, headOf, nameOf, rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { HARMLESS } from './clients.ts';

/**
 * MongoDB's driver for Node.js and mongosh: what migrations of migrate-mongo and scripts for the shell do with collections and
 * their indexes. From the MongoDB manual (database commands, mongosh methods) and the driver's API.
 */
export const mongo: Library = {
  parameters: ['db', 'client'],
  entries: ['run', 'default'],
  isScript: true,
  globals: { db: 'db' },
  foreign: 'foreign',
  promises: true,
  constructs: true,
  definitions: /^(?:create\w+|ensureIndex|command|runCommand)$/,
  modules: ['mongodb', 'mongoose'],
  imports: { default: 'client', MongoClient: 'client', connection: 'client', connect: 'client' },
  run,
  resultOf,
};

/** Scripts for mongosh, which waits for each call by itself. */
export const mongosh: Library = withoutPromises(mongo);

function withoutPromises({ promises: _, ...library }: Library): Library {
  return library;
}

/** What a call does: an operation without its place; the place itself where it is only a part of the call. */
type Made = MongoOperation extends infer Each
  ? Each extends OperationBase
    ? Omit<Each, 'range' | 'head'>
    : never
  : never;
type Place = { readonly made: Made; readonly range?: Range };
type Args = readonly Value[];

function run(chain: Chain, out: Output): void {
  const { links, root } = chain;
  let collection: ObjectName | undefined;
  for (const [index, link] of links.entries()) {
    const { args } = link;
    const next = links[index + 1];
    if (args === undefined) {
      // In the shell a collection is a property of the database; a model is imported by its name.
      const isName = next?.args !== undefined && collection === undefined && Object.hasOwn(CALLS, next.name);
      if (isName && !NAMES.has(link.name)) collection = { name: link.name, range: rangeOf(link.at) };
      continue;
    }
    if (link.name === 'collection' || link.name === 'getCollection') collection = collectionOf(args[0], out.file);
    else if (TRANSACTIONS.has(link.name)) transaction(link, out);
    else if (Object.hasOwn(SESSION, link.name)) send(link, [{ kind: SESSION[link.name]! }], out);
    else if (collection === undefined && Object.hasOwn(DATABASE_CALLS, link.name) && root !== 'foreign') {
      sendAll(link, DATABASE_CALLS[link.name]!(args, out.file), out);
    } else if (Object.hasOwn(CALLS, link.name) && (collection !== undefined || isModel(chain, index))) {
      const owner = collection ?? modelOf(links[index - 1], link);
      sendAll(link, CALLS[link.name]!(owner, args), out);
    } else if (link.name === 'aggregate') aggregate(link, out);
    else unread(chain, link, out);
    if (!TRANSACTIONS.has(link.name)) callBack([link], out);
    if (collection !== undefined && READS_ON.has(link.name)) {
      // The rest are methods of a cursor.
      callBack(links.slice(index + 1), out);
      return;
    }
  }
}

/** Runs the functions that calls call back. */
function callBack(links: readonly Link[], out: Output): void {
  for (const arg of links.flatMap(({ args = [] }) => args)) if (arg.kind === 'function') out.send(out.call(arg, []));
}

/** Names of properties that hold a database or a connection. */
const NAMES = new Set(['db', 'connection', 'client', 'mongoose', 'context', 'conn', 'native', 'collections']);
const TRANSACTIONS = new Set(['withTransaction', 'withSession', 'transaction']);
const SESSION: Readonly<Record<string, 'beginTransaction' | 'commitTransaction' | 'rollbackTransaction'>> = {
  startTransaction: 'beginTransaction',
  commitTransaction: 'commitTransaction',
  abortTransaction: 'rollbackTransaction',
};
/** After these comes a cursor, whose methods are none of the collection's. */
const READS_ON = new Set(['find', 'aggregate', 'listIndexes', 'watch']);

/** Whether a call is one of a model of the project. */
function isModel({ root, links }: Chain, index: number): boolean {
  return root === 'foreign' && index === links.length - 1 && links[index]!.name !== '';
}

function modelOf(before: Link | undefined, { node }: Link): ObjectName {
  const name = before?.name ?? nameOf(child(child(node, 'callee'), 'object'));
  return { name: name ?? '${model}' };
}

/** A collection by its name; one that only the run knows has the name of what holds it. */
function collectionOf(value: Value | undefined, file: SourceFile): ObjectName {
  const text = stringOf(value);
  if (value === undefined) return { name: '${collection}' };
  const range = rangeOf(value.node);
  return { name: text ?? `\${${/[\w.]+/.exec(file.text.slice(...range))?.[0] ?? 'collection'}}`, range };
}

/* ---------------------------------------------------------------- Sending */

function sendAll(link: Link, made: readonly Place[] | undefined, out: Output): void {
  if (made === undefined) {
    out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
    return;
  }
  const inSession = (link.args ?? []).some(arg => entry(arg, 'session') !== undefined);
  const range = spanOf(link);
  const operations = made.map(({ made: each, range: own = range }) => ({
    ...each,
    ...(inSession ? { inSession } : {}),
    range: own,
    head: headOf(out.file, own),
  }));
  if (operations.length > 0) out.statement(range, operations as readonly Operation[]);
}

function send(
  link: Link,
  made: readonly { readonly kind: 'beginTransaction' | 'commitTransaction' | 'rollbackTransaction' }[],
  out: Output,
): void {
  const range = spanOf(link);
  out.statement(
    range,
    made.map(each => ({ ...each, range, head: range })),
  );
}

/** From a method's name to the end of its call. */
function spanOf(link: Link): Range {
  return [rangeOf(link.at)[0], rangeOf(link.node)[1]];
}

function transaction(link: Link, out: Output): void {
  const isTransaction = link.name !== 'withSession';
  if (isTransaction) send(link, [{ kind: 'beginTransaction' }], out);
  for (const arg of link.args ?? []) {
    if (arg.kind !== 'function') continue;
    const body = (): void => out.send(out.call(arg, [{ kind: 'chain', root: 'client', links: [], node: arg.node }]));
    if (isTransaction) out.transaction(isInside, body);
    else body();
  }
  if (isTransaction) send(link, [{ kind: 'commitTransaction' }], out);
}

/** Writes of documents; definitions are not allowed in a transaction. */
const WRITES = /^(?:update|replace|delete|insert|bulkWrite|findOneAnd|findAndModify|remove|save)/;

/** A write runs in a transaction where one of its options names the session; options that only the run knows may. */
function isInside({ links }: Chain): boolean {
  const last = links.at(-1);
  if (last?.args === undefined || !WRITES.test(last.name)) return true;
  return last.args.some(
    arg =>
      (arg.kind === 'record' && (arg.open || arg.entries.has('session'))) ||
      (arg.kind === 'unknown' && arg !== last.args![0]),
  );
}

/* ---------------------------------------------------------------- Calls of collections */

type Call = (collection: ObjectName, args: Args) => readonly Place[] | undefined;

const one = (made: Made): readonly Place[] => [{ made }];
const nothing: Call = () => [];

/** Methods of collections; reading ones make nothing. */
const CALLS: Readonly<Record<string, Call>> = {
  createIndex: (collection, [keys, options]) => one(indexOf(collection, keys, options)),
  ensureIndex: (collection, [keys, options]) => one(indexOf(collection, keys, options)),
  createIndexes: (collection, [specifications, options]) => indexesOf(collection, specifications, options),
  dropIndex: (collection, [index]) => one({ kind: 'dropDocumentIndex', collection, ...indexName(index), all: false }),
  dropIndexes: (collection, [index]) => dropIndexes(collection, index),
  hideIndex: (collection, [index]) => one({ kind: 'hideDocumentIndex', collection, ...indexName(index), hidden: true }),
  unhideIndex: (collection, [index]) =>
    one({ kind: 'hideDocumentIndex', collection, ...indexName(index), hidden: false }),
  drop: collection => one({ kind: 'dropCollection', collection }),
  rename: renameCollection,
  renameCollection,
  updateOne: (collection, [filter, update]) => one(updated(collection, filter, update, false)),
  updateMany: (collection, [filter, update]) => one(updated(collection, filter, update, true)),
  update: (collection, [filter, update, options]) =>
    one(updated(collection, filter, update, isTrue(entry(options, 'multi')))),
  replaceOne: (collection, [filter]) =>
    one({ kind: 'updateDocuments', collection, many: false, filter: filterOf(filter), operators: [] }),
  findOneAndUpdate: (collection, [filter, update]) => one(updated(collection, filter, update, false)),
  findOneAndReplace: (collection, [filter]) =>
    one({ kind: 'updateDocuments', collection, many: false, filter: filterOf(filter), operators: [] }),
  findAndModify: (collection, [options]) =>
    isTrue(entry(options, 'remove'))
      ? one({ kind: 'deleteDocuments', collection, many: false, filter: filterOf(entry(options, 'query')) })
      : one(updated(collection, entry(options, 'query'), entry(options, 'update'), false)),
  findOneAndDelete: (collection, [filter]) =>
    one({ kind: 'deleteDocuments', collection, many: false, filter: filterOf(filter) }),
  deleteOne: (collection, [filter]) =>
    one({ kind: 'deleteDocuments', collection, many: false, filter: filterOf(filter) }),
  deleteMany: (collection, [filter]) =>
    one({ kind: 'deleteDocuments', collection, many: true, filter: filterOf(filter) }),
  remove: (collection, [filter, options]) => {
    const many = !isTrue(options) && !isTrue(entry(options, 'justOne'));
    return one({ kind: 'deleteDocuments', collection, many, filter: filterOf(filter) });
  },
  insertOne: collection => one({ kind: 'insertDocuments', collection }),
  insertMany: collection => one({ kind: 'insertDocuments', collection }),
  insert: collection => one({ kind: 'insertDocuments', collection }),
  // Of models of Mongoose.
  create: collection => one({ kind: 'insertDocuments', collection }),
  save: collection => one({ kind: 'insertDocuments', collection }),
  bulkWrite: (collection, [writes]) => bulk(collection, writes),
  ...Object.fromEntries(
    [
      ...['find', 'findOne', 'count', 'countDocuments', 'estimatedDocumentCount', 'distinct', 'indexes', 'listIndexes'],
      ...[
        'indexExists',
        'indexInformation',
        'getIndexes',
        'stats',
        'isCapped',
        'options',
        'exists',
        'watch',
        'explain',
      ],
    ].map(name => [name, nothing] as const),
  ),
};

function indexOf(
  collection: ObjectName,
  keys: Value | undefined,
  options: Value | undefined,
): Made & { readonly kind: 'createDocumentIndex' } {
  const known = keyNames(keys);
  const name = stringOf(entry(options, 'name')) ?? known?.map(({ field, order }) => `${field}_${order}`).join('_');
  return {
    kind: 'createDocumentIndex',
    collection,
    ...(name === undefined ? {} : { name }),
    fields: known?.map(({ field }) => field) ?? [],
    unique: isTrue(entry(options, 'unique')),
    options: optionsOf(options),
  };
}

/** The keys of an index: an object, a field, or a list of fields and pairs. */
function keyNames(keys: Value | undefined): readonly { readonly field: string; readonly order: string }[] | undefined {
  if (keys?.kind === 'text') return [{ field: keys.fragment.text, order: '1' }];
  if (keys?.kind === 'record' && !keys.open) {
    return [...keys.entries].map(([field, order]) => ({ field, order: orderOf(order) }));
  }
  if (keys?.kind !== 'list') return undefined;
  const parts = keys.items.map(item => {
    if (item.kind === 'list' && item.items[0]?.kind === 'text') {
      return [{ field: item.items[0].fragment.text, order: orderOf(item.items[1]) }];
    }
    return keyNames(item);
  });
  return parts.some(part => part === undefined) ? undefined : parts.flatMap(part => part ?? []);
}

function orderOf(value: Value | undefined): string {
  return value?.kind === 'constant' ? String(value.value) : (stringOf(value) ?? '1');
}

function optionsOf(options: Value | undefined): readonly CallOption[] {
  if (options?.kind !== 'record') return [];
  return [...options.entries].map(([name, value]) => {
    const key = options.keys?.get(name);
    const end = rangeOf(value.node)[1];
    const start = key === undefined ? rangeOf(value.node)[0] : rangeOf(key)[0];
    const text = value.kind === 'constant' ? String(value.value) : stringOf(value);
    return { name, range: placed([start, end], options), ...(text === undefined ? {} : { value: text }) };
  });
}

/** A place within what holds it; what a spread brings in stands where the whole does. */
function placed([start, end]: Range, { node }: Value): Range {
  const whole = rangeOf(node);
  return start >= whole[0] && end <= whole[1] && start < end ? [start, end] : whole;
}

/** `createIndexes` of the driver takes objects with `key`, that of the shell takes keys and one object of options. */
function indexesOf(
  collection: ObjectName,
  specifications: Value | undefined,
  options: Value | undefined,
): readonly Place[] | undefined {
  if (specifications?.kind !== 'list') return undefined;
  return specifications.items.map(item => {
    const key = entry(item, 'key');
    const own = key === undefined ? indexOf(collection, item, options) : indexOf(collection, key, item);
    return { made: own, range: rangeOf(item.node) };
  });
}

/** The name of an index by itself, or as its keys make it. */
function indexName(value: Value | undefined): { readonly index?: string } {
  if (value?.kind === 'text') return { index: value.fragment.text };
  const keys = value?.kind === 'record' ? keyNames(value) : undefined;
  return keys === undefined ? {} : { index: keys.map(({ field, order }) => `${field}_${order}`).join('_') };
}

function dropIndexes(collection: ObjectName, index: Value | undefined): readonly Place[] {
  if (index?.kind === 'list') {
    return index.items.map(item => ({
      made: { kind: 'dropDocumentIndex', collection, ...indexName(item), all: false },
      range: rangeOf(item.node),
    }));
  }
  const name = indexName(index);
  const all = index === undefined || name.index === '*' || entry(index, 'session') !== undefined;
  return one({ kind: 'dropDocumentIndex', collection, ...(all ? {} : name), all });
}

function renameCollection(collection: ObjectName, [to, options]: Args): readonly Place[] | undefined {
  if (to?.kind !== 'text') return undefined;
  const dropTarget = isTrue(options) || isTrue(entry(options, 'dropTarget'));
  return one({ kind: 'renameCollection', collection, newName: to.fragment.text, dropTarget });
}

function filterOf(filter: Value | undefined): DocumentFilter {
  if (filter === undefined || (filter.kind === 'constant' && !filter.value)) return 'all';
  if (filter.kind !== 'record') return 'unknown';
  if (filter.entries.size > 0) return 'some';
  return filter.open ? 'unknown' : 'all';
}

function updated(collection: ObjectName, filter: Value | undefined, update: Value | undefined, many: boolean): Made {
  const stages = update?.kind === 'list' ? update.items : update === undefined ? [] : [update];
  const operators = stages.flatMap(stage => operatorsOf(stage));
  const emptyFields = emptyOf(filter);
  return {
    kind: 'updateDocuments',
    collection,
    many,
    filter: filterOf(filter),
    ...(emptyFields.length === 0 ? {} : { emptyFields }),
    operators,
    ...(update === undefined || update.kind === 'unknown' ? {} : { change: rangeOf(update.node) }),
  };
}

/** The fields that a filter wants to hold nothing. */
function emptyOf(filter: Value | undefined): readonly string[] {
  if (filter?.kind !== 'record') return [];
  return [...filter.entries].flatMap(([name, value]) => (isNothing(value) ? [name] : []));
}

/** Null, an empty text or list, or one of these by `$in` or `$eq`. */
function isNothing(value: Value): boolean {
  if (value.kind === 'constant') return value.value === null || value.value === undefined;
  if (value.kind === 'text') return value.fragment.text === '';
  if (value.kind === 'list') return value.items.length === 0;
  const among = entry(value, '$in');
  if (among?.kind === 'list') return among.items.length > 0 && among.items.every(isNothing);
  const same = entry(value, '$eq');
  return same !== undefined && isNothing(same);
}

function operatorsOf(update: Value): readonly UpdateOperator[] {
  if (update.kind !== 'record') return [];
  return [...update.entries].flatMap(([name, value]) => {
    if (!name.startsWith('$')) return [];
    const key = update.keys?.get(name);
    const start = rangeOf(key ?? value.node)[0];
    const range = placed([start, rangeOf(value.node)[1]], update);
    return [{ name, fields: fieldsOf(value), range }];
  });
}

/** The fields of an operator: the entries of its object, or the names of a pipeline's `$unset`. */
function fieldsOf(value: Value): UpdateOperator['fields'] {
  if (value.kind === 'text') return [{ name: value.fragment.text, range: rangeOf(value.node) }];
  if (value.kind === 'list') return value.items.flatMap(item => (item.kind === 'text' ? fieldsOf(item) : []));
  if (value.kind !== 'record') return [];
  return [...value.entries].map(([name, each]) => {
    const newName = stringOf(each);
    const range = rangeOf(value.keys?.get(name) ?? each.node);
    return { name, range, ...(newName === undefined ? {} : { newName }) };
  });
}

/** What each entry of `bulkWrite` does. */
const BULK: Readonly<Record<string, Call>> = {
  insertOne: collection => one({ kind: 'insertDocuments', collection }),
  updateOne: (collection, [write]) => one(updated(collection, entry(write, 'filter'), entry(write, 'update'), false)),
  updateMany: (collection, [write]) => one(updated(collection, entry(write, 'filter'), entry(write, 'update'), true)),
  replaceOne: (collection, [write]) =>
    one({ kind: 'updateDocuments', collection, many: false, filter: filterOf(entry(write, 'filter')), operators: [] }),
  deleteOne: (collection, [write]) =>
    one({ kind: 'deleteDocuments', collection, many: false, filter: filterOf(entry(write, 'filter')) }),
  deleteMany: (collection, [write]) =>
    one({ kind: 'deleteDocuments', collection, many: true, filter: filterOf(entry(write, 'filter')) }),
};

function bulk(collection: ObjectName, writes: Value | undefined): readonly Place[] | undefined {
  // What is written to documents one by one is known by its kind alone, and that is enough: none of it is unbounded.
  if (writes?.kind !== 'list')
    return one({ kind: 'updateDocuments', collection, many: false, filter: 'some', operators: [] });
  return writes.items.flatMap(item => {
    if (item.kind !== 'record') return [];
    return [...item.entries].flatMap(([name, value]) => {
      const places = Object.hasOwn(BULK, name) ? (BULK[name]!(collection, [value]) ?? []) : [];
      return places.map(({ made }) => ({ made, range: rangeOf(item.node) }));
    });
  });
}

/* ---------------------------------------------------------------- Calls of databases */

const DATABASE_CALLS: Readonly<Record<string, (args: Args, file: SourceFile) => readonly Place[] | undefined>> = {
  createCollection: ([name, options], file) => createCollection(name, options, file),
  createView: ([name], file) => one({ kind: 'createCollection', collection: collectionOf(name, file), isView: true }),
  dropCollection: ([name], file) => one({ kind: 'dropCollection', collection: collectionOf(name, file) }),
  dropDatabase: () => one({ kind: 'dropDocumentDatabase' }),
  renameCollection: ([from, ...rest], file) => renameCollection(collectionOf(from, file), rest),
  createIndex: ([name, keys, options], file) => one(indexOf(collectionOf(name, file), keys, options)),
  command,
  runCommand: command,
};

function createCollection(name: Value | undefined, options: Value | undefined, file: SourceFile): readonly Place[] {
  return one({
    kind: 'createCollection',
    collection: collectionOf(name, file),
    isView: entry(options, 'viewOn') !== undefined,
  });
}

/** Database commands, by the first entry of their document. */
function command([document]: Args, file: SourceFile): readonly Place[] | undefined {
  if (document?.kind !== 'record') return undefined;
  const [first] = document.entries;
  if (first === undefined) return undefined;
  const [name, target] = first;
  if (READING_COMMANDS.has(name)) return [];
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!(collectionOf(target, file), [document]) : undefined;
}

const READING_COMMANDS = new Set([
  ...[
    'ping',
    'hello',
    'buildInfo',
    'collStats',
    'dbStats',
    'listCollections',
    'listIndexes',
    'find',
    'count',
    'distinct',
  ],
  ...['serverStatus', 'explain', 'getParameter', 'connectionStatus', 'isMaster', 'validate'],
]);

const COMMANDS: Readonly<Record<string, Call>> = {
  collMod: (collection, [document]) => collMod(collection, document),
  create: (collection, [document]) =>
    one({ kind: 'createCollection', collection, isView: entry(document, 'viewOn') !== undefined }),
  drop: collection => one({ kind: 'dropCollection', collection }),
  dropDatabase: () => one({ kind: 'dropDocumentDatabase' }),
  createIndexes: (collection, [document]) => indexesOf(collection, entry(document, 'indexes'), undefined),
  dropIndexes: (collection, [document]) => dropIndexes(collection, entry(document, 'index')),
  update: (collection, [document]) => {
    const updates = entry(document, 'updates');
    if (updates?.kind !== 'list') return undefined;
    return updates.items.map(item => ({
      made: updated(collection, entry(item, 'q'), entry(item, 'u'), isTrue(entry(item, 'multi'))),
      range: rangeOf(item.node),
    }));
  },
  delete: (collection, [document]) => {
    const deletes = entry(document, 'deletes');
    if (deletes?.kind !== 'list') return undefined;
    return deletes.items.map(item => {
      const limit = entry(item, 'limit');
      const many = limit?.kind === 'constant' && limit.value === 0;
      return {
        made: { kind: 'deleteDocuments', collection, many, filter: filterOf(entry(item, 'q')) },
        range: rangeOf(item.node),
      };
    });
  },
  insert: collection => one({ kind: 'insertDocuments', collection }),
  renameCollection: ({ name, range }, [document]) => {
    const to = stringOf(entry(document, 'to'));
    if (to === undefined) return undefined;
    const inDatabase = (full: string): string => full.slice(full.indexOf('.') + 1);
    const collection = { name: inDatabase(name), ...(range === undefined ? {} : { range }) };
    const dropTarget = isTrue(entry(document, 'dropTarget'));
    return one({ kind: 'renameCollection', collection, newName: inDatabase(to), dropTarget });
  },
};

function collMod(collection: ObjectName, document: Value | undefined): readonly Place[] {
  const index = entry(document, 'index');
  const name = indexName(entry(index, 'name', 'keyPattern'));
  const hidden = entry(index, 'hidden');
  const validator = entry(document, 'validator');
  const isEmpty = validator?.kind === 'record' && validator.entries.size === 0 && !validator.open;
  const level = stringOf(entry(document, 'validationLevel'));
  const action = stringOf(entry(document, 'validationAction'));
  const unique = isTrue(entry(index, 'unique'))
    ? ('convert' as const)
    : isTrue(entry(index, 'prepareUnique'))
      ? ('prepare' as const)
      : undefined;
  const modified: Made = {
    kind: 'modifyCollection',
    collection,
    ...(validator === undefined ? {} : { validator: isEmpty ? ('removed' as const) : ('set' as const) }),
    ...(level === undefined ? {} : { validationLevel: level }),
    ...(action === undefined ? {} : { validationAction: action }),
    ...(unique === undefined ? {} : { unique }),
  };
  const hides = isTrue(hidden) || isFalse(hidden);
  return [
    { made: modified },
    ...(hides ? one({ kind: 'hideDocumentIndex', collection, ...name, hidden: isTrue(hidden) }) : []),
  ];
}

/* ---------------------------------------------------------------- What is not read */

/** A pipeline that ends by writing into a collection. */
function aggregate(link: Link, out: Output): void {
  const [pipeline] = link.args ?? [];
  if (pipeline?.kind !== 'list') return;
  const stage = pipeline.items.at(-1);
  const what = ['$out', '$merge'].find(name => entry(stage, name) !== undefined);
  if (what === undefined) return;
  const range = spanOf(link);
  const text = out.file.text.slice(...range);
  out.statement(range, [{ kind: 'other', what, text, range, head: headOf(out.file, range) }]);
}

/** Methods that lead to a database, a session or a cursor, or only read. */
const PASSIVE =
  /^(?:|db|collection|collections|getCollection\w*|listCollections|getSiblingDB|getName|getMongo|admin|connect|close|disconnect|startSession|endSession|getDatabase|find\w*|count\w*|distinct|aggregate|toArray|next|hasNext|forEach|map|limit|skip|sort|project|batchSize|stream|addCursorFlag|stats|hello|ping|on|once|then|catch|finally|MongoClient|model|exec|lean|populate|createConnection|asPromise|hideIndex|startsWith|set|get|use|print\w*|info|warn|debug|error|log)$/;

/** Calls after which only reading ones come. */
const READS = /^(?:find|findOne|findById|count\w*|estimatedDocumentCount|aggregate|distinct|exists|where)$/;

/** Says what is not read: methods that may write, and functions from elsewhere that are given the database or waited for. */
function unread({ root, links, awaited }: Chain, link: Link, out: Output): void {
  const isPassed = (link.args ?? []).some(
    arg => arg.kind === 'chain' && arg.links.length === 0 && arg.root !== 'foreign',
  );
  if (root === 'foreign') {
    if (links.at(-1) !== link || links.some(({ name }) => READS.test(name))) return;
    const name = out.file.text.slice(...rangeOf(link.at));
    const isHarmless = HARMLESS.test(name) || (link.name !== '' && PASSIVE.test(link.name));
    if (isPassed || (awaited === true && !isHarmless))
      out.unreadable(link.node, 'what this call does is not in this file');
  } else if (!PASSIVE.test(link.name)) out.unreadable(link.node, `${link.name} is not read`);
}

/** Calls that give a database, a collection, a client or a session back. */
const GIVES = /^(?:|db|collection|getCollection|getSiblingDB|connect|startSession|createCollection|model|asPromise)$/;

function resultOf(chain: Chain): Value | undefined {
  const last = chain.links.at(-1);
  if (last?.args === undefined || !GIVES.test(last.name)) return undefined;
  if (last.name !== 'createCollection') return chain;
  // What is created is what it gives back.
  return { ...chain, links: [...chain.links.slice(0, -1), { ...last, name: 'collection' }] };
}
