import { lazyRequire } from '../lazy-require.ts';

/**
 * The change of a file as a unified diff that `git apply` and `patch -p1` take.
 *
 * @param path - relative to where it will be applied, with `/`
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = lazyRequire('diff') as typeof import('diff');
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
}
