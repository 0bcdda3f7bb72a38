import { describe, expect, it } from 'vitest';
import { MARIADB, MYSQL } from '../../../src/parsers/sql/index.ts';
import { at, operationsWith, readWith } from './read.ts';

/** A clause of `ALTER TABLE t …`, the operation it makes, and the head of it where that is not the whole clause. */
const CLAUSES: readonly (readonly [string, object, string?])[] = [
  [
    'ADD COLUMN a int',
    { kind: 'addColumn', column: { name: 'a', type: { name: 'int', modifiers: [] }, notNull: false } },
    'ADD COLUMN a',
  ],
  ['ADD a int FIRST', { kind: 'addColumn', position: 'first', column: { name: 'a' } }, 'ADD a'],
  [
    'ADD COLUMN IF NOT EXISTS a int AFTER b',
    { kind: 'addColumn', ifNotExists: true, position: { after: 'b' } },
    'ADD COLUMN IF NOT EXISTS a',
  ],
  [
    "ADD e enum('a','it''s') NOT NULL DEFAULT 'a' COMMENT 'x'",
    {
      kind: 'addColumn',
      column: {
        type: { name: 'enum', modifiers: ['a', "it's"] },
        notNull: true,
        comment: 'x',
        default: { text: "'a'", expression: { kind: 'literal', type: 'string', value: 'a' } },
      },
    },
    'ADD e',
  ],
  [
    'ADD id bigint(20) unsigned NOT NULL AUTO_INCREMENT',
    { column: { autoIncrement: true, notNull: true, type: { name: 'bigint', modifiers: [], unsigned: true } } },
    'ADD id',
  ],
  [
    'ADD b BOOLEAN NULL',
    { column: { type: { name: 'tinyint', builtin: true, text: 'BOOLEAN' }, nullable: true } },
    'ADD b',
  ],
  [
    'ADD n NUMERIC(8) ZEROFILL',
    { column: { type: { name: 'decimal', modifiers: [8, 0], unsigned: true, zerofill: true } } },
    'ADD n',
  ],
  [
    'ADD t timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)',
    {
      column: {
        type: { modifiers: [3] },
        default: { expression: { kind: 'call', name: { name: 'current_timestamp' } } },
        onUpdate: { text: 'CURRENT_TIMESTAMP(3)' },
      },
    },
    'ADD t',
  ],
  [
    'ADD g int GENERATED ALWAYS AS (a + 1) STORED INVISIBLE',
    { column: { generated: { storage: 'stored', expression: { text: 'a + 1' } }, invisible: true } },
    'ADD g',
  ],
  ['ADD g int AS (a + 1)', { column: { generated: { storage: 'virtual' } } }, 'ADD g'],
  [
    'ADD v varchar(10) CHARACTER SET latin1 COLLATE latin1_bin',
    { column: { charset: 'latin1', collation: { name: 'latin1_bin' } } },
    'ADD v',
  ],
  ['ADD v varchar(10) CHARSET utf8 BINARY', { column: { charset: 'utf8', collation: { name: 'utf8_bin' } } }, 'ADD v'],
  [
    'ADD o int NOT NULL REFERENCES p (id) ON DELETE SET NULL UNIQUE',
    {
      column: {
        constraints: [
          {
            type: 'foreignKey',
            columns: ['o'],
            references: { name: 'p' },
            referencedColumns: ['id'],
            onDelete: 'set null',
          },
          { type: 'unique', columns: ['o'] },
        ],
      },
    },
    'ADD o',
  ],
  [
    'ADD c int CONSTRAINT positive CHECK (c > 0) NOT ENFORCED',
    { column: { constraints: [{ type: 'check', name: 'positive', notEnforced: true }] } },
    'ADD c',
  ],
  [
    'MODIFY COLUMN v varchar(50) NOT NULL AFTER a',
    {
      kind: 'redefineColumn',
      column: 'v',
      definition: { name: 'v', notNull: true },
      position: { after: 'a' },
      ifExists: false,
    },
    'MODIFY COLUMN v',
  ],
  ['MODIFY v text FIRST', { kind: 'redefineColumn', column: 'v', position: 'first' }, 'MODIFY v'],
  ['CHANGE a b int', { kind: 'redefineColumn', column: 'a', newName: 'b', definition: { name: 'b' } }, 'CHANGE a b'],
  [
    'CHANGE COLUMN IF EXISTS a a bigint',
    { kind: 'redefineColumn', column: 'a', ifExists: true },
    'CHANGE COLUMN IF EXISTS a a',
  ],
  ['DROP COLUMN IF EXISTS a', { kind: 'dropColumn', column: 'a', ifExists: true }],
  ['DROP a', { kind: 'dropColumn', column: 'a', ifExists: false }],
  ['RENAME COLUMN a TO b', { kind: 'renameColumn', column: 'a', newName: 'b' }],
  [
    "ALTER COLUMN a SET DEFAULT 'x'",
    { kind: 'setDefault', column: 'a', default: { text: "'x'" } },
    'ALTER COLUMN a SET DEFAULT',
  ],
  [
    'ALTER a SET DEFAULT (uuid())',
    { kind: 'setDefault', column: 'a', default: { expression: { kind: 'call', name: { name: 'uuid' } } } },
    'ALTER a SET DEFAULT',
  ],
  ['ALTER a DROP DEFAULT', { kind: 'dropDefault', column: 'a' }],
  [
    'ADD INDEX i (a, b(10) DESC)',
    {
      kind: 'createIndex',
      name: 'i',
      unique: false,
      method: 'btree',
      elements: [{ column: 'a' }, { column: 'b', length: 10, order: 'desc' }],
    },
    'ADD INDEX i',
  ],
  [
    'ADD KEY (a) USING HASH INVISIBLE',
    { kind: 'createIndex', method: 'hash', visible: false, elements: [{ column: 'a' }] },
    'ADD KEY',
  ],
  [
    'ADD FULLTEXT KEY f (a) WITH PARSER ngram',
    { kind: 'createIndex', name: 'f', indexKind: 'fulltext', options: [{ name: 'parser', value: 'ngram' }] },
    'ADD FULLTEXT KEY f',
  ],
  ['ADD SPATIAL INDEX s (g)', { kind: 'createIndex', indexKind: 'spatial' }, 'ADD SPATIAL INDEX s'],
  [
    'ADD INDEX e ((lower(a)))',
    { kind: 'createIndex', elements: [{ expression: { text: 'lower(a)' } }] },
    'ADD INDEX e',
  ],
  [
    'ADD UNIQUE KEY u (a, b)',
    { kind: 'addUnique', constraint: { name: 'u', columns: ['a', 'b'] } },
    'ADD UNIQUE KEY u',
  ],
  [
    'ADD CONSTRAINT c UNIQUE (a(5))',
    { kind: 'addUnique', constraint: { name: 'c', columns: ['a'], elements: [{ column: 'a', length: 5 }] } },
    'ADD CONSTRAINT c UNIQUE',
  ],
  ['ADD PRIMARY KEY (a)', { kind: 'addPrimaryKey', constraint: { columns: ['a'] } }, 'ADD PRIMARY KEY'],
  [
    'ADD CONSTRAINT f FOREIGN KEY i (a) REFERENCES d.p (id) ON DELETE CASCADE ON UPDATE RESTRICT',
    {
      kind: 'addForeignKey',
      constraint: {
        name: 'f',
        columns: ['a'],
        references: { schema: 'd', name: 'p' },
        onDelete: 'cascade',
        onUpdate: 'restrict',
      },
    },
    'ADD CONSTRAINT f FOREIGN KEY i',
  ],
  [
    'ADD CONSTRAINT k CHECK (a > 0)',
    { kind: 'addCheck', constraint: { name: 'k', condition: { text: 'a > 0' } } },
    'ADD CONSTRAINT k CHECK',
  ],
  ['DROP PRIMARY KEY', { kind: 'dropConstraint', name: 'PRIMARY', constraintType: 'primaryKey' }],
  ['DROP INDEX `PRIMARY`', { kind: 'dropConstraint', name: 'PRIMARY', constraintType: 'primaryKey' }],
  ['DROP FOREIGN KEY f', { kind: 'dropConstraint', name: 'f', constraintType: 'foreignKey' }],
  ['DROP CHECK k', { kind: 'dropConstraint', name: 'k', constraintType: 'check' }],
  ['DROP CONSTRAINT k', { kind: 'dropConstraint', name: 'k' }],
  ['DROP INDEX i', { kind: 'dropIndex', index: { name: 'i' }, table: { name: 't' } }],
  ['RENAME KEY i TO j', { kind: 'renameIndex', index: 'i', newName: 'j' }],
  ['ALTER INDEX i INVISIBLE', { kind: 'setIndexVisibility', index: 'i', visible: false }],
  ['ALTER INDEX i NOT IGNORED', { kind: 'setIndexVisibility', index: 'i', visible: true }],
  ['ALTER CHECK k NOT ENFORCED', { kind: 'alterConstraint', name: 'k', enforced: false }],
  ['RENAME TO d.u', { kind: 'renameTable', newName: 'u', newSchema: 'd' }],
  ['RENAME u', { kind: 'renameTable', newName: 'u' }],
  [
    'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    { kind: 'convertCharset', charset: 'utf8mb4', collation: 'utf8mb4_bin' },
  ],
  [
    'ORDER BY a, b DESC',
    { kind: 'orderRows', elements: [{ column: 'a' }, { column: 'b', order: 'desc' }] },
    'ORDER BY',
  ],
  ['FORCE', { kind: 'forceRebuild' }],
  ['DISABLE KEYS', { kind: 'switchKeys', enable: false }],
  ['IMPORT TABLESPACE', { kind: 'tablespaceFile', action: 'import' }],
  [
    'ENGINE = InnoDB ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE 8',
    {
      kind: 'setTableOptions',
      options: [
        { name: 'engine', value: 'innodb' },
        { name: 'row_format', value: 'COMPRESSED' },
        { name: 'key_block_size', value: '8' },
      ],
    },
  ],
  ['DEFAULT CHARACTER SET = utf8mb4', { kind: 'setTableOptions', options: [{ name: 'charset', value: 'utf8mb4' }] }],
  ["COMMENT 'a, b'", { kind: 'setTableOptions', options: [{ name: 'comment', value: 'a, b' }] }],
  ['ALGORITHM=INSTANT', { kind: 'ddlOption', option: 'algorithm', value: 'instant' }],
  ['LOCK NONE', { kind: 'ddlOption', option: 'lock', value: 'none' }],
  ['WITHOUT VALIDATION', { kind: 'ddlOption', option: 'validation', value: 'without' }],
  ['ADD SYSTEM VERSIONING', { kind: 'systemVersioning', change: 'add' }],
  [
    'PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
    {
      kind: 'partitionTable',
      partitionBy: { strategy: 'range', elements: [{ column: 'a' }] },
      partitions: [
        { name: 'p0', bound: { kind: 'less than' } },
        { name: 'p1', bound: { kind: 'less than', values: ['maxvalue'] } },
      ],
    },
    'PARTITION BY RANGE',
  ],
  [
    'PARTITION BY LINEAR KEY (a) PARTITIONS 4',
    { kind: 'partitionTable', partitionBy: { strategy: 'key' }, count: 4 },
    'PARTITION BY LINEAR',
  ],
  ['REMOVE PARTITIONING', { kind: 'removePartitioning' }],
  [
    'ADD PARTITION (PARTITION p2 VALUES IN (1, 2))',
    { kind: 'addPartition', partitions: [{ name: 'p2', bound: { kind: 'in' } }] },
    'ADD PARTITION',
  ],
  ['ADD PARTITION PARTITIONS 2', { kind: 'addPartition', partitions: [], count: 2 }, 'ADD PARTITION'],
  ['DROP PARTITION p0, p1', { kind: 'dropPartition', partitions: ['p0', 'p1'] }],
  ['TRUNCATE PARTITION ALL', { kind: 'truncatePartition', partitions: 'all' }],
  ['COALESCE PARTITION 2', { kind: 'coalescePartition', count: 2 }],
  [
    'REORGANIZE PARTITION p0, p1 INTO (PARTITION p VALUES LESS THAN (20))',
    { kind: 'reorganizePartition', partitions: ['p0', 'p1'], into: [{ name: 'p' }] },
    'REORGANIZE PARTITION p0, p1',
  ],
  [
    'EXCHANGE PARTITION p0 WITH TABLE u WITHOUT VALIDATION',
    { kind: 'exchangePartition', partition: 'p0', with: { name: 'u' }, validation: false },
  ],
  ['REBUILD PARTITION p0, p1', { kind: 'maintainPartition', action: 'rebuild', partitions: ['p0', 'p1'] }],
  ['FROBNICATE x', { kind: 'otherTableChange', clause: 'frobnicate x' }],
];

describe('a clause of ALTER TABLE', () => {
  it.each(CLAUSES.map(([clause, expected, head]) => ({ clause, expected, head })))(
    '$clause',
    ({ clause, expected, head }) => {
      const sql = `ALTER TABLE t ${clause};`;
      const [operation, ...others] = operationsWith(MYSQL, sql);
      expect(operation).toMatchObject({ ...expected, table: { name: 't' } });
      expect(others).toEqual([]);
      expect(at(sql, operation!.range)).toBe(clause);
      expect(at(sql, operation!.head)).toBe(head ?? clause);
    },
  );

  it('keeps its range among others, with comments and odd white space between', () => {
    const sql =
      'ALTER TABLE `db`.`t`\n  ADD a int -- first\n , DROP b /* second */, ADD (c int, d int),\n MODIFY e text COMMENT "1, 2"  ;';
    const [statement, ...others] = readWith(MYSQL, sql).statements;
    expect(others).toEqual([]);
    expect(at(sql, statement!.head)).toBe('ALTER TABLE `db`.`t`');
    expect(statement!.operations.map(({ kind, range }) => `${kind}: ${at(sql, range)}`)).toEqual([
      'addColumn: ADD a int',
      'dropColumn: DROP b',
      'addColumn: c int',
      'addColumn: d int',
      'redefineColumn: MODIFY e text COMMENT "1, 2"',
    ]);
  });

  it('partitions after the last clause, with no comma between', () => {
    const kinds = operationsWith(MYSQL, 'ALTER TABLE t ADD a int PARTITION BY HASH (a) PARTITIONS 2').map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['addColumn', 'partitionTable']);
  });

  it('is kept where it is not read to its end', () => {
    const sql = 'ALTER TABLE t ADD a int SURPRISE (1, 2), DROP b';
    expect(operationsWith(MYSQL, sql).map(({ kind, range }) => [kind, at(sql, range)])).toEqual([
      ['addColumn', 'ADD a int'],
      ['otherTableChange', 'SURPRISE (1, 2)'],
      ['dropColumn', 'DROP b'],
    ]);
  });

  it('anchors what edits attach to', () => {
    const sql =
      "ALTER TABLE t ADD COLUMN IF NOT EXISTS a varchar(5) NOT NULL DEFAULT 'x', MODIFY b int unsigned NOT NULL, DROP COLUMN IF EXISTS c";
    const anchors = operationsWith(MYSQL, sql).map(operation =>
      Object.fromEntries(Object.entries(operation.anchors ?? {}).map(([name, range]) => [name, at(sql, range)])),
    );
    expect(anchors).toEqual([
      { column: 'COLUMN', ifExists: 'IF NOT EXISTS', type: 'varchar(5)', notNull: 'NOT NULL', default: "DEFAULT 'x'" },
      { column: 'MODIFY', type: 'int unsigned', notNull: 'NOT NULL' },
      { column: 'COLUMN', ifExists: 'IF EXISTS' },
    ]);
  });

  it("has MariaDB's WAIT before the first", () => {
    expect(operationsWith(MARIADB, 'ALTER TABLE t WAIT 5 ADD a uuid')).toMatchObject([
      { kind: 'ddlOption', option: 'wait', value: '5' },
      { kind: 'addColumn', column: { type: { name: 'uuid', builtin: true } } },
    ]);
  });
});
