import fc from 'fast-check';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { describe, expect, test } from 'vitest';
import { checkstyle } from '../../src/reporters/checkstyle.ts';
import { gitlab } from '../../src/reporters/gitlab.ts';
import { junit } from '../../src/reporters/junit.ts';
import { rdjson } from '../../src/reporters/rdjson.ts';
import { element, xmlDocument } from '../../src/reporters/xml.ts';
import { CWD, findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';

const FILE = sourceFile('migrations/0002_add_index.sql', '-- é🎉\nCREATE INDEX a ON "é" (b); DROP TABLE c;\n');
const project = projectResult([
  migrationResult('0001_users', { judged: false }),
  migrationResult('0002_add_index'),
  migrationResult('0003_fine'),
]);
const error = findingAt(FILE, 'CREATE INDEX a', { message: 'blocks <all> "writes" & more' });
const warning = findingAt(FILE, 'DROP TABLE c', {
  rule: 'no-drop-table',
  severity: 'warning',
  help: '',
  docsUrl: '',
  suggestions: [{ message: 'comment it out', edits: [{ start: 36, end: 36, text: '-- ' }] }],
});
const loose = findingAt(sourceFile('package.json', '{}'), '{', { migration: null, project: null, severity: 'info' });
const result = lintResult([project], [error, warning, loose]);

/** The elements of an XML document, with attributes and text; a document that is not well-formed is an error. */
function read(xml: string): readonly { name: string; attributes: Record<string, string>; text: string }[] {
  const found: { name: string; attributes: Record<string, string>; text: string }[] = [];
  const open: { text: string }[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    const entry = { name, attributes, text: '' };
    found.push(entry);
    open.push(entry);
  });
  parser.on('text', text => {
    const last = open.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.on('error', problem => {
    throw problem;
  });
  parser.write(xml).close();
  return found;
}

test('checkstyle has an element per finding, in its file', () => {
  expect(read(checkstyle(result, PLAIN)).map(({ name, attributes }) => [name, attributes])).toEqual([
    ['checkstyle', { version: '8.0' }],
    ['file', { name: 'migrations/0002_add_index.sql' }],
    [
      'error',
      {
        line: '2',
        column: '1',
        severity: 'error',
        message:
          'blocks <all> "writes" & more Build it with CONCURRENTLY, in a migration that runs outside a transaction.',
        source: 'surefoot.require-concurrent-index',
      },
    ],
    [
      'error',
      { line: '2', column: '28', severity: 'warning', message: warning.message, source: 'surefoot.no-drop-table' },
    ],
    ['file', { name: 'package.json' }],
    ['error', expect.objectContaining({ line: '1', column: '1', severity: 'info' })],
  ]);
});

test('junit has a test per judged migration; errors fail it, warnings are its output', () => {
  const elements = read(junit(result, PLAIN));
  expect(elements.map(({ name }) => name)).toEqual([
    'testsuites',
    'testsuite',
    'testcase',
    'failure',
    'system-out',
    'testcase',
    'testsuite',
    'testcase',
    'system-out',
  ]);
  expect(elements[0]!.attributes).toEqual({
    name: 'surefoot',
    tests: '3',
    failures: '1',
    errors: '0',
    skipped: '0',
    time: '0.042',
  });
  expect(elements[2]!.attributes).toEqual({ name: '0002_add_index', classname: 'migrations/0002_add_index.sql' });
  expect(elements[3]).toMatchObject({
    attributes: { message: error.message, type: 'require-concurrent-index' },
    text: `migrations/0002_add_index.sql:2:1 error require-concurrent-index: ${error.message}\n${error.help}`,
  });
  expect(elements[4]!.text).toBe(`migrations/0002_add_index.sql:2:28 warning no-drop-table: ${warning.message}`);
  expect(elements[5]!.attributes.name).toBe('0003_fine');
  expect(elements[7]!.attributes.name).toBe('package.json');
});

describe('XML', () => {
  test('is well-formed whatever the text, and says it again as far as XML can', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const [root] = read(xmlDocument(element('a', { b: text }, [text === '' ? 'x' : text])));
        const shown = text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
        expect(root).toMatchObject({ attributes: { b: shown }, text: shown === '' ? 'x' : shown });
      }),
    );
  });
});

test('gitlab has what the code quality widget needs, with paths of the repository', () => {
  const report = JSON.parse(gitlab(result, { ...PLAIN, repository: '/work' })) as readonly object[];
  expect(report).toHaveLength(3);
  expect(report[1]).toEqual({
    type: 'issue',
    check_name: 'no-drop-table',
    description: warning.message,
    content: { body: '' },
    fingerprint: warning.fingerprint,
    severity: 'major',
    location: { path: 'app/migrations/0002_add_index.sql', lines: { begin: 2, end: 2 } },
  });
  expect(JSON.parse(gitlab(lintResult([project], []), PLAIN))).toEqual([]);
});

test('rdjson counts columns in UTF-8 bytes, and offers changes of one edit', () => {
  const { diagnostics } = JSON.parse(rdjson(result, PLAIN)) as { diagnostics: readonly object[] };
  expect(diagnostics[1]).toEqual({
    message: warning.message,
    // é takes two bytes.
    location: {
      path: 'migrations/0002_add_index.sql',
      range: { start: { line: 2, column: 29 }, end: { line: 2, column: 41 } },
    },
    severity: 'WARNING',
    code: { value: 'no-drop-table' },
    suggestions: [{ range: { start: { line: 2, column: 31 }, end: { line: 2, column: 31 } }, text: '-- ' }],
  });
});

test('only errors where the user asked for quiet', () => {
  const quiet = { ...PLAIN, quiet: true };
  expect(JSON.parse(gitlab(result, quiet))).toHaveLength(1);
  expect(read(checkstyle(result, quiet)).filter(({ name }) => name === 'error')).toHaveLength(1);
  expect(read(junit(result, quiet)).filter(({ name }) => name === 'system-out')).toHaveLength(0);
  expect(CWD).toBe('/work/app');
});
