import { join } from 'node:path';
import type { Dialect } from '../server/server.ts';
import { dependsOn, LIKELY } from './evidence.ts';
import { compareNumberedNames, compareText } from './file-order.ts';
import type { Folder, MigrationTool, SegmentFile, SkippedFile } from './migration-tool.ts';
import { duplicatesOf } from './single-files.ts';

const NAME = /^(\d+)_([^.]+)(?:\.([a-z0-9]+))?(\.autocommit)?\.(up|down)\.sql$/;

/** What names call the databases. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  cockroach: 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  sqlite3: 'sqlite',
  sqlite: 'sqlite',
};

interface PopName {
  readonly name: string;
  readonly id: string;
  readonly version: string;
  /** As in the name; undefined for a file of every database. */
  readonly database: string | undefined;
  readonly autocommit: boolean;
  readonly direction: string;
}

/**
 * pop, soda and popx: a file per direction, and per database where they differ; a transaction per file unless its name says
 * `.autocommit`; even then it is sent as one query. From pop's `file_migrator.go` and popx.
 */
export const pop: MigrationTool = {
  id: 'pop',
  title: 'pop',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'shared',
    identity: 'version',
    outside: 'name its file `.autocommit.up.sql`, and let it be all of it',
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => NAME.test(name)) &&
      dependsOn(folder.path, 'go.mod', /^\s*(?:require\s+)?github\.com\/(?:gobuffalo\/pop|ory\/(?:x|pop))\b/m, tree);
    if (!isOurs) return undefined;
    const dialect = DIALECTS[databaseOf(folder) ?? ''];
    return { root: folder.path, confidence: LIKELY, ...(dialect === undefined ? {} : { dialect }) };
  },
  list({ folders }) {
    const skipped: SkippedFile[] = [];
    const found = new Map<string, PopName & { readonly path: string }>();
    for (const folder of folders) {
      const database = databaseOf(folder);
      for (const name of folder.files) {
        const parsed = parseName(name);
        const path = join(folder.path, name);
        if (parsed === undefined) {
          skipped.push({ path, reason: 'pop reads only <version>_<name>.up.sql and .down.sql' });
          continue;
        }
        const key = `${parsed.id} ${parsed.direction}`;
        const other = found.get(key);
        const isForeign = parsed.database !== undefined && parsed.database !== database;
        // The file of one database takes the place of that of every database.
        const isOlder = other?.database !== undefined && parsed.database === undefined;
        if (isForeign) skipped.push({ path, reason: `for ${parsed.database}, and this is the history of ${database}` });
        else if (isOlder) skipped.push({ path, reason: `${other.name} takes its place` });
        else {
          if (other !== undefined) skipped.push({ path: other.path, reason: `${name} takes its place` });
          found.set(key, { ...parsed, path });
        }
      }
    }
    const partOf = ({ path, autocommit }: { readonly path: string; readonly autocommit: boolean }): SegmentFile => ({
      path,
      transaction: autocommit ? 'implicit' : 'migration',
    });
    const migrations = [...found.values()]
      .filter(({ direction }) => direction === 'up')
      .sort((a, b) => compareNumberedNames(a.id, b.id))
      .map(up => {
        const down = found.get(`${up.id} down`);
        return { id: up.id, version: up.version, up: partOf(up), down: down === undefined ? null : partOf(down) };
      });
    const problems = duplicatesOf(
      migrations,
      (version, other) => `pop records versions, and ${version} is also that of ${other}`,
    );
    return { migrations, skipped, problems };
  },
};

function parseName(name: string): PopName | undefined {
  const [, version, title, database, autocommit, direction] = NAME.exec(name) ?? [];
  if (version === undefined || direction === undefined) return undefined;
  const isAutocommit = autocommit !== undefined || database === 'autocommit';
  const named = database === 'autocommit' ? undefined : database;
  return { name, id: `${version}_${title}`, version, database: named, autocommit: isAutocommit, direction };
}

/** The database whose files count, where names tell several apart: PostgreSQL's, else the first by text. */
function databaseOf({ files }: Folder): string | undefined {
  const named = new Set(files.flatMap(name => parseName(name)?.database ?? []));
  return ['postgres', 'postgresql'].find(name => named.has(name)) ?? [...named].sort(compareText)[0];
}
