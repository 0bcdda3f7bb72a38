import { type Node, rangeOf } from '../../parsers/ecmascript/syntax.ts';
import type { Range } from '../../source/source-file.ts';

/** The nodes around a place, from the file's whole tree to the innermost that holds it. */
export function pathTo(program: Node, [start, end]: Range): readonly Node[] {
  const path: Node[] = [];
  let at: Node | undefined = program;
  while (at !== undefined) {
    path.push(at);
    at = childrenOf(at).find(node => {
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
    left.push(...childrenOf(node));
  }
  return found;
}

/** A node's children under whatever keys; ESLint's trees also lead back, by `parent`. */
function childrenOf(node: Node): readonly Node[] {
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'parent' ? [] : (Array.isArray(value) ? value : [value]).filter(isNode),
  );
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
