import { join } from 'node:path';
import { codeTool } from './code-migrations.ts';
import { dependsOn, isAnnotated, LIKELY } from './evidence.ts';
import { compareText } from './file-order.ts';
import type { MigrationFiles, MigrationTool } from './migration-tool.ts';
import { markersOf, splitAtMarkers } from './single-files.ts';

const SQL_NAME = /^(\d+)[-_].*\.sql$/i;
/** Milliseconds, or a date with them: names that it makes itself. */
const TELLING_NAME = /^(?:\d{13}|\d{17})[-_].*\.sql$/i;
const MARKER = /^[ \t]*--[\s-]*(up|down)\s+migration\b([^\r\n]*)/gim;
const ANNOTATION = /^[ \t]*--[\s-]*(?:up|down)\s+migration\b/im;

const code = codeTool({
  id: 'node-pg-migrate',
  title: 'node-pg-migrate',
  transaction: 'all-pending',
  missing: 'refused',
  outside: 'call `pgm.noTransaction()` in it',
  marks: /\bpgm\b|\bMigrationBuilder\b|\bnode-pg-migrate\b/,
  configFiles: /^\.?node-pg-migraterc/,
  packages: ['node-pg-migrate'],
  dialect: 'postgres',
  optOut: /\.noTransaction\s*\(/,
  noDown: /\bdown\s*(?::\s*\w+\s*)?[=:]\s*false\b/,
  orderOf,
});

/**
 * node-pg-migrate: ordered by the time that names start with; one transaction around all pending migrations, which a migration
 * leaves by `pgm.noTransaction()`. A missing `down` is made of `up`. Files of SQL hold
 * both directions, and one without a down cannot be reverted. From node-pg-migrate's `runner.ts` and `sqlMigration.ts`.
 */
export const nodePgMigrate: MigrationTool = {
  ...code,
  detect(folder, tree, named) {
    const isSql =
      (folder.files.some(name => TELLING_NAME.test(name)) ||
        isAnnotated(
          folder,
          folder.files.filter(name => SQL_NAME.test(name)),
          ANNOTATION,
          tree,
        )) &&
      dependsOn(folder.path, 'package.json', /"node-pg-migrate"\s*:/, tree);
    const own = isSql ? ({ root: folder.path, confidence: LIKELY, dialect: 'postgres' } as const) : undefined;
    return code.detect(folder, tree, named) ?? own;
  },
  list(project, tree) {
    const listing = code.list(project, tree);
    const { transaction } = code.facts;
    const inSql = project.folders.flatMap(({ path, files }) =>
      files.flatMap((name): readonly MigrationFiles[] => {
        const version = SQL_NAME.exec(name)?.[1];
        const id = name.replace(/\.sql$/i, '');
        return version === undefined ? [] : [{ id, version, up: { path: join(path, name), transaction }, down: null }];
      }),
    );
    const paths = new Set(inSql.map(({ up }) => up.path));
    const migrations = [...listing.migrations, ...inSql].sort((a, b) => compareText(orderOf(a.id), orderOf(b.id)));
    return { ...listing, migrations, skipped: listing.skipped.filter(({ path }) => !paths.has(path)) };
  },
  layout(files, read) {
    if (files.up.language !== undefined) return code.layout?.(files, read) ?? files;
    const text = read(files.up.path);
    const markers = markersOf(text, MARKER);
    const split = splitAtMarkers(files, text, markers, () => files.up.transaction);
    return markers.some(({ kind }) => kind === 'up') ? split : { ...split, up: files.up };
  },
};

/** The position of a migration by its name. */
function orderOf(stem: string): string {
  return String(timeOf(/^\d+/.exec(stem)?.[0] ?? '0')).padStart(20, '0');
}

/** The milliseconds that a prefix stands for: 13 digits as they are, 17 as a date in UTC. */
function timeOf(digits: string): number {
  const date = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits)?.slice(1).map(Number);
  if (date === undefined) return Number(digits);
  const [year, month, day, hour, minute, second, rest] = date as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Date.UTC(year, month - 1, day, hour, minute, second, rest);
}
