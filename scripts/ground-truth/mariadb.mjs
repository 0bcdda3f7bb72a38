// Measures which ALGORITHM and LOCK a MariaDB server accepts for a statement, and whether the table is rebuilt. It speaks to
// the server through the client `mariadb` (or `mysql`), so that no driver is needed.
import { spawnSync } from 'node:child_process';

const ALGORITHMS = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'];
const LOCKS = ['NONE', 'SHARED', 'EXCLUSIVE'];
const DATABASE = 'surefoot_probe';
/** Statements that a parser of ALTER TABLE's partition clauses reads: they know no ALGORITHM. */
const NO_CLAUSE = 'the ALGORITHM clause is not part of this statement';

/**
 * A server by URL: `mariadb://root:secret@127.0.0.1:3306`.
 *
 * @returns its key in the file (`10.11`), and `run`
 * @throws where no client is installed or the server cannot be reached
 */
export function mariadbServer(url) {
  const { hostname, port, username, password } = new URL(url);
  const client = ['mariadb', 'mysql'].find(name => spawnSync(name, ['--version']).status === 0);
  if (client === undefined) throw new Error('neither the client mariadb nor mysql is on the path');
  const args = ['--no-defaults', '-h', hostname, '-P', port || '3306', '-u', decodeURIComponent(username), '-N', '-B'];
  const env = { ...process.env, MYSQL_PWD: decodeURIComponent(password) };
  const run = sql => {
    const { status, stdout, stderr } = spawnSync(client, args, { input: sql, env, encoding: 'utf8' });
    return { ok: status === 0, stdout, stderr };
  };
  const asked = run('SELECT version();');
  if (!asked.ok) throw new Error(asked.stderr.trim());
  if (!asked.stdout.includes('MariaDB')) throw new Error(`this is no MariaDB: ${asked.stdout.trim()}`);
  return { key: asked.stdout.split('.').slice(0, 2).join('.'), run };
}

/** Tries a statement on fresh tables: undefined with an error, else whether a table id is gone afterwards. */
function attempt(server, setup, statement) {
  const ids = mark =>
    `SELECT '${mark}', TABLE_ID FROM information_schema.INNODB_SYS_TABLES WHERE NAME LIKE '${DATABASE}/%';`;
  const { ok, stdout, stderr } = server.run(
    `DROP DATABASE IF EXISTS ${DATABASE}; CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4; USE ${DATABASE};
${setup}
;${ids('before')} ${statement}; ${ids('after')}`,
  );
  const marked = mark =>
    stdout.split('\n').flatMap(line => (line.startsWith(`${mark}\t`) ? [line.split('\t')[1]] : []));
  if (!ok) {
    const [, code, message] = /ERROR (\d+) \([^)]*\) at line \d+: (.*)/.exec(stderr) ?? [undefined, '0', stderr];
    return { error: { code: Number(code), message: message.trim() }, setupFailed: marked('before').length === 0 };
  }
  const after = new Set(marked('after'));
  return { rebuilt: marked('before').some(id => !after.has(id)) };
}

/** A statement with ALGORITHM= and LOCK=: at its end, but before what partitions the table, which must stand last. */
function asking(statement, clauses) {
  const [, alter, partitioning] =
    /^(ALTER TABLE \w+) ((?:PARTITION BY|REMOVE PARTITIONING)\b.*)$/s.exec(statement) ?? [];
  return alter === undefined ? `${statement}, ${clauses}` : `${alter} ${clauses} ${partitioning}`;
}

/** The result of one scenario, as the file has it. */
function measureOne(server, { setup, statement }) {
  const plain = attempt(server, setup, statement);
  if (plain.error !== undefined) return plain.setupFailed ? { setupFailed: plain.error } : { error: plain.error };
  const algorithms = {};
  const refused = {};
  for (const algorithm of ALGORITHMS) {
    const asked = `ALGORITHM=${algorithm}`;
    const tried = attempt(server, setup, asking(statement, asked));
    if (tried.error === undefined) {
      const locks = LOCKS.filter(
        lock => attempt(server, setup, asking(statement, `${asked}, LOCK=${lock}`)).error === undefined,
      );
      algorithms[algorithm] = { rebuilt: tried.rebuilt, locks };
    } else refused[algorithm] = tried.error.code === 1064 ? NO_CLAUSE : tried.error.message;
  }
  const best = ALGORITHMS.find(name => algorithms[name] !== undefined);
  return {
    algorithms,
    refused,
    default: { rebuilt: plain.rebuilt },
    ...(best === undefined ? {} : { best, leastLock: algorithms[best].locks[0] }),
  };
}

/** Measures scenarios one by one; `done` gets each with its result. The probe's database is dropped at the end. */
export function measureMariadb(server, scenarios, done) {
  try {
    for (const scenario of scenarios) done(scenario, measureOne(server, scenario));
  } finally {
    server.run(`DROP DATABASE IF EXISTS ${DATABASE};`);
  }
}

/**
 * Where a measured result and the file differ, one line each; the server's words are not compared.
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
