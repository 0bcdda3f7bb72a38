import { atLeast, compareVersions, type Dialect, type Edition, type Server } from '../server/server.ts';
import { NEWEST_MARIADB, NEWEST_MYSQL } from './mysql/versions.ts';
import { NEWEST_SQLSERVER, sqlServerVersion } from './sqlserver/versions.ts';

/** The PostgreSQL majors whose behaviour was measured (fixtures/ground-truth), oldest first. */
export const POSTGRES_VERSIONS = ['13', '14', '15', '16', '17', '18'] as const;

/** The newest measured major: what is taken when nobody says the version. */
const NEWEST_POSTGRES = '18';

const NEWEST_SQLITE = '3.53';

/** Which measured version stands in for the one that was asked for. */
export interface KnownVersion {
  /** The version that effects are worked out for. */
  readonly version: string;
  /** False when it is not the one asked for; the CLI says so, with {@link POSTGRES_VERSIONS}. */
  readonly exact: boolean;
}

/**
 * The measured major nearest to a version, written as its users name it: `16`, `16.4`.
 *
 * @returns the newest, not exact, for text that is no version at all
 */
export function nearestPostgresVersion(version: string): KnownVersion {
  const major = version.trim().split('.')[0] ?? '';
  if (!/^\d+$/.test(major)) return { version: NEWEST_POSTGRES, exact: false };
  const exact = POSTGRES_VERSIONS.find(known => known === major);
  if (exact !== undefined) return { version: exact, exact: true };
  const oldest = POSTGRES_VERSIONS[0];
  return { version: compareVersions(major, oldest) < 0 ? oldest : NEWEST_POSTGRES, exact: false };
}

/** The first version with a piece of syntax: an earlier server stops at it with SQLSTATE 42601. Measured. */
export const SYNTAX_SINCE = {
  'SET COMPRESSION': '14',
  'CREATE OR REPLACE TRIGGER': '14',
  'DETACH PARTITION … CONCURRENTLY': '14',
  'SET ACCESS METHOD': '15',
  'NULLS NOT DISTINCT': '15',
  MERGE: '15',
  'FOR TABLES IN SCHEMA': '15',
  'SET EXPRESSION': '17',
  'GENERATED … VIRTUAL': '18',
  'ADD CONSTRAINT … NOT NULL': '18',
  'NOT ENFORCED': '18',
  ENFORCED: '18',
  'WITHOUT OVERLAPS': '18',
} as const satisfies Record<string, (typeof POSTGRES_VERSIONS)[number]>;

export type VersionedSyntax = keyof typeof SYNTAX_SINCE;

/** Whether the server reads a piece of syntax. */
export function understands(server: Pick<Server, 'version'>, syntax: VersionedSyntax): boolean {
  return atLeast(server, SYNTAX_SINCE[syntax]);
}

/** Servers for which any release stands for itself: what it cannot do has the release that can in a table (effects/sqlite, effects/sqlserver). */
const USUAL_VERSION: Readonly<Partial<Record<Dialect, string>>> = {
  sqlite: NEWEST_SQLITE,
  sqlserver: NEWEST_SQLSERVER,
};

/** The versions of each server whose behaviour is known, oldest first; servers whose version does not matter have none. */
const KNOWN_VERSIONS: Readonly<Partial<Record<Dialect, { readonly all: readonly string[]; readonly usual: string }>>> =
  {
    postgres: { all: POSTGRES_VERSIONS, usual: NEWEST_POSTGRES },
    mysql: { all: ['5.7', '8.0', '8.4', '9'], usual: NEWEST_MYSQL },
    mariadb: { all: ['10.3', '10.4', '10.5', '10.6', '10.11', '11.4', '11.8'], usual: NEWEST_MARIADB },
  };

/** What stands in for a version, and what is known. */
export interface ServerVersion {
  /** What effects are worked out for. */
  readonly version: string;
  /** SQL Server's, where the version names it: `2022 Standard`. */
  readonly edition?: Edition;
  /** What to say where it is not the one asked for; left out otherwise. */
  readonly note?: string;
}

/**
 * The version of a server that its effects are worked out for.
 *
 * @param given - as its users name it: `17`, `8.0`, `8.0.28`, `10.11`; undefined for the newest one known
 */
export function serverVersionOf(dialect: Dialect, given: string | undefined): ServerVersion {
  if (dialect === 'sqlserver' && given !== undefined) return sqlServerVersion(given);
  const known = KNOWN_VERSIONS[dialect];
  if (known === undefined) return { version: given ?? USUAL_VERSION[dialect] ?? '' };
  if (given === undefined) return { version: known.usual };
  const wanted = given.trim();
  const series = known.all.find(version => wanted === version || wanted.startsWith(`${version}.`));
  // A patch release decides on MySQL (INSTANT came with 8.0.12), and nowhere on PostgreSQL.
  if (series !== undefined) return { version: dialect === 'postgres' ? series : wanted };
  const isVersion = /^\d+(?:\.\d+)*$/.test(wanted);
  const earlier = isVersion ? known.all.findLast(version => compareVersions(version, wanted) <= 0) : known.usual;
  const version = earlier ?? known.all[0]!;
  const range = `${known.all[0]} to ${known.all.at(-1)}`;
  return { version, note: `version ${given} is not known (known: ${range}): judged as ${version}` };
}
