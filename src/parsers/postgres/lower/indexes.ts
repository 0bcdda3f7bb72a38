import type { OperationOf } from '../../../operations/operations.ts';
import {
  afterName,
  anchorsOf,
  findSymbol,
  findWord,
  ifExistsAt,
  isWord,
  next,
  type Source,
  splitAtCommas,
  tokenAt,
} from '../../source-text.ts';
import type { IndexStmt } from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { indexElement, isOn, optionNamed, storageOptions } from '../definitions.ts';
import { written } from '../expressions.ts';
import { placed, relationName } from '../names.ts';
import { base, baseToName, type Lowerers } from './lowerers.ts';

function lowerCreateIndex(node: IndexStmt, source: Source): OperationOf<'createIndex'> {
  const keyword = findWord(source, 'INDEX');
  const concurrently = isWord(source, keyword + 1, 'CONCURRENTLY') ? keyword + 1 : -1;
  const ifExists = ifExistsAt(source, (concurrently === -1 ? keyword : concurrently) + 1);
  const tableAt = tokenAt(source, node.relation?.location);
  const nameAt = node.idxname === undefined ? tableAt : ifExists.after;
  const open = findSymbol(source, '(', afterName(source, tableAt));
  const parts = splitAtCommas(source, open + 1, source.text.partner[open]! - 1);
  const where = node.whereClause === undefined ? -1 : findWord(source, 'WHERE', next(source, open));
  return {
    kind: 'createIndex',
    ...baseToName(source, nameAt),
    ...anchorsOf(source, {
      object: keyword,
      concurrently,
      ifExists: ifExists.place,
      using: findWord(source, 'USING', tableAt, open),
    }),
    ...(node.idxname === undefined ? {} : { name: source.text.restore(node.idxname) }),
    table: relationName(node.relation, source),
    unique: node.unique === true,
    concurrently: node.concurrent === true,
    ifNotExists: node.if_not_exists === true,
    only: node.relation?.inh !== true,
    method: source.text.restore(node.accessMethod ?? 'btree'),
    elements: (node.indexParams ?? []).map((element, index) => {
      const [first, last] = parts[index] ?? [open, open];
      return indexElement(nodeAs(element, 'IndexElem')!, source, first, last);
    }),
    including: (node.indexIncludingParams ?? []).map(element =>
      source.text.restore(nodeAs(element, 'IndexElem')?.name ?? ''),
    ),
    ...(node.whereClause === undefined ? {} : { where: written(node.whereClause, source, where + 1, source.last) }),
    ...(node.nulls_not_distinct === true ? { nullsNotDistinct: true } : {}),
    options: storageOptions(node.options, source),
    ...(node.tableSpace === undefined ? {} : { tablespace: source.text.restore(node.tableSpace) }),
  };
}

const REINDEX_TARGETS = {
  REINDEX_OBJECT_INDEX: 'index',
  REINDEX_OBJECT_TABLE: 'table',
  REINDEX_OBJECT_SCHEMA: 'schema',
  REINDEX_OBJECT_SYSTEM: 'system',
  REINDEX_OBJECT_DATABASE: 'database',
} as const;

const REINDEX_WORDS = ['INDEX', 'TABLE', 'SCHEMA', 'SYSTEM', 'DATABASE'];

export const INDEXES: Lowerers = {
  IndexStmt: (node, source) => [lowerCreateIndex(node, source)],
  ReindexStmt: (node, source) => {
    const keyword = findWord(source, REINDEX_WORDS, source.first + 1);
    const concurrently = isWord(source, keyword + 1, 'CONCURRENTLY')
      ? keyword + 1
      : findWord(source, 'CONCURRENTLY', source.first + 2, keyword - 2);
    const nameAt = isWord(source, keyword + 1, 'CONCURRENTLY') ? keyword + 2 : keyword + 1;
    const name =
      node.relation !== undefined
        ? relationName(node.relation, source)
        : node.name === undefined
          ? undefined
          : placed({ name: source.text.restore(node.name) }, source, nameAt);
    return [
      {
        kind: 'reindex',
        ...(nameAt > source.last ? base(source, source.last) : baseToName(source, nameAt)),
        ...anchorsOf(source, { object: keyword, concurrently }),
        target: REINDEX_TARGETS[node.kind ?? 'REINDEX_OBJECT_INDEX'],
        ...(name === undefined ? {} : { name }),
        concurrently: isOn(optionNamed(node.params, 'concurrently'), source),
      },
    ];
  },
};
