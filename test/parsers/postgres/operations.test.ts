import { describe, expect, it } from 'vitest';
import type { MongoOperation } from '../../../src/operations/mongo.ts';
import type { MysqlStatement, MysqlTableOperation } from '../../../src/operations/mysql.ts';
import type { OperationKind } from '../../../src/operations/operations.ts';
import { CASES } from './cases.ts';
import { at, operationsOf, read } from './read.ts';

describe('operations', () => {
  it.each(CASES.map(([sql, expected, heads]) => ({ sql, expected, heads })))('$sql', ({ sql, expected, heads }) => {
    const operations = operationsOf(sql);
    expect(operations).toMatchObject(expected);
    expect(operations).toHaveLength(expected.length);
    if (heads !== undefined) expect(operations.map(operation => at(sql, operation.head))).toEqual(heads);
  });
});

/** Kinds that statements of other servers alone make. */
type OtherKind = (MysqlTableOperation | MysqlStatement | MongoOperation)['kind'];

/** Every kind of operation: a new one does not compile until it stands here, and fails until a statement above makes it. */
const KINDS: Readonly<Record<Exclude<OperationKind, OtherKind>, true>> = {
  createTable: true,
  dropTable: true,
  addColumn: true,
  dropColumn: true,
  renameColumn: true,
  alterColumnType: true,
  setDefault: true,
  dropDefault: true,
  setNotNull: true,
  dropNotNull: true,
  setExpression: true,
  dropExpression: true,
  addIdentity: true,
  alterIdentity: true,
  dropIdentity: true,
  setColumnStatistics: true,
  setColumnOptions: true,
  setColumnStorage: true,
  setColumnCompression: true,
  addCheck: true,
  addNotNullConstraint: true,
  addUnique: true,
  addPrimaryKey: true,
  addForeignKey: true,
  addExclude: true,
  validateConstraint: true,
  alterConstraint: true,
  dropConstraint: true,
  renameConstraint: true,
  attachPartition: true,
  detachPartition: true,
  setLogged: true,
  setTablespace: true,
  setAccessMethod: true,
  setTableOptions: true,
  clusterOn: true,
  enableTrigger: true,
  disableTrigger: true,
  enableRule: true,
  disableRule: true,
  inherit: true,
  noInherit: true,
  ofType: true,
  setReplicaIdentity: true,
  setRowSecurity: true,
  renameTable: true,
  setRelationSchema: true,
  setRelationOwner: true,
  otherTableChange: true,
  createIndex: true,
  dropIndex: true,
  reindex: true,
  attachIndexPartition: true,
  alterIndex: true,
  createView: true,
  dropView: true,
  alterViewOptions: true,
  createMaterializedView: true,
  refreshMaterializedView: true,
  dropMaterializedView: true,
  createSequence: true,
  alterSequence: true,
  dropSequence: true,
  createEnum: true,
  addEnumValue: true,
  renameEnumValue: true,
  createCompositeType: true,
  alterCompositeType: true,
  createOtherType: true,
  dropType: true,
  renameType: true,
  setTypeSchema: true,
  createDomain: true,
  alterDomain: true,
  createRoutine: true,
  alterRoutine: true,
  dropRoutine: true,
  createTrigger: true,
  dropTrigger: true,
  renameTrigger: true,
  createRule: true,
  dropRule: true,
  createPolicy: true,
  alterPolicy: true,
  renamePolicy: true,
  dropPolicy: true,
  createSchema: true,
  renameSchema: true,
  dropSchema: true,
  createDatabase: true,
  dropDatabase: true,
  alterDatabase: true,
  createObject: true,
  alterObject: true,
  dropObject: true,
  comment: true,
  grant: true,
  revoke: true,
  alterDefaultPrivileges: true,
  securityLabel: true,
  reassignOwned: true,
  dropOwned: true,
  importForeignSchema: true,
  vacuum: true,
  analyze: true,
  cluster: true,
  checkpoint: true,
  insert: true,
  update: true,
  delete: true,
  merge: true,
  truncate: true,
  copyFrom: true,
  select: true,
  copyTo: true,
  call: true,
  do: true,
  explain: true,
  setParameter: true,
  resetParameter: true,
  discard: true,
  beginTransaction: true,
  commitTransaction: true,
  rollbackTransaction: true,
  savepoint: true,
  releaseSavepoint: true,
  rollbackToSavepoint: true,
  prepareTransaction: true,
  commitPrepared: true,
  rollbackPrepared: true,
  setConstraints: true,
  lockTable: true,
  alterSystem: true,
  setRoleParameter: true,
  other: true,
  unreadable: true,
};

it('makes every kind of operation', () => {
  const made = new Set(CASES.flatMap(([sql]) => operationsOf(sql).map(operation => operation.kind)));
  expect([...made].sort()).toEqual(Object.keys(KINDS).sort());
});

it('reads all of them in one file as it reads each', () => {
  const inOne = CASES.filter(([sql]) => !sql.startsWith('COPY t (a'));
  const file = inOne.map(([sql]) => sql).join(';\n\n-- between\n');
  const kinds = read(file).statements.flatMap(statement => statement.operations.map(operation => operation.kind));
  expect(kinds).toEqual(inOne.flatMap(([sql]) => operationsOf(sql).map(operation => operation.kind)));
});
