import type { Dialect } from '../server/server.ts';

/** Words in folder names that tell the dialect: `db/postgres`, `mysql_migrations`. */
const FOLDER_WORDS: Readonly<Record<string, Dialect>> = {
  postgres: 'postgres',
  postgresql: 'postgres',
  pgsql: 'postgres',
  pg: 'postgres',
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
  sqlserver: 'sqlserver',
  mssql: 'sqlserver',
};

/** Spellings of a dialect that people write in folder names and flags. */
export function dialectOfWord(word: string): Dialect | undefined {
  return Object.hasOwn(FOLDER_WORDS, word) ? FOLDER_WORDS[word] : undefined;
}

/** The dialect that a folder's name holds as a word of its own; undefined where it holds none. */
export function dialectOfFolderName(name: string): Dialect | undefined {
  for (const word of name.toLowerCase().split(/[^a-z0-9]+/)) {
    const dialect = dialectOfWord(word);
    if (dialect !== undefined) return dialect;
  }
  return undefined;
}

interface Mark {
  readonly dialect: Dialect;
  readonly pattern: RegExp;
  /** 3: only this dialect reads it. 1: other dialects read it too, in newer versions or rarely. */
  readonly weight: 1 | 3;
}

/** Syntax that tells dialects apart; matched in SQL without comments and strings. */
const MARKS: readonly Mark[] = [
  { dialect: 'postgres', weight: 3, pattern: /\$([a-z_]\w*)?\$/i },
  { dialect: 'postgres', weight: 3, pattern: /[\w"')\]]::\s*["a-z]/i },
  {
    dialect: 'postgres',
    weight: 3,
    pattern: /\b(small|big)?serial\b|\bjsonb\b|\btimestamptz\b|\bbytea\b|\btsvector\b|\bcitext\b|\binet\b/i,
  },
  {
    dialect: 'postgres',
    weight: 3,
    pattern: /\bconcurrently\b|\bplpgsql\b|\bcreate\s+extension\b|\bgen_random_uuid\b|\bilike\b/i,
  },
  { dialect: 'postgres', weight: 3, pattern: /\bpg_\w+|\b(lock|statement)_timeout\b|\bsearch_path\b|\bnot\s+valid\b/i },
  {
    dialect: 'postgres',
    weight: 3,
    pattern: /\bvalidate\s+constraint\b|\bcreate\s+(type|domain|policy|materialized\s+view)\b/i,
  },
  {
    dialect: 'postgres',
    weight: 3,
    pattern: /\busing\s+(btree|gin|gist|brin|spgist)\b|\brow\s+level\s+security\b|\bowner\s+to\b/i,
  },
  {
    dialect: 'postgres',
    weight: 3,
    pattern: /\bwith(out)?\s+time\s+zone\b|\balter\s+(type|sequence|domain|policy)\b/i,
  },
  {
    dialect: 'postgres',
    weight: 3,
    pattern: /\balter\s+(column\s+)?["\w]+\s+(type\s|set\s+data\s+type|set\s+not\s+null|drop\s+not\s+null)/i,
  },
  { dialect: 'postgres', weight: 1, pattern: /\breturning\b|\bdouble\s+precision\b|\bcomment\s+on\b|\bto_tsvector\b/i },
  {
    dialect: 'postgres',
    weight: 1,
    pattern: /\bgenerated\s+(always|by\s+default)\s+as\s+identity\b|\bon\s+only\b|\btext\s*\[\s*\]/i,
  },
  { dialect: 'mariadb', weight: 3, pattern: /\bwith\s+system\s+versioning\b|\bengine\s*=\s*aria\b/i },
  { dialect: 'mysql', weight: 3, pattern: /`\w+`/ },
  { dialect: 'mysql', weight: 3, pattern: /\bengine\s*=\s*\w+|\bauto_increment\b|\bunsigned\b|\butf8mb[34]\b/i },
  {
    dialect: 'mysql',
    weight: 3,
    pattern: /\b(modify|change)\s+column\b|\balgorithm\s*=\s*(instant|inplace|copy)\b|\bforeign_key_checks\b/i,
  },
  {
    dialect: 'mysql',
    weight: 3,
    pattern: /\b(tinyint|mediumint)\s*\(|\b(medium|long)(text|blob)\b|\bdelimiter\s+(\$\$|\/\/)/i,
  },
  { dialect: 'sqlite', weight: 3, pattern: /\bautoincrement\b|\bpragma\b|\bwithout\s+rowid\b|\bsqlite_\w+/i },
  {
    dialect: 'sqlserver',
    weight: 3,
    pattern: /\[\w+\]\.\[|\[dbo\]|\bdbo\.|\bnvarchar\b|\bdatetime2\b|\buniqueidentifier\b|^\s*go\s*$/im,
  },
  {
    dialect: 'sqlserver',
    weight: 3,
    pattern: /\bidentity\s*\(\s*\d|\bwith\s+nocheck\b|\bsp_rename\b|\bsys\.\w+|\bif\s+object_id\s*\(/i,
  },
];

/**
 * Works out the dialect from texts, cheaply and with caution: the winner must have at least three times the weight of the next.
 *
 * @param texts - starts of migration files; read one by one until the answer is clear
 * @returns undefined where the texts do not tell
 */
export function dialectOfTexts(texts: Iterable<string>): Dialect | undefined {
  const weights = new Map<Dialect, number>();
  for (const text of texts) {
    const code = withoutCommentsAndStrings(text);
    for (const { dialect, pattern, weight } of MARKS) {
      if (pattern.test(code)) weights.set(dialect, (weights.get(dialect) ?? 0) + weight);
    }
    if (winner(weights, CLEAR) !== undefined) break;
  }
  return winner(weights, 1);
}

/** Weight at which no further file is read. */
const CLEAR = 6;

function winner(weights: ReadonlyMap<Dialect, number>, least: number): Dialect | undefined {
  // What only MariaDB reads is seldom, and all of MySQL's marks are MariaDB's too.
  const mariadb = weights.get('mariadb') ?? 0;
  const ranked = [...weights]
    .filter(([dialect]) => dialect !== 'mysql' || mariadb === 0)
    .map(
      ([dialect, weight]) => [dialect, dialect === 'mariadb' ? weight + (weights.get('mysql') ?? 0) : weight] as const,
    )
    .sort((a, b) => b[1] - a[1]);
  const [first, second] = ranked;
  if (first === undefined || first[1] < least) return undefined;
  return second === undefined || first[1] >= second[1] * 3 ? first[0] : undefined;
}

/** Comments and single-quoted strings become blanks; backticks and brackets stay, as they are marks. */
function withoutCommentsAndStrings(text: string): string {
  const code = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, match => (match.startsWith("'") ? "''" : ' '));
  // With the mysql client's DELIMITER, `$$` ends a statement and quotes nothing.
  return /^\s*delimiter\s/im.test(code) ? code.replaceAll('$$', '//') : code;
}
