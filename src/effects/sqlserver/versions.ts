import { compareVersions, type Edition } from '../../server/server.ts';

/** What is taken where nobody says the version. */
export const NEWEST_SQLSERVER = '2022';

/** The year that a release is sold under, by the first number of its version (`SELECT SERVERPROPERTY('ProductVersion')`). */
const YEARS: Readonly<Record<string, string>> = {
  '11': '2012',
  '12': '2014',
  '13': '2016',
  '14': '2017',
  '15': '2019',
  '16': '2022',
  '17': '2025',
};

/** Editions by a word of their names: those that change schemas online, and those that do not ("Editions and supported features"). */
const EDITIONS: readonly (readonly [word: RegExp, edition: Edition])[] = [
  [/\b(?:enterprise|developer|evaluation|azure|managed)\b/i, 'enterprise'],
  [/\b(?:standard|web|express)\b/i, 'standard'],
];

/**
 * The release and the edition of a server, from what its users or `@@VERSION` call it: `2019`, `2022 Standard`, `15.0.4261`, `Azure SQL`.
 * An edition that nobody says is left out.
 */
export function sqlServerVersion(given: string): { readonly version: string; readonly edition?: Edition } {
  const year = /\b20\d\d\b/.exec(given)?.[0];
  const major = /\b(\d\d)(?:\.\d|\b)/.exec(given)?.[1];
  const version = year ?? YEARS[major ?? ''] ?? NEWEST_SQLSERVER;
  const edition = EDITIONS.find(([word]) => word.test(given))?.[1];
  return edition === undefined ? { version } : { version, edition };
}

/** Where the table of changes.ts begins anew, oldest first. */
export const SQLSERVER_COLUMNS = ['2008', '2012', '2016'] as const;

/** The column that a release is in. */
export function sqlServerColumn(version: string): (typeof SQLSERVER_COLUMNS)[number] {
  return SQLSERVER_COLUMNS.findLast(column => compareVersions(column, version) <= 0) ?? SQLSERVER_COLUMNS[0];
}
