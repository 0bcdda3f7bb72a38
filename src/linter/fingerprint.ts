/**
 * A short stable hash (53 bits, hexadecimal) of the given parts: cyrb53 over their text. For telling findings apart, not for
 * security.
 */
export function fingerprintOf(...parts: readonly string[]): string {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (const part of parts) {
    for (let index = 0; index <= part.length; index++) {
      // The end of each part is hashed as a separator, so that ['ab', 'c'] and ['a', 'bc'] differ.
      const code = index === part.length ? 0 : part.charCodeAt(index);
      low = Math.imul(low ^ code, 0x9e3779b1);
      high = Math.imul(high ^ code, 0x5f356495);
    }
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
  return (high & 0x1fffff).toString(16).padStart(6, '0') + (low >>> 0).toString(16).padStart(8, '0');
}
