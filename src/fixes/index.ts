import type { Dialect, Server } from '../server/server.ts';
import { argumentsAsSent } from './ecmascript/as-sent.ts';
import { mysqlForms } from './mysql/index.ts';
import { postgresForms } from './postgres/index.ts';
import type { SafeForm, SafeForms } from './safe-forms.ts';
import { sqliteForms } from './sqlite/index.ts';
import { sqlServerForms } from './sqlserver/index.ts';

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
  rebuiltTable: () => ({}),
};

const MYSQL: SafeForms = { ...NONE, ...mysqlForms };

const FORMS: Readonly<Partial<Record<Dialect, SafeForms>>> = {
  postgres: { ...NONE, ...postgresForms },
  mysql: MYSQL,
  mariadb: MYSQL,
  sqlite: { ...NONE, ...sqliteForms },
  sqlserver: { ...NONE, ...sqlServerForms },
};

/** The safe forms in the server's own syntax; empty ones where the dialect has none. */
export function safeForms({ dialect }: Pick<Server, 'dialect'>): SafeForms {
  const forms = ofSent.get(dialect) ?? readingWhatIsSent(FORMS[dialect] ?? NONE, dialect);
  ofSent.set(dialect, forms);
  return forms;
}

const ofSent = new Map<Dialect, SafeForms>();

/** Forms that take an operation of code as the SQL that the server receives. */
function readingWhatIsSent(forms: SafeForms, dialect: Dialect): SafeForms {
  const entries = Object.entries(forms).map(([name, form]: [string, (...args: unknown[]) => SafeForm]) => [
    name,
    (...args: unknown[]) => form(...argumentsAsSent(args, dialect)),
  ]);
  return Object.fromEntries(entries);
}
