import { type Fragment, substituteFragment } from '../../source/fragment.ts';
import { isNumeric, isSerial, nativeType } from './data-types.ts';
import { childrenOf, type Element, fieldOf } from './document.ts';
import { loadRows } from './load-data.ts';
import {
  field,
  flag,
  literal,
  type Made,
  namedFile,
  nameOf,
  namesOf,
  type Part,
  separated,
  sqlAt,
  textField,
  type Writer,
} from './sql-parts.ts';

/** What makes a change's SQL; a sentence where only the run knows it. */
export type Maker = (change: Element, writer: Writer) => readonly Made[] | string;

/** The name of a relation that two attributes give. */
function relation(writer: Writer, element: Element, name = 'tableName', schema = 'schemaName'): readonly Part[] {
  const table = field(writer, element, name);
  if (table === undefined) return [`\${${name}}`];
  const given = field(writer, element, schema);
  return given === undefined ? nameOf(writer, table) : [...nameOf(writer, given), '.', ...nameOf(writer, table)];
}

/** A name that an attribute gives; a placeholder where it is missing. */
function name(writer: Writer, element: Element, attribute: string): readonly Part[] {
  const given = field(writer, element, attribute);
  return given === undefined ? [`\${${attribute}}`] : nameOf(writer, given);
}

function names(writer: Writer, element: Element, attribute: string): readonly Part[] {
  const given = field(writer, element, attribute);
  return given === undefined ? [`\${${attribute}}`] : namesOf(writer, given);
}

/** Pieces that are written only where an attribute is. */
function withField(
  writer: Writer,
  element: Element,
  attribute: string,
  make: (value: Fragment) => readonly Part[],
): readonly Part[] {
  const given = field(writer, element, attribute);
  return given === undefined ? [] : make(given);
}

/** `CONSTRAINT name `, where one is given. */
function constraintName(writer: Writer, element: Element, attribute = 'constraintName'): readonly Part[] {
  return withField(writer, element, attribute, given => ['CONSTRAINT ', ...nameOf(writer, given), ' ']);
}

function isMysql({ dialect }: Writer): boolean {
  return dialect === 'mysql' || dialect === 'mariadb';
}

/** A type as Liquibase translates it, where it is written. */
function typeOf(writer: Writer, given: Fragment): Fragment {
  const native = nativeType(given.text, writer.dialect);
  if (native.toLowerCase() === given.text.toLowerCase()) return given;
  const last = given.segments.at(-1)!;
  return substituteFragment(writer.file, native, [given.segments[0]!.source[0], last.source[1]]);
}

/** A type that an attribute gives; undefined where it is missing. */
function typeField(writer: Writer, element: Element, attribute: string): Fragment | undefined {
  const given = field(writer, element, attribute);
  return given === undefined ? undefined : typeOf(writer, given);
}

/** One statement for the whole change. */
function one(change: Element, writer: Writer, parts: readonly Part[]): readonly Made[] {
  return [{ range: change.range, sql: sqlAt(writer, change, parts) }];
}

function alter(change: Element, writer: Writer, parts: readonly Part[]): Made {
  return {
    range: change.range,
    sql: sqlAt(writer, change, ['ALTER TABLE ', ...relation(writer, change), ' ', ...parts]),
  };
}

/** Attributes that hold a value, with `prefix` `value` or `defaultValue`; undefined where there is none. */
function valueIn(writer: Writer, element: Element, prefix: string, type = ''): readonly Part[] | undefined {
  for (const [suffix, make] of VALUES) {
    const given = field(writer, element, prefix + suffix);
    if (given !== undefined) return make(given, writer, type);
  }
  return undefined;
}

const VALUES: readonly (readonly [string, (value: Fragment, writer: Writer, type: string) => readonly Part[]])[] = [
  [
    '',
    (value, writer, type) => {
      if (/^null$/i.test(value.text)) return ['NULL'];
      const isPlain = isNumeric(type) && /^(?:-?\d+(?:\.\d+)?|true|false)$/i.test(value.text);
      return isPlain ? [value] : literal(writer, value);
    },
  ],
  ['Numeric', value => [value]],
  [
    'Boolean',
    (value, writer) => {
      const isOn = /^(?:true|1)$/i.test(value.text);
      return [sqlFor(writer, value, isMysql(writer) ? (isOn ? '1' : '0') : isOn ? 'TRUE' : 'FALSE')];
    },
  ],
  [
    'Date',
    (value, writer) =>
      /^\d/.test(value.text) ? literal(writer, sqlFor(writer, value, value.text.replace('T', ' '))) : [value],
  ],
  [
    'Computed',
    (value, writer) => [/^current_timestamp(?:\(\))?$/i.test(value.text) ? sqlFor(writer, value, 'NOW()') : value],
  ],
  ['SequenceNext', (value, writer) => ['nextval(', ...literal(writer, value), ')']],
  ['SequenceCurrent', (value, writer) => ['currval(', ...literal(writer, value), ')']],
  ['ClobFile', () => ["''"]],
  ['BlobFile', () => ["''"]],
];

/** Text in place of what is written somewhere. */
function sqlFor({ file }: Writer, value: Fragment, text: string): Fragment {
  if (value.text === text) return value;
  return substituteFragment(file, text, [value.segments[0]!.source[0], value.segments.at(-1)!.source[1]]);
}

/** The columns that a change holds. */
function columnsOf(change: Element): readonly Element[] {
  return childrenOf(change, 'column');
}

/** What is written at a column's constraints; several elements count as one. */
function constraintsOf(column: Element): Element | undefined {
  const [first, ...others] = childrenOf(column, 'constraints');
  if (first === undefined || others.length === 0) return first;
  return { ...first, attributes: new Map([first, ...others].flatMap(({ attributes }) => [...attributes])) };
}

/** Name, type and what belongs to the column itself: identity, default, NOT NULL. */
function columnParts(writer: Writer, column: Element, notNull: readonly Part[]): readonly Part[] {
  const given = field(writer, column, 'type');
  const counts = flag(writer, column, 'autoIncrement') || (given !== undefined && isSerial(given.text));
  const value = valueIn(writer, column, 'defaultValue', given?.text);
  const counter = isMysql(writer)
    ? ' AUTO_INCREMENT'
    : writer.dialect === 'postgres'
      ? ' GENERATED BY DEFAULT AS IDENTITY'
      : '';
  const remarks = isMysql(writer)
    ? withField(writer, column, 'remarks', text => [' COMMENT ', ...literal(writer, text)])
    : [];
  return [
    ...name(writer, column, 'name'),
    ' ',
    given === undefined ? '${type}' : typeOf(writer, given),
    counts ? counter : '',
    ...(value === undefined ? [] : [' DEFAULT ', ...value]),
    ...notNull,
    ...remarks,
  ];
}

function notNullParts(writer: Writer, column: Element, constraints: Element | undefined): readonly Part[] {
  const nullable = isMysql(writer) ? [' NULL'] : [];
  if (constraints === undefined) return nullable;
  const isNotNull = textField(writer, constraints, 'nullable')?.toLowerCase() === 'false';
  if (!isNotNull && !flag(writer, constraints, 'primaryKey')) return nullable;
  const at = (isNotNull ? field(writer, constraints, 'nullable') : field(writer, constraints, 'primaryKey'))!;
  return [sqlAt(writer, column, [' ']), sqlFor(writer, at, 'NOT NULL')];
}

/** `FOREIGN KEY (column) REFERENCES …` of a column's constraints; undefined where they hold none. */
function foreignKeyParts(writer: Writer, column: Element, constraints: Element): readonly Part[] | undefined {
  const references = field(writer, constraints, 'references');
  if (references === undefined && field(writer, constraints, 'referencedTableName') === undefined) return undefined;
  const target =
    references === undefined
      ? [
          ...relation(writer, constraints, 'referencedTableName', 'referencedTableSchemaName'),
          ...withField(writer, constraints, 'referencedColumnNames', list => ['(', ...namesOf(writer, list), ')']),
        ]
      : [references];
  return [
    ...constraintName(writer, constraints, 'foreignKeyName'),
    'FOREIGN KEY (',
    ...name(writer, column, 'name'),
    ') REFERENCES ',
    ...target,
    flag(writer, constraints, 'deleteCascade') ? ' ON DELETE CASCADE' : '',
    deferrable(writer, constraints),
  ];
}

function deferrable(writer: Writer, element: Element): string {
  if (isMysql(writer)) return '';
  const first = flag(writer, element, 'deferrable') ? ' DEFERRABLE' : '';
  return flag(writer, element, 'initiallyDeferred') ? `${first} INITIALLY DEFERRED` : first;
}

function createTable(change: Element, writer: Writer): readonly Made[] {
  const columns = columnsOf(change);
  const definitions: (readonly Part[])[] = columns.map(column => [
    sqlAt(writer, column, columnParts(writer, column, notNullParts(writer, column, constraintsOf(column)))),
  ]);
  const constrained = columns.flatMap(column => {
    const constraints = constraintsOf(column);
    return constraints === undefined ? [] : [{ column, constraints }];
  });
  const inKey = constrained.filter(({ constraints }) => flag(writer, constraints, 'primaryKey'));
  const add = (at: Element, parts: readonly Part[]): number => definitions.push([sqlAt(writer, at, parts)]);
  if (inKey.length > 0) {
    const { constraints } = inKey[0]!;
    const key = separated(inKey.map(({ column }) => name(writer, column, 'name')));
    const given = constraintName(writer, constraints, 'primaryKeyName');
    const named = given.length > 0 ? given : ['CONSTRAINT ', ...keyName(change, writer), ' '];
    add(constraints, [...named, 'PRIMARY KEY (', ...key, ')']);
  }
  for (const { column, constraints } of constrained.toReversed()) {
    const foreignKey = foreignKeyParts(writer, column, constraints);
    if (foreignKey !== undefined) add(constraints, foreignKey);
  }
  for (const { column, constraints } of constrained) {
    if (!flag(writer, constraints, 'unique')) continue;
    const named = constraintName(writer, constraints, 'uniqueConstraintName');
    add(constraints, [...named, 'UNIQUE (', ...name(writer, column, 'name'), ')']);
  }
  const ifNotExists = flag(writer, change, 'ifNotExists') ? 'IF NOT EXISTS ' : '';
  const remarks = isMysql(writer)
    ? withField(writer, change, 'remarks', text => [' COMMENT=', ...literal(writer, text)])
    : [];
  const head = [`CREATE TABLE ${ifNotExists}`, ...relation(writer, change)];
  return [
    ...one(change, writer, [...head, ' (', ...separated(definitions), ')', ...tablespace(change, writer), ...remarks]),
    ...(writer.dialect === 'postgres' ? commentsOf(change, writer) : []),
  ];
}

function tablespace(change: Element, writer: Writer): readonly Part[] {
  if (writer.dialect !== 'postgres') return [];
  return withField(writer, change, 'tablespace', given => [' TABLESPACE ', ...nameOf(writer, given)]);
}

/** The name that Liquibase gives a key without one. */
function keyName(change: Element, writer: Writer): readonly Part[] {
  const table = field(writer, change, 'tableName');
  if (table === undefined) return ['${primaryKeyName}'];
  const text = isMysql(writer) ? `PK_${table.text.toUpperCase()}` : `${table.text}_pkey`;
  const isMixed = table.text !== table.text.toUpperCase();
  return nameOf(writer, sqlFor(writer, table, isMysql(writer) || isMixed ? text : text.toLowerCase()));
}

/** COMMENT ON for the remarks of a table and its columns. */
function commentsOf(change: Element, writer: Writer): readonly Made[] {
  const onTable = withField(writer, change, 'remarks', text => [
    'COMMENT ON TABLE ',
    ...relation(writer, change),
    ' IS ',
    ...literal(writer, text),
  ]);
  const onColumns = columnsOf(change).flatMap(column =>
    withField(writer, column, 'remarks', () => ['remarks']).length === 0 ? [] : [columnComment(change, column, writer)],
  );
  return [...(onTable.length === 0 ? [] : one(change, writer, onTable)), ...onColumns];
}

function columnComment(change: Element, column: Element, writer: Writer): Made {
  const table = relation(writer, change);
  const text = withField(writer, column, 'remarks', given => literal(writer, given));
  const parts = ['COMMENT ON COLUMN ', ...table, '.', ...name(writer, column, 'name'), ' IS ', ...text];
  return { range: column.range, sql: sqlAt(writer, column, parts) };
}

function addColumn(change: Element, writer: Writer): readonly Made[] {
  const columns = columnsOf(change);
  const table = relation(writer, change);
  const made: Made[] = [];
  const additions = columns.map(column => ({ column, parts: ['ADD ', ...addedColumn(writer, column)] }));
  if (isMysql(writer)) {
    const clauses = additions.map(({ column, parts }) => [sqlAt(writer, column, parts)]);
    made.push(...one(change, writer, ['ALTER TABLE ', ...table, ' ', ...separated(clauses)]));
  } else {
    for (const { column, parts } of additions) {
      const sql = sqlAt(writer, change, ['ALTER TABLE ', ...table, ' ', sqlAt(writer, column, parts)]);
      made.push({ range: columns.length === 1 ? change.range : column.range, sql });
    }
  }
  const then = (at: Element, parts: readonly Part[]): number =>
    made.push({ range: at.range, sql: sqlAt(writer, at, parts) });
  for (const column of columns) {
    const constraints = constraintsOf(column);
    if (constraints === undefined) continue;
    if (flag(writer, constraints, 'unique')) {
      const named = constraintName(writer, constraints, 'uniqueConstraintName');
      then(constraints, [
        'ALTER TABLE ',
        ...table,
        ' ADD ',
        ...named,
        'UNIQUE (',
        ...name(writer, column, 'name'),
        ')',
      ]);
    }
    const foreignKey = foreignKeyParts(writer, column, constraints);
    if (foreignKey !== undefined) then(constraints, ['ALTER TABLE ', ...table, ' ADD ', ...foreignKey]);
  }
  for (const column of columns) {
    const value = valueIn(writer, column, 'value');
    if (value !== undefined)
      then(column, ['UPDATE ', ...table, ' SET ', ...name(writer, column, 'name'), ' = ', ...value]);
  }
  for (const column of columns) {
    if (!isFilled(writer, column)) continue;
    const constraints = constraintsOf(column)!;
    const type = typeField(writer, column, 'type');
    const at = notNull(writer, ['ALTER TABLE ', ...table, ' '], name(writer, column, 'name'), type, true);
    if (at !== undefined) then(constraints, at);
  }
  if (writer.dialect === 'postgres')
    made.push(...commentsOf({ ...change, attributes: withoutRemarks(change) }, writer));
  return made;
}

function withoutRemarks({ attributes }: Element): Element['attributes'] {
  return new Map([...attributes].filter(([key]) => key !== 'remarks'));
}

/** Whether a NOT NULL column is filled first, and becomes NOT NULL then. */
function isFilled(writer: Writer, column: Element): boolean {
  const constraints = constraintsOf(column);
  if (constraints === undefined || textField(writer, constraints, 'nullable')?.toLowerCase() !== 'false') return false;
  return valueIn(writer, column, 'value') !== undefined;
}

function addedColumn(writer: Writer, column: Element): readonly Part[] {
  const constraints = constraintsOf(column);
  const required = notNullParts(writer, column, isFilled(writer, column) ? undefined : constraints);
  const isKey = constraints !== undefined && flag(writer, constraints, 'primaryKey');
  const place = isMysql(writer)
    ? [
        ...withField(writer, column, 'afterColumn', after => [' AFTER ', ...nameOf(writer, after)]),
        flag(writer, column, 'beforeColumn') || textField(writer, column, 'position') === '1' ? ' FIRST' : '',
      ]
    : [];
  return [...columnParts(writer, column, [...required, isKey ? ' PRIMARY KEY' : '']), ...place];
}

/** SET and DROP NOT NULL; MySQL needs the type for that. */
function notNull(
  writer: Writer,
  table: readonly Part[],
  column: readonly Part[],
  type: Fragment | undefined,
  isSet: boolean,
): readonly Part[] | undefined {
  if (!isMysql(writer)) return [...table, 'ALTER COLUMN ', ...column, isSet ? ' SET NOT NULL' : ' DROP NOT NULL'];
  return type === undefined ? undefined : [...table, 'MODIFY ', ...column, ' ', type, isSet ? ' NOT NULL' : ' NULL'];
}

const NEEDS_TYPE = 'Liquibase refuses to run: on MySQL this needs columnDataType';

function nullability(isSet: boolean): Maker {
  return (change, writer) => {
    const column = name(writer, change, 'columnName');
    const type = typeField(writer, change, 'columnDataType');
    const parts = notNull(writer, ['ALTER TABLE ', ...relation(writer, change), ' '], column, type, isSet);
    if (parts === undefined) return NEEDS_TYPE;
    const filler = field(writer, change, 'defaultNullValue');
    const value = filler === undefined ? [] : literal(writer, filler);
    const update = [
      'UPDATE ',
      ...relation(writer, change),
      ' SET ',
      ...column,
      ' = ',
      ...value,
      ' WHERE ',
      ...column,
      ' IS NULL',
    ];
    return [...(isSet && filler !== undefined ? one(change, writer, update) : []), ...one(change, writer, parts)];
  };
}

function setDefault(change: Element, writer: Writer): readonly Made[] | string {
  const value = valueIn(writer, change, 'defaultValue', textField(writer, change, 'columnDataType'));
  if (value === undefined) return 'Liquibase refuses to run: no default value is given';
  const column = name(writer, change, 'columnName');
  const isExpression = isMysql(writer) && field(writer, change, 'defaultValueComputed') !== undefined;
  const written = isExpression ? ['(', ...value, ')'] : value;
  const sequence = field(writer, change, 'defaultValueSequenceNext');
  const owned =
    sequence === undefined || writer.dialect !== 'postgres'
      ? []
      : one(change, writer, [
          'ALTER SEQUENCE ',
          ...nameOf(writer, sequence),
          ' OWNED BY ',
          ...relation(writer, change),
          '.',
          ...column,
        ]);
  return [alter(change, writer, ['ALTER COLUMN ', ...column, ' SET DEFAULT ', ...written]), ...owned];
}

function foreignKey(change: Element, writer: Writer): readonly Made[] {
  const isCascade = flag(writer, change, 'deleteCascade');
  const onDelete = withField(writer, change, 'onDelete', action => [' ON DELETE ', action]);
  const parts: readonly Part[] = [
    'ALTER TABLE ',
    ...relation(writer, change, 'baseTableName', 'baseTableSchemaName'),
    ' ADD ',
    ...constraintName(writer, change),
    'FOREIGN KEY (',
    ...names(writer, change, 'baseColumnNames'),
    ') REFERENCES ',
    ...relation(writer, change, 'referencedTableName', 'referencedTableSchemaName'),
    ' (',
    ...names(writer, change, 'referencedColumnNames'),
    ')',
    ...withField(writer, change, 'onUpdate', action => [' ON UPDATE ', action]),
    ...(onDelete.length === 0 && isCascade ? [' ON DELETE CASCADE'] : onDelete),
    deferrable(writer, change),
    ...notValid(change, writer),
  ];
  return one(change, writer, parts);
}

/** `validate="false"` is NOT VALID on PostgreSQL. */
function notValid(change: Element, writer: Writer): readonly Part[] {
  if (writer.dialect !== 'postgres') return [];
  return withField(writer, change, 'validate', value =>
    /^false$/i.test(value.text) ? [' ', sqlFor(writer, value, 'NOT VALID')] : [],
  );
}

function createIndex(change: Element, writer: Writer): readonly Made[] {
  const columns = columnsOf(change).map((column): readonly Part[] => {
    const given = field(writer, column, 'name');
    const isComputed = flag(writer, column, 'computed') || (given !== undefined && /[^\w\s${}-]/.test(given.text));
    const written = given === undefined ? ['${name}'] : isComputed ? [given] : nameOf(writer, given);
    return [...written, flag(writer, column, 'descending') ? ' DESC' : ''];
  });
  const unique = flag(writer, change, 'unique') ? 'UNIQUE ' : '';
  const called = withField(writer, change, 'indexName', given => [...nameOf(writer, given), ' ']);
  return one(change, writer, [
    `CREATE ${unique}INDEX `,
    ...called,
    'ON ',
    ...relation(writer, change),
    '(',
    ...separated(columns),
    ')',
    ...tablespace(change, writer),
  ]);
}

function dropIndex(change: Element, writer: Writer): readonly Made[] {
  const on = isMysql(writer) ? [' ON ', ...relation(writer, change)] : [];
  const index = isMysql(writer) ? name(writer, change, 'indexName') : relation(writer, change, 'indexName');
  return one(change, writer, ['DROP INDEX ', ...index, ...on]);
}

function addKey(kind: string): Maker {
  return (change, writer) => [
    alter(change, writer, [
      'ADD ',
      ...(kind === 'PRIMARY KEY' && isMysql(writer) ? [] : constraintName(writer, change)),
      kind,
      ' (',
      ...names(writer, change, 'columnNames'),
      ')',
      deferrable(writer, change),
    ]),
  ];
}

/** What drops a constraint: MySQL has a clause for each kind. */
function dropConstraint(mysqlClause: string, table = 'tableName', schema = 'schemaName'): Maker {
  return (change, writer) => {
    const clause = isMysql(writer) ? mysqlClause : 'DROP CONSTRAINT';
    const constraint = name(writer, change, 'constraintName');
    return one(change, writer, [
      'ALTER TABLE ',
      ...relation(writer, change, table, schema),
      ` ${clause} `,
      ...constraint,
    ]);
  };
}

function dropPrimaryKey(change: Element, writer: Writer): readonly Made[] {
  if (isMysql(writer)) return [alter(change, writer, ['DROP PRIMARY KEY'])];
  const given = field(writer, change, 'constraintName');
  const table = textField(writer, change, 'tableName') ?? '';
  // Liquibase asks the server for the name: that which it gives to keys without one.
  const key = given === undefined ? [`"${table.toLowerCase()}_pkey"`] : nameOf(writer, given);
  return [alter(change, writer, ['DROP CONSTRAINT ', ...key])];
}

function dropUnique(change: Element, writer: Writer): readonly Made[] | string {
  if (field(writer, change, 'constraintName') !== undefined || writer.dialect !== 'postgres') {
    return dropConstraint('DROP KEY')(change, writer);
  }
  const columns = (textField(writer, change, 'columnNames') ?? '')
    .split(',')
    .map(column => column.trim().toLowerCase());
  const table = (textField(writer, change, 'tableName') ?? '').toLowerCase();
  return [alter(change, writer, [`DROP CONSTRAINT "${[table, ...columns].join('_')}_key"`])];
}

function renameColumn(change: Element, writer: Writer): readonly Made[] | string {
  const from = name(writer, change, 'oldColumnName');
  const to = name(writer, change, 'newColumnName');
  if (!isMysql(writer)) return [alter(change, writer, ['RENAME COLUMN ', ...from, ' TO ', ...to])];
  const type = typeField(writer, change, 'columnDataType');
  return type === undefined ? NEEDS_TYPE : [alter(change, writer, ['CHANGE ', ...from, ' ', ...to, ' ', type])];
}

function modifyDataType(change: Element, writer: Writer): readonly Made[] {
  const column = name(writer, change, 'columnName');
  const type = typeField(writer, change, 'newDataType') ?? '${newDataType}';
  if (isMysql(writer)) return [alter(change, writer, ['MODIFY ', ...column, ' ', type])];
  const cast = writer.dialect === 'postgres' ? [' USING (', ...column, '::', type, ')'] : [];
  return [alter(change, writer, ['ALTER COLUMN ', ...column, ' TYPE ', type, ...cast])];
}

/** The change of liquibase-modify-column, which was Liquibase 1's own: whole definitions of columns. */
function modifyColumn(change: Element, writer: Writer): readonly Made[] {
  return columnsOf(change).map(column => {
    const definition = columnParts(writer, column, notNullParts(writer, column, constraintsOf(column)));
    const type = typeField(writer, column, 'type') ?? '${type}';
    const clause = isMysql(writer)
      ? ['MODIFY ', ...definition]
      : ['ALTER COLUMN ', ...name(writer, column, 'name'), ' TYPE ', type];
    const parts = ['ALTER TABLE ', ...relation(writer, change), ' ', ...clause];
    return { range: column.range, sql: sqlAt(writer, column, parts) };
  });
}

function dropColumn(change: Element, writer: Writer): readonly Made[] {
  const columns = columnsOf(change);
  if (columns.length === 0) return [alter(change, writer, ['DROP COLUMN ', ...name(writer, change, 'columnName')])];
  if (isMysql(writer)) {
    const clauses = columns.map(column => [sqlAt(writer, column, ['DROP ', ...name(writer, column, 'name')])]);
    return [alter(change, writer, separated(clauses))];
  }
  return columns.map(column => ({
    range: column.range,
    sql: sqlAt(writer, column, [
      'ALTER TABLE ',
      ...relation(writer, change),
      ' DROP COLUMN ',
      ...name(writer, column, 'name'),
    ]),
  }));
}

function renameRelation(from: string, to: string, kind: 'TABLE' | 'VIEW' | 'SEQUENCE'): Maker {
  return (change, writer) => {
    const what = relation(writer, change, from);
    if (isMysql(writer) && kind === 'VIEW')
      return one(change, writer, ['RENAME TABLE ', ...what, ' TO ', ...name(writer, change, to)]);
    const verb = kind === 'SEQUENCE' ? 'ALTER SEQUENCE ' : 'ALTER TABLE ';
    return one(change, writer, [verb, ...what, ' RENAME TO ', ...name(writer, change, to)]);
  };
}

/** The text of a change that holds SQL, by the attribute that YAML writes it in. */
function bodyOf(writer: Writer, change: Element, ...attributes: readonly string[]): Fragment | undefined {
  if (change.text !== undefined)
    return field(writer, { ...change, attributes: new Map([['text', change.text]]) }, 'text');
  for (const attribute of attributes) {
    const found = field(writer, change, attribute);
    if (found !== undefined) return found;
  }
  return namedFile(writer, change);
}

function createView(change: Element, writer: Writer): readonly Made[] | string {
  const query = bodyOf(writer, change, 'selectQuery');
  if (query === undefined) return 'the query of this view is in a file that is not read';
  if (flag(writer, change, 'fullDefinition')) return [{ range: change.range, sql: query }];
  const replace = flag(writer, change, 'replaceIfExists') ? 'OR REPLACE ' : '';
  return one(change, writer, [`CREATE ${replace}VIEW `, ...relation(writer, change, 'viewName'), ' AS ', query]);
}

/** SQL that a change holds as it is. */
function verbatim(...attributes: readonly string[]): Maker {
  return (change, writer) => {
    const text = bodyOf(writer, change, ...attributes);
    return text === undefined
      ? 'the text of this routine is in a file that is not read'
      : [{ range: change.range, sql: text }];
  };
}

function drop(kind: string, attribute: string): Maker {
  return (change, writer) => {
    const cascade = flag(writer, change, 'cascadeConstraints') && !isMysql(writer) ? ' CASCADE' : '';
    return one(change, writer, [`DROP ${kind} `, ...relation(writer, change, attribute), cascade]);
  };
}

const SEQUENCE_OPTIONS: readonly (readonly [string, string])[] = [
  ['startValue', 'START WITH'],
  ['incrementBy', 'INCREMENT BY'],
  ['minValue', 'MINVALUE'],
  ['maxValue', 'MAXVALUE'],
  ['cacheSize', 'CACHE'],
];

function sequence(verb: string): Maker {
  return (change, writer) => {
    const options = SEQUENCE_OPTIONS.flatMap(([attribute, word]) =>
      withField(writer, change, attribute, value => [` ${word} `, value]),
    );
    const type = withField(writer, change, 'dataType', value => [' AS ', value]);
    const cycle = flag(writer, change, 'cycle') ? ' CYCLE' : '';
    return one(change, writer, [verb, ...relation(writer, change, 'sequenceName'), ...type, ...options, cycle]);
  };
}

function insert(change: Element, writer: Writer): readonly Made[] {
  const columns = columnsOf(change);
  const listed = separated(columns.map(column => name(writer, column, 'name')));
  const values = separated(columns.map(column => valueIn(writer, column, 'value') ?? ['NULL']));
  return one(change, writer, [
    'INSERT INTO ',
    ...relation(writer, change),
    ' (',
    ...listed,
    ') VALUES (',
    ...values,
    ')',
  ]);
}

function update(change: Element, writer: Writer): readonly Made[] {
  const values = columnsOf(change).map(column => [
    ...name(writer, column, 'name'),
    ' = ',
    ...(valueIn(writer, column, 'value') ?? ['NULL']),
  ]);
  return one(change, writer, [
    'UPDATE ',
    ...relation(writer, change),
    ' SET ',
    ...separated(values),
    ...where(change, writer),
  ]);
}

function where(change: Element, writer: Writer): readonly Part[] {
  return withField(writer, change, 'where', condition => [' WHERE ', condition]);
}

function mergeColumns(change: Element, writer: Writer): readonly Made[] {
  const final = name(writer, change, 'finalColumnName');
  const first = name(writer, change, 'column1Name');
  const second = name(writer, change, 'column2Name');
  const between = fieldOf(change, 'joinString');
  const separator = between === undefined ? ["''"] : literal(writer, between);
  const merged = isMysql(writer)
    ? ['CONCAT_WS(', ...separator, ', ', ...first, ', ', ...second, ')']
    : [...first, ' || ', ...separator, ' || ', ...second];
  return [
    alter(change, writer, [
      'ADD ',
      ...final,
      ' ',
      typeField(writer, change, 'finalColumnType') ?? '${finalColumnType}',
      isMysql(writer) ? ' NULL' : '',
    ]),
    ...one(change, writer, ['UPDATE ', ...relation(writer, change), ' SET ', ...final, ' = ', ...merged]),
    alter(change, writer, ['DROP COLUMN ', ...first]),
    alter(change, writer, ['DROP COLUMN ', ...second]),
  ];
}

function addLookupTable(change: Element, writer: Writer): readonly Made[] {
  const lookup = relation(writer, change, 'newTableName', 'newTableSchemaName');
  const existing = relation(writer, change, 'existingTableName', 'existingTableSchemaName');
  const key = name(writer, change, 'newColumnName');
  const column = name(writer, change, 'existingColumnName');
  const type = typeField(writer, change, 'newColumnDataType');
  const required = notNull(writer, ['ALTER TABLE ', ...lookup, ' '], key, type, true);
  const query = [
    'SELECT DISTINCT ',
    ...column,
    ' AS ',
    ...key,
    ' FROM ',
    ...existing,
    ' WHERE ',
    ...column,
    ' IS NOT NULL',
  ];
  return [
    ...one(change, writer, ['CREATE TABLE ', ...lookup, ' AS ', ...query]),
    ...(required === undefined ? [] : one(change, writer, required)),
    ...one(change, writer, ['ALTER TABLE ', ...lookup, ' ADD PRIMARY KEY (', ...key, ')']),
    ...one(change, writer, [
      ...['ALTER TABLE ', ...existing, ' ADD ', ...lookupConstraint(change, writer), 'FOREIGN KEY (', ...column],
      ...[') REFERENCES ', ...lookup, ' (', ...key, ')'],
    ]),
  ];
}

/** The name that Liquibase gives a lookup's foreign key where the changelog gives none. */
function lookupConstraint(change: Element, writer: Writer): readonly Part[] {
  const given = constraintName(writer, change);
  if (given.length > 0) return given;
  const of = (attribute: string): string => (textField(writer, change, attribute) ?? '').toUpperCase();
  return [`CONSTRAINT "${`FK_${of('existingTableName')}_${of('newTableName')}`.toLowerCase()}" `];
}

function addAutoIncrement(change: Element, writer: Writer): readonly Made[] {
  const column = name(writer, change, 'columnName');
  const type = typeField(writer, change, 'columnDataType') ?? 'INT';
  if (isMysql(writer)) return [alter(change, writer, ['MODIFY ', ...column, ' ', type, ' AUTO_INCREMENT'])];
  const table = textField(writer, change, 'tableName') ?? '';
  const counter = `${table.toLowerCase()}_${(textField(writer, change, 'columnName') ?? '').toLowerCase()}_seq`;
  return [
    ...one(change, writer, [`CREATE SEQUENCE IF NOT EXISTS "${counter}"`]),
    alter(change, writer, ['ALTER COLUMN ', ...column, ' SET NOT NULL']),
    alter(change, writer, ['ALTER COLUMN ', ...column, ` SET DEFAULT nextval('${counter}')`]),
    ...one(change, writer, [`ALTER SEQUENCE "${counter}" OWNED BY `, ...relation(writer, change), '.', ...column]),
  ];
}

function setTableRemarks(change: Element, writer: Writer): readonly Made[] {
  const text = withField(writer, change, 'remarks', given => literal(writer, given));
  if (isMysql(writer)) return [alter(change, writer, ['COMMENT = ', ...text])];
  return one(change, writer, ['COMMENT ON TABLE ', ...relation(writer, change), ' IS ', ...text]);
}

function setColumnRemarks(change: Element, writer: Writer): readonly Made[] | string {
  const text = withField(writer, change, 'remarks', given => literal(writer, given));
  const column = name(writer, change, 'columnName');
  if (!isMysql(writer))
    return one(change, writer, ['COMMENT ON COLUMN ', ...relation(writer, change), '.', ...column, ' IS ', ...text]);
  const type = typeField(writer, change, 'columnDataType');
  return type === undefined
    ? NEEDS_TYPE
    : [alter(change, writer, ['MODIFY COLUMN ', ...column, ' ', type, ' COMMENT ', ...text])];
}

function addCheck(change: Element, writer: Writer): readonly Made[] {
  const body = bodyOf(writer, change, 'constraintBody') ?? '${constraintBody}';
  return [
    alter(change, writer, [
      'ADD ',
      ...constraintName(writer, change),
      'CHECK (',
      body,
      ')',
      ...notValid(change, writer),
    ]),
  ];
}

/** ENABLE and DISABLE TRIGGER, of one or, where none is named, of all. */
function toggle(verb: string): Maker {
  return (change, writer) => {
    if (writer.dialect !== 'postgres') return NOT_HERE;
    const trigger = field(writer, change, 'triggerName');
    return [
      alter(change, writer, [`${verb} TRIGGER `, ...(trigger === undefined ? ['ALL'] : nameOf(writer, trigger))]),
    ];
  };
}

const NOT_HERE = 'Liquibase knows this change for other databases only';

const nothing: Maker = () => [];
const unknown =
  (message: string): Maker =>
  () =>
    message;

/** The SQL of each of Liquibase's change types, measured with Liquibase 4.28; `sql` and `sqlFile` are cut elsewhere. */
export const CHANGES: Readonly<Record<string, Maker>> = {
  createTable,
  addColumn,
  dropColumn,
  renameColumn,
  modifyDataType,
  modifyColumn,
  addNotNullConstraint: nullability(true),
  dropNotNullConstraint: nullability(false),
  addUniqueConstraint: addKey('UNIQUE'),
  dropUniqueConstraint: dropUnique,
  addPrimaryKey: addKey('PRIMARY KEY'),
  dropPrimaryKey,
  addForeignKeyConstraint: foreignKey,
  dropForeignKeyConstraint: dropConstraint('DROP FOREIGN KEY', 'baseTableName', 'baseTableSchemaName'),
  dropAllForeignKeyConstraints: unknown('which foreign keys this drops is known only to the database'),
  addCheckConstraint: addCheck,
  dropCheckConstraint: dropConstraint('DROP CHECK'),
  createIndex,
  dropIndex,
  addDefaultValue: setDefault,
  dropDefaultValue: (change, writer) => [
    alter(change, writer, ['ALTER COLUMN ', ...name(writer, change, 'columnName'), ' DROP DEFAULT']),
  ],
  addAutoIncrement,
  renameTable: renameRelation('oldTableName', 'newTableName', 'TABLE'),
  dropTable: drop('TABLE', 'tableName'),
  createView,
  dropView: drop('VIEW', 'viewName'),
  renameView: renameRelation('oldViewName', 'newViewName', 'VIEW'),
  createSequence: sequence('CREATE SEQUENCE IF NOT EXISTS '),
  alterSequence: sequence('ALTER SEQUENCE '),
  dropSequence: (change, writer) =>
    one(change, writer, ['DROP SEQUENCE ', ...relation(writer, change, 'sequenceName'), ' CASCADE']),
  renameSequence: renameRelation('oldSequenceName', 'newSequenceName', 'SEQUENCE'),
  createProcedure: verbatim('procedureText', 'procedureBody'),
  createFunction: verbatim('functionText', 'functionBody'),
  createTrigger: verbatim('triggerText', 'triggerBody'),
  dropProcedure: drop('PROCEDURE', 'procedureName'),
  dropFunction: drop('FUNCTION', 'functionName'),
  enableTrigger: toggle('ENABLE'),
  disableTrigger: toggle('DISABLE'),
  renameTrigger: (change, writer) =>
    isMysql(writer)
      ? 'MySQL renames no triggers'
      : one(change, writer, [
          ...['ALTER TRIGGER ', ...name(writer, change, 'oldTriggerName'), ' ON ', ...relation(writer, change)],
          ...[' RENAME TO ', ...name(writer, change, 'newTriggerName')],
        ]),
  dropTrigger: (change, writer) => {
    const on = isMysql(writer) ? [] : [' ON ', ...relation(writer, change)];
    return one(change, writer, ['DROP TRIGGER ', ...name(writer, change, 'triggerName'), ...on]);
  },
  insert,
  update,
  delete: (change, writer) =>
    one(change, writer, ['DELETE FROM ', ...relation(writer, change), ...where(change, writer)]),
  loadData: (change, writer) => loadRows(change, writer, relation(writer, change), false),
  loadUpdateData: (change, writer) => loadRows(change, writer, relation(writer, change), true),
  mergeColumns,
  addLookupTable,
  setTableRemarks,
  setColumnRemarks,
  tagDatabase: nothing,
  empty: nothing,
  output: nothing,
  stop: nothing,
  enableCheckConstraint: unknown(NOT_HERE),
  disableCheckConstraint: unknown(NOT_HERE),
  createPackage: unknown(NOT_HERE),
  createPackageBody: unknown(NOT_HERE),
  dropPackage: unknown(NOT_HERE),
  dropPackageBody: unknown(NOT_HERE),
  createSynonym: unknown(NOT_HERE),
  dropSynonym: unknown(NOT_HERE),
  markUnused: unknown(NOT_HERE),
  customChange: unknown('what this class does is known only when it runs'),
  executeCommand: unknown('what this program does is known only when it runs'),
};

/** An element of another change type, with attributes under other names. */
function as(change: Element, type: string, attributes: Readonly<Record<string, string>>): Element {
  const entries = Object.entries(attributes).flatMap(([to, from]) => {
    const value = change.attributes.get(from) ?? change.children.find(child => child.name === from)?.text;
    return value === undefined ? [] : [[to, value] as const];
  });
  return { ...change, name: type, attributes: new Map(entries), children: [] };
}

const TABLE = { tableName: 'tableName', schemaName: 'schemaName' };

/** What Liquibase reverses by itself. From the `createInverses` of its change classes. */
const INVERSES: Readonly<Record<string, (change: Element) => readonly Element[]>> = {
  createTable: change => [as(change, 'dropTable', TABLE)],
  addColumn: change =>
    columnsOf(change).map(column => {
      const columnName = column.attributes.get('name') ?? column.children.find(child => child.name === 'name')?.text;
      const drop = as(change, 'dropColumn', TABLE);
      return columnName === undefined
        ? drop
        : { ...drop, range: column.range, attributes: new Map([...drop.attributes, ['columnName', columnName]]) };
    }),
  addDefaultValue: change => [as(change, 'dropDefaultValue', { ...TABLE, columnName: 'columnName' })],
  addForeignKeyConstraint: change => [
    as(change, 'dropForeignKeyConstraint', {
      baseTableName: 'baseTableName',
      baseTableSchemaName: 'baseTableSchemaName',
      constraintName: 'constraintName',
    }),
  ],
  addLookupTable: change => [
    as(change, 'dropForeignKeyConstraint', {
      baseTableName: 'existingTableName',
      baseTableSchemaName: 'existingTableSchemaName',
      constraintName: 'constraintName',
    }),
    as(change, 'dropTable', { tableName: 'newTableName', schemaName: 'newTableSchemaName' }),
  ],
  addNotNullConstraint: change => [
    as(change, 'dropNotNullConstraint', { ...TABLE, columnName: 'columnName', columnDataType: 'columnDataType' }),
  ],
  dropNotNullConstraint: change => [
    as(change, 'addNotNullConstraint', { ...TABLE, columnName: 'columnName', columnDataType: 'columnDataType' }),
  ],
  addPrimaryKey: change => [as(change, 'dropPrimaryKey', { ...TABLE, constraintName: 'constraintName' })],
  addUniqueConstraint: change => [
    as(change, 'dropUniqueConstraint', { ...TABLE, constraintName: 'constraintName', columnNames: 'columnNames' }),
  ],
  createIndex: change => [as(change, 'dropIndex', { ...TABLE, indexName: 'indexName' })],
  createSequence: change => [as(change, 'dropSequence', { sequenceName: 'sequenceName', schemaName: 'schemaName' })],
  createView: change => [as(change, 'dropView', { viewName: 'viewName', schemaName: 'schemaName' })],
  renameColumn: change => [
    as(change, 'renameColumn', {
      ...TABLE,
      oldColumnName: 'newColumnName',
      newColumnName: 'oldColumnName',
      columnDataType: 'columnDataType',
    }),
  ],
  renameTable: change => [
    as(change, 'renameTable', { oldTableName: 'newTableName', newTableName: 'oldTableName', schemaName: 'schemaName' }),
  ],
  renameView: change => [
    as(change, 'renameView', { oldViewName: 'newViewName', newViewName: 'oldViewName', schemaName: 'schemaName' }),
  ],
  renameSequence: change => [
    as(change, 'renameSequence', {
      oldSequenceName: 'newSequenceName',
      newSequenceName: 'oldSequenceName',
      schemaName: 'schemaName',
    }),
  ],
  tagDatabase: () => [],
  empty: () => [],
  output: () => [],
};

/** Whether Liquibase reverses all of these by itself. */
export function areReversible(changes: readonly Element[]): boolean {
  return changes.every(({ name: type }) => Object.hasOwn(INVERSES, type));
}

/** The changes that reverse these, in the order of their run. */
export function inversesOf(changes: readonly Element[]): readonly Element[] {
  return changes.toReversed().flatMap(change => INVERSES[change.name]?.(change) ?? []);
}
