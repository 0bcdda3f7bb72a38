import type { Operation } from '../../../operations/operations.ts';
import { type Source, textOf } from '../../source-text.ts';
import { type Node, type NodeName, nodeName } from '../ast.ts';
import { lowerQuery } from '../queries.ts';
import { ALTER_TABLE } from './alter-table.ts';
import { DATA } from './data.ts';
import { DROP } from './drops.ts';
import { INDEXES } from './indexes.ts';
import { baseWords, type Lowerers } from './lowerers.ts';
import { MAINTENANCE } from './maintenance.ts';
import { OBJECTS } from './objects.ts';
import { POLICIES } from './policies.ts';
import { RENAMES } from './renames.ts';
import { ROUTINES } from './routines.ts';
import { SCHEMAS } from './schemas.ts';
import { SEQUENCES } from './sequences.ts';
import { lowerSetConfig, SESSION } from './session.ts';
import { lowerSelectInto, TABLES } from './tables.ts';
import { TRIGGERS } from './triggers.ts';
import { TYPES } from './types.ts';
import { VIEWS } from './views.ts';

const QUERIES: Lowerers = {
  SelectStmt: (node, source) => {
    if (node.intoClause !== undefined) return [lowerSelectInto(node, source)];
    const setting = lowerSetConfig(node, source);
    if (setting !== undefined) return [setting];
    const query = lowerQuery({ SelectStmt: node }, source, source.first, source.last);
    return [{ kind: 'select', ...baseWords(source, 3), query }];
  },
};

/** Every statement that has operations of its own, by the name of its node. */
const LOWERERS: Lowerers = {
  ...TABLES,
  ...ALTER_TABLE,
  ...DROP,
  ...RENAMES,
  ...INDEXES,
  ...VIEWS,
  ...SEQUENCES,
  ...TYPES,
  ...ROUTINES,
  ...TRIGGERS,
  ...POLICIES,
  ...SCHEMAS,
  ...OBJECTS,
  ...DATA,
  ...QUERIES,
  ...SESSION,
  ...MAINTENANCE,
};

/** What statements without operations of their own are called, where it is not the name of their node. */
const NAMES: Readonly<Partial<Record<NodeName, string>>> = {
  VariableShowStmt: 'show',
  ClosePortalStmt: 'close cursor',
};

/**
 * The operations of a statement; at least one: what the model has no kind for is `other`.
 *
 * DO blocks and the elements of CREATE SCHEMA hold statements of their own, which are not lowered here.
 */
export function lowerStatement(node: Node, source: Source): readonly Operation[] {
  const name = nodeName(node);
  const lower = LOWERERS[name] as ((fields: unknown, source: Source) => readonly Operation[]) | undefined;
  const operations = lower?.((node as Readonly<Record<string, unknown>>)[name], source) ?? [];
  if (operations.length > 0) return operations;
  return [
    {
      kind: 'other',
      ...baseWords(source, 3),
      what:
        NAMES[name] ??
        name
          .replace(/Stmt$/, '')
          .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
          .toLowerCase(),
      text: textOf(source, source.first, source.last),
    },
  ];
}
