import { describe, expect, it } from 'vitest';
import { serverVersionOf } from '../../src/effects/index.ts';
import type { Dialect } from '../../src/server/server.ts';

describe('the version that stands for the one asked for', () => {
  it.each<[Dialect, string | undefined, string]>([
    ['postgres', undefined, '18'],
    ['postgres', '16', '16'],
    ['postgres', '16.4', '16'],
    ['mysql', undefined, '8.4'],
    ['mysql', '8.0', '8.0'],
    // INSTANT came with 8.0.12: the patch release is kept.
    ['mysql', '8.0.11', '8.0.11'],
    ['mysql', '9.2', '9.2'],
    ['mariadb', undefined, '11.8'],
    ['mariadb', '10.11.6', '10.11.6'],
    ['sqlite', '3.45', '3.45'],
  ])('%s %s is %s', (dialect, given, version) => {
    expect(serverVersionOf(dialect, given)).toEqual({ version });
  });

  it.each<[Dialect, string, string, string]>([
    ['postgres', '9.6', '13', '13 to 18'],
    ['postgres', '99', '18', '13 to 18'],
    ['postgres', 'newest', '18', '13 to 18'],
    ['mysql', '5.6', '5.7', '5.7 to 9'],
    ['mysql', '8.3', '8.0', '5.7 to 9'],
    ['mysql', 'lts', '8.4', '5.7 to 9'],
    ['mariadb', '11.2', '10.11', '10.3 to 11.8'],
  ])('%s %s is judged as %s, and said to be', (dialect, given, version, known) => {
    expect(serverVersionOf(dialect, given)).toEqual({
      version,
      note: `version ${given} is not known (known: ${known}): judged as ${version}`,
    });
  });
});
