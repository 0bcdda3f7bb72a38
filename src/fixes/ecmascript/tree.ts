import { type Node, rangeOf } from '../../parsers/ecmascript/syntax.ts';
import type { Range } from '../../source/source-file.ts';

/** The nodes around a place, from the file's whole tree to the innermost that holds it. */
export function pathTo(program: Node, [start, end]: Range): readonly Node[] {
  const path: Node[] = [];
  let at: Node | undefined = program;
  while (at !== undefined) {
    path.push(at);
    at = childWhere(at, node => {
      const [from, to] = rangeOf(node);
      return from <= start && end <= to;
    });
  }
  return path;
}

/** The nodes of a tree that fulfil a condition, in no order. */
export function nodesWhere(program: Node, condition: (node: Node) => boolean): readonly Node[] {
  const found: Node[] = [];
  const left = [program];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (condition(node)) found.push(node);
    childWhere(node, child => {
      left.push(child);
      return false;
    });
  }
  return found;
}

/** The first of a node's children, under whatever keys, that fulfils a condition; ESLint's trees also lead back, by `parent`. */
function childWhere(node: Node, condition: (child: Node) => boolean): Node | undefined {
  for (const key in node) {
    const value = node[key];
    if (typeof value !== 'object' || value === null || key === 'parent') continue;
    if (!Array.isArray(value)) {
      if (isNode(value) && condition(value)) return value;
      continue;
    }
    for (const each of value) if (isNode(each) && condition(each)) return each;
  }
  return undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** A function with statements of its own. */
export const isFunction = ({ type }: Node): boolean =>
  /^(?:Function|ArrowFunction)/.test(type) && type !== 'FunctionBody';

/** The white space that a place's line starts with. */
export function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)![0];
}
