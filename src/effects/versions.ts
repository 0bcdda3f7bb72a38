import { atLeast, compareVersions, type Server } from '../server/server.ts';

/** The PostgreSQL majors whose behaviour was measured (fixtures/ground-truth), oldest first. */
export const POSTGRES_VERSIONS = ['13', '14', '15', '16', '17', '18'] as const;

/** The newest measured major: what is taken when nobody says the version. */
export const NEWEST_POSTGRES = '18';

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
