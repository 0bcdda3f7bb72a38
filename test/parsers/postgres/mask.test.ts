import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { isTemplateControl, maskForParser } from '../../../src/parsers/postgres/mask.ts';
import { LEXICONS, tokenize } from '../../../src/parsers/tokenizer/index.ts';

function mask(text: string) {
  const masked = maskForParser(text, tokenize(text, LEXICONS.postgres));
  expect(masked.text).toHaveLength(text.length);
  return masked;
}

beforeAll(loadModule);

describe('maskForParser', () => {
  test('leaves plain SQL as it is', () => {
    const text = "SELECT ':x ${y} {{ z }}' -- :x";
    expect(mask(text)).toEqual({ text, holes: new Map() });
  });

  test.each([
    'ALTER TABLE ${schema}.users ADD COLUMN :col int',
    'DROP TABLE app_{{ env }}_x, ${a}, ${b}, "t"',
    'ALTER ROLE :"r" PASSWORD :\'p\'',
    'SELECT * FROM t WHERE a = :a AND b = :b LIMIT ${n}',
    '\ufeffSELECT\0 1; \\connect é\nCOPY t FROM stdin;\n1\té\n\\.\nSELECT 2',
    'CREATE INDEX ${i} ON t (a);\\;',
    'ALTER TABLE "{{ index .Options "Namespace" }}"."users" DROP COLUMN "{{ .c }}"',
  ])('what it gives, the server parses: %j', text => {
    expect(() => parseSync(mask(text).text)).not.toThrow();
  });

  test('equal placeholders get equal names, others others, and the names lead back', () => {
    const { text, holes } = mask('SELECT ${aa}, ${bb}, ${aa}, :a, :b, :a');
    const [a1, b1, a2, a, b, c] = text.replace('SELECT ', '').split(', ');
    expect([a1 === a2, a === c, a1 === b1, a === b]).toEqual([true, true, false, false]);
    expect([a1, b1, a, b].map(filler => holes.get(filler!))).toEqual(['${aa}', '${bb}', ':a', ':b']);
    for (const filler of holes.keys()) expect(filler).toMatch(/^[a-z]+$/);
  });

  test('a quoted tag with quotes of its own is one name, the same as without them', () => {
    const { text, holes } = mask('SELECT * FROM "{{ index .O "N" }}".t, {{ index .O "N" }}.t, "{{ .s }}".u');
    expect([...holes.values()]).toEqual(['{{ index .O "N" }}', '{{ index .O "N" }}']);
    expect(text).toMatch(/^SELECT \* FROM "\w+"\.t, \w+\.t, "\{\{ \.s \}\}"\.u$/);
  });

  test('names are none that the text has, nor keywords, as far as there are any', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz_0123456789';
    const many = [...letters].slice(0, 27).flatMap(first => `:${first}`);
    const { holes } = mask(`SELECT ${['XX', '"xy"', ...many].join(', ')}`);
    expect(holes.size).toBe(27);
    expect([...holes.keys()]).not.toContain('xx');
    expect([...holes.keys()]).not.toContain('xy');
    expect(() => parseSync(`SELECT ${[...holes.keys()].join(', ')}`)).not.toThrow();
  });

  test('keeps the line breaks of what it blanks', () => {
    expect(mask('COPY t FROM stdin;\r\na\nb\r\n\\.\n').text).toBe('COPY t FROM stdin;\r\n \n \r\n  \n');
    expect(mask('{{if x}}a{{end}}').text).toBe('        a       ');
  });
});

test.each([
  ['{{if .x}}', true],
  ['{{- if .x -}}', true],
  ['{{ else }}', true],
  ['{{else if .y}}', true],
  ['{{end}}', true],
  ['{{ range $i, $t := .tables }}', true],
  ['{{ $x := 1 }}', true],
  ['{{#each x}}', true],
  ['{{/* note */}}', true],
  ['{% for x in y %}', true],
  ['{{ end_date }}', false],
  ['{{ .range }}', false],
  ['{{ ifnull }}', false],
  ['{{ template }}', false],
  ['${if}', false],
  ['{$IF}', false],
])('isTemplateControl(%j) is %j', (placeholder, expected) => {
  expect(isTemplateControl(placeholder)).toBe(expected);
});
