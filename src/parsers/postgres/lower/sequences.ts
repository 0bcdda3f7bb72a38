import type { OperationOf } from '../../../operations/operations.ts';
import { anchorsOf, ifExistsAt, type Source, tokenAt, wordWithin } from '../../source-text.ts';
import type { DefElem, Node } from '../ast.ts';
import { nodeAs, stringsOf } from '../ast.ts';
import { dataType } from '../data-types.ts';
import { optionNamed } from '../definitions.ts';
import { dottedName, placed, relationName } from '../names.ts';
import { baseTo, type Lowerers } from './lowerers.ts';

/** OWNED BY: null for NONE, undefined where it is not mentioned. */
function ownerOf(option: DefElem | undefined, source: Source): OperationOf<'alterSequence'>['ownedBy'] {
  if (option === undefined) return undefined;
  const parts = stringsOf(nodeAs(option.arg, 'List')?.items);
  if (parts.length === 1) return null;
  const table = placed(dottedName(parts.slice(0, -1), source), source, tokenAt(source, option.location) + 2);
  return { table: withoutColumn(table, parts.length, source, option), column: source.text.restore(parts.at(-1)!) };
}

/** The name's place in the text goes on with the column: its last two tokens are not the table's. */
function withoutColumn(name: ReturnType<typeof placed>, parts: number, source: Source, option: DefElem) {
  const start = tokenAt(source, option.location) + 2;
  const { range: _, ...plain } = name;
  return placed(plain, { ...source, last: start + (parts - 2) * 2 }, start);
}

function typeOption(nodes: readonly Node[] | undefined, source: Source) {
  const type = nodeAs(optionNamed(nodes, 'as')?.arg, 'TypeName');
  return type === undefined ? {} : { type: dataType(type, source) };
}

const SEQUENCE_OPTIONS = ['minvalue', 'maxvalue', 'increment', 'cache', 'cycle', 'start', 'logged'];

export const SEQUENCES: Lowerers = {
  CreateSeqStmt: (node, source) => {
    const keyword = wordWithin(source, 'SEQUENCE');
    const ownedBy = ownerOf(optionNamed(node.options, 'owned_by'), source);
    return [
      {
        kind: 'createSequence',
        ...baseTo(source, node.sequence),
        ...anchorsOf(source, { object: keyword, ifExists: ifExistsAt(source, keyword + 1).place }),
        sequence: relationName(node.sequence, source),
        ifNotExists: node.if_not_exists === true,
        temporary: node.sequence?.relpersistence === 't',
        ...typeOption(node.options, source),
        ...(ownedBy == null ? {} : { ownedBy }),
      },
    ];
  },
  AlterSeqStmt: (node, source) => {
    const keyword = wordWithin(source, 'SEQUENCE');
    const ownedBy = ownerOf(optionNamed(node.options, 'owned_by'), source);
    return [
      {
        kind: 'alterSequence',
        ...baseTo(source, node.sequence),
        ...anchorsOf(source, { object: keyword, ifExists: ifExistsAt(source, keyword + 1).place }),
        sequence: relationName(node.sequence, source),
        ifExists: node.missing_ok === true,
        ...typeOption(node.options, source),
        ...(ownedBy === undefined ? {} : { ownedBy }),
        restart: optionNamed(node.options, 'restart') !== undefined,
        changesOptions: SEQUENCE_OPTIONS.some(name => optionNamed(node.options, name) !== undefined),
      },
    ];
  },
};
