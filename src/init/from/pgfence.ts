import type { ForeignLinter } from './foreign-linter.ts';

/** pgfence has no file of its own: what is silenced stands in the migrations. */
export const pgfence: ForeignLinter = {
  title: 'pgfence',
  files: [],
  read: () => ({ off: [] }),
  ignore: /^\s*--\s*pgfence(?:-ignore|:\s*ignore)\b:?(?<rules>[^\r\n]*)$/gm,
};
