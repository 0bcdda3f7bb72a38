/** The databases that Surefoot knows. */
export const DIALECTS = ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** How databases are called in a sentence. */
export const DIALECT_TITLES: Readonly<Record<Dialect, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  sqlite: 'SQLite',
  sqlserver: 'SQL Server',
  mongodb: 'MongoDB',
};

/** Editions of SQL Server by what they can: `enterprise` changes schemas online (Developer and Azure SQL too), `standard` does not. */
export type Edition = 'enterprise' | 'standard';

/** The server that the migrations will run on. */
export interface Server {
  readonly dialect: Dialect;
  /** As its users name it: `17`, `8.0`, `10.11`. */
  readonly version: string;
  /** Left out where nobody says it. */
  readonly edition?: Edition;
  /** True where nobody said the version and the newest measured one was taken. */
  readonly versionAssumed: boolean;
  /** The session's time zone at the start of a migration, where the configuration says so; decides timestamp ↔ timestamptz. */
  readonly sessionTimeZone?: string;
}

/** Whether the server's version is the given one or later; parts compare as numbers (`10.11` is later than `10.2`). */
export function atLeast(server: Pick<Server, 'version'>, version: string): boolean {
  return compareVersions(server.version, version) >= 0;
}

/** Negative, zero or positive as `a` is earlier than, equal to, or later than `b`. Missing parts count as 0. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = Number(left[index] ?? 0) - Number(right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
