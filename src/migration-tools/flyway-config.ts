import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Dialect } from '../server/server.ts';
import { dialectOfFolderName } from './dialect.ts';
import { nearestFile } from './evidence.ts';
import { flatYaml } from './flat-yaml.ts';
import type { FolderTree } from './migration-tool.ts';

const OWN_FILES = ['flyway.toml', 'flyway.conf', 'flyway.user.toml'];
/** In Spring's locations: the database at hand. */
const VENDOR = '{vendor}';
const SPRING_FILES = ['application.properties', 'application.yml', 'application.yaml'];

/** What a configuration of Flyway says, as far as it is about the files. */
export interface FlywayConfig {
  /** Whether a file of Flyway's own, or of Spring with settings of Flyway, was found. */
  readonly isGiven: boolean;
  /** Absolute paths of the folders with migrations; `{vendor}` stands for the database. */
  readonly locations: readonly string[];
  /** Those that are there outside of the repository, which are not looked at, with the file that names them; absolute paths. */
  readonly outside: readonly { readonly file: string; readonly location: string }[];
  readonly names: FlywayNames;
  readonly dialect?: Dialect;
  /** Whether statements that cannot be in a transaction may stand beside others: the whole file is in none then. */
  readonly mixed: boolean;
  /** One transaction around all pending migrations. */
  readonly group: boolean;
  readonly executeInTransaction: boolean;
  /** Whether migrations may come late. */
  readonly outOfOrder: boolean;
  /** What `${name}` stands for, as far as it is configured; none where Flyway is told to replace nothing, or by other marks. */
  readonly placeholders: readonly { readonly name: string; readonly value: string }[];
  /** Whether Flyway's lock is a transaction on another connection, as far as a file says what it is told; PostgreSQL only. */
  readonly transactionalLock: boolean;
}

/** How the names of files are made up; the first group of the versioned ones is the version. */
interface FlywayNames {
  readonly versioned: RegExp;
  readonly undo: RegExp;
  readonly baseline: RegExp;
  readonly repeatable: RegExp;
}

/**
 * The configuration that holds for a folder. Relative locations of files start where the configuration lies; those of the class
 * path at the folder of Spring's settings. From Flyway's documentation of its parameters.
 *
 * @param path - absolute path of a folder
 */
export function flywayConfig(path: string, tree: FolderTree): FlywayConfig {
  const own = nearestFile(path, OWN_FILES, tree) ?? nearestConfFolder(path, tree);
  const spring = own === undefined ? nearestFile(path, SPRING_FILES, tree) : undefined;
  const file = own ?? spring;
  const text = file === undefined ? '' : (tree.text(file) ?? '');
  const settings = own === undefined ? springSettings(file ?? '', text) : ownSettings(text);
  const value = (key: string, otherwise: string): string => settings.get(key)?.[0] ?? otherwise;
  const base = file === undefined ? path : dirname(file);
  const isGiven = own !== undefined || [...settings.keys()].some(key => key !== 'url');
  const scheme = /\bjdbc:(?:[\w-]+:)*?(postgresql|mysql|mariadb|sqlite|sqlserver):/.exec(
    value('url', value('environments.default.url', '')),
  )?.[1];
  const dialect = scheme === undefined ? undefined : dialectOfFolderName(scheme);
  const locations = (settings.get('locations') ?? []).flatMap(location => {
    const place = location.replace(/^(?:filesystem|classpath):\/?(?=[^/])/, '');
    return /^\w+:(?!\\)|\*/.test(place) ? [] : [resolve(base, place)];
  });
  const repository = repositoryAround(base, tree);
  const isInside = (location: string): boolean => location === repository || location.startsWith(join(repository, sep));
  // Paths in a container are not there.
  const isOutside = (location: string): boolean => !isInside(location) && tree.folder(location) !== undefined;
  return {
    isGiven,
    locations: locations.filter(isInside),
    outside: file === undefined ? [] : locations.filter(isOutside).map(location => ({ file, location })),
    names: namesOf(key => value(key.name, key.otherwise), settings.get('sqlMigrationSuffixes') ?? ['.sql']),
    ...(dialect === undefined ? {} : { dialect }),
    mixed: value('mixed', 'false') === 'true',
    group: value('group', 'false') === 'true',
    outOfOrder: value('outOfOrder', 'false') === 'true',
    executeInTransaction: value('executeInTransaction', 'true') !== 'false',
    placeholders:
      value('placeholderReplacement', 'true') === 'false' || settings.has('placeholderPrefix')
        ? []
        : [...settings].flatMap(([key, values]) => {
            const name = /^placeholders\.(.+)$/.exec(key)?.[1];
            return name === undefined ? [] : [{ name, value: values.join(' ') }];
          }),
    transactionalLock:
      isGiven && value('postgresql.transactional.lock', value('postgresql.transactionalLock', 'true')) !== 'false',
  };
}

/** The repository that a configuration's folder lies in; outside of one the folder above, as for `conf/flyway.conf`. */
function repositoryAround(path: string, tree: FolderTree): string {
  for (let current = path; ; current = dirname(current)) {
    if (tree.folder(current)?.folders.includes('.git')) return current;
    if (dirname(current) === current) return dirname(path);
  }
}

/** `conf/flyway.conf`, as the command line's own distribution has it. */
function nearestConfFolder(path: string, tree: FolderTree): string | undefined {
  for (let current = path, level = 0; level < 3; level++, current = dirname(current)) {
    const conf = join(current, 'conf');
    const name = OWN_FILES.find(each => tree.folder(conf)?.files.includes(each));
    if (name !== undefined) return join(conf, name);
  }
  return undefined;
}

/** Flyway's own settings by name, each a list of values. */
function ownSettings(text: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...assignments(text)].map(([key, values, whole]) => {
      const name = key.replace(/^flyway\./, '');
      return [name, name.startsWith('placeholders.') ? [whole] : values];
    }),
  );
}

/** Spring's settings of Flyway by Flyway's names; where they have no database of their own, that of the application. */
function springSettings(file: string, text: string): ReadonlyMap<string, readonly string[]> {
  const settings = new Map<string, readonly string[]>();
  for (const [key, values] of /\.ya?ml$/.test(file) ? flatYaml(text) : assignments(text)) {
    const name = /^spring\.flyway\.(.+)$/.exec(key)?.[1] ?? (key === 'spring.datasource.url' ? 'url' : undefined);
    if (name === undefined || values.length === 0 || (key === 'spring.datasource.url' && settings.has('url'))) continue;
    const split = values.flatMap(value => value.split(/\s*,\s*/));
    settings.set(
      name.startsWith('placeholders.') ? name : name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      name.startsWith('placeholders.') ? [values.join(' ')] : split,
    );
  }
  return settings;
}

/** What `key=value` lines and TOML with sections alike say: lists of values by full name, and the whole. */
function* assignments(text: string): Generator<readonly [string, readonly string[], string]> {
  let section = '';
  for (const [, header, key, value] of text.matchAll(
    /^[ \t]*(?:\[([\w.]+)\]|([\w.-]+)[ \t]*=[ \t]*(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*'|[^\r\n]*))/gm,
  )) {
    if (header !== undefined) section = `${header}.`;
    if (key === undefined || value === undefined) continue;
    yield [section + key, value.match(/[^\s,"'[\]]+/g) ?? [], value.trim().replace(/^(["'])(.*)\1$/, '$2')];
  }
}

function namesOf(
  setting: (key: { readonly name: string; readonly otherwise: string }) => string,
  suffixes: readonly string[],
): FlywayNames {
  const separator = literally(setting({ name: 'sqlMigrationSeparator', otherwise: '__' }));
  const end = `(?:${suffixes.map(literally).join('|')})$`;
  const numbered = (name: string, otherwise: string): RegExp =>
    new RegExp(`^${literally(setting({ name, otherwise }))}(\\d+(?:[._]\\d+)*)(?:${separator}.*)?${end}`);
  return {
    versioned: numbered('sqlMigrationPrefix', 'V'),
    undo: numbered('undoSqlMigrationPrefix', 'U'),
    baseline: numbered('baselineMigrationPrefix', 'B'),
    repeatable: new RegExp(
      `^${literally(setting({ name: 'repeatableSqlMigrationPrefix', otherwise: 'R' }))}${separator}.+${end}`,
    ),
  };
}

/** A pattern that fits the text and nothing else. */
function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * All folders whose files are one history with those of a folder, the root first; none where none of them is Flyway's.
 *
 * @param isOurs - whether a folder holds files that are named as Flyway's
 */
export function flywayFolders(
  path: string,
  { locations }: FlywayConfig,
  isOurs: (path: string) => boolean,
  tree: FolderTree,
): readonly string[] {
  const configured = locationsAround(path, locations, tree);
  if (configured.length > 0) {
    const folders = [...new Set(configured.flatMap(each => foldersIn(each, tree)))];
    return folders.some(isOurs) ? folders : [];
  }
  let root = isOurs(path) || isDefaultLocation(path) ? path : undefined;
  for (let current = path, level = 0; root !== undefined && level < 4; level++) {
    if (dialectOfFolderName(basename(current)) !== undefined) break;
    current = dirname(current);
    if (isDefaultLocation(current) || isOurs(current)) root = current;
  }
  if (root === undefined) return [];
  const folders = foldersIn(root, tree).filter(isOurs);
  return folders.length === 0 ? [] : [...new Set([root, ...folders])];
}

/** Where Flyway looks when nothing is configured; it reads all folders below. */
function isDefaultLocation(path: string): boolean {
  return path.endsWith(join('db', 'migration'));
}

/** The configured locations, where the folder is in one of them and they are there; that of one database first. */
function locationsAround(path: string, locations: readonly string[], tree: FolderTree): readonly string[] {
  const vendor = locations.map(each => vendorOf(path, each, tree)).find(each => each !== undefined) ?? '';
  const sorted = [...locations].sort((a, b) => Number(b.includes(VENDOR)) - Number(a.includes(VENDOR)));
  const resolved = sorted.map(each => each.replace(VENDOR, vendor));
  const isAround = resolved.some(each => path === each || path.startsWith(each + sep));
  return isAround ? resolved.filter(each => tree.folder(each) !== undefined) : [];
}

/** What stands for `{vendor}` in a location: the part of the path at hand, else the first folder there that is a database. */
function vendorOf(path: string, location: string, tree: FolderTree): string | undefined {
  const [before, after] = location.split(VENDOR);
  if (before === undefined || after === undefined) return undefined;
  const own = path.startsWith(before) ? path.slice(before.length).split(sep)[0]! : '';
  const around = tree.folder(dirname(join(before, '-')));
  return [own, ...(around?.folders ?? [])].find(name => dialectOfFolderName(name) !== undefined);
}

/** A folder and those below it, without those for a database of their own. */
function foldersIn(path: string, tree: FolderTree): readonly string[] {
  const folder = tree.folder(path);
  if (folder === undefined) return [];
  const below = folder.folders.filter(name => dialectOfFolderName(name) === undefined && !name.startsWith('.'));
  return [path, ...below.flatMap(name => foldersIn(join(path, name), tree))];
}
