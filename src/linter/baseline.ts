import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Finding } from './finding.ts';
import type { LintResult } from './result.ts';

/** The findings that a project knows and lives with: only others count. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

/** A known finding. It is known by its content, so it may move within its file. */
export interface BaselineEntry {
  readonly rule: string;
  /** Relative to the baseline's folder, with `/`. */
  readonly file: string;
  readonly fingerprint: string;
}

/** A run without the findings that its baseline knows. */
export interface BaselinedResult {
  readonly result: LintResult;
  /** Entries of files that this run judged and that no finding matches any more: what they stood for is fixed. */
  readonly fixed: readonly BaselineEntry[];
}

/**
 * Reads a baseline's text.
 *
 * @throws Error that says what is wrong
 */
export function parseBaseline(text: string): Baseline {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`is not JSON: ${(error as Error).message}`);
  }
  const { version, findings } = (content ?? {}) as { readonly version?: unknown; readonly findings?: unknown };
  if (version !== 1) throw new Error(`has no version that is known: ${JSON.stringify(version)}`);
  if (!Array.isArray(findings)) throw new Error('has no list "findings"');
  const odd = findings.findIndex(entry => !isEntry(entry));
  if (odd >= 0) throw new Error(`findings[${odd}] must have the texts "rule", "file" and "fingerprint"`);
  return { entries: findings as readonly BaselineEntry[] };
}

function isEntry(entry: unknown): entry is BaselineEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  const { rule, file, fingerprint } = entry as Readonly<Record<string, unknown>>;
  return [rule, file, fingerprint].every(part => typeof part === 'string');
}

/** A baseline as text, an entry per line and in a stable order, so that it merges well. */
export function writeBaseline({ entries }: Baseline): string {
  const keyOf = ({ file, rule, fingerprint }: BaselineEntry): string => `${file}\0${rule}\0${fingerprint}`;
  const lines = entries
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .map(({ rule, file, fingerprint }) => `    ${JSON.stringify({ rule, file, fingerprint })}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

/**
 * The findings of a run as a baseline.
 *
 * @param folder - absolute path of the folder that the baseline lies in
 */
export function baselineOf(findings: readonly Finding[], folder: string): Baseline {
  return { entries: findings.map(finding => entryOf(finding, folder)) };
}

/**
 * Takes out of a run what its baseline knows. Each entry stands for one finding.
 *
 * @param folder - absolute path of the folder that the baseline lies in
 */
export function applyBaseline(result: LintResult, { entries }: Baseline, folder: string): BaselinedResult {
  const open = new Map<string, BaselineEntry[]>();
  for (const entry of entries) {
    const same = open.get(keyOf(entry));
    if (same === undefined) open.set(keyOf(entry), [entry]);
    else same.push(entry);
  }
  const findings = result.findings.filter(finding => open.get(keyOf(finding))?.pop() === undefined);
  const judged = judgedFiles(result);
  const fixed = [...open.values()].flat().filter(({ file }) => judged.has(resolve(folder, file)));
  const count = (severity: Finding['severity']): number => findings.filter(each => each.severity === severity).length;
  const summary = {
    ...result.summary,
    errors: count('error'),
    warnings: count('warning'),
    infos: count('info'),
    baselined: result.findings.length - findings.length,
  };
  return { result: { ...result, findings, summary }, fixed };
}

/** The rule and the fingerprint tell: the file may be renamed with its folder. */
function keyOf({ rule, fingerprint }: Pick<BaselineEntry, 'rule' | 'fingerprint'>): string {
  return `${rule}\0${fingerprint}`;
}

function entryOf({ rule, file, fingerprint }: Finding, folder: string): BaselineEntry {
  const path = relative(folder, file.path);
  return { rule, file: isAbsolute(path) ? path : path.split(sep).join('/'), fingerprint };
}

function judgedFiles({ projects }: LintResult): ReadonlySet<string> {
  return new Set(
    projects
      .flatMap(({ migrations }) => migrations.filter(({ judged }) => judged))
      .flatMap(({ up, down }) => (down === null ? [up.file] : [up.file, down.file])),
  );
}
