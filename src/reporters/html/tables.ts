import type { Effects } from '../../effects/effects.ts';
import type { Finding, Severity } from '../../linter/finding.ts';
import type { ImpactResult, StatementImpact } from '../../linter/impact.ts';
import { positionAt } from '../../source/lines.ts';
import type { Range } from '../../source/source-file.ts';
import { relationName } from '../impact/json.ts';
import { HOW_LONG } from '../impact/pretty.ts';
import { modeName } from '../lock-modes.ts';
import { relativePath } from '../paths.ts';
import { count } from '../terminal.ts';
import { escapeHtml } from './escape.ts';

/** Bytes that the histories of the tables may take; the oldest statements of the longest ones go first. */
const MAX_BYTES = 1_300_000;

/** Letters of a statement that are shown. */
const MAX_TEXT = 160;

/** What the histories are made from and lead to. */
export interface TablesPage {
  readonly history: ImpactResult;
  readonly findings: readonly Finding[];
  /** The tables that a finding is about. */
  readonly tablesOf: (finding: Finding) => readonly string[];
  /** Numbers of the tables in the filter. */
  readonly numbers: ReadonlyMap<string, number>;
  /** The section of a migration's findings; undefined where it has none. */
  readonly anchorOf: (project: string, migration: string) => string | undefined;
}

/**
 * Per table what happened to it over time: every statement that names or locks it, oldest first, with its lock and who waits for
 * it; those with the worst findings come first.
 */
export function tablesHtml(page: TablesPage): string {
  const events = eventsByTable(page.history);
  const counts = new Map([...events.keys()].map(name => [name, { error: 0, warning: 0, info: 0 }]));
  for (const finding of page.findings) {
    for (const name of page.tablesOf(finding)) {
      const found = counts.get(name);
      if (found !== undefined) found[finding.severity]++;
    }
  }
  const names = [...events.keys()].sort((a, b) => {
    const [one, other] = [counts.get(a)!, counts.get(b)!];
    return other.error - one.error || other.warning - one.warning || other.info - one.info || (a < b ? -1 : 1);
  });
  if (names.length === 0) return '';
  const most = mostEvents(events);
  const entries = names.map(name => tableHtml(page, name, events.get(name)!, counts.get(name)!, most));
  return `<details id="tables"><summary>Tables (${names.length})</summary>
<p class="soft">What happened to each table, oldest first, with the lock that each statement takes and who waits for it. Those with findings come first.</p>
${entries.join('\n')}</details>`;
}

/** The statements of the ups by the tables that they name or lock. Locks on indexes, views and sequences are not their own. */
function eventsByTable({ statements }: ImpactResult): ReadonlyMap<string, readonly StatementImpact[]> {
  const ups = statements.filter(({ direction }) => direction === 'up');
  const events = new Map<string, StatementImpact[]>(
    ups.flatMap(({ tables }) => tables.map(name => [plainName(name), []] as const)),
  );
  for (const statement of ups) {
    const { locks, rewrites, scans } = statement.effects;
    const touched = [...locks, ...rewrites, ...scans].map(relationName);
    for (const name of new Set([...statement.tables.map(plainName), ...touched])) events.get(name)?.push(statement);
  }
  return events;
}

/** A table as locks name it. */
function plainName(name: string): string {
  return name.replace(/^public\./, '');
}

/** How many statements of a table are told for all histories to fit. */
function mostEvents(events: ReadonlyMap<string, readonly StatementImpact[]>): number {
  const perEvent = MAX_TEXT + 200;
  const fits = (most: number): boolean =>
    [...events.values()].reduce((sum, { length }) => sum + Math.min(length, most) * perEvent, 0) <= MAX_BYTES;
  let most = Math.max(...[...events.values()].map(({ length }) => length));
  while (most > 1 && !fits(most)) most = Math.floor(most * 0.9);
  return most;
}

function tableHtml(
  page: TablesPage,
  name: string,
  events: readonly StatementImpact[],
  found: Readonly<Record<Severity, number>>,
  most: number,
): string {
  const told = events.slice(-most);
  const left = events.length - told.length;
  const waits = events.filter(event => waitsFor(event, name) !== undefined).length;
  const words = [
    count(events.length, 'statement'),
    ...(waits === 0 ? [] : [`${waits} that others wait for`]),
    ...(['error', 'warning'] as const).flatMap(severity =>
      found[severity] === 0 ? [] : [`<span class="${severity}">${count(found[severity], severity)}</span>`],
    ),
  ];
  const number = page.numbers.get(name);
  const pick =
    number === undefined
      ? ''
      : `<button class="link" disabled data-pick="table" data-value="${number}">Show only its findings</button>`;
  const older = left === 0 ? '' : `<p class="soft">${count(left, 'older statement')} not shown.</p>`;
  return `<details class="t"><summary>${escapeHtml(name)} <small class="soft">${words.join(', ')}</small></summary>${pick}${older}<ol class="h">${told
    .map(event => eventHtml(page, name, event))
    .join('')}</ol></details>`;
}

function eventHtml({ history, anchorOf }: TablesPage, name: string, event: StatementImpact): string {
  const { file, range, migration, project, effects, dialect } = event;
  const place = `${relativePath(history.cwd, file.path)}:${positionAt(file, range[0]).line}`;
  const anchor = anchorOf(project, migration);
  const title = `title="${escapeHtml(place)}"`;
  const label = escapeHtml(migration);
  const head = anchor === undefined ? `<span ${title}>${label}</span>` : `<a href="#${anchor}" ${title}>${label}</a>`;
  const mode = effects.locks.find(lock => relationName(lock) === name)?.mode;
  // Of MongoDB's locks nothing is known.
  const isSql = dialect !== 'mongodb';
  const lock = mode !== undefined ? modeName(mode, dialect) : isSql ? 'no lock' : '';
  const waiting = waitsFor(event, name) ?? (isSql ? 'nobody waits' : '');
  const risk =
    waitsFor(event, name) === undefined ? '' : ` class="${effects.duration === 'instant' ? 'warning' : 'error'}"`;
  return `<li>${head}<code>${escapeHtml(excerpt(file.text, range))}</code><span>${escapeHtml(lock)}</span><span${risk}>${waiting}</span></li>`;
}

/** A statement on one line, cut where it is long; never within a character. */
function excerpt(text: string, [start, end]: Range): string {
  const line = text.slice(start, Math.min(end, start + 4 * MAX_TEXT)).replace(/\s+/g, ' ');
  const isWhole = line.length <= MAX_TEXT && end - start <= 4 * MAX_TEXT;
  return isWhole ? line : `${line.slice(0, MAX_TEXT).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Who waits for a statement on a table, and for how long; undefined where nobody does. */
function waitsFor({ effects, newRelations }: StatementImpact, name: string): string | undefined {
  const isOn = (relations: Effects['blocksReads']): boolean => relations.some(each => relationName(each) === name);
  if (newRelations.some(each => relationName(each) === name)) return undefined;
  const who = isOn(effects.blocksReads) ? 'reads and writes' : isOn(effects.blocksWrites) ? 'writes' : undefined;
  return who === undefined ? undefined : `${who} wait ${HOW_LONG[effects.duration]}`;
}
