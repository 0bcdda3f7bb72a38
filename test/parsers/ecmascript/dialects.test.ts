import { expect, test } from 'vitest';
import { seen } from './support.ts';

/** The SQL that is read of a migration for PostgreSQL. */
function read(tool: string, body: string, parameters = 'db, Sequelize'): readonly string[] {
  return seen(tool, `exports.up = async (${parameters}) => { ${body} };`).map(([, sql]) => sql);
}

const DROP = "await db.raw('DROP TABLE a');";
const OTHER = "await db.raw('DROP TABLE b');";

test.each([
  [`if (db.client.config.client === 'pg') ${DROP} else ${OTHER}`, ['DROP TABLE a']],
  [`if (db.client.config.client !== 'postgresql') ${DROP} else ${OTHER}`, ['DROP TABLE b']],
  [`const { client } = db.client.config; if (client === 'mysql2') ${DROP}`, []],
  [`const isMysql = db.client.dialect == 'mysql'; if (!isMysql) ${DROP}`, ['DROP TABLE a']],
  [`switch (db.client.config.client) { case 'mysql': ${DROP} break; case 'pg': case 'x': ${OTHER} }`, ['DROP TABLE b']],
  [`switch (db.client.config.client) { case 'mysql': ${DROP} break; default: ${OTHER} }`, ['DROP TABLE b']],
  [`if (['pg', 'postgres'].includes(db.client.config.client)) ${DROP} else ${OTHER}`, ['DROP TABLE a']],
  [`if (WIKI.config.db.type === 'mysql') ${DROP} else ${OTHER}`, ['DROP TABLE b']],
  [`switch (WIKI.config.db.type) { case 'mssql': ${DROP} break; case 'postgres': ${OTHER} break; }`, ['DROP TABLE b']],
  [`if (WIKI.config.db.type === 'cloud') ${DROP} else ${OTHER}`, ['DROP TABLE a', 'DROP TABLE b']],
  [`switch (process.env.X) { case 'a': ${DROP} break; case 'b': ${OTHER} }`, ['DROP TABLE a', 'DROP TABLE b']],
])('a condition on the dialect is decided: %s', (body, expected) => {
  expect(read('knex', body)).toEqual(expected);
});

test.each([
  ['sequelize', "db.sequelize.getDialect() === 'postgres'", 'db.sequelize.query'],
  ['sequelize', "db.sequelize.options.dialect === 'postgres'", 'db.sequelize.query'],
  ['typeorm', "db.connection.options.type === 'postgres'", 'db.query'],
])('%s: %s', (tool, condition, query) => {
  const body = `if (${condition}) { await ${query}('DROP TABLE a'); } else { await ${query}('DROP TABLE b'); }`;
  expect(read(tool, body)).toEqual(['DROP TABLE a']);
});
