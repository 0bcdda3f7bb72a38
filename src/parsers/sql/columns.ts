import type {
  ColumnDefinition,
  ConstraintDefinition,
  ForeignKeyConstraint,
  IndexDefinition,
  IndexElement,
  IndexKind,
  KeyConstraint,
  ReferentialAction,
  StorageOption,
} from '../../operations/definitions.ts';
import type { Range } from '../../source/source-file.ts';
import { textOf } from '../source-text.ts';
import {
  bracketed,
  type Cursor,
  defined,
  isAtEnd,
  listed,
  readRange,
  refuse,
  sees,
  seesName,
  seesSymbol,
  takeName,
  takeObjectName,
  takes,
  takesAny,
  takesSymbol,
  takeValue,
  textAt,
  tokenAtCursor,
} from './cursor.ts';
import { NO_TYPES, takeCharset, takeDataType } from './data-types.ts';
import { takeBracketedExpression, takeDefault, wholeExpression } from './expressions.ts';

/** A column definition, and where its parts stand. */
export interface WrittenColumn {
  readonly definition: ColumnDefinition;
  readonly places: { readonly type?: Range; readonly notNull?: Range; readonly default?: Range };
}

/** A definition while its attributes are read. */
interface Draft {
  name: string;
  fields: Partial<{ -readonly [Field in keyof ColumnDefinition]: ColumnDefinition[Field] }>;
  constraints: ConstraintDefinition[];
  options: StorageOption[];
  places: { type?: Range; notNull?: Range; default?: Range };
}

/**
 * Moves over a column definition: name, type, attributes, up to what is no attribute.
 *
 * @param name - the column's name where it was read already
 * @throws a Refusal where it is none
 */
export function takeColumn(cursor: Cursor): WrittenColumn {
  const from = cursor.at;
  const name = takeName(cursor, 'a column');
  const draft: Draft = { name, fields: {}, constraints: [], options: [], places: {} };
  takeColumnType(cursor, draft);
  while (!isAtEnd(cursor) && takeAttribute(cursor, draft));
  const { fields, constraints, options, places } = draft;
  return {
    definition: {
      name,
      range: readRange(cursor, from),
      notNull: false,
      ...fields,
      ...(options.length === 0 ? {} : { options }),
      constraints,
    },
    places,
  };
}

function takeColumnType(cursor: Cursor, draft: Draft): void {
  // SQLite lets a column be without a type, SQL Server a computed one.
  if (!seesName(cursor) || NO_TYPES.some(word => sees(cursor, word))) return;
  const from = cursor.at;
  if (takes(cursor, 'SERIAL')) {
    draft.places.type = readRange(cursor, from);
    Object.assign(draft.fields, {
      type: { name: 'bigint', modifiers: [], arrayDimensions: 0, unsigned: true, builtin: true, text: 'SERIAL' },
      notNull: true,
      autoIncrement: true,
    });
    draft.constraints.push({ type: 'unique', range: readRange(cursor, from), columns: [draft.name] });
    return;
  }
  draft.fields.type = takeDataType(cursor);
  draft.places.type = readRange(cursor, from);
}

interface Attribute {
  readonly words: readonly string[];
  /** Reads what follows the words. @param from - index of the first word */
  readonly read: (cursor: Cursor, draft: Draft, from: number) => void;
}

function attribute(words: string, read: Attribute['read']): Attribute {
  return { words: words.split(' '), read };
}

/** `NAME [=] value` kept as an option. */
function option(words: string): Attribute {
  return attribute(words, (cursor, { options }) => {
    takesSymbol(cursor, '=');
    options.push({ name: words.toLowerCase(), value: takeValue(cursor) });
  });
}

function setField<Field extends keyof ColumnDefinition>(field: Field, value: NonNullable<ColumnDefinition[Field]>) {
  return (_: Cursor, { fields }: Draft): void => {
    (fields as Record<string, unknown>)[field] = value;
  };
}

function generated(cursor: Cursor, { fields }: Draft): void {
  // MariaDB's AS ROW START and ROW END of system versioning.
  if (takes(cursor, 'ROW')) {
    takesAny(cursor, ['START', 'END']);
    return;
  }
  const expression = takeBracketedExpression(cursor);
  const storage = takesAny(cursor, ['VIRTUAL', 'STORED', 'PERSISTENT', 'PERSISTED']);
  fields.generated = { expression, storage: storage === undefined || storage === 'VIRTUAL' ? 'virtual' : 'stored' };
}

/** A constraint of this column alone. */
function ownKey(type: 'unique' | 'primaryKey'): Attribute['read'] {
  return (cursor, { name, constraints }, from) => {
    takesAny(cursor, ['ASC', 'DESC']);
    const method = takeClustering(cursor);
    // SQL Server reads a key of the table that no comma parts from the column before it.
    const keys = cursor.grammar.filegroups && seesSymbol(cursor, '(') ? takeIndexElements(cursor) : undefined;
    const columns = keys?.flatMap(({ column }) => column ?? []) ?? [name];
    // SERIAL UNIQUE says it twice.
    const isSaid = constraints.some(other => other.type === type && other.columns.join('\0') === columns.join('\0'));
    if (!isSaid) constraints.push({ type, ...defined({ method }), range: readRange(cursor, from), columns });
    if (type === 'unique') takesAny(cursor, ['KEY', 'INDEX']);
    if (cursor.grammar.filegroups) takeIndexOptions(cursor);
    takeConflict(cursor);
  };
}

/** Moves over CLUSTERED or NONCLUSTERED. @returns it in lower case: how SQL Server keeps the keys */
function takeClustering(cursor: Cursor): string | undefined {
  return takesAny(cursor, ['CLUSTERED', 'NONCLUSTERED'])?.toLowerCase();
}

/** SQLite's ON CONFLICT of a constraint. */
function takeConflict(cursor: Cursor): void {
  if (takes(cursor, 'ON', 'CONFLICT')) cursor.at++;
}

/** What may stand after a column's type, longest words first where one begins another. */
const ATTRIBUTES: readonly Attribute[] = [
  attribute('NOT NULL', (cursor, { fields, places }, from) => {
    fields.notNull = true;
    places.notNull = readRange(cursor, from);
    takeConflict(cursor);
  }),
  attribute('NULL', setField('nullable', true)),
  attribute('DEFAULT', (cursor, { fields, places }, from) => {
    fields.default = takeDefault(cursor);
    places.default = readRange(cursor, from);
  }),
  attribute('ON UPDATE', (cursor, { fields }) => {
    fields.onUpdate = takeDefault(cursor);
  }),
  attribute('AUTO_INCREMENT', setField('autoIncrement', true)),
  attribute('AUTOINCREMENT', setField('autoIncrement', true)),
  attribute('SERIAL DEFAULT VALUE', (cursor, { name, fields, constraints }, from) => {
    Object.assign(fields, { notNull: true, autoIncrement: true });
    constraints.push({ type: 'unique', range: readRange(cursor, from), columns: [name] });
  }),
  attribute('PRIMARY KEY', ownKey('primaryKey')),
  attribute('UNIQUE', ownKey('unique')),
  attribute('KEY', ownKey('primaryKey')),
  attribute('COMMENT', (cursor, { fields }) => {
    takesSymbol(cursor, '=');
    fields.comment = takeValue(cursor);
  }),
  attribute('COLLATE', (cursor, { fields }) => {
    takesSymbol(cursor, '=');
    fields.collation = { name: takeValue(cursor) };
  }),
  attribute('CHARACTER SET', takeColumnCharset),
  attribute('CHAR SET', takeColumnCharset),
  attribute('CHARSET', takeColumnCharset),
  // The binary collation of the character set.
  attribute('BINARY', (_, { fields }) => {
    fields.collation ??= { name: `${fields.charset ?? ''}_bin` };
  }),
  attribute('ASCII', setField('charset', 'latin1')),
  attribute('UNICODE', setField('charset', 'ucs2')),
  attribute('BYTE', setField('charset', 'binary')),
  attribute('GENERATED ALWAYS AS', generated),
  attribute('AS', generated),
  attribute('VISIBLE', () => {}),
  attribute('INVISIBLE', setField('invisible', true)),
  attribute('FOREIGN KEY', (cursor, draft, from) => {
    if (seesSymbol(cursor, '(')) bracketed(cursor);
    draft.constraints.push(takeReferences(cursor, from, [draft.name], undefined));
  }),
  attribute('REFERENCES', (cursor, draft, from) => {
    cursor.at = from;
    draft.constraints.push(takeReferences(cursor, from, [draft.name], undefined));
  }),
  attribute('CHECK', (cursor, { constraints }, from) => {
    constraints.push(takeCheck(cursor, from, undefined));
  }),
  attribute('CONSTRAINT', (cursor, draft, from) => {
    const name = sees(cursor, 'CHECK') ? undefined : takeName(cursor);
    if (sees(cursor, 'DEFAULT') && name !== undefined) draft.fields.defaultName = name;
    const before = draft.constraints.length;
    if (!takeAttribute(cursor, draft)) refuse(cursor, 'a constraint');
    const range = readRange(cursor, from);
    const own = draft.constraints.splice(before);
    draft.constraints.push(...own.map(constraint => ({ ...constraint, ...defined({ name }), range })));
  }),
  // SQL Server
  attribute('IDENTITY', (cursor, { fields }) => {
    if (seesSymbol(cursor, '(')) bracketed(cursor);
    fields.autoIncrement = true;
    fields.notNull = true;
  }),
  attribute('NOT FOR REPLICATION', () => {}),
  attribute('ROWGUIDCOL', () => {}),
  attribute('SPARSE', () => {}),
  attribute('HIDDEN', () => {}),
  attribute('WITH VALUES', (_, { options }) => {
    options.push({ name: 'with values' });
  }),
  attribute('MASKED WITH', cursor => {
    bracketed(cursor);
  }),
  attribute('CLUSTERED', () => {}),
  attribute('NONCLUSTERED', () => {}),
  attribute('WITH SYSTEM VERSIONING', () => {}),
  attribute('WITHOUT SYSTEM VERSIONING', () => {}),
  attribute('COMPRESSED', (cursor, { options }) => {
    options.push({ name: 'compressed' });
    if (takesSymbol(cursor, '=')) cursor.at++;
  }),
  attribute('NOT ENFORCED', () => {}),
  attribute('ENFORCED', () => {}),
  attribute('DEFERRABLE', () => {}),
  attribute('NOT DEFERRABLE', () => {}),
  attribute('INITIALLY DEFERRED', () => {}),
  attribute('INITIALLY IMMEDIATE', () => {}),
  option('COLUMN_FORMAT'),
  option('STORAGE'),
  option('ENGINE_ATTRIBUTE'),
  option('SECONDARY_ENGINE_ATTRIBUTE'),
  option('SRID'),
  option('REF_SYSTEM_ID'),
];

function takeColumnCharset(cursor: Cursor, { fields }: Draft, from: number): void {
  cursor.at = from;
  const charset = takeCharset(cursor);
  if (charset !== undefined) fields.charset = charset;
}

/** Moves over one attribute. @returns whether there was one */
function takeAttribute(cursor: Cursor, draft: Draft): boolean {
  const from = cursor.at;
  const found = ATTRIBUTES.find(({ words }) => takes(cursor, ...words));
  found?.read(cursor, draft, from);
  return found !== undefined;
}

/* ---------------------------------------------------------------- Constraints and indexes */

/** What stands among the columns of CREATE TABLE, or after ADD. */
export type TableElement =
  | { readonly kind: 'constraint'; readonly constraint: ConstraintDefinition }
  | { readonly kind: 'index'; readonly index: IndexDefinition }
  /** A clause that makes neither, such as PERIOD FOR SYSTEM_TIME. */
  | { readonly kind: 'other' };

/**
 * Moves over a constraint or an index. @returns undefined where none comes next, but a column
 * @throws a Refusal where it began and could not be read
 */
export function takeTableElement(cursor: Cursor): TableElement | undefined {
  const from = cursor.at;
  const named = takes(cursor, 'CONSTRAINT');
  const startsConstraint = ['PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK'].some(word => sees(cursor, word));
  const symbol = named && !startsConstraint ? takeName(cursor, 'a constraint') : undefined;
  if (takes(cursor, 'PRIMARY', 'KEY')) return constraint(takeKey(cursor, from, 'primaryKey', symbol));
  if (takes(cursor, 'UNIQUE')) {
    takesAny(cursor, ['INDEX', 'KEY']);
    return constraint(takeKey(cursor, from, 'unique', symbol));
  }
  if (takes(cursor, 'FOREIGN', 'KEY')) {
    takes(cursor, 'IF', 'NOT', 'EXISTS');
    const indexName = seesSymbol(cursor, '(') ? undefined : takeName(cursor);
    const columns = listed(bracketed(cursor), item => takeName(item));
    return constraint(takeReferences(cursor, from, columns, symbol ?? indexName));
  }
  if (takes(cursor, 'CHECK')) return constraint(takeCheck(cursor, from, symbol));
  if (named) refuse(cursor, 'a constraint');
  if (takes(cursor, 'PERIOD', 'FOR')) {
    while (!isAtEnd(cursor)) cursor.at++;
    return { kind: 'other' };
  }
  if (cursor.grammar.inlineIndexes && startsIndex(cursor)) return { kind: 'index', index: takeIndex(cursor, from) };
  return undefined;
}

function constraint(definition: ConstraintDefinition): TableElement {
  return { kind: 'constraint', constraint: definition };
}

const INDEX_KINDS: Readonly<Record<string, IndexKind>> = { FULLTEXT: 'fulltext', SPATIAL: 'spatial', VECTOR: 'vector' };

/** `KEY`, `INDEX`, `FULLTEXT …`; a column may be called `vector`. */
function startsIndex(cursor: Cursor): boolean {
  if (sees(cursor, 'KEY') || sees(cursor, 'INDEX')) return true;
  if (sees(cursor, 'FULLTEXT') || sees(cursor, 'SPATIAL')) return true;
  return sees(cursor, 'VECTOR', 'INDEX') || sees(cursor, 'VECTOR', 'KEY');
}

/** Moves over `[FULLTEXT] INDEX [IF NOT EXISTS] [name] [USING m] (keys) [options]`. */
function takeIndex(cursor: Cursor, from: number): IndexDefinition & { readonly ifNotExists: boolean } {
  const word = takesAny(cursor, Object.keys(INDEX_KINDS));
  takesAny(cursor, ['INDEX', 'KEY']);
  const ifNotExists = takes(cursor, 'IF', 'NOT', 'EXISTS');
  const { name, method, elements, options, visible } = takeIndexBody(cursor);
  return {
    ...defined({ name, method, indexKind: word === undefined ? undefined : INDEX_KINDS[word], visible }),
    range: readRange(cursor, from),
    unique: false,
    elements,
    options,
    ifNotExists,
  };
}

interface IndexBody {
  readonly name?: string | undefined;
  readonly method?: string | undefined;
  readonly elements: readonly IndexElement[];
  readonly options: readonly StorageOption[];
  readonly visible?: false | undefined;
}

function takeIndexBody(cursor: Cursor): IndexBody {
  const name =
    seesSymbol(cursor, '(') || sees(cursor, 'USING') || sees(cursor, 'TYPE') ? undefined : takeName(cursor, 'an index');
  const before = takeMethod(cursor);
  takesAny(cursor, ['UNIQUE']);
  takesAny(cursor, ['CLUSTERED', 'NONCLUSTERED']);
  const elements = takeIndexElements(cursor);
  const tail = takeIndexOptions(cursor);
  return { name, elements, options: tail.options, method: tail.method ?? before, visible: tail.visible };
}

/** Moves over `USING BTREE`. @returns the method in lower case */
export function takeMethod(cursor: Cursor): string | undefined {
  return takes(cursor, 'USING') || takes(cursor, 'TYPE')
    ? takeName(cursor, 'an index method').toLowerCase()
    : undefined;
}

/** Moves over the keys of an index, in brackets. */
export function takeIndexElements(cursor: Cursor): readonly IndexElement[] {
  return listed(bracketed(cursor), takeIndexElement);
}

export function takeIndexElement(item: Cursor): IndexElement {
  const { source } = item;
  const isColumn = seesName(item) && (isPlainKey(item) || isPrefixKey(item));
  let element: IndexElement;
  if (isColumn) {
    const column = takeName(item);
    const length = seesSymbol(item, '(') ? Number(takeValue(bracketed(item))) : undefined;
    element = { column, ...defined({ length }) };
  } else if (seesSymbol(item, '(')) element = { expression: takeBracketedExpression(item) };
  else {
    const direction = /^(?:asc|desc)$/i.test(textOf(source, source.last, source.last)) ? 1 : 0;
    const inner = { ...item, source: { ...source, last: source.last - direction } };
    element = { expression: wholeExpression(inner) };
    item.at = source.last + 1 - direction;
  }
  const collation = takes(item, 'COLLATE') ? { name: takeName(item) } : undefined;
  const order = takesAny(item, ['ASC', 'DESC']);
  return {
    ...element,
    ...defined({
      collation,
      order: order === undefined ? undefined : order === 'ASC' ? ('asc' as const) : ('desc' as const),
    }),
  };
}

function isPlainKey(item: Cursor): boolean {
  const after = textAt(item, 1);
  return after === '' || /^(?:asc|desc|collate|with|without)$/i.test(after);
}

function isPrefixKey({ source, at }: Cursor): boolean {
  return (
    at + 3 <= source.last &&
    textOf(source, at + 1, at + 1) === '(' &&
    source.text.tokens[at + 2]?.kind === 'number' &&
    source.text.partner[at + 1] === at + 3
  );
}

/** What follows the keys of an index. */
export function takeIndexOptions(cursor: Cursor) {
  const options: StorageOption[] = [];
  let visible: false | undefined;
  let method: string | undefined;
  for (;;) {
    const found = takeMethod(cursor);
    if (found !== undefined) method = found;
    else if (takes(cursor, 'VISIBLE') || takes(cursor, 'NOT', 'IGNORED')) visible = undefined;
    else if (takes(cursor, 'INVISIBLE') || takes(cursor, 'IGNORED')) visible = false;
    else if (cursor.grammar.filegroups && takesFilegroup(cursor)) continue;
    else if (cursor.grammar.filegroups && takes(cursor, 'WITH')) options.push(...takeOptionList(cursor));
    else if (takes(cursor, 'WITH', 'PARSER')) options.push({ name: 'parser', value: takeName(cursor) });
    else {
      // MariaDB prints the options of an engine in backticks.
      const isQuoted = tokenAtCursor(cursor)?.kind === 'name' && textAt(cursor, 1) === '=';
      const word = isQuoted ? takeName(cursor) : takesAny(cursor, INDEX_OPTIONS);
      if (word === undefined) break;
      takesSymbol(cursor, '=');
      options.push({ name: word.toLowerCase(), value: takeValue(cursor) });
    }
  }
  return { options, visible, method };
}

/** Moves over SQL Server's `ON filegroup` and `ON scheme(column)`. */
export function takesFilegroup(cursor: Cursor): boolean {
  const isAction = ['DELETE', 'UPDATE', 'CONFLICT'].some(word => sees(cursor, 'ON', word));
  if (isAction || takesAny(cursor, ['ON', 'TEXTIMAGE_ON', 'FILESTREAM_ON']) === undefined) return false;
  takeName(cursor, 'a filegroup');
  if (seesSymbol(cursor, '(')) bracketed(cursor);
  return true;
}

/** Moves over SQL Server's `(ONLINE = ON, FILLFACTOR = 80)`, or over one option without brackets. */
export function takeOptionList(cursor: Cursor): readonly StorageOption[] {
  if (!seesSymbol(cursor, '(')) return [takeNamedOption(cursor)];
  return listed(bracketed(cursor), takeNamedOption);
}

function takeNamedOption(item: Cursor): StorageOption {
  const name = takeName(item).toLowerCase();
  if (!takesSymbol(item, '=') || isAtEnd(item)) return { name };
  return { name, value: takeValue(item).toLowerCase() };
}

const INDEX_OPTIONS = [
  ...['KEY_BLOCK_SIZE', 'COMMENT', 'ENGINE_ATTRIBUTE', 'SECONDARY_ENGINE_ATTRIBUTE', 'CLUSTERING', 'DISTANCE', 'M'],
];

function takeKey(cursor: Cursor, from: number, type: KeyConstraint['type'], symbol: string | undefined): KeyConstraint {
  const clustering = takeClustering(cursor);
  takes(cursor, 'IF', 'NOT', 'EXISTS');
  const { name, method = clustering, elements, visible } = takeIndexBody(cursor);
  takeConflict(cursor);
  return {
    type,
    ...defined({ name: type === 'primaryKey' ? symbol : (name ?? symbol), method, visible }),
    range: readRange(cursor, from),
    columns: elements.flatMap(({ column }) => (column === undefined ? [] : [column])),
    ...(elements.some(isMoreThanName) ? { elements } : {}),
  };
}

function isMoreThanName(element: IndexElement): boolean {
  return Object.keys(element).some(key => key !== 'column');
}

const ACTIONS: readonly (readonly [readonly string[], ReferentialAction])[] = [
  [['NO', 'ACTION'], 'no action'],
  [['RESTRICT'], 'restrict'],
  [['CASCADE'], 'cascade'],
  [['SET', 'NULL'], 'set null'],
  [['SET', 'DEFAULT'], 'set default'],
];

/** Moves over `REFERENCES t (c) [MATCH …] [ON DELETE …] [ON UPDATE …]`. */
function takeReferences(
  cursor: Cursor,
  from: number,
  columns: readonly string[],
  name: string | undefined,
): ForeignKeyConstraint {
  if (!takes(cursor, 'REFERENCES')) refuse(cursor, 'REFERENCES');
  const references = takeObjectName(cursor, 'a table');
  const referencedColumns = seesSymbol(cursor, '(') ? listed(bracketed(cursor), item => takeName(item)) : [];
  const actions: { onDelete: ReferentialAction; onUpdate: ReferentialAction } = {
    onDelete: 'no action',
    onUpdate: 'no action',
  };
  let match: ForeignKeyConstraint['match'] = 'simple';
  for (let more = true; more; ) {
    if (takes(cursor, 'ON', 'DELETE')) actions.onDelete = takeAction(cursor);
    else if (takes(cursor, 'ON', 'UPDATE')) actions.onUpdate = takeAction(cursor);
    else if (takes(cursor, 'MATCH')) match = takeName(cursor).toLowerCase() as ForeignKeyConstraint['match'];
    else {
      takes(cursor, 'NOT', 'FOR', 'REPLICATION');
      more = takes(cursor, 'NOT', 'DEFERRABLE') || takes(cursor, 'DEFERRABLE');
      if (more && takes(cursor, 'INITIALLY')) takesAny(cursor, ['DEFERRED', 'IMMEDIATE']);
    }
  }
  return {
    type: 'foreignKey',
    ...defined({ name }),
    range: readRange(cursor, from),
    columns,
    references,
    referencedColumns,
    ...actions,
    match,
  };
}

function takeAction(cursor: Cursor): ReferentialAction {
  const found = ACTIONS.find(([words]) => takes(cursor, ...words));
  return found?.[1] ?? refuse(cursor, 'an action');
}

function takeCheck(cursor: Cursor, from: number, name: string | undefined): ConstraintDefinition {
  takes(cursor, 'NOT', 'FOR', 'REPLICATION');
  const condition = takeBracketedExpression(cursor);
  const notEnforced = takes(cursor, 'NOT', 'ENFORCED');
  if (!notEnforced) takes(cursor, 'ENFORCED');
  return {
    type: 'check',
    ...defined({ name }),
    range: readRange(cursor, from),
    condition,
    ...(notEnforced ? { notEnforced: true as const } : {}),
  };
}
