import { describe, expect, it } from 'vitest';
import { MYSQL } from '../../../src/parsers/sql/index.ts';
import { factsOfOperations, factsOfOracle } from './oracle.ts';
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

describe('the reader of MySQL and node-sql-parser', () => {
  const read = STATEMENTS.flatMap(sql => {
    const facts = factsOfOracle(sql);
    return facts === undefined ? [] : [{ sql, facts }];
  });

  it('both read most statements', () => {
    expect(read.length / STATEMENTS.length).toBeGreaterThan(0.9);
  });

  it('say the same of each', () => {
    const differing = read.flatMap(({ sql, facts }) => {
      const ours = factsOfOperations(operationsWith(MYSQL, sql));
      return JSON.stringify(ours) === JSON.stringify(facts) ? [] : [{ sql, ours, facts }];
    });
    expect(differing).toEqual([]);
  });
});
