import { dirname, join, resolve } from 'node:path';
import { lazyRequire } from '../lazy-require.ts';
import { dialectNamed } from './dialect-names.ts';
import { LIKELY, nearestFile } from './evidence.ts';
import { compareNumberedNames, compareText } from './file-order.ts';
import type { Detection, FolderTree, ListingProblem, MigrationTool, ToolFacts } from './migration-tool.ts';
import { listSingleFiles } from './single-files.ts';

const NAME = /^(\d+)(?:_.*)?\.sql$/;
const SUMS = 'atlas.sum';

/** In the comments at the file's start. */
const TX_MODE_NONE = /^(?:\s*--[^\n]*\n|\s*\n)*?\s*--\s*atlas:txmode\s+none\b/;
const SUM_IGNORE = /^(?:\s*--[^\n]*\n|\s*\n)*?\s*--\s*atlas:sum\s+ignore\b/;

/**
 * Atlas: one file per migration, forward only, a transaction per file unless its head says `atlas:txmode none`; `atlas.sum` holds
 * the files' hashes. It also writes the files of other tools, which then run them. From Atlas' `migrate.go` and `dir.go`.
 */
export const atlas: MigrationTool = {
  id: 'atlas',
  title: 'Atlas',
  facts: {
    transaction: 'migration',
    downs: false,
    checksums: true,
    session: 'unknown',
    identity: 'version',
    late: 'refused',
    outside: 'start its file with `-- atlas:txmode none`',
  },
  detect(folder, tree) {
    if (!folder.files.some(name => NAME.test(name))) return undefined;
    const config = configOf(folder.path, tree);
    if (!folder.files.includes(SUMS) && config?.isNamed !== true) return undefined;
    // Other tools that claim the folder run it, and Atlas only wrote it.
    return { root: folder.path, confidence: LIKELY - 0.1, ...config?.server };
  },
  list(project, tree) {
    const listing = listSingleFiles(project, {
      name: NAME,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'Atlas reads only <version>_<name>.sql',
      duplicate: (version, other) => `Atlas refuses to run: version ${version} is also that of ${other}`,
    });
    const skipped = listing.skipped.filter(({ path }) => !path.endsWith(SUMS));
    const late = configOf(project.root, tree)?.late;
    return {
      ...listing,
      skipped,
      problems: [...(listing.problems ?? []), ...sumProblems(project.root, tree)],
      ...(late === undefined ? {} : { late }),
    };
  },
  layout(files, read) {
    return TX_MODE_NONE.test(read(files.up.path)) ? { ...files, up: { ...files.up, transaction: 'none' } } : files;
  },
};

/** What becomes of late migrations by `exec_order`. */
const LATE: Readonly<Record<string, ToolFacts['late']>> = { NON_LINEAR: 'run', LINEAR_SKIP: 'skipped' };

/** What the nearest `atlas.hcl` says: whether a folder is one of those it names for Atlas' own format, and the server. */
function configOf(
  path: string,
  tree: FolderTree,
):
  | {
      readonly isNamed: boolean;
      readonly server: Pick<Detection, 'dialect' | 'serverVersion'>;
      readonly late: ToolFacts['late'] | undefined;
    }
  | undefined {
  const file = nearestFile(path, ['atlas.hcl'], tree);
  const text = file === undefined ? undefined : tree.text(file);
  if (file === undefined || text === undefined) return undefined;
  const folders = [...text.matchAll(/\bdir\s*=\s*"file:\/\/([^"?]*)(\?[^"]*)?"/g)].filter(
    ([, , query]) => query === undefined,
  );
  const isOther = /\bformat\s*=\s*"?(?!atlas\b)[\w-]+/.test(text.replace(/\bformat\s*\{/g, ''));
  const isNamed = !isOther && folders.some(([, name]) => resolve(dirname(file), name!) === path);
  const [, scheme, version] =
    /"(?:docker:\/\/)?(postgres|mysql|mariadb|sqlite|sqlserver)\b(?::\/\/|\/(\d+(?:\.\d+)*))?/.exec(text) ?? [];
  const dialect = scheme === undefined ? undefined : dialectNamed(scheme);
  const order = /\bexec_order\s*=\s*"?(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  return {
    isNamed,
    late: Object.hasOwn(LATE, order) ? LATE[order] : undefined,
    server: {
      ...(dialect === undefined ? {} : { dialect }),
      ...(version === undefined ? {} : { serverVersion: version }),
    },
  };
}

/** Where `atlas.sum` and the files differ. Each hash is of all files up to its own, names included. */
function sumProblems(root: string, tree: FolderTree): readonly ListingProblem[] {
  const path = join(root, SUMS);
  const missing = tree.folder(root)?.files.includes(SUMS) !== true;
  const lines = (tree.text(path) ?? '').split(/\r?\n/).slice(1);
  const sums = new Map(lines.flatMap(line => pairOf(line)));
  const files = (tree.folder(root)?.files ?? []).filter(name => name.endsWith('.sql')).sort(compareText);
  const refused = (file: string, why: string): ListingProblem => ({
    kind: 'file name',
    path: file,
    message: `Atlas refuses to run: ${why}; \`atlas migrate hash\` writes atlas.sum anew`,
  });
  if (missing) return files.slice(0, 1).map(name => refused(join(root, name), 'there is no atlas.sum beside it'));
  const gone = [...sums.keys()].find(name => !files.includes(name));
  if (gone !== undefined) return [refused(path, `atlas.sum names ${gone}, and there is no such file`)];
  const { createHash } = lazyRequire('node:crypto') as typeof import('node:crypto');
  const hash = createHash('sha256');
  for (const name of files) {
    const sum = sums.get(name);
    if (sum === undefined) return [refused(join(root, name), 'this file is not in atlas.sum')];
    const text = tree.text(join(root, name)) ?? '';
    hash.update(name);
    if (SUM_IGNORE.test(text)) continue;
    hash.update(text);
    if (hash.copy().digest('base64') !== sum)
      return [refused(join(root, name), 'this file was changed after atlas.sum')];
  }
  return [];
}

function pairOf(line: string): readonly (readonly [string, string])[] {
  const [, name, sum] = /^(.+) h1:(\S+)$/.exec(line) ?? [];
  return name === undefined || sum === undefined ? [] : [[name, sum]];
}
