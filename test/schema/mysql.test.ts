import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState, indexesOf, resolveRelation, resolveTable } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import type { Dialect } from '../../src/server/server.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

function replay(sql: string, dialect: Dialect = 'mysql', state: State = emptyState(dialect)): State {
  const { statements } = FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/m.sql', text: sql }));
  return statements.reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    state,
  );
}

function tableOf(state: State, name = 't') {
  const table = resolveTable(state, { name });
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

/** The columns in order, as they would be declared in short. */
function columnsOf(state: State, name = 't'): readonly string[] {
  return tableOf(state, name).columns.map(column =>
    [
      column.name,
      column.type?.text,
      column.notNull === true ? 'NOT NULL' : '',
      column.default === undefined ? '' : `DEFAULT ${column.default.text}`,
      column.autoIncrement ? 'AUTO_INCREMENT' : '',
      column.comment === undefined ? '' : `COMMENT ${column.comment}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
}

/** The indexes by name: name and keys, what made it, whether it is unique. */
function indexNames(state: State, name = 't'): readonly string[] {
  const all = indexesOf(state, tableOf(state, name)).map(
    index =>
      `${index.unique ? 'unique ' : ''}${index.implicit ? 'implicit ' : ''}${index.name} (${index.elements
        .map(({ column, length }) => `${column}${length === undefined ? '' : `(${length})`}`)
        .join(', ')})`,
  );
  return all.toSorted();
}

const T =
  'CREATE TABLE t (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, a int NOT NULL DEFAULT 1, b varchar(20), KEY (a), UNIQUE KEY ab (a, b));';

describe('tables', () => {
  it('have the names that the server gives', () => {
    const state = replay(`${T} ALTER TABLE t ADD INDEX (a), ADD FOREIGN KEY (a) REFERENCES p (id), ADD CHECK (a > 0);`);
    expect(indexNames(state)).toEqual(['a (a)', 'a_2 (a)', 'unique PRIMARY (id)', 'unique ab (a, b)']);
    expect(
      tableOf(state).constraints.flatMap(({ type, name }) => (type === 'notNull' ? [] : [`${type} ${name}`])),
    ).toEqual(['primaryKey PRIMARY', 'unique ab', 'check t_chk_1', 'foreignKey t_ibfk_1']);
  });

  it("have indexes of one name beside another table's, and beside a table of that name", () => {
    const state = replay(`${T} CREATE TABLE u (id int, KEY a (id), KEY t (id)); ALTER TABLE u ADD KEY u (id);`);
    expect(indexNames(state, 'u')).toEqual(['a (id)', 't (id)', 'u (id)']);
    expect(indexNames(state)).toContain('a (a)');
    expect(resolveRelation(state, { name: 't' })?.kind).toBe('table');
  });

  it('take their indexes along when they are renamed', () => {
    const state = replay(
      `${T} RENAME TABLE t TO v; CREATE TABLE t (a int, KEY a (a)); DROP INDEX a ON v; DROP INDEX ab ON v;`,
    );
    expect(indexNames(state, 'v')).toEqual(['unique PRIMARY (id)']);
    expect(indexNames(state)).toEqual(['a (a)']);
  });

  it('are copied with LIKE, indexes and all', () => {
    const state = replay(`${T} CREATE TABLE copy LIKE t;`);
    expect(columnsOf(state, 'copy')).toEqual(columnsOf(state));
    expect(indexNames(state, 'copy')).toEqual(indexNames(state));
  });

  it('swap names in one RENAME', () => {
    const state = replay(`${T} CREATE TABLE n (x int); RENAME TABLE t TO old, n TO t;`);
    expect(columnsOf(state)).toEqual(['x int']);
    expect(columnsOf(state, 'old')).toHaveLength(3);
  });
});

describe('MODIFY and CHANGE', () => {
  it('replace all that the definition does not say', () => {
    const state = replay(
      `${T} ALTER TABLE t MODIFY b varchar(30) NOT NULL COMMENT 'x'; ALTER TABLE t MODIFY a bigint, MODIFY b text;`,
    );
    expect(columnsOf(state)).toEqual(['id int NOT NULL AUTO_INCREMENT', 'a bigint', 'b text']);
    expect(tableOf(state).constraints.filter(({ type }) => type === 'notNull')).toMatchObject([{ column: 'id' }]);
  });

  it('leave the columns of a primary key NOT NULL, and keys alone', () => {
    const state = replay(`${T} ALTER TABLE t MODIFY id bigint;`);
    expect(columnsOf(state)[0]).toBe('id bigint NOT NULL');
    expect(indexNames(state)).toContain('unique PRIMARY (id)');
  });

  it('rename in indexes, move, and meet what the same statement adds', () => {
    const state = replay(
      `${T} ALTER TABLE t ADD INDEX (c), CHANGE b c varchar(20) AFTER id, ADD x int FIRST, ADD y int AFTER c;`,
    );
    expect(columnsOf(state)).toEqual([
      'x int',
      'id int NOT NULL AUTO_INCREMENT',
      'c varchar(20)',
      'y int',
      'a int NOT NULL DEFAULT 1',
    ]);
    expect(indexNames(state)).toContain('unique ab (a, c)');
    expect(indexNames(state)).toContain('c (c)');
  });

  it('find a column whatever its case', () => {
    const state = replay(`${T} ALTER TABLE t MODIFY B text AFTER ID, ADD INDEX n (A); ALTER TABLE t DROP COLUMN Id;`);
    expect(columnsOf(state)).toEqual(['B text', 'a int NOT NULL DEFAULT 1']);
    expect(indexNames(state)).toContain('n (a)');
    expect(columnsOf(replay(`${T} ALTER TABLE t MODIFY B text;`))).toContain('B text');
  });

  it('enter a column of a table that no migration made', () => {
    const state = replay('ALTER TABLE t MODIFY a int NOT NULL;');
    expect(columnsOf(state)).toEqual(['a int NOT NULL']);
    expect(tableOf(state).complete).toBe(false);
  });
});

describe('indexes', () => {
  it('lose a dropped column, and go with their last', () => {
    const state = replay(`${T} ALTER TABLE t DROP COLUMN a;`);
    expect(indexNames(state)).toEqual(['unique PRIMARY (id)', 'unique ab (b)']);
    expect(tableOf(state).constraints).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ name: 'ab', columns: ['b'] })]),
    );
  });

  it('are made behind a foreign key where none serves, and give way to one that does', () => {
    const made = replay(`${T} ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id);`);
    expect(indexNames(made)).toContain('implicit f (b)');
    const served = replay('CREATE INDEX own ON t (b, a);', 'mysql', made);
    expect(indexNames(served)).not.toContain('implicit f (b)');
    expect(indexNames(served)).toContain('own (b, a)');
    const none = replay(`${T} ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p (id);`);
    expect(indexNames(none).filter(name => name.includes('implicit'))).toEqual([]);
  });

  it('behind a foreign key are named as the key, or after the first column', () => {
    const state = replay(
      'CREATE TABLE t (a int, b int, FOREIGN KEY (a) REFERENCES p (id), CONSTRAINT f FOREIGN KEY (b) REFERENCES p (id));',
    );
    expect(indexNames(state)).toEqual(['implicit a (a)', 'implicit f (b)']);
  });

  it('are made for a primary key and for a UNIQUE over the same column', () => {
    expect(indexNames(replay('CREATE TABLE t (a serial UNIQUE, PRIMARY KEY (a));'))).toEqual([
      'unique PRIMARY (a)',
      'unique a (a)',
    ]);
  });

  it('are dropped with the key that they belong to, renamed and hidden', () => {
    const state = replay(`${T} ALTER TABLE t RENAME INDEX a TO z, ALTER INDEX z INVISIBLE, DROP INDEX ab;`);
    expect(indexNames(state)).toEqual(['unique PRIMARY (id)', 'z (a)']);
    expect(indexesOf(state, tableOf(state)).find(({ name }) => name === 'z')?.visible).toBe(false);
    expect(tableOf(state).constraints.some(({ type }) => type === 'unique')).toBe(false);
  });

  it('of a replaced primary key', () => {
    const state = replay(`${T} ALTER TABLE t DROP PRIMARY KEY, MODIFY id int, ADD PRIMARY KEY (a);`);
    expect(indexNames(state)).toContain('unique PRIMARY (a)');
    expect(columnsOf(state)[0]).toBe('id int');
  });
});

describe('what else the statements do', () => {
  it('REFERENCES at a column is forgotten by MySQL and heeded by MariaDB', () => {
    const sql = 'CREATE TABLE t (a int REFERENCES p (id)); ALTER TABLE t ADD b int REFERENCES p (id);';
    const keys = (dialect: Dialect) =>
      tableOf(replay(sql, dialect)).constraints.filter(({ type }) => type === 'foreignKey');
    expect(keys('mysql')).toHaveLength(0);
    expect(keys('mariadb')).toHaveLength(2);
  });

  it('partitions', () => {
    const names = (sql: string) => tableOf(replay(sql)).partitionDefinitions?.map(({ name }) => name);
    const table =
      'CREATE TABLE t (a int) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (1), PARTITION p1 VALUES LESS THAN (2));';
    expect(
      names(
        `${table} ALTER TABLE t ADD PARTITION (PARTITION p2 VALUES LESS THAN (3)); ALTER TABLE t DROP PARTITION p0;`,
      ),
    ).toEqual(['p1', 'p2']);
    expect(
      names(`${table} ALTER TABLE t REORGANIZE PARTITION p0, p1 INTO (PARTITION p VALUES LESS THAN (2));`),
    ).toEqual(['p']);
    expect(names(`${table} ALTER TABLE t REMOVE PARTITIONING;`)).toBeUndefined();
  });

  it("CONVERT TO gives every text column the table's character set", () => {
    const state = replay(
      'CREATE TABLE t (a varchar(5) CHARACTER SET latin1, b int) CHARSET=latin1; ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4;',
    );
    expect(tableOf(state).columns[0]?.charset).toBeUndefined();
    expect(tableOf(state).options).toEqual([{ name: 'charset', value: 'utf8mb4' }]);
  });

  it('definitions commit, and a rollback does not undo them', () => {
    const state = replay('START TRANSACTION; CREATE TABLE t (a int); ROLLBACK;');
    expect(columnsOf(state)).toEqual(['a int']);
    expect(state.transaction.status).toBe('none');
    const temporary = replay('START TRANSACTION; CREATE TEMPORARY TABLE x (a int);');
    expect(temporary.transaction.status).toBe('open');
  });

  it('USE names the database', () => {
    const state = replay('USE shop; CREATE TABLE t (a int); ALTER TABLE shop.t ADD b int;');
    expect(columnsOf(state)).toEqual(['a int', 'b int']);
  });

  it('triggers go by name', () => {
    const made = replay(`${T} CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;`);
    expect(tableOf(made).triggers).toMatchObject([{ name: 'r', events: ['insert'] }]);
    expect(tableOf(replay('DROP TRIGGER r;', 'mysql', made)).triggers).toEqual([]);
  });
});
