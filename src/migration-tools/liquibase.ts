import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import {
  type Changelog,
  type ChangeSet,
  dialectOfDbms,
  type Include,
  type NamedChangeSet,
  type Property,
  readChangelog,
} from '../parsers/liquibase/changelog.ts';
import { areReversible } from '../parsers/liquibase/changes.ts';
import { type Element, fieldOf, isFalse, isTrue, textOf } from '../parsers/liquibase/document.ts';
import { FORMATTED_SQL } from '../parsers/liquibase/formatted-sql.ts';
import type { LiquibaseEntry } from '../parsers/liquibase/index.ts';
import type { PropertyValue } from '../parsers/liquibase/properties.ts';
import type { Dialect } from '../server/server.ts';
import { CERTAIN, nearestFile } from './evidence.ts';
import { compareText } from './file-order.ts';
import type {
  Folder,
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationListing,
  MigrationTool,
  SegmentFile,
  SkippedFile,
} from './migration-tool.ts';
import { otherFolder } from './sql.ts';

/** What marks a file as a changelog, in its start. */
const MARKS: Readonly<Record<string, RegExp>> = {
  '.sql': FORMATTED_SQL,
  '.xml': /<(?:\w+:)?databaseChangeLog\b/,
  '.yaml': /^\s*-?\s*databaseChangeLog\s*:/m,
  '.yml': /^\s*-?\s*databaseChangeLog\s*:/m,
  '.json': /"databaseChangeLog"\s*:/,
};
/** Names that changelogs which include the others have. */
const MASTER = /master|root|(?:^|[._-])main\b|index|^(?:db[.-])?change-?log\.\w+$/i;
const PROPERTIES = ['liquibase.properties'];
/** Files that hold the address of the database, the surest first. */
const SETTINGS = [
  ...PROPERTIES,
  ...['application.properties', 'application.yml', 'application.yaml', 'application-prod.yml', 'application-dev.yml'],
];
/** Files whose folder is a project, where there is no repository around. */
const MANIFEST = /^(?:liquibase\.properties|pom\.xml|build\.gradle(?:\.kts)?|package\.json)$/;
const MOST_LEVELS = 10;
/** Of a file that a change names beside others, in UTF-16 units. */
const MOST_TEXT = 1024 * 1024;
/** Of a file of rows: the line of their names and those after it tell what is sent. */
const MOST_ROWS = 8;
/** Changes that may have their text or their rows in a file, and the attribute that names it. */
const FILE_CHANGES: ReadonlyMap<string, string> = new Map([
  ...['sqlFile', 'createView', 'createProcedure', 'createFunction', 'createTrigger'].map(
    name => [name, 'path'] as const,
  ),
  ...['loadData', 'loadUpdateData'].map(name => [name, 'file'] as const),
]);

/**
 * Liquibase: changeSets in the order in which changelogs hold and include them, a transaction per changeSet unless it says
 * `runInTransaction="false"`. From Liquibase's `ChangeSet.java`, `DatabaseChangeLog.java` and its parsers.
 */
export const liquibase: MigrationTool = {
  id: 'liquibase',
  title: 'Liquibase',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: true,
    session: 'shared',
    outside: 'set `runInTransaction` to false on its changeset',
  },
  detect(folder, tree) {
    const names = changelogsIn(folder, tree);
    if (names.length === 0) return undefined;
    const root = rootAround(folder, names, tree);
    const { files, folders: included } = walk(root, tree);
    const folders = new Set([root.path, ...files.map(({ path }) => dirname(path)), ...included]);
    const dialect = dialectAround(root.path, files, tree);
    return {
      root: root.path,
      folders: [...folders],
      confidence: CERTAIN + 0.01,
      ...(dialect === undefined ? {} : { dialect }),
    };
  },
  parts: (path, text) => {
    const { changeSets } = readChangelog({ path, text });
    const keys = keysOf(changeSets);
    return new Map(changeSets.map((changeSet, index) => [keys[index]!, contentOf(changeSet)]));
  },
  list({ root, folders }, tree) {
    const folder = folders.find(({ path }) => path === root) ?? { path: root, files: [], folders: [] };
    return walk(folder, tree, folders);
  },
};

/** How many of a folder's SQL files are opened at either end to see whether they are Liquibase's. */
const MOST_HEADS = 2;

function changelogsIn(folder: Folder, tree: FolderTree): readonly string[] {
  const isOne = (name: string): boolean => isChangelog(join(folder.path, name), tree);
  const sqlFiles = folder.files.filter(name => /\.sql$/i.test(name));
  // Most folders of SQL are another tool's, and have thousands of files.
  const isSql = [...sqlFiles.slice(0, MOST_HEADS), ...sqlFiles.slice(-MOST_HEADS)].some(isOne);
  return folder.files.filter(name => (isSql || !/\.sql$/i.test(name)) && isOne(name));
}

function isChangelog(path: string, tree: FolderTree): boolean {
  return MARKS[extname(path).toLowerCase()]?.test(tree.head(path) ?? '') === true;
}

/** The folder whose changelogs include those of a folder: the outermost one; the folder itself where there is none. */
function rootAround(folder: Folder, names: readonly string[], tree: FolderTree): Folder {
  const wanted = new Set(names.map(name => join(folder.path, name)));
  let root = folder;
  const top = projectTop(folder.path, tree);
  for (let path = folder.path; path !== top && dirname(path) !== path; ) {
    path = dirname(path);
    const around = tree.folder(path);
    if (around === undefined || changelogsIn(around, tree).length === 0) continue;
    if (walk(around, tree).files.some(file => wanted.has(file.path))) root = around;
  }
  return root;
}

/** The folder that nothing may lead out of: the repository, else the outermost folder with a manifest, else the one around. */
function projectTop(path: string, tree: FolderTree): string {
  let top = dirname(path);
  for (let current = path, level = 0; level < MOST_LEVELS; level++) {
    const folder = tree.folder(current);
    if (folder?.folders.includes('.git')) return current;
    if (folder?.files.some(name => MANIFEST.test(name))) top = current;
    if (dirname(current) === current) break;
    current = dirname(current);
  }
  return top;
}

/** What the changelogs of a project come to. */
interface Walk extends MigrationListing {
  /** The changelogs that Liquibase reads, in order. */
  readonly files: readonly { readonly path: string; readonly changelog: Changelog }[];
  /** The folders whose files some `includeAll` looks at. */
  readonly folders: ReadonlySet<string>;
}

/** Follows the changelogs of a folder. */
function walk(root: Folder, tree: FolderTree, folders: readonly Folder[] = []): Walk {
  const search: Search = {
    root: root.path,
    top: projectTop(root.path, tree),
    tree,
    files: new Map(),
    folders: new Set(),
    migrations: new Set(),
    byFilter: new Map(),
    byName: new Map(),
    listed: [],
    problems: [],
    sqlFiles: new Set(),
  };
  for (const name of startsOf(root, tree)) follow(join(root.path, name), [], [], search);
  const skipped = folders.flatMap(folder =>
    folder.files.flatMap((name): readonly SkippedFile[] => {
      const path = join(folder.path, name);
      if (search.files.has(path) || search.sqlFiles.has(path)) return [];
      const reason = isChangelog(path, tree)
        ? 'no changelog that Liquibase starts from includes it'
        : 'no changelog of Liquibase';
      return [{ path, reason }];
    }),
  );
  const files = [...search.files].map(([path, changelog]) => ({ path, changelog }));
  return { migrations: search.listed, skipped, problems: search.problems, files, folders: search.folders };
}

interface Search {
  readonly root: string;
  readonly top: string;
  readonly tree: FolderTree;
  /** Changelogs by path, as they are met. */
  readonly files: Map<string, Changelog>;
  readonly folders: Set<string>;
  /** Identities: path, id and author. */
  readonly migrations: Set<string>;
  /** Ids by identity, databases and contexts. */
  readonly byFilter: Map<string, string>;
  /** Where the changes of each changeSet are, by the absolute or logical path of its file, id and author. */
  readonly byName: Map<string, SegmentFile>;
  readonly listed: MigrationFiles[];
  readonly problems: ListingProblem[];
  /** Paths of the SQL files that changeSets name. */
  readonly sqlFiles: Set<string>;
}

/** The names of the changelogs of a folder that Liquibase would be started with. */
function startsOf(folder: Folder, tree: FolderTree): readonly string[] {
  const names = changelogsIn(folder, tree);
  const configured = configuredStart(folder, tree);
  if (configured !== undefined && names.includes(configured)) return [configured];
  const includes = new Map(names.map(name => [name, includedBy(join(folder.path, name), folder, tree)]));
  const included = new Set([...includes.values()].flat());
  const free = names.filter(name => !included.has(join(folder.path, name)));
  // Snapshots of the whole schema and seeds lie beside the history.
  const starts = free.filter(name => {
    const paths = includes.get(name)!;
    return paths.length === 0 || paths.some(path => !isBeside(relative(folder.path, path)));
  });
  const masters = starts.filter(name => MASTER.test(name) && hasIncludes(join(folder.path, name), tree));
  const chosen = masters.length > 0 ? masters : starts;
  return chosen.length > 0 ? chosen : names.slice(0, 1);
}

/** Whether a path leads through a folder that holds no migrations by its name. */
function isBeside(path: string): boolean {
  return dirname(path)
    .split(sep)
    .some(name => otherFolder(name) !== undefined);
}

/** The name of the changelog that `liquibase.properties` starts with, where it lies in this folder. */
function configuredStart(folder: Folder, tree: FolderTree): string | undefined {
  const file = nearestFile(folder.path, PROPERTIES, tree);
  const given = file === undefined ? undefined : settingsIn(tree.text(file) ?? '').get('changelogfile');
  return given === undefined ? undefined : basename(given);
}

function hasIncludes(path: string, tree: FolderTree): boolean {
  return changelogAt(path, tree)?.items.some(({ kind }) => kind === 'include') === true;
}

function includedBy(path: string, folder: Folder, tree: FolderTree): readonly string[] {
  const top = projectTop(folder.path, tree);
  return (changelogAt(path, tree)?.items ?? []).flatMap(item => {
    if (item.kind !== 'include') return [];
    const found = resolveInclude(item, item.path, path, top, tree);
    return typeof found === 'string' ? [] : found.paths.filter(each => each !== path);
  });
}

function changelogAt(path: string, tree: FolderTree): Changelog | undefined {
  const text = tree.text(path);
  return text === undefined ? undefined : readChangelog({ path, text });
}

/**
 * Takes the changeSets of a changelog and of what it includes.
 *
 * @param around - paths of the changelogs that it is included by
 * @param properties - what they define
 * @returns the properties that hold for what comes after
 */
function follow(
  path: string,
  around: readonly string[],
  properties: readonly PropertyValue[],
  search: Search,
): readonly PropertyValue[] {
  const { tree, files, problems } = search;
  const changelog = changelogAt(path, tree);
  if (changelog === undefined) return properties;
  files.set(path, changelog);
  for (const { range, message } of changelog.errors) problems.push({ kind: 'file name', path, range, message });
  let global = properties;
  let known = properties;
  let index = 0;
  for (const item of changelog.items) {
    if (item.kind === 'property') {
      const values = valuesOf(item, path, search);
      known = [...known, ...values];
      if (item.global) global = [...global, ...values];
    } else if (item.kind === 'changeSet') addChangeSet(item, index++, path, known, search);
    else {
      const after = include(item, path, [...around, path], known, search);
      const added = after.slice(known.length);
      known = after;
      global = [...global, ...added];
    }
  }
  return global;
}

/** Follows what an `include` or `includeAll` names. */
function include(
  item: Include,
  path: string,
  around: readonly string[],
  properties: readonly PropertyValue[],
  search: Search,
): readonly PropertyValue[] {
  const { tree, top, problems, files } = search;
  const { range } = item;
  const written = withValues(item.path, properties);
  const found = resolveInclude(item, written, path, top, tree);
  if (typeof found === 'string') {
    if (item.required) problems.push({ kind: 'file name', path, range, message: found });
    return properties;
  }
  if (found.folder !== undefined) for (const each of foldersBelow(found.folder, tree)) search.folders.add(each);
  let known = properties;
  for (const each of found.paths) {
    if (around.includes(each)) {
      const message = `Liquibase refuses to run: ${basename(each)} includes itself`;
      // includeAll leaves out the changelog that it stands in.
      if (!item.all) problems.push({ kind: 'file name', path, range, message });
    } else if (!files.has(each)) known = follow(each, around, known, search);
  }
  return known;
}

/** The files that an include names, in the order of their runs; a sentence where there are none. */
function resolveInclude(
  item: Include,
  written: string,
  from: string,
  top: string,
  tree: FolderTree,
): { readonly paths: readonly string[]; readonly folder?: string } | string {
  const found = resolvePath(written, from, item.relativeToChangelogFile, top, path =>
    item.all ? tree.folder(path) !== undefined : isFile(path, tree),
  );
  if (found === 'outside') return `the path ${written} leads out of the project, and is not followed`;
  if (found === undefined) {
    return `Liquibase refuses to run: there is no ${item.all ? 'folder' : 'file'} ${written}`;
  }
  return item.all ? { paths: filesBelow(found, item, 1, tree).sort(compareText), folder: found } : { paths: [found] };
}

function foldersBelow(path: string, tree: FolderTree): readonly string[] {
  return [path, ...(tree.folder(path)?.folders ?? []).flatMap(name => foldersBelow(join(path, name), tree))];
}

/** All changelogs in a folder and below, as far as `includeAll` takes them; links to folders are not followed. */
function filesBelow(path: string, item: Include, depth: number, tree: FolderTree): string[] {
  const folder = tree.folder(path);
  if (folder === undefined || depth > item.maxDepth) return [];
  const names = folder.files.filter(name => extname(name).toLowerCase() in MARKS && name.endsWith(item.endsWith));
  const files = depth < item.minDepth ? [] : names.map(name => join(path, name));
  const own = files.filter(file => /\.sql$/i.test(file) || isChangelog(file, tree));
  return [...own, ...folder.folders.flatMap(name => filesBelow(join(path, name), item, depth + 1, tree))];
}

function isFile(path: string, tree: FolderTree): boolean {
  return tree.folder(dirname(path))?.files.includes(basename(path)) === true;
}

/**
 * The file or folder that a path in a changelog means: beside the changelog, or below one of the folders around it, as the
 * search path and the classpath have their roots there.
 */
function resolvePath(
  written: string,
  from: string,
  isRelative: boolean,
  top: string,
  exists: (path: string) => boolean,
): string | 'outside' | undefined {
  const path = written
    .replace(/^classpath\*?:/, '')
    .replaceAll('\\', '/')
    .replace(/^\/+/, '')
    .replace(/\/+$/, '');
  const isInside = (each: string): boolean => each === top || !isOutside(relative(top, each));
  const folder = dirname(from);
  const beside = resolve(folder, path);
  if (isRelative) return !isInside(beside) ? 'outside' : exists(beside) ? beside : undefined;
  let isOut = false;
  for (let current = folder; ; current = dirname(current)) {
    const candidate = resolve(current, path);
    if (isInside(candidate) && exists(candidate)) return candidate;
    isOut = !isInside(candidate);
    if (current === top || dirname(current) === current) return isOut ? 'outside' : undefined;
  }
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

function valuesOf(item: Property, path: string, { top, tree }: Search): readonly PropertyValue[] {
  const dbms = item.dbms === undefined ? {} : { dbms: item.dbms };
  if (item.file === undefined) return [{ name: item.name, value: item.value, ...dbms }];
  const found = resolvePath(item.file, path, false, top, each => isFile(each, tree));
  const text = found === undefined || found === 'outside' ? undefined : tree.text(found);
  return [...settingsIn(text ?? '', name => name)].map(([name, value]) => ({ name, value, ...dbms }));
}

/** The lines `name: value` and `name=value` of a properties file. */
function settingsIn(
  text: string,
  named = (name: string) =>
    name
      .toLowerCase()
      .replace(/[-.]/g, '')
      .replace(/^liquibase(?:command)?/, ''),
): Map<string, string> {
  const lines = text.matchAll(/^[ \t]*([^#!\s:=][^\s:=]*)[ \t]*[:=][ \t]*(.*?)[ \t]*$/gm);
  return new Map([...lines].map(([, name, value]) => [named(name!), value!]));
}

function addChangeSet(
  changeSet: ChangeSet,
  index: number,
  path: string,
  properties: readonly PropertyValue[],
  search: Search,
): void {
  const { root, listed, migrations, byFilter, byName, problems } = search;
  const place = changeSet.logicalFilePath ?? relative(root, path).split(sep).join('/');
  const identity = `${place}::${changeSet.id}::${changeSet.author}`;
  const id = migrations.has(identity) ? `${identity}#${index + 1}` : identity;
  migrations.add(identity);
  const parts = partsOf(changeSet, index, path, properties, search);
  const part = { path, key: keysOf(changelogAt(path, search.tree)!.changeSets)[index]! };
  const mayChange = changeSet.runsAgain || changeSet.otherCheckSums;
  listed.push({ id, version: changeSet.id, ...parts, part, ...(mayChange ? { mayChange } : {}) });
  for (const name of [path, place]) byName.set(nameOf(name, changeSet), parts.up);
  // Those that are for other databases or contexts may share an identity.
  const filtered = `${identity}\0${changeSet.dbms ?? ''}\0${changeSet.context}`;
  const other = byFilter.get(filtered);
  if (other === undefined) byFilter.set(filtered, id);
  else {
    const message = `Liquibase refuses to run: this file has a changeSet ${changeSet.author}:${changeSet.id} already`;
    problems.push({ kind: 'duplicate version', path, range: changeSet.head, migration: id, other, message });
  }
}

/** What tells the changeSets of a file apart: those for other databases or contexts may share an id. */
function keysOf(changeSets: readonly ChangeSet[]): readonly string[] {
  const known = keysOfFiles.get(changeSets);
  if (known !== undefined) return known;
  const counts = new Map<string, number>();
  const keys = changeSets.map(({ id, author }) => {
    const name = `${id}::${author}`;
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}#${count}`;
  });
  keysOfFiles.set(changeSets, keys);
  return keys;
}

const keysOfFiles = new WeakMap<readonly ChangeSet[], readonly string[]>();

/**
 * What Liquibase takes a changeSet's checksum of: its changes and what modifies their SQL, without XML's comments and however
 * wide its blanks are. Measured with 4.28: rollbacks, preconditions and the changeSet's attributes do not count.
 */
function contentOf({ body }: ChangeSet): string {
  const text =
    body.kind === 'sql' ? body.up.text.text : [...body.changes, ...body.modifications].map(elementText).join('\n');
  return text.trim().replace(/\s+/g, ' ');
}

/** An element as a text that does not depend on the order of what names values. */
function elementText({ name, attributes, children, text }: Element): string {
  const isField = (child: Element): boolean => child.children.length === 0 && child.text !== undefined;
  const fields = [
    ...[...attributes].map(([key, value]) => `${key}=${value.text}`),
    ...children.filter(isField).map(child => elementText(child)),
  ];
  const others = children.filter(child => !isField(child)).map(elementText);
  return `${name}(${[...fields.sort(compareText), ...others, text?.text.trim() ?? ''].join(';')})`;
}

/** What finds a changeSet; Liquibase compares authors without their case. */
function nameOf(path: string, { id, author }: { readonly id: string; readonly author: string | undefined }): string {
  return `${path}\0${id}\0${author?.toLowerCase()}`;
}

/** Where a changeSet's directions are. */
function partsOf(
  changeSet: ChangeSet,
  index: number,
  path: string,
  properties: readonly PropertyValue[],
  search: Search,
): Pick<MigrationFiles, 'up' | 'down'> {
  const { runInTransaction, body, head, dbms } = changeSet;
  const named =
    body.kind === 'sql' ? [] : namedFiles([...body.changes, ...(body.rollback ?? [])], path, properties, search);
  const files = Object.fromEntries(named.map(file => [file.written, textOfNamed(file, search)]));
  const entry: LiquibaseEntry = { changeSet: index, properties, ...(named.length === 0 ? {} : { files }) };
  const part = (split: boolean): SegmentFile => ({
    path,
    transaction: runInTransaction ? 'migration' : split ? 'none' : 'implicit',
    ...(runInTransaction ? { outside: 'give it a changeSet of its own that says `runInTransaction` is false' } : {}),
    language: 'liquibase',
    entry: JSON.stringify(entry),
    head,
  });
  const rollback = changeSet.rollbackTo === undefined ? undefined : namedRollback(changeSet.rollbackTo, path, search);
  const downOf = (down: SegmentFile | null): SegmentFile | null => {
    if (rollback === undefined) return changeSet.rollbackTo === undefined ? down : null;
    return { ...rollback, transaction: part(true).transaction };
  };
  if (body.kind === 'elements') {
    const isReversible = body.rollback !== undefined || areReversible(body.changes);
    const [change] = body.changes;
    const sqlFile = named.find(file => file.change === change);
    const down = downOf(isReversible ? part(true) : null);
    const isPlain =
      body.modifications.length === 0 && !changeSet.ignored && changeSet.preconditions?.otherwise !== 'passed over';
    if (change?.name !== 'sqlFile' || body.changes.length > 1 || sqlFile === undefined || !isPlain)
      return { up: part(true), down };
    const split = !isFalse(change, 'splitStatements');
    const endDelimiter = textOf(change, 'endDelimiter');
    const own: LiquibaseEntry = {
      sqlFile: { split, ...(endDelimiter === undefined ? {} : { endDelimiter }), dbms: [dbms, textOf(change, 'dbms')] },
      properties,
    };
    const { head: _, ...up } = part(split);
    return { up: { ...up, path: sqlFile.path, entry: JSON.stringify(own) }, down };
  }
  return { up: part(body.up.split), down: downOf(body.rollback === undefined ? null : part(body.rollback.split)) };
}

/** Where the changes are that a rollback runs by naming another changeSet: one that comes before it. */
function namedRollback(
  named: NamedChangeSet,
  from: string,
  { top, tree, byName, problems }: Search,
): SegmentFile | undefined {
  const path = named.path === undefined ? from : resolvePath(named.path, from, false, top, each => isFile(each, tree));
  const found = byName.get(nameOf(path ?? '', named)) ?? byName.get(nameOf(named.path ?? '', named));
  if (found === undefined) {
    const who = `${named.author === undefined ? '' : `${named.author}:`}${named.id}`;
    const message = `Liquibase refuses to run: no changeSet before this one is ${who}${named.author === undefined ? ', and changeSetAuthor is missing' : ''}`;
    problems.push({ kind: 'file name', path: from, range: named.range, message });
    return undefined;
  }
  const entry = JSON.parse(found.entry ?? '{}') as LiquibaseEntry;
  return { ...found, entry: JSON.stringify({ ...entry, asUp: true }) };
}

/** The files that changes name; one that is missing is a problem. */
function namedFiles(
  changes: readonly Element[],
  from: string,
  properties: readonly PropertyValue[],
  { top, tree, sqlFiles, problems }: Search,
): readonly { readonly change: Element; readonly written: string; readonly path: string }[] {
  return changes.flatMap(change => {
    const attribute = FILE_CHANGES.get(change.name);
    const given = attribute === undefined ? undefined : fieldOf(change, attribute);
    if (given === undefined) return [];
    const written = withValues(given.text.trim(), properties);
    const path = resolvePath(written, from, isTrue(change, 'relativeToChangelogFile'), top, each => isFile(each, tree));
    if (path !== undefined && path !== 'outside') {
      sqlFiles.add(path);
      return [{ change, written: given.text, path }];
    }
    const range = [given.segments[0]!.source[0], given.segments.at(-1)!.source[1]] as const;
    const message =
      path === 'outside'
        ? `the path ${written} leads out of the project, and is not followed`
        : `Liquibase refuses to run: there is no file ${written}`;
    problems.push({ kind: 'file name', path: from, range, message });
    return [];
  });
}

/** What is kept of the text of a file that a change names. */
function textOfNamed({ change, path }: { readonly change: Element; readonly path: string }, { tree }: Search): string {
  const text = tree.text(path) ?? '';
  if (FILE_CHANGES.get(change.name) === 'path') return text.slice(0, MOST_TEXT);
  return (text.slice(0, MOST_TEXT).match(/^.*(?:\r?\n|$)/gm) ?? []).slice(0, MOST_ROWS).join('');
}

/** A path with its properties put in. */
function withValues(text: string, properties: readonly PropertyValue[]): string {
  return text.replace(
    /\$\{([^}]+)\}/g,
    (all, name) => properties.find(property => property.name === name)?.value ?? all,
  );
}

/** The dialect that a project's settings say its database has; else the one that most of its changeSets are for. */
function dialectAround(root: string, files: Walk['files'], tree: FolderTree): Dialect | undefined {
  for (const name of SETTINGS) {
    const file = nearestFile(root, [name], tree);
    const url = file === undefined ? undefined : /jdbc:(?:tc:)?(\w+):/.exec(tree.text(file) ?? '')?.[1];
    const dialect = url === undefined ? undefined : dialectOfDbms(url);
    if (dialect !== undefined) return dialect;
  }
  const counts = new Map<Dialect, number>();
  for (const { changelog } of files) {
    const [asked] = changelog.databases ?? [];
    const dialect = asked === undefined ? undefined : dialectOfDbms(asked);
    if (dialect !== undefined && changelog.databases!.length === 1) return dialect;
    for (const item of changelog.items) {
      for (const name of ('dbms' in item ? item.dbms : undefined)?.split(',') ?? []) {
        const dialect = dialectOfDbms(name.trim());
        if (dialect !== undefined) counts.set(dialect, (counts.get(dialect) ?? 0) + 1);
      }
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
