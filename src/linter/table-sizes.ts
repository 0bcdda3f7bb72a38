import type { AffectedRelation, Duration, Effects } from '../effects/effects.ts';

/**
 * How big the tables of the production database are, from a file that `surefoot sizes` wrote or a person did:
 * `{ "tables": { "public.users": { "bytes": 5368709120, "rows": 1200000 } } }`. Without it nothing is known of sizes.
 */
export interface TableSizes {
  /** By schema-qualified name, as written in the file; `users` is taken for `public.users`. */
  readonly tables: ReadonlyMap<string, TableSize>;
  /** Tables below this many bytes are small: what blocks them for their size is only worth a note. */
  readonly smallBytes: number;
}

export interface TableSize {
  /** Of the rows, TOAST included, indexes not. */
  readonly bytes: number;
  readonly rows?: number;
}

/** 16 MiB: read, written or indexed in well under a second on any server. */
const SMALL_BYTES = 16 * 1024 * 1024;

const MEBIBYTE = 1024 * 1024;

/**
 * Bytes per second that work of each kind is reckoned with: a middling cloud disk, nothing cached. Only for "roughly how
 * long"; the figure is printed with its rate.
 */
const RATES: Readonly<Record<Exclude<Duration, 'instant'>, number>> = {
  scan: 200 * MEBIBYTE,
  'index build': 50 * MEBIBYTE,
  rewrite: 50 * MEBIBYTE,
  data: 20 * MEBIBYTE,
};

/**
 * Reads the content of a table-sizes file.
 *
 * @throws an Error that says which key has the wrong shape, without the file's name
 */
export function parseTableSizes(text: string): TableSizes {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`not valid JSON: ${(error as Error).message}`);
  }
  if (!isObject(content) || !isObject(content.tables)) {
    throw new Error('expected {"tables": {"public.users": {"bytes": 1234}}}');
  }
  const tables = new Map<string, TableSize>();
  for (const [name, size] of Object.entries(content.tables)) {
    if (!isObject(size) || !isCount(size.bytes)) throw new Error(`tables["${name}"].bytes: expected a number of bytes`);
    if (size.rows !== undefined && !isCount(size.rows))
      throw new Error(`tables["${name}"].rows: expected a number of rows`);
    tables.set(name.includes('.') ? name : `public.${name}`, {
      bytes: size.bytes,
      ...(size.rows === undefined ? {} : { rows: size.rows }),
    });
  }
  if (content.smallBytes !== undefined && !isCount(content.smallBytes)) {
    throw new Error('smallBytes: expected a number of bytes');
  }
  return { tables, smallBytes: content.smallBytes ?? SMALL_BYTES };
}

/** What the sizes say of a statement whose work grows with its tables. */
export type SizeVerdict =
  /** All tables that it works through are small. */
  | { readonly kind: 'small' }
  /** Roughly how long it works, and on what basis: `orders holds 12 GB: roughly 4 min at 50 MB/s`. */
  | { readonly kind: 'large'; readonly estimate: string }
  | { readonly kind: 'unknown' };

/** Judges a statement by the sizes of the tables that it rewrites, scans, or builds an index on. */
export function judgeBySize(sizes: TableSizes, effects: Effects): SizeVerdict {
  if (effects.duration === 'instant') return { kind: 'unknown' };
  const worked = workedThrough(effects).map(relation => ({ relation, size: sizeOf(sizes, relation) }));
  if (worked.length === 0 || worked.some(({ size }) => size === undefined)) return { kind: 'unknown' };
  const bytes = worked.reduce((sum, { size }) => sum + size!.bytes, 0);
  if (worked.every(({ size }) => size!.bytes < sizes.smallBytes)) return { kind: 'small' };
  const rate = RATES[effects.duration];
  const largest = worked.reduce((a, b) => (b.size!.bytes > a.size!.bytes ? b : a));
  const name =
    largest.relation.schema === 'public'
      ? largest.relation.name
      : `${largest.relation.schema}.${largest.relation.name}`;
  const estimate = `${name} holds ${formatBytes(largest.size!.bytes)}: roughly ${formatSeconds(bytes / rate)} at ${formatBytes(rate)}/s`;
  return { kind: 'large', estimate };
}

function workedThrough(effects: Effects): readonly AffectedRelation[] {
  const relations = new Map<string, AffectedRelation>();
  const all = [...effects.rewrites, ...effects.scans, ...effects.indexBuilds.map(({ table }) => table)];
  for (const relation of all) relations.set(`${relation.schema}.${relation.name}`, relation);
  return [...relations.values()];
}

function sizeOf({ tables }: TableSizes, { schema, name }: AffectedRelation): TableSize | undefined {
  return tables.get(`${schema === '' ? 'public' : schema}.${name}`);
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
