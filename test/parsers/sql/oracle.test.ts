import { describe, expect, it } from 'vitest';
import { type DialectGrammar, MARIADB, MYSQL, SQLITE, SQLSERVER } from '../../../src/parsers/sql/index.ts';
import { type Build, factsOfOperations, factsOfOracle, tablesOfOperations, tablesOfOracle } from './oracle.ts';
import { operationsWith } from './read.ts';

const TYPES = [
  ...['int', 'int(11)', 'bigint(20) unsigned', 'tinyint(1)', 'smallint', 'decimal(10,2)', 'float', 'double', 'date'],
  ...[
    'datetime',
    'datetime(6)',
    'timestamp',
    'time',
    'year',
    'char(36)',
    'varchar(255)',
    'binary(16)',
    'varbinary(64)',
  ],
  ...[
    'text',
    'mediumtext',
    'longtext',
    'blob',
    'longblob',
    'json',
    "enum('a','b c')",
    "set('x','y')",
    'boolean',
    'numeric(8)',
  ],
];

const ATTRIBUTES = [
  ...[
    '',
    'NOT NULL',
    'NULL',
    "DEFAULT 'a'",
    'DEFAULT 0',
    'NOT NULL DEFAULT -1',
    'DEFAULT NULL',
    "COMMENT 'it''s, (so)'",
  ],
  ...['NOT NULL AUTO_INCREMENT', 'UNIQUE', 'NOT NULL PRIMARY KEY', 'DEFAULT CURRENT_TIMESTAMP', 'DEFAULT (1 + 2)'],
  ...[
    'COLLATE utf8mb4_bin NOT NULL',
    'CHARACTER SET latin1 NULL',
    'NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP',
  ],
];

const ELEMENTS = [
  ...[
    'PRIMARY KEY (a)',
    'PRIMARY KEY (a, b)',
    'UNIQUE (a)',
    'UNIQUE KEY u (a, b(10))',
    'CONSTRAINT u UNIQUE KEY (a)',
    'KEY (a)',
  ],
  ...['KEY k (a)', 'INDEX k (a DESC, b)', 'FULLTEXT KEY f (a)', 'CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)'],
  ...['FOREIGN KEY (a, b) REFERENCES d.p (x, y) ON DELETE CASCADE ON UPDATE SET NULL', 'CONSTRAINT c CHECK (a > 0)'],
];

const CLAUSES = [
  ...[
    'DROP COLUMN a',
    'DROP a',
    'DROP INDEX i',
    'DROP KEY i',
    'DROP PRIMARY KEY',
    'DROP FOREIGN KEY f',
    'RENAME TO u',
    'RENAME COLUMN a TO b',
  ],
  ...[
    'ADD COLUMN a int FIRST',
    'ADD a int AFTER b',
    'MODIFY a int NOT NULL',
    'MODIFY COLUMN a text AFTER b',
    'CHANGE a b bigint',
  ],
  ...[
    'CHANGE COLUMN a a int FIRST',
    'ADD INDEX (a)',
    'ADD KEY k (a, b)',
    'ADD FULLTEXT INDEX f (a)',
    'ADD UNIQUE KEY u (a)',
  ],
  ...[
    'ADD CONSTRAINT u UNIQUE (a)',
    'ADD PRIMARY KEY (a)',
    'ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE RESTRICT',
  ],
  ...['ALGORITHM=INPLACE', 'LOCK=NONE'],
];

/** OR beside AND is left out: the package takes `a OR b AND c` for `(a OR b) AND c`. */
const CONDITIONS = [
  ...['a = 1', "a = 'x' AND b <> 2", '(a = 1 OR b = 2) AND c = 3', 'a IS NULL', 'a IN (1, 2)'],
  ...[
    'a BETWEEN 1 AND 2 AND b = 1',
    'NOT a = 1',
    "a LIKE 'x%'",
    'a = b + 1 * 2 - 3',
    'now() > a',
    'a >= 1.5',
    "a != 'q\\'s'",
    'a = -1',
  ],
  ...[
    'EXISTS (SELECT 1 FROM u WHERE u.x = t.x)',
    'a = (SELECT max(x) FROM u)',
    'a = NULL',
    'a = TRUE',
    'length(a) < 10 / 2',
  ],
];

const OTHERS = [
  ...[
    'DROP TABLE a',
    'DROP TABLE IF EXISTS a, d.b',
    'DROP INDEX i ON t',
    'RENAME TABLE a TO b',
    'TRUNCATE TABLE t',
    'TRUNCATE t',
  ],
  ...['CREATE INDEX i ON t (a)', 'CREATE UNIQUE INDEX i ON d.t (a, b)', 'CREATE FULLTEXT INDEX i ON t (a)'],
  ...[
    'CREATE INDEX i ON t (a) ALGORITHM=INPLACE LOCK=NONE',
    'INSERT INTO t VALUES (1, 2)',
    "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL)",
  ],
  ...[
    'INSERT IGNORE INTO d.t (a) SELECT a FROM u',
    'REPLACE INTO t (a) VALUES (1)',
    'INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2',
  ],
];

const STATEMENTS = [
  ...TYPES.flatMap(type => ATTRIBUTES.map(attribute => `CREATE TABLE t (a ${type} ${attribute})`)),
  ...ELEMENTS.map(
    element => `CREATE TABLE d.t (a int, b varchar(20), ${element}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
  ),
  ...CLAUSES.map(clause => `ALTER TABLE t ${clause}`),
  ...CLAUSES.map(clause => `ALTER TABLE d.t ADD COLUMN n int NOT NULL DEFAULT 0, ${clause}, DROP COLUMN z`),
  ...ATTRIBUTES.map(attribute => `ALTER TABLE t MODIFY a varchar(20) ${attribute}`),
  ...CONDITIONS.flatMap(condition => [
    `UPDATE t SET a = b + 1, c = 'x' WHERE ${condition}`,
    `DELETE FROM d.t WHERE ${condition} LIMIT 10`,
  ]),
  ...OTHERS,
];

const SQLITE_TYPES = ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'varchar(255)', 'DATETIME', 'boolean', 'decimal(10,2)'];
const SQLITE_ATTRIBUTES = [
  ...['', 'NOT NULL', 'NULL', "DEFAULT 'a'", 'NOT NULL DEFAULT 0', 'DEFAULT CURRENT_TIMESTAMP', 'DEFAULT (1 + 2)'],
  ...['NOT NULL PRIMARY KEY', 'UNIQUE', 'PRIMARY KEY AUTOINCREMENT', 'DEFAULT NULL', 'NOT NULL DEFAULT -1'],
];
const SQLITE_ELEMENTS = [
  ...['PRIMARY KEY (a, b)', 'UNIQUE (a)', 'CONSTRAINT u UNIQUE (a, b)', 'CHECK (a > 0)'],
  ...['FOREIGN KEY (a) REFERENCES p (id)', 'CONSTRAINT f FOREIGN KEY (a, b) REFERENCES p (x, y) ON DELETE CASCADE'],
];

const SQLSERVER_TYPES = [
  ...['int', 'bigint', 'bit', 'nvarchar(50)', 'nvarchar(max)', 'datetime2(7)', 'uniqueidentifier', 'decimal(18,2)'],
  ...['varbinary(max)', 'date', 'float', 'char(2)', 'varchar(255)', 'tinyint', 'money', 'xml'],
];
const SQLSERVER_ATTRIBUTES = [
  '',
  'NULL',
  'NOT NULL',
  "DEFAULT 'a'",
  'NOT NULL DEFAULT 0',
  'NOT NULL PRIMARY KEY',
  'UNIQUE',
];
const SQLSERVER_CLAUSES = [
  ...['DROP COLUMN c', 'DROP CONSTRAINT f', 'ADD CONSTRAINT u UNIQUE (a)', 'ADD CONSTRAINT p PRIMARY KEY (a, b)'],
  ...['ADD FOREIGN KEY (a) REFERENCES dbo.p (id)', 'ADD CONSTRAINT c CHECK (a > 0)', 'ADD a int NULL, b bit NOT NULL'],
];

/** Statements of data definition, and of data on one table, that both readers of a dialect are asked about. */
const DEFINITIONS: Readonly<Record<Build, readonly string[]>> = {
  mysql: STATEMENTS,
  mariadb: STATEMENTS,
  sqlite: [
    ...SQLITE_TYPES.flatMap(type => SQLITE_ATTRIBUTES.map(attribute => `CREATE TABLE t (a ${type} ${attribute})`)),
    ...SQLITE_ELEMENTS.map(element => `CREATE TABLE "d"."t" ("a" INTEGER, b TEXT, ${element})`),
    ...SQLITE_TYPES.map(type => `ALTER TABLE t ADD COLUMN a ${type} NOT NULL DEFAULT 0`),
    ...['ADD a TEXT', 'DROP COLUMN a', 'DROP a', 'RENAME COLUMN a TO b', 'RENAME a TO b', 'RENAME TO u'].map(
      clause => `ALTER TABLE "t" ${clause}`,
    ),
    ...CONDITIONS.filter(condition => !condition.includes('\\')).flatMap(condition => [
      `UPDATE t SET a = b + 1, c = 'x' WHERE ${condition}`,
      `DELETE FROM d.t WHERE ${condition}`,
    ]),
    ...['DROP TABLE a', 'DROP TABLE IF EXISTS d.b', 'CREATE INDEX i ON t (a)', 'CREATE UNIQUE INDEX i ON t (a, b)'],
    ...[
      'INSERT INTO t VALUES (1, 2)',
      "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL)",
      'REPLACE INTO t (a) VALUES (1)',
    ],
    ...['INSERT OR IGNORE INTO t (a) SELECT a FROM u', 'INSERT INTO d.t (a) VALUES (1)'],
  ],
  transactsql: [
    ...SQLSERVER_TYPES.flatMap(type =>
      SQLSERVER_ATTRIBUTES.flatMap(attribute => [
        `CREATE TABLE [dbo].[t] ([a] ${type} ${attribute})`,
        `ALTER TABLE dbo.t ADD a ${type} ${attribute}`,
      ]),
    ),
    ...SQLSERVER_CLAUSES.map(clause => `ALTER TABLE dbo.t ${clause}`),
    ...CONDITIONS.filter(condition => !condition.includes('\\') && !/TRUE|now/.test(condition)).flatMap(condition => [
      `UPDATE dbo.t SET a = b + 1, c = 'x' WHERE ${condition}`,
      `DELETE FROM dbo.t WHERE ${condition}`,
    ]),
    ...['DROP TABLE a', 'DROP TABLE IF EXISTS a, dbo.b', 'DROP INDEX i ON dbo.t', 'TRUNCATE TABLE dbo.t'],
    ...['CREATE INDEX i ON dbo.t (a)', 'CREATE UNIQUE INDEX i ON t (a DESC, b)', 'CREATE INDEX i ON t (a) WHERE b = 1'],
    ...[
      'INSERT INTO dbo.t VALUES (1, 2)',
      "INSERT INTO t (a, b) VALUES (1, N'x'), (2, NULL)",
      'INSERT INTO t (a) SELECT a FROM u',
    ],
  ],
};

/** The package reads less of SQLite's and Transact-SQL's definitions than of MySQL's. */
const READ_BY_BOTH: Readonly<Record<Build, number>> = { mysql: 0.99, mariadb: 0.95, sqlite: 0.99, transactsql: 0.93 };

const GRAMMARS: Readonly<Record<Build, DialectGrammar>> = {
  mysql: MYSQL,
  mariadb: MARIADB,
  sqlite: SQLITE,
  transactsql: SQLSERVER,
};
const BUILDS = Object.keys(GRAMMARS) as Build[];

describe.each(BUILDS)('definitions of %s', build => {
  const read = DEFINITIONS[build].flatMap(sql => {
    const facts = factsOfOracle(sql, build);
    return facts === undefined ? [] : [{ sql, facts }];
  });

  it('are read by node-sql-parser too, most of them', () => {
    expect(read.length / DEFINITIONS[build].length).toBeGreaterThan(READ_BY_BOTH[build]);
  });

  it('are the same to both readers', () => {
    const differing = read.flatMap(({ sql, facts }) => {
      const ours = factsOfOperations(operationsWith(GRAMMARS[build], sql));
      return JSON.stringify(ours) === JSON.stringify(facts) ? [] : [{ sql, ours, facts }];
    });
    expect(differing).toEqual([]);
  });
});

/* ---------------------------------------------------------------- Data */

const SOURCES = [
  ...['u', 'd.u', 'u AS x', 'u JOIN v ON u.id = v.u_id', 'u LEFT JOIN d.v AS y ON u.id = y.u_id', 'u CROSS JOIN v'],
  ...['u INNER JOIN v ON u.id = v.id INNER JOIN w ON w.id = v.id', '(SELECT a FROM v) x', 'u, v'],
  ...['(SELECT a FROM v UNION ALL SELECT a FROM w) x JOIN u ON u.a = x.a'],
];
const FILTERS = [
  ...[
    '',
    'WHERE a = 1',
    'WHERE a IN (SELECT a FROM s)',
    'WHERE NOT EXISTS (SELECT 1 FROM s WHERE s.a = 2 AND s.b IS NULL)',
  ],
  ...['WHERE a = (SELECT max(a) FROM s) OR b BETWEEN 1 AND 2', "WHERE a LIKE 'x%' AND (b = 1 OR c <> 2)"],
  ...[
    'WHERE CASE WHEN a = 1 THEN 2 ELSE 3 END = b',
    'WHERE a > ALL (SELECT a FROM s)',
    'WHERE coalesce(a, b) + 1 = length(c)',
  ],
];
const TAILS = ['', 'GROUP BY a', 'GROUP BY a HAVING count(*) > 1', 'ORDER BY a DESC'];

const QUERIES = [
  ...SOURCES.flatMap(source =>
    FILTERS.flatMap(filter => TAILS.map(tail => `SELECT a FROM ${source} ${filter} ${tail}`)),
  ),
  ...SOURCES.map(source => `SELECT a, (SELECT max(b) FROM s) AS m, count(*) FROM ${source}`),
  ...SOURCES.map(source => `SELECT DISTINCT a FROM t UNION SELECT a FROM ${source} EXCEPT SELECT a FROM s`),
  ...SOURCES.map(source => `WITH c AS (SELECT * FROM ${source}) SELECT a FROM c JOIN z ON z.a = c.a`),
];
const CHANGES = [
  ...SOURCES.flatMap(source => FILTERS.map(filter => `INSERT INTO t (a) SELECT a FROM ${source} ${filter}`)),
  ...FILTERS.flatMap(filter => [
    `UPDATE t SET a = 1, b = (SELECT max(b) FROM u) ${filter}`,
    `UPDATE d.t SET a = CASE WHEN b = 1 THEN (SELECT a FROM u) ELSE 2 END ${filter}`,
    `DELETE FROM d.t ${filter}`,
  ]),
];
const JOINED = [
  ...FILTERS.map(filter => `UPDATE t INNER JOIN u ON t.id = u.id SET t.a = u.a ${filter}`),
  ...FILTERS.map(filter => `UPDATE t, u SET t.a = u.a ${filter}`),
  ...FILTERS.map(filter => `DELETE t FROM t INNER JOIN u ON t.id = u.id ${filter}`),
];
const FROM_CLAUSES = FILTERS.flatMap(filter => SOURCES.map(source => `UPDATE t SET a = 1 FROM ${source} ${filter}`));

const DATA: Readonly<Record<Build, readonly string[]>> = {
  mysql: [...QUERIES, ...CHANGES, ...JOINED],
  mariadb: [...QUERIES, ...CHANGES, ...JOINED],
  sqlite: [...QUERIES, ...CHANGES, ...FROM_CLAUSES],
  transactsql: [...QUERIES, ...CHANGES, ...FROM_CLAUSES],
};

describe.each(BUILDS)('data of %s', build => {
  const read = DATA[build].flatMap(sql => {
    const tables = tablesOfOracle(sql, build, sql.startsWith('WITH') ? ['c'] : []);
    return tables === undefined ? [] : [{ sql, tables }];
  });

  it('is read by node-sql-parser too, most of it', () => {
    expect(read.length / DATA[build].length).toBeGreaterThan(0.8);
  });

  it('reads and changes the same tables to both readers', () => {
    const differing = read.flatMap(({ sql, tables }) => {
      const ours = tablesOfOperations(operationsWith(GRAMMARS[build], sql));
      return JSON.stringify(ours) === JSON.stringify(tables) ? [] : [{ sql, ours, tables }];
    });
    expect(differing).toEqual([]);
  });
});
