const CONTROL = new RegExp(
  [
    String.raw`^\{%`,
    // Go: {{- if .x }}, {{ end }}, {{ $x := 1 }}, {{/* a comment */}}. Handlebars: {{#if x}}, {{/if}}, {{^x}}, {{> part}}, {{! a comment }}.
    String.raw`^\{\{[-~]?\s*(?:[#/^>!]|\$\w+(?:\s*,\s*\$\w+)?\s*:?=)`,
    String.raw`^\{\{[-~]?\s*(?:if|else\s+if|range|with|block|define|template)\s(?!\s*[-~]?\}\})`,
    String.raw`^\{\{[-~]?\s*(?:else|end|break|continue)\s*[-~]?\}\}`,
  ].join('|'),
);

/**
 * Whether a placeholder is control flow of a template (`{{if .x}}`, `{{end}}`, `{% for … %}`) and no value. What stands
 * between such tags may be absent or repeated at run time, so the text around them cannot be read as SQL.
 *
 * @param placeholder - the placeholder with its braces
 */
export function isTemplateControl(placeholder: string): boolean {
  return placeholder.startsWith('{') && CONTROL.test(placeholder);
}
