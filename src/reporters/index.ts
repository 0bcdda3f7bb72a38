import type { Reporter } from './reporter.ts';

export type { Reporter, ReporterOptions } from './reporter.ts';

/** Report formats by the name that `--format` takes; each is loaded when it is used. */
export const REPORTERS = {
  pretty: async () => (await import('./pretty.ts')).pretty,
  json: async () => (await import('./json.ts')).json,
  sarif: async () => (await import('./sarif.ts')).sarif,
  github: async () => (await import('./github.ts')).github,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

export type ReporterName = keyof typeof REPORTERS;
