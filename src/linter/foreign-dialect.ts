import { dialectOfTexts } from '../migration-tools/dialect.ts';
import type { Dialect, Server } from '../server/server.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Segment } from './migration.ts';

/** Dialects of one family: their texts cannot be told apart by what is not read. */
const FAMILIES: Readonly<Partial<Record<Dialect, string>>> = { mysql: 'mysql', mariadb: 'mysql' };

const familyOf = (dialect: Dialect): string => FAMILIES[dialect] ?? dialect;

/** Weight of the marks that tell a dialect although every statement was read: three that only it has. */
const BEYOND_DOUBT = 9;

const KNOWN = new WeakMap<SourceFile, Dialect | null>();

/**
 * The dialect that a file is written in, where that is not the project's: its rules would misjudge what can be read of it. Nothing
 * tells that of code around SQL.
 *
 * @returns undefined where the file is the project's, or does not tell
 */
export function foreignDialect(segment: Segment, server: Pick<Server, 'dialect'>): Dialect | undefined {
  const { file } = segment;
  const isTrouble = hasTrouble(segment);
  // PostgreSQL's own parser reads nothing of another dialect by chance.
  if (!isTrouble && server.dialect === 'postgres') return undefined;
  const known = KNOWN.get(file);
  if (known !== undefined) return known ?? undefined;
  const found = findForeign(file, isTrouble, server.dialect);
  KNOWN.set(file, found ?? null);
  return found;
}

/** Whether something in a segment could not be read, or not to its end. */
function hasTrouble({ script }: Segment): boolean {
  return script.statements.some(({ operations }) =>
    operations.some(
      operation =>
        operation.kind === 'otherTableChange' ||
        (operation.kind === 'unreadable' && operation.reason === 'syntax error'),
    ),
  );
}

function findForeign(file: SourceFile, isTrouble: boolean, configured: Dialect): Dialect | undefined {
  if (/\.[cm]?[jt]sx?$/i.test(file.path) || configured === 'mongodb') return undefined;
  const likely = dialectOfTexts([file.text], isTrouble ? undefined : BEYOND_DOUBT);
  return likely === undefined || familyOf(likely) === familyOf(configured) ? undefined : likely;
}
