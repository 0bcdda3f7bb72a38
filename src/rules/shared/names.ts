/**
 * Whether a name is as a pattern of the options wants it.
 *
 * @param pattern - a regular expression in which `<table>` stands for the table's name
 */
export function fitsPattern(name: string, pattern: string, table = ''): boolean {
  // A name that was cut to what the server keeps cannot have its ending.
  if (pattern.includes('<table>') && Buffer.byteLength(name) >= 60) return true;
  return new RegExp(pattern.replaceAll('<table>', escapeRegExp(table)), 'u').test(name);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
