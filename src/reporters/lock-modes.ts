/** `AccessExclusiveLock` as the manual writes it: `ACCESS EXCLUSIVE`. */
export function modeName(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}
