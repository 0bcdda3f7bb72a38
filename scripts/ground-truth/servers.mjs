// Sessions to measure on: PGlite in process, or a PostgreSQL server by URL. Both give the same small interface.
//
//   server  = { key, second: boolean, session(): Promise<session>, reset(): Promise<void>, close(): Promise<void> }
//   session = { query(sql): Promise<row[]>, run(sql): Promise<void>, notices: string[], close(): Promise<void> }

/** Everything that a scenario may leave behind, dropped. */
const CLEAN = `
ROLLBACK;
RESET ALL;
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', r.pubname); END LOOP;
  FOR r IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', r.extname); END LOOP;
  FOR r IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', r.nspname); END LOOP;
  FOR r IN SELECT amname FROM pg_am WHERE oid >= 16384 LOOP EXECUTE format('DROP ACCESS METHOD %I CASCADE', r.amname); END LOOP;
  FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '^probe_' LOOP EXECUTE format('DROP ROLE %I', r.rolname); END LOOP;
END $$;
CREATE SCHEMA public;`;

const DROP_TABLESPACES = `SELECT spcname FROM pg_tablespace WHERE spcname ~ '^probe_'`;

/** PGlite, with the contrib modules that scenarios use. One session: who is blocked cannot be seen. */
export async function pgliteServer() {
  const { PGlite } = await import('@electric-sql/pglite');
  const load = async name => (await import(`@electric-sql/pglite/contrib/${name}`))[name];
  const extensions = {};
  for (const name of ['citext', 'pg_trgm', 'uuid_ossp']) extensions[name] = await load(name);
  const open = () => PGlite.create({ extensions });
  let db = await open();
  const notices = [];
  const onNotice = notice => notices.push(`${notice.severity}: ${notice.message}`);
  return {
    key: 'pglite',
    second: false,
    async session() {
      return {
        notices,
        query: async sql => (await db.query(sql)).rows,
        run: async sql => void (await db.exec(sql, { onNotice })),
        close: async () => {},
      };
    },
    async reset() {
      try {
        await db.exec(CLEAN);
        for (const { spcname } of (await db.query(DROP_TABLESPACES)).rows) await db.exec(`DROP TABLESPACE ${spcname}`);
      } catch {
        // A statement that broke the session (VACUUM after a failed BEGIN) takes the instance with it.
        await db.close().catch(() => {});
        db = await open();
      }
    },
    close: () => db.close(),
  };
}

/** A server by URL; each reset makes a new database beside the one of the URL. The role must be a superuser. */
export async function postgresServer(url) {
  const { default: pg } = await import('pg');
  const connect = async database => {
    const client = new pg.Client(
      database === undefined ? url : Object.assign(new URL(url), { pathname: `/${database}` }).toString(),
    );
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const admin = await connect();
  const version = String(
    Math.floor(Number((await admin.query('SHOW server_version_num')).rows[0].server_version_num) / 10000),
  );
  let database;
  const drop = async () => {
    if (database === undefined) return;
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    for (const { spcname } of (await admin.query(DROP_TABLESPACES)).rows)
      await admin.query(`DROP TABLESPACE ${spcname}`);
    for (const { rolname } of (await admin.query(`SELECT rolname FROM pg_roles WHERE rolname ~ '^probe_'`)).rows)
      await admin.query(`DROP ROLE ${rolname}`);
  };
  let count = 0;
  return {
    key: version,
    second: true,
    async session() {
      const client = await connect(database);
      const notices = [];
      client.on('notice', notice => notices.push(`${notice.severity}: ${notice.message}`));
      return {
        notices,
        query: async sql => (await client.query(sql)).rows,
        run: async sql => void (await client.query(sql)),
        close: () => client.end(),
      };
    },
    async reset() {
      await drop();
      database = `surefoot_probe_${process.pid}_${count++}`;
      await admin.query(`CREATE DATABASE ${database}`);
    },
    async close() {
      await drop();
      await admin.end();
    },
  };
}
