import { textOf } from '../../source-text.ts';
import { LEXICONS } from '../../tokenizer/index.ts';
import { cutBatches } from '../batches.ts';
import { takeObjectName } from '../cursor.ts';
import { readDelete, readInsert, readUpdate, readWith } from '../data.ts';
import { createIndex, createObject, readAlter, readCreate, readDrop, readTruncate } from '../definitions.ts';
import type { DialectGrammar, TypeGrammar } from '../grammar.ts';
import { readGrant, readRollback, readTransaction, readUse } from '../session.ts';
import {
  alterSqlServerIndex,
  createSqlServerRoutine,
  createSqlServerTrigger,
  createSynonym,
  readExec,
  readMerge,
  readSqlServerSelect,
  readSqlServerSet,
  takeSqlServerClauses,
} from '../sqlserver.ts';
import { statementToName } from '../statement.ts';

/** "Data types (Transact-SQL)". */
const TYPES: TypeGrammar = {
  names: new Set([
    ...['bigint', 'int', 'smallint', 'tinyint', 'bit', 'decimal', 'numeric', 'money', 'smallmoney', 'float', 'real'],
    ...['date', 'datetime', 'datetime2', 'datetimeoffset', 'smalldatetime', 'time', 'char', 'varchar', 'text', 'nchar'],
    ...['nvarchar', 'ntext', 'binary', 'varbinary', 'image', 'rowversion', 'uniqueidentifier', 'sql_variant', 'xml'],
    ...['geography', 'geometry', 'hierarchyid', 'json', 'vector', 'sysname', 'cursor'],
  ]),
  aliases: {
    integer: { name: 'int' },
    dec: { name: 'decimal' },
    character: { name: 'char' },
    'character varying': { name: 'varchar' },
    'char varying': { name: 'varchar' },
    'national character': { name: 'nchar' },
    'national char': { name: 'nchar' },
    'national character varying': { name: 'nvarchar' },
    'national char varying': { name: 'nvarchar' },
    'binary varying': { name: 'varbinary' },
    'double precision': { name: 'float' },
    timestamp: { name: 'rowversion' },
  },
  defaults: { decimal: [18, 0], numeric: [18, 0], char: [1], varchar: [1], nchar: [1], nvarchar: [1], binary: [1] },
  anyWords: false,
  displayWidths: new Set(),
};

/** Transact-SQL of SQL Server 2022 ("Transact-SQL statements"). */
export const SQLSERVER: DialectGrammar = {
  label: 'SQL Server',
  lexicon: LEXICONS.sqlserver,
  backslashEscapes: false,
  pipesJoin: true,
  schemasAreDatabases: false,
  filegroups: true,
  inlineIndexes: true,
  types: TYPES,
  cut: cutBatches,
  clauses: takeSqlServerClauses,
  objects: {
    PROC: createSqlServerRoutine('procedure'),
    PROCEDURE: createSqlServerRoutine('procedure'),
    FUNCTION: createSqlServerRoutine('function'),
    TRIGGER: createSqlServerTrigger,
    SCHEMA: (cursor, at) => {
      cursor.at = at + 1;
      const { name } = takeObjectName(cursor, 'a schema');
      return [
        { kind: 'createSchema', ...statementToName(cursor, at + 1, { object: at }), schema: name, ifNotExists: false },
      ];
    },
    TYPE: (cursor, at) => {
      cursor.at = at + 1;
      const type = takeObjectName(cursor, 'a type');
      return [{ kind: 'createOtherType', ...statementToName(cursor, at + 1, { object: at }), type, form: 'base' }];
    },
    INDEX: (cursor, at, modifiers) =>
      textOf(cursor.source, cursor.source.first, cursor.source.first).toUpperCase() === 'ALTER'
        ? alterSqlServerIndex(cursor, at)
        : createIndex(cursor, at, modifiers),
    LOGIN: createObject('role'),
    SYNONYM: createSynonym,
    STATISTICS: createObject('statistics'),
  },
  statements: {
    CREATE: readCreate,
    ALTER: readAlter,
    DROP: readDrop,
    TRUNCATE: readTruncate,
    INSERT: readInsert,
    UPDATE: readUpdate,
    DELETE: readDelete,
    MERGE: readMerge,
    SELECT: readSqlServerSelect,
    '(': readSqlServerSelect,
    WITH: readWith,
    SET: readSqlServerSet,
    EXEC: readExec,
    EXECUTE: readExec,
    BEGIN: readTransaction('beginTransaction'),
    COMMIT: readTransaction('commitTransaction'),
    ROLLBACK: readRollback,
    USE: readUse,
    GRANT: readGrant('grant'),
    REVOKE: readGrant('revoke'),
  },
  otherStatements: new Set([
    ...[
      'DECLARE',
      'PRINT',
      'RAISERROR',
      'THROW',
      'RETURN',
      'WAITFOR',
      'GOTO',
      'DBCC',
      'OPEN',
      'FETCH',
      'CLOSE',
      'SAVE',
    ],
    ...[
      'DEALLOCATE',
      'ENABLE',
      'DISABLE',
      'DENY',
      'BREAK',
      'CONTINUE',
      'BACKUP',
      'RESTORE',
      'BULK',
      'CHECKPOINT',
      'KILL',
    ],
    ...['RECONFIGURE', 'SHUTDOWN', 'REVERT'],
  ]),
};
