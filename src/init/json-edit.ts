import type { FormattingOptions, JSONPath, ParseError } from 'jsonc-parser';
import { lazyRequire } from '../lazy-require.ts';

function jsonc(): typeof import('jsonc-parser') {
  return lazyRequire('jsonc-parser') as typeof import('jsonc-parser');
}

/** The value of JSON with comments and trailing commas; undefined where it is broken, and for an empty text. */
export function readJson(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = jsonc().parse(text, errors, { allowTrailingComma: true });
  return errors.length === 0 ? value : undefined;
}

/** What is an object with keys, for looking at them. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets one value in JSON; comments, order and the layout of all else stay. */
export function setJson(text: string, path: JSONPath, value: unknown): string {
  const { applyEdits, modify } = jsonc();
  return applyEdits(text, modify(text, path, value, { formattingOptions: layoutOf(text) }));
}

/** Indents as the text does; by two spaces where it does not tell. */
function layoutOf(text: string): FormattingOptions {
  const indent = /^([ \t]+)(?=["/])/m.exec(text)?.[1] ?? '  ';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 1 : indent.length, eol };
}
