import { anchorsOf, ifExistsAt, isWord, type Source } from '../../source-text.ts';
import { roleName } from '../names.ts';
import { base, baseToName, type Lowerers } from './lowerers.ts';

/** CREATE | ALTER | DROP DATABASE. */
function database(kind: 'createDatabase' | 'alterDatabase' | 'dropDatabase', name: string | undefined, source: Source) {
  const { place, after } = ifExistsAt(source, source.first + 2);
  return {
    kind,
    ...baseToName(source, after),
    ...anchorsOf(source, { object: source.first + 1, ifExists: place }),
    database: source.text.restore(name ?? ''),
  } as const;
}

export const SCHEMAS: Lowerers = {
  CreateSchemaStmt: (node, source) => {
    const { place, after } = ifExistsAt(source, source.first + 2);
    const isRole = isWord(source, after, 'AUTHORIZATION') && node.schemaname === undefined;
    return [
      {
        kind: 'createSchema',
        ...(isRole ? base(source, Math.min(after + 1, source.last)) : baseToName(source, after)),
        ...anchorsOf(source, { object: source.first + 1, ifExists: place }),
        schema: node.schemaname === undefined ? roleName(node.authrole, source) : source.text.restore(node.schemaname),
        ifNotExists: node.if_not_exists === true,
      },
    ];
  },
  CreatedbStmt: (node, source) => [database('createDatabase', node.dbname, source)],
  AlterDatabaseStmt: (node, source) => [database('alterDatabase', node.dbname, source)],
  AlterDatabaseRefreshCollStmt: (node, source) => [database('alterDatabase', node.dbname, source)],
  DropdbStmt: (node, source) => [
    { ...database('dropDatabase', node.dbname, source), ifExists: node.missing_ok === true },
  ],
};
