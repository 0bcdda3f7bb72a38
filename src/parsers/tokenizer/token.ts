/**
 * A lexical token. Ranges are UTF-16 offsets into the tokenized text; white space is between tokens and is none itself.
 *
 * - `word`: an unquoted identifier or keyword          - `name`: a quoted identifier (`"a"`, `` `a` ``, `[a]`)
 * - `string`: a string literal in any notation, dollar quotes included       - `number`
 * - `operator`: `=`, `<>`, `::`, `->>` …                - `punctuation`: one of `( ) [ ] , ; .` and a lone `:`
 * - `parameter`: `$1`, `?`, `@x`                        - `placeholder`: text a template engine replaces: `${x}`, `{{ x }}`, `:name`
 * - `lineComment`, `blockComment`
 * - `metaCommand`: a psql backslash command up to the end of its line       - `data`: the lines of COPY … FROM stdin, `\.` included
 * - `unknown`: a character that no token starts with
 */
export type TokenKind =
  | 'word'
  | 'name'
  | 'string'
  | 'number'
  | 'operator'
  | 'punctuation'
  | 'parameter'
  | 'placeholder'
  | 'lineComment'
  | 'blockComment'
  | 'metaCommand'
  | 'data'
  | 'unknown';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** True for a string, quoted name or block comment that the text ends inside of. */
  readonly unterminated?: true;
}
