/** Compares two runs of digits of any length as numbers: 14 and 17 digit versions exceed what a double holds. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, '');
  const right = b.replace(/^0+(?=\d)/, '');
  return left.length - right.length || compareText(left, right);
}

/** Compares by UTF-16 code unit, as every tool that sorts names as text does; no locale takes part. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The order of names that start with a number: by that number, those without one last, then by text.
 *
 * @example `1_a`, `02_b`, `10_c`, `readme`
 */
export function compareNumberedNames(a: string, b: string): number {
  const left = leadingNumber(a);
  const right = leadingNumber(b);
  if (left !== undefined && right !== undefined) return compareDigits(left, right) || compareText(a, b);
  if (left === undefined && right === undefined) return compareText(a, b);
  return left === undefined ? 1 : -1;
}

/** Compares version folders part by part: `1.2` before `1.10`, `v2` after `v1.9`. */
export function compareDottedVersions(a: string, b: string): number {
  const left = versionParts(a);
  const right = versionParts(b);
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = compareDigits(left[index] ?? '0', right[index] ?? '0');
    if (difference !== 0) return difference;
  }
  return compareText(a, b);
}

/** The digits a name starts with, a `v` before them allowed; undefined where there are none. */
export function leadingNumber(name: string): string | undefined {
  return /^v?(\d+)/i.exec(name)?.[1];
}

function versionParts(version: string): readonly string[] {
  return version.match(/\d+/g) ?? [];
}
