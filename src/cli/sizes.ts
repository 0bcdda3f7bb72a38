import { relative, resolve } from 'node:path';
import { lazyRequire } from '../lazy-require.ts';
import { usageError } from '../usage-error.ts';
import { COMMON_FLAGS, type FlagTable, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { writeReports } from './report-files.ts';
import { versionCommand } from './version.ts';

const SIZES_FLAGS = {
  'database-url': { value: 'url' },
  output: { value: 'file' },
  'print-query': {},
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

/** One row: the whole content of a table-sizes file. Reads the catalogue only, no table. */
const QUERY = `SELECT json_build_object('tables', coalesce(json_object_agg(name, size ORDER BY name), '{}'::json)) AS sizes
FROM (
  SELECT format('%s.%s', n.nspname, c.relname) AS name,
         json_build_object('bytes', pg_table_size(c.oid), 'rows', greatest(c.reltuples, 0)::bigint) AS size
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'
) tables`;

/** The part of the `pg` package that is used here. */
interface PgClient {
  connect(): Promise<void>;
  query(text: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  end(): Promise<void>;
}

/** `surefoot sizes`: how big the tables of a database are, as the file that `--table-sizes` takes. */
export async function sizesCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, SIZES_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  if (args.positionals.length > 0) throw usageError(`sizes takes no paths, got ${args.positionals[0]}`);
  if (args.flags.has('print-query')) {
    io.stdout.write(`${QUERY};\n`);
    return 0;
  }
  const url = args.value('database-url') ?? io.env.DATABASE_URL;
  if (url === undefined || url === '') {
    throw usageError(
      'sizes needs --database-url postgres://… (or DATABASE_URL); --print-query prints the query to run by hand',
    );
  }
  const text = `${JSON.stringify(await measure(url), undefined, 2)}\n`;
  const output = args.value('output');
  if (output === undefined) io.stdout.write(text);
  else writeReports([{ path: resolve(io.cwd, output), given: relative(io.cwd, resolve(io.cwd, output)), text }]);
  return 0;
}

async function measure(url: string): Promise<unknown> {
  const client = new (loadClient())({ connectionString: url, application_name: 'surefoot' });
  try {
    await client.connect();
    await client.query("SET default_transaction_read_only = on; SET statement_timeout = '30s'");
    const { rows } = await client.query(QUERY);
    return rows[0]?.sizes;
  } catch (error) {
    throw usageError(`sizes: the database did not answer: ${(error as Error).message}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The PostgreSQL client is a package that only this command needs, so it is the user's to install. */
function loadClient(): new (options: object) => PgClient {
  try {
    return (lazyRequire('pg') as { readonly Client: new (options: object) => PgClient }).Client;
  } catch {
    throw usageError(
      'sizes needs the package pg: npm install --save-dev pg; or run the query of sizes --print-query by hand',
    );
  }
}
