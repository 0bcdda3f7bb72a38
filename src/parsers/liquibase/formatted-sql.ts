import { type Fragment, fragmentOf, joinFragments, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import {
  type ChangelogContent,
  type ChangelogError,
  type ChangelogItem,
  type ChangeSet,
  type NamedChangeSet,
  otherwiseOf,
  type Preconditions,
  type SqlText,
} from './changelog.ts';

/** What makes a SQL file a formatted one. */
export const FORMATTED_SQL = /^\uFEFF?\s*--[ \t]*liquibase[ \t]*formatted/im;
/** What stands on that line beside. */
const FORMATTED_OPTIONS = /^\uFEFF?\s*--[ \t]*liquibase[ \t]*formatted[ \t]+sql(.*)$/im;

/** Lines that mean something, by the patterns of Liquibase's `AbstractFormattedChangeLogParser.java`. */
const CHANGE_SET = /^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+)(.*)$/i;
const MISSPELT_CHANGE_SET = /^-\s*changeset\s|^\s*--\s*changeset\b/i;
const PROPERTY = /^\s*--\s*property\s+\S*:.*\s\S*:.*$/i;
const IGNORE_LINES = /^--\s*ignoreLines:(\w+)\s*$/i;
const ROLLBACK = /^\s*--\s*rollback /i;
/** Without SQL behind it Liquibase takes it for any comment, which it leaves out of what it sends. */
const BARE_ROLLBACK = /^\s*--\s*rollback\s*$/i;
const ROLLBACK_START = /^\s*\/\*\s*liquibase\s*rollback\s*$/i;
const ROLLBACK_END = /\*\/\s*$/;
const PRECONDITIONS = /^\s*--\s*preconditions(.*)$/i;
const REMARK = /^\s*--\s*(?:comment:?|precondition-[a-z\d-]+) /i;
const CHECK_SUM = /^\s*--\s*validCheckSum:? /i;
const NO_ROLLBACK = /^(?:not required|empty)\s*$/i;
/** A rollback that runs another changeSet's statements. */
const NAMED_ROLLBACK = /\bchangeSetId:("[^"]*"|\S+)/i;

/** A line of a file, its end included. */
interface Line {
  readonly range: Range;
  /** Without its end. */
  readonly text: string;
}

function linesOf({ text }: SourceFile): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline + 1;
    lines.push({
      range: [start, end],
      text: text
        .slice(start, end)
        .replace(/\r?\n$/, '')
        .replace(/^\uFEFF/, ''),
    });
    start = end;
  }
  return lines;
}

/** A changeSet while its lines are read. */
interface OpenChangeSet {
  readonly head: Range;
  readonly author: string;
  readonly id: string;
  readonly options: string;
  readonly up: Range[];
  readonly rollback: Fragment[];
  preconditions: Preconditions | undefined;
  otherCheckSums: boolean;
  end: number;
}

/**
 * Reads SQL that Liquibase keeps in `--changeset author:id` sections. A file without Liquibase's first line is one changeSet,
 * as includeAll makes of it.
 */
export function readFormattedSql(file: SourceFile): ChangelogContent {
  if (!FORMATTED_SQL.test(file.text)) return { items: [rawChangeSet(file)], errors: [], comments: [] };
  const lines = linesOf(file);
  const items: ChangelogItem[] = [];
  const errors: ChangelogError[] = [];
  let open: OpenChangeSet | undefined;
  const close = (): void => {
    if (open === undefined) return;
    if (open.up.every(([start, end]) => file.text.slice(start, end).trim() === '')) {
      errors.push({ range: open.head, message: 'Liquibase refuses this file: the changeSet holds no SQL' });
    }
    items.push(closed(file, open));
    open = undefined;
  };
  for (let index = 0; index < lines.length; index++) {
    const { text, range } = lines[index]!;
    const shown: Range = [
      range[1] - file.text.slice(...range).replace(/^\uFEFF/, '').length,
      range[0] + file.text.slice(...range).trimEnd().length,
    ];
    const ignored = IGNORE_LINES.exec(text);
    const changeSet = CHANGE_SET.exec(text);
    if (PROPERTY.test(text)) items.push(propertyOf(text));
    else if (ignored !== null) index = behindIgnored(lines, index, ignored[1]!);
    else if (changeSet !== null) {
      close();
      const [, author, id, options] = changeSet;
      open = {
        head: shown,
        author: unquoted(author!),
        id: unquoted(id!),
        options: options!,
        up: [],
        rollback: [],
        preconditions: undefined,
        otherCheckSums: false,
        end: range[1],
      };
    } else if (MISSPELT_CHANGE_SET.test(text)) {
      errors.push({ range: shown, message: 'Liquibase refuses this file: it reads --changeset <author>:<id>' });
    } else if (open !== undefined) {
      if (ROLLBACK_START.test(text)) {
        while (++index < lines.length) {
          const line = lines[index]!;
          const last = ROLLBACK_END.test(line.text);
          const end = last ? line.range[0] + line.text.lastIndexOf('*/') : line.range[1];
          open.rollback.push(fragmentOf(file, [line.range[0], end]));
          open.end = line.range[1];
          if (last) break;
        }
        continue;
      }
      const rollback = ROLLBACK.exec(text);
      const preconditions = PRECONDITIONS.exec(text);
      if (rollback !== null) open.rollback.push(fragmentOf(file, [range[0] + rollback[0].length, range[1]]));
      else if (preconditions !== null) {
        const onFail = optionOf(preconditions[1]!, 'onFail');
        open.preconditions = {
          range: shown,
          otherwise: otherwiseOf(onFail, optionOf(preconditions[1]!, 'onError')),
          tests: undefined,
        };
      } else if (CHECK_SUM.test(text)) open.otherCheckSums = true;
      else if (!REMARK.test(text) && !BARE_ROLLBACK.test(text)) addRange(open.up, range);
      open.end = range[1];
    }
  }
  close();
  return { items, errors, comments: [] };
}

/** The index of the last line that `ignoreLines` passes over. */
function behindIgnored(lines: readonly Line[], index: number, count: string): number {
  if (count.toLowerCase() !== 'start') return index + (Number.parseInt(count, 10) || 0);
  const end = lines.findIndex((line, at) => at > index && IGNORE_LINES.exec(line.text)?.[1]?.toLowerCase() === 'end');
  return end === -1 ? lines.length : end;
}

/** Joins a line to the lines before it: a statement that a remark stands in is one run less. */
function addRange(ranges: Range[], range: Range): void {
  const last = ranges.at(-1);
  if (last?.[1] === range[0]) ranges[ranges.length - 1] = [last[0], range[1]];
  else ranges.push(range);
}

function closed(file: SourceFile, open: OpenChangeSet): ChangeSet {
  const { options, head, up } = open;
  const rollback = open.rollback.length === 0 ? undefined : joinFragments(open.rollback);
  const option = (name: string): string | undefined => optionOf(options, name);
  const isOn = (name: string): boolean => option(name)?.toLowerCase() === 'true';
  return {
    kind: 'changeSet',
    id: open.id,
    author: open.author,
    range: [head[0], open.end],
    head,
    dbms: option('dbms'),
    context: `${option('contextFilter') ?? option('context') ?? ''} ${option('labels') ?? ''}`,
    runInTransaction: option('runInTransaction')?.toLowerCase() !== 'false',
    ignored: isOn('ignore'),
    runsAgain: isOn('runOnChange') || isOn('runAlways'),
    logicalFilePath:
      option('logicalFilePath') ?? optionOf(FORMATTED_OPTIONS.exec(file.text)?.[1] ?? '', 'logicalFilePath'),
    otherCheckSums: open.otherCheckSums,
    preconditions: open.preconditions,
    rollbackTo: rollback === undefined ? undefined : namedBy(rollback),
    body: {
      kind: 'sql',
      up: {
        text:
          up.length === 0
            ? fragmentOf(file, [head[1], head[1]])
            : joinFragments(up.map(range => fragmentOf(file, range))),
        split: option('splitStatements')?.toLowerCase() !== 'false',
        endDelimiter: option('endDelimiter'),
      },
      rollback: rollback === undefined ? undefined : rollbackOf(file, rollback, option),
    },
  };
}

function rollbackOf(file: SourceFile, text: Fragment, option: (name: string) => string | undefined): SqlText {
  const [first] = text.segments;
  const isNothing = NO_ROLLBACK.test(text.text.trim());
  return {
    text: isNothing ? substituteFragment(file, '', first!.source) : text,
    split: option('rollbackSplitStatements')?.toLowerCase() !== 'false',
    endDelimiter: option('rollbackEndDelimiter'),
  };
}

/** The changeSet that a rollback names. */
function namedBy({ text, segments }: Fragment): NamedChangeSet | undefined {
  const id = NAMED_ROLLBACK.exec(text)?.[1];
  if (id === undefined) return undefined;
  const range: Range = [segments[0]!.source[0], segments.at(-1)!.source[1]];
  return { range, id: unquoted(id), author: optionOf(text, 'changeSetAuthor'), path: optionOf(text, 'changeSetPath') };
}

/** The value of `name:value` or `name:"a value"` on a marker line. */
function optionOf(options: string, name: string): string | undefined {
  const value = new RegExp(String.raw`(?:^|\s)${name}:("[^"]*"|\S*)`, 'i').exec(options)?.[1];
  return value === undefined || value === '' ? undefined : unquoted(value);
}

function propertyOf(line: string): ChangelogItem {
  return {
    kind: 'property',
    name: optionOf(line, 'name') ?? '',
    value: optionOf(line, 'value') ?? '',
    dbms: optionOf(line, 'dbms'),
    global: optionOf(line, 'global')?.toLowerCase() !== 'false',
  };
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, '$1').trim();
}

/** The changeSet that Liquibase makes of a SQL file without its marks. */
function rawChangeSet(file: SourceFile): ChangeSet {
  return {
    kind: 'changeSet',
    id: 'raw',
    author: 'includeAll',
    range: [0, file.text.length],
    head: [0, 0],
    dbms: undefined,
    context: '',
    runInTransaction: true,
    ignored: false,
    runsAgain: false,
    logicalFilePath: undefined,
    otherCheckSums: false,
    preconditions: undefined,
    rollbackTo: undefined,
    body: { kind: 'sql', up: { text: fragmentOf(file), split: true, endDelimiter: undefined }, rollback: undefined },
  };
}
