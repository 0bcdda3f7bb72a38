import { describe, expect, test } from 'vitest';
import { resolveRelation } from '../../src/schema/index.ts';
import { replay } from './replay.ts';

const granteesOf = (sql: string, name = 't') => {
  const relation = resolveRelation(replay(`CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; ${sql}`), {
    name,
  });
  return relation !== undefined && 'grantees' in relation ? relation.grantees : undefined;
};

describe('grantees', () => {
  test.for<[sql: string, grantees: readonly string[]]>([
    ['GRANT SELECT ON t TO app, other;', ['app', 'other']],
    ['GRANT SELECT ON t TO app; REVOKE SELECT ON t FROM app;', []],
    ['GRANT SELECT, INSERT ON t TO app; REVOKE SELECT ON t FROM app;', ['app']],
    ['GRANT SELECT ON t TO app; GRANT INSERT ON t TO app; REVOKE SELECT, INSERT ON t FROM app;', []],
    ['GRANT SELECT ON t TO app; REVOKE ALL ON t FROM app;', []],
    ['GRANT ALL ON t TO app; REVOKE SELECT ON t FROM app;', ['app']],
    ['GRANT SELECT ON t TO app; REVOKE SELECT ON t FROM other;', ['app']],
    ['GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;', ['app']],
    ['GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO app;', []],
    ['GRANT USAGE ON SCHEMA public TO app;', []],
  ])('%s', ([sql, grantees]) => {
    expect(granteesOf(sql)).toEqual(grantees);
  });

  test('a view has its own, ALL TABLES means views too, and OR REPLACE keeps them', () => {
    expect(granteesOf('GRANT SELECT ON t TO app;', 'v')).toEqual([]);
    expect(granteesOf('GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;', 'v')).toEqual(['app']);
    const replaced = 'CREATE OR REPLACE VIEW v AS SELECT a, 1 AS b FROM t;';
    expect(granteesOf(`GRANT SELECT ON v TO app; ${replaced}`, 'v')).toEqual(['app']);
    expect(granteesOf(`GRANT SELECT ON v TO app; ${replaced} REVOKE SELECT ON v FROM app;`, 'v')).toEqual([]);
    expect(granteesOf(`GRANT SELECT ON v TO app; DROP VIEW v; ${replaced}`, 'v')).toEqual([]);
  });
});
