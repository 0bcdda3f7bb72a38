import type { OperationOf } from '../../../operations/operations.ts';
import { anchorsOf, findWord, isWord, type Source, tokenAt, wordWithin } from '../../source-text.ts';
import type { CreateTrigStmt } from '../ast.ts';
import { writtenInBrackets } from '../expressions.ts';
import { listName, placed, relationName, restoredStrings } from '../names.ts';
import { baseToName, type Lowerers } from './lowerers.ts';

/** Bits of a trigger's timing and events (pg_trigger.h, TRIGGER_TYPE_…). */
const BEFORE = 1 << 1;
const INSTEAD_OF = 1 << 6;
const EVENTS = [
  [1 << 2, 'insert'],
  [1 << 4, 'update'],
  [1 << 3, 'delete'],
  [1 << 5, 'truncate'],
] as const;

function lowerCreateTrigger(node: CreateTrigStmt, source: Source): OperationOf<'createTrigger'> {
  const keyword = wordWithin(source, 'TRIGGER');
  const routine = findWord(source, ['FUNCTION', 'PROCEDURE'], findWord(source, 'EXECUTE', keyword));
  const when = node.whenClause === undefined ? -1 : findWord(source, 'WHEN', tokenAt(source, node.relation?.location));
  return {
    kind: 'createTrigger',
    ...baseToName(source, keyword + 1),
    ...anchorsOf(source, { object: keyword }),
    name: source.text.restore(node.trigname ?? ''),
    table: relationName(node.relation, source),
    replace: node.replace === true,
    constraint: node.isconstraint === true,
    timing: timingOf(node.timing ?? 0),
    events: EVENTS.filter(([bit]) => ((node.events ?? 0) & bit) !== 0).map(([, event]) => event),
    updateColumns: restoredStrings(node.columns, source),
    forEachRow: node.row === true,
    routine: placed(listName(node.funcname, source), source, routine + 1),
    ...(node.whenClause === undefined ? {} : { when: writtenInBrackets(node.whenClause, source, when + 1) }),
  };
}

function timingOf(bits: number): OperationOf<'createTrigger'>['timing'] {
  if ((bits & BEFORE) !== 0) return 'before';
  return (bits & INSTEAD_OF) !== 0 ? 'instead of' : 'after';
}

export const TRIGGERS: Lowerers = {
  CreateTrigStmt: (node, source) => [lowerCreateTrigger(node, source)],
  RuleStmt: (node, source) => {
    const keyword = isWord(source, source.first + 1, 'OR') ? source.first + 3 : source.first + 1;
    return [
      {
        kind: 'createRule',
        ...baseToName(source, keyword + 1),
        ...anchorsOf(source, { object: keyword }),
        name: source.text.restore(node.rulename ?? ''),
        table: relationName(node.relation, source),
        replace: node.replace === true,
      },
    ];
  },
};
