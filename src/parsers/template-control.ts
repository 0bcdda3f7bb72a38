import type { Token } from './tokenizer/token.ts';

/** Tags after which text may be absent or repeated, up to the closing tag: `{{if …}}`, `{{#each …}}`, `{% for … %}`. */
const OPENING =
  /^\{(?:\{[-~]?\s*(?:#|\^|(?:if|range|with|block|define)\b)|%[-+]?\s*(?:if|for|block|macro|call|filter|unless|case|raw)\b)/;

/** `{{end}}`, `{{/each}}`, `{% endfor %}`. */
const CLOSING = /^\{(?:\{[-~]?\s*(?:\/(?!\*)|end\b)|%[-+]?\s*end)/;

/** Tags that only part a block that is open: `{{else}}`. */
const PARTING = /^\{[{%][-~+]?\s*(?:else|elif|elsif|when)\b/;

/**
 * The parts of a text that control flow of a template decides over: each block from its opening to its closing tag. Tags that
 * decide nothing (an assignment, a comment) are left out; a tag without a partner stands for itself.
 *
 * @param controls - the control-flow tags of the text, in order
 * @returns ascending, none inside another
 */
export function controlRegions(text: string, controls: readonly Token[]): readonly (readonly [number, number])[] {
  const regions: (readonly [number, number])[] = [];
  const open: Token[] = [];
  for (const token of controls) {
    const tag = text.slice(token.start, token.end);
    if (OPENING.test(tag)) open.push(token);
    else if (CLOSING.test(tag)) {
      const start = open.pop() ?? token;
      if (open.length === 0) regions.push([start.start, token.end]);
    } else if (PARTING.test(tag) && open.length === 0) regions.push([token.start, token.end]);
  }
  const dangling = open.map(token => [token.start, token.end] as const);
  return [...regions, ...dangling].sort((a, b) => a[0] - b[0]);
}

/** Whether a range of the text overlaps one of the regions. */
export function touchesControl(regions: readonly (readonly [number, number])[], start: number, end: number): boolean {
  return regions.some(([from, to]) => from < end && to > start);
}
