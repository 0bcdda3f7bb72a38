import { codeTool } from './code-migrations.ts';

/** Packages of clients that take SQL, as a migration imports them. */
const CLIENTS = '(?:pg|mysql2?(?:\\/promise)?|mariadb|postgres|pg-promise|@prisma\\/client|drizzle-orm(?:\\/[\\w-]+)?)';

/**
 * Modules with `up` and `down` that use a client by themselves, or are SQL in strings, under umzug, node-migrate (`migrate`),
 * mysql-migrations or a runner of the project's own: text order of file names, no transaction but what the code opens.
 */
export const javascript = codeTool({
  id: 'javascript',
  title: 'JavaScript migrations',
  transaction: 'none',
  session: 'unknown',
  confidence: 0.5,
  marks: new RegExp(
    `(?:\\bfrom\\s*|\\brequire\\s*\\(\\s*)['"]${CLIENTS}['"]|\\.(?:query|execute|unsafe|\\$?executeRaw(?:Unsafe)?)\\s*[(\`]|\\bsql\\w*\`|\\bup['"]?\\s*[:=]\\s*['"\`]\\s*(?:create|alter|drop|insert|update|delete|with|do|begin)\\b`,
    'i',
  ),
  packages: ['umzug', 'migrate', 'pg', 'postgres', 'mysql2', 'mysql', 'mariadb', 'pg-promise', 'mysql-migrations'],
});
