import type { Dialect } from '../server/server.ts';
import type { FrontEnd } from './front-end.ts';
import { mongodb } from './mongodb.ts';
import { postgres } from './postgres/index.ts';
import { MARIADB, MYSQL, SQLITE, SQLSERVER, sqlFrontEnd } from './sql/index.ts';

/** The reader of each dialect's SQL. A dialect without one cannot be linted yet. */
export const FRONT_ENDS: Readonly<Partial<Record<Dialect, FrontEnd>>> = {
  postgres,
  mysql: sqlFrontEnd(MYSQL),
  mariadb: sqlFrontEnd(MARIADB),
  sqlite: sqlFrontEnd(SQLITE),
  sqlserver: sqlFrontEnd(SQLSERVER),
  mongodb,
};
