import type { SegmentFile } from '../../migration-tools/migration-tool.ts';
import type { Block, Operation, SentSql } from '../../operations/operations.ts';
import type { CodeFact, Comment, Script, Statement } from '../../operations/statements.ts';
import type { Fragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { LanguageContext, LanguageReader } from '../languages.ts';
import { findEntry, findTexts } from './entries.ts';
import { modelImports } from './imports.ts';
import { type Evaluated, evaluate } from './interpreter.ts';
import { LIBRARIES } from './libraries/index.ts';
import type { Library } from './library.ts';
import { offeredProgram } from './offered.ts';
import { headOf, type Node, type Program, parseProgram, rangeOf } from './syntax.ts';
import type { FunctionValue, Value } from './values.ts';

/**
 * Reads migrations written in JavaScript or TypeScript: follows `up` or `down` as far as it is known before it runs, and reads
 * the SQL that the library would send.
 */
export const ecmascript: LanguageReader = {
  read: (file, part, context) => readProgram(programOf(file), file, part, context),
};

/** The trees of files by themselves: both directions of a migration are read of one. */
const programs = new WeakMap<SourceFile, Program>();

/** A file's tree; of a file that cannot be parsed an empty one. */
export function programOf(file: SourceFile): Program {
  const known = programs.get(file) ?? offeredProgram(file) ?? parseProgram(file);
  programs.set(file, known);
  return known;
}

/** Reads a file whose tree is there already. */
function readProgram(parsed: Program, file: SourceFile, part: SegmentFile, context: LanguageContext): Script {
  const statements: Statement[] = [];
  const facts: CodeFact[] = [...modelImports(parsed.program)];
  const comments = new Map<number, Comment>(parsed.comments.map(comment => [comment.range[0], comment]));
  const unreadable = (range: Range, message: string, reason: 'dynamic' | 'syntax error'): void => {
    const head = headOf(file, range);
    const operation = { kind: 'unreadable', reason, message, range, head } as const;
    statements.push({ range, head, operations: [operation] });
  };
  const sql = (fragment: Fragment, blocks: readonly Block[]): void => {
    const script = context.sql.parse(fragment);
    const offset = statements.length;
    const differs = isSpelledOtherwise(fragment);
    const inQuery = placesInQuery(script, part, context);
    let place = 0;
    for (const statement of script.statements) {
      const { parent } = statement;
      statements.push({
        ...statement,
        ...inQuery(statement),
        operations: statement.operations.map(operation => {
          const sent: SentSql = { text: fragment.text, place: place++ };
          return { ...inBlocks(operation, blocks), ...(differs ? { sent } : {}) };
        }),
        ...(parent === undefined ? {} : { parent: parent + offset }),
      });
    }
    for (const comment of script.comments) comments.set(comment.range[0], comment);
  };
  const done = (): Script => ({
    statements,
    comments: [...comments.values()].sort((a, b) => a.range[0] - b.range[0]),
    facts,
  });
  if (parsed.error !== undefined) unreadable(parsed.error.range, parsed.error.message, 'syntax error');
  else {
    const library = LIBRARIES[context.tool] ?? LIBRARIES.knex!;
    const module = evaluate(parsed.program, file, library, {
      dialect: context.dialect,
      fact: (kind, node) => {
        const range = rangeOf(node);
        // What stands in a loop or a helper is met again and again.
        const isKnown = facts.some(fact => fact.kind === kind && fact.range[0] === range[0]);
        if (!isKnown) facts.push({ kind, range, name: calledName(file, node) });
      },
      // As an anonymous block that only raises an error.
      refuse: node => {
        const range = rangeOf(node);
        const head = headOf(file, range);
        const operation = { kind: 'do', language: 'javascript', commits: false, range, head } as const;
        statements.push({ range, head, operations: [operation] });
      },
      inTransaction: part.transaction !== 'none',
      sql,
      statement: (range, operations, blocks) =>
        statements.push({
          range,
          head: headOf(file, range),
          operations: operations.map(each => inBlocks(each, blocks)),
        }),
      unreadable: (node, message) => unreadable(rangeOf(node), message, 'dynamic'),
    });
    const name = part.entry ?? context.direction;
    const entry = entryOf(module, name, library);
    const args = (callee: FunctionValue): readonly Value[] =>
      library.parameters.map((root): Value => ({ kind: 'chain', root, links: [], node: callee.node }));
    const undone = entry === undefined && name === 'down' && library.reverse !== undefined && findEntry(module, 'up');
    if (undone) {
      const chains = module.collect(undone, args(undone));
      for (const chain of [...chains].reverse()) module.reverse(chain);
    } else if (entry === undefined) {
      const texts = findTexts(module, name);
      for (const text of texts) sql(text, []);
      if (texts.length > 0) return done();
      // Where the module itself is the migration, what it does has been read with it.
      if (library.isScript === true && statements.length > 0) return done();
      unreadable([0, Math.min(1, file.text.length)], `no function ${name} is found in this file`, 'dynamic');
    } else module.call(entry, args(entry));
  }
  return done();
}

/** The function that a segment is, by its own name or by those that the library's migrations have in its place. */
function entryOf(module: Evaluated, name: string, { entries = [], isScript }: Library): FunctionValue | undefined {
  const names = name === 'up' ? [name, ...entries] : [name];
  const found = names.map(each => findEntry(module, each)).find(each => each !== undefined);
  if (found !== undefined || isScript !== true) return found;
  const functions = [...module.exported].flatMap(([as, value]) =>
    value.kind === 'function' && as !== 'down' ? [value] : [],
  );
  return functions.length === 1 ? functions[0] : undefined;
}

const TRANSACTION_COMMANDS: ReadonlySet<string> = new Set([
  'beginTransaction',
  'commitTransaction',
  'rollbackTransaction',
]);

/** The places of the statements of one query among each other, where PostgreSQL makes it a transaction. */
function placesInQuery(
  { statements }: Script,
  { transaction }: SegmentFile,
  { dialect }: LanguageContext,
): (statement: Statement) => Pick<Statement, 'inQuery'> {
  const own = statements.filter(({ parent }) => parent === undefined);
  const commands = own.some(({ operations }) => operations.some(({ kind }) => TRANSACTION_COMMANDS.has(kind)));
  if (dialect !== 'postgres' || transaction !== 'none' || own.length < 2 || commands) return () => ({});
  return statement => {
    const at = own.indexOf(statement);
    return at === -1 ? {} : { inQuery: at === 0 ? 'first' : 'later' };
  };
}

/** A call as far as its first arguments: `knex.schema.alterTable`. */
function calledName(file: SourceFile, node: Node): string {
  const text = file.text.slice(...rangeOf(node));
  return /^[\w$.]+/.exec(text)?.[0] ?? 'this call';
}

/** SQL as long as this is looked at where it stands only: it is kept with each of its operations. */
const LONG = 20_000;

/** Whether the file holds other text than the server gets, and not the same text in one piece. */
function isSpelledOtherwise({ file, text, segments }: Fragment): boolean {
  const first = segments[0]!.source[0];
  const last = segments.at(-1)!.source[1];
  return text.length < LONG && file.text.slice(first, last) !== text;
}

/** An operation with the blocks of the code around its own. */
function inBlocks(operation: Operation, blocks: readonly Block[]): Operation {
  return blocks.length === 0 ? operation : { ...operation, blocks: [...blocks, ...(operation.blocks ?? [])] };
}
