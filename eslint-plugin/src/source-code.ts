import { createRequire } from 'node:module';
import type { File, RulesConfig, SourceLocation, SourceRange, TraversalStep } from '@eslint/core';
import type { Directive as DirectiveOf } from '@eslint/plugin-kit';
import { type Outline, outlineOf } from 'surefoot';
import { isOurs } from './known-rules.ts';

// As CommonJS, which ESLint has loaded already: where both depend on the same release, this costs nothing.
const { ConfigCommentParser, Directive, TextSourceCodeBase, VisitNodeStep } = createRequire(import.meta.url)(
  '@eslint/plugin-kit',
) as typeof import('@eslint/plugin-kit');
type Directive = DirectiveOf;

/** The one node that ESLint sees of an SQL file: the rules work on operations, not on a tree. */
export interface SqlFile {
  readonly type: 'SqlFile';
  readonly range: SourceRange;
  readonly loc: SourceLocation;
}

/** A comment that holds a directive for ESLint. */
export interface DirectiveComment {
  readonly type: 'Comment';
  readonly range: SourceRange;
  readonly loc: SourceLocation;
}

/** The types that ESLint's own are told of. */
export interface SqlTypes {
  LangOptions: Record<string, unknown>;
  RootNode: SqlFile;
  SyntaxElementWithLoc: SqlFile | DirectiveComment;
  ConfigNode: DirectiveComment;
}

/** A directive as it was written. */
interface Written {
  readonly label: string;
  readonly value: string;
  readonly justification: string;
  readonly range: SourceRange;
}

interface InlineConfig {
  readonly config: { readonly rules: RulesConfig };
  readonly loc: SourceLocation;
}

interface InlineProblem {
  readonly ruleId: null;
  readonly message: string;
  readonly loc: SourceLocation;
}

/** As `positionAt` of surefoot counts lines. */
const LINE_END = /\r\n|[\n\r]/u;
const COMMENT_PARSER = new ConfigCommentParser();
const LABEL = /^eslint(?:-disable(?:-next-line|-line)?|-enable)?$/;
/** Directives that begin and end where the comment stands, and not with a line. */
const BLOCK_LABELS = ['eslint-disable', 'eslint-enable'];

/** An SQL file as ESLint holds it. The text is without byte order mark; {@link SqlSourceCode.bom} tells whether there is one. */
export class SqlSourceCode extends TextSourceCodeBase<SqlTypes> {
  readonly bom: boolean;
  #directives: readonly Written[] | undefined;
  #outline: Outline | undefined;

  constructor(file: File, ast: SqlFile) {
    super({ text: file.body as string, ast, lineEndingPattern: LINE_END });
    this.bom = file.bom;
  }

  override getParent(): undefined {
    return undefined;
  }

  override *traverse(): Iterable<TraversalStep> {
    yield new VisitNodeStep({ target: this.ast, phase: 1, args: [this.ast, undefined] });
    yield new VisitNodeStep({ target: this.ast, phase: 2, args: [this.ast, undefined] });
  }

  /** The comments with directives, for the warning of configurations that forbid them. */
  getInlineConfigNodes(): DirectiveComment[] {
    return this.#written().map(({ range }) => this.#commentAt(range, range));
  }

  /** `eslint-disable…` and `eslint-enable` comments. */
  getDisableDirectives(): { directives: Directive[]; problems: InlineProblem[] } {
    const directives: Directive[] = [];
    const problems: InlineProblem[] = [];
    /** Rules switched off by a comment until further notice; `*` for all. */
    const off = new Set<string>();
    for (const { label, value, justification, range } of this.#written()) {
      if (label === 'eslint') continue;
      const node = this.#commentAt(range, range);
      if (label === 'eslint-disable-line' && node.loc.start.line !== node.loc.end.line) {
        problems.push({ ruleId: null, message: `${label} comment should not span multiple lines.`, loc: node.loc });
        continue;
      }
      const type = label.slice('eslint-'.length) as Directive['type'];
      const rules = rulesIn(value);
      if (BLOCK_LABELS.includes(label)) {
        for (const rule of rules) {
          if (type === 'disable') off.add(rule);
          else if (rule === '*') off.clear();
          else off.delete(rule);
        }
        const place: SourceRange = type === 'disable' && this.#isAboveStatements(range) ? [0, range[1]] : range;
        directives.push(new Directive({ type, node: this.#commentAt(range, place), value, justification }));
        continue;
      }
      const covered = rules.every(isOurs) ? this.#statementFor(type, range) : undefined;
      // What is off anyway must not be switched on again at the statement's end.
      const isOff = off.has('*') || rules.some(rule => (rule === '*' ? off.size > 0 : off.has(rule)));
      if (covered === undefined || isOff) {
        directives.push(new Directive({ type, node, value, justification }));
        continue;
      }
      directives.push(
        new Directive({ type: 'disable', node: this.#commentAt(range, covered), value, justification }),
        new Directive({
          type: 'enable',
          node: this.#commentAt([covered[1], covered[1]], [covered[1], covered[1]]),
          value,
          justification,
        }),
      );
    }
    return { directives, problems };
  }

  /** Comments that configure rules: `eslint surefoot/require-comment: "off"`. */
  applyInlineConfig(): { configs: InlineConfig[]; problems: InlineProblem[] } {
    const configs: InlineConfig[] = [];
    const problems: InlineProblem[] = [];
    for (const { label, value, range } of this.#written()) {
      if (label !== 'eslint') continue;
      const { loc } = this.#commentAt(range, range);
      const parsed = COMMENT_PARSER.parseJSONLikeConfig(value);
      if (parsed.ok) configs.push({ config: { rules: parsed.config }, loc });
      else problems.push({ ruleId: null, message: parsed.error.message, loc });
    }
    return { configs, problems };
  }

  /** The location of a range, as this language counts lines and columns: both from 1. */
  locOf([start, end]: SourceRange): SourceLocation {
    return { start: this.getLocFromIndex(start), end: this.getLocFromIndex(end) };
  }

  #written(): readonly Written[] {
    this.#directives ??= this.text.includes('eslint') ? readDirectives(this.#outlined()) : [];
    return this.#directives;
  }

  #outlined(): Outline {
    this.#outline ??= outlineOf(this.text);
    return this.#outline;
  }

  /** @param place - what ESLint is to take for the comment's place, where that is another one */
  #commentAt(range: SourceRange, place: SourceRange): DirectiveComment {
    return { type: 'Comment', range, loc: this.locOf(place) };
  }

  /** Whether a comment stands above all statements: then it is for the whole file, what is found about the file included. */
  #isAboveStatements([start]: SourceRange): boolean {
    const [first] = this.#outlined().statements;
    return first === undefined || start < first[0];
  }

  /**
   * The statement that a comment is for, as the command line has it: the whole statement below the comment, or the one that
   * ends on its line. Undefined where ESLint's own reading, by line, comes to the same.
   *
   * @returns from the comment or the statement, whichever comes first, to the statement's end
   */
  #statementFor(type: Directive['type'], comment: SourceRange): SourceRange | undefined {
    const { statements, comments } = this.#outlined();
    if (type === 'disable-next-line') {
      const next = statements.find(([start]) => start >= comment[1]);
      if (next === undefined || !this.#isBlank(comment[1], next[0], comments)) return undefined;
      return [comment[0], next[1]];
    }
    const line = this.getLocFromIndex(comment[0]).line;
    const before = statements.findLast(([, end]) => end <= comment[0]);
    if (before === undefined || this.getLocFromIndex(before[1]).line !== line) return undefined;
    return this.getLocFromIndex(before[0]).line === line ? undefined : [before[0], comment[1]];
  }

  /** Whether there is nothing but white space and comments between two places. */
  #isBlank(start: number, end: number, comments: Outline['comments']): boolean {
    let at = start;
    for (const { range } of comments) {
      if (range[0] < at || range[1] > end) continue;
      if (this.text.slice(at, range[0]).trim() !== '') return false;
      at = range[1];
    }
    return this.text.slice(at, end).trim() === '';
  }
}

function readDirectives({ comments }: Outline): readonly Written[] {
  return comments.flatMap(({ text, range }): Written[] => {
    if (!text.includes('eslint')) return [];
    // VS Code writes its directives as `/** … */`.
    const directive = COMMENT_PARSER.parseDirective(text.replace(/^[\s*]+/, '').trimEnd());
    if (directive === undefined || !LABEL.test(directive.label)) return [];
    const { label, value, justification } = directive;
    return [{ label, value, justification, range: [range[0], range[1]] }];
  });
}

/** The rules that a directive names; `*` where it names none and is for all. */
function rulesIn(value: string): readonly string[] {
  const rules = Object.keys(COMMENT_PARSER.parseListConfig(value));
  return rules.length === 0 ? ['*'] : rules;
}
