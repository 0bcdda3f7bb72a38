import type { Dialect } from '../../server/server.ts';

/** The dialects of SQL, for rules about what every database does alike: names that go, rows that go. */
export const SQL_DIALECTS: readonly Dialect[] = ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'];
