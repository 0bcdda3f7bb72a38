/**
 * The scalars of simple YAML by their dotted path, as Spring names settings: blocks of keys, lists in one line or over several,
 * quotes. Anchors, tags and flow mappings are left out.
 *
 * @returns a list of values for each path; of a file with several documents the first value counts
 */
export function flatYaml(text: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  const around: { readonly indent: number; readonly path: string }[] = [];
  for (const [, blanks, dash, key, value] of text.matchAll(
    /^([ ]*)(-[ ]+)?(?:["']?([\w.-]+)["']?[ ]*:(?=\s|$))?[ \t]*([^\r\n]*)$/gm,
  )) {
    const indent = blanks?.length ?? 0;
    const found = scalarsOf(value ?? '');
    if (key === undefined) {
      const path = around.findLast(each => each.indent <= indent)?.path;
      if (dash !== undefined && path !== undefined) values.get(path)?.push(...found);
      continue;
    }
    while ((around.at(-1)?.indent ?? -1) >= indent) around.pop();
    const path = [...around.slice(-1).map(each => each.path), key].join('.');
    around.push({ indent, path });
    if (!values.has(path)) values.set(path, [...found]);
  }
  return values;
}

function scalarsOf(value: string): readonly string[] {
  if (/^[#&*!{|>]/.test(value)) return [];
  const plain = value.replace(/\s+#.*$/, '').trim();
  const inner = /^\[(.*)\]$/.exec(plain)?.[1];
  const parts = inner === undefined ? [plain] : inner.split(',');
  return parts.map(part => part.trim().replace(/^(["'])(.*)\1$/, '$2')).filter(part => part !== '');
}
