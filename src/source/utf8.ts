/** Turns an offset in another unit into a UTF-16 offset. Offsets past the end give the length of the text. */
export type OffsetMap = (offset: number) => number;

/** Whether a text is ASCII alone, so that bytes, code points and UTF-16 units are the same. */
function isAscii(text: string): boolean {
  for (let offset = 0; offset < text.length; offset++) if (text.charCodeAt(offset) > 127) return false;
  return true;
}

/**
 * From offsets in bytes of a text's UTF-8 encoding to its UTF-16 offsets. A byte inside a character maps to the start of the
 * character. A lone surrogate counts three bytes, as encoders write U+FFFD for it.
 *
 * @param text - the text that was encoded
 */
export function utf8Offsets(text: string): OffsetMap {
  return mapOffsets(text, utf8Length);
}

/**
 * From offsets in Unicode code points to UTF-16 offsets. A lone surrogate counts as one code point.
 *
 * @param text - the text that was counted
 */
export function codePointOffsets(text: string): OffsetMap {
  return mapOffsets(text, () => 1);
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** @param lengthOf - how many units of the other kind a code point takes */
function mapOffsets(text: string, lengthOf: (codePoint: number) => number): OffsetMap {
  if (isAscii(text)) return offset => Math.min(offset, text.length);
  // No character takes more than three bytes for each of its UTF-16 units.
  const table = new Uint32Array(text.length * 3 + 1);
  let unit = 0;
  for (let offset = 0; offset < text.length; ) {
    const codePoint = text.codePointAt(offset)!;
    const end = unit + lengthOf(codePoint);
    table.fill(offset, unit, end);
    unit = end;
    offset += codePoint > 0xffff ? 2 : 1;
  }
  const length = unit;
  return offset => (offset < length ? table[offset]! : text.length);
}
