import type { OperationOf } from '../../../operations/operations.ts';
import { anchorsOf, findWord, ifExistsAt, isWord, type Source, tokenAt, wordWithin } from '../../source-text.ts';
import type { CreateTableAsStmt } from '../ast.ts';
import { storageOptions } from '../definitions.ts';
import { relationName, restoredStrings } from '../names.ts';
import { lowerQuery } from '../queries.ts';
import { baseTo, type Lowerers, queryPlace } from './lowerers.ts';
import { createdQueryPlace } from './tables.ts';

/** CREATE MATERIALIZED VIEW, which the grammar has as a CREATE TABLE AS. */
export function lowerCreateMaterializedView(
  node: CreateTableAsStmt,
  source: Source,
): OperationOf<'createMaterializedView'> {
  const keyword = wordWithin(source, 'VIEW');
  const [from, to] = createdQueryPlace(source, tokenAt(source, node.into?.rel?.location));
  return {
    kind: 'createMaterializedView',
    ...baseTo(source, node.into?.rel),
    ...anchorsOf(source, { object: keyword, ifExists: ifExistsAt(source, keyword + 1).place }),
    view: relationName(node.into?.rel, source),
    ifNotExists: node.if_not_exists === true,
    columnNames: restoredStrings(node.into?.colNames, source),
    query: lowerQuery(node.query!, source, from, to),
    withData: node.into?.skipData !== true,
  };
}

const CHECK_OPTIONS = {
  NO_CHECK_OPTION: undefined,
  LOCAL_CHECK_OPTION: 'local',
  CASCADED_CHECK_OPTION: 'cascaded',
} as const;

const AFTER_QUERY = [
  ['WITH', 'CHECK', 'OPTION'],
  ['WITH', 'LOCAL', 'CHECK'],
  ['WITH', 'CASCADED', 'CHECK'],
];

export const VIEWS: Lowerers = {
  ViewStmt: (node, source) => {
    const [from, to] = queryPlace(source, 'AS', tokenAt(source, node.view?.location), AFTER_QUERY);
    const checkOption = CHECK_OPTIONS[node.withCheckOption ?? 'NO_CHECK_OPTION'];
    return [
      {
        kind: 'createView',
        ...baseTo(source, node.view),
        ...anchorsOf(source, { object: wordWithin(source, 'VIEW') }),
        view: relationName(node.view, source),
        replace: node.replace === true,
        temporary: node.view?.relpersistence === 't',
        columnNames: restoredStrings(node.aliases, source),
        query: lowerQuery(node.query!, source, from, to),
        options: storageOptions(node.options, source),
        ...(checkOption === undefined ? {} : { checkOption }),
      },
    ];
  },
  RefreshMatViewStmt: (node, source) => {
    const keyword = findWord(source, 'VIEW');
    return [
      {
        kind: 'refreshMaterializedView',
        ...baseTo(source, node.relation),
        ...anchorsOf(source, {
          object: keyword,
          concurrently: isWord(source, keyword + 1, 'CONCURRENTLY') ? keyword + 1 : -1,
        }),
        view: relationName(node.relation, source),
        concurrently: node.concurrent === true,
        withData: node.skipData !== true,
      },
    ];
  },
};
