import { dialectNamed } from '../../migration-tools/dialect-names.ts';
import type { Block, Operation } from '../../operations/operations.ts';
import type { CodeFact } from '../../operations/statements.ts';
import { type Fragment, fragmentOf, joinFragments, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import { OWN } from './imports.ts';
import type { Library, Output } from './library.ts';
import { inMysql } from './mysql-text.ts';
import { decodeLiteral, holeFragment } from './strings.ts';
import { child, children, isNode, type Node, nameOf, rangeOf } from './syntax.ts';
import { type Chain, type FunctionValue, type Link, type Scope, spreadsIn, type Value } from './values.ts';

/**
 * Nodes looked at before the rest is given up, besides one for each character: loops within loops over long lists would not end,
 * while data that is written out does.
 */
const MOST_STEPS = 200_000;
/** Calls within calls: below what the stack holds, above what migrations have. */
const MOST_CALLS = 60;
/** Syntax within syntax: a concatenation of thousands of parts is a deep tree. */
const MOST_DEPTH = 800;

/** How a list of statements ended. */
type Completion = 'on' | 'return' | 'break' | 'continue';

/** The state of one run over a file. */
interface Run {
  readonly file: SourceFile;
  readonly library: Library;
  readonly out: Output;
  readonly sent: WeakSet<Chain>;
  /** Chains that a builder's callback makes, by their root. */
  readonly gathered: Map<string, Chain[]>;
  readonly inTransaction: boolean;
  steps: number;
  calls: number;
  depth: number;
  /** The branches, loops and handlers around what is looked at. */
  readonly blocks: Block[];
  /** The transactions around what is looked at: whether a chain runs in them, and whether their end is the server's to know. */
  readonly transactions: { readonly isInside: (chain: Chain) => boolean; readonly sent: boolean }[];
  /** Statements sent so far. */
  sends: number;
  /** Places said to be unreadable so far. */
  notes: number;
  fact(kind: CodeFact['kind'], node: Node): void;
  refuse(node: Node): void;
  /** Above 0 where the code may run or not, or more than once: what it assigns is not known after it. */
  unsure: number;
  returned: Value | undefined;
  /** Returns so far from a branch that may be taken or not. */
  left: number;
  gaveUp: boolean;
}

/** The values of a module, and a way to call them. */
export interface Evaluated {
  /** What it exports. */
  readonly exported: ReadonlyMap<string, Value>;
  /** Its own top-level names. */
  readonly names: ReadonlyMap<string, Value>;
  call(callee: FunctionValue, args: readonly Value[]): void;
  /** The chains that a call sends, in order, none of them run. */
  collect(callee: FunctionValue, args: readonly Value[]): readonly Chain[];
  /** Says what undoes a chain. */
  reverse(chain: Chain): void;
  /** An object of a class. */
  instance(of: Value & { kind: 'class' }): Value;
  method(of: Value & { kind: 'class' }, name: string): FunctionValue | undefined;
}

/** Where what is read goes. */
export interface Host extends Pick<Output, 'dialect' | 'inTransaction' | 'unreadable'> {
  /** SQL as the server receives it, with what decides in the code whether and how often. */
  sql(fragment: Fragment, blocks: readonly Block[]): void;
  /** What is done other than by SQL. */
  statement(range: Range, operations: readonly Operation[], blocks: readonly Block[]): void;
  fact(kind: CodeFact['kind'], node: Node): void;
  /** An error that ends the migration in any case. */
  refuse(node: Node): void;
}

/**
 * Follows a module's top level as far as it is known before it runs: constants, functions, classes, exports. What its functions
 * do with the database is said to `out` when they are called.
 */
export function evaluate(program: Node, file: SourceFile, library: Library, output: Host): Evaluated {
  const exported: Value & { kind: 'record' } = { kind: 'record', entries: new Map(), open: false, node: program };
  const module: Value = { kind: 'record', entries: new Map([['exports', exported]]), open: false, node: program };
  const scope: Scope = {
    names: new Map<string, Value>([
      ['exports', exported],
      ['module', module],
      ['undefined', { kind: 'constant', value: undefined, node: program }],
      ...Object.entries(library.globals ?? {}).map(([name, root]): [string, Value] => [
        name,
        { kind: 'chain', root, links: [], node: program },
      ]),
    ]),
  };
  const deferred: (() => void)[] = [];
  const isMysql = output.dialect === 'mysql' || output.dialect === 'mariadb';
  const run: Run = {
    file,
    library,
    out: {
      dialect: output.dialect,
      inTransaction: output.inTransaction,
      unreadable: (node, message) => {
        run.notes++;
        output.unreadable(node, message);
      },
      sql: fragment => run.out.raw(isMysql ? inMysql(fragment) : fragment),
      raw: fragment => {
        run.sends++;
        output.sql(fragment, run.blocks);
      },
      statement: (range, operations) => {
        run.sends++;
        output.statement(range, operations, run.blocks);
      },
      transaction: (isInside, body, opens) => {
        const { length } = run.transactions;
        if (opens === undefined) run.transactions.push({ isInside, sent: false });
        else run.out.begin(opens, isInside);
        body();
        while (opens !== undefined && run.transactions.length > length) run.out.end(opens, 'COMMIT');
        run.transactions.length = Math.min(length, run.transactions.length);
      },
      begin: (link, isInside = () => true) => {
        const sent = !run.transactions.some(each => each.sent);
        run.transactions.push({ isInside, sent });
        const word = output.dialect === 'sqlserver' ? 'BEGIN TRANSACTION' : 'BEGIN';
        if (sent) run.out.raw(substituteFragment(file, word, rangeOf(link.at)));
      },
      end: (link, how) => {
        // What undoes in one of two cases leaves the other one open.
        if (how === 'ROLLBACK' && run.unsure > 0) return;
        const [, end] = rangeOf(link.node);
        if (run.transactions.pop()?.sent === true) run.out.raw(substituteFragment(file, how, [end - 1, end]));
      },
      file,
      exported: name => exported.entries.get(name),
      call: (callee, args) => callFunction(callee, args, run),
      gather: (callee, root) => gather(callee, root, run),
      send: value => send(value, run),
      defer: body => {
        const blocks = [...run.blocks];
        deferred.push(() => within(blocks, run, body));
      },
    },
    sent: new WeakSet(),
    gathered: new Map(),
    steps: 0,
    calls: 0,
    depth: 0,
    blocks: [],
    // The tool's own ends where the code says so.
    transactions: output.inTransaction ? [{ isInside: () => true, sent: true }] : [],
    sends: 0,
    notes: 0,
    fact: output.fact,
    refuse: output.refuse,
    inTransaction: output.inTransaction,
    unsure: 0,
    returned: undefined,
    left: 0,
    gaveUp: false,
  };
  block(children(program, 'body'), scope, run);
  const now = module.entries.get('exports') ?? exported;
  if (now.kind === 'record') for (const [name, value] of now.entries) exported.entries.set(name, value);
  else exported.entries.set('default', now);
  return {
    exported: exported.entries,
    names: scope.names,
    call: (callee, args) => {
      send(callFunction(callee, args, run), run);
      for (let next = deferred.shift(); next !== undefined; next = deferred.shift()) next();
    },
    collect: (callee, args) => {
      const chains: Chain[] = [];
      for (const root of library.parameters) run.gathered.set(root, chains);
      send(callFunction(callee, args, run), run);
      for (const root of library.parameters) run.gathered.delete(root);
      return chains;
    },
    reverse: chain => library.reverse?.(chain, run.out),
    instance: of => instanceOf(of, run),
    method: (of, name) => methodOf(of, name, instanceOf(of, run)),
  };
}

function unknown(node: Node): Value {
  return { kind: 'unknown', node };
}

/* ---------------------------------------------------------------- Statements */

function block(statements: readonly Node[], scope: Scope, run: Run): Completion {
  for (const node of statements) hoist(node, scope);
  for (const [index, node] of statements.entries()) {
    const { left } = run;
    const completion = statement(node, scope, run);
    if (completion !== 'on') return completion;
    const rest = statements.slice(index + 1);
    const isBranch = run.left !== left && rest.length > 0 && rest.length < statements.length;
    if (!isBranch) continue;
    // In one of two cases the function has returned: what follows is a branch, too.
    const range: Range = [rangeOf(rest[0]!)[0], rangeOf(rest.at(-1)!)[1]];
    return within([{ kind: 'branch', range }], run, () => block(rest, scope, run));
  }
  return 'on';
}

function hoist(node: Node, scope: Scope): void {
  const declared = /^Export(Named|Default)Declaration$/.test(node.type) ? child(node, 'declaration') : node;
  if (declared?.type !== 'FunctionDeclaration') return;
  const name = nameOf(child(declared, 'id'));
  if (name !== undefined) scope.names.set(name, { kind: 'function', node: declared, scope });
}

/** Whether an expression calls an asynchronous function of the file, or hands one to `forEach`, which waits for nothing. */
function callsAsync(node: Node | undefined, scope: Scope): boolean {
  if (node?.type !== 'CallExpression') return false;
  const callee = child(node, 'callee');
  if (callee?.type === 'Identifier') {
    const value = lookUp(nameOf(callee)!, scope);
    return value?.kind === 'function' && value.node.async === true;
  }
  const callback = children(node, 'arguments')[0];
  return nameOf(child(callee, 'property')) === 'forEach' && callback?.async === true;
}

/** `import('…')` by itself, awaited or not. */
function isImport(node: Node | undefined): boolean {
  return (node?.type === 'AwaitExpression' ? child(node, 'argument') : node)?.type === 'ImportExpression';
}

/** Whether a call says that it is done to a function that it was given: one of the file, or the runner's own. */
function isCalledBack({ links }: Chain, { library }: Run): boolean {
  const last = links.at(-1)?.args?.at(-1);
  if (library.callsBack !== true || last === undefined) return false;
  if (last.kind === 'chain') return last.links.length === 0 && last.root !== library.foreign;
  return last.kind === 'function' || /^(?:next|done|cb|callback)$/i.test(nameOf(last.node) ?? '');
}

const STATEMENTS: Readonly<Record<string, (node: Node, scope: Scope, run: Run) => Completion>> = {
  ExpressionStatement(node, scope, run) {
    const inner = child(node, 'expression');
    const before = run.sends;
    if (isImport(inner)) run.out.unreadable(node, 'what this module does when it is loaded is not in this file');
    const value = expression(inner, scope, run);
    const { sends } = run;
    send(value, run);
    const sent = value.kind === 'chain' && run.sends > sends && !isCalledBack(value, run);
    const floats = sent || (run.sends > before && callsAsync(inner, scope));
    // A script's own start is the end of it.
    const isStart = run.calls === 0 && run.library.isScript === true && inner?.type === 'CallExpression';
    if (floats && !isStart && run.library.promises === true && inner !== undefined) run.fact('floating call', inner);
    return 'on';
  },
  VariableDeclaration(node, scope, run) {
    for (const declarator of children(node, 'declarations')) {
      const init = child(declarator, 'init');
      const value: Value =
        init === undefined ? { kind: 'constant', value: undefined, node: declarator } : expression(init, scope, run);
      bind(child(declarator, 'id'), value, scope, run);
    }
    return 'on';
  },
  ClassDeclaration(node, scope) {
    const name = nameOf(child(node, 'id'));
    if (name !== undefined) scope.names.set(name, { kind: 'class', node, scope });
    return 'on';
  },
  ReturnStatement(node, scope, run) {
    const argument = child(node, 'argument');
    const value = argument === undefined ? unknown(node) : expression(argument, scope, run);
    if (run.unsure > 0) {
      // The code after it runs in the other case: it is followed too.
      send(value, run);
      run.left++;
      return 'on';
    }
    run.returned = value;
    return 'return';
  },
  ThrowStatement(node, _scope, run) {
    if (run.unsure > 0) return 'on';
    run.refuse(node);
    return 'return';
  },
  BreakStatement: (_node, _scope, run) => (run.unsure > 0 ? 'on' : 'break'),
  ContinueStatement: (_node, _scope, run) => (run.unsure > 0 ? 'on' : 'continue'),
  BlockStatement: (node, scope, run) => block(children(node, 'body'), { names: new Map(), parent: scope }, run),
  IfStatement(node, scope, run) {
    const test = truth(expression(child(node, 'test'), scope, run));
    const branches = [child(node, 'consequent'), child(node, 'alternate')];
    if (test !== undefined) {
      const taken = branches[test ? 0 : 1];
      return taken === undefined ? 'on' : statement(taken, scope, run);
    }
    const tested = child(node, 'test');
    // The first run comes first: what the other branch would do is then told by what is there already.
    const order = isFirstRun(tested, false, run) ? [1, 0] : [0, 1];
    for (const index of order) {
      const branch = branches[index];
      if (branch === undefined) continue;
      const { left } = run;
      inBranch(tested, index === 0, branch, run, () => statement(branch, scope, run));
      // `if (exists) return`: the rest is the first run, as the other branch would be.
      if (run.left > left && isFirstRun(tested, index !== 0, run)) run.left = left;
    }
    return 'on';
  },
  TryStatement(node, scope, run) {
    const body = child(node, 'block');
    const caught = child(node, 'handler') !== undefined && body !== undefined && !run.inTransaction;
    // In a transaction nothing goes on after an error, whoever catches it.
    const blocks: readonly Block[] = caught ? [{ kind: 'handler', part: 'body', range: rangeOf(body) }] : [];
    const tried = within(blocks, run, () => statement(body, scope, run));
    const finalizer = child(node, 'finalizer');
    const last = finalizer === undefined ? 'on' : statement(finalizer, scope, run);
    return last === 'on' ? tried : last;
  },
  ForOfStatement(node, scope, run) {
    const list = expression(child(node, 'right'), scope, run);
    if (list.kind !== 'list') forgetAssigned(node, scope);
    const left = child(node, 'left');
    const pattern = left?.type === 'VariableDeclaration' ? child(children(left, 'declarations')[0], 'id') : left;
    return loop(list, node, run, item => {
      const inner: Scope = { names: new Map(), parent: scope };
      bind(pattern, item, inner, run);
      return statement(child(node, 'body'), inner, run);
    });
  },
  ForInStatement(node, scope, run) {
    const record = expression(child(node, 'right'), scope, run);
    const left = child(node, 'left');
    const pattern = left?.type === 'VariableDeclaration' ? child(children(left, 'declarations')[0], 'id') : left;
    return loop(keysOf(record, run), node, run, item => {
      const inner: Scope = { names: new Map(), parent: scope };
      bind(pattern, item, inner, run);
      return statement(child(node, 'body'), inner, run);
    });
  },
  ForStatement(node, scope, run) {
    const inner: Scope = { names: new Map(), parent: scope };
    const init = child(node, 'init');
    if (init?.type === 'VariableDeclaration') {
      for (const declarator of children(init, 'declarations'))
        bind(child(declarator, 'id'), unknown(declarator), inner, run);
    }
    forgetAssigned(node, inner);
    repeated(node, run, () => statement(child(node, 'body'), inner, run));
    return 'on';
  },
  WhileStatement(node, scope, run) {
    forgetAssigned(node, scope);
    repeated(node, run, () => {
      expression(child(node, 'test'), scope, run);
      return statement(child(node, 'body'), scope, run);
    });
    return 'on';
  },
  SwitchStatement(node, scope, run) {
    const value = expression(child(node, 'discriminant'), scope, run);
    const taken = takenCase(value, node, scope, run);
    if (taken !== undefined) {
      for (const each of children(node, 'cases').slice(taken)) {
        const completion = block(children(each, 'consequent'), { names: new Map(), parent: scope }, run);
        if (completion === 'break') return 'on';
        if (completion !== 'on') return completion;
      }
      return 'on';
    }
    for (const each of children(node, 'cases')) {
      inBranch(undefined, true, each, run, () =>
        block(children(each, 'consequent'), { names: new Map(), parent: scope }, run),
      );
    }
    return 'on';
  },
  LabeledStatement: (node, scope, run) => statement(child(node, 'body'), scope, run),
  ImportDeclaration(node, scope, run) {
    const source = nameOf(child(node, 'source'));
    const { library } = run;
    for (const specifier of children(node, 'specifiers')) {
      const local = nameOf(child(specifier, 'local'));
      if (local === undefined) continue;
      const root =
        source === undefined ? undefined : importedRoot(library, source, nameOf(child(specifier, 'imported')));
      scope.names.set(
        local,
        root === undefined ? unknown(specifier) : { kind: 'chain', root, links: [], node: specifier },
      );
    }
    return 'on';
  },
  ExportNamedDeclaration(node, scope, run) {
    const exported = scope.names.get('exports');
    if (exported?.kind !== 'record') return 'on';
    const declaration = child(node, 'declaration');
    if (declaration !== undefined) {
      const before = new Set(scope.names.keys());
      statement(declaration, scope, run);
      const name = nameOf(child(declaration, 'id'));
      for (const key of scope.names.keys())
        if (!before.has(key) || key === name) exported.entries.set(key, scope.names.get(key)!);
    }
    for (const specifier of children(node, 'specifiers')) {
      const local = nameOf(child(specifier, 'local'));
      const as = nameOf(child(specifier, 'exported'));
      const value = local === undefined ? undefined : scope.names.get(local);
      if (as !== undefined && value !== undefined) exported.entries.set(as, value);
    }
    return 'on';
  },
  ExportDefaultDeclaration(node, scope, run) {
    const exported = scope.names.get('exports');
    const declaration = child(node, 'declaration');
    if (exported?.kind !== 'record' || declaration === undefined) return 'on';
    exported.entries.set('default', expression(declaration, scope, run));
    return 'on';
  },
  TSExportAssignment(node, scope, run) {
    const exported = scope.names.get('exports');
    if (exported?.kind === 'record') exported.entries.set('default', expression(child(node, 'expression'), scope, run));
    return 'on';
  },
};

/** The root of chains that start at an import; undefined where it is nothing of the library. */
function importedRoot(
  { modules, imports, foreign, anywhere }: Library,
  source: string,
  name = 'default',
): string | undefined {
  if (modules?.includes(source) === true) return imports?.[name];
  return OWN.test(source) ? foreign : anywhere?.[name];
}

/** The index of the case that is known to be taken, behind the last where none is; undefined where only the run knows. */
function takenCase(value: Value, node: Node, scope: Scope, run: Run): number | undefined {
  const cases = children(node, 'cases');
  for (const [index, each] of cases.entries()) {
    const test = child(each, 'test');
    if (test === undefined) continue;
    const equal = same(value, expression(test, scope, run), run);
    if (equal === undefined) return undefined;
    if (equal) return index;
  }
  const fallback = cases.findIndex(each => child(each, 'test') === undefined);
  return fallback === -1 ? cases.length : fallback;
}

const LOOPS: Readonly<Record<string, string>> = {
  DoWhileStatement: 'WhileStatement',
  ForAwaitStatement: 'ForOfStatement',
};

function statement(node: Node | undefined, scope: Scope, run: Run): Completion {
  if (node === undefined || !step(node, run)) return 'on';
  run.depth++;
  const completion = STATEMENTS[LOOPS[node.type] ?? node.type]?.(node, scope, run) ?? 'on';
  run.depth--;
  return completion;
}

/** Counts what is looked at; false where it is too much, which is said once. */
function step(node: Node, run: Run): boolean {
  if (run.steps++ < MOST_STEPS + run.file.text.length && run.depth < MOST_DEPTH) return true;
  if (!run.gaveUp) run.out.unreadable(node, 'the code repeats or nests more than is followed');
  run.gaveUp = true;
  return false;
}

function unsure<T>(run: Run, body: () => T): T {
  run.unsure++;
  try {
    return body();
  } finally {
    run.unsure--;
  }
}

/** Runs code inside blocks. */
function within<T>(blocks: readonly Block[], run: Run, body: () => T): T {
  const before = run.blocks.length;
  run.blocks.push(...blocks);
  try {
    return body();
  } finally {
    run.blocks.length = before;
  }
}

/** A question whether something is there already. */
const ASKS_EXISTENCE = /exist|\bhas(?:Table|Column|Index)|already|isPresent|describeTable/i;

/**
 * Runs a branch of which only the run knows whether it is taken.
 *
 * @param isThen - it is taken where the test is true
 */
function inBranch<T>(test: Node | undefined, isThen: boolean, branch: Node | undefined, run: Run, body: () => T): T {
  const blocks: readonly Block[] =
    branch === undefined || isFirstRun(test, isThen, run) ? [] : [{ kind: 'branch', range: rangeOf(branch) }];
  return within(blocks, run, () => unsure(run, body));
}

/** Whether a branch runs where something is not there yet: that is what is judged. */
function isFirstRun(test: Node | undefined, isThen: boolean, run: Run): boolean {
  return test !== undefined && asksAbsence(test, run) === isThen;
}

/** Whether a test asks that something is missing; undefined where it asks for something else. */
function asksAbsence(test: Node, run: Run): boolean | undefined {
  const inner = child(test, 'expression');
  if (inner !== undefined) return asksAbsence(inner, run);
  if (!ASKS_EXISTENCE.test(run.file.text.slice(...rangeOf(test)))) return undefined;
  if (test.type === 'UnaryExpression' && test.operator === '!') {
    const argument = child(test, 'argument');
    const asked = argument === undefined ? undefined : asksAbsence(argument, run);
    return asked === undefined ? undefined : !asked;
  }
  const left = child(test, 'left');
  const right = child(test, 'right');
  if (test.type === 'LogicalExpression' && left !== undefined && right !== undefined)
    return asksAbsence(left, run) ?? asksAbsence(right, run);
  if (test.type === 'BinaryExpression') {
    const isNothing = /^(?:0|false|null|undefined|void 0)$/.test(run.file.text.slice(...rangeOf(right ?? test)));
    const isEqual = /^===?$/.test(String(test.operator));
    return isNothing
      ? isEqual
      : String(test.operator).startsWith('<')
        ? true
        : !isEqual && /^!/.test(String(test.operator));
  }
  // `doesNotExist`, `isMissing`.
  return /not_?exist|missing/i.test(run.file.text.slice(...rangeOf(test)));
}

const PAUSE = /\bsleep|\bsetTimeout\b|\bdelay\b|\bpause|\bwait\(/i;

/** Takes what a loop assigns for unknown from its first round on: in later rounds it is something else. */
function forgetAssigned(loop: Node, scope: Scope): void {
  for (const name of assignedIn(loop)) {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      if (!at.names.has(name)) continue;
      at.names.set(name, unknown(loop));
      break;
    }
  }
}

const ASSIGNED = new WeakMap<Node, readonly string[]>();

/** The variables that are assigned somewhere in a piece of code. */
function assignedIn(node: Node): readonly string[] {
  const known = ASSIGNED.get(node);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const pending: Node[] = [node];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const target = child(at, at.type === 'UpdateExpression' ? 'argument' : 'left');
    const assigns = at.type === 'UpdateExpression' || at.type === 'AssignmentExpression';
    if (assigns && target?.type === 'Identifier') names.add(nameOf(target)!);
    for (const [key, value] of Object.entries(at)) {
      if (key === 'parent') continue;
      const inside = Array.isArray(value) ? (value as readonly unknown[]) : [value];
      for (const each of inside) if (isNode(each)) pending.push(each);
    }
  }
  ASSIGNED.set(node, [...names]);
  return [...names];
}

/** Runs a loop's body of which only the run knows how often. */
function repeated<T>(node: Node, run: Run, body: () => T): T {
  const range = rangeOf(node);
  const pauses = PAUSE.test(run.file.text.slice(...range));
  const block: Block = { kind: 'loop', range, commits: !run.inTransaction, pauses, bound: 'unknown' };
  return within([block], run, () => unsure(run, body));
}

/** Runs a loop's body for each item of a list that is known, else once for an item that is not. */
function loop(list: Value, node: Node, run: Run, body: (item: Value, index: number) => Completion): Completion {
  if (list.kind !== 'list') {
    repeated(node, run, () => body(unknown(node), -1));
    return 'on';
  }
  for (const [index, item] of list.items.entries()) {
    const completion = body(item, index);
    if (completion === 'return') return 'return';
    if (completion === 'break') break;
  }
  return 'on';
}

/* ---------------------------------------------------------------- Names */

function lookUp(name: string, scope: Scope | undefined): Value | undefined {
  for (let at = scope; at !== undefined; at = at.parent) {
    const value = at.names.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function assign(name: string, value: Value, scope: Scope, run: Run): void {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (!at.names.has(name)) continue;
    at.names.set(name, run.unsure > 0 ? unknown(value.node) : value);
    return;
  }
}

/** Gives the names of a pattern their values. */
function bind(pattern: Node | undefined, value: Value, scope: Scope, run: Run): void {
  switch (pattern?.type) {
    case 'Identifier':
      scope.names.set(nameOf(pattern)!, value);
      return;
    case 'AssignmentPattern': {
      const missing = value.kind === 'constant' && value.value === undefined;
      bind(child(pattern, 'left'), missing ? expression(child(pattern, 'right'), scope, run) : value, scope, run);
      return;
    }
    case 'TSParameterProperty':
      bind(child(pattern, 'parameter'), value, scope, run);
      return;
    case 'ObjectPattern':
      for (const property of children(pattern, 'properties')) {
        if (property.type === 'RestElement') bind(child(property, 'argument'), unknown(property), scope, run);
        else {
          const key = child(property, 'key');
          const name = property.computed === true ? undefined : nameOf(key);
          bind(
            child(property, 'value'),
            name === undefined ? unknown(property) : member(value, name, key!, property),
            scope,
            run,
          );
        }
      }
      return;
    case 'ArrayPattern': {
      const elements = Array.isArray(pattern.elements) ? (pattern.elements as readonly (Node | null)[]) : [];
      for (const [index, element] of elements.entries()) {
        if (element === null) continue;
        if (element.type === 'RestElement') {
          const rest = value.kind === 'list' ? { ...value, items: value.items.slice(index) } : unknown(element);
          bind(child(element, 'argument'), rest, scope, run);
        } else bind(element, (value.kind === 'list' ? value.items[index] : undefined) ?? unknown(element), scope, run);
      }
      return;
    }
    default:
  }
}

/* ---------------------------------------------------------------- Expressions */

const EXPRESSIONS: Readonly<Record<string, (node: Node, scope: Scope, run: Run) => Value>> = {
  Literal: literal,
  TemplateLiteral: (node, scope, run) => template(node, scope, run),
  Identifier: (node, scope) => lookUp(nameOf(node)!, scope) ?? unknown(node),
  ThisExpression: (node, scope) => lookUp('this', scope) ?? unknown(node),
  ParenthesizedExpression: inner,
  TSAsExpression: inner,
  TSSatisfiesExpression: inner,
  TSNonNullExpression: inner,
  TSTypeAssertion: inner,
  TSInstantiationExpression: inner,
  ChainExpression: inner,
  AwaitExpression(node, scope, run) {
    const awaited = expression(child(node, 'argument'), scope, run);
    const isNew = awaited.kind === 'chain' && !run.sent.has(awaited);
    const value: Value = isNew ? { ...awaited, awaited: true } : awaited;
    if (isNew) run.sent.add(awaited);
    if (value.kind !== 'chain' && value.kind !== 'list') return value;
    send(value, run);
    return (value.kind === 'chain' ? run.library.resultOf?.(value) : undefined) ?? unknown(node);
  },
  UnaryExpression(node, scope, run) {
    const value = expression(child(node, 'argument'), scope, run);
    if (node.operator === 'void') send(value, run);
    if (node.operator === '!') {
      const known = truth(value);
      if (known !== undefined) return { kind: 'constant', value: !known, node };
    }
    if (node.operator === '-' && value.kind === 'constant' && typeof value.value === 'number')
      return { kind: 'constant', value: -value.value, node };
    return unknown(node);
  },
  BinaryExpression(node, scope, run) {
    const left = expression(child(node, 'left'), scope, run);
    const right = expression(child(node, 'right'), scope, run);
    if (node.operator === '+') return add(left, right, node, run);
    if (/^[!=]==?$/.test(String(node.operator))) {
      const equal = same(left, right, run);
      if (equal !== undefined)
        return { kind: 'constant', value: equal === String(node.operator).startsWith('='), node };
    }
    return unknown(node);
  },
  LogicalExpression(node, scope, run) {
    const left = expression(child(node, 'left'), scope, run);
    const known =
      node.operator === '??'
        ? left.kind === 'unknown' || left.kind === 'chain'
          ? undefined
          : !isNullish(left)
        : truth(left);
    if (known === undefined) {
      inBranch(child(node, 'left'), node.operator === '&&', child(node, 'right'), run, () => {
        const right = expression(child(node, 'right'), scope, run);
        if (right.kind === 'chain') send(right, run);
      });
      return unknown(node);
    }
    return known === (node.operator === '&&') ? expression(child(node, 'right'), scope, run) : left;
  },
  ConditionalExpression(node, scope, run) {
    const test = truth(expression(child(node, 'test'), scope, run));
    if (test !== undefined) return expression(child(node, test ? 'consequent' : 'alternate'), scope, run);
    for (const branch of ['consequent', 'alternate']) {
      inBranch(child(node, 'test'), branch === 'consequent', child(node, branch), run, () => {
        const value = expression(child(node, branch), scope, run);
        if (value.kind === 'chain' && value.links.length > 0) send(value, run);
      });
    }
    return unknown(node);
  },
  SequenceExpression(node, scope, run) {
    let last = unknown(node);
    for (const each of children(node, 'expressions')) {
      send(last, run);
      last = expression(each, scope, run);
    }
    return last;
  },
  ArrayExpression(node, scope, run) {
    const items: Value[] = [];
    for (const element of children(node, 'elements')) {
      if (element.type !== 'SpreadElement') items.push(expression(element, scope, run));
      else {
        const spread = expression(child(element, 'argument'), scope, run);
        if (spread.kind !== 'list') return unknown(node);
        items.push(...spread.items);
      }
    }
    return { kind: 'list', items, node };
  },
  ObjectExpression(node, scope, run) {
    const keys = new Map<string, Node>();
    const record: Value & { kind: 'record' } = { kind: 'record', entries: new Map(), keys, open: false, node };
    for (const property of children(node, 'properties')) {
      if (property.type === 'SpreadElement') {
        const spread = expression(child(property, 'argument'), scope, run);
        if (spread.kind === 'record') {
          for (const [name, value] of spread.entries) record.entries.set(name, value);
          for (const [name, key] of spread.keys ?? []) keys.set(name, key);
        }
        if (spread.kind !== 'record' || spread.open) record.open = true;
        continue;
      }
      const name = propertyName(property, 'key', scope, run);
      const value = expression(child(property, 'value'), scope, run);
      if (name === undefined) record.open = true;
      else {
        record.entries.set(name, value.kind === 'function' ? { ...value, self: record } : value);
        keys.set(name, child(property, 'key')!);
      }
    }
    return record;
  },
  FunctionExpression: (node, scope) => ({ kind: 'function', node, scope }),
  FunctionDeclaration: (node, scope) => ({ kind: 'function', node, scope }),
  ArrowFunctionExpression: (node, scope) => ({ kind: 'function', node, scope }),
  ClassExpression: (node, scope) => ({ kind: 'class', node, scope }),
  ClassDeclaration: (node, scope) => ({ kind: 'class', node, scope }),
  MemberExpression(node, scope, run) {
    const object = expression(child(node, 'object'), scope, run);
    const name = propertyName(node, 'property', scope, run);
    const property = child(node, 'property')!;
    if (name !== undefined) return member(object, name, property, node);
    return unknown(node);
  },
  AssignmentExpression(node, scope, run) {
    const target = child(node, 'left');
    const right = expression(child(node, 'right'), scope, run);
    const operator = String(node.operator);
    let value = operator === '=' ? right : unknown(node);
    if (operator === '+=' && target !== undefined) value = add(expression(target, scope, run), right, node, run);
    if (target?.type === 'Identifier') assign(nameOf(target)!, value, scope, run);
    else if (target?.type === 'MemberExpression') {
      const object = expression(child(target, 'object'), scope, run);
      const name = propertyName(target, 'property', scope, run);
      if (object.kind === 'record' && name !== undefined)
        object.entries.set(name, run.unsure > 0 ? unknown(node) : value);
      else if (object.kind === 'record') object.open = true;
    }
    return value;
  },
  UpdateExpression(node, scope, run) {
    const target = child(node, 'argument');
    if (target?.type === 'Identifier') assign(nameOf(target)!, unknown(node), scope, run);
    return unknown(node);
  },
  NewExpression(node, scope, run) {
    const callee = expression(child(node, 'callee'), scope, run);
    const args = argumentsOf(node, scope, run);
    if (callee.kind === 'class') return instanceOf(callee, run);
    if (callee.kind === 'chain' && run.library.constructs === true) return called(callee, args, node);
    return { kind: 'made', name: nameOf(child(node, 'callee')) ?? '', args, node };
  },
  TaggedTemplateExpression(node, scope, run) {
    const tag = expression(child(node, 'tag'), scope, run);
    const text = template(child(node, 'quasi')!, scope, run, tag.kind === 'chain');
    if (tag.kind !== 'chain') return unknown(node);
    return called(tag, [text], node);
  },
  CallExpression: call,
  // As compilers write `await` for engines without it.
  YieldExpression(node, scope, run) {
    const value = expression(child(node, 'argument'), scope, run);
    send(value, run);
    return value.kind === 'chain' ? unknown(node) : value;
  },
  JSXElement: unfollowed,
  JSXFragment: unfollowed,
};

/** Syntax of an extension of the language that has no place in a migration. */
function unfollowed(node: Node, _scope: Scope, run: Run): Value {
  run.out.unreadable(node, 'JSX is not followed');
  return unknown(node);
}

function inner(node: Node, scope: Scope, run: Run): Value {
  return expression(child(node, 'expression') ?? child(node, 'argument'), scope, run);
}

function expression(node: Node | undefined, scope: Scope, run: Run): Value {
  if (node === undefined) return unknown({ type: 'EmptyStatement' });
  if (!step(node, run)) return unknown(node);
  run.depth++;
  const value = EXPRESSIONS[node.type]?.(node, scope, run) ?? unknown(node);
  run.depth--;
  return value;
}

function propertyName(node: Node, key: string, scope: Scope, run: Run): string | undefined {
  const name = child(node, key);
  if (node.computed !== true) return nameOf(name);
  const value = expression(name, scope, run);
  if (value.kind === 'text') return value.fragment.text;
  return value.kind === 'constant' ? String(value.value) : undefined;
}

function literal(node: Node, _scope: Scope, run: Run): Value {
  const { value } = node;
  if (typeof value === 'string') {
    const [start, end] = rangeOf(node);
    return { kind: 'text', fragment: decodeLiteral(run.file, [start + 1, end - 1]), node };
  }
  if (node.regex !== undefined || (typeof value === 'object' && value !== null)) return unknown(node);
  return { kind: 'constant', value: value as number | boolean | bigint | null, node };
}

/** @param bound - the tag makes parameters of strings and numbers, as a query builder's does */
function template(node: Node, scope: Scope, run: Run, bound = false): Value {
  const { file } = run;
  const quasis = children(node, 'quasis');
  const expressions = children(node, 'expressions');
  const [start, end] = rangeOf(node);
  const parts: Fragment[] = [];
  let at = start + 1;
  for (const [index, hole] of expressions.entries()) {
    // Parsers disagree on whether an element's range holds its delimiters: the expressions and the text between tell.
    const dollar = file.text.lastIndexOf('${', rangeOf(hole)[0]);
    const next = quasis[index + 1];
    const close = closingBrace(file, rangeOf(hole)[1], next, end);
    parts.push(decodeLiteral(file, [at, Math.max(at, dollar)]));
    parts.push(holeText(expression(hole, scope, run), hole, [dollar, close], bound, run));
    at = close;
  }
  parts.push(decodeLiteral(file, [at, Math.max(at, end - 1)]));
  return { kind: 'text', fragment: joinFragments(parts), node };
}

/** The end of the brace that closes a template's hole: comments may stand before it. */
function closingBrace(file: SourceFile, from: number, next: Node | undefined, end: number): number {
  if (next !== undefined) {
    const [start] = rangeOf(next);
    if (file.text[start - 1] === '}' && start > from) return start;
    if (file.text[start] === '}' && start >= from) return start + 1;
  }
  const brace = file.text.indexOf('}', from);
  return brace === -1 ? end : brace + 1;
}

function holeText(value: Value, node: Node, range: Range, bound: boolean, run: Run): Fragment {
  const known = bound && value.kind !== 'chain' ? undefined : textOf(value, run);
  if (known !== undefined) return placed(known, value, range, run.file);
  return holeFragment(run.file, run.file.text.slice(...rangeOf(node)), range);
}

/** Text as it is used at a place: what is written elsewhere stands, in a text that goes on, where it is put in. */
function placed(known: Fragment, { node }: Value, range: Range, file: SourceFile): Fragment {
  const [start, end] = rangeOf(node);
  return start >= range[0] && end <= range[1] ? known : substituteFragment(file, known.text, range);
}

/** A value as text, as a template literal would show it; undefined where it is not known. */
function textOf(value: Value, run: Run): Fragment | undefined {
  switch (value.kind) {
    case 'text':
      return value.fragment;
    case 'constant':
      return substituteFragment(run.file, String(value.value), rangeOf(value.node));
    case 'chain':
      return run.library.textOf?.(value, run.file);
    default:
      return undefined;
  }
}

function add(left: Value, right: Value, node: Node, run: Run): Value {
  if (left.kind === 'constant' && right.kind === 'constant') {
    return typeof left.value === 'number' && typeof right.value === 'number'
      ? { kind: 'constant', value: left.value + right.value, node }
      : unknown(node);
  }
  if (left.kind !== 'text' && right.kind !== 'text') return unknown(node);
  const part = (value: Value, operand: Node | undefined): Fragment => {
    const range = rangeOf(operand ?? value.node);
    const known = textOf(value, run);
    return known === undefined
      ? holeFragment(run.file, run.file.text.slice(...range), range)
      : placed(known, value, range, run.file);
  };
  const fragment = joinFragments([part(left, child(node, 'left')), part(right, child(node, 'right'))]);
  return { kind: 'text', fragment, node };
}

function truth(value: Value): boolean | undefined {
  switch (value.kind) {
    case 'constant':
      return Boolean(value.value);
    case 'text':
      return value.fragment.text !== '';
    case 'unknown':
    case 'chain':
      return undefined;
    default:
      return true;
  }
}

function isNullish(value: Value): boolean {
  return value.kind === 'constant' && (value.value === null || value.value === undefined);
}

/** Where libraries keep the name of the dialect that they run on: `knex.client.config.client`, `sequelize.getDialect()`. */
const DIALECT_PATH =
  /(?:^|\.)(?:config\.client|config\.dialect|client\.dialect|driverName|getDialect|options\.dialect|dialect\.name|options\.type|dialect)$/;

/** The same of an object that is not the library's: `WIKI.config.db.type`, `config.database.client`. */
const DIALECT_TEXT =
  /(?:\bdb|database|datasource|connection|sequelize|knex|config)\??\.(?:type|client|dialect|driver)$/i;

/** Whether a value is the name of the dialect. */
function isDialect(value: Value, { file }: Run): boolean {
  if (value.kind === 'unknown') return DIALECT_TEXT.test(file.text.slice(...rangeOf(value.node)));
  return value.kind === 'chain' && DIALECT_PATH.test(value.links.map(({ name }) => name).join('.'));
}

/** Whether the project runs on the dialect that a library calls so; MariaDB's clients are often called MySQL. */
function runsOn(name: string, { kind }: Value, { out }: Run): boolean | undefined {
  const dialect = dialectNamed(name);
  // What is no dialect's name is a library's word for another server; elsewhere it may be anything.
  if (dialect === undefined) return kind === 'unknown' ? undefined : false;
  return dialect === 'mysql' && out.dialect === 'mariadb' ? undefined : dialect === out.dialect;
}

function same(left: Value, right: Value, run: Run): boolean | undefined {
  if (right.kind === 'text' && isDialect(left, run)) return runsOn(right.fragment.text, left, run);
  if (left.kind === 'text' && isDialect(right, run)) return runsOn(left.fragment.text, right, run);
  if (left.kind === 'constant' && right.kind === 'constant') return left.value === right.value;
  if (left.kind === 'text' && right.kind === 'text') return left.fragment.text === right.fragment.text;
  return undefined;
}

/* ---------------------------------------------------------------- Members and calls */

function member(object: Value, name: string, at: Node, node: Node): Value {
  switch (object.kind) {
    case 'chain':
      return { ...object, links: [...object.links, { name, at, node }], node };
    case 'record':
      return object.entries.get(name) ?? (object.open ? unknown(node) : { kind: 'constant', value: undefined, node });
    case 'instance': {
      const method = methodOf(object.of, name, object);
      if (method !== undefined) return method;
      const field = object.fields.get(name);
      if (field !== undefined) return field;
      return object.self.kind === 'chain' ? member(object.self, name, at, node) : unknown(node);
    }
    case 'list':
      if (name === 'length') return { kind: 'constant', value: object.items.length, node };
      return object.items[Number(name)] ?? unknown(node);
    default:
      return unknown(node);
  }
}

function instanceOf(of: Value & { kind: 'class' }, run: Run): Value {
  const { self } = run.library;
  const fields = new Map<string, Value>();
  for (const each of children(child(of.node, 'body'), 'body')) {
    const name = nameOf(child(each, 'key'));
    const value = child(each, 'value');
    const isField = /^(PropertyDefinition|AccessorProperty)$/.test(each.type) && each.static !== true;
    if (isField && name !== undefined && value !== undefined) fields.set(name, expression(value, of.scope, run));
  }
  return {
    kind: 'instance',
    fields,
    node: of.node,
    of,
    self: self === undefined ? unknown(of.node) : { kind: 'chain', root: self, links: [], node: of.node },
  };
}

/** A method of a class, or a property that holds a function. */
function methodOf(of: Value & { kind: 'class' }, name: string, self: Value): FunctionValue | undefined {
  for (const each of children(child(of.node, 'body'), 'body')) {
    if (nameOf(child(each, 'key')) !== name) continue;
    const value = child(each, 'value');
    if (value !== undefined && /Function/.test(value.type) && child(value, 'body') !== undefined) {
      return { kind: 'function', node: value, scope: of.scope, self };
    }
  }
  return undefined;
}

function argumentsOf(node: Node, scope: Scope, run: Run): readonly Value[] {
  const values: Value[] = [];
  for (const each of children(node, 'arguments')) {
    const spread = each.type === 'SpreadElement' ? expression(child(each, 'argument'), scope, run) : undefined;
    if (spread === undefined) values.push(named(expression(each, scope, run), each, run));
    else if (spread.kind === 'list') values.push(...spread.items);
    else values.push(unknown(each));
  }
  return values;
}

/** A name that a constant holds stands where the constant is used; a longer text where it is written. */
function named(value: Value, { range, start, end }: Node, run: Run): Value {
  if (value.kind !== 'text' || /\s/.test(value.fragment.text)) return value;
  const place = range ?? [start ?? 0, end ?? 0];
  return { ...value, fragment: placed(value.fragment, value, place, run.file) };
}

/** A call of the last link of a chain, or of the object itself. */
function called(chain: Chain, args: readonly Value[], node: Node): Chain {
  const last = chain.links.at(-1);
  const link: Link =
    last === undefined || last.args !== undefined
      ? { name: '', at: child(node, 'callee') ?? child(node, 'tag') ?? node, args, node }
      : { ...last, args, node };
  const before = last === undefined || last.args !== undefined ? chain.links : chain.links.slice(0, -1);
  return { ...chain, links: [...before, link], node };
}

/** Methods that change the list they are called on. */
const CHANGES_LIST = new Set(['push', 'unshift', 'pop', 'shift', 'splice', 'reverse', 'sort', 'fill']);
/** Methods of lists that call back for each item. */
const ITERATORS = new Set(['forEach', 'map', 'flatMap', 'filter', 'reduce', 'some', 'every', 'find']);
/** Objects of the platform that do nothing to a database. */
const HARMLESS = new Set([
  'console',
  'Object',
  'JSON',
  'Math',
  'Date',
  'Number',
  'String',
  'Boolean',
  'Array',
  'process',
  'logger',
]);
const PROMISE_LISTS = new Set(['all', 'allSettled', 'race', 'any']);

function call(node: Node, scope: Scope, run: Run): Value {
  let callee = child(node, 'callee');
  while (
    callee !== undefined &&
    /^(ParenthesizedExpression|TSNonNullExpression|ChainExpression|TSAsExpression)$/.test(callee.type)
  ) {
    callee = child(callee, 'expression');
  }
  if (callee?.type === 'MemberExpression') {
    const built = builtIn(callee, node, scope, run);
    if (built !== undefined) return built;
  }
  if (nameOf(callee) === 'require' && lookUp('require', scope) === undefined) return required(node, scope, run);
  const target = expression(callee, scope, run);
  const args = argumentsOf(node, scope, run);
  if (target.kind === 'chain') {
    const last = target.links.at(-1);
    if (last?.args === undefined && (last?.name === 'then' || last?.name === 'catch' || last?.name === 'finally')) {
      const before = { ...target, links: target.links.slice(0, -1) };
      send(before, run);
      if (last.name === 'catch') return unknown(node);
      const given = last.name === 'then' ? run.library.resultOf?.(before) : undefined;
      return callback(args[0], given === undefined ? [] : [given], node, run);
    }
    // `db.addColumn.bind(db, …)`: called later, with what was given here.
    if (last?.args === undefined && last?.name === 'bind') {
      return called({ ...target, links: target.links.slice(0, -1) }, args.slice(1), node);
    }
    return called(target, args, node);
  }
  if (target.kind === 'function') return callFunction(target, args, run);
  const inOrder = args[0]?.kind === 'list' && /^async\.(series|waterfall|parallel|auto)$/.test(calleeText(callee, run));
  if (inOrder) {
    for (const item of (args[0] as Value & { kind: 'list' }).items) {
      send(item.kind === 'function' ? callFunction(item, [], run) : item, run);
    }
    return unknown(node);
  }
  for (const arg of args) if (arg.kind === 'function') unsure(run, () => send(callFunction(arg, [], run), run));
  const passed = args.some(arg => arg.kind === 'chain' && arg.links.length === 0);
  if (passed && !HARMLESS.has(nameOf(callee) ?? '')) {
    run.out.unreadable(node, 'what this call does is not in this file');
  }
  return unknown(node);
}

function calleeText(callee: Node | undefined, run: Run): string {
  return callee === undefined ? '' : run.file.text.slice(...rangeOf(callee));
}

function required(node: Node, scope: Scope, run: Run): Value {
  const source = expression(children(node, 'arguments')[0], scope, run);
  const { library } = run;
  if (source.kind !== 'text') return unknown(node);
  const { text } = source.fragment;
  if (library.modules?.includes(text) !== true) {
    const root = importedRoot(library, text);
    return root === undefined ? unknown(node) : { kind: 'chain', root, links: [], node };
  }
  const whole = library.imports?.default;
  if (whole !== undefined) return { kind: 'chain', root: whole, links: [], node };
  const entries = Object.entries(library.imports ?? {}).map(
    ([name, root]) => [name, { kind: 'chain', root, links: [], node } satisfies Chain] as const,
  );
  return { kind: 'record', entries: new Map<string, Value>(entries), open: true, node };
}

/** Calls of the language's own methods; undefined where this is none. */
function builtIn(callee: Node, node: Node, scope: Scope, run: Run): Value | undefined {
  const name = callee.computed === true ? undefined : nameOf(child(callee, 'property'));
  const objectNode = child(callee, 'object');
  if (name === undefined || objectNode === undefined) return undefined;
  const global =
    objectNode.type === 'Identifier' && lookUp(nameOf(objectNode)!, scope) === undefined
      ? nameOf(objectNode)
      : undefined;
  if (global === 'Promise') {
    const [first] = argumentsOf(node, scope, run);
    if (first !== undefined && (PROMISE_LISTS.has(name) || name === 'resolve')) send(first, run);
    return unknown(node);
  }
  if (global === 'Object' && (name === 'keys' || name === 'values' || name === 'entries')) {
    const [record] = argumentsOf(node, scope, run);
    if (record?.kind !== 'record' || record.open) return unknown(node);
    const keys = keysOf(record, run);
    if (name === 'keys' || keys.kind !== 'list') return keys;
    const values = [...record.entries.values()];
    if (name === 'values') return { kind: 'list', items: values, node };
    return {
      kind: 'list',
      items: values.map((value, index) => ({ kind: 'list', items: [keys.items[index]!, value], node })),
      node,
    };
  }
  if (global !== undefined && HARMLESS.has(global)) {
    const [first] = argumentsOf(node, scope, run);
    // The usual default of a column of JSON.
    const empty =
      first?.kind === 'list' ? first.items.length === 0 : first?.kind === 'record' && first.entries.size === 0;
    if (global === 'JSON' && name === 'stringify' && empty && !(first?.kind === 'record' && first.open)) {
      const text = first?.kind === 'list' ? '[]' : '{}';
      return { kind: 'text', fragment: substituteFragment(run.file, text, rangeOf(node)), node };
    }
    return unknown(node);
  }
  if (ITERATORS.has(name)) {
    const list = expression(objectNode, scope, run);
    if (list.kind === 'chain' || list.kind === 'record' || list.kind === 'instance') return undefined;
    const [each] = argumentsOf(node, scope, run);
    const results: Value[] = [];
    loop(list, node, run, (item, index) => {
      const position: Value = index < 0 ? unknown(node) : { kind: 'constant', value: index, node };
      const args = name === 'reduce' ? [unknown(node), item, position] : [item, position];
      if (each?.kind === 'function') results.push(callFunction(each, args, run));
      return 'on';
    });
    if ((name === 'map' || name === 'flatMap') && list.kind === 'list') return { kind: 'list', items: results, node };
    for (const result of results) send(result, run);
    return unknown(node);
  }
  if (name === 'call' || name === 'apply') {
    const target = expression(objectNode, scope, run);
    if (target.kind !== 'function') return undefined;
    const [self, ...rest] = argumentsOf(node, scope, run);
    const [list] = rest;
    const args = name === 'call' ? rest : list?.kind === 'list' ? list.items : [];
    return callFunction({ ...target, ...(self === undefined ? {} : { self }) }, args, run);
  }
  if (CHANGES_LIST.has(name)) {
    const list = expression(objectNode, scope, run);
    if (list.kind !== 'list' && list.kind !== 'unknown') return undefined;
    const added = argumentsOf(node, scope, run);
    const isKnown =
      list.kind === 'list' && name === 'push' && run.unsure === 0 && added.every(({ kind }) => kind !== 'unknown');
    if (isKnown) list.items.push(...added);
    else {
      // Promises that are collected are waited for in the end.
      for (const value of added) send(value, run);
      if (objectNode.type === 'Identifier') assign(nameOf(objectNode)!, unknown(node), scope, run);
    }
    return unknown(node);
  }
  if (name === 'bind') {
    const target = expression(objectNode, scope, run);
    if (target.kind !== 'function') return undefined;
    const [self, ...given] = argumentsOf(node, scope, run);
    return { ...target, given, ...(self === undefined ? {} : { self }) };
  }
  if (name === 'includes') {
    const list = expression(objectNode, scope, run);
    const [item] = argumentsOf(node, scope, run);
    if (list.kind !== 'list' || item === undefined) return undefined;
    const equal = list.items.map(each => same(each, item, run));
    if (equal.includes(true)) return { kind: 'constant', value: true, node };
    return equal.includes(undefined) ? unknown(node) : { kind: 'constant', value: false, node };
  }
  if (name === 'join') {
    const list = expression(objectNode, scope, run);
    const [separator] = argumentsOf(node, scope, run);
    if (list.kind !== 'list') return undefined;
    const between = separator?.kind === 'text' ? separator.fragment : substituteFragment(run.file, ',', rangeOf(node));
    const parts = list.items.map(
      item =>
        textOf(item, run) ?? holeFragment(run.file, run.file.text.slice(...rangeOf(item.node)), rangeOf(item.node)),
    );
    const joined = parts.flatMap((part, index) => (index === 0 ? [part] : [between, part]));
    const fragment =
      joined.length === 0 ? fragmentOf(run.file, [rangeOf(node)[0], rangeOf(node)[0]]) : joinFragments(joined);
    return { kind: 'text', fragment, node };
  }
  if (name === 'trim' || name === 'toString') {
    const text = expression(objectNode, scope, run);
    return text.kind === 'text' ? text : undefined;
  }
  return undefined;
}

function keysOf(value: Value, run: Run): Value {
  if (value.kind !== 'record' || value.open) return unknown(value.node);
  const items = [...value.entries].map(
    ([name, each]): Value => ({
      kind: 'text',
      fragment: substituteFragment(run.file, name, rangeOf(each.node)),
      node: each.node,
    }),
  );
  return { kind: 'list', items, node: value.node };
}

/** What a promise's callback gives; it runs once the promise is kept. */
function callback(value: Value | undefined, args: readonly Value[], node: Node, run: Run): Value {
  return value?.kind === 'function' ? callFunction(value, args, run) : unknown(node);
}

function callFunction(callee: FunctionValue, passed: readonly Value[], run: Run): Value {
  const { node, scope, given = [] } = callee;
  const args = [...given, ...passed];
  if (run.calls >= MOST_CALLS) return unknown(node);
  const inside: Scope = { names: new Map(), parent: scope };
  if (node.type !== 'ArrowFunctionExpression' && callee.self !== undefined) inside.names.set('this', callee.self);
  // TypeScript declares the type of `this` as if it were a parameter.
  const parameters = children(node, 'params').filter(parameter => nameOf(parameter) !== 'this');
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.type === 'RestElement') {
      bind(child(parameter, 'argument'), { kind: 'list', items: args.slice(index), node: parameter }, inside, run);
    } else bind(parameter, args[index] ?? unknown(parameter), inside, run);
  }
  const body = child(node, 'body');
  if (body === undefined) return unknown(node);
  const { returned, left, unsure: outer } = run;
  run.calls++;
  run.returned = undefined;
  // A return in a function that may not run ends that function all the same.
  const assured = outer;
  let value: Value;
  if (body.type === 'BlockStatement' || body.type === 'FunctionBody') {
    block(children(body, 'body'), inside, run);
    value = run.returned ?? unknown(node);
  } else value = expression(body, inside, run);
  run.calls--;
  run.returned = returned;
  run.left = left;
  run.unsure = assured;
  return value;
}

/** Says what a chain does once it runs: it is awaited, returned, or left to itself. */
function send(value: Value, run: Run): void {
  if (value.kind === 'list') for (const item of value.items) send(item, run);
  if (value.kind !== 'chain' || value.links.length === 0 || run.sent.has(value)) return;
  run.sent.add(value);
  const gathered = run.gathered.get(value.root);
  if (gathered !== undefined) {
    gathered.push(value);
    return;
  }
  const { sends, notes } = run;
  const around = run.transactions.at(-1);
  run.library.run(value, run.out);
  if (run.sends > sends && run.notes === notes) noteSpreads(value, run);
  if (run.sends > sends && around?.isInside(value) === false) run.fact('outside transaction', value.node);
}

/** Says what is spread into the objects of a definition and is not in this file. */
function noteSpreads({ links }: Chain, run: Run): void {
  for (const { name, args = [] } of links) {
    if (run.library.definitions?.test(name) !== true) continue;
    for (const node of args.flatMap(spreadsIn)) {
      run.out.unreadable(node, 'what is spread here is only known when it runs');
    }
  }
}

function gather(callee: FunctionValue, root: string, run: Run): readonly Chain[] {
  const builder: Chain = { kind: 'chain', root, links: [], node: callee.node };
  const outer = run.gathered.get(root);
  const chains: Chain[] = [];
  run.gathered.set(root, chains);
  send(callFunction({ ...callee, self: builder }, [builder], run), run);
  if (outer === undefined) run.gathered.delete(root);
  else run.gathered.set(root, outer);
  return chains;
}
