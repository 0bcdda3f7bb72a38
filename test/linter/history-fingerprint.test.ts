import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyFingerprint } from '../../src/linter/history-fingerprint.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const FILES = {
  'package.json': '{"dependencies":{"knex":"3.1.0","pg":"8.0.0"}}',
  'knexfile.js': "module.exports = { client: 'pg' };\n",
  'migrations/20240101000000_a.js':
    'exports.up = knex => knex.schema.dropTable("a");\nexports.down = knex => knex.schema.createTable("a", t => t.increments());\n',
  'liquibase.properties': 'url=jdbc:postgresql://localhost/app\n',
  'db/a.xml':
    '<databaseChangeLog><changeSet id="1" author="a"><sqlFile path="b.txt" relativeToChangelogFile="true"/></changeSet></databaseChangeLog>',
  'db/b.txt': 'SELECT 1;\n',
  'drizzle/meta/_journal.json':
    '{"version":"7","dialect":"postgresql","entries":[{"idx":0,"version":"7","when":1,"tag":"0000_a","breakpoints":true}]}',
  'drizzle/0000_a.sql': 'SELECT 1;\n',
  'surefoot.config.json': '{}',
  'src/index.ts': 'console.log(1);\n',
};

test.each(Object.keys(FILES))('a change of %s changes the fingerprint where a finding may change', name => {
  const cwd = temporaryTree(FILES);
  const before = historyFingerprint(cwd);
  expect(historyFingerprint(cwd)).toBe(before);
  writeFileSync(join(cwd, name), `${FILES[name as keyof typeof FILES]}\n`);
  if (name.startsWith('src/')) expect(historyFingerprint(cwd)).toBe(before);
  else expect(historyFingerprint(cwd)).not.toBe(before);
});

test('a folder without migrations has one too', () => {
  expect(historyFingerprint(temporaryTree({ 'a.txt': '' }))).toMatch(/^[\da-f]{40}$/);
});
