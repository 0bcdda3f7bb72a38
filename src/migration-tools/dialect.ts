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
function dialectOfWord(word: string): Dialect | undefined {
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

/** A mark weighs this where only its dialect reads it. */
const SURE = 3;
/** And this where other dialects read it too, in newer versions or rarely. */
const LIKELY = 1;

/**
 * Words, signs and neighbours (`a b`, `a ? b` with one word between) that tell dialects apart, in SQL without comments and
 * strings. A table of words, as a run has to read one or two files only: compiling patterns would cost more than that.
 */
const MARKS: readonly {
  readonly dialect: Dialect | 'other';
  readonly weight: number;
  readonly marks: readonly string[];
}[] = [
  {
    dialect: 'postgres',
    weight: SURE,
    marks: [
      ...['::', '$$', 'bigserial', 'smallserial', 'jsonb', 'timestamptz', 'bytea', 'tsvector', 'citext', 'inet'],
      ...[
        'concurrently',
        'plpgsql',
        'ilike',
        'gen_random_uuid',
        'uuid_generate_v4',
        'lock_timeout',
        'statement_timeout',
      ],
      ...['search_path', 'pg_catalog', 'pg_class', 'pg_type', 'pg_constraint', 'to_tsvector', 'regclass', 'nextval'],
      ...[
        'create extension',
        'create type',
        'create domain',
        'create policy',
        'create materialized',
        'alter type',
        'drop type',
      ],
      ...[
        'alter sequence',
        'alter domain',
        'alter policy',
        'not valid',
        'validate constraint',
        'owner to',
        'row level',
      ],
      ...[
        'using btree',
        'using gin',
        'using gist',
        'using brin',
        'using spgist',
        'time zone',
        'column ? type',
        'set not',
        'drop not',
      ],
    ],
  },
  {
    dialect: 'postgres',
    weight: LIKELY,
    // MySQL knows SERIAL too, as a name for its own.
    marks: ['serial', 'returning', 'double precision', 'comment on', 'as identity', 'on only'],
  },
  { dialect: 'mariadb', weight: SURE, marks: ['system versioning', '= aria'] },
  {
    dialect: 'mysql',
    weight: SURE,
    marks: [
      ...[
        '`',
        '/*!',
        'engine =',
        'algorithm =',
        'auto_increment',
        'unsigned',
        'utf8mb4',
        'utf8mb3',
        'foreign_key_checks',
      ],
      ...[
        'add index',
        'modify column',
        'change column',
        'mediumint',
        'mediumtext',
        'longtext',
        'mediumblob',
        'longblob',
        'delimiter //',
      ],
    ],
  },
  { dialect: 'mysql', weight: LIKELY, marks: ['table ? modify', 'table ? change'] },
  {
    dialect: 'sqlite',
    weight: SURE,
    marks: ['autoincrement', 'pragma', 'without rowid', 'sqlite_master', 'sqlite_sequence'],
  },
  {
    dialect: 'sqlserver',
    weight: SURE,
    marks: [
      ...[
        '].[',
        '[dbo]',
        'dbo',
        'go',
        'nvarchar',
        'datetime2',
        'uniqueidentifier',
        'with nocheck',
        'sp_rename',
        'object_id',
      ],
      ...['identity (', 'nonclustered'],
    ],
  },
  {
    // ClickHouse and Oracle: what would be taken for MySQL, or for nothing.
    dialect: 'other',
    weight: 2 * SURE,
    marks: [
      '= mergetree',
      '= replacingmergetree',
      '= summingmergetree',
      'lowcardinality',
      'varchar2',
      'materialize column',
    ],
  },
];

/** What each mark tells; made when first asked for. */
let known: ReadonlyMap<string, { readonly dialect: Dialect | 'other'; readonly weight: number }> | undefined;

/** Weight at which no further file is read. */
const CLEAR = 6;

/**
 * Works out the dialect from texts, cheaply and with caution: the winner must have at least three times the weight of the next.
 *
 * @param texts - starts of migration files; read one by one until the answer is clear
 * @param least - the weight that the winner must have
 * @returns undefined where the texts do not tell
 */
export function dialectOfTexts(texts: Iterable<string>, least = LIKELY): Dialect | undefined {
  known ??= new Map(
    MARKS.flatMap(({ dialect, weight, marks }) => marks.map(mark => [mark, { dialect, weight }] as const)),
  );
  const weights = new Map<Dialect | 'other', number>();
  for (const text of texts) {
    for (const mark of marksIn(text)) {
      const found = known.get(mark);
      if (found !== undefined) weights.set(found.dialect, (weights.get(found.dialect) ?? 0) + found.weight);
    }
    if (winner(weights, Math.max(CLEAR, least)) !== undefined) break;
  }
  return winner(weights, least);
}

/** Each different word, sign and pair of neighbours of a text, in lower case. */
function marksIn(text: string): ReadonlySet<string> {
  const marks = new Set<string>();
  let before = '';
  let previous = '';
  for (const [token] of withoutCommentsAndStrings(text).matchAll(TOKEN)) {
    const word = /^\$.*\$$/.test(token) ? '$$' : token.toLowerCase();
    marks.add(word).add(`${previous} ${word}`).add(`${before} ? ${word}`);
    before = previous;
    previous = word;
  }
  // A word that ends a batch, and only where it stands alone on its line.
  if (marks.has('go') && !/^\s*go\s*$/im.test(text)) marks.delete('go');
  return marks;
}

const TOKEN = /[a-z_]\w*|::|`|\/\*!|\$(?:[a-z_]\w*)?\$|\]\.\[|\[dbo\]|[=(]|\/\//gi;

function winner(weights: ReadonlyMap<Dialect | 'other', number>, least: number): Dialect | undefined {
  // What only MariaDB reads is seldom, and all of MySQL's marks are MariaDB's too.
  const mariadb = weights.get('mariadb') ?? 0;
  const ranked = [...weights]
    .filter(([dialect]) => dialect !== 'mysql' || mariadb === 0)
    .map(
      ([dialect, weight]) => [dialect, dialect === 'mariadb' ? weight + (weights.get('mysql') ?? 0) : weight] as const,
    )
    .sort((a, b) => b[1] - a[1]);
  const [first, second] = ranked;
  if (first === undefined || first[0] === 'other' || first[1] < least) return undefined;
  return second === undefined || first[1] >= second[1] * 3 ? first[0] : undefined;
}

/** Comments and single-quoted strings become blanks, MySQL's version comments their start; backticks and brackets stay, as they are marks. */
function withoutCommentsAndStrings(text: string): string {
  const code = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, match =>
    match.startsWith("'") ? "''" : match.startsWith('/*!') ? ' /*! ' : ' ',
  );
  // With the mysql client's DELIMITER, `$$` ends a statement and quotes nothing.
  return /^\s*delimiter\s/im.test(code) ? code.replaceAll('$$', '//') : code;
}
