import type { WrittenExpression } from '../../../operations/expressions.ts';
import type { OperationOf } from '../../../operations/operations.ts';
import { anchorsOf, findWord, type Source, tokenAt } from '../../source-text.ts';
import type { CreatePolicyStmt } from '../ast.ts';
import { writtenInBrackets } from '../expressions.ts';
import { relationName, roleNames } from '../names.ts';
import { baseToName, type Lowerers } from './lowerers.ts';

type PolicyExpressions = { using?: WrittenExpression; withCheck?: WrittenExpression };

function expressionsOf(
  { table, qual, with_check }: Pick<CreatePolicyStmt, 'table' | 'qual' | 'with_check'>,
  source: Source,
): PolicyExpressions {
  const from = tokenAt(source, table?.location);
  const using = qual === undefined ? undefined : writtenInBrackets(qual, source, findWord(source, 'USING', from) + 1);
  const withCheck =
    with_check === undefined ? undefined : writtenInBrackets(with_check, source, findWord(source, 'CHECK', from) + 1);
  return { ...(using === undefined ? {} : { using }), ...(withCheck === undefined ? {} : { withCheck }) };
}

export const POLICIES: Lowerers = {
  CreatePolicyStmt: (node, source) => [
    {
      kind: 'createPolicy',
      ...baseToName(source, source.first + 2),
      ...anchorsOf(source, { object: source.first + 1 }),
      name: source.text.restore(node.policy_name ?? ''),
      table: relationName(node.table, source),
      permissive: node.permissive === true,
      command: (node.cmd_name ?? 'all') as OperationOf<'createPolicy'>['command'],
      roles: roleNames(node.roles, source),
      ...expressionsOf(node, source),
    },
  ],
  AlterPolicyStmt: (node, source) => [
    {
      kind: 'alterPolicy',
      ...baseToName(source, source.first + 2),
      ...anchorsOf(source, { object: source.first + 1 }),
      name: source.text.restore(node.policy_name ?? ''),
      table: relationName(node.table, source),
      ...(node.roles === undefined ? {} : { roles: roleNames(node.roles, source) }),
      ...expressionsOf(node, source),
    },
  ],
};
