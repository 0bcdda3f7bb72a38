import type { WrittenExpression } from '../../operations/expressions.ts';
import type { Block, Operation } from '../../operations/operations.ts';
import type { Comment, Script, Statement } from '../../operations/statements.ts';
import {
  type Fragment,
  joinFragments,
  substituteFragment,
  toSourceOffset,
  toSourceRange,
} from '../../source/fragment.ts';
import type { Range } from '../../source/source-file.ts';
import { isSymbol, isWord, narrow, next, rangeOf, type Source, wholeRange } from '../source-text.ts';
import { LEXICONS, type Token, tokenize } from '../tokenizer/index.ts';
import { decodeString } from '../tokenizer/literals.ts';
import type { DoStmt, Node, RangeVar } from './ast.ts';
import { nodeAs, nodeName } from './ast.ts';
import { optionNamed } from './definitions.ts';
import { written } from './expressions.ts';
import { lowerStatement } from './lower/index.ts';
import { base } from './lower/lowerers.ts';
import { type PlpgsqlItem, readBlock } from './plpgsql.ts';
import { type ParsedStatement, parseUnit, type Unit } from './unit.ts';

/** Where statements go, and what stands around them. */
interface Target {
  /** The list being made; nested statements follow their parent. */
  readonly statements: Statement[];
  readonly comments: Comment[];
  readonly parent?: number;
  readonly blocks?: readonly Block[];
}

/** Lowers the statements of a text, nested ones included, in order, with the comments in it and in its DO blocks. */
export function lowerUnit(unit: Unit, fragment: Fragment): Script {
  const statements: Statement[] = [];
  const comments = unit.comments.map(token => commentOf(token, fragment));
  const ownComments = comments.length;
  for (const statement of unit.statements) add(statement, { statements, comments });
  if (comments.length > ownComments) comments.sort((a, b) => a.range[0] - b.range[0]);
  return { statements, comments };
}

function commentOf(token: Token, fragment: Fragment): Comment {
  const isLine = token.kind === 'lineComment';
  const end = isLine || token.unterminated === true ? token.end : token.end - 2;
  return {
    range: toSourceRange(fragment, token.start, token.end),
    text: fragment.text.slice(token.start + 2, Math.max(end, token.start + 2)),
    style: isLine ? 'line' : 'block',
  };
}

function add(parsed: ParsedStatement, target: Target): void {
  const { source } = parsed;
  if (!('node' in parsed)) {
    const head = rangeOf(source, parsed.at, parsed.at);
    push(
      { kind: 'unreadable', range: wholeRange(source), head, reason: parsed.reason, message: parsed.message },
      source,
      target,
    );
    return;
  }
  const block = nodeAs(parsed.node, 'DoStmt');
  if (block !== undefined) {
    addBlock(block, source, target);
    return;
  }
  const index = pushAll(operationsOf(parsed.node, source), source, target);
  const schema = nodeAs(parsed.node, 'CreateSchemaStmt');
  for (const element of schemaElements(schema?.schemaname, schema?.schemaElts, source)) {
    pushAll(operationsOf(element.node, element.source), element.source, { ...target, parent: index });
  }
}

function operationsOf(node: Node, source: Source): readonly Operation[] {
  try {
    return lowerStatement(node, source);
  } catch (error) {
    // A stack that ends is the text's fault: nothing else in it can make lowering fail.
    if (!(error instanceof RangeError)) throw error;
    const message = 'statement is nested too deeply to be read';
    return [{ kind: 'unreadable', ...base(source, source.first), reason: 'syntax error', message }];
  }
}

function push(operation: Operation, source: Source, target: Target): number {
  return pushAll([operation], source, target);
}

/** Adds a statement. @returns its index */
function pushAll(operations: readonly Operation[], source: Source, target: Target): number {
  return pushStatement(wholeRange(source), statementHead(operations, source), operations, target);
}

function pushStatement(range: Range, head: Range, operations: readonly Operation[], target: Target): number {
  const { blocks, parent } = target;
  const within =
    blocks === undefined || blocks.length === 0 ? operations : operations.map(operation => ({ ...operation, blocks }));
  target.statements.push({ range, head, operations: within, ...(parent === undefined ? {} : { parent }) });
  return target.statements.length - 1;
}

/** The head of a statement: that of its operation, or the words before the first clause of an ALTER TABLE. */
function statementHead(operations: readonly Operation[], source: Source): Range {
  const first = operations[0]!;
  if (first.range[0] <= rangeOf(source, source.first, source.first)[0]) return first.head;
  let last = source.first;
  while (last < source.last && rangeOf(source, last + 1, last + 1)[0] < first.range[0]) last++;
  return rangeOf(source, source.first, last);
}

/* ---------------------------------------------------------------- CREATE SCHEMA */

/** The elements of a CREATE SCHEMA, each with its own tokens; what they make is in the schema. */
function schemaElements(
  schema: string | undefined,
  nodes: readonly Node[] | undefined,
  source: Source,
): readonly { readonly node: Node; readonly source: Source }[] {
  if (nodes === undefined) return [];
  const starts: number[] = [];
  for (let index = source.first + 2; index <= source.last; index = next(source, index)) {
    const isElement = isWord(source, index, 'CREATE') || isWord(source, index, 'GRANT');
    // CREATE is a privilege, too.
    const isPrivilege = isWord(source, index - 1, 'GRANT') || isSymbol(source, index - 1, ',');
    if (isElement && !isPrivilege) starts.push(index);
  }
  return nodes.map((node, index) => ({
    node: inSchema(node, schema),
    source: narrow(source, starts[index] ?? source.first, (starts[index + 1] ?? source.last + 1) - 1),
  }));
}

/** The field that names what an element of CREATE SCHEMA makes, or makes it on. */
const ELEMENT_RELATIONS: Readonly<Record<string, string>> = {
  CreateStmt: 'relation',
  CreateSeqStmt: 'sequence',
  ViewStmt: 'view',
  IndexStmt: 'relation',
  CreateTrigStmt: 'relation',
};

function inSchema(node: Node, schema: string | undefined): Node {
  const name = nodeName(node);
  const field = ELEMENT_RELATIONS[name];
  if (field === undefined || schema === undefined) return node;
  const fields = (node as Readonly<Record<string, unknown>>)[name] as Readonly<Record<string, unknown>>;
  const relation = fields[field] as RangeVar;
  return {
    [name]: { ...fields, [field]: { ...relation, schemaname: relation.schemaname ?? schema } },
  } as unknown as Node;
}

/* ---------------------------------------------------------------- DO */

function addBlock(node: DoStmt, source: Source, target: Target): void {
  const language = nodeAs(optionNamed(node.args, 'language')?.arg, 'String')?.sval?.toLowerCase() ?? 'plpgsql';
  const bodyAt = bodyIndex(source);
  const body = decodeString(source.text.fragment, source.text.tokens[bodyAt]!);
  const { items, variables } =
    language === 'plpgsql' ? readBlock(body, readCondition) : { items: [], variables: new Set<string>() };
  const commits = items.some(item => item.kind === 'commit');
  const parent = push({ kind: 'do', ...base(source, source.first), language, commits }, source, target);
  const inner: Target = { statements: target.statements, comments: target.comments, parent };
  if (language !== 'plpgsql') {
    const range = rangeOf(source, bodyAt, bodyAt);
    const message = `a DO block in ${language} is not read`;
    pushStatement(range, range, [{ kind: 'unreadable', range, head: range, reason: 'language', message }], inner);
    return;
  }
  addComments(body, target);
  for (const item of items) {
    const blocks = [...(target.blocks ?? []), ...item.blocks];
    addItem(item, { ...inner, blocks }, variables);
  }
}

function addComments(body: Fragment, target: Target): void {
  if (!body.text.includes('--') && !body.text.includes('/*')) return;
  for (const token of tokenize(body.text, LEXICONS.postgres)) {
    if (token.kind === 'lineComment' || token.kind === 'blockComment') target.comments.push(commentOf(token, body));
  }
}

/** The index of the body: the string that is not the language's name. */
function bodyIndex(source: Source): number {
  const { tokens } = source.text;
  for (let index = source.first + 1; index <= source.last; index++) {
    if (tokens[index]!.kind === 'string' && !isWord(source, index - 1, 'LANGUAGE')) return index;
  }
  return source.last;
}

function addItem(item: PlpgsqlItem, target: Target, variables: ReadonlySet<string>): void {
  const { range } = item;
  switch (item.kind) {
    case 'sql':
      for (const statement of parseUnit(item.fragment, { variables }).statements) add(statement, target);
      return;
    case 'execute': {
      const { statements } = parseUnit(item.sql, { variables, holes: item.holes });
      const isKnown = item.holes.size === 0 || statements.every(statement => 'node' in statement);
      if (isKnown) for (const statement of statements) add(statement, target);
      else addUnreadable(range, 'dynamic', 'the text of this EXECUTE is known at run time only', target);
      return;
    }
    case 'dynamic':
      addUnreadable(range, 'dynamic', 'the text of this EXECUTE is known at run time only', target);
      return;
    case 'unreadable':
      addUnreadable(range, item.reason, item.message, target);
      return;
    default: {
      const kind = item.kind === 'commit' ? 'commitTransaction' : 'rollbackTransaction';
      pushStatement(range, range, [{ kind, range, head: range, ...(item.chain ? { chain: true } : {}) }], target);
    }
  }
}

function addUnreadable(
  range: Range,
  reason: 'dynamic' | 'syntax error' | 'template',
  message: string,
  target: Target,
): void {
  pushStatement(range, range, [{ kind: 'unreadable', range, head: range, reason, message }], target);
}

/** The condition of a branch in PL/pgSQL as an expression. */
function readCondition(condition: Fragment): WrittenExpression | undefined {
  const at = toSourceOffset(condition, 0);
  const select = joinFragments([substituteFragment(condition.file, 'SELECT ', [at, at]), condition]);
  const [only] = parseUnit(select).statements;
  if (only === undefined || !('node' in only)) return undefined;
  const target = nodeAs(nodeAs(only.node, 'SelectStmt')?.targetList?.[0], 'ResTarget')?.val;
  return target === undefined ? undefined : written(target, only.source, only.source.first + 1, only.source.last);
}
