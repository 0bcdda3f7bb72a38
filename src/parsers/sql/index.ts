export { MARIADB } from './dialects/mariadb.ts';
export { MYSQL } from './dialects/mysql.ts';
export { SQLITE } from './dialects/sqlite.ts';
export { SQLSERVER } from './dialects/sqlserver.ts';
export type { DialectGrammar } from './grammar.ts';
export { sqlFrontEnd } from './reader.ts';
