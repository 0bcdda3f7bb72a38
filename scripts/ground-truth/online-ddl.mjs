// Measures which ALGORITHM and LOCK a MariaDB or MySQL server accepts for a statement, and whether the table is rebuilt.
import { clientSession } from './client.mjs';

const DATABASE = 'surefoot_probe';
const LOCKS = ['NONE', 'SHARED', 'EXCLUSIVE'];
/** Statements that a parser of ALTER TABLE's partition clauses reads: they know no ALGORITHM. */
const NO_CLAUSE = 'the ALGORITHM clause is not part of this statement';
const SYNTAX_ERROR = 1064;

/** What the two servers name differently. `tables`: where a table's id is, which a rebuild changes. */
const FLAVORS = {
  mariadb: { algorithms: ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'], tables: 'INNODB_SYS_TABLES' },
  mysql: { algorithms: ['INSTANT', 'INPLACE', 'COPY'], tables: 'INNODB_TABLES' },
};

/**
 * A server by URL: `mariadb://root:secret@127.0.0.1:3306`, `mysql://…`. The server itself says what it is.
 *
 * @returns its `flavor`, its key in the file (MariaDB `10.11`; MySQL `8.0`, from 9 on the first number alone), and a session
 * @throws where no client is installed or the server cannot be reached
 */
export async function onlineDdlServer(url) {
  const session = clientSession(url);
  const { rows, errors } = await session.run('SELECT version();');
  const version = rows[0]?.[0];
  if (version === undefined) throw new Error(errors[0]?.message ?? 'the server does not say its version');
  return { ...serverOf(version), ...session };
}

/** What is known of a server by the answer to `version()`. */
export function serverOf(version) {
  const [major, minor] = version.split('.');
  if (version.includes('MariaDB')) return { flavor: 'mariadb', key: `${major}.${minor}`, ...FLAVORS.mariadb };
  const { tables, algorithms } = FLAVORS.mysql;
  return major === '5'
    ? { flavor: 'mysql', key: `5.${minor}`, tables: 'INNODB_SYS_TABLES', algorithms }
    : { flavor: 'mysql', key: Number(major) < 9 ? `${major}.${minor}` : major, tables, algorithms };
}

const tableIds = ({ tables }) =>
  `SELECT 'id', TABLE_ID FROM information_schema.${tables} WHERE NAME LIKE '${DATABASE}/%';`;
const idsOf = rows => rows.flatMap(([mark, id]) => (mark === 'id' ? [id] : []));

/**
 * Tries statements on fresh tables.
 *
 * @returns of a statement: an error, else whether a table id is gone afterwards
 */
function attempts(server, setup) {
  let before;
  const reset = async () => {
    // A setup may set variables of the session: `connect` starts it anew.
    const { rows, errors } = await server.run(
      `DROP DATABASE IF EXISTS ${DATABASE}; CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4;
connect ${DATABASE}
${setup}
;${tableIds(server)}`,
    );
    if (errors.length > 0) return errors[0];
    before = idsOf(rows);
    return undefined;
  };
  return async statement => {
    const failed = before === undefined ? await reset() : undefined;
    if (failed !== undefined) return { error: failed, setupFailed: true };
    const { rows, errors } = await server.run(`${statement};\n${tableIds(server)}`);
    // What is refused has done nothing: the tables serve the next statement too.
    if (errors.length > 0) return { error: errors[0] };
    const after = new Set(idsOf(rows));
    const rebuilt = before.some(id => !after.has(id));
    before = undefined;
    return { rebuilt };
  };
}

/** A statement with ALGORITHM= and LOCK=: at its end, but before what partitions the table, which must stand last. */
function asking(statement, clauses) {
  const [, alter, partitioning] =
    /^(ALTER TABLE \w+) ((?:PARTITION BY|REMOVE PARTITIONING)\b.*)$/s.exec(statement) ?? [];
  return alter === undefined ? `${statement}, ${clauses}` : `${alter} ${clauses} ${partitioning}`;
}

/** The result of one scenario, as mariadb.json has it. */
async function measureOne(server, { setup, statement }) {
  const attempt = attempts(server, setup);
  const plain = await attempt(statement);
  if (plain.error !== undefined) return plain.setupFailed ? { setupFailed: plain.error } : { error: plain.error };
  const algorithms = {};
  const refused = {};
  for (const algorithm of server.algorithms) {
    const asked = `ALGORITHM=${algorithm}`;
    const tried = await attempt(asking(statement, asked));
    if (tried.error === undefined) {
      const locks = [];
      for (const lock of LOCKS) {
        const { error } = await attempt(asking(statement, `${asked}, LOCK=${lock}`));
        if (error === undefined) locks.push(lock);
      }
      algorithms[algorithm] = { rebuilt: tried.rebuilt, locks };
    } else refused[algorithm] = tried.error.code === SYNTAX_ERROR ? NO_CLAUSE : tried.error.message;
  }
  const best = server.algorithms.find(name => algorithms[name] !== undefined);
  return {
    algorithms,
    refused,
    default: { rebuilt: plain.rebuilt },
    ...(best === undefined ? {} : { best, leastLock: algorithms[best].locks[0] }),
  };
}

/** Measures scenarios one by one; `done` gets each with its result. The probe's database is dropped at the end. */
export async function measureOnlineDdl(server, scenarios, done) {
  try {
    for (const scenario of scenarios) done(scenario, await measureOne(server, scenario));
  } finally {
    await server.run(`DROP DATABASE IF EXISTS ${DATABASE};`);
  }
}

/**
 * Where a result measured on MariaDB and the file differ, one line each; the server's words are not compared.
 *
 * @returns undefined when the file has no result for the version
 */
export function mariadbDifferences(scenario, measured, key) {
  const stored = scenario.results[key];
  if (stored === undefined) return undefined;
  const views = {
    error: r => r.error?.code ?? r.setupFailed?.code,
    algorithms: r => r.algorithms ?? {},
    refused: r => Object.keys(r.refused ?? {}),
    default: r => r.default,
  };
  return Object.entries(views).flatMap(([field, view]) => {
    const [file, server] = [stored, measured].map(result => JSON.stringify(view(result)));
    return file === server ? [] : [`${field}: file ${file}, server ${server}`];
  });
}

/**
 * Where a result measured on MySQL and the manual's cells in the file differ, one line each. A cell is compared where the
 * server can be asked: no statement on single partitions takes ALGORITHM=, and what fails on the server (a key ring that is
 * missing) says nothing.
 *
 * @returns undefined when the file has no cells for the version
 */
export function mysqlDifferences(scenario, measured, key) {
  const manual = scenario.results[key];
  if (manual === undefined) return undefined;
  const { algorithms, refused } = measured;
  if (algorithms === undefined) return [];
  const askable = name => refused[name] !== NO_CLAUSE;
  const { INSTANT: instant, INPLACE: inPlace, COPY: copy } = algorithms;
  // 5.7 has no word for INSTANT: there it is a syntax error, as it should be where the manual says no.
  const cells = {
    instant: askable('INPLACE') ? instant !== undefined : undefined,
    inPlace: askable('INPLACE') ? inPlace !== undefined : undefined,
    concurrentDML: askable('INPLACE') ? (inPlace?.locks.includes('NONE') ?? false) : undefined,
    rebuildsTable: (inPlace ?? copy ?? measured.default).rebuilt,
  };
  return Object.entries(cells).flatMap(([cell, found]) => {
    const said = manual[cell]?.startsWith('yes');
    return said === undefined || found === undefined || said === found
      ? []
      : [`${cell}: manual ${manual[cell]}, server ${found ? 'yes' : 'no'}`];
  });
}
