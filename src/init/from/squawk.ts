import { type ForeignLinter, quotedIn } from './foreign-linter.ts';

/** `.squawk.toml`: https://squawkhq.com/docs/cli. */
export const squawk: ForeignLinter = {
  title: 'squawk',
  files: ['.squawk.toml'],
  read(text) {
    const version = /^\s*pg_version\s*=\s*["'](\d+(?:\.\d+)*)["']/m.exec(text)?.[1];
    return {
      off: quotedIn(/^\s*excluded_rules\s*=\s*\[([\s\S]*?)\]/m.exec(text)?.[1]),
      ...(version === undefined ? {} : { serverVersion: version }),
      ...(/^\s*assume_in_transaction\s*=\s*true\b/m.test(text) ? { transaction: 'migration' } : {}),
    };
  },
  ignore: /^\s*--\s*squawk-ignore(?:-file)?(?<rules>[ \t][^\r\n]*)?$/gm,
};
