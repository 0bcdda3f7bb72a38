import {
  type Fragment,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceRange,
} from '../../source/fragment.ts';

/** What MySQL's own builders write where those for PostgreSQL write this. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ serial: 'int unsigned not null auto_increment', bigserial: 'bigint unsigned not null auto_increment' },
  ...{ timestamptz: 'timestamp', jsonb: 'json', uuid: 'char(36)', bytea: 'blob', integer: 'int' },
};

/** Strings, which stay as they are; names in double quotes; words that MySQL spells otherwise. */
const TOKEN =
  /'(?:[^']|'')*'|"[^"]*"|\b(?:big)?serial\b|\btimestamptz\b|\bjsonb\b|\buuid\b|\bbytea\b|\binteger\b|\brename (?=")/gi;

/** SQL that a builder made, as the same builder makes it for MySQL and MariaDB: its quotes and the names of types. */
export function inMysql(sql: Fragment): Fragment {
  const parts: Fragment[] = [];
  let at = 0;
  for (const { 0: token, index } of sql.text.matchAll(TOKEN)) {
    if (token.startsWith("'")) continue;
    const end = index + token.length;
    if (index > at) parts.push(sliceFragment(sql, at, index));
    if (token.startsWith('"')) parts.push(renamed(sliceFragment(sql, index, end)));
    else {
      const text = /^rename/i.test(token) ? 'rename column ' : WORDS[token.toLowerCase()]!;
      parts.push(substituteFragment(sql.file, text, toSourceRange(sql, index, end)));
    }
    at = end;
  }
  if (at < sql.text.length) parts.push(sliceFragment(sql, at, sql.text.length));
  return parts.length === 0 ? sql : joinFragments(parts);
}

/** A name with other quotes around it: as long as before, so that each character keeps its place. */
function renamed(name: Fragment): Fragment {
  return { ...name, text: `\`${name.text.slice(1, -1)}\`` };
}
