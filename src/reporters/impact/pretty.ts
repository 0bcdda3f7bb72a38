import type { AffectedRelation, Duration, Effects } from '../../effects/effects.ts';
import type { ImpactResult, StatementImpact } from '../../linter/impact.ts';
import type { Dialect } from '../../server/server.ts';
import { positionAt } from '../../source/lines.ts';
import { modeName } from '../lock-modes.ts';
import { relativePath } from '../paths.ts';
import type { ReporterOptions } from '../reporter.ts';
import { displayWidth, type Paint, painter, printable, type Style, wrap } from '../terminal.ts';
import { relationName } from './json.ts';

/** How long the waiting takes, in words, weakest first: what grows with the table comes after what does not. */
export const HOW_LONG: Readonly<Record<Duration, string>> = {
  instant: 'a moment',
  data: 'while rows change',
  scan: 'while it scans',
  'index build': 'while an index is built',
  rewrite: 'while it rewrites',
};

const DURATIONS = Object.keys(HOW_LONG) as readonly Duration[];

/** The impact of each statement as a table per migration, the migration with the worst statement first. */
export function impactPretty(result: ImpactResult, options: ReporterOptions): string {
  const paint = painter(options.color);
  const groups = [...groupByMigration(result.statements)].sort((a, b) => worst(b) - worst(a));
  const blocks = groups.map(group => migrationBlock(result.cwd, group, paint, options.width));
  const assumptions = result.projects.flatMap(({ root, tool, server, notes }) => {
    const assumed = server.versionAssumed ? ' (assumed: the newest measured one)' : '';
    return [
      `${relativePath(result.cwd, root)}: ${tool.title}, ${server.dialect} ${server.version}${assumed}`,
      ...notes,
    ];
  });
  return [...assumptions.map(line => paint(line, 'dim')), '', ...blocks, legend(paint)].join('\n');
}

function groupByMigration(statements: readonly StatementImpact[]): readonly (readonly StatementImpact[])[] {
  const groups = new Map<string, StatementImpact[]>();
  for (const statement of statements) {
    const key = `${statement.project}\0${statement.migration}\0${statement.direction}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [statement]);
    else group.push(statement);
  }
  return [...groups.values()];
}

function worst(group: readonly StatementImpact[]): number {
  return Math.max(...group.map(weight));
}

/** Order of the table: who waits counts first, then for how long. */
function weight(impact: StatementImpact): number {
  const { duration, failures } = impact.effects;
  const { readers, writers } = waitingOf(impact);
  const waiting = readers.length > 0 ? 2 : Number(writers.length > 0);
  const long = DURATIONS.indexOf(duration);
  const base = long > 0 && waiting > 0 ? 100 + 10 * waiting + long : 10 * waiting + long;
  return failures.length > 0 ? base + 1000 : base;
}

/** Relations whose readers, and whose writers alone, wait; relations that the deploy made are left out: nobody uses them yet. */
function waitingOf({ effects: { blocksReads, blocksWrites }, newRelations }: StatementImpact): {
  readonly readers: readonly string[];
  readonly writers: readonly string[];
} {
  const fresh = newRelations.map(relationName);
  const readers = blocksReads.map(relationName).filter(name => !fresh.includes(name));
  const writers = blocksWrites.map(relationName).filter(name => !fresh.includes(name) && !readers.includes(name));
  return { readers, writers };
}

function migrationBlock(cwd: string, group: readonly StatementImpact[], paint: Paint, width: number): string {
  const [first] = group;
  const title = `${first!.migration}${first!.direction === 'down' ? ' (down)' : ''}`;
  const rows = [...group].sort((a, b) => weight(b) - weight(a)).map(rowOf);
  const waiting = Math.min(Math.max(9, ...rows.map(({ who }) => displayWidth(who))), 40);
  const long = Math.max(...rows.map(({ howLong }) => howLong.length), 8);
  const statement = Math.max(24, width - waiting - long - 24);
  const line = (cells: readonly [string, string, string, string, string], style: readonly Style[] = []): string =>
    paint(
      `${cells[0].padStart(6)}  ${inCells(cells[1], statement)}  ${inCells(cells[2], waiting)}  ${inCells(cells[3], long)}  ${cells[4]}`,
      ...style,
    ).trimEnd();
  const lines = [
    `${paint(title, 'bold')}  ${paint(relativePath(cwd, first!.file.path), 'dim')}`,
    line(['line', 'statement', 'who waits', 'how long', 'until'], ['dim']),
  ];
  for (const row of rows) {
    lines.push(line([row.line, row.statement, row.who, row.howLong, row.until], row.style));
    for (const detail of row.details) {
      for (const part of wrap(detail, Math.max(40, width - 8))) lines.push(paint(`        ${part}`, 'dim'));
    }
  }
  return `${lines.join('\n')}\n`;
}

interface Row {
  readonly line: string;
  readonly statement: string;
  readonly who: string;
  readonly howLong: string;
  readonly until: string;
  readonly style: readonly Style[];
  readonly details: readonly string[];
}

function rowOf(impact: StatementImpact): Row {
  const { file, range, effects, held, dialect } = impact;
  const { readers, writers } = waitingOf(impact);
  const blocks = readers.length > 0 || writers.length > 0;
  const grows = effects.duration !== 'instant';
  return {
    line: String(positionAt(file, range[0]).line),
    statement: printable(file.text.slice(...range).replace(/\s+/g, ' ')),
    who: whoWaits(readers, writers, impact),
    howLong: blocks || grows ? HOW_LONG[effects.duration] : '',
    until: blocks ? (effects.releasedAt === 'commit' ? 'COMMIT' : 'it ends') : '',
    style: effects.failures.length > 0 || (blocks && grows) ? ['red'] : blocks ? ['yellow'] : [],
    details: detailsOf(effects, held, dialect),
  };
}

function whoWaits(
  readers: readonly string[],
  writers: readonly string[],
  { effects, newRelations }: StatementImpact,
): string {
  const parts = [
    readers.length === 0 ? '' : `everyone on ${readers.join(', ')}`,
    writers.length === 0 ? '' : `writers of ${writers.join(', ')}`,
  ].filter(part => part !== '');
  if (parts.length > 0) return parts.join('; ');
  return effects.blocksWrites.length > 0 && newRelations.length > 0 ? 'nobody: it is new' : 'nobody';
}

function detailsOf(effects: Effects, held: StatementImpact['held'], dialect: Dialect): readonly string[] {
  const names = (relations: readonly AffectedRelation[]): string => relations.map(relationName).join(', ');
  const details = [
    ...effects.failures.map(({ code, message }) => `fails: ${message} (${code})`),
    ...effects.failsOnRows.map(
      ({ relation, reason, anyRow }) =>
        `fails if ${relationName(relation)} has ${anyRow ? 'rows' : `a row that breaks it (${reason})`}`,
    ),
  ];
  if (effects.leastLock !== undefined) details.push(onlineText(effects));
  else if (effects.locks.length > 0) {
    const modes = effects.locks.map(lock => `${relationName(lock)} ${modeName(lock.mode, dialect)}`);
    details.push(`locks ${modes.join(', ')}`);
    if (effects.concurrentWrites !== undefined) details.push(traffic(effects));
  }
  if (effects.rewrites.length > 0 && effects.rebuild === undefined)
    details.push(`writes anew ${names(effects.rewrites)}`);
  if (effects.scans.length > 0) details.push(`reads from end to end ${names(effects.scans)}`);
  if (effects.indexBuilds.length > 0) details.push(`builds ${names(effects.indexBuilds)}`);
  if (held.length > 0) {
    details.push(
      `meanwhile holds ${held.map(({ relation, mode }) => `${relation} ${modeName(mode, dialect)}`).join(', ')}`,
    );
  }
  if (effects.transaction === 'forbidden') details.push('cannot run inside a transaction');
  return [...details, ...effects.unknowns];
}

/** Who may go on using the table, by the weakest LOCK= that MySQL takes for the statement. */
const GOES_ON: Readonly<Record<NonNullable<Effects['leastLock']>, string>> = {
  NONE: 'reads and writes go on',
  SHARED: 'reads go on, writes wait',
  EXCLUSIVE: 'reads and writes wait',
};

/** How MySQL or MariaDB makes a change: `ALGORITHM=INPLACE, rebuilds the table; reads and writes go on (LOCK=NONE)`. */
function onlineText({ algorithm, rebuild, leastLock = 'EXCLUSIVE', clauses = [] }: Effects): string {
  const how = algorithm === undefined ? 'takes no ALGORITHM clause' : `ALGORITHM=${algorithm}`;
  const anew = rebuild ? 'rebuilds the table' : 'leaves its rows as they are';
  const ignored = clauses.filter(({ outcome }) => outcome === 'ignored').map(({ clause }) => `; ${clause} is ignored`);
  return `${how}, ${anew}; ${GOES_ON[leastLock]} (LOCK=${leastLock})${ignored.join('')}`;
}

/** Who goes on while SQLite or SQL Server works: `rebuilds the table; reads and writes wait`. */
function traffic({ rebuild, concurrentReads, concurrentWrites, oneWriter, online, duration }: Effects): string {
  const anew = rebuild ? 'rebuilds the table' : 'leaves its rows as they are';
  if (oneWriter) return `${anew}; reads go on, writes to the whole database wait`;
  if (duration === 'instant') return `${anew}; reads and writes wait for a moment`;
  const lock: keyof typeof GOES_ON = concurrentWrites ? 'NONE' : concurrentReads ? 'SHARED' : 'EXCLUSIVE';
  return `${anew}; ${GOES_ON[lock]}${online === undefined ? '' : ONLINE[online]}`;
}

/** What becomes of ONLINE = ON on SQL Server. */
const ONLINE: Readonly<Record<NonNullable<Effects['online']>, string>> = {
  on: ' (ONLINE = ON)',
  available: ' (ONLINE = OFF; ON lets both go on, on Enterprise, Developer and Azure SQL)',
  unavailable: ' (this edition has no ONLINE = ON)',
};

/** A text cut or padded to a number of cells. */
function inCells(text: string, cells: number): string {
  const size = displayWidth(text);
  if (size <= cells) return text + ' '.repeat(cells - size);
  let cut = text;
  while (displayWidth(cut) > cells - 1) cut = cut.slice(0, -1);
  return `${cut}…${' '.repeat(cells - 1 - displayWidth(cut))}`;
}

function legend(paint: Paint): string {
  return paint(
    'red: traffic waits for as long as the table is big, or the statement fails; yellow: for a moment\n',
    'dim',
  );
}
