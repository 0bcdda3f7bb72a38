// Runs scenarios on a server and reads what each statement did: locks, rewrites, scans, index builds, who waits, errors.
// fixtures/ground-truth/README.md says how each field is observed.

const MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
];

const USER_RELATIONS = `
  SELECT c.oid::int AS oid, c.relkind AS kind, c.relfilenode::int AS file,
    CASE WHEN n.nspname = 'pg_toast' THEN coalesce(ot.relname || ' (toast)', oi.relname || ' (toast index)', c.relname)
         WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class ot ON ot.reltoastrelid = c.oid
  LEFT JOIN pg_index i ON i.indexrelid = c.oid AND n.nspname = 'pg_toast'
  LEFT JOIN pg_class oi ON oi.reltoastrelid = i.indrelid
  WHERE c.oid >= 16384 AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_temp'`;

const OWN_LOCKS = `SELECT relation::int AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted`;

const ROWS_READ = 'SELECT relid::int AS oid, seq_tup_read::int AS read FROM pg_stat_xact_all_tables';

const byName = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const errorOf = error => ({
  code: error.code ?? error.fields?.code ?? '?????',
  message: String(error.message).split('\n')[0],
});

/**
 * Measures scenarios in the order given; those that share a setup and roll back share one database.
 *
 * @param server - from servers.mjs
 * @param scenarios - as in fixtures/ground-truth/postgres.json
 * @param onResult - called with each scenario and its result
 */
export async function measure(server, scenarios, onResult) {
  let session;
  let prepared;
  for (const scenario of scenarios) {
    if (prepared === undefined || prepared.setup !== scenario.setup || scenario.autocommit || prepared.dirty) {
      await session?.close();
      await server.reset();
      session = await server.session();
      prepared = { setup: scenario.setup, dirty: false, failed: undefined };
      try {
        // One by one: several statements sent at once run in a transaction, which CREATE TABLESPACE refuses.
        for (const statement of scenario.setup.split(/;\n/)) if (statement.trim() !== '') await session.run(statement);
      } catch (error) {
        prepared.failed = errorOf(error);
        prepared.dirty = true;
      }
    }
    if (prepared.failed) {
      onResult(scenario, { setupFailed: prepared.failed });
      continue;
    }
    prepared.dirty = scenario.autocommit === true;
    onResult(scenario, await measureOne(server, session, scenario, prepared));
  }
  await session?.close();
}

async function measureOne(server, session, scenario, prepared) {
  if (scenario.autocommit) return measureAutocommit(server, session, scenario);
  const first = await inTransaction(server, session, scenario.statement);
  if (first.error === undefined) return first;
  if (first.error.code === '25001') return { errorInTransaction: first.error };
  // Does it fail because of the rows? Then it works on empty tables.
  prepared.dirty = true;
  const tables = await session.query(`
    SELECT string_agg(c.oid::regclass::text, ', ') AS list FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.oid >= 16384 AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`);
  if (tables[0].list === null) return { error: first.error };
  await session.run(`TRUNCATE ${tables[0].list}`);
  const second = await inTransaction(server, session, scenario.statement);
  return second.error === undefined ? { errorOnRows: first.error, onEmptyTables: second } : { error: first.error };
}

/** Rows of each table itself, without those of its children. */
async function rowsBefore(session, relations) {
  const rows = new Map();
  for (const { oid, kind, name } of relations) {
    if ((kind !== 'r' && kind !== 'm') || name.includes('(toast')) continue;
    rows.set(oid, (await session.query(`SELECT count(*)::int AS n FROM ONLY ${quoted(name)}`))[0].n);
  }
  return rows;
}

const quoted = name =>
  name
    .split('.')
    .map(part => `"${part}"`)
    .join('.');

async function inTransaction(server, session, statement) {
  const before = await session.query(USER_RELATIONS);
  const rows = await rowsBefore(session, before);
  await session.run('BEGIN; SET LOCAL client_min_messages = debug1');
  // The counters hold what earlier transactions read and have not yet reported: only their growth counts.
  const baseline = new Map((await session.query(ROWS_READ)).map(r => [r.oid, r.read]));
  session.notices.length = 0;
  try {
    await session.run(statement);
  } catch (error) {
    await session.run('ROLLBACK');
    return { error: errorOf(error) };
  }
  const notices = [...session.notices];
  await session.run('SET LOCAL client_min_messages = error');
  const locks = await session.query(OWN_LOCKS);
  const read = (await session.query(ROWS_READ)).map(r => ({ oid: r.oid, read: r.read - (baseline.get(r.oid) ?? 0) }));
  const result = await facts(session, { before, rows, locks, notices, read, statement });
  if (server.second) Object.assign(result, await whoWaits(server, before));
  await session.run('ROLLBACK');
  return result;
}

async function facts(session, { before, rows, locks, notices, read: stats, statement }) {
  // A new, empty file of a table that was empty before: only the statement tells which it is.
  const truncates = /\bTRUNCATE\b/i.test(statement);
  const after = await session.query(USER_RELATIONS);
  const was = new Map(before.map(r => [r.oid, r]));
  const is = new Map(after.map(r => [r.oid, r]));
  const files = new Set(before.map(r => r.file));
  const moved = after.filter(
    r => was.has(r.oid) && 'rm'.includes(r.kind) && r.file !== was.get(r.oid).file && !r.name.includes('(toast)'),
  );
  const sizes = new Map();
  for (const r of moved)
    sizes.set(r.oid, (await session.query(`SELECT pg_relation_size(${r.oid})::int AS size`))[0].size);
  const emptied = moved.filter(r => sizes.get(r.oid) === 0 && ((rows.get(r.oid) ?? 0) > 0 || truncates));
  const read = stats.filter(s => was.has(s.oid) && (rows.get(s.oid) ?? 0) > 0);
  const names = list => list.map(r => r.name).sort(byName);
  const result = {
    ...lockFacts(locks, was, is),
    rewrite: names(moved.filter(r => !emptied.includes(r)).map(r => was.get(r.oid))),
    scan: names(read.filter(s => s.read >= 0.9 * rows.get(s.oid)).map(s => was.get(s.oid))),
    indexBuilt: names(after.filter(r => r.kind === 'i' && !r.name.includes('(toast') && !files.has(r.file))),
  };
  const add = (field, list) => (list.length > 0 ? Object.assign(result, { [field]: list }) : result);
  add('emptied', names(emptied.map(r => was.get(r.oid))));
  add('dropped', names(before.filter(r => !is.has(r.oid) && !r.name.includes('(toast'))));
  add('created', names(after.filter(r => !was.has(r.oid) && !r.name.includes('(toast'))));
  add(
    'debug',
    notices
      .filter(n => n.startsWith('DEBUG'))
      .map(n => n.replace(/^DEBUG: +/, ''))
      .filter(n => /rewriting|verifying|building index|sufficient/.test(n)),
  );
  add(
    'notices',
    notices.filter(n => /^(NOTICE|WARNING)/.test(n)),
  );
  return result;
}

function lockFacts(locks, was, is) {
  const own = new Map();
  const created = new Map();
  for (const { oid, mode } of locks) {
    const relation = was.get(oid);
    const target = relation === undefined ? created : own;
    const name = relation?.name ?? is.get(oid)?.name;
    if (name === undefined) continue;
    target.set(name, [...(target.get(name) ?? []), mode]);
  }
  const strongest = map =>
    [...map]
      .map(([relation, modes]) => ({ relation, mode: modes.sort((a, b) => MODES.indexOf(b) - MODES.indexOf(a))[0] }))
      .sort((a, b) => byName(a.relation, b.relation));
  const result = { locks: strongest(own) };
  const several = [...own].filter(([, modes]) => modes.length > 1).sort(([a], [b]) => byName(a, b));
  if (several.length > 0)
    result.allModes = Object.fromEntries(several.map(([name, modes]) => [name, modes.sort(byName)]));
  const fresh = strongest(created).filter(l => !l.relation.includes('(toast'));
  if (fresh.length > 0) result.locksOnNew = fresh;
  return result;
}

/** Tries each table from a second session, with a lock_timeout: what times out (55P03) is blocked. */
async function whoWaits(server, before) {
  const other = await server.session();
  await other.run(`SET lock_timeout = '60ms'`);
  const blocked = async sql => {
    try {
      await other.run(`BEGIN; ${sql}`);
      return false;
    } catch (error) {
      return error.code === '55P03';
    } finally {
      await other.run('ROLLBACK');
    }
  };
  const reads = [];
  const inserts = [];
  const updates = [];
  for (const { oid, kind, name } of before) {
    if (!'rpvm'.includes(kind) || name.includes('(toast)')) continue;
    if (await blocked(`SELECT * FROM ${quoted(name)} LIMIT 1`)) reads.push(name);
    if (kind === 'v' || kind === 'm') continue;
    if (await blocked(`INSERT INTO ${quoted(name)} DEFAULT VALUES`)) inserts.push(name);
    const [column] = await other.query(
      `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum LIMIT 1`,
    );
    if (column === undefined) continue;
    const row = `(tableoid, ctid) = (SELECT tableoid, ctid FROM ${quoted(name)} LIMIT 1)`;
    if (await blocked(`UPDATE ${quoted(name)} SET ${column.name} = ${column.name} WHERE ${row}`)) updates.push(name);
  }
  await other.close();
  const writes = [...new Set([...inserts, ...updates])].sort(byName);
  const result = { blocksReads: reads.sort(byName), blocksWrites: writes };
  if (inserts.length !== updates.length)
    Object.assign(result, { blocksInserts: inserts.sort(byName), blocksUpdates: updates.sort(byName) });
  return result;
}

/** Statements that refuse a transaction block: run outside of one, their locks polled from a second session. */
async function measureAutocommit(server, session, scenario) {
  const inside = await inTransaction({ second: false }, session, scenario.statement);
  const result = {};
  if (inside.error !== undefined) result.errorInTransaction = inside.error;
  const before = await session.query(USER_RELATIONS);
  const rows = await rowsBefore(session, before);
  const [{ pid }] = await session.query('SELECT pg_backend_pid() AS pid');
  const polled = [];
  let running = true;
  const watcher = server.second ? await server.session() : undefined;
  const polling = (async () => {
    while (running && watcher !== undefined) {
      polled.push(
        ...(await watcher.query(
          `SELECT relation::int AS oid, mode FROM pg_locks WHERE pid = ${pid} AND locktype = 'relation' AND granted`,
        )),
      );
    }
  })();
  session.notices.length = 0;
  try {
    await session.run(scenario.statement);
  } catch (error) {
    result.error = errorOf(error);
  }
  running = false;
  await polling;
  await watcher?.close();
  const unique = [...new Map(polled.map(lock => [`${lock.oid} ${lock.mode}`, lock])).values()];
  const seen = await facts(session, {
    before,
    rows,
    locks: unique,
    notices: [],
    read: [],
    statement: scenario.statement,
  });
  // Outside a transaction block the statistics are cumulative: what was read cannot be told from what the setup read.
  const { scan: _scan, locksOnNew: _new, ...rest } = seen;
  return { ...result, ...rest, ...(server.second ? { locksSampled: true } : {}) };
}
