import type { Dialect, Server } from '../server/server.ts';
import { mysqlForms } from './mysql/index.ts';
import { postgresForms } from './postgres/index.ts';
import type { SafeForms } from './safe-forms.ts';

const NONE: SafeForms = {
  concurrentIndex: () => ({}),
  requiredColumn: () => ({}),
  notNull: () => ({}),
  renamedTable: () => ({}),
  renamedColumn: () => ({}),
  batches: () => ({}),
  droppedColumn: () => ({}),
  droppedTable: () => ({}),
  changedType: () => ({}),
  renamedEnumValue: () => ({}),
  withoutEnumValues: () => ({}),
  replacedKey: () => ({}),
  replacedView: () => ({}),
  widenedSequence: () => ({}),
  replicaIdentity: () => ({}),
  concurrentIndexDrop: () => ({}),
  retriableIndex: () => ({}),
  concurrentReindex: () => ({}),
  concurrentRefresh: () => ({}),
  notValidConstraint: () => ({}),
  notNullWithoutScan: () => ({}),
  constraintUsingIndex: () => ({}),
  columnThenConstraints: () => ({}),
  columnWithoutRewrite: () => ({}),
  validated: () => ({}),
  withoutTimeouts: () => ({}),
  committedEnumValue: () => ({}),
  attachedPartition: () => ({}),
  checkedPartition: () => ({}),
  concurrentDetach: () => ({}),
  withTimeout: () => ({}),
  tenantColumn: () => ({}),
  rowSecurity: () => ({}),
  routineSearchPath: () => ({}),
  foreignKeyIndex: () => ({}),
  onlineCopy: () => ({}),
};

const MYSQL: SafeForms = { ...NONE, ...mysqlForms };

const FORMS: Readonly<Partial<Record<Dialect, SafeForms>>> = {
  postgres: { ...NONE, ...postgresForms },
  mysql: MYSQL,
  mariadb: MYSQL,
};

/** The safe forms in the server's own syntax; empty ones where the dialect has none. */
export function safeForms(server: Pick<Server, 'dialect'>): SafeForms {
  return FORMS[server.dialect] ?? NONE;
}
