import { describe, expect, it } from 'vitest';
import { operationOf } from './read.ts';

/** Names and modifiers as `format_type` and pg_attribute.atttypmod of the server have them. */
describe('types have the names that the server has for them', () => {
  it.each([
    ['int', 'int4', []],
    ['INTEGER', 'int4', []],
    ['int4', 'int4', []],
    ['pg_catalog.int4', 'int4', []],
    ['bigint', 'int8', []],
    ['smallint', 'int2', []],
    ['character varying(10)', 'varchar', [10]],
    ['varchar', 'varchar', []],
    ['character(3)', 'bpchar', [3]],
    ['char', 'bpchar', [1]],
    ['"char"', 'char', []],
    ['bpchar', 'bpchar', []],
    ['text', 'text', []],
    ['boolean', 'bool', []],
    ['decimal(10, 2)', 'numeric', [10, 2]],
    ['numeric', 'numeric', []],
    ['real', 'float4', []],
    ['float(53)', 'float8', []],
    ['double precision', 'float8', []],
    ['timestamp', 'timestamp', []],
    ['timestamp(3) with time zone', 'timestamptz', [3]],
    ['timestamp without time zone', 'timestamp', []],
    ['timestamptz', 'timestamptz', []],
    ['time with time zone', 'timetz', []],
    ['bit varying(5)', 'varbit', [5]],
    ['interval', 'interval', []],
    ['interval(3)', 'interval', [3]],
    ['national character varying (4)', 'varchar', [4]],
    ['jsonb', 'jsonb', []],
    ['int4multirange', 'int4multirange', []],
  ])('%s', (written, name, modifiers) => {
    const { column } = operationOf(`ALTER TABLE t ADD a ${written} NOT NULL`, 'addColumn');
    expect(column.type).toEqual({ name, modifiers, arrayDimensions: 0, builtin: true, text: written });
    expect(column.serial).toBeUndefined();
  });

  it.each([
    ['interval day to second(3)', { name: 'interval', intervalFields: 'day to second', modifiers: [3] }],
    ['interval year', { name: 'interval', intervalFields: 'year', modifiers: [] }],
    ['text[]', { name: 'text', arrayDimensions: 1 }],
    ['int[3][]', { name: 'int4', arrayDimensions: 2 }],
    ['int ARRAY[4]', { name: 'int4', arrayDimensions: 1 }],
    ['mood', { name: 'mood', builtin: false }],
    ['"Mood"', { name: 'Mood', builtin: false }],
    ['s.mood[]', { name: 'mood', schema: 's', builtin: false, arrayDimensions: 1 }],
    ['public.text', { name: 'text', schema: 'public', builtin: false }],
    ['geometry(Point, 4326)', { name: 'geometry', modifiers: ['Point', 4326], builtin: false }],
    ['citext', { name: 'citext', builtin: false }],
  ])('%s', (written, expected) => {
    const { column } = operationOf(`ALTER TABLE t ADD a ${written} DEFAULT NULL`, 'addColumn');
    expect(column.type).toMatchObject({ ...expected, text: written });
  });

  it.each([
    ['serial', 'int4'],
    ['SERIAL4', 'int4'],
    ['bigserial', 'int8'],
    ['smallserial', 'int2'],
  ])('%s is an integer with a sequence', (written, name) => {
    const { column } = operationOf(`ALTER TABLE t ADD a ${written}`, 'addColumn');
    expect(column).toMatchObject({ serial: true, type: { name, builtin: true, text: written } });
  });
});
