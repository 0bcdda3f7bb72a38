import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogueOfServer, catalogueOfState, resetServer } from './catalogue.ts';
import { replay, statementsOf } from './replay.ts';
import { SCRIPTS } from './scripts.ts';

describe('the replayed state has the catalogue of the real server', () => {
  let server: PGlite;
  beforeAll(async () => {
    server = await PGlite.create();
  }, 60_000);
  afterAll(async () => {
    await server.close();
  });

  test.for(Object.entries(SCRIPTS))('%s', async ([, script]) => {
    await resetServer(server);
    for (const statement of statementsOf(script)) await server.exec(statement);
    const expected = await catalogueOfServer(server);
    expect(expected.length).toBeGreaterThan(0);
    expect(catalogueOfState(replay(script))).toEqual(expected);
  });
});
