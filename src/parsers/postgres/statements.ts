import type { WrittenExpression } from '../../operations/expressions.ts';
import type { Block, Operation } from '../../operations/operations.ts';
import type { Statement } from '../../operations/statements.ts';
import { type Fragment, joinFragments, substituteFragment, toSourceOffset } from '../../source/fragment.ts';
import type { Range } from '../../source/source-file.ts';
import { decodeString } from '../tokenizer/literals.ts';
import type { DoStmt, Node, RangeVar } from './ast.ts';
import { nodeAs, nodeName } from './ast.ts';
import { optionNamed } from './definitions.ts';
import { written } from './expressions.ts';
import { lowerStatement } from './lower/index.ts';
import { base } from './lower/lowerers.ts';
import { type PlpgsqlItem, readBlock } from './plpgsql.ts';
import { isSymbol, isWord, narrow, next, rangeOf, type Source, wholeRange } from './source-text.ts';
import { type ParsedStatement, parseUnit } from './unit.ts';

/** Where statements go, and what stands around them. */
interface Target {
  /** The list being made; nested statements follow their parent. */
  readonly statements: Statement[];
  readonly parent?: number;
  readonly blocks?: readonly Block[];
}

/** Lowers the statements of a text, nested ones included, in order. */
export function lowerStatements(parsed: readonly ParsedStatement[]): readonly Statement[] {
  const statements: Statement[] = [];
  for (const statement of parsed) add(statement, { statements });
  return statements;
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

/** The head of a statement: that of its operation, or the words before the first of several clauses of an ALTER TABLE. */
function statementHead(operations: readonly Operation[], source: Source): Range {
  const [first] = operations;
  const start = rangeOf(source, source.first, source.first)[0];
  if (first === undefined) return wholeRange(source);
  if ('table' in first && first.range[0] > start && 'range' in first.table && first.table.range !== undefined) {
    return [start, first.table.range[1]];
  }
  if ('index' in first && first.range[0] > start && typeof first.index === 'object')
    return [start, first.index.range?.[1] ?? first.head[1]];
  return first.range[0] > start ? [start, first.range[0]] : first.head;
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
  const inner: Target = { statements: target.statements, parent };
  if (language !== 'plpgsql') {
    const range = rangeOf(source, bodyAt, bodyAt);
    const message = `a DO block in ${language} is not read`;
    pushStatement(range, range, [{ kind: 'unreadable', range, head: range, reason: 'language', message }], inner);
    return;
  }
  for (const item of items) {
    const blocks = [...(target.blocks ?? []), ...item.blocks];
    addItem(item, { ...inner, blocks }, variables);
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
