import { LOCK_MODES, type LockMode, type OperationKind, type StorageOption } from '../operations/index.ts';

/** The strength order of lock modes, weakest 0. */
export function strength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode);
}

/** The stronger of two modes. */
export function strongest(a: LockMode, b: LockMode): LockMode {
  return strength(a) >= strength(b) ? a : b;
}

/**
 * Which modes cannot be held at the same time by two transactions (PostgreSQL manual, table 13.2 "Conflicting Lock Modes"),
 * per mode the weakest ones first.
 */
export const CONFLICTS: Readonly<Record<LockMode, readonly LockMode[]>> = {
  AccessShareLock: ['AccessExclusiveLock'],
  RowShareLock: ['ExclusiveLock', 'AccessExclusiveLock'],
  RowExclusiveLock: ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'],
  ShareUpdateExclusiveLock: [
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ShareLock: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ShareRowExclusiveLock: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ExclusiveLock: [
    'RowShareLock',
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  AccessExclusiveLock: LOCK_MODES,
};

/** Whether a lock in one mode makes a request in the other wait. */
export function conflicts(held: LockMode, wanted: LockMode): boolean {
  return CONFLICTS[held].includes(wanted);
}

/** What readers (SELECT) and writers (INSERT, UPDATE, DELETE) of a table ask for. */
export const READ_MODE: LockMode = 'AccessShareLock';
export const WRITE_MODE: LockMode = 'RowExclusiveLock';

const AX: LockMode = 'AccessExclusiveLock';
const SRX: LockMode = 'ShareRowExclusiveLock';
const SUE: LockMode = 'ShareUpdateExclusiveLock';

/**
 * The mode that each sub-command of ALTER TABLE takes on its table (PostgreSQL source, AlterTableGetLockLevel; all measured);
 * one ALTER TABLE takes the strongest of its sub-commands from the start. The same in 13 to 18. SET / RESET (options) depends
 * on the option, DETACH PARTITION on CONCURRENTLY: see {@link optionsMode} and alter-table.ts.
 */
export const ALTER_TABLE_MODES = {
  addColumn: AX,
  dropColumn: AX,
  renameColumn: AX,
  alterColumnType: AX,
  setDefault: AX,
  dropDefault: AX,
  setNotNull: AX,
  dropNotNull: AX,
  setExpression: AX,
  dropExpression: AX,
  addIdentity: AX,
  alterIdentity: AX,
  dropIdentity: AX,
  setColumnStatistics: SUE,
  setColumnOptions: SUE,
  setColumnStorage: AX,
  setColumnCompression: AX,
  addCheck: AX,
  addNotNullConstraint: AX,
  addUnique: AX,
  addPrimaryKey: AX,
  addForeignKey: SRX,
  addExclude: AX,
  validateConstraint: SUE,
  alterConstraint: AX,
  dropConstraint: AX,
  renameConstraint: AX,
  attachPartition: SUE,
  detachPartition: AX,
  setLogged: AX,
  setTablespace: AX,
  setAccessMethod: AX,
  setTableOptions: SUE,
  clusterOn: SUE,
  enableTrigger: SRX,
  disableTrigger: SRX,
  enableRule: AX,
  disableRule: AX,
  inherit: AX,
  noInherit: AX,
  ofType: AX,
  setReplicaIdentity: AX,
  setRowSecurity: AX,
  renameTable: AX,
  setRelationSchema: AX,
  setRelationOwner: AX,
  otherTableChange: AX,
} as const satisfies Partial<Record<OperationKind, LockMode>>;

/**
 * Storage options that are set under SHARE UPDATE EXCLUSIVE (PostgreSQL source, reloptions.c); every other one, and every option
 * of a view, takes ACCESS EXCLUSIVE. `toast.` options follow the option without the prefix.
 */
const LIGHT_OPTIONS =
  /^(?:toast\.)?(?:autovacuum_\w+|log_autovacuum_\w+|fillfactor|toast_tuple_target|parallel_workers|vacuum_\w+|deduplicate_items|n_distinct|n_distinct_inherited|effective_io_concurrency)$/;

/** The mode for SET or RESET of storage options: the strongest that one of them asks for. */
export function optionsMode(options: readonly StorageOption[]): LockMode {
  return options.every(option => LIGHT_OPTIONS.test(option.name.toLowerCase())) ? SUE : AX;
}
