import type { Server } from '../../server/server.ts';
import { type SQLSERVER_COLUMNS, sqlServerColumn } from './versions.ts';

/**
 * How SQL Server makes a change: who waits meanwhile, what it has to do, and whether ONLINE = ON can be asked for.
 *
 * - `stops`: `everyone` under a schema modification lock (Sch-M), `writers` under a shared lock (S)
 * - `work`: what grows with the table; `none` for a change of the catalogue alone
 */
export interface Change {
  readonly stops: 'everyone' | 'writers';
  readonly work: 'none' | 'scan' | 'build' | 'rewrite';
  readonly online?: true;
}

const INSTANT: Change = { stops: 'everyone', work: 'none' };
const SCAN: Change = { stops: 'everyone', work: 'scan' };
const REWRITE: Change = { stops: 'everyone', work: 'rewrite' };
const ONLINE_REWRITE: Change = { ...REWRITE, online: true };

type Row = Readonly<Partial<Record<(typeof SQLSERVER_COLUMNS)[number], Change>>> & { readonly '2008': Change };

/**
 * Microsoft's documentation: "ALTER TABLE (Transact-SQL)" (locks and ALTER TABLE; adding NOT NULL columns as an online operation,
 * Enterprise since 2012; ALTER COLUMN with ONLINE since 2016), "How online index operations work", "CREATE INDEX", "ALTER INDEX",
 * "Transaction locking and row versioning guide" (Sch-M, S). A column of the table is the release from which on it is so.
 */
const CHANGES = {
  'add nullable column': { 2008: INSTANT },
  'add constant default column': { 2008: REWRITE, 2012: INSTANT },
  'add column with a value per row': { 2008: REWRITE },
  'add computed column': { 2008: INSTANT },
  'add persisted column': { 2008: REWRITE },
  'drop column': { 2008: INSTANT },
  'change column metadata': { 2008: INSTANT },
  'check column': { 2008: SCAN, 2016: { ...SCAN, online: true } },
  'rewrite column': { 2008: REWRITE, 2016: ONLINE_REWRITE },
  'add index': { 2008: { stops: 'writers', work: 'build', online: true } },
  'add clustered index': { 2008: ONLINE_REWRITE },
  // A shared lock, too; online since 2019 for clustered ones, 2017 for others: too fine to be told by what a migration says.
  'add columnstore index': { 2008: { stops: 'writers', work: 'build' } },
  'add spatial index': { 2008: { stops: 'everyone', work: 'build' } },
  'drop index': { 2008: INSTANT },
  'drop clustered index': { 2008: ONLINE_REWRITE },
  'rebuild index': { 2008: { stops: 'everyone', work: 'build', online: true } },
  'rebuild table': { 2008: ONLINE_REWRITE },
  'add clustered key': { 2008: ONLINE_REWRITE },
  'add key': { 2008: { stops: 'everyone', work: 'build', online: true } },
  'add checked constraint': { 2008: SCAN },
  'validate constraint': { 2008: SCAN },
  'change metadata': { 2008: INSTANT },
} as const satisfies Readonly<Record<string, Row>>;

export type ChangeKind = keyof typeof CHANGES;

/** Changes that only the editions with online operations make at once; others write every row. */
const BY_EDITION: ReadonlySet<ChangeKind> = new Set(['add constant default column']);

/** How a server makes a change. */
export function changeOn(kind: ChangeKind, server: Pick<Server, 'version' | 'edition'>): Change {
  const row: Row = CHANGES[kind];
  const column = sqlServerColumn(server.version);
  const change = row[column] ?? (column === '2016' ? row['2012'] : undefined) ?? row['2008'];
  return BY_EDITION.has(kind) && server.edition !== 'enterprise' ? row['2008'] : change;
}

/** Whether the edition decides about a change, and nobody said it. */
export function dependsOnEdition(kind: ChangeKind, server: Pick<Server, 'version' | 'edition'>): boolean {
  return BY_EDITION.has(kind) && server.edition === undefined && sqlServerColumn(server.version) !== '2008';
}
