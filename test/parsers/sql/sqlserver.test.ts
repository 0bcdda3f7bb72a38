import { describe, expect, it } from 'vitest';
import { SQLSERVER } from '../../../src/parsers/sql/index.ts';
import { at, operationsWith, readWith } from './read.ts';

/** A statement, the operations it makes, and the text of each. */
const STATEMENTS: readonly (readonly [string, readonly object[], (readonly string[])?])[] = [
  [
    "CREATE TABLE [dbo].[T] ([Id] [int] IDENTITY(1,1) NOT NULL, [N] nvarchar(max) NULL CONSTRAINT d DEFAULT (N'x'), F AS ([Id] + 1) PERSISTED, CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY], INDEX ix NONCLUSTERED (N)) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]",
    [
      {
        kind: 'createTable',
        table: { schema: 'dbo', name: 'T' },
        columns: [
          { name: 'Id', type: { name: 'int', builtin: true }, autoIncrement: true, notNull: true },
          {
            name: 'N',
            type: { name: 'nvarchar', modifiers: ['max'] },
            nullable: true,
            default: { expression: { value: 'x' } },
          },
          { name: 'F', generated: { storage: 'stored', expression: { text: '[Id] + 1' } } },
        ],
        constraints: [{ type: 'primaryKey', name: 'PK', columns: ['Id'] }],
        indexes: [{ name: 'ix', elements: [{ column: 'N' }] }],
      },
    ],
  ],
  [
    'CREATE UNIQUE CLUSTERED INDEX i ON t (a) WITH (ONLINE = ON)',
    [{ kind: 'createIndex', name: 'i', unique: true, method: 'clustered', options: [{ name: 'online', value: 'on' }] }],
  ],
  [
    'CREATE CLUSTERED COLUMNSTORE INDEX i ON t',
    [{ kind: 'createIndex', method: 'clustered columnstore', elements: [] }],
  ],
  [
    'ALTER INDEX i ON dbo.t REBUILD WITH (ONLINE = ON)',
    [
      {
        kind: 'reindex',
        target: 'index',
        name: { name: 'i' },
        table: { schema: 'dbo', name: 't' },
        concurrently: true,
      },
    ],
  ],
  ['ALTER INDEX ALL ON t REBUILD', [{ kind: 'reindex', target: 'table', name: { name: 't' }, concurrently: false }]],
  ['ALTER INDEX i ON t REORGANIZE', [{ kind: 'other', what: 'alter index i' }]],
  [
    'ALTER TABLE t ALTER COLUMN c bigint NOT NULL WITH (ONLINE = ON)',
    [{ kind: 'alterColumnType' }, { kind: 'setNotNull' }, { kind: 'ddlOption', option: 'online', value: 'on' }],
  ],
  [
    'ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY NONCLUSTERED (a) WITH (ONLINE = OFF)',
    [
      { kind: 'addPrimaryKey', constraint: { name: 'pk', method: 'nonclustered', columns: ['a'] } },
      { kind: 'ddlOption', option: 'online', value: 'off' },
    ],
  ],
  [
    'ALTER TABLE t ADD c int NULL CONSTRAINT d DEFAULT 0 WITH VALUES',
    [{ kind: 'addColumn', column: { name: 'c', defaultName: 'd', options: [{ name: 'with values' }] } }],
  ],
  ['ALTER TABLE t ADD CONSTRAINT d DEFAULT 0 FOR c', [{ kind: 'setDefault', column: 'c', constraintName: 'd' }]],
  [
    'ALTER TABLE t ADD a int NOT NULL, b bit',
    [
      { kind: 'addColumn', column: { name: 'a' } },
      { kind: 'addColumn', column: { name: 'b' } },
    ],
    ['ADD a int NOT NULL', 'b bit'],
  ],
  [
    'ALTER TABLE t WITH NOCHECK ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)',
    [{ kind: 'addForeignKey', constraint: { name: 'f', notValid: true } }],
    ['WITH NOCHECK ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)'],
  ],
  [
    'ALTER TABLE t WITH CHECK CHECK CONSTRAINT f',
    [{ kind: 'validateConstraint', name: 'f' }],
    ['WITH CHECK CHECK CONSTRAINT f'],
  ],
  ['ALTER TABLE t NOCHECK CONSTRAINT ALL', [{ kind: 'alterConstraint', name: 'ALL', enforced: false }]],
  ['ALTER TABLE t ADD CONSTRAINT d DEFAULT 1 FOR a', [{ kind: 'setDefault', column: 'a', default: { text: '1' } }]],
  [
    'ALTER TABLE t ALTER COLUMN a nvarchar(50) NOT NULL',
    [
      { kind: 'alterColumnType', column: 'a' },
      { kind: 'setNotNull', column: 'a' },
    ],
  ],
  ['ALTER TABLE t ALTER COLUMN a int', [{ kind: 'alterColumnType' }, { kind: 'dropNotNull' }]],
  [
    'ALTER TABLE t\nDROP COLUMN a, b',
    [
      { kind: 'dropColumn', column: 'a' },
      { kind: 'dropColumn', column: 'b' },
    ],
    ['DROP COLUMN a', 'b'],
  ],
  ['ALTER TABLE t DROP CONSTRAINT IF EXISTS c', [{ kind: 'dropConstraint', name: 'c', ifExists: true }]],
  ['ALTER TABLE t SWITCH TO u', [{ kind: 'otherTableChange', clause: 'switch to u' }]],
  [
    'CREATE UNIQUE NONCLUSTERED INDEX i ON t (a DESC) INCLUDE (b) WHERE a IS NOT NULL WITH (ONLINE = ON, FILLFACTOR = 80) ON [fg]',
    [
      {
        kind: 'createIndex',
        unique: true,
        elements: [{ column: 'a', order: 'desc' }],
        including: ['b'],
        where: { text: 'a IS NOT NULL' },
        options: [
          { name: 'online', value: 'on' },
          { name: 'fillfactor', value: '80' },
        ],
      },
    ],
  ],
  [
    'DROP INDEX i ON t, j ON u',
    [{ kind: 'dropIndex', index: { name: 'i' }, table: { name: 't' } }, { index: { name: 'j' } }],
  ],
  ['DROP INDEX t.i', [{ kind: 'dropIndex', index: { name: 'i' }, table: { name: 't' } }]],
  [
    "EXEC sp_rename 'dbo.t.a', 'b', 'COLUMN'",
    [{ kind: 'renameColumn', table: { schema: 'dbo', name: 't' }, column: 'a', newName: 'b' }],
  ],
  ["EXEC sp_rename N'[dbo].[t]', N'u'", [{ kind: 'renameTable', table: { schema: 'dbo', name: 't' }, newName: 'u' }]],
  [
    "EXEC(N'ALTER TABLE t ADD a nvarchar(5) DEFAULT ''x''')",
    [{ kind: 'addColumn', column: { default: { expression: { value: 'x' } } } }],
  ],
  ['EXEC(@sql)', [{ kind: 'unreadable', reason: 'dynamic' }]],
  ['EXEC dbo.p 1', [{ kind: 'call', routine: { schema: 'dbo', name: 'p' } }]],
  [
    'UPDATE u SET u.a = 1 FROM t AS u JOIN v ON v.id = u.id WHERE u.a IS NULL',
    [{ kind: 'update', table: { name: { name: 't' }, alias: 'u' }, from: [{ name: { name: 'v' } }] }],
  ],
  ['DELETE TOP (100) FROM t WHERE a = 1', [{ kind: 'delete', limit: { value: 100 } }]],
  [
    'WITH c AS (SELECT TOP (100) * FROM dbo.t WHERE a IS NULL ORDER BY id) UPDATE c SET a = 1',
    [
      {
        kind: 'update',
        table: { name: { schema: 'dbo', name: 't' } },
        where: { expression: { kind: 'isNull' } },
        limit: { value: 100 },
      },
    ],
  ],
  [
    'WITH c AS (SELECT id, ROW_NUMBER() OVER (ORDER BY b) AS n FROM dbo.t) DELETE FROM c WHERE n > 1',
    [{ kind: 'delete', table: { name: { schema: 'dbo', name: 't' } }, where: { text: 'n > 1' }, using: [] }],
  ],
  [
    "EXEC sp_rename '[dbo].[t].[a]', 'b'",
    [{ kind: 'renameColumn', table: { schema: 'dbo', name: 't' }, column: 'a', newName: 'b' }],
  ],
  ["EXEC sp_rename 'dbo.t', 'u'", [{ kind: 'renameTable', table: { schema: 'dbo', name: 't' }, newName: 'u' }]],
  ['SELECT TOP 5 a FROM t', [{ kind: 'select', query: { limit: { value: 5 } } }]],
  ['SELECT TOP (50) PERCENT a FROM t', [{ kind: 'select', query: { outputs: [{ name: 'a' }] } }]],
  [
    'INSERT INTO t (a) OUTPUT inserted.id VALUES (1)',
    [{ kind: 'insert', columns: ['a'], source: { rows: [[{ value: 1 }]] } }],
  ],
  [
    'SELECT * INTO t FROM u',
    [{ kind: 'createTable', table: { name: 't' }, query: { reads: [{ name: { name: 'u' } }] } }],
  ],
  [
    'MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET t.a = s.a WHEN NOT MATCHED THEN INSERT (a) VALUES (s.a)',
    [{ kind: 'merge', actions: ['insert', 'update'] }],
  ],
  ['SET LOCK_TIMEOUT 5000', [{ kind: 'setParameter', name: 'lock_timeout', value: '5000' }]],
  ['CREATE SCHEMA s', [{ kind: 'createSchema', schema: 's' }]],
  ['DROP SCHEMA IF EXISTS s', [{ kind: 'dropSchema', schema: 's', ifExists: true }]],
  ["PRINT 'x'", [{ kind: 'other', what: 'print' }]],
];

describe('a statement of SQL Server', () => {
  it.each(STATEMENTS.map(([sql, expected, texts]) => ({ sql, expected, texts })))(
    '$sql',
    ({ sql, expected, texts }) => {
      const operations = operationsWith(SQLSERVER, sql);
      expect(operations).toMatchObject(expected);
      expect(operations).toHaveLength(expected.length);
      if (texts !== undefined) expect(operations.map(({ range }) => at(sql, range))).toEqual(texts);
    },
  );
});

/** A batch without semicolons, and the statements in it. */
const BATCHES: readonly (readonly [string, readonly string[]])[] = [
  ['DROP TABLE a DROP TABLE IF EXISTS b DROP TABLE c', ['DROP TABLE a', 'DROP TABLE IF EXISTS b', 'DROP TABLE c']],
  [
    'ALTER TABLE t DROP COLUMN a ALTER TABLE t ALTER COLUMN b int',
    ['ALTER TABLE t DROP COLUMN a', 'ALTER TABLE t ALTER COLUMN b int'],
  ],
  [
    'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (a) ON DELETE SET NULL ON UPDATE CASCADE SELECT 1',
    [
      'ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (a) ON DELETE SET NULL ON UPDATE CASCADE',
      'SELECT 1',
    ],
  ],
  [
    'INSERT INTO t (a) SELECT 1 UNION ALL SELECT 2 SELECT 3',
    ['INSERT INTO t (a) SELECT 1 UNION ALL SELECT 2', 'SELECT 3'],
  ],
  ['INSERT INTO t VALUES (1) SELECT 3', ['INSERT INTO t VALUES (1)', 'SELECT 3']],
  [
    'UPDATE t SET a = CASE WHEN b = 1 THEN 2 ELSE 3 END WHERE c = 1 SET @x = 1',
    ['UPDATE t SET a = CASE WHEN b = 1 THEN 2 ELSE 3 END WHERE c = 1', 'SET @x = 1'],
  ],
  [
    'WITH c AS (SELECT 1 AS x) DELETE FROM t WHERE id IN (SELECT x FROM c) DROP TABLE u',
    ['WITH c AS (SELECT 1 AS x) DELETE FROM t WHERE id IN (SELECT x FROM c)', 'DROP TABLE u'],
  ],
  [
    'MERGE t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN INSERT (a) VALUES (1); DROP TABLE u',
    [
      'MERGE t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = 1 WHEN NOT MATCHED THEN INSERT (a) VALUES (1)',
      'DROP TABLE u',
    ],
  ],
  ['GRANT SELECT, INSERT, EXECUTE ON t TO r DROP TABLE u', ['GRANT SELECT, INSERT, EXECUTE ON t TO r', 'DROP TABLE u']],
  [
    'CREATE TABLE a (x int)\nGO;\nCREATE TABLE b (x int)\ngo 5\nDROP TABLE go_',
    ['CREATE TABLE a (x int)', 'CREATE TABLE b (x int)', 'DROP TABLE go_'],
  ],
  [
    'CREATE PROCEDURE p AS BEGIN SELECT 1; UPDATE t SET a = 1 END\nGO\nDROP TABLE u',
    ['CREATE PROCEDURE p AS BEGIN SELECT 1; UPDATE t SET a = 1 END', 'DROP TABLE u'],
  ],
  [
    'ALTER TABLE t DISABLE TRIGGER r DISABLE TRIGGER x ON t',
    ['ALTER TABLE t DISABLE TRIGGER r', 'DISABLE TRIGGER x ON t'],
  ],
];

describe('a batch', () => {
  it.each(BATCHES.map(([sql, statements]) => ({ sql, statements })))('$sql', ({ sql, statements }) => {
    expect(readWith(SQLSERVER, sql).statements.map(({ range }) => at(sql, range))).toEqual(statements);
  });

  it('has its control flow as blocks', () => {
    const sql = `IF NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 't')
      BEGIN CREATE TABLE t (a int) PRINT 'made' END
      ELSE DROP TABLE u
      WHILE 1 = 1 BEGIN DELETE TOP (10) FROM t IF @@ROWCOUNT = 0 BREAK WAITFOR DELAY '00:00:01' END
      BEGIN TRY DROP TABLE v END TRY BEGIN CATCH ROLLBACK END CATCH`;
    const blocks = operationsWith(SQLSERVER, sql).map(operation => [
      operation.kind,
      (operation.blocks ?? []).map(block => (block.kind === 'handler' ? block.part : block.kind)).join(' '),
    ]);
    expect(blocks).toEqual([
      ['createTable', 'branch'],
      ['other', 'branch'],
      ['dropTable', 'branch'],
      ['delete', 'loop'],
      ['other', 'loop branch'],
      ['other', 'loop'],
      ['dropTable', 'body'],
      ['rollbackTransaction', 'handler'],
    ]);
    const [create, , , remove] = operationsWith(SQLSERVER, sql);
    expect(create?.blocks).toMatchObject([{ condition: { expression: { kind: 'not', operand: { kind: 'exists' } } } }]);
    expect(remove?.blocks).toMatchObject([{ kind: 'loop', pauses: true, commits: false }]);
  });

  it('is never lost, wherever it is cut off', () => {
    const sql =
      "IF EXISTS (SELECT 1) BEGIN TRY ALTER TABLE [t] WITH NOCHECK ADD CONSTRAINT c CHECK (a > 0) EXEC(N'DROP TABLE x') END TRY";
    for (let end = 0; end <= sql.length; end++) expect(() => readWith(SQLSERVER, sql.slice(0, end))).not.toThrow();
  });
});
