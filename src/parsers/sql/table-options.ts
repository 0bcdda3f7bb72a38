import type { StorageOption } from '../../operations/definitions.ts';
import { takeOptionList, takesFilegroup } from './columns.ts';
import {
  bracketed,
  type Cursor,
  isAtEnd,
  readText,
  sees,
  seesSymbol,
  takes,
  takesSymbol,
  takeValue,
  textAt,
  tokenAtCursor,
} from './cursor.ts';

/** Options that are written in several words, or otherwise than they are called. */
const NAMES: readonly (readonly [readonly string[], string])[] = [
  [['DEFAULT', 'CHARACTER', 'SET'], 'charset'],
  [['DEFAULT', 'CHAR', 'SET'], 'charset'],
  [['DEFAULT', 'CHARSET'], 'charset'],
  [['CHARACTER', 'SET'], 'charset'],
  [['CHAR', 'SET'], 'charset'],
  [['CHARSET'], 'charset'],
  [['DEFAULT', 'COLLATE'], 'collate'],
  [['DATA', 'DIRECTORY'], 'data_directory'],
  [['INDEX', 'DIRECTORY'], 'index_directory'],
  [['TYPE'], 'engine'],
];

/** Words that stand by themselves. */
const FLAGS: readonly (readonly [readonly string[], string])[] = [
  [['WITH', 'SYSTEM', 'VERSIONING'], 'system_versioning'],
  [['WITHOUT', 'SYSTEM', 'VERSIONING'], 'without_system_versioning'],
  [['WITHOUT', 'ROWID'], 'without_rowid'],
  [['STRICT'], 'strict'],
  [['START', 'TRANSACTION'], 'start_transaction'],
];

/** Words that no option begins with: something else follows the options. */
const ENDERS = ['PARTITION', 'AS', 'SELECT', 'IGNORE', 'REPLACE', 'WITH', 'REMOVE', 'ON', 'VALUES'];

/**
 * Moves over one option of a table: `ENGINE = InnoDB`, `DEFAULT CHARSET utf8mb4`.
 *
 * @returns undefined where none comes next
 */
export function takeTableOption(cursor: Cursor): StorageOption | undefined {
  const from = cursor.at;
  if (cursor.grammar.filegroups) {
    if (takesFilegroup(cursor)) return { name: 'filegroup' };
    if (sees(cursor, 'WITH') && textAt(cursor, 1) === '(') {
      cursor.at++;
      return takeOptionList(cursor)[0];
    }
  }
  const flag = FLAGS.find(([words]) => takes(cursor, ...words));
  if (flag !== undefined) return { name: flag[1] };
  const named = NAMES.find(([words]) => sees(cursor, ...words));
  if (named === undefined && (tokenAtCursor(cursor)?.kind !== 'word' || ENDERS.some(word => sees(cursor, word))))
    return undefined;
  const name = named?.[1] ?? textAt(cursor).toLowerCase();
  cursor.at += named?.[0].length ?? 1;
  takesSymbol(cursor, '=');
  if (isAtEnd(cursor)) {
    cursor.at = from;
    return undefined;
  }
  if (seesSymbol(cursor, '(')) {
    const inside = bracketed(cursor);
    inside.at = inside.source.last + 1;
    return { name, value: readText(inside, inside.source.first) };
  }
  const value = takeValue(cursor);
  if (name === 'tablespace' && takes(cursor, 'STORAGE')) cursor.at++;
  return { name, value: name === 'charset' || name === 'collate' || name === 'engine' ? value.toLowerCase() : value };
}

/** Moves over options with or without commas between them, up to what is none. */
export function takeTableOptions(cursor: Cursor): readonly StorageOption[] {
  const options: StorageOption[] = [];
  for (;;) {
    const option = takeTableOption(cursor);
    if (option === undefined) return options;
    options.push(option);
    // In CREATE TABLE a comma may part the options.
    takesSymbol(cursor, ',');
  }
}
