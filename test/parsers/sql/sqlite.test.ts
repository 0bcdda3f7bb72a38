import { describe, expect, it } from 'vitest';
import { SQLITE } from '../../../src/parsers/sql/index.ts';
import { at, operationsWith } from './read.ts';

/** A statement, the operations it makes, and their heads. */
const STATEMENTS: readonly (readonly [string, readonly object[], readonly string[]])[] = [
  [
    'CREATE TABLE IF NOT EXISTS "t" (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [key] TEXT, \'n\' VARYING CHARACTER(255) COLLATE NOCASE DEFAULT "x", z, FOREIGN KEY (z) REFERENCES p(id) ON DELETE CASCADE) WITHOUT ROWID, STRICT',
    [
      {
        kind: 'createTable',
        table: { name: 't' },
        columns: [
          {
            name: 'id',
            type: { name: 'integer', builtin: true },
            autoIncrement: true,
            notNull: true,
            constraints: [{ type: 'primaryKey' }],
          },
          { name: 'key', type: { name: 'text' } },
          { name: 'n', type: { name: 'varying character', modifiers: [255] }, collation: { name: 'NOCASE' } },
          { name: 'z' },
        ],
        constraints: [{ type: 'foreignKey', columns: ['z'], onDelete: 'cascade' }],
        options: [{ name: 'without_rowid' }, { name: 'strict' }],
      },
    ],
    ['CREATE TABLE IF NOT EXISTS "t"'],
  ],
  [
    'CREATE TABLE t (key text, index int, a UNSIGNED BIG INT DEFAULT (1 + 2) CHECK (a > 0))',
    [{ columns: [{ name: 'key' }, { name: 'index' }, { name: 'a', type: { name: 'unsigned big int' } }] }],
    ['CREATE TABLE t'],
  ],
  [
    'CREATE TEMP TABLE t AS SELECT * FROM u',
    [{ kind: 'createTable', persistence: 'temporary', query: { outputs: [{ kind: 'star' }] } }],
    ['CREATE TEMP TABLE t'],
  ],
  [
    'CREATE VIRTUAL TABLE f USING fts5(a, b)',
    [{ kind: 'createTable', table: { name: 'f' }, columns: [], accessMethod: 'fts5' }],
    ['CREATE VIRTUAL TABLE f'],
  ],
  [
    "ALTER TABLE t ADD COLUMN a TEXT NOT NULL DEFAULT '' REFERENCES p (id)",
    [{ kind: 'addColumn', column: { name: 'a', notNull: true } }],
    ['ADD COLUMN a'],
  ],
  [
    'ALTER TABLE t RENAME COLUMN a TO b',
    [{ kind: 'renameColumn', column: 'a', newName: 'b' }],
    ['RENAME COLUMN a TO b'],
  ],
  ['ALTER TABLE t RENAME a TO b', [{ kind: 'renameColumn', column: 'a', newName: 'b' }], ['RENAME a TO b']],
  ['ALTER TABLE "new_t" RENAME TO "t"', [{ kind: 'renameTable', newName: 't' }], ['RENAME TO "t"']],
  ['ALTER TABLE t DROP a', [{ kind: 'dropColumn', column: 'a' }], ['DROP a']],
  [
    'CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE NOCASE DESC, lower(b)) WHERE c IS NOT NULL',
    [
      {
        kind: 'createIndex',
        unique: true,
        name: 'i',
        elements: [{ column: 'a', order: 'desc' }, { expression: { text: 'lower(b)' } }],
        where: { text: 'c IS NOT NULL' },
      },
    ],
    ['CREATE UNIQUE INDEX IF NOT EXISTS main.i'],
  ],
  ['DROP INDEX IF EXISTS i', [{ kind: 'dropIndex', index: { name: 'i' }, ifExists: true }], ['DROP INDEX IF EXISTS i']],
  [
    'CREATE TRIGGER r AFTER UPDATE OF a, b ON t WHEN new.a > 1 BEGIN UPDATE u SET x = 1; DELETE FROM v; END',
    [{ kind: 'createTrigger', name: 'r', events: ['update'], updateColumns: ['a', 'b'], table: { name: 't' } }],
    ['CREATE TRIGGER r'],
  ],
  [
    'PRAGMA foreign_keys=OFF',
    [{ kind: 'setParameter', name: 'foreign_keys', value: 'OFF' }],
    ['PRAGMA foreign_keys=OFF'],
  ],
  [
    'PRAGMA main.defer_foreign_keys(1)',
    [{ kind: 'setParameter', name: 'defer_foreign_keys', value: '1' }],
    ['PRAGMA main.defer_foreign_keys(1)'],
  ],
  ['PRAGMA foreign_key_check', [{ kind: 'other', what: 'pragma foreign_key_check' }], ['PRAGMA foreign_key_check']],
  ['BEGIN IMMEDIATE TRANSACTION', [{ kind: 'beginTransaction' }], ['BEGIN IMMEDIATE TRANSACTION']],
  ['END', [{ kind: 'commitTransaction' }], ['END']],
  [
    "INSERT OR IGNORE INTO t (a) VALUES ('it''s') ON CONFLICT (a) DO UPDATE SET a = excluded.a",
    [{ kind: 'insert', onConflict: { action: 'ignore' }, source: { rows: [[{ value: "it's" }]] } }],
    ['INSERT OR IGNORE INTO t'],
  ],
  [
    'INSERT INTO t SELECT a FROM u WHERE true ON CONFLICT DO NOTHING',
    [{ kind: 'insert', onConflict: { action: 'nothing' }, source: { kind: 'query' } }],
    ['INSERT INTO t'],
  ],
  [
    "UPDATE t SET a = b || 'x' FROM u WHERE t.id == u.id",
    [
      {
        kind: 'update',
        assignments: [{ value: { operator: '||' } }],
        from: [{ name: { name: 'u' } }],
        where: { expression: { operator: '=' } },
      },
    ],
    ['UPDATE t'],
  ],
  [
    'DELETE FROM t INDEXED BY i WHERE a ISNULL',
    [{ kind: 'delete', where: { expression: { kind: 'isNull' } } }],
    ['DELETE FROM t'],
  ],
  ['VACUUM', [{ kind: 'other', what: 'vacuum' }], ['VACUUM']],
];

describe('a statement of SQLite', () => {
  it.each(STATEMENTS.map(([sql, expected, heads]) => ({ sql, expected, heads })))(
    '$sql',
    ({ sql, expected, heads }) => {
      const operations = operationsWith(SQLITE, sql);
      expect(operations).toMatchObject(expected);
      expect(operations).toHaveLength(expected.length);
      expect(operations.map(({ head }) => at(sql, head))).toEqual(heads);
    },
  );

  it('has no backslash escapes, and no statement of MySQL', () => {
    expect(operationsWith(SQLITE, "INSERT INTO t VALUES ('\\'); DROP TABLE a;").map(({ kind }) => kind)).toEqual([
      'insert',
      'dropTable',
    ]);
    expect(operationsWith(SQLITE, 'LOCK TABLES a READ')).toMatchObject([
      { kind: 'unreadable', message: '"LOCK" begins no statement of SQLite' },
    ]);
  });
});
