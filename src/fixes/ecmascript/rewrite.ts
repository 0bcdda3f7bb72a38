import type { SafeRewrite, TextEdit } from '../../linter/finding.ts';
import { programOf } from '../../parsers/ecmascript/index.ts';
import { child, rangeOf } from '../../parsers/ecmascript/syntax.ts';
import { LEXICONS, tokenize } from '../../parsers/tokenizer/index.ts';
import { splitStatements } from '../../parsers/tokenizer/split.ts';
import type { Range } from '../../source/source-file.ts';
import { applyFixes } from '../apply-edits.ts';
import { type CodeSite, changed, ownStatementOf } from './edits.ts';
import { literalOf } from './literals.ts';
import { CODE_STYLES, type CodeStyle } from './styles.ts';
import { indentAt, nodesWhere } from './tree.ts';

/** Stands for the statement at hand, where a safe form has it as it was written. */
const OWN = 'surefoot_own_statement';

/** A safe form in code, and whether it says itself how the migration gets out of the tool's transaction. */
export interface CodeRewrite extends SafeRewrite {
  readonly leaves: boolean;
}

/**
 * A safe form as the library's users write it: each statement is sent by a call, comments are comments of JavaScript.
 *
 * @param rewrite - SQL
 * @returns undefined where the tool's code has no style, or the form is no SQL
 */
export function rewriteInCode(rewrite: SafeRewrite, site: CodeSite): CodeRewrite | undefined {
  const style = CODE_STYLES[site.tool];
  const { dialect } = site;
  if (style === undefined || rewrite.language !== 'sql' || dialect === 'mongodb') return undefined;
  const { file } = site.segment;
  const written = file.text.slice(...site.statement.range);
  const isCode = site.statement.operations[0]?.sent !== undefined;
  const sql = isCode ? rewrite.text.replaceAll(written, OWN) : rewrite.text;
  const tokens = tokenize(sql, LEXICONS[dialect]);
  const holds = heldHoles(site);
  const lines: string[] = [];
  let leaves = false;
  let next = 0;
  const commentsUpTo = (end: number): void => {
    for (; next < tokens.length && tokens[next]!.start < end; next++) {
      const { kind, start, end: to } = tokens[next]!;
      if (kind !== 'lineComment') continue;
      const comment = sql.slice(start, to).replace(/^--\s*/, '');
      lines.push(`// ${comment}`);
      const leave = /outside a transaction/.test(comment) ? leavingLine(style, file.text) : undefined;
      if (leave === undefined) continue;
      lines.push(leave);
      leaves = true;
    }
  };
  for (const { first, last } of splitStatements(sql, tokens, LEXICONS[dialect])) {
    commentsUpTo(tokens[first]!.start);
    next = last + 1;
    const statement = sql.slice(tokens[first]!.start, tokens[last]!.end);
    const code = codeOf(statement, style, site, holds);
    if (code === undefined) return undefined;
    lines.push(code);
  }
  commentsUpTo(sql.length);
  return { text: lines.join('\n'), language: /\.[cm]?tsx?$/.test(file.path) ? 'typescript' : 'javascript', leaves };
}

function codeOf(
  statement: string,
  style: CodeStyle,
  site: CodeSite,
  isHole: (hole: string) => boolean,
): string | undefined {
  if (statement === OWN) return ownCode(site, style, []);
  if (statement.includes(OWN)) return undefined;
  const edits = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\b/i.test(statement) ? ownOption(style, site) : undefined;
  const own = edits === undefined ? undefined : ownCode(site, style, edits);
  const sent = style.send(style.on, literalOf(statement, style.tag !== undefined, isHole));
  return own ?? `${style.awaits ? 'await ' : ''}${sent};`;
}

/** The index at hand, told to be built concurrently by its own call. */
function ownOption(style: CodeStyle, site: CodeSite): readonly TextEdit[] | undefined {
  return site.operation?.kind === 'createIndex' ? changed('CONCURRENTLY', style, site) : undefined;
}

/** The code statement at hand after some edits, its indentation taken back. */
function ownCode(site: CodeSite, { awaits }: CodeStyle, edits: readonly TextEdit[]): string | undefined {
  const { text } = site.segment.file;
  const found = ownStatementOf(site);
  const body = child(found?.callee, 'body');
  if (found === undefined || body === undefined) return undefined;
  const [start, end]: Range = rangeOf(found.own ?? body);
  const moved = edits.map(edit => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const code = applyFixes(text.slice(start, end), moved.length === 0 ? [] : [{ edits: moved }]).text;
  const dedented = code.replaceAll(`\n${indentAt(text, start)}`, '\n');
  return found.own === undefined ? `${awaits && !/^await\b/.test(dedented) ? 'await ' : ''}${dedented};` : dedented;
}

/** The line of code that takes the migration out of the tool's transaction, where it is one. */
function leavingLine({ outside, on }: CodeStyle, text: string): string | undefined {
  if (outside?.where === 'function') return outside.text.replace('$', on);
  if (outside?.where !== 'file') return undefined;
  return /^\s*(?:import|export)\b/m.test(text) ? outside.modules : outside.commonjs;
}

/** Whether a `${name}` of SQL is one of the code's own: not one that a string of the file holds as text. */
function heldHoles({ segment }: CodeSite): (hole: string) => boolean {
  const { program } = programOf(segment.file);
  const texts = nodesWhere(program, ({ type, value }) => type === 'Literal' && typeof value === 'string').map(
    ({ value }) => String(value),
  );
  return hole => !texts.some(text => text.includes(hole));
}
