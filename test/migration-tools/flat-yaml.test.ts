import { expect, test } from 'vitest';
import { flatYaml } from '../../src/migration-tools/flat-yaml.ts';

test('keys by their path, lists in both forms, quotes, comments; the first document counts', () => {
  const text = `# settings
spring:
  datasource:
    url: jdbc:postgresql://localhost/app   # the database
  flyway:
    enabled: true
    locations:
      - classpath:db/a
      - "classpath:db/b"
    schemas: [one, 'two']
  "quoted": 'it is'
server.port: 8080
empty:
anchored: &a value
---
server.port: 9090
`;
  expect([...flatYaml(text)].filter(([, values]) => values.length > 0)).toEqual([
    ['spring.datasource.url', ['jdbc:postgresql://localhost/app']],
    ['spring.flyway.enabled', ['true']],
    ['spring.flyway.locations', ['classpath:db/a', 'classpath:db/b']],
    ['spring.flyway.schemas', ['one', 'two']],
    ['spring.quoted', ['it is']],
    ['server.port', ['8080']],
  ]);
});

test('lists at the indent of their key', () => {
  expect(flatYaml('a:\n  b:\n  - x\n  - y\n  c: z\n').get('a.b')).toEqual(['x', 'y']);
});

test('no YAML at all', () => {
  expect([...flatYaml('\0\n\t: :\n- - -\n{')]).toEqual([]);
});
