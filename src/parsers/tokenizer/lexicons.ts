import type { Dialect } from '../../server/server.ts';

/** The dialects whose migrations are SQL. */
export type SqlDialect = Exclude<Dialect, 'mongodb'>;

/** How a string literal holds its own quote: doubled, doubled or after a backslash, or not at all. */
export type QuoteEscape = 'doubled' | 'backslash' | 'none';

/** How a dialect spells its tokens. The tokenizer has no knowledge of a dialect beyond this. */
export interface Lexicon {
  /** Opening quote of a quoted identifier → closing quote. The closing quote doubled stands for itself. */
  readonly nameQuotes: Readonly<Record<string, string>>;
  /** Quotes of a string literal; the quote doubled stands for itself. */
  readonly stringQuotes: readonly string[];
  /** Whether a backslash escapes the next character in a string without a prefix. */
  readonly backslashEscapes: boolean;
  /** Prefixes of string literals in lower case → what stands for a quote in such a string. */
  readonly stringPrefixes: Readonly<Record<string, QuoteEscape>>;
  /** Prefixes of quoted identifiers in lower case. */
  readonly namePrefixes: readonly string[];
  /** `$tag$ … $tag$`. */
  readonly dollarQuotes: boolean;
  /** A string after another one on a later line goes on with it, under the first one's escape rules. */
  readonly continuedStrings: boolean;
  /** `--` starts a comment only before white space, a control character or the end of the text. */
  readonly dashCommentNeedsBlank: boolean;
  /** `#` starts a line comment. */
  readonly hashComments: boolean;
  readonly nestedBlockComments: boolean;
  /** Openings of comments whose content the server executes, as in `/*!50100 …`: opening and closing are comments, the content is not. */
  readonly executableComments: readonly string[];
  /** ASCII characters that an unquoted identifier may start with, besides letters and `_`; every non-ASCII one may. */
  readonly wordStart: string;
  /** ASCII characters that may follow in an identifier, besides letters, digits and `_`. */
  readonly wordPart: string;
  /** Identifiers such as `2fa_codes`. */
  readonly wordsFromDigits: boolean;
  /** Characters that operators are made of. */
  readonly operatorCharacters: string;
  /**
   * How a run of operator characters is cut: as PostgreSQL's scanner does (the whole run up to a comment; no trailing `+` or
   * `-` unless one of `~ ! @ # ^ & | ? % `` stands in it), or the longest operator of this list, else one character.
   */
  readonly operators: 'postgres' | readonly string[];
  /** `$1`. */
  readonly dollarParameters: boolean;
  /** `?`, `?1`. */
  readonly questionParameters: boolean;
  /** Characters that a named parameter or variable starts with: `@x`, `@@x`, `$x`. */
  readonly parameterSigils: string;
  /** `:name`: a variable of the client program (a placeholder) or a bound parameter of the server. */
  readonly colonNames: 'placeholder' | 'parameter';
  /** Digits may be grouped: `1_000`. */
  readonly digitSeparator: boolean;
  /** Commands to the client program: psql's `\x` anywhere, sqlite3's `.x` at the start of a line between statements. */
  readonly metaCommands: 'backslash' | 'dot' | 'none';
  /** The client's DELIMITER command changes what ends a statement. */
  readonly delimiterCommand: boolean;
  /** Lines of data follow COPY … FROM stdin. */
  readonly copyData: boolean;
  /** What holds semicolons of its own in a CREATE of a routine or trigger: BEGIN ATOMIC … END only, or any BEGIN … END. */
  readonly routineBodies: 'begin atomic' | 'begin';
}

const MYSQL: Lexicon = {
  nameQuotes: { '`': '`' },
  stringQuotes: ["'", '"'],
  backslashEscapes: true,
  stringPrefixes: { b: 'none', x: 'none', n: 'backslash' },
  namePrefixes: [],
  dollarQuotes: false,
  continuedStrings: false,
  dashCommentNeedsBlank: true,
  hashComments: true,
  nestedBlockComments: false,
  executableComments: ['/*!'],
  wordStart: '$',
  wordPart: '$',
  wordsFromDigits: true,
  operatorCharacters: '+-*/%=<>!&|^~:',
  operators: ['<=>', '->>', '<<', '>>', '<=', '>=', '<>', '!=', '&&', '||', '->', ':='],
  dollarParameters: false,
  questionParameters: true,
  parameterSigils: '@',
  colonNames: 'placeholder',
  digitSeparator: false,
  metaCommands: 'none',
  delimiterCommand: true,
  copyData: false,
  routineBodies: 'begin',
};

/**
 * One lexicon per dialect, at the server's default settings. Sources: PostgreSQL 18 `scan.l` and `psqlscan.l`; MySQL 8.4
 * manual chapter 11 "Language Structure"; MariaDB "Comment Syntax"; SQLite `tokenize.c`; Transact-SQL "Database Identifiers"
 * and "Operators".
 */
export const LEXICONS: Readonly<Record<SqlDialect, Lexicon>> = {
  postgres: {
    nameQuotes: { '"': '"' },
    stringQuotes: ["'"],
    backslashEscapes: false,
    // N'…' is missing: the server's scanner reads the letter as a word of its own.
    stringPrefixes: { e: 'backslash', b: 'none', x: 'none', 'u&': 'doubled' },
    namePrefixes: ['u&'],
    dollarQuotes: true,
    continuedStrings: true,
    dashCommentNeedsBlank: false,
    hashComments: false,
    nestedBlockComments: true,
    executableComments: [],
    wordStart: '',
    wordPart: '$',
    wordsFromDigits: false,
    operatorCharacters: '~!@#^&|`?+-*/%<>=',
    operators: 'postgres',
    dollarParameters: true,
    questionParameters: false,
    parameterSigils: '',
    colonNames: 'placeholder',
    digitSeparator: true,
    metaCommands: 'backslash',
    delimiterCommand: false,
    copyData: true,
    routineBodies: 'begin atomic',
  },
  mysql: MYSQL,
  mariadb: { ...MYSQL, executableComments: ['/*!', '/*M!'] },
  sqlite: {
    nameQuotes: { '"': '"', '`': '`', '[': ']' },
    stringQuotes: ["'"],
    backslashEscapes: false,
    stringPrefixes: { x: 'none' },
    namePrefixes: [],
    dollarQuotes: false,
    continuedStrings: false,
    dashCommentNeedsBlank: false,
    hashComments: false,
    nestedBlockComments: false,
    executableComments: [],
    wordStart: '',
    wordPart: '$',
    wordsFromDigits: false,
    operatorCharacters: '+-*/%=<>!&|~',
    operators: ['->>', '<<', '>>', '<=', '>=', '==', '<>', '!=', '||', '->'],
    dollarParameters: false,
    questionParameters: true,
    parameterSigils: '@$',
    colonNames: 'parameter',
    digitSeparator: true,
    metaCommands: 'dot',
    delimiterCommand: false,
    copyData: false,
    routineBodies: 'begin',
  },
  sqlserver: {
    nameQuotes: { '"': '"', '[': ']' },
    stringQuotes: ["'"],
    backslashEscapes: false,
    stringPrefixes: { n: 'doubled' },
    namePrefixes: [],
    dollarQuotes: false,
    continuedStrings: false,
    dashCommentNeedsBlank: false,
    hashComments: false,
    nestedBlockComments: true,
    executableComments: [],
    wordStart: '#',
    wordPart: '$#@',
    wordsFromDigits: false,
    operatorCharacters: '+-*/%=<>!&|^~:',
    operators: ['<=', '>=', '<>', '!=', '!<', '!>', '+=', '-=', '*=', '/=', '%=', '&=', '^=', '|=', '::', '||'],
    dollarParameters: false,
    questionParameters: true,
    parameterSigils: '@',
    colonNames: 'placeholder',
    digitSeparator: false,
    metaCommands: 'none',
    delimiterCommand: false,
    copyData: false,
    routineBodies: 'begin',
  },
};
