import type { TextEdit } from '../../linter/finding.ts';
import type { Segment } from '../../linter/migration.ts';
import type { Operation } from '../../operations/operations.ts';
import type { Statement } from '../../operations/statements.ts';
import { programOf } from '../../parsers/ecmascript/index.ts';
import { child, children, type Node, nameOf, rangeOf } from '../../parsers/ecmascript/syntax.ts';
import type { Dialect } from '../../server/server.ts';
import type { Range } from '../../source/source-file.ts';
import { asSent } from './as-sent.ts';
import { escaped, literalOf } from './literals.ts';
import { type Change, CODE_STYLES, type CodeStyle, type Outside } from './styles.ts';
import { indentAt, isFunction, nodesWhere, pathTo } from './tree.ts';

/** What edits are about: a statement in a migration that is code. */
export interface CodeSite {
  readonly tool: string;
  readonly dialect: Dialect;
  readonly segment: Pick<Segment, 'file' | 'script' | 'transaction'>;
  readonly statement: Statement;
  /** The operation of the statement, where it is about one. */
  readonly operation: Operation | undefined;
}

/** Clauses that no statement may have in a transaction. */
const OUTSIDE_ONLY = 'CONCURRENTLY';

/** Where a clause goes in the SQL of an operation, of those for which SQL can take a call's place. */
const PLACES: Readonly<Record<string, (operation: Operation) => number | undefined>> = {
  [OUTSIDE_ONLY]: ({ anchors }) => anchors?.object?.[1],
  'NOT VALID': ({ range }) => range[1],
};

/** A statement as the server reads it, rather than calls that make it. */
const SQL_START = /^\s*(?:ALTER|CREATE|DROP|REINDEX|REFRESH|UPDATE|DELETE|INSERT|SET|DO|TRUNCATE|COMMENT|VACUUM)\s/i;

/**
 * Edits of SQL as edits of the code that it is made of: escaped where it stands in a string, in the library's own way where calls
 * build it, and with what takes the migration out of its transaction where the statement must not be in one.
 *
 * @param edits - insertions into the SQL, at the places in the file that the SQL maps to
 * @returns undefined where the code cannot say it
 */
export function editsInCode(site: CodeSite, edits: readonly TextEdit[]): readonly TextEdit[] | undefined {
  const style = CODE_STYLES[site.tool];
  const { file } = site.segment;
  const [first] = edits;
  const clause = edits.length === 1 && first!.start === first!.end ? first!.text.trim() : '';
  if (style !== undefined && /;$/.test(clause)) return before(clause.slice(0, -1), style, site);
  const isWritten = SQL_START.test(file.text.slice(...site.statement.range));
  const made = isWritten
    ? inLiterals(edits, site)
    : style === undefined
      ? undefined
      : (changed(clause, style, site) ?? replaced(clause, style, site));
  if (made === undefined || clause !== OUTSIDE_ONLY || site.segment.transaction === 'none') return made;
  const outside = style?.outside === undefined ? undefined : leave(style.outside, site);
  return outside === undefined ? undefined : [...made, ...outside];
}

/** The nodes around a place of the site's file. */
function around({ segment }: CodeSite, range: Range): readonly Node[] {
  return pathTo(programOf(segment.file).program, range);
}

/** Edits inside of string and template literals. */
function inLiterals(edits: readonly TextEdit[], site: CodeSite): readonly TextEdit[] | undefined {
  const made = edits.flatMap(({ start, end, text }): readonly TextEdit[] => {
    const quote = quoteAround(around(site, [start, end]).at(-1), start, end, site);
    return quote === undefined ? [] : [{ start, end, text: escaped(text, quote) }];
  });
  return made.length === edits.length ? made : undefined;
}

/** What delimits the literal that a range is inside of. */
function quoteAround(node: Node | undefined, start: number, end: number, { segment }: CodeSite): string | undefined {
  if (node === undefined) return undefined;
  const [from, to] = rangeOf(node);
  if (node.type === 'TemplateElement' || node.type === 'TemplateLiteral') return '`';
  const isText = node.type === 'Literal' && typeof node.value === 'string' && from < start && end < to;
  return isText ? segment.file.text[from] : undefined;
}

/* ---------------------------------------------------------------- Calls */

/**
 * The code statement that a statement of SQL is made in, where the function around it runs where it stands.
 *
 * @returns `own` is undefined where the function's body is an expression
 */
export function ownStatementOf(site: CodeSite): { readonly callee: Node; readonly own: Node | undefined } | undefined {
  const path = around(site, site.statement.range);
  const callee = path[path.findLastIndex((node, index) => isFunction(node) && isBody(node, path[index - 1]))];
  if (callee === undefined) return undefined;
  const statements = children(child(callee, 'body'), 'body');
  return { callee, own: path.find(node => statements.includes(node)) };
}

/** The call that makes an operation: the innermost that holds its range. */
function callOf(
  site: CodeSite,
): { readonly call: Node; readonly method: string; readonly path: readonly Node[] } | undefined {
  if (site.operation === undefined) return undefined;
  const path = around(site, site.operation.range);
  const at = path.findLastIndex(({ type }) => type === 'CallExpression');
  const call = path[at];
  const method = nameOf(child(child(call, 'callee'), 'property'));
  return call === undefined || method === undefined ? undefined : { call, method, path: path.slice(0, at) };
}

/** What a call can be told by itself. */
export function changed(clause: string, { changes }: CodeStyle, site: CodeSite): readonly TextEdit[] | undefined {
  const found = callOf(site);
  const change = changes[`${found?.method} ${clause}`];
  if (found === undefined || change === undefined) return undefined;
  const { text } = site.segment.file;
  // A library's own transaction, handed over by an option: nothing is said of it here.
  if (clause === OUTSIDE_ONLY && /\btransaction\b/.test(text.slice(...rangeOf(found.call)))) return undefined;
  return CHANGES[change.how](found.call, change as never, text);
}

const CHANGES: {
  readonly [How in Change['how']]: (
    call: Node,
    change: Change & { how: How },
    text: string,
  ) => readonly TextEdit[] | undefined;
} = {
  option(call, { at, orAt, key }, text) {
    const args = children(call, 'arguments');
    const last = args.at(-1);
    const isShort = orAt !== undefined && args.length === at && args[orAt]?.type === 'ObjectExpression';
    const given = args[isShort ? orAt : at];
    if (given === undefined) {
      if (args.length !== at || last === undefined) return undefined;
      return [insertion(rangeOf(last)[1], `, { ${key}: true }`)];
    }
    const options = given.type === 'NewExpression' ? children(given, 'arguments')[0] : given;
    if (options?.type !== 'ObjectExpression') return undefined;
    const [from, to] = rangeOf(options);
    const names = children(options, 'properties').map(property => nameOf(child(property, 'key')));
    if (names.includes(key)) return undefined;
    if (names.length === 0) return [{ start: from, end: to, text: `{ ${key}: true }` }];
    const [first] = rangeOf(children(options, 'properties')[0]!);
    const isBroken = text.slice(from, first).includes('\n');
    return [insertion(first, `${key}: true,${isBroken ? `\n${indentAt(text, first)}` : ' '}`)];
  },
  chain: (call, { text }) => [insertion(rangeOf(call)[1], text)],
  method(call, { name }) {
    const property = child(child(call, 'callee'), 'property');
    if (property === undefined) return undefined;
    const [start, end] = rangeOf(property);
    return [{ start, end, text: name }];
  },
};

const insertion = (at: number, text: string): TextEdit => ({ start: at, end: at, text });

/** SQL in place of a call that cannot say what is wanted. */
function replaced(clause: string, style: CodeStyle, site: CodeSite): readonly TextEdit[] | undefined {
  const { operation, segment } = site;
  const placeOf = PLACES[clause];
  const found = callOf(site);
  if (operation?.sent === undefined || placeOf === undefined || found === undefined || isRepeated(site))
    return undefined;
  const sent = asSent(operation.sent, site.dialect);
  const at = sent === undefined || sent.count > 1 ? undefined : placeOf(sent.operation);
  if (sent === undefined || at === undefined) return undefined;
  const { text } = sent.file;
  // What only the run knows has no name in SQL.
  if (text.includes('${')) return undefined;
  const isLower = /^[a-z]/.test(text);
  const whole = `${text.slice(0, at)} ${isLower ? clause.toLowerCase() : clause}${text.slice(at)}`.trim();
  const literal = literalOf(whole, style.tag !== undefined);
  const { file } = segment;
  if (style.replaces === 'call') return replacedCall(found, style, literal, file.text);
  if (style.replaces === 'command') return replacedCommand(found, literal, file.text);
  return style.replaces === 'chain' ? replacedChain(found, style, literal, site) : undefined;
}

/** Whether one place of the code makes several statements: a loop, a helper. */
function isRepeated({ segment, statement }: CodeSite): boolean {
  const [start, end] = statement.range;
  return segment.script.statements.filter(({ range }) => range[0] === start && range[1] === end).length > 1;
}

type FoundCall = NonNullable<ReturnType<typeof callOf>>;

/** Names of the function that is called back when a call is done. */
const CALLBACK = /^(?:callback|cb|done|next)$/i;

function replacedCall(
  { call }: FoundCall,
  style: CodeStyle,
  literal: string,
  text: string,
): readonly TextEdit[] | undefined {
  const object = child(child(call, 'callee'), 'object');
  const last = children(call, 'arguments').at(-1);
  if (object?.type !== 'Identifier' || last === undefined || /\btransaction\b/.test(text.slice(...rangeOf(last))))
    return undefined;
  const [start, end] = rangeOf(call);
  const isCallback = isFunction(last) || CALLBACK.test(nameOf(last) ?? '');
  const callback = isCallback ? `, ${text.slice(...rangeOf(last))}` : '';
  return [{ start, end, text: style.send(nameOf(object)!, `${literal}${callback}`) }];
}

/** Calls whose callbacks describe a table. */
const TABLE_CALLS = new Set(['alterTable', 'table']);

/** A command in a table's callback, as `raw` behind the table's call or in its place. */
function replacedCommand({ call, path }: FoundCall, literal: string, text: string): readonly TextEdit[] | undefined {
  const at = path.findLastIndex(node => TABLE_CALLS.has(nameOf(child(child(node, 'callee'), 'property')) ?? ''));
  const tableCall = path[at];
  const callback = path.slice(at + 1).find(isFunction);
  const body = child(callback, 'body');
  if (tableCall === undefined || body === undefined) return undefined;
  const [, end] = rangeOf(tableCall);
  const [name] = rangeOf(child(child(tableCall, 'callee'), 'property')!);
  const own = path.findLast(({ type }) => type === 'ExpressionStatement');
  const isOwn = own !== undefined && rangeOf(own)[0] >= rangeOf(body)[0];
  const column = child(child(call, 'callee'), 'object');
  const isKey = firstMethodOf(call) === 'foreign';
  const behind = column?.type === 'CallExpression' && !isKey;
  // `t.index(…)` is all that its statement does, `t.foreign(…).references(…)` as well; of a column's calls one can be taken out.
  const isWhole = isKey
    ? isOwn && rangeOf(own)[0] === rangeOf(call)[0]
    : path.at(-1) === own || path.at(-1) === callback;
  if (behind ? nameOf(child(child(call, 'callee'), 'property')) !== 'index' : !isWhole) return undefined;
  const alone = !behind && (!isOwn || children(body, 'body').length === 1);
  if (alone) return [{ start: name, end, text: `raw(${literal})` }];
  const cut: TextEdit = behind
    ? { start: rangeOf(column)[1], end: rangeOf(call)[1], text: '' }
    : withLine(rangeOf(own!), text);
  return [cut, insertion(end, `.raw(${literal})`)];
}

/** The name of the first call of a chain. */
function firstMethodOf(call: Node): string | undefined {
  let first = call;
  for (let at = child(child(call, 'callee'), 'object'); at?.type === 'CallExpression'; ) {
    first = at;
    at = child(child(at, 'callee'), 'object');
  }
  return nameOf(child(child(first, 'callee'), 'property'));
}

/** A statement out of the code, with its line where nothing else is on it. */
function withLine([start, end]: Range, text: string): TextEdit {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const newline = text.indexOf('\n', end);
  const isAlone = text.slice(from, start).trim() === '' && newline !== -1 && text.slice(end, newline).trim() === '';
  return isAlone ? { start: from, end: newline + 1, text: '' } : { start, end, text: '' };
}

/** Whether the file has imported what the library writes SQL with. */
function hasTag({ tag }: CodeStyle, text: string): boolean {
  return tag === undefined || new RegExp(`\\bimport\\s*\\{[^}]*\\b${tag}\\b[^}]*\\}\\s*from\\b`).test(text);
}

/** A chain of calls up to `execute()`, where the file has `sql` to write it with. */
function replacedChain(
  { call, path }: FoundCall,
  style: CodeStyle,
  literal: string,
  site: CodeSite,
): readonly TextEdit[] | undefined {
  const { text } = site.segment.file;
  let whole = call;
  for (const node of [...path].reverse()) {
    if (!/^(?:MemberExpression|CallExpression|ChainExpression)$/.test(node.type)) break;
    if (rangeOf(node)[0] !== rangeOf(call)[0]) break;
    whole = node;
  }
  let root: Node | undefined = whole;
  while (root !== undefined && root.type !== 'Identifier')
    root = child(root, root.type === 'CallExpression' ? 'callee' : 'object');
  const isRun = nameOf(child(child(whole, 'callee'), 'property')) === 'execute';
  if (!isRun || root === undefined || !/\bimport\s*\{[^}]*\bsql\b[^}]*\}\s*from\s*['"]kysely['"]/.test(text))
    return undefined;
  const [start, end] = rangeOf(whole);
  return [{ start, end, text: style.send(nameOf(root)!, literal) }];
}

/* ---------------------------------------------------------------- Statements of their own */

/** A statement that is sent before the one at hand, where the code waits for it. */
function before(sql: string, style: CodeStyle, site: CodeSite): readonly TextEdit[] | undefined {
  const { text } = site.segment.file;
  if (!style.session || !hasTag(style, text)) return undefined;
  const { callee, own } = ownStatementOf(site) ?? {};
  if (callee === undefined || (style.awaits && callee.async !== true)) return undefined;
  const on = own === undefined ? undefined : receiverIn(text.slice(...rangeOf(own)), callee, style);
  if (own === undefined || on === undefined) return undefined;
  const [start] = rangeOf(own);
  const sent = `${style.awaits ? 'await ' : ''}${style.send(on, literalOf(sql, style.tag !== undefined))};`;
  return [insertion(start, `${sent}\n${indentAt(text, start)}`)];
}

/** Whether a function runs as a whole where it stands, rather than describe something to what it is handed to. */
function isBody(node: Node, parent: Node | undefined): boolean {
  return node.async === true || parent?.type !== 'CallExpression';
}

/** What a function calls the library's object, as a statement of it uses it. */
function receiverIn(statement: string, callee: Node, { on }: CodeStyle): string | undefined {
  if (on.startsWith('this')) return on;
  const names = children(callee, 'params').flatMap(parameter => nameOf(parameter) ?? []);
  const used = names.filter(name =>
    new RegExp(`(?:^|[^.\\w$])${name.replaceAll('$', '\\$')}\\s*(?:[.(]|\\?\\.)|\\.execute\\(${name}\\)`).test(
      statement,
    ),
  );
  const [only] = used;
  return used.length === 1 ? only : undefined;
}

/** What takes the migration out of the tool's transaction. */
function leave(outside: Outside, site: CodeSite): readonly TextEdit[] | undefined {
  const { text } = site.segment.file;
  const { program } = programOf(site.segment.file);
  switch (outside.where) {
    case 'file': {
      if (/\bconfig\b\s*[:=]/.test(text)) return undefined;
      const isModule = children(program, 'body').some(({ type }) => /^(?:Import|Export)/.test(type));
      const statement = isModule ? outside.modules : outside.commonjs;
      return [insertion(text.length, `${/\n\s*$/.test(text) ? '' : '\n'}\n${statement}\n`)];
    }
    case 'class': {
      const [body] = nodesWhere(program, ({ type }) => type === 'ClassBody');
      return body === undefined ? undefined : [insertion(rangeOf(body)[0] + 1, `\n  ${outside.text}\n`)];
    }
    case 'function': {
      const entry = around(site, site.statement.range).find(isFunction);
      const body = child(entry, 'body');
      const name = nameOf(children(entry, 'params')[0]);
      if (body === undefined || !/^(?:BlockStatement|FunctionBody)$/.test(body.type) || name === undefined)
        return undefined;
      return [insertion(rangeOf(body)[0] + 1, `\n  ${outside.text.replace('$', name)}`)];
    }
  }
}
