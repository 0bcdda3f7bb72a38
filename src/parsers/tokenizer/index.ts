import { LEXICONS, type Lexicon, type QuoteEscape } from './lexicons.ts';
import { isTemplateControl } from './templates.ts';
import type { Token, TokenKind } from './token.ts';

export { LEXICONS, type Lexicon, type SqlDialect } from './lexicons.ts';
export type { Token, TokenKind } from './token.ts';

/**
 * Cuts SQL text into tokens, comments included, in ascending order and without overlaps. Between two tokens is nothing but
 * white space; NUL characters and a leading byte order mark count as such. It never throws: a literal or comment that the text
 * ends inside of is marked `unterminated`, and a character that starts no token is an `unknown` token of its own.
 *
 * Placeholders of template engines and client programs are found outside literals only. A word that touches one, as in
 * `${prefix}_users`, is one placeholder with it; template control flow (`{{if}}`) is a placeholder of its own.
 *
 * @param text - the SQL text
 * @param lexicon - the dialect's spelling, from {@link LEXICONS}
 */
export function tokenize(text: string, lexicon: Lexicon): readonly Token[] {
  const tables = tablesOf(lexicon);
  const { classes } = tables;
  const length = text.length;
  const tokens: Token[] = [];
  const brackets: boolean[] = [];
  let statementFirst = 0;
  let dataFrom = Number.POSITIVE_INFINITY;
  let mayHoldData = lexicon.copyData;
  let delimiter = '';
  let executableDepth = 0;
  let escaping: Token | undefined;
  let offset = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;

  while (offset < length) {
    const code = text.charCodeAt(offset);
    const kind = code < 128 ? classes[code]! : WORD;
    if (kind === SPACE && offset < dataFrom) {
      offset++;
      continue;
    }
    if (offset >= dataFrom) {
      const end = dataEnd(text, dataFrom);
      if (end >= 0) tokens.push({ kind: 'data', start: dataFrom, end });
      else mayHoldData = false;
      offset = end >= 0 ? end : dataFrom;
      dataFrom = Number.POSITIVE_INFINITY;
      statementFirst = tokens.length;
      continue;
    }
    if (delimiter !== '' && text.startsWith(delimiter, offset)) {
      tokens.push({ kind: 'punctuation', start: offset, end: offset + delimiter.length });
      offset += delimiter.length;
      statementFirst = tokens.length;
      continue;
    }

    const start = offset;
    switch (kind) {
      case WORD: {
        const prefix = code < 128 ? tables.prefixes[code]! : NO_PREFIX;
        if (prefix !== NO_PREFIX) {
          const quote = text.charCodeAt(start + 1);
          if (quote === QUOTE && prefix !== UNICODE_PREFIX) {
            offset = pushQuoted(tokens, text, 'string', start, start + 1, quote, ESCAPES[prefix]!);
            if (ESCAPES[prefix] === 'backslash') escaping = tokens[tokens.length - 1];
            break;
          }
          if (prefix === UNICODE_PREFIX && quote === AMPERSAND) {
            const unicodeQuote = text.charCodeAt(start + 2);
            if (unicodeQuote === QUOTE || unicodeQuote === DOUBLE_QUOTE) {
              const quoted = unicodeQuote === QUOTE ? 'string' : 'name';
              offset = pushQuoted(tokens, text, quoted, start, start + 2, unicodeQuote, 'doubled');
              break;
            }
          }
        }
        offset = wordEnd(text, start + 1, tables);
        if (delimiter !== '') offset = delimiterBefore(text, delimiter, start + 1, offset);
        const next = text.charCodeAt(offset);
        if (next === DOLLAR || next === BRACE_OPEN) offset = pushGlued(tokens, text, start, offset, tables);
        else tokens.push({ kind: 'word', start, end: offset });
        if (
          lexicon.delimiterCommand &&
          tokens.length - 1 === firstSignificant(tokens, statementFirst) &&
          isKeyword(text, tokens[tokens.length - 1]!, 'delimiter')
        ) {
          offset = lineEnd(text, offset);
          const command: Token = { kind: 'metaCommand', start, end: offset };
          tokens[tokens.length - 1] = command;
          delimiter = delimiterOf(text, command);
          if (delimiter === ';') delimiter = '';
          statementFirst = tokens.length;
        }
        break;
      }
      case DIGIT:
        offset = numberEnd(text, start, lexicon);
        if (lexicon.wordsFromDigits && isWordPart(text, offset, tables) && isDigits(text, start, offset)) {
          offset = delimiterBefore(text, delimiter, start + 1, wordEnd(text, offset, tables));
          tokens.push({ kind: 'word', start, end: offset });
        } else tokens.push({ kind: 'number', start, end: offset });
        break;
      case OPERATOR: {
        const next = text.charCodeAt(start + 1);
        if (code === DASH && next === DASH && isDashComment(text, start, lexicon)) {
          offset = lineEnd(text, start);
          tokens.push({ kind: 'lineComment', start, end: offset });
        } else if (code === SLASH && next === STAR) {
          const opening = executableOpening(text, start, lexicon);
          if (opening > 0) {
            executableDepth++;
            offset = opening;
            tokens.push({ kind: 'blockComment', start, end: offset });
          } else {
            const end = blockCommentEnd(text, start, lexicon.nestedBlockComments);
            offset = end < 0 ? length : end;
            tokens.push(unfinished('blockComment', start, offset, end < 0));
          }
        } else if (executableDepth > 0 && code === STAR && next === SLASH) {
          executableDepth--;
          offset = start + 2;
          tokens.push({ kind: 'blockComment', start, end: offset });
        } else {
          offset = operatorEnd(text, start, tables);
          tokens.push({ kind: 'operator', start, end: offset });
        }
        break;
      }
      case PUNCTUATION:
        offset = start + 1;
        tokens.push({ kind: 'punctuation', start, end: offset });
        if (code === SEMICOLON) {
          if (mayHoldData && startsCopyData(text, tokens, statementFirst)) dataFrom = nextLine(text, offset);
          if (delimiter === '') statementFirst = tokens.length;
          brackets.length = 0;
        } else if (code === BRACKET_OPEN) brackets.push(isSubscript(text, tokens));
        else if (code === BRACKET_CLOSE) brackets.pop();
        break;
      case STRING_QUOTE: {
        const continues = lexicon.continuedStrings && escaping !== undefined && continuesString(text, tokens, escaping);
        offset = pushQuoted(tokens, text, 'string', start, start, code, continues ? 'backslash' : tables.plainEscape);
        escaping = continues ? tokens[tokens.length - 1] : undefined;
        break;
      }
      case NAME_QUOTE:
        offset = pushQuotedTag(tokens, text, start, tables.closing[code]!);
        if (offset === start) offset = pushQuoted(tokens, text, 'name', start, start, tables.closing[code]!, 'doubled');
        break;
      case DOT: {
        const next = text.charCodeAt(start + 1);
        if (isDigit(next)) {
          offset = numberEnd(text, start, lexicon);
          tokens.push({ kind: 'number', start, end: offset });
        } else if (next === DOT_CODE && lexicon.operators === 'postgres') {
          offset = start + 2;
          tokens.push({ kind: 'operator', start, end: offset });
        } else if (lexicon.metaCommands === 'dot' && isDotCommand(text, tokens, start, statementFirst)) {
          offset = lineEnd(text, start);
          tokens.push({ kind: 'metaCommand', start, end: offset });
          statementFirst = tokens.length;
        } else {
          offset = start + 1;
          tokens.push({ kind: 'punctuation', start, end: offset });
        }
        break;
      }
      case COLON:
        offset = pushColon(tokens, text, start, lexicon, tables, brackets[brackets.length - 1] === true);
        break;
      case DOLLAR_CLASS:
        offset = pushDollar(tokens, text, start, lexicon, tables);
        break;
      case BRACE:
        offset = pushGlued(tokens, text, start, start, tables);
        break;
      case SIGIL:
        offset = wordEnd(text, start + (text.charCodeAt(start + 1) === code ? 2 : 1), tables);
        tokens.push({ kind: 'parameter', start, end: offset });
        break;
      case QUESTION:
        offset = digitsEnd(text, start + 1, false);
        tokens.push({ kind: 'parameter', start, end: offset });
        break;
      case HASH:
        offset = lineEnd(text, start);
        tokens.push({ kind: 'lineComment', start, end: offset });
        break;
      case BACKSLASH_CLASS:
        // `\;` sends nothing: to everyone but psql it is a plain end of statement.
        offset = text.charCodeAt(start + 1) === SEMICOLON ? start + 1 : lineEnd(text, start);
        tokens.push({ kind: 'metaCommand', start, end: offset });
        if (mayHoldData && isClientCopy(text, start, offset)) dataFrom = nextLine(text, offset);
        break;
      default:
        offset = start + 1;
        tokens.push({ kind: 'unknown', start, end: offset });
    }
  }
  return tokens;
}

/**
 * Whether a token is the given keyword, unquoted, in any case.
 *
 * @param keyword - in lower case
 */
export function isKeyword(text: string, token: Token | undefined, keyword: string): boolean {
  if (token === undefined || token.kind !== 'word' || token.end - token.start !== keyword.length) return false;
  for (let index = 0; index < keyword.length; index++) {
    const code = text.charCodeAt(token.start + index);
    const wanted = keyword.charCodeAt(index);
    // Bit 5 is what sets ASCII's lower case apart; it means that only where the keyword has a letter.
    if (code !== wanted && (wanted < 97 || (code | 32) !== wanted)) return false;
  }
  return true;
}

/** Whether a token is the given single character of punctuation. */
export function isPunctuation(text: string, token: Token | undefined, character: string): boolean {
  return token?.kind === 'punctuation' && token.end - token.start === 1 && text[token.start] === character;
}

/** The characters of a token. */
export function tokenText(text: string, token: Token): string {
  return text.slice(token.start, token.end);
}

/** What a DELIMITER command sets: its argument, without the quotes that it may stand in; `;` where there is none. */
export function delimiterOf(text: string, command: Token): string {
  const argument = tokenText(text, command).split(/\s+/)[1] || ';';
  return /^(['"`]).+\1$/.test(argument) ? argument.slice(1, -1) : argument;
}

/* ---------------------------------------------------------------- Character classes */

/** 0, the value tables start with, is a character that starts no token. */
const SPACE = 1;
const WORD = 2;
const DIGIT = 3;
const OPERATOR = 4;
const PUNCTUATION = 5;
const STRING_QUOTE = 6;
const NAME_QUOTE = 7;
const DOT = 8;
const COLON = 9;
const DOLLAR_CLASS = 10;
const BRACE = 11;
const SIGIL = 12;
const QUESTION = 13;
const HASH = 14;
const BACKSLASH_CLASS = 15;

const BYTE_ORDER_MARK = 0xfeff;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DOUBLE_QUOTE = 34;
const DOLLAR = 36;
const PERCENT = 37;
const AMPERSAND = 38;
const QUOTE = 39;
const PARENTHESIS_CLOSE = 41;
const STAR = 42;
const PLUS = 43;
const DASH = 45;
const DOT_CODE = 46;
const SLASH = 47;
const COLON_CODE = 58;
const SEMICOLON = 59;
const EQUALS = 61;
const BRACKET_OPEN = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const UNDERSCORE = 95;
const BRACE_OPEN = 123;
const BRACE_CLOSE = 125;

const NO_PREFIX = 0;
const UNICODE_PREFIX = 1;
/** Values of {@link Tables.prefixes} from 2 on stand for an entry here. */
const ESCAPES: readonly (QuoteEscape | undefined)[] = [undefined, undefined, 'doubled', 'backslash', 'none'];

/** A lexicon as tables by ASCII code. */
interface Tables {
  readonly classes: Uint8Array;
  readonly wordParts: Uint8Array;
  readonly prefixes: Uint8Array;
  readonly operatorParts: Uint8Array;
  readonly closing: Uint8Array;
  /** Longest first; undefined for PostgreSQL's own rule. */
  readonly operators: readonly string[] | undefined;
  readonly plainEscape: QuoteEscape;
}

const tablesByLexicon = new WeakMap<Lexicon, Tables>();

function tablesOf(lexicon: Lexicon): Tables {
  const known = tablesByLexicon.get(lexicon);
  if (known) return known;
  const tables = buildTables(lexicon);
  tablesByLexicon.set(lexicon, tables);
  return tables;
}

function buildTables(lexicon: Lexicon): Tables {
  const classes = new Uint8Array(128);
  const wordParts = new Uint8Array(128);
  const prefixes = new Uint8Array(128);
  const operatorParts = new Uint8Array(128);
  const closing = new Uint8Array(128);
  const mark = (table: Uint8Array, characters: string, value: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = value;
  };
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  mark(classes, '\0\t\n\v\f\r ', SPACE);
  mark(operatorParts, lexicon.operatorCharacters, 1);
  mark(classes, lexicon.operatorCharacters, OPERATOR);
  mark(classes, '()[],;', PUNCTUATION);
  mark(classes, '.', DOT);
  mark(classes, ':', COLON);
  mark(classes, '{', BRACE);
  if (lexicon.metaCommands === 'backslash') mark(classes, '\\', BACKSLASH_CLASS);
  if (lexicon.questionParameters) mark(classes, '?', QUESTION);
  if (lexicon.hashComments) mark(classes, '#', HASH);
  mark(classes, lexicon.parameterSigils, SIGIL);
  mark(classes, `${letters + letters.toUpperCase()}_${lexicon.wordStart}`, WORD);
  mark(classes, '$', DOLLAR_CLASS);
  mark(classes, '0123456789', DIGIT);
  for (const [open, close] of Object.entries(lexicon.nameQuotes)) {
    mark(classes, open, NAME_QUOTE);
    mark(closing, open, close.charCodeAt(0));
  }
  mark(classes, lexicon.stringQuotes.join(''), STRING_QUOTE);
  mark(wordParts, `${letters + letters.toUpperCase()}_0123456789${lexicon.wordPart}`, 1);
  for (const [prefix, quoteEscape] of Object.entries(lexicon.stringPrefixes)) {
    const value = prefix.length > 1 ? UNICODE_PREFIX : ESCAPES.indexOf(quoteEscape);
    mark(prefixes, prefix[0]! + prefix[0]!.toUpperCase(), value);
  }
  const operators =
    lexicon.operators === 'postgres' ? undefined : [...lexicon.operators].sort((a, b) => b.length - a.length);
  const plainEscape = lexicon.backslashEscapes ? 'backslash' : 'doubled';
  return { classes, wordParts, prefixes, operatorParts, closing, operators, plainEscape };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordPart(text: string, offset: number, tables: Tables): boolean {
  const code = text.charCodeAt(offset);
  return code < 128 ? tables.wordParts[code] === 1 : code >= 128;
}

function isWordStart(text: string, offset: number, tables: Tables): boolean {
  const code = text.charCodeAt(offset);
  return code < 128 ? tables.classes[code] === WORD : code >= 128;
}

/* ---------------------------------------------------------------- Words, numbers, operators */

/** The end of the identifier characters from `offset` on. A `$` that opens a placeholder is none. */
function wordEnd(text: string, offset: number, tables: Tables): number {
  const { wordParts } = tables;
  let end = offset;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code < 128 && (wordParts[code] === 0 || (code === DOLLAR && text.charCodeAt(end + 1) === BRACE_OPEN))) break;
  }
  return end;
}

/** The first place of the delimiter between `from` and `to`, else `to`: `END$$` is two tokens while `$$` ends statements. */
function delimiterBefore(text: string, delimiter: string, from: number, to: number): number {
  if (delimiter === '') return to;
  for (let offset = from; offset < to; offset++) if (text.startsWith(delimiter, offset)) return offset;
  return to;
}

function digitsEnd(text: string, offset: number, separators: boolean): number {
  let end = offset;
  while (isDigit(text.charCodeAt(end)) || (separators && end > offset && isSeparator(text, end))) end++;
  return end;
}

function isSeparator(text: string, offset: number): boolean {
  return text.charCodeAt(offset) === UNDERSCORE && isDigit(text.charCodeAt(offset + 1));
}

function isDigits(text: string, start: number, end: number): boolean {
  return digitsEnd(text, start, false) === end;
}

const RADIX_DIGITS: Readonly<Record<string, RegExp>> = {
  x: /(?:_?[0-9a-f])+/iy,
  o: /(?:_?[0-7])+/y,
  b: /(?:_?[01])+/y,
};

/** The end of the number that starts at `start` with a digit, or with a dot before one. */
function numberEnd(text: string, start: number, lexicon: Lexicon): number {
  if (text.charCodeAt(start) === 48) {
    const digits = RADIX_DIGITS[text.charAt(start + 1).toLowerCase()];
    if (digits) {
      digits.lastIndex = start + 2;
      if (digits.test(text)) return digits.lastIndex;
    }
  }
  let end = digitsEnd(text, start, lexicon.digitSeparator);
  // The dots of `1..10` are an operator of PL/pgSQL and belong to neither number.
  if (
    text.charCodeAt(end) === DOT_CODE &&
    (text.charCodeAt(end + 1) !== DOT_CODE || lexicon.operators !== 'postgres')
  ) {
    end = digitsEnd(text, end + 1, lexicon.digitSeparator);
  }
  if ((text.charCodeAt(end) | 32) === 101) {
    const sign = text.charCodeAt(end + 1);
    const digits = sign === PLUS || sign === DASH ? end + 2 : end + 1;
    if (isDigit(text.charCodeAt(digits))) end = digitsEnd(text, digits, lexicon.digitSeparator);
  }
  return end;
}

/** Characters that let a PostgreSQL operator end in `+` or `-`: ~ ! @ # ^ & | ` ? % */
const FREE_OPERATOR_CHARACTERS = '~!@#^&|`?%';

function operatorEnd(text: string, start: number, tables: Tables): number {
  if (tables.operators) {
    for (const operator of tables.operators) if (text.startsWith(operator, start)) return start + operator.length;
    return start + 1;
  }
  let end = start;
  let lastFree = -1;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code >= 128 || tables.operatorParts[code] === 0) break;
    const next = text.charCodeAt(end + 1);
    if ((code === DASH && next === DASH) || (code === SLASH && next === STAR)) break;
    if (code !== PLUS && code !== DASH && FREE_OPERATOR_CHARACTERS.includes(text[end]!)) lastFree = end;
  }
  if (lastFree >= 0) return end;
  while (end - start > 1 && (text.charCodeAt(end - 1) === PLUS || text.charCodeAt(end - 1) === DASH)) end--;
  return end;
}

/* ---------------------------------------------------------------- Quotes */

function unfinished(kind: TokenKind, start: number, end: number, isUnterminated: boolean): Token {
  return isUnterminated ? { kind, start, end, unterminated: true } : { kind, start, end };
}

/** Pushes the literal or name whose opening quote stands at `open` and returns its end. */
function pushQuoted(
  tokens: Token[],
  text: string,
  kind: 'string' | 'name',
  start: number,
  open: number,
  close: number,
  escapes: QuoteEscape,
): number {
  const end = quotedEnd(text, open + 1, close, escapes);
  tokens.push(unfinished(kind, start, end < 0 ? text.length : end, end < 0));
  return end < 0 ? text.length : end;
}

/** The offset after the closing quote, -1 where the text ends before it. */
function quotedEnd(text: string, from: number, close: number, escapes: QuoteEscape): number {
  for (let offset = from; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === BACKSLASH && escapes === 'backslash') offset++;
    else if (code === close) {
      if (escapes === 'none' || text.charCodeAt(offset + 1) !== close) return offset + 1;
      offset++;
    }
  }
  return -1;
}

/**
 * Whether the string that starts now goes on with an earlier one: nothing but white space with a line break, and line
 * comments, stands between them (SQL's rule for continued literals).
 */
function continuesString(text: string, tokens: readonly Token[], earlier: Token): boolean {
  let index = tokens.length - 1;
  while (index >= 0 && tokens[index]!.kind === 'lineComment') index--;
  return tokens[index] === earlier && hasLineBreakAfter(text, earlier.end);
}

/** Whether a line ends between `offset` and the next character that is neither white space nor in a line comment. */
function hasLineBreakAfter(text: string, offset: number): boolean {
  for (let at = offset; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return true;
    if (code > 32) return code === DASH;
  }
  return false;
}

function blockCommentEnd(text: string, start: number, nested: boolean): number {
  if (!nested) {
    const close = text.indexOf('*/', start + 2);
    return close < 0 ? -1 : close + 2;
  }
  let depth = 1;
  for (let offset = start + 2; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === STAR && text.charCodeAt(offset + 1) === SLASH) {
      offset++;
      if (--depth === 0) return offset + 1;
    } else if (code === SLASH && text.charCodeAt(offset + 1) === STAR) {
      offset++;
      depth++;
    }
  }
  return -1;
}

/** The end of the opening of an executable comment, its version number included; -1 where there is none. */
function executableOpening(text: string, start: number, lexicon: Lexicon): number {
  for (const opening of lexicon.executableComments) {
    if (text.startsWith(opening, start)) return digitsEnd(text, start + opening.length, false);
  }
  return -1;
}

function isDashComment(text: string, start: number, lexicon: Lexicon): boolean {
  return !lexicon.dashCommentNeedsBlank || start + 2 >= text.length || text.charCodeAt(start + 2) <= 32;
}

/* ---------------------------------------------------------------- Lines */

function lineEnd(text: string, offset: number): number {
  for (let end = offset; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return end;
  }
  return text.length;
}

function nextLine(text: string, offset: number): number {
  const end = lineEnd(text, offset);
  return text.charCodeAt(end) === CARRIAGE_RETURN && text.charCodeAt(end + 1) === LINE_FEED ? end + 2 : end + 1;
}

/* ---------------------------------------------------------------- Dollars, colons, placeholders */

function pushDollar(tokens: Token[], text: string, start: number, lexicon: Lexicon, tables: Tables): number {
  const next = text.charCodeAt(start + 1);
  if (next === BRACE_OPEN) return pushGlued(tokens, text, start, start, tables);
  let end = start + 1;
  if (lexicon.dollarQuotes && !isDigit(next)) {
    while (next !== DOLLAR && text.charCodeAt(end) !== DOLLAR && isWordPart(text, end, tables)) end++;
    if (text.charCodeAt(end) === DOLLAR) {
      const tag = text.slice(start, end + 1);
      const close = text.indexOf(tag, end + 1);
      end = close < 0 ? text.length : close + tag.length;
      tokens.push(unfinished('string', start, end, close < 0));
      return end;
    }
    end = start + 1;
  }
  if (lexicon.dollarParameters && isDigit(next)) {
    end = digitsEnd(text, start + 1, false);
    tokens.push({ kind: 'parameter', start, end });
  } else if (lexicon.parameterSigils.includes('$') && isWordPart(text, start + 1, tables)) {
    end = wordEnd(text, start + 1, tables);
    tokens.push({ kind: 'parameter', start, end });
  } else if (lexicon.wordStart.includes('$')) {
    end = wordEnd(text, start + 1, tables);
    tokens.push({ kind: 'word', start, end });
  } else tokens.push({ kind: 'unknown', start, end });
  return end;
}

function pushColon(
  tokens: Token[],
  text: string,
  start: number,
  lexicon: Lexicon,
  tables: Tables,
  inSubscript: boolean,
): number {
  const next = text.charCodeAt(start + 1);
  if (next === COLON_CODE || next === EQUALS) {
    tokens.push({ kind: 'operator', start, end: start + 2 });
    return start + 2;
  }
  if (!inSubscript && !isAttached(text, start, tables)) {
    if (isWordStart(text, start + 1, tables)) {
      const end = wordEnd(text, start + 1, tables);
      tokens.push({ kind: lexicon.colonNames, start, end });
      return end;
    }
    // psql's :'v' and :"v", the variable's value as a literal or a name.
    if (lexicon.metaCommands === 'backslash' && (next === QUOTE || next === DOUBLE_QUOTE)) {
      const end = wordEnd(text, start + 2, tables);
      if (end > start + 2 && text.charCodeAt(end) === next) {
        tokens.push({ kind: 'placeholder', start, end: end + 1 });
        return end + 1;
      }
    }
  }
  tokens.push({ kind: 'punctuation', start, end: start + 1 });
  return start + 1;
}

/** Whether a colon follows a value without a blank, as in `a[1:n]` or `json_object('k':v)`: it separates, it names nothing. */
function isAttached(text: string, start: number, tables: Tables): boolean {
  if (start === 0) return false;
  const before = text.charCodeAt(start - 1);
  const quoteOrClose =
    before === QUOTE || before === DOUBLE_QUOTE || before === PARENTHESIS_CLOSE || before === BRACKET_CLOSE;
  return quoteOrClose || isWordPart(text, start - 1, tables);
}

/** Whether the bracket just pushed opens a subscript or a slice, in which colons separate bounds. */
function isSubscript(text: string, tokens: readonly Token[]): boolean {
  const bracket = tokens[tokens.length - 1]!;
  const before = tokens[tokens.length - 2];
  if (before === undefined || before.end !== bracket.start || isKeyword(text, before, 'array')) return false;
  if (before.kind === 'punctuation') return ')]'.includes(text[before.start]!);
  return (
    before.kind === 'word' || before.kind === 'name' || before.kind === 'parameter' || before.kind === 'placeholder'
  );
}

/**
 * Pushes what starts at `start` and touches a placeholder at `from`, where a `$` or `{` stands: a placeholder with the word
 * characters around it, or the word before it alone, or an unknown character. Returns the end of the token.
 */
function pushGlued(tokens: Token[], text: string, start: number, from: number, tables: Tables): number {
  let end = from;
  let hasHole = false;
  for (;;) {
    const hole = placeholderEnd(text, end, tables);
    if (hole < 0) break;
    if (isTemplateControl(text.slice(end, hole))) {
      if (end > start) break;
      tokens.push({ kind: 'placeholder', start, end: hole });
      return hole;
    }
    hasHole = true;
    end = wordEnd(text, hole, tables);
  }
  if (end === start) {
    tokens.push({ kind: 'unknown', start, end: start + 1 });
    return start + 1;
  }
  tokens.push({ kind: hasHole ? 'placeholder' : 'word', start, end });
  return end;
}

/**
 * Pushes a quoted name that is nothing but a template tag with quotes of its own, `"{{ index .Options "Namespace" }}"`: the engine
 * ends the tag before the server sees any quote. Returns `start` where there is none.
 */
function pushQuotedTag(tokens: Token[], text: string, start: number, quote: number): number {
  if (text.charCodeAt(start + 1) !== BRACE_OPEN || text.charCodeAt(start + 2) !== BRACE_OPEN) return start;
  const close = closingBraces(text, '}}', start + 3);
  if (close < 0 || text.charCodeAt(close + 2) !== quote) return start;
  if (!text.slice(start + 3, close).includes(String.fromCharCode(quote))) return start;
  tokens.push({ kind: 'placeholder', start, end: close + 3 });
  return close + 3;
}

/** The end of the template placeholder that starts at `start`: `${x}`, `{{ x }}`, `{% x %}` or `{$X}`; -1 where none does. */
function placeholderEnd(text: string, start: number, tables: Tables): number {
  const first = text.charCodeAt(start);
  const second = text.charCodeAt(start + 1);
  if (first === DOLLAR && second === BRACE_OPEN) return braceEnd(text, start + 2);
  if (first !== BRACE_OPEN) return -1;
  if (second === BRACE_OPEN) {
    const close = closingBraces(text, '}}', start + 2);
    if (close < 0) return -1;
    const isTriple = text.charCodeAt(start + 2) === BRACE_OPEN && text.charCodeAt(close + 2) === BRACE_CLOSE;
    return close + (isTriple ? 3 : 2);
  }
  if (second === PERCENT) {
    const close = closingBraces(text, '%}', start + 2);
    return close < 0 ? -1 : close + 2;
  }
  if (second === DOLLAR) {
    const end = wordEnd(text, start + 2, tables);
    return end > start + 2 && text.charCodeAt(end) === BRACE_CLOSE ? end + 1 : -1;
  }
  return -1;
}

/** Template tags are short: a longer one is a stray brace, and looking further for each would take quadratic time. */
const LONGEST_TAG = 10_000;
const LONGEST_VARIABLE = 500;

function closingBraces(text: string, braces: string, from: number): number {
  const close = text.slice(from, from + LONGEST_TAG).indexOf(braces);
  return close < 0 ? -1 : from + close;
}

/** The end of `${…}`, whose content may hold braces in pairs but no line break; -1 where it has no end. */
function braceEnd(text: string, from: number): number {
  let depth = 1;
  for (let offset = from; offset < text.length && offset < from + LONGEST_VARIABLE; offset++) {
    const code = text.charCodeAt(offset);
    if (code === BRACE_OPEN) depth++;
    else if (code === BRACE_CLOSE && --depth === 0) return offset + 1;
    else if (code === LINE_FEED || code === CARRIAGE_RETURN) return -1;
  }
  return -1;
}

/* ---------------------------------------------------------------- Client programs */

function firstSignificant(tokens: readonly Token[], from: number): number {
  let index = from;
  while (index < tokens.length && NOT_SQL.has(tokens[index]!.kind)) index++;
  return index;
}

const NOT_SQL: ReadonlySet<TokenKind> = new Set(['lineComment', 'blockComment', 'metaCommand', 'data']);

/** Whether the statement that starts at token `first` and has just ended is COPY … FROM stdin. */
function startsCopyData(text: string, tokens: readonly Token[], first: number): boolean {
  const copy = firstSignificant(tokens, first);
  if (!isKeyword(text, tokens[copy], 'copy')) return false;
  for (let index = copy + 1; index + 1 < tokens.length; index++) {
    if (isKeyword(text, tokens[index], 'from') && isKeyword(text, tokens[index + 1], 'stdin')) return true;
  }
  return false;
}

function isClientCopy(text: string, start: number, end: number): boolean {
  return text.startsWith('\\copy', start) && /\sfrom\s+stdin\b/i.test(text.slice(start, end));
}

const END_OF_DATA = /^\\\.(?=\r?$)/gm;

/** The end of the data lines that start at `from`, `\.` included; -1 without `\.`, as then no client sent this as data. */
function dataEnd(text: string, from: number): number {
  END_OF_DATA.lastIndex = from;
  return END_OF_DATA.test(text) ? END_OF_DATA.lastIndex : -1;
}

/** sqlite3's commands stand at the start of a line, between statements. */
function isDotCommand(text: string, tokens: readonly Token[], start: number, statementFirst: number): boolean {
  if (start > 0 && text.charCodeAt(start - 1) !== LINE_FEED) return false;
  return firstSignificant(tokens, statementFirst) === tokens.length;
}
