export { applyOperation, applyStatement, foresee, inServerOrder } from './apply/index.ts';
export type { Site } from './context.ts';
export {
  type Dependent,
  type DropTarget,
  dependentsOf,
  indexMentions,
} from './dependents.ts';
export { generatedIndexName } from './indexes.ts';
export {
  constraintsOf,
  creationSchema,
  dependentViewsOf,
  type Existence,
  existence,
  type ForeignKey,
  findColumn,
  findConstraint,
  incomingForeignKeys,
  indexesOf,
  partitionsOf,
  resolveRelation,
  resolveTable,
  resolveType,
  routinesNamed,
  tablesUsingType,
  typeExistence,
} from './lookup.ts';
export {
  beginTransaction,
  commitTransaction,
  holdLocks,
  rollbackTransaction,
  setting,
  startSession,
} from './session.ts';
export { statementAsDeclared } from './spelling.ts';
export { emptyState } from './store.ts';
