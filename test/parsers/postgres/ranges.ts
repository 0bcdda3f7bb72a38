import type { Script } from '../../../src/operations/statements.ts';
import type { Range } from '../../../src/source/source-file.ts';

/** What is wrong with the ranges of a script; empty where all lie inside the file and inside what they are part of. */
export function wrongRanges(script: Script, length: number): readonly string[] {
  const wrong: string[] = [];
  const check = (inner: Range, outer: Range, what: string): void => {
    if (!(inner[0] >= outer[0] && inner[1] <= outer[1] && inner[0] <= inner[1]))
      wrong.push(`${what} ${inner} in ${outer}`);
  };
  const file: Range = [0, length];
  for (const [index, statement] of script.statements.entries()) {
    check(statement.range, file, `statement ${index}`);
    check(statement.head, statement.range, `head of statement ${index}`);
    if (statement.parent !== undefined) {
      if (statement.parent >= index) wrong.push(`statement ${index} before its parent`);
      check(statement.range, script.statements[statement.parent]!.range, `statement ${index} in its parent`);
    }
    for (const operation of statement.operations) {
      check(operation.range, statement.range, `${operation.kind}`);
      check(operation.head, operation.range, `head of ${operation.kind}`);
      for (const [name, anchor] of Object.entries(operation.anchors ?? {})) {
        check(anchor, statement.range, `${name} of ${operation.kind}`);
      }
      for (const range of rangesIn(operation)) check(range, file, `a part of ${operation.kind}`);
      const { blocks: _, ...own } = operation;
      for (const range of rangesIn(own)) check(range, statement.range, `a part of ${operation.kind}`);
    }
  }
  for (const comment of script.comments) check(comment.range, file, 'comment');
  return wrong;
}

/** All ranges anywhere below a value. */
function rangesIn(value: unknown): readonly Range[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    (key === 'range' || key === 'head') && Array.isArray(part) ? [part as unknown as Range] : rangesIn(part),
  );
}
