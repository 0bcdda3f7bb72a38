import type {
  CheckConstraint,
  ColumnDefinition,
  ConstraintDefinition,
  ExcludeConstraint,
  ForeignKeyConstraint,
  IndexElement,
  KeyConstraint,
  NotNullConstraint,
  PartitionBound,
  PartitionKey,
  ReferentialAction,
  StorageOption,
} from '../../operations/definitions.ts';
import type { WrittenExpression } from '../../operations/expressions.ts';
import type { ObjectName } from '../../operations/names.ts';
import {
  afterName,
  areWords,
  findSymbol,
  findWord,
  isSymbol,
  next,
  rangeOf,
  type Source,
  splitAtCommas,
  textOf,
  tokenAt,
} from '../source-text.ts';
import type {
  CollateClause,
  ColumnDef,
  Constraint,
  DefElem,
  IndexElem,
  Node,
  PartitionBoundSpec,
  PartitionSpec,
} from './ast.ts';
import { nodeAs, stringsOf } from './ast.ts';
import { columnType } from './data-types.ts';
import { written, writtenInBrackets } from './expressions.ts';
import { listName, placed, relationName, restoredStrings, typeNameParts } from './names.ts';

/* ---------------------------------------------------------------- Columns */

/**
 * A column definition.
 *
 * @param from - index of its first token, the name
 * @param to - index of its last token
 */
export function columnDefinition(column: ColumnDef, source: Source, from: number, to: number): ColumnDefinition {
  const name = source.text.restore(column.colname ?? '');
  const ends = column.constraints === undefined ? [] : constraintEnds(column, source, to);
  return {
    name,
    range: rangeOf(source, from, to),
    ...(column.typeName === undefined ? undefined : columnType(column.typeName, source)),
    ...(column.collClause === undefined ? undefined : collationOf(column.collClause, source)),
    ...columnConstraints(column.constraints, name, source, ends),
  };
}

/** A COLLATE clause, as a part of a column or a type change. */
export function collationOf(clause: CollateClause | undefined, source: Source): { collation?: ObjectName } {
  return clause === undefined
    ? {}
    : { collation: placed(listName(clause.collname, source), source, tokenAt(source, clause.location) + 1) };
}

/** Indices of the tokens before which a constraint of the column ends, and the last index of all. */
function constraintEnds(column: ColumnDef, source: Source, last: number): readonly number[] {
  const starts = (column.constraints ?? []).map(node => tokenAt(source, nodeAs(node, 'Constraint')?.location));
  if (column.collClause !== undefined) starts.push(tokenAt(source, column.collClause.location));
  return [...starts.sort((a, b) => a - b), last + 1];
}

/** What the constraints of a column or a domain come to. */
interface ColumnConstraints {
  readonly notNull: boolean;
  readonly default?: WrittenExpression;
  readonly identity?: 'always' | 'by default';
  readonly generated?: { readonly expression: WrittenExpression; readonly storage: 'stored' | 'virtual' };
  readonly constraints: readonly ConstraintDefinition[];
  readonly notNullConstraint?: NotNullConstraint;
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/**
 * The constraints written at a column or a domain.
 *
 * @param ends - indices of the tokens at which the next clause begins, ascending
 */
function columnConstraints(
  nodes: readonly Node[] | undefined,
  column: string,
  source: Source,
  ends: readonly number[],
): ColumnConstraints {
  const constraints: Mutable<ConstraintDefinition>[] = [];
  const found: Mutable<ColumnConstraints> = { notNull: false, constraints };
  let latest: Mutable<ConstraintDefinition> | undefined;
  for (const node of nodes ?? []) {
    const constraint = nodeAs(node, 'Constraint')!;
    const from = tokenAt(source, constraint.location);
    const to = (ends.find(end => end > from) ?? source.last + 1) - 1;
    switch (constraint.contype) {
      case 'CONSTR_NULL':
        break;
      case 'CONSTR_NOTNULL': {
        found.notNull = true;
        const notNull = notNullConstraint(constraint, column, source, from, to);
        const isPlain = notNull.name === undefined && notNull.notValid === undefined && notNull.noInherit === undefined;
        if (!isPlain) found.notNullConstraint = notNull;
        latest = isPlain ? undefined : notNull;
        break;
      }
      case 'CONSTR_DEFAULT':
        found.default = written(constraint.raw_expr!, source, findWord(source, 'DEFAULT', from, to) + 1, to);
        break;
      case 'CONSTR_IDENTITY':
        found.identity = identityOf(constraint);
        break;
      case 'CONSTR_GENERATED':
        found.generated = {
          expression: writtenInBrackets(constraint.raw_expr!, source, findSymbol(source, '(', from, to)),
          storage: constraint.generated_kind === 'v' ? 'virtual' : 'stored',
        };
        break;
      case 'CONSTR_ATTR_DEFERRABLE':
        if (latest !== undefined) latest.deferrable = true;
        break;
      case 'CONSTR_ATTR_DEFERRED':
        if (latest !== undefined) {
          latest.deferrable = true;
          latest.initiallyDeferred = true;
        }
        break;
      case 'CONSTR_ATTR_NOT_ENFORCED':
        if (latest !== undefined) latest.notEnforced = true;
        break;
      case 'CONSTR_ATTR_NOT_DEFERRABLE':
      case 'CONSTR_ATTR_IMMEDIATE':
      case 'CONSTR_ATTR_ENFORCED':
        break;
      default: {
        const definition = constraintDefinition(constraint, source, from, to, column);
        if (definition !== undefined) {
          latest = definition;
          constraints.push(latest);
        }
      }
    }
  }
  return found;
}

/** ALWAYS or BY DEFAULT of an identity column. */
export function identityOf(constraint: Constraint): 'always' | 'by default' {
  return constraint.generated_when === 'a' ? 'always' : 'by default';
}

/* ---------------------------------------------------------------- Constraints */

const ACTIONS: Readonly<Record<string, ReferentialAction>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

const MATCHES = { s: 'simple', f: 'full', p: 'partial' } as const;

/**
 * A constraint of a table or a column.
 *
 * @param from - index of its first token: CONSTRAINT, or the kind's own keyword
 * @param to - index of its last token
 * @param column - the column that it is written at
 * @returns undefined for what is no constraint but a clause of one
 */
export function constraintDefinition(
  constraint: Constraint,
  source: Source,
  from: number,
  to: number,
  column?: string,
): ConstraintDefinition | undefined {
  switch (constraint.contype) {
    case 'CONSTR_CHECK':
      return checkConstraint(constraint, source, from, to);
    case 'CONSTR_NOTNULL':
      return notNullConstraint(
        constraint,
        column ?? restoredStrings(constraint.keys, source)[0] ?? '',
        source,
        from,
        to,
      );
    case 'CONSTR_UNIQUE':
      return keyConstraint(constraint, 'unique', source, from, to, column);
    case 'CONSTR_PRIMARY':
      return keyConstraint(constraint, 'primaryKey', source, from, to, column);
    case 'CONSTR_FOREIGN':
      return foreignKeyConstraint(constraint, source, from, to, column);
    case 'CONSTR_EXCLUSION':
      return excludeConstraint(constraint, source, from, to);
    default:
      return undefined;
  }
}

function constraintBase(constraint: Constraint, source: Source, from: number, to: number) {
  const checked = constraint.contype === 'CONSTR_CHECK' || constraint.contype === 'CONSTR_FOREIGN';
  // The grammar sets NOT VALID for NOT ENFORCED too.
  const notEnforced = checked && constraint.is_enforced !== true;
  return {
    ...(constraint.conname === undefined ? {} : { name: source.text.restore(constraint.conname) }),
    range: rangeOf(source, from, to),
    ...(constraint.skip_validation === true && !notEnforced ? { notValid: true as const } : {}),
    ...(notEnforced ? { notEnforced: true as const } : {}),
    ...(constraint.deferrable === true ? { deferrable: true as const } : {}),
    ...(constraint.initdeferred === true ? { initiallyDeferred: true as const } : {}),
  };
}

/** A CHECK constraint; arguments as for {@link constraintDefinition}. */
export function checkConstraint(constraint: Constraint, source: Source, from: number, to: number): CheckConstraint {
  return {
    type: 'check',
    ...constraintBase(constraint, source, from, to),
    condition: writtenInBrackets(constraint.raw_expr!, source, findSymbol(source, '(', from, to)),
    ...(constraint.is_no_inherit === true ? { noInherit: true } : {}),
  };
}

/** A NOT NULL constraint; arguments as for {@link constraintDefinition}. */
export function notNullConstraint(
  constraint: Constraint,
  column: string,
  source: Source,
  from: number,
  to: number,
): NotNullConstraint {
  return {
    type: 'notNull',
    ...constraintBase(constraint, source, from, to),
    column,
    ...(constraint.is_no_inherit === true ? { noInherit: true } : {}),
  };
}

function keyConstraint(
  constraint: Constraint,
  type: 'unique' | 'primaryKey',
  source: Source,
  from: number,
  to: number,
  column: string | undefined,
): KeyConstraint {
  const columns = restoredStrings(constraint.keys, source);
  return {
    type,
    ...constraintBase(constraint, source, from, to),
    columns: columns.length === 0 && column !== undefined ? [column] : columns,
    ...(constraint.including === undefined ? {} : { including: restoredStrings(constraint.including, source) }),
    ...(constraint.indexname === undefined ? {} : { usingIndex: source.text.restore(constraint.indexname) }),
    ...(constraint.nulls_not_distinct === true ? { nullsNotDistinct: true } : {}),
    ...(constraint.without_overlaps === true ? { withoutOverlaps: true } : {}),
  };
}

function foreignKeyConstraint(
  constraint: Constraint,
  source: Source,
  from: number,
  to: number,
  column: string | undefined,
): ForeignKeyConstraint {
  return {
    type: 'foreignKey',
    ...constraintBase(constraint, source, from, to),
    columns: column === undefined ? restoredStrings(constraint.fk_attrs, source) : [column],
    references: relationName(constraint.pktable, source),
    referencedColumns: restoredStrings(constraint.pk_attrs, source),
    onDelete: ACTIONS[constraint.fk_del_action ?? 'a'] ?? 'no action',
    onUpdate: ACTIONS[constraint.fk_upd_action ?? 'a'] ?? 'no action',
    match: MATCHES[(constraint.fk_matchtype ?? 's') as keyof typeof MATCHES],
  };
}

function excludeConstraint(constraint: Constraint, source: Source, from: number, to: number): ExcludeConstraint {
  const open = findSymbol(source, '(', from, to);
  const parts = splitAtCommas(source, open + 1, (source.text.partner[open] ?? to) - 1);
  const elements = (constraint.exclusions ?? []).map((node, index) => {
    const [element, operator] = nodeAs(node, 'List')?.items ?? [];
    const [first, last] = parts[index] ?? [open, open];
    return {
      ...indexElement(nodeAs(element, 'IndexElem')!, source, first, last),
      operator: stringsOf(nodeAs(operator, 'List')?.items).at(-1) ?? '',
    };
  });
  const where = findWord(source, 'WHERE', from, to);
  return {
    type: 'exclude',
    ...constraintBase(constraint, source, from, to),
    method: constraint.access_method ?? 'gist',
    elements,
    ...(constraint.where_clause === undefined
      ? {}
      : { where: writtenInBrackets(constraint.where_clause, source, where + 1) }),
  };
}

/** The constraints of a domain come without a table, and the rest of the statement is theirs. */
export function domainConstraints(nodes: readonly Node[] | undefined, source: Source): ColumnConstraints {
  const starts = (nodes ?? []).map(node => tokenAt(source, nodeAs(node, 'Constraint')?.location));
  return columnConstraints(nodes, '', source, [...starts.sort((a, b) => a - b), source.last + 1]);
}

/* ---------------------------------------------------------------- Index elements, partitions */

/**
 * One key of an index.
 *
 * @param from - index of its first token
 * @param to - index of its last token
 */
export function indexElement(element: IndexElem, source: Source, from: number, to: number): IndexElement {
  const operatorClass = restoredStrings(element.opclass, source).join('.');
  return {
    ...(element.name === undefined ? {} : { column: source.text.restore(element.name) }),
    ...(element.expr === undefined ? {} : { expression: keyExpression(element.expr, source, from, to) }),
    ...(operatorClass === '' ? {} : { operatorClass }),
    ...(element.collation === undefined ? {} : { collation: collationWithin(element.collation, source, from, to) }),
    ...(element.ordering === 'SORTBY_ASC' ? { order: 'asc' } : {}),
    ...(element.ordering === 'SORTBY_DESC' ? { order: 'desc' } : {}),
    ...(element.nulls_ordering === 'SORTBY_NULLS_FIRST' ? { nulls: 'first' } : {}),
    ...(element.nulls_ordering === 'SORTBY_NULLS_LAST' ? { nulls: 'last' } : {}),
  };
}

function collationWithin(nodes: readonly Node[], source: Source, from: number, to: number): ObjectName {
  const collate = findWord(source, 'COLLATE', from, to);
  const name = listName(nodes, source);
  return collate === -1 ? name : placed(name, source, collate + 1);
}

/** The expression of an index or partition key: in brackets of its own, or a function call. */
function keyExpression(node: Node, source: Source, from: number, to: number): WrittenExpression {
  if (isSymbol(source, from, '(')) return writtenInBrackets(node, source, from);
  const name = afterName(source, from);
  return written(node, source, from, isSymbol(source, name, '(') ? Math.min(next(source, name) - 1, to) : to);
}

const STRATEGIES = {
  PARTITION_STRATEGY_LIST: 'list',
  PARTITION_STRATEGY_RANGE: 'range',
  PARTITION_STRATEGY_HASH: 'hash',
} as const;

/** PARTITION BY of a table. */
export function partitionKey(spec: PartitionSpec, source: Source): PartitionKey {
  const open = findSymbol(source, '(', tokenAt(source, spec.location));
  const parts = splitAtCommas(source, open + 1, (source.text.partner[open] ?? source.last) - 1);
  return {
    strategy: STRATEGIES[spec.strategy ?? 'PARTITION_STRATEGY_RANGE'],
    elements: (spec.partParams ?? []).map((node, index) => {
      const element = nodeAs(node, 'PartitionElem');
      const [first, last] = parts[index] ?? [open, open];
      return {
        ...(element?.name === undefined ? {} : { column: source.text.restore(element.name) }),
        ...(element?.expr === undefined ? {} : { expression: keyExpression(element.expr, source, first, last) }),
      };
    }),
  };
}

/** FOR VALUES … or DEFAULT of a partition. */
export function partitionBound(spec: PartitionBoundSpec, source: Source): PartitionBound {
  if (spec.is_default === true) return { kind: 'default' };
  const start = tokenAt(source, spec.location);
  if (spec.strategy === 'h') return { kind: 'hash', modulus: spec.modulus ?? 0, remainder: spec.remainder ?? 0 };
  if (spec.strategy === 'l') {
    return { kind: 'list', values: boundValues(spec.listdatums, source, findSymbol(source, '(', start)) };
  }
  const from = findSymbol(source, '(', start);
  const to = findSymbol(source, '(', next(source, from));
  return {
    kind: 'range',
    from: boundValues(spec.lowerdatums, source, from).map(edgeOf),
    to: boundValues(spec.upperdatums, source, to).map(edgeOf),
  };
}

/** MINVALUE and MAXVALUE come from the grammar as columns of that name. */
function edgeOf(value: WrittenExpression): WrittenExpression | 'minvalue' | 'maxvalue' {
  const { expression } = value;
  if (expression.kind !== 'column') return value;
  return expression.name === 'minvalue' || expression.name === 'maxvalue' ? expression.name : value;
}

function boundValues(nodes: readonly Node[] | undefined, source: Source, open: number): readonly WrittenExpression[] {
  const parts = splitAtCommas(source, open + 1, (source.text.partner[open] ?? source.last) - 1);
  return (nodes ?? []).map((node, index) => {
    const [first, last] = parts[index] ?? [open, open];
    return written(node, source, first, last);
  });
}

/* ---------------------------------------------------------------- Options */

/** Options in brackets, `fillfactor = 70` or `toast.autovacuum_enabled = false`, names in lower case. */
export function storageOptions(nodes: readonly Node[] | undefined, source: Source): readonly StorageOption[] {
  return (nodes ?? []).map(node => {
    const option = nodeAs(node, 'DefElem')!;
    const name = option.defnamespace === undefined ? option.defname : `${option.defnamespace}.${option.defname}`;
    const value = optionValue(option, source);
    return value === undefined ? { name: name ?? '' } : { name: name ?? '', value };
  });
}

/** The value of an option as text; undefined where only the name stands. */
function optionValue(option: DefElem | undefined, source: Source): string | undefined {
  const { arg } = option ?? {};
  if (arg === undefined) return undefined;
  const type = nodeAs(arg, 'TypeName');
  if (type !== undefined) return typeNameParts(type).join('.');
  const boolean = nodeAs(arg, 'Boolean');
  if (boolean !== undefined) return boolean.boolval === true ? 'true' : 'false';
  const integer = nodeAs(arg, 'Integer');
  if (integer !== undefined) return String(integer.ival ?? 0);
  const float = nodeAs(arg, 'Float');
  if (float !== undefined) return float.fval ?? '';
  const list = nodeAs(arg, 'List');
  if (list !== undefined) return stringsOf(list.items).map(source.text.restore).join('.');
  return source.text.restore(nodeAs(arg, 'String')?.sval ?? '');
}

/** The option with a name, among DefElem nodes. */
export function optionNamed(nodes: readonly Node[] | undefined, name: string): DefElem | undefined {
  for (const node of nodes ?? []) {
    const option = nodeAs(node, 'DefElem');
    if (option?.defname === name) return option;
  }
  return undefined;
}

/** Whether an option that is true by its name alone is given: `VACUUM (FULL)`, `(FULL true)`, `(FULL on)`, `(FULL 1)`. */
export function isOn(option: DefElem | undefined, source: Source): boolean {
  if (option === undefined) return false;
  const value = optionValue(option, source)?.toLowerCase();
  return value === undefined || value === 'true' || value === 'on' || value === '1';
}

/** The index of NOT VALID in a constraint's tokens, or -1. */
export function notValidOf(source: Source): readonly [number, number] | undefined {
  for (let index = source.last; index > source.first; index--) {
    if (areWords(source, index - 1, 'NOT', 'VALID')) return [index - 1, index];
  }
  return undefined;
}

/** The first words of a clause in lower case, for what the model names by its words; at most a number of them. */
export function clauseWords(source: Source, count: number): string {
  let last = source.first;
  while (last + 1 < source.first + count && last < source.last && source.text.tokens[last + 1]!.kind === 'word') last++;
  return textOf(source, source.first, last).replace(/\s+/g, ' ').toLowerCase();
}
