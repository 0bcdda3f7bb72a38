import { describe, expect, it } from 'vitest';
import type { Effects } from '../../src/effects/effects.ts';
import { effects, serverVersionOf } from '../../src/effects/index.ts';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

/** What the last statement does after those before it; `SERVERPROPERTY` of the server as its users name it. */
function last(sql: string, given = '2022 Enterprise'): Effects {
  const { statements } = FRONT_ENDS.sqlserver!.parse(fragmentOf({ path: '/m.sql', text: sql }));
  const server = { dialect: 'sqlserver', versionAssumed: false, ...serverVersionOf('sqlserver', given) } as const;
  const before = statements
    .slice(0, -1)
    .reduce<State>(
      (state, statement, index) => applyStatement(state, statement, { migration: 0, statement: index }),
      emptyState('sqlserver'),
    );
  return effects(statements.at(-1)!, before, server);
}

const SETUP = `CREATE TABLE p (id int NOT NULL PRIMARY KEY)
GO
CREATE TABLE t (
  id int NOT NULL CONSTRAINT pk PRIMARY KEY,
  n int NULL,
  v varchar(50) NOT NULL CONSTRAINT df_v DEFAULT 'x',
  w nvarchar(20) NULL,
  s AS (n + 1),
  c int CONSTRAINT ck CHECK (c > 0),
  p_id int CONSTRAINT fk REFERENCES p (id),
  free int NULL
)
GO
CREATE INDEX ix ON t (w)
GO
`;

/** Work, who waits (everyone, writers, nobody), ONLINE. */
function how(sql: string, given?: string): string {
  const { duration, blocksReads, blocksWrites, online, concurrentWrites } = last(`${SETUP}${sql}`, given);
  const names = (list: typeof blocksReads) => list.some(({ name }) => name === 't');
  const who = names(blocksReads) ? 'everyone' : names(blocksWrites) ? 'writers' : 'nobody';
  return [duration, who, concurrentWrites ? 'writes go on' : 'writes wait', online].filter(Boolean).join(', ');
}

describe('how SQL Server changes a table (Microsoft Learn: ALTER TABLE, CREATE INDEX, ALTER INDEX)', () => {
  it.each([
    ['ALTER TABLE t ADD x int NULL', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ADD x int NULL DEFAULT 1', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ADD x int NULL DEFAULT 1 WITH VALUES', 'rewrite, everyone, writes wait'],
    ['ALTER TABLE t ADD x int NOT NULL DEFAULT 1', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ADD x datetime2 NOT NULL DEFAULT SYSUTCDATETIME()', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ADD x uniqueidentifier NOT NULL DEFAULT NEWID()', 'rewrite, everyone, writes wait'],
    ["ALTER TABLE t ADD x nvarchar(max) NOT NULL DEFAULT ''", 'rewrite, everyone, writes wait'],
    ['ALTER TABLE t ADD x int IDENTITY(1, 1)', 'rewrite, everyone, writes wait'],
    ['ALTER TABLE t ADD x AS (n * 2)', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ADD x AS (n * 2) PERSISTED', 'rewrite, everyone, writes wait'],
    ['ALTER TABLE t DROP COLUMN free', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ALTER COLUMN v varchar(100) NOT NULL', 'instant, everyone, writes go on'],
    ['ALTER TABLE t ALTER COLUMN v varchar(20) NOT NULL', 'scan, everyone, writes wait, available'],
    ['ALTER TABLE t ALTER COLUMN n bigint NULL', 'rewrite, everyone, writes wait, available'],
    ['ALTER TABLE t ALTER COLUMN n bigint NULL WITH (ONLINE = ON)', 'rewrite, nobody, writes go on, on'],
    ['ALTER TABLE t ALTER COLUMN n int NOT NULL', 'scan, everyone, writes wait, available'],
    ['ALTER TABLE t ADD CONSTRAINT k CHECK (n > 0)', 'scan, everyone, writes wait'],
    ['ALTER TABLE t WITH NOCHECK ADD CONSTRAINT k CHECK (n > 0)', 'instant, everyone, writes go on'],
    ['ALTER TABLE t WITH CHECK CHECK CONSTRAINT ck', 'scan, everyone, writes wait'],
    ['ALTER TABLE t NOCHECK CONSTRAINT ck', 'instant, everyone, writes go on'],
    ['CREATE INDEX i ON t (n)', 'index build, writers, writes wait, available'],
    ['CREATE INDEX i ON t (n) WITH (ONLINE = ON)', 'index build, nobody, writes go on, on'],
    ['CREATE CLUSTERED INDEX i ON t (n)', 'rewrite, everyone, writes wait, available'],
    ['ALTER INDEX ix ON t REBUILD', 'index build, everyone, writes wait, available'],
    ['ALTER INDEX ix ON t REBUILD WITH (ONLINE = ON)', 'index build, nobody, writes go on, on'],
    ['ALTER INDEX ix ON t REORGANIZE', 'instant, nobody, writes wait'],
    ['DROP INDEX ix ON t', 'instant, everyone, writes go on'],
    ["EXEC sp_rename 't.n', 'm', 'COLUMN'", 'instant, everyone, writes go on'],
    ['ALTER TABLE t ADD CONSTRAINT u UNIQUE (n)', 'index build, everyone, writes wait, available'],
    ['ALTER TABLE t SWITCH TO u', 'instant, everyone, writes go on'],
  ])('%s: %s', (sql, expected) => {
    expect(how(sql)).toBe(expected);
  });

  it('goes by release and edition', () => {
    const add = 'ALTER TABLE t ADD x int NOT NULL DEFAULT 1';
    expect(how(add, '2008 Enterprise')).toBe('rewrite, everyone, writes wait');
    expect(how(add, '2022 Standard')).toBe('rewrite, everyone, writes wait');
    expect(how(add, '16.0 Developer')).toBe('instant, everyone, writes go on');
    expect(last(`${SETUP}${add}`, '2022').unknowns.join()).toContain('the edition is not known');
    const online = 'ALTER TABLE t ALTER COLUMN n bigint NULL WITH (ONLINE = ON)';
    expect(how(online, '2014 Enterprise')).toBe('rewrite, everyone, writes wait');
    expect(how('CREATE INDEX i ON t (n) WITH (ONLINE = ON)', '2019 Standard')).toContain('unavailable');
    expect(last(`${SETUP}CREATE INDEX i ON t (n) WITH (ONLINE = ON)`, '2019 Standard').failures).toMatchObject([
      { code: '1712' },
    ]);
    expect(last(`${SETUP}CREATE INDEX i ON t (n)`, '2019 Standard').failures).toEqual([]);
  });

  it('locks the referenced table of a foreign key, and keeps locks until COMMIT', () => {
    const { locks, releasedAt } = last(
      `${SETUP}BEGIN TRAN\nGO\nALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES p (id)`,
    );
    expect(locks.map(({ name, mode }) => `${name} ${mode}`)).toEqual([
      't AccessExclusiveLock',
      'p AccessExclusiveLock',
    ]);
    expect(releasedAt).toBe('commit');
  });
});

describe('what SQL Server refuses (sys.messages)', () => {
  it.each([
    ['ALTER TABLE t DROP COLUMN v', "5074 The object 'df_v' is dependent on column 'v'."],
    ['ALTER TABLE t DROP CONSTRAINT df_v, COLUMN v', undefined],
    ['ALTER TABLE t DROP COLUMN w', "5074 The object 'ix' is dependent on column 'w'."],
    ['ALTER TABLE t DROP COLUMN c', "5074 The object 'ck' is dependent on column 'c'."],
    ['ALTER TABLE t DROP COLUMN p_id', "5074 The object 'fk' is dependent on column 'p_id'."],
    ['ALTER TABLE t DROP COLUMN n', "5074 The column 's' is dependent on column 'n'."],
    ['ALTER TABLE t DROP COLUMN id', "5074 The object 'pk' is dependent on column 'id'."],
    ['ALTER TABLE t ALTER COLUMN w int NULL', "5074 The object 'ix' is dependent on column 'w'."],
    ['ALTER TABLE t ALTER COLUMN w nvarchar(40) NULL', undefined],
    [
      'ALTER TABLE t ADD N int NULL',
      "2705 Column names in each table must be unique. Column name 'n' in table 't' is specified more than once.",
    ],
    [
      'CREATE INDEX ix ON t (n)',
      "1913 The operation failed because an index or statistics with name 'ix' already exists on table 't'.",
    ],
    ['CREATE INDEX ix ON t (n) WITH (DROP_EXISTING = ON)', undefined],
    ['DROP TABLE p', "3726 Could not drop object 'p' because it is referenced by a FOREIGN KEY constraint."],
    ['TRUNCATE TABLE p', "4712 Cannot truncate table 'p' because it is being referenced by a FOREIGN KEY constraint."],
    ['CREATE TABLE t (a int)', "2714 There is already an object named 't' in the database."],
    ['ALTER TABLE t ADD PRIMARY KEY (n)', "1779 Table 't' already has a primary key defined on it."],
    [
      'DROP TABLE t ALTER TABLE t ADD x int',
      '4902 Cannot find the object "t" because it does not exist or you do not have permissions.',
    ],
    [
      'ALTER TABLE t DROP COLUMN nope',
      "4924 ALTER TABLE DROP COLUMN failed because column 'nope' does not exist in table 't'.",
    ],
  ])('%s', (sql, expected) => {
    const found = last(`${SETUP}${sql}`).failures.map(({ code, message }) => `${code} ${message}`);
    expect(found).toEqual(expected === undefined ? [] : [expected]);
  });

  it('a NOT NULL column without a default, once there is a row', () => {
    expect(last(`${SETUP}ALTER TABLE t ADD x int NOT NULL`).failsOnRows).toMatchObject([
      { reason: 'not null', anyRow: true, column: 'x' },
    ]);
    expect(last(`${SETUP}ALTER TABLE t ADD x rowversion NOT NULL`).failsOnRows).toEqual([]);
  });
});

describe('versions of SQL Server', () => {
  it.each([
    ['2019', { version: '2019' }],
    ['15.0.4261', { version: '2019' }],
    ['2022 Standard', { version: '2022', edition: 'standard' }],
    ['16 Developer', { version: '2022', edition: 'enterprise' }],
  ])('%s', (given, expected) => {
    expect(serverVersionOf('sqlserver', given)).toEqual(expected);
  });
});
