import type { MysqlStatement, MysqlTableOperation } from '../../operations/mysql.ts';
import { type ApplyTable, unchanged } from './apply.ts';

export const MYSQL: ApplyTable<(MysqlTableOperation | MysqlStatement)['kind']> = {
  redefineColumn: unchanged,
  convertCharset: unchanged,
  orderRows: unchanged,
  forceRebuild: unchanged,
  renameIndex: unchanged,
  setIndexVisibility: unchanged,
  switchKeys: unchanged,
  tablespaceFile: unchanged,
  systemVersioning: unchanged,
  partitionTable: unchanged,
  removePartitioning: unchanged,
  addPartition: unchanged,
  dropPartition: unchanged,
  truncatePartition: unchanged,
  coalescePartition: unchanged,
  reorganizePartition: unchanged,
  exchangePartition: unchanged,
  maintainPartition: unchanged,
  ddlOption: unchanged,
  optimizeTable: unchanged,
  checkTable: unchanged,
  repairTable: unchanged,
  unlockTables: unchanged,
};
