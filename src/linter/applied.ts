import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { MigrationFiles, MigrationTool } from '../migration-tools/migration-tool.ts';
import { editBetween } from './edit-between.ts';
import type { RemovedMigration } from './migration.ts';
import type { ReadText } from './read-migration.ts';

/**
 * How a migration differs from what the base branch has of it; null where it does not, where that has none, and where the tool
 * takes the change.
 */
export function editOf(
  { up, part, mayChange }: MigrationFiles,
  { base, tool, dialect }: DiscoveredProject,
  read: ReadText,
): 'code' | 'comments' | null {
  if (base === undefined || mayChange === true) return null;
  if (part !== undefined) {
    const old = partsOf(tool, part.path, base.text(part.path) ?? '').get(part.key);
    const now = partsOf(tool, part.path, read(part.path)).get(part.key);
    if (old === undefined) return null;
    if (old !== now) return 'code';
    if (up.path === part.path) return null;
  }
  const before = base.text(up.path);
  return before === undefined ? null : editBetween(before, read(up.path), dialect, up.path);
}

/**
 * The migrations that the base branch has and this one has not by what the tool remembers of them, in their order. The base branch is only looked
 * through where files of the project are gone, or those that hold several changed.
 */
export function removedMigrations(project: DiscoveredProject, read: ReadText): readonly RemovedMigration[] {
  const { base, tool, root, folders = [root], migrations, judged } = project;
  if (base === undefined) return [];
  const isInside = (path: string): boolean => folders.some(folder => path.startsWith(folder));
  if (![...base.removed].some(isInside) && !losesParts(project, read)) return [];
  const { tree } = base;
  const listed = tool.list({ root, folders: folders.flatMap(path => tree.folder(path) ?? []) }, tree);
  const identityOf = (migration: MigrationFiles): string =>
    tool.facts.identity === 'version' ? migration.version.replace(/^0+(?=\d)/, '') : migration.id;
  const old = new Set(listed.migrations.map(identityOf));
  const ids = new Set(migrations.map(({ id }) => id));
  const now = new Map(migrations.map(migration => [identityOf(migration), migration.id]));
  const added = migrations.filter(each => judged.has(each.id) && !old.has(identityOf(each)));
  return listed.migrations.flatMap((migration): readonly RemovedMigration[] => {
    if (ids.has(migration.id)) return [];
    const file = { path: migration.up.path, text: tree.text(migration.up.path) ?? '' };
    const same = now.get(identityOf(migration));
    if (same !== undefined) return [{ id: migration.id, file, renamedTo: same, isKnown: true }];
    const content = contentOf(migration, project, path => tree.text(path));
    const renamed = added.find(each => content !== '' && contentOf(each, project, read) === content);
    return [{ id: migration.id, file, ...(renamed === undefined ? {} : { renamedTo: renamed.id }) }];
  });
}

/** Whether a file that holds several migrations has lost one. */
function losesParts({ base, tool, migrations }: DiscoveredProject, read: ReadText): boolean {
  if (tool.parts === undefined) return false;
  const paths = new Set(migrations.flatMap(({ part }) => part?.path ?? []));
  return [...paths].some(path => {
    const before = base?.changed.has(path) === true ? base.text(path) : undefined;
    if (before === undefined) return false;
    const parts = partsOf(tool, path, read(path));
    return [...partsOf(tool, path, before).keys()].some(key => !parts.has(key));
  });
}

function contentOf(
  { up, part }: MigrationFiles,
  { tool }: DiscoveredProject,
  text: (path: string) => string | undefined,
): string {
  const own = part === undefined ? undefined : partsOf(tool, part.path, text(part.path) ?? '').get(part.key);
  return (own ?? text(up.path) ?? '').replaceAll('\r\n', '\n');
}

/** The most of files' parts that are kept: a large changelog is asked for by each migration in it, as it is and as it was. */
const MOST_KEPT = 4;
const kept: { readonly path: string; readonly text: string; readonly parts: ReadonlyMap<string, string> }[] = [];

function partsOf(tool: MigrationTool, path: string, text: string): ReadonlyMap<string, string> {
  const known = kept.find(each => each.path === path && each.text === text);
  if (known !== undefined) return known.parts;
  const parts = tool.parts?.(path, text) ?? new Map<string, string>();
  kept.unshift({ path, text, parts });
  kept.length = Math.min(kept.length, MOST_KEPT);
  return parts;
}
