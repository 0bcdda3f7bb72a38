import { compareVersions, type Server } from '../../server/server.ts';

/** Where the tables of online-changes.ts begin anew, oldest first; what a later release changed is in a later column. */
export const MYSQL_COLUMNS = ['5.7', '8.0', '8.0.12', '8.0.16', '8.0.28', '8.0.29', '8.4', '9', '9.1'] as const;
export const MARIADB_COLUMNS = ['10.0', '10.3', '10.4', '11.2'] as const;

/** What is taken when nobody says the version. */
export const NEWEST_MYSQL = '8.4';
export const NEWEST_MARIADB = '11.8';

/** Later than any patch release that a series will have. */
const LAST_PATCH = '999';

/**
 * A server's version with a patch release: a series (`8.0`, `10.11`) stands for its last release, as nobody runs the first one.
 */
export function releaseOf({ version }: Pick<Server, 'version'>): string {
  const [series = '', minor = '0', patch] = version.trim().split('.');
  return `${series}.${minor}.${patch ?? LAST_PATCH}`;
}

/** The column that a server's release is in: the last that is not later, and the oldest for servers before all of them. */
export function columnOf<Column extends string>(columns: readonly Column[], release: string): Column {
  return columns.findLast(column => compareVersions(column, release) <= 0) ?? columns[0]!;
}
