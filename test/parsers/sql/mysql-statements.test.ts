import { describe, expect, it } from 'vitest';
import { MARIADB, MYSQL } from '../../../src/parsers/sql/index.ts';
import { at, operationsWith, readWith } from './read.ts';

/** A statement, the operations it makes, and their heads. */
const STATEMENTS: readonly (readonly [string, readonly object[], readonly string[]])[] = [
  [
    "CREATE TABLE IF NOT EXISTS `t` (`id` int NOT NULL AUTO_INCREMENT, e int, PRIMARY KEY (id), UNIQUE u (e(3)), KEY i (e) COMMENT 'x', FULLTEXT (e)) ENGINE=InnoDB, DEFAULT CHARSET=utf8mb4",
    [
      {
        kind: 'createTable',
        table: { name: 't' },
        ifNotExists: true,
        columns: [{ name: 'id', autoIncrement: true }, { name: 'e' }],
        constraints: [
          { type: 'primaryKey', columns: ['id'] },
          { type: 'unique', name: 'u', elements: [{ column: 'e', length: 3 }] },
        ],
        indexes: [
          { name: 'i', options: [{ name: 'comment', value: 'x' }] },
          { indexKind: 'fulltext', elements: [{ column: 'e' }] },
        ],
        options: [
          { name: 'engine', value: 'innodb' },
          { name: 'charset', value: 'utf8mb4' },
        ],
      },
    ],
    ['CREATE TABLE IF NOT EXISTS `t`'],
  ],
  [
    'CREATE TEMPORARY TABLE t (LIKE u)',
    [{ kind: 'createTable', persistence: 'temporary', like: [{ table: { name: 'u' } }] }],
    ['CREATE TEMPORARY TABLE t'],
  ],
  [
    'CREATE TABLE t (id int) PARTITION BY HASH (id) PARTITIONS 4 AS SELECT id FROM u',
    [{ kind: 'createTable', partitionBy: { strategy: 'hash' }, query: { reads: [{ name: { name: 'u' } }] } }],
    ['CREATE TABLE t'],
  ],
  [
    'DROP TABLE IF EXISTS a, d.b RESTRICT',
    [{ kind: 'dropTable', table: { name: 'a' }, ifExists: true }, { table: { schema: 'd', name: 'b' } }],
    ['DROP TABLE IF EXISTS a', 'd.b'],
  ],
  [
    'RENAME TABLE a TO b, c TO d.e',
    [
      { kind: 'renameTable', newName: 'b' },
      { newName: 'e', newSchema: 'd' },
    ],
    ['RENAME TABLE a TO b', 'c TO d.e'],
  ],
  ['TRUNCATE t', [{ kind: 'truncate', table: { name: 't' } }], ['TRUNCATE t']],
  [
    'CREATE UNIQUE INDEX i USING BTREE ON t (a DESC, (b + 1)) ALGORITHM=INPLACE LOCK=NONE',
    [
      {
        kind: 'createIndex',
        name: 'i',
        unique: true,
        elements: [{ column: 'a', order: 'desc' }, { expression: { text: 'b + 1' } }],
      },
      { kind: 'ddlOption', option: 'algorithm', value: 'inplace' },
      { kind: 'ddlOption', option: 'lock', value: 'none' },
    ],
    ['CREATE UNIQUE INDEX i', 'ALGORITHM=INPLACE', 'LOCK=NONE'],
  ],
  [
    'DROP INDEX IF EXISTS i ON d.t',
    [{ kind: 'dropIndex', index: { name: 'i' }, table: { schema: 'd', name: 't' }, ifExists: true }],
    ['DROP INDEX IF EXISTS i'],
  ],
  [
    'CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v (x) AS SELECT id FROM t WITH LOCAL CHECK OPTION',
    [
      {
        kind: 'createView',
        view: { name: 'v' },
        replace: true,
        columnNames: ['x'],
        checkOption: 'local',
        query: { reads: [{ name: { name: 't' } }] },
      },
    ],
    ['CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW v'],
  ],
  ['DROP VIEW v', [{ kind: 'dropView', view: { name: 'v' } }], ['DROP VIEW v']],
  [
    'CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 1',
    [
      {
        kind: 'createTrigger',
        name: 'r',
        table: { name: 't' },
        timing: 'before',
        events: ['update'],
        body: { text: 'SET NEW.a = 1' },
      },
    ],
    ['CREATE TRIGGER r'],
  ],
  [
    'DROP TRIGGER IF EXISTS r',
    [{ kind: 'dropObject', objectKind: 'trigger', name: { name: 'r' }, ifExists: true }],
    ['DROP TRIGGER IF EXISTS r'],
  ],
  [
    'CREATE FUNCTION f(a INT) RETURNS VARCHAR(10) DETERMINISTIC READS SQL DATA RETURN a',
    [
      {
        kind: 'createRoutine',
        form: 'function',
        volatility: 'immutable',
        argumentTypes: [{ name: 'int' }],
        returns: { name: 'varchar', modifiers: [10] },
        body: { text: 'RETURN a' },
      },
    ],
    ['CREATE FUNCTION f'],
  ],
  [
    'DROP PROCEDURE IF EXISTS p',
    [{ kind: 'dropRoutine', form: 'procedure', ifExists: true }],
    ['DROP PROCEDURE IF EXISTS p'],
  ],
  [
    'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
    [{ kind: 'createObject', objectKind: 'event' }],
    ['CREATE EVENT e'],
  ],
  [
    'CREATE DATABASE IF NOT EXISTS d CHARACTER SET utf8mb4',
    [{ kind: 'createDatabase', database: 'd', ifExists: true }],
    ['CREATE DATABASE IF NOT EXISTS d'],
  ],
  ['ALTER DATABASE d COLLATE = utf8mb4_bin', [{ kind: 'alterDatabase', database: 'd' }], ['ALTER DATABASE d']],
  ['OPTIMIZE TABLE a, b', [{ kind: 'optimizeTable', tables: [{ name: 'a' }, { name: 'b' }] }], ['OPTIMIZE TABLE a, b']],
  ['ANALYZE LOCAL TABLE a', [{ kind: 'analyze', tables: [{ name: 'a' }] }], ['ANALYZE LOCAL TABLE a']],
  [
    "INSERT IGNORE INTO t (a, b) VALUES (1, 'x'), (DEFAULT, NULL) ON DUPLICATE KEY UPDATE a = VALUES(a)",
    [
      {
        kind: 'insert',
        columns: ['a', 'b'],
        onConflict: { action: 'ignore' },
        source: {
          kind: 'values',
          rows: [
            [{ value: 1 }, { value: 'x' }],
            [{ syntax: 'default' }, { type: 'null' }],
          ],
        },
      },
    ],
    ['INSERT IGNORE INTO t'],
  ],
  [
    'REPLACE INTO t SELECT * FROM u',
    [
      {
        kind: 'insert',
        onConflict: { action: 'replace' },
        source: { kind: 'query', query: { outputs: [{ kind: 'star' }] } },
      },
    ],
    ['REPLACE INTO t'],
  ],
  [
    'INSERT t SET a = 1, b = NOW()',
    [{ kind: 'insert', columns: ['a', 'b'], source: { rows: [[{ value: 1 }, { kind: 'call' }]] } }],
    ['INSERT t'],
  ],
  [
    'UPDATE t SET a = b + 1 WHERE c IS NULL AND d IN (1, 2) ORDER BY id LIMIT 100',
    [
      {
        kind: 'update',
        table: { name: { name: 't' } },
        assignments: [{ column: 'a', value: { operator: '+' } }],
        where: {
          text: 'c IS NULL AND d IN (1, 2)',
          expression: { kind: 'and', operands: [{ kind: 'isNull', negated: false }, { kind: 'in' }] },
        },
        limit: { value: 100 },
        from: [],
      },
    ],
    ['UPDATE t'],
  ],
  [
    'UPDATE a JOIN b x ON a.id = x.id SET x.n = a.n',
    [{ kind: 'update', table: { name: { name: 'b' }, alias: 'x' }, from: [{ name: { name: 'a' } }] }],
    ['UPDATE a JOIN b x ON a.id = x.id'],
  ],
  [
    'DELETE FROM t WHERE id NOT BETWEEN 1 AND 5 LIMIT 10',
    [{ kind: 'delete', where: { expression: { kind: 'between', negated: true } }, limit: { value: 10 } }],
    ['DELETE FROM t'],
  ],
  [
    'DELETE a FROM a JOIN b ON a.id = b.id',
    [{ kind: 'delete', table: { name: { name: 'a' } }, using: [{ name: { name: 'b' } }] }],
    ['DELETE a'],
  ],
  [
    'WITH old AS (SELECT id FROM u) DELETE FROM t WHERE id IN (SELECT id FROM old)',
    [{ kind: 'delete', table: { name: { name: 't' } }, using: [{ name: { name: 'u' } }] }],
    ['WITH old AS (SELECT id FROM u) DELETE FROM t'],
  ],
  [
    'SELECT DISTINCT a.x AS y, COUNT(*) FROM a LEFT JOIN (SELECT id FROM c) s ON s.id = a.id WHERE a.z = 1 FOR UPDATE SKIP LOCKED',
    [
      {
        kind: 'select',
        query: {
          reads: [{ name: { name: 'a' } }, { name: { name: 'c' } }],
          outputs: [{ name: 'y' }, { name: 'COUNT(*)' }],
          rowLock: 'for update',
          skipLocked: true,
        },
      },
    ],
    ['SELECT DISTINCT'],
  ],
  [
    'SET foreign_key_checks = 0, @@SESSION.lock_wait_timeout = 5, GLOBAL x = 1, @v = (SELECT 1)',
    [
      { kind: 'setParameter', name: 'foreign_key_checks', value: '0' },
      { kind: 'setParameter', name: 'lock_wait_timeout', value: '5', scope: 'session' },
      { kind: 'alterSystem', name: 'x' },
      { kind: 'setParameter', name: '@v', values: [] },
    ],
    ['SET foreign_key_checks = 0', '@@SESSION.lock_wait_timeout = 5', 'GLOBAL x = 1', '@v = (SELECT 1)'],
  ],
  ['SET NAMES utf8mb4', [{ kind: 'setParameter', name: 'names', value: 'utf8mb4' }], ['SET NAMES utf8mb4']],
  ['USE d', [{ kind: 'setParameter', name: 'database', value: 'd' }], ['USE d']],
  ['START TRANSACTION', [{ kind: 'beginTransaction' }], ['START TRANSACTION']],
  ['ROLLBACK TO SAVEPOINT s', [{ kind: 'rollbackToSavepoint', name: 's' }], ['ROLLBACK TO SAVEPOINT s']],
  [
    'LOCK TABLES a READ, b AS x WRITE',
    [
      { kind: 'lockTable', table: { name: 'a' }, mode: 'ShareLock' },
      { table: { name: 'b' }, mode: 'AccessExclusiveLock' },
    ],
    ['LOCK TABLES a', 'b'],
  ],
  ['UNLOCK TABLES', [{ kind: 'unlockTables' }], ['UNLOCK TABLES']],
  ['CALL p(1)', [{ kind: 'call', routine: { name: 'p' } }], ['CALL p']],
  ['EXECUTE s', [{ kind: 'unreadable', reason: 'dynamic' }], ['EXECUTE s']],
  ['PREPARE s FROM @v', [{ kind: 'other', what: 'prepare s' }], ['PREPARE s']],
  ['GRANT SELECT, INSERT ON d.* TO u', [{ kind: 'grant', privileges: ['select', 'insert'] }], ['GRANT SELECT,']],
];

describe('a statement', () => {
  it.each(STATEMENTS.map(([sql, expected, heads]) => ({ sql, expected, heads })))(
    '$sql',
    ({ sql, expected, heads }) => {
      const operations = operationsWith(MYSQL, sql);
      expect(operations).toMatchObject(expected);
      expect(operations).toHaveLength(expected.length);
      expect(operations.map(({ head }) => at(sql, head))).toEqual(heads);
    },
  );
});

describe('a prepared statement', () => {
  const read = (sql: string) =>
    readWith(MYSQL, sql).statements.map(({ parent, operations, range }) => ({
      parent,
      kinds: operations.map(({ kind }) => kind),
      text: at(sql, range),
      conditions: operations[0]?.blocks?.map(block => (block.kind === 'branch' ? block.condition?.text : block.kind)),
    }));

  it('is read where the script shows its text, each alternative in its branch', () => {
    const sql = `SET @s = (SELECT IF((SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't') > 0, 'SELECT 1', 'ALTER TABLE t ADD a varchar(5) DEFAULT \\'x\\''));
PREPARE p FROM @s; EXECUTE p; DEALLOCATE PREPARE p;`;
    const condition = "(SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't') > 0";
    expect(read(sql).slice(2)).toEqual([
      { kinds: ['other'], text: 'EXECUTE p' },
      { parent: 2, kinds: ['select'], text: 'SELECT 1', conditions: [condition] },
      {
        parent: 2,
        kinds: ['addColumn'],
        text: "ALTER TABLE t ADD a varchar(5) DEFAULT \\'x\\'",
        conditions: [condition],
      },
      { kinds: ['other'], text: 'DEALLOCATE PREPARE p' },
    ]);
  });

  it('is put together from texts', () => {
    const sql =
      "SET @a = 'DROP TABLE ', @b = CONCAT(@a, 't'); PREPARE p FROM @b; EXECUTE p; PREPARE p FROM 'DROP TABLE u'; EXECUTE p;";
    const dropped = operationsWith(MYSQL, sql).flatMap(operation =>
      operation.kind === 'dropTable' ? [operation.table.name] : [],
    );
    expect(dropped).toEqual(['t', 'u']);
  });

  it('is not known where a part of its text is not', () => {
    const sql = "SET @b = CONCAT('DROP TABLE ', @unknown); PREPARE p FROM @b; EXECUTE p;";
    expect(operationsWith(MYSQL, sql).at(-1)).toMatchObject({ kind: 'unreadable', reason: 'dynamic' });
    for (const change of ['SET @b = f()', 'SELECT f() INTO @b', 'SELECT @b := f()']) {
      const changed = `SET @b = 'DROP TABLE t'; ${change}; PREPARE p FROM @b; EXECUTE p;`;
      expect(operationsWith(MYSQL, changed).at(-1)).toMatchObject({ kind: 'unreadable', reason: 'dynamic' });
    }
  });
});

describe('an expression', () => {
  it('binds AND before OR, NOT before AND', () => {
    const [update] = operationsWith(MYSQL, 'UPDATE t SET a = 1 WHERE a OR NOT b AND c');
    const column = (name: string) => ({ kind: 'column', name });
    expect(update).toMatchObject({
      where: {
        expression: {
          kind: 'or',
          operands: [column('a'), { kind: 'and', operands: [{ kind: 'not', operand: column('b') }, column('c')] }],
        },
      },
    });
  });

  it('that makes none keeps its names', () => {
    const [update] = operationsWith(MYSQL, 'ALTER TABLE t ADD CHECK (f(1) ~~~ `a` ???)');
    expect(update).toMatchObject({
      constraint: {
        condition: { expression: { kind: 'other', syntax: 'unread', operands: [{ kind: 'call' }, { name: 'a' }] } },
      },
    });
  });
});

describe('a script', () => {
  it('is cut at what DELIMITER sets; bodies stay whole', () => {
    const sql =
      'DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; IF a THEN SELECT 2; END IF; END//\nDELIMITER ;\nDROP TABLE t;';
    const { statements } = readWith(MYSQL, sql);
    expect(statements.map(({ range }) => at(sql, range))).toEqual([
      'CREATE PROCEDURE p() BEGIN SELECT 1; IF a THEN SELECT 2; END IF; END',
      'DROP TABLE t',
    ]);
  });

  it('runs what version comments hold, and has the other comments', () => {
    const sql = '/*!40101 SET NAMES utf8 */;\n# note\n/*!50100 ALTER TABLE t /* why */ FORCE */; -- end';
    const { statements, comments } = readWith(MYSQL, sql);
    expect(statements.map(({ range }) => at(sql, range))).toEqual(['SET NAMES utf8', 'ALTER TABLE t /* why */ FORCE']);
    expect(comments.map(({ text }) => text)).toEqual([' note', ' why ', ' end']);
  });

  it("reads MariaDB's own comments on MariaDB alone", () => {
    const sql = '/*M!100100 DROP TABLE t */;';
    expect(operationsWith(MARIADB, sql)).toMatchObject([{ kind: 'dropTable' }]);
    expect(operationsWith(MYSQL, sql)).toEqual([]);
  });

  it('keeps the names of templates', () => {
    const sql = 'ALTER TABLE {$NAMESPACE}_user.user ADD x int; DROP TABLE `${p}_a`; {{ helper "a" }}\nDROP TABLE b;';
    expect(operationsWith(MYSQL, sql)).toMatchObject([
      { kind: 'addColumn', table: { schema: '{$NAMESPACE}_user', name: 'user' } },
      { kind: 'dropTable', table: { name: '${p}_a' } },
      { kind: 'unreadable', reason: 'template' },
      { kind: 'dropTable', table: { name: 'b' } },
    ]);
  });
});

/** A text, the place and the message of what cannot be read, and the kinds of the operations around it. */
const BAD: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['SELEC 1; DROP TABLE t;', 'SELEC', '"SELEC" begins no statement of MySQL', ['unreadable', 'dropTable']],
  [
    "DROP TABLE a;\nUPDATE t SET a = 'x;\nDROP TABLE b;",
    "'",
    'the string that begins here is never closed',
    ['dropTable', 'unreadable', 'dropTable'],
  ],
  [
    'DROP TABLE `a;\nDROP TABLE b;',
    '`',
    'the quoted name that begins here is never closed',
    ['unreadable', 'dropTable'],
  ],
  ['DROP TABLE a; /* why', '/', 'the comment that begins here is never closed', ['dropTable', 'unreadable']],
  [
    'DELIMITER //\nDROP TABLE a;\nDROP TABLE b;',
    'DELIMITER //',
    'no statement behind this ends in //',
    ['unreadable', 'dropTable', 'dropTable'],
  ],
  [
    'CREATE TABLE t (id int, a int WHATEVER x, b int)',
    'WHATEVER',
    '"WHATEVER" is not understood here',
    ['createTable', 'unreadable'],
  ],
  ['CREATE TABLE t (id int; DROP TABLE b', '(', 'a bracketed list expected, not "("', ['unreadable', 'dropTable']],
  ['DROP TABLE', 'TABLE', 'a name expected, not the end of the statement', ['unreadable']],
  [
    'CREATE SUPERTABLE t (id int)',
    'SUPERTABLE',
    'TABLE, INDEX, VIEW or another kind of object expected, not "SUPERTABLE"',
    ['unreadable'],
  ],
];

describe('bad input', () => {
  it.each(BAD.map(([sql, place, message, kinds]) => ({ sql, place, message, kinds })))(
    '$sql',
    ({ sql, place, message, kinds }) => {
      const operations = operationsWith(MYSQL, sql);
      expect(operations.map(({ kind }) => kind)).toEqual(kinds);
      const unreadable = operations.find(({ kind }) => kind === 'unreadable')!;
      expect(unreadable).toMatchObject({ message });
      expect(at(sql, unreadable.head)).toBe(place);
    },
  );

  it('never throws, wherever a statement is cut off', () => {
    const sql =
      "ALTER TABLE t ADD a enum('x') NOT NULL DEFAULT (uuid()) AFTER b, MODIFY c int AS (d + 1), PARTITION BY RANGE (e) (PARTITION p VALUES LESS THAN (1))";
    for (let end = 0; end <= sql.length; end++) expect(() => readWith(MYSQL, sql.slice(0, end))).not.toThrow();
  });
});

it.each([
  ['CREATE DEFINER=`a`@`b` FUNCTION f() RETURNS int RETURN 42', 'createRoutine'],
  ["CREATE DEFINER = 'a'@localhost PROCEDURE p() SELECT 1", 'createRoutine'],
  ['CREATE DEFINER=CURRENT_USER() PROCEDURE p() SELECT 1', 'createRoutine'],
  ['create definer=foo@1.2.3.4 FUNCTION f() RETURNS int RETURN 42', 'createRoutine'],
  ['create definer=foo@ /* here */ FUNCTION f() RETURNS int RETURN 42', 'createRoutine'],
  ['CREATE ALGORITHM=MERGE DEFINER=r@localhost SQL SECURITY DEFINER VIEW v AS SELECT 1', 'createView'],
])('whoever defines it: %s', (sql, kind) => {
  expect(operationsWith(MYSQL, sql).map(operation => operation.kind)).toEqual([kind]);
});
