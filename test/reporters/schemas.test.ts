import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { expect, test } from 'vitest';
import type { LintResult } from '../../src/linter/result.ts';
import { checkstyle } from '../../src/reporters/checkstyle.ts';
import { gitlab } from '../../src/reporters/gitlab.ts';
import { junit } from '../../src/reporters/junit.ts';
import { rdjson } from '../../src/reporters/rdjson.ts';
import { findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';

const text = { type: 'string' };
const filled = { type: 'string', minLength: 1 };
const fromOne = { type: 'integer', minimum: 1 };

/** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format: what GitLab reads, and needs. */
const GITLAB = {
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    properties: {
      description: filled,
      check_name: filled,
      fingerprint: filled,
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', pattern: '^(?!\\./|/)' },
          lines: { type: 'object', required: ['begin'], properties: { begin: fromOne, end: fromOne } },
        },
      },
    },
  },
};

/** https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto as its JSON form: unknown keys are refused. */
const position = closed({ line: fromOne, column: fromOne });
const range = closed({ start: position, end: position }, ['start']);
const RDJSON = closed({
  source: closed({ name: text, url: text }),
  severity: { enum: ['UNKNOWN_SEVERITY', 'ERROR', 'WARNING', 'INFO'] },
  diagnostics: {
    type: 'array',
    items: closed(
      {
        message: filled,
        location: closed({ path: filled, range }, ['path']),
        severity: { enum: ['UNKNOWN_SEVERITY', 'ERROR', 'WARNING', 'INFO'] },
        source: closed({ name: text, url: text }),
        code: closed({ value: text, url: text }),
        suggestions: { type: 'array', items: closed({ range, text }, ['range', 'text']) },
        original_output: text,
      },
      ['message', 'location'],
    ),
  },
});

function closed(properties: object, required: readonly string[] = []): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

interface Element {
  readonly children: readonly string[];
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/** The schema of the Ant JUnit task, as Jenkins, GitLab and Azure read it. */
const JUNIT: Readonly<Record<string, Element>> = {
  testsuites: {
    children: ['testsuite'],
    required: [],
    optional: ['name', 'tests', 'failures', 'errors', 'skipped', 'time'],
  },
  testsuite: {
    children: ['testcase', 'properties', 'system-out', 'system-err'],
    required: ['name', 'tests'],
    optional: ['failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname', 'id', 'package'],
  },
  testcase: {
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
    required: ['name', 'classname'],
    optional: ['time', 'file', 'line', 'assertions', 'status'],
  },
  failure: { children: [], required: [], optional: ['message', 'type'] },
  'system-out': { children: [], required: [] },
};

/** What Checkstyle's own XMLLogger writes. */
const CHECKSTYLE: Readonly<Record<string, Element>> = {
  checkstyle: { children: ['file'], required: ['version'] },
  file: { children: ['error'], required: ['name'] },
  error: { children: [], required: ['line', 'severity', 'message', 'source'], optional: ['column'] },
};

/** What does not fit a document's elements; an error where it is not well-formed. */
function misfits(xml: string, elements: Readonly<Record<string, Element>>): readonly string[] {
  const found: string[] = [];
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => {
    const parent = open.at(-1);
    open.push(name);
    const element = elements[name];
    if (element === undefined) return void found.push(`<${name}>`);
    if (parent !== undefined && !elements[parent]!.children.includes(name)) found.push(`<${name}> in <${parent}>`);
    for (const key of element.required) if (attributes[key] === undefined) found.push(`${name} without ${key}`);
    const known = [...element.required, ...(element.optional ?? [])];
    for (const key of Object.keys(attributes)) if (!known.includes(key)) found.push(`${name} ${key}`);
  });
  parser.on('closetag', () => open.pop());
  parser.on('error', problem => {
    throw problem;
  });
  parser.write(xml).close();
  return found;
}

const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });

/** Runs of a few findings, with any text in every place that a project can fill. */
const results: fc.Arbitrary<LintResult> = fc
  .array(
    fc.record({
      message: texts,
      help: texts,
      content: texts,
      migration: fc.option(texts),
      severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
      edit: texts,
    }),
    { maxLength: 4 },
  )
  .map(each => {
    const findings = each.map(({ content, migration, edit, ...over }, index) => {
      const file = sourceFile(`migrations/${index}.sql`, `${content}\nDROP TABLE a;\n`);
      const at = file.text.lastIndexOf('DROP TABLE a');
      return findingAt(file, 'DROP TABLE a', {
        ...over,
        range: [at, at + 12],
        migration,
        suggestions: [{ message: 'x', edits: [{ start: at, end: at + 4, text: edit }] }],
      });
    });
    const ids = [...new Set(each.flatMap(({ migration }) => migration ?? []))];
    return lintResult([projectResult(ids.map(id => migrationResult(id)))], findings);
  });

test.each([
  ['gitlab', gitlab, GITLAB],
  ['rdjson', rdjson, RDJSON],
] as const)('%s fits its schema, whatever the texts', (_name, reporter, schema) => {
  const validate = new Ajv2020.default({ strict: false }).compile(schema);
  fc.assert(
    fc.property(results, result => {
      validate(JSON.parse(reporter(result, { ...PLAIN, repository: '/work' })));
      expect(validate.errors ?? []).toEqual([]);
    }),
  );
});

test.each([
  ['junit', junit, JUNIT],
  ['checkstyle', checkstyle, CHECKSTYLE],
] as const)('%s fits its schema, whatever the texts', (_name, reporter, elements) => {
  fc.assert(
    fc.property(results, result => {
      expect(misfits(reporter(result, PLAIN), elements)).toEqual([]);
    }),
  );
});

test('a document that does not fit is told', () => {
  expect(misfits('<testsuites><testcase name="a"/></testsuites>', JUNIT)).toEqual([
    '<testcase> in <testsuites>',
    'testcase without classname',
  ]);
  const validate = new Ajv2020.default({ strict: false }).compile(GITLAB);
  expect(validate([{ description: 'a', check_name: 'b', fingerprint: 'c', severity: 'bad', location: {} }])).toBe(
    false,
  );
});
