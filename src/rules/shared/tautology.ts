import type { Expression } from '../../operations/expressions.ts';

/** Whether an expression holds for every row, whatever is in it: `true`, `1 = 1`, `true OR …`. */
export function isAlwaysTrue(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
      return expression.value === true || (expression.type === 'string' && isTrueText(expression.value));
    case 'cast':
      return isAlwaysTrue(expression.operand);
    case 'and':
      return expression.operands.every(isAlwaysTrue);
    case 'or':
      return expression.operands.some(isAlwaysTrue);
    case 'not':
      return expression.operand.kind === 'literal' && expression.operand.value === false;
    case 'operator': {
      const [left, right] = expression.operands;
      return (
        expression.operator === '=' &&
        left?.kind === 'literal' &&
        right?.kind === 'literal' &&
        left.value !== null &&
        left.value === right.value
      );
    }
    default:
      return false;
  }
}

function isTrueText(value: unknown): boolean {
  return typeof value === 'string' && ['t', 'true', 'yes', 'on', '1'].includes(value.toLowerCase());
}
