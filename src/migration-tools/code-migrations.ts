import { basename, dirname, extname, join } from 'node:path';
import type { Dialect } from '../server/server.ts';
import { dialectNamed } from './dialect-names.ts';
import { compareText, leadingNumber } from './file-order.ts';
import type {
  Detection,
  Folder,
  FolderTree,
  MigrationFiles,
  MigrationListing,
  MigrationTool,
  ProjectLocation,
  SegmentFile,
  SegmentTransaction,
  SkippedFile,
  ToolFacts,
} from './migration-tool.ts';

/** What tells a tool apart whose migrations are files of JavaScript or TypeScript with `up` and `down`. */
interface CodeTool {
  readonly id: string;
  readonly title: string;
  readonly transaction: SegmentTransaction;
  readonly outside?: ToolFacts['outside'];
  /** Marks in a file's start, any of which is the tool's. */
  readonly marks: RegExp;
  /** Names of the tool's config files beside the migrations or above them. */
  readonly configFiles?: RegExp;
  /** Name of the package that the project depends on. */
  readonly packages: readonly string[];
  /** The only dialect that it knows; found out where left out. */
  readonly dialect?: Dialect;
  /** What says that a migration has no down, for tools that make a missing one of `up`; others need the word itself. */
  readonly noDown?: RegExp;
  /** The transaction of a file whose text opts out; the tool's own where it says nothing. */
  readonly optOut?: RegExp;
  /** The folder beside the migrations whose files `<name>-up.sql` and `<name>-down.sql` a migration runs. */
  readonly sqlFolder?: string;
  /** Its files have neither `up` nor `down`: each runs as a whole. */
  readonly isScript?: true;
  /** How sure it is of its folders, where marks tell little. */
  readonly confidence?: number;
  readonly session?: ToolFacts['session'];
  readonly missing?: ToolFacts['missing'];
  /** What a file must hold to be run, of tools that pass over others in silence. */
  readonly runs?: RegExp;
  /** The position of a file in the order of runs; its name where left out. */
  readonly orderOf?: (stem: string, text: () => string) => string;
}

const CODE_FILE = /\.[cm]?[jt]s$/i;
const OTHER_FILE = /\.d\.[cm]?ts$|\.(test|spec)\.[cm]?[jt]s$|^(index|knexfile|sample-migration|_.*)\.[cm]?[jt]s$/i;
/** Any of these words makes a file one that a tool could run. */
const ENTRY = /\bup\b/;
const DOWN = /\bdown\s*(?:[=(:,}]|$)/m;

/** A tool whose migrations are modules with `up` and `down`. */
export function codeTool(tool: CodeTool): MigrationTool {
  return {
    id: tool.id,
    title: tool.title,
    facts: {
      transaction: tool.transaction,
      downs: tool.isScript !== true,
      checksums: false,
      session: tool.session ?? 'shared',
      ...(tool.missing === undefined ? {} : { missing: tool.missing }),
      ...(tool.outside === undefined ? {} : { outside: tool.outside }),
    },
    detect: (folder, tree, named) => detect(tool, folder, tree, named),
    list: (project, tree) => list(tool, project, tree),
    layout: (files, read) => layout(tool, files, read),
  };
}

function detect(tool: CodeTool, folder: Folder, tree: FolderTree, named: boolean): Detection | undefined {
  const files = folder.files.filter(isMigration);
  const newest = files.at(-1);
  if (newest === undefined) return undefined;
  // Beside SQL, code that is no known tool's is what runs it.
  if (tool.confidence !== undefined && folder.files.some(name => /\.sql$/i.test(name))) return undefined;
  const marked = files.slice(-3).some(name => {
    const text = tree.head(join(folder.path, name));
    return text !== undefined && ENTRY.test(text) === (tool.isScript !== true) && tool.marks.test(text);
  });
  if (!marked) return undefined;
  const looks = named || /migrat/i.test(basename(folder.path)) || leadingNumber(newest) !== undefined;
  if (!looks) return undefined;
  const configured = configuredAbove(tool, folder, tree);
  const dialect = tool.dialect ?? configured?.dialect ?? importedDialect(folder, files, tree);
  const sqlFolder = tool.sqlFolder !== undefined && folder.folders.includes(tool.sqlFolder);
  return {
    root: folder.path,
    ...(sqlFolder ? { folders: [folder.path, join(folder.path, tool.sqlFolder!)] } : {}),
    confidence: tool.confidence ?? (configured === undefined ? 0.6 : 0.9),
    ...(dialect === undefined ? {} : { dialect }),
  };
}

/** What a config file calls its dialect: `client: 'pg'`, `dialect: 'mysql'`, `type: 'postgres'`. */
const CONFIGURED = /\b(?:client|dialect|type)['"]?\s*:\s*['"]([\w-]+)['"]/g;

const IMPORTED = /(?:\bfrom\s*|\brequire\s*\(\s*)['"]([^'"]+?)(?:\/promise)?['"]/g;

/** The dialect of the clients that the newest migrations import. */
function importedDialect(folder: Folder, files: readonly string[], tree: FolderTree): Dialect | undefined {
  const texts = files.slice(-3).map(name => tree.head(join(folder.path, name)) ?? '');
  return onlyDialect(texts.flatMap(text => [...text.matchAll(IMPORTED)].map(match => match[1]!)));
}

/** The one dialect that several names are of; undefined where they are of none or of several. */
function onlyDialect(names: readonly string[]): Dialect | undefined {
  const dialects = new Set(names.map(dialectNamed).filter(dialect => dialect !== undefined));
  return dialects.size === 1 ? [...dialects][0] : undefined;
}

/**
 * What config files and each package.json above a folder say of the tool: that of a workspace may leave to its root what it
 * depends on.
 *
 * @returns undefined where none names the tool
 */
function configuredAbove(tool: CodeTool, folder: Folder, tree: FolderTree): { readonly dialect?: Dialect } | undefined {
  let named = false;
  let dialect: Dialect | undefined;
  for (let path = folder.path, levels = 0; levels < 8; path = dirname(path), levels++) {
    const here = tree.folder(path);
    const configs = here?.files.filter(name => tool.configFiles?.test(name) === true) ?? [];
    const said = configs.flatMap(name =>
      [...(tree.head(join(path, name)) ?? '').matchAll(CONFIGURED)].map(match => match[1]!),
    );
    const hasPackage = here?.files.includes('package.json') === true;
    const dependencies = hasPackage ? dependenciesOf(tree.head(join(path, 'package.json'))) : [];
    named ||= configs.length > 0 || tool.packages.some(name => dependencies.includes(name));
    dialect ??= onlyDialect(said) ?? onlyDialect(dependencies);
    if ((named && dialect !== undefined) || dirname(path) === path) break;
    // What lies above the repository is another's.
    if (here?.folders.includes('.git') === true) break;
  }
  return named ? (dialect === undefined ? {} : { dialect }) : undefined;
}

function dependenciesOf(text: string | undefined): readonly string[] {
  try {
    const content = JSON.parse(text ?? '{}') as Record<string, unknown>;
    return ['dependencies', 'devDependencies', 'peerDependencies'].flatMap(key => Object.keys(content[key] ?? {}));
  } catch {
    return [];
  }
}

function isMigration(name: string): boolean {
  return CODE_FILE.test(name) && !OTHER_FILE.test(name);
}

function list(tool: CodeTool, { folders }: ProjectLocation, tree: FolderTree): MigrationListing {
  const skipped: SkippedFile[] = [];
  const entries: { readonly order: string; readonly files: MigrationFiles }[] = [];
  for (const folder of folders) {
    // What lies there is run by the files beside it.
    if (tool.sqlFolder !== undefined && basename(folder.path) === tool.sqlFolder) continue;
    for (const name of folder.files) {
      const path = join(folder.path, name);
      if (!isMigration(name) || tool.runs?.test(tree.text(path) ?? '') === false) {
        skipped.push({ path, reason: `no migration of ${tool.title}` });
        continue;
      }
      const stem = name.slice(0, -extname(name).length);
      const order = tool.orderOf?.(stem, () => tree.text(path) ?? '') ?? name;
      const segment = (entry: string): SegmentFile => ({
        path,
        transaction: tool.transaction,
        language: 'ecmascript',
        entry,
      });
      const sqlFiles = sqlFilesOf(tool, folder, stem, tree);
      const parts = sqlFiles ?? { up: segment('up'), down: tool.isScript === true ? null : segment('down') };
      entries.push({ order, files: { id: stem, version: leadingNumber(stem) ?? stem, ...parts } });
    }
  }
  entries.sort((a, b) => compareText(a.order, b.order));
  return { migrations: entries.map(({ files }) => files), skipped };
}

/** The SQL files that a migration's code only reads and runs. */
function sqlFilesOf(
  { sqlFolder, transaction }: CodeTool,
  folder: Folder,
  stem: string,
  tree: FolderTree,
): Pick<MigrationFiles, 'up' | 'down'> | undefined {
  if (sqlFolder === undefined) return undefined;
  const path = join(folder.path, sqlFolder);
  const files = new Set(tree.folder(path)?.files);
  const part = (direction: string): SegmentFile => ({ path: join(path, `${stem}-${direction}.sql`), transaction });
  if (!files.has(`${stem}-up.sql`)) return undefined;
  return { up: part('up'), down: files.has(`${stem}-down.sql`) ? part('down') : null };
}

function layout(tool: CodeTool, files: MigrationFiles, read: (path: string) => string): MigrationFiles {
  if (files.up.language === undefined) return files;
  const text = read(files.up.path);
  const transaction: SegmentTransaction = tool.optOut?.test(text) === true ? 'none' : files.up.transaction;
  return {
    ...files,
    up: { ...files.up, transaction },
    down: files.down === null || !hasDown(tool, text) ? null : { ...files.down, transaction },
  };
}

function hasDown({ noDown }: CodeTool, text: string): boolean {
  return noDown === undefined ? DOWN.test(text) : !noDown.test(text);
}
