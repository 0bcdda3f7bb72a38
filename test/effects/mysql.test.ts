import { describe, expect, it } from 'vitest';
import { onlineEffects } from './mysql-scenarios.ts';

/** Algorithm, rebuild or not, least lock: `INPLACE rebuild NONE`. */
function how(setup: string, sql: string, version = '8.0', dialect: 'mysql' | 'mariadb' = 'mysql'): string {
  const { algorithm, rebuild, leastLock } = onlineEffects(dialect, version, setup, sql);
  return [algorithm, rebuild ? 'rebuild' : undefined, leastLock].filter(Boolean).join(' ');
}

const T = "CREATE TABLE t (id int PRIMARY KEY, n int, v varchar(50), e enum('a', 'b'));";
const UTF8MB4 = T.replace(';', ' DEFAULT CHARSET=utf8mb4;');
const LATIN1 = T.replace(';', ' DEFAULT CHARSET=latin1;');

describe('versions', () => {
  it.each([
    ['8.0.11', 'INPLACE rebuild NONE', 'INPLACE rebuild NONE'],
    ['8.0.12', 'INSTANT NONE', 'INPLACE rebuild NONE'],
    ['8.0.28', 'INSTANT NONE', 'INPLACE rebuild NONE'],
    ['8.0.29', 'INSTANT NONE', 'INSTANT NONE'],
    ['8.0', 'INSTANT NONE', 'INSTANT NONE'],
  ])('MySQL %s adds a column at the end: %s, elsewhere: %s', (version, last, first) => {
    expect(how(T, 'ALTER TABLE t ADD COLUMN x int', version)).toBe(last);
    expect(how(T, 'ALTER TABLE t ADD COLUMN x int FIRST', version)).toBe(first);
    expect(how(T, 'ALTER TABLE t DROP COLUMN v', version)).toBe(first);
  });

  it('MySQL renames columns instantly from 8.0.28 on', () => {
    expect(how(T, 'ALTER TABLE t RENAME COLUMN v TO w', '8.0.27')).toBe('INPLACE NONE');
    expect(how(T, 'ALTER TABLE t RENAME COLUMN v TO w', '8.0.28')).toBe('INSTANT NONE');
  });

  it('MySQL reads CHECK and forgets it before 8.0.16', () => {
    expect(how(T, 'ALTER TABLE t ADD CHECK (n > 0)', '8.0.15')).toBe('INPLACE NONE');
    expect(how(T, 'ALTER TABLE t ADD CHECK (n > 0)', '8.0.16')).toBe('COPY rebuild SHARED');
  });

  it('MariaDB copies beside writers from 11.2 on', () => {
    expect(how(T, 'ALTER TABLE t MODIFY n bigint', '10.11', 'mariadb')).toBe('COPY rebuild SHARED');
    expect(how(T, 'ALTER TABLE t MODIFY n bigint', '11.4', 'mariadb')).toBe('COPY rebuild NONE');
    expect(how(T, 'ALTER TABLE t PARTITION BY HASH (id)', '11.4', 'mariadb')).toBe('COPY rebuild SHARED');
  });
});

describe('several changes', () => {
  it('take the worst of their algorithms', () => {
    expect(how(T, 'ALTER TABLE t ADD COLUMN x int, ADD COLUMN y int')).toBe('INSTANT NONE');
    expect(how(T, 'ALTER TABLE t ADD COLUMN x int, ADD INDEX (x)')).toBe('INPLACE rebuild NONE');
    expect(how(T, 'ALTER TABLE t ADD INDEX (n), MODIFY n bigint')).toBe('COPY rebuild SHARED');
    expect(how(T, "ALTER TABLE t ADD COLUMN x int, COMMENT = 'y', RENAME COLUMN v TO w")).toBe('INSTANT NONE');
  });

  it('go by ALGORITHM= and LOCK= where the server does', () => {
    expect(how(T, 'ALTER TABLE t ADD COLUMN x int, ALGORITHM=COPY')).toBe('COPY rebuild SHARED');
    expect(how(T, 'ALTER TABLE t ADD COLUMN x int, ALGORITHM=INPLACE')).toBe('INPLACE rebuild NONE');
    expect(how(T, 'ALTER TABLE t ADD INDEX (n), LOCK=EXCLUSIVE')).toBe('INPLACE EXCLUSIVE');
    expect(how(T, 'ALTER TABLE t ADD INDEX (n), ALGORITHM=DEFAULT, LOCK=DEFAULT')).toBe('INPLACE NONE');
  });
});

describe('another engine than InnoDB', () => {
  const MYISAM = T.replace(';', ' ENGINE=MyISAM;');

  it.each(['mysql', 'mariadb'] as const)('%s copies the table for a column', dialect => {
    const version = dialect === 'mysql' ? '8.4' : '10.11';
    expect(how(MYISAM, 'ALTER TABLE t ADD COLUMN x int', version, dialect)).toBe('COPY rebuild SHARED');
    expect(how(MYISAM, 'ALTER TABLE t DROP COLUMN v', version, dialect)).toBe('COPY rebuild SHARED');
  });
});

describe('types', () => {
  it.each([
    [LATIN1, 'varchar(255)', 'INPLACE NONE'],
    [LATIN1, 'varchar(256)', 'COPY rebuild SHARED'],
    [LATIN1, 'varchar(40)', 'COPY rebuild SHARED'],
    [UTF8MB4, 'varchar(63)', 'INPLACE NONE'],
    [UTF8MB4, 'varchar(64)', 'COPY rebuild SHARED'],
    [UTF8MB4, 'varchar(60) CHARACTER SET latin1', 'COPY rebuild SHARED'],
  ])('%s to %s: %s', (setup, type, expected) => {
    expect(how(setup, `ALTER TABLE t MODIFY v ${type}`)).toBe(expected);
  });

  it('are judged as utf8mb4 where the character set decides and nobody says it', () => {
    const said = onlineEffects('mysql', '8.0', T, 'ALTER TABLE t MODIFY v varchar(100)');
    expect(said).toMatchObject({
      algorithm: 'COPY',
      unknowns: ['the character set of t.v is not known: judged as utf8mb4'],
    });
    expect(onlineEffects('mysql', '8.0', T, 'ALTER TABLE t MODIFY v varchar(60)').known).toBe(true);
  });

  it('that no migration shows are judged as if they change', () => {
    const said = onlineEffects('mysql', '8.0', '', 'ALTER TABLE t MODIFY v varchar(100)');
    expect(said).toMatchObject({ algorithm: 'COPY', known: false });
    expect(said.unknowns).toEqual(['the old type of t.v is not known: judged as if it changes']);
  });

  it('of enums grow at the end within the same number of bytes', () => {
    const members = (count: number): string => Array.from({ length: count }, (_, index) => `'m${index}'`).join(', ');
    const table = (count: number): string => `CREATE TABLE t (id int PRIMARY KEY, e enum(${members(count)}));`;
    expect(how(table(254), `ALTER TABLE t MODIFY e enum(${members(255)})`)).toBe('INSTANT NONE');
    expect(how(table(255), `ALTER TABLE t MODIFY e enum(${members(256)})`)).toBe('COPY rebuild SHARED');
    expect(how(T, "ALTER TABLE t MODIFY e enum('b', 'a')")).toBe('COPY rebuild SHARED');
  });
});

describe('who waits', () => {
  const waits = (sql: string, setup = T) => {
    const { blocksReads, blocksWrites, duration, releasedAt } = onlineEffects('mysql', '8.0', setup, sql);
    return [blocksReads.map(({ name }) => name), blocksWrites.map(({ name }) => name), duration, releasedAt];
  };

  it('everyone, for the moment of an instant change', () => {
    expect(waits('ALTER TABLE t ADD COLUMN x int')).toEqual([['t'], ['t'], 'instant', 'statement']);
    expect(waits('DROP TABLE t')).toEqual([['t'], ['t'], 'instant', 'statement']);
  });

  it('nobody while an index is built, writers while the table is copied', () => {
    expect(waits('CREATE INDEX i ON t (n)')).toEqual([[], [], 'index build', 'statement']);
    expect(waits('ALTER TABLE t MODIFY n bigint')).toEqual([[], ['t'], 'rewrite', 'statement']);
    expect(waits('ALTER TABLE t ADD INDEX (n), LOCK=EXCLUSIVE')).toEqual([['t'], ['t'], 'index build', 'statement']);
  });

  it('both tables of a RENAME', () => {
    expect(waits('RENAME TABLE t TO old, u TO t', `${T} CREATE TABLE u (id int);`)[0]).toEqual(['t', 'u']);
  });

  it('the writers of rows that CREATE TABLE … SELECT and INSERT … SELECT read', () => {
    expect(waits('CREATE TABLE copy SELECT * FROM t')[1]).toEqual(['t']);
    expect(waits('INSERT INTO u SELECT id FROM t', `${T} CREATE TABLE u (id int);`)[1]).toContain('t');
  });

  it('writers of tables of another engine, which are copied', () => {
    const myisam = 'CREATE TABLE t (id int PRIMARY KEY, n int) ENGINE=MyISAM;';
    expect(how(myisam, 'ALTER TABLE t ADD INDEX (n)')).toBe('COPY rebuild SHARED');
    expect(how(myisam, "ALTER TABLE t COMMENT = 'x'")).toBe('INSTANT NONE');
  });
});

describe('failures', () => {
  const failing = (sql: string, setup = T, version = '8.0') => {
    const { failures, failsOnRows } = onlineEffects('mysql', version, setup, sql);
    return [...failures.map(({ code }) => code), ...failsOnRows.map(({ reason, anyRow }) => `${reason} ${anyRow}`)];
  };

  it('of tables that are gone, or there', () => {
    expect(failing('ALTER TABLE t ADD x int', `${T} DROP TABLE t;`)).toEqual(['42S02']);
    expect(failing('DROP TABLE t', `${T} DROP TABLE t;`)).toEqual(['42S02']);
    expect(failing('UPDATE t SET n = 1', `${T} DROP TABLE t;`)).toContain('42S02');
    expect(failing('CREATE TABLE t (id int)')).toEqual(['42S01']);
    expect(failing('CREATE TABLE IF NOT EXISTS t (id int)')).toEqual([]);
  });

  it('on rows: NULLs, duplicates, zero dates, unless the mode is lax', () => {
    expect(failing('ALTER TABLE t MODIFY n int NOT NULL')).toEqual(['not null false']);
    expect(failing('ALTER TABLE t MODIFY n int NOT NULL', `${T} SET sql_mode = '';`)).toEqual([]);
    expect(failing('ALTER TABLE t ADD d date NOT NULL')).toEqual(['not null true']);
    expect(failing('ALTER TABLE t ADD x int NOT NULL')).toEqual([]);
    expect(failing('ALTER TABLE t MODIFY n tinyint')).toEqual(['too long false']);
    expect(failing('ALTER TABLE t ADD UNIQUE (n)')).toEqual(['unique false']);
    expect(failing('ALTER TABLE t ADD x int NOT NULL UNIQUE')).toEqual(['unique true']);
  });

  it('of clauses: LOCK= beside INSTANT, NOCOPY on MySQL, INSTANT before 8.0.12', () => {
    expect(failing('ALTER TABLE t ADD x int, ALGORITHM=INSTANT, LOCK=NONE')).toEqual(['0A000']);
    expect(failing('ALTER TABLE t ADD x int, ALGORITHM=NOCOPY')).toEqual(['0A000']);
    expect(failing('ALTER TABLE t ADD x int, ALGORITHM=INSTANT', T, '8.0.11')).toEqual(['0A000']);
    expect(failing('ALTER TABLE t ADD x int, ALGORITHM=INSTANT', T, '8.0.12')).toEqual([]);
  });

  const SHOP = `CREATE TABLE p (id int PRIMARY KEY, code int, UNIQUE KEY code (code));
CREATE TABLE t (id int PRIMARY KEY, n int, m int, KEY t_n (n), KEY t_m (m), CONSTRAINT fk FOREIGN KEY (n) REFERENCES p (id),
  CONSTRAINT fk_code FOREIGN KEY (m) REFERENCES p (code));`;

  // Each tried on MariaDB 10.11, which has another code for DROP TABLE.
  it.each([
    ['ALTER TABLE t ADD COLUMN N int', '42S21'],
    ['ALTER TABLE t DROP COLUMN x', '42000'],
    ['ALTER TABLE t MODIFY x int', '42S22'],
    ['ALTER TABLE t RENAME COLUMN n TO m', '42S21'],
    ['ALTER TABLE t ADD INDEX T_N (m)', '42000'],
    ['ALTER TABLE t ADD PRIMARY KEY (n)', '42000'],
    ['ALTER TABLE t DROP INDEX x', '42000'],
    ['DROP INDEX t_n ON t', 'HY000'],
    ['ALTER TABLE p DROP INDEX code', 'HY000'],
    ['ALTER TABLE t DROP COLUMN n', 'HY000'],
    ['DROP TABLE p', 'HY000'],
    ['TRUNCATE TABLE p', '42000'],
  ])('of what the schema proves: %s', (sql, code) => {
    expect(onlineEffects('mysql', '8.0', SHOP, sql).failures.map(failure => failure.code)).toEqual([code]);
  });

  it.each([
    'ALTER TABLE t DROP COLUMN m, DROP FOREIGN KEY fk_code',
    'ALTER TABLE t RENAME COLUMN n TO m, RENAME COLUMN m TO n',
    'ALTER TABLE t DROP INDEX t_n, ADD INDEX t_n (n, m)',
    'ALTER TABLE t DROP FOREIGN KEY fk, DROP INDEX t_n',
    'ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)',
    'DROP TABLE t, p',
    'ALTER TABLE other DROP COLUMN x',
  ])('of nothing that works: %s', sql => {
    expect(onlineEffects('mysql', '8.0', SHOP, sql).failures).toEqual([]);
  });

  it('of no table that is referenced with foreign_key_checks off', () => {
    expect(failing('DROP TABLE p', `${SHOP} SET foreign_key_checks = 0;`)).toEqual([]);
  });
});
