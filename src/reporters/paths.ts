import { isAbsolute, relative, sep } from 'node:path';

/**
 * A path as reports show it: relative to a folder and with `/`, `.` for the folder itself. A path on another drive stays
 * absolute.
 *
 * @param from - absolute path of the folder
 * @param path - absolute path
 */
export function relativePath(from: string, path: string): string {
  const shown = relative(from, path);
  if (shown === '') return '.';
  return sep === '/' ? shown : shown.split(sep).join('/');
}

/**
 * A path as a URI reference: relative to a folder where it is below it, a `file:` URI otherwise.
 *
 * @returns the URI, and whether it is relative to `from`
 */
export function uriOf(from: string, path: string): { readonly uri: string; readonly relative: boolean } {
  const shown = relativePath(from, path);
  if (!isAbsolute(shown) && shown !== '..' && !shown.startsWith('../'))
    return { uri: encodePath(shown), relative: true };
  const slashed = sep === '/' ? path : path.split(sep).join('/');
  return { uri: `file://${slashed.startsWith('/') ? '' : '/'}${encodePath(slashed)}`, relative: false };
}

function encodePath(path: string): string {
  // A drive letter's colon is kept, and a lone surrogate, which no URI can hold, replaced.
  return path
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .split('/')
    .map(part => (/^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(part)))
    .join('/');
}
