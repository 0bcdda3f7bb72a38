import type { Reporter } from './reporter.ts';

export type { Reporter, ReporterOptions } from './reporter.ts';

/** Report formats by the name that `--format` takes; each is loaded when it is used. */
export const REPORTERS = {
  pretty: async () => (await import('./pretty.ts')).pretty,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
  markdown: async () => (await import('./markdown.ts')).markdown,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  junit: async () => (await import('./junit.ts')).junit,
  checkstyle: async () => (await import('./checkstyle.ts')).checkstyle,
  html: async () => (await import('./html.ts')).html,
  rdjson: async () => (await import('./rdjson.ts')).rdjson,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

/** The formats that tell of the whole history too: `ReporterOptions.history`. */
export const REPORTERS_OF_HISTORY: ReadonlySet<keyof typeof REPORTERS> = new Set(['html'] as const);

export type ReporterName = keyof typeof REPORTERS;
