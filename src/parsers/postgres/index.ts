import type { Comment } from '../../operations/statements.ts';
import { type Fragment, toSourceRange } from '../../source/fragment.ts';
import type { FrontEnd } from '../front-end.ts';
import type { Token } from '../tokenizer/token.ts';
import { lowerStatements } from './statements.ts';
import { parseUnit } from './unit.ts';

/** PostgreSQL's reader: the server's own grammar (version 18), its tree lowered to operations. */
export const postgres: FrontEnd = {
  parse(fragment) {
    const unit = parseUnit(fragment);
    return {
      statements: lowerStatements(unit.statements),
      comments: unit.comments.map(token => commentOf(token, fragment)),
    };
  },
};

function commentOf(token: Token, fragment: Fragment): Comment {
  const isLine = token.kind === 'lineComment';
  const end = isLine || token.unterminated === true ? token.end : token.end - 2;
  return {
    range: toSourceRange(fragment, token.start, token.end),
    text: fragment.text.slice(token.start + 2, Math.max(end, token.start + 2)),
    style: isLine ? 'line' : 'block',
  };
}
