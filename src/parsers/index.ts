import type { Dialect } from '../server/server.ts';
import type { FrontEnd } from './front-end.ts';
import { mongodb } from './mongodb.ts';
import { postgres } from './postgres/index.ts';
import { MARIADB, MYSQL, SQLITE, SQLSERVER, sqlFrontEnd } from './sql/index.ts';

/** The reader of each dialect's SQL. */
export const FRONT_ENDS: Readonly<Record<Dialect, FrontEnd>> = {
  postgres,
  mysql: sqlFrontEnd(MYSQL),
  mariadb: sqlFrontEnd(MARIADB),
  sqlite: sqlFrontEnd(SQLITE),
  sqlserver: sqlFrontEnd(SQLSERVER),
  mongodb,
};
