import type { ForeignLinter } from './foreign-linter.ts';

/** Codes of the analyzers that `atlas.hcl` configures by name: https://atlasgo.io/lint/analyzers. */
const ANALYZERS: Readonly<Record<string, readonly string[]>> = {
  destructive: ['DS101', 'DS102', 'DS103'],
  data_depend: ['MF103', 'MF104'],
  incompatible: ['BC101', 'BC102'],
  concurrent_index: ['PG101', 'PG102', 'PG103'],
};

/** `lint` of `atlas.hcl`: an analyzer with `error = false` still warns, so only those that are off are taken over. */
export const atlas: ForeignLinter = {
  title: 'Atlas',
  files: ['atlas.hcl'],
  read(text) {
    const isOff = (name: string): boolean =>
      new RegExp(`\\b${name}\\s*\\{[^{}]*\\b(?:enabled|force)\\s*=\\s*false\\b`).test(text);
    return { off: Object.entries(ANALYZERS).flatMap(([name, codes]) => (isOff(name) ? codes : [])) };
  },
  ignore: /^\s*--\s*atlas:nolint\b(?<rules>[^\r\n]*)$/gm,
};
