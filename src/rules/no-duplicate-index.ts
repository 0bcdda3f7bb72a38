import type { IndexElement } from '../operations/definitions.ts';
import { indexesOf } from '../schema/index.ts';
import type { Index, ObjectId, Relation } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { labelOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-duplicate-index',
  meta: {
    description: 'Disallow an index that another one makes redundant.',
    cause: 'schema',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { conventions: 'warn' },
    docs: {
      failure: `Nothing fails: each INSERT and most UPDATEs write the same entry twice, the table takes more memory and disk, and vacuum takes
longer.`,
      why: `A B-tree over (a, b) finds rows by a alone as well as one over (a) does. A unique constraint and a primary key have an index of
their own. (PostgreSQL manual, "Multicolumn Indexes", "Unique Indexes".)`,
      safe: `Keep the index that serves more queries, and drop the other one.

\`\`\`sql
DROP INDEX CONCURRENTLY orders_user_id_idx; -- orders_user_id_created_at_idx begins with user_id
\`\`\``,
      exemptions: [
        'Indexes that differ in method, operator class, collation, direction, or WHERE.',
        'A unique index whose columns a wider one begins with: it enforces something.',
        'An index that is dropped in the same migration.',
        'Indexes that no one added in this migration; indexes of which only the name is known.',
      ],
      whenNotToUse: 'Where a narrow index is kept beside a wide one on purpose, as it fits into memory.',
      otherTools: { skeema: 'dupe-index', splinter: 'duplicate_index', MigrationPilot: 'MP100' },
    },
    messages: {
      same: '{{index}} indexes the same columns of {{table}} as {{other}}: every write pays for both.',
      covered:
        '{{other}} begins with all columns of {{index}}: it serves the same queries, and every write to {{table}} pays for both.',
    },
    examples: [
      {
        title: 'Another index begins with the column',
        history:
          'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, at date);\nCREATE INDEX orders_user_id_at_idx ON orders (user_id, at);',
        up: 'CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);',
        findings: [
          {
            at: 'CREATE INDEX CONCURRENTLY orders_user_id_idx',
            message: 'orders_user_id_at_idx begins with all columns',
          },
        ],
      },
      {
        title: 'A unique constraint has its index',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);\nCREATE INDEX users_email_idx ON users (email);',
        findings: [{ at: 'CREATE INDEX users_email_idx', message: 'the same columns of users as users_email_key' }],
      },
      {
        title: 'The new one covers the old one; a second unique one; the same expression',
        history:
          'CREATE TABLE t (a int, b int, c text);\nCREATE INDEX t_a ON t (a);\nCREATE UNIQUE INDEX t_b ON t (b);\nCREATE INDEX t_c ON t (lower(c));',
        up: 'CREATE INDEX t_a_b ON t (a, b);\nCREATE UNIQUE INDEX t_b2 ON t (b);\nCREATE INDEX t_c2 ON t (lower(c) ASC);',
        findings: [
          { at: 'CREATE INDEX t_a_b', message: 't_a_b begins with all columns of t_a' },
          { at: 'CREATE UNIQUE INDEX t_b2' },
          { at: 'CREATE INDEX t_c2' },
        ],
        inDocs: false,
      },
      {
        title: 'Other columns, another order',
        history: 'CREATE TABLE t (a int, b int);\nCREATE INDEX t_a_b ON t (a, b);',
        up: 'CREATE INDEX t_b ON t (b);\nCREATE INDEX t_b_a ON t (b DESC, a);',
        findings: [],
      },
      {
        title: 'Another WHERE, method or operator class; unique and narrower; INCLUDE',
        history: 'CREATE TABLE t (a text, b int, c int);\nCREATE INDEX t_a_b ON t (a, b);',
        up: `CREATE INDEX i1 ON t (a) WHERE b > 0;
CREATE INDEX i2 ON t USING hash (a);
CREATE INDEX i3 ON t (a text_pattern_ops);
CREATE UNIQUE INDEX i4 ON t (a);
CREATE INDEX i5 ON t (c) INCLUDE (a);`,
        findings: [],
      },
      {
        title: 'The old one is dropped, on another table, and what was there before',
        history:
          'CREATE TABLE t (a int, b int);\nCREATE INDEX t_a ON t (a);\nCREATE INDEX t_a2 ON t (a);\nCREATE TABLE u (a int);',
        up: 'CREATE INDEX t_a_b ON t (a, b);\nDROP INDEX t_a;\nDROP INDEX t_a2;\nCREATE INDEX u_a ON u (a);\nALTER TABLE u ADD COLUMN b int;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const touched = new Set<ObjectId>();
    const touch = (relation: Relation | undefined): void => {
      if (relation !== undefined) touched.add(relation.id);
    };
    const names: { readonly schema?: string; readonly name: string; readonly site: OperationSite }[] = [];
    return {
      createTable: ({ table }, site) => void names.push({ ...table, site }),
      createIndex: ({ table }, site) => void names.push({ ...table, site }),
      addUnique: ({ table }, site) => void names.push({ ...table, site }),
      addPrimaryKey: ({ table }, site) => void names.push({ ...table, site }),
      addColumn: ({ table }, site) => void names.push({ ...table, site }),
      segmentEnd(state) {
        for (const { site, ...name } of names) touch(context.resolve(name, site.state) ?? context.resolve(name, state));
        for (const id of touched) judge(id, state);
      },
    };

    function judge(id: ObjectId, state: State): void {
      const table = state.schema.relations.get(id);
      if (table?.kind !== 'table' && table?.kind !== 'materialized view') return;
      const indexes = indexesOf(state, table).filter(({ complete, uncertain }) => complete && uncertain !== true);
      const named = new Set<Index>();
      for (const index of indexes) {
        for (const other of indexes) {
          if (index === other || named.has(index) || named.has(other) || !isRedundant(index, other)) continue;
          const newer = isNewer(index, other) ? index : other;
          if (newer.origin?.migration !== context.migration.index) continue;
          named.add(index);
          context.report({
            statement: newer.origin.statement,
            messageId: index.elements.length === other.elements.length ? 'same' : 'covered',
            data: { index: index.name, other: other.name, table: labelOf(table) },
            help: `Keep {{other}} and leave out {{index}}.`,
          });
        }
      }
    }
  },
});

function isNewer(a: Index, b: Index): boolean {
  return a.id > b.id;
}

/** Whether all that an index does another one does too; of two that are alike, the newer one is redundant. */
function isRedundant(index: Index, other: Index): boolean {
  if (index.constraint !== undefined && !(other.constraint !== undefined && sameLength(index, other))) return false;
  if (index.method !== 'btree' || other.method !== 'btree' || !sameWhere(index, other)) return false;
  if (index.elements.length > other.elements.length) return false;
  if (!index.elements.every((element, at) => sameElement(element, other.elements[at]!))) return false;
  if (!index.including.every(column => holds(other, column))) return false;
  if (!sameLength(index, other)) return !index.unique;
  if (index.unique !== other.unique) return other.unique;
  return index.including.length < other.including.length || isNewer(index, other);
}

function sameLength(a: Index, b: Index): boolean {
  return a.elements.length === b.elements.length;
}

function holds({ elements, including }: Index, column: string): boolean {
  return including.includes(column) || elements.some(element => element.column === column);
}

function sameWhere({ where: a }: Index, { where: b }: Index): boolean {
  return shapeOf(a?.expression) === shapeOf(b?.expression);
}

function sameElement(a: IndexElement, b: IndexElement): boolean {
  return shapeOf(withoutDefaults(a)) === shapeOf(withoutDefaults(b));
}

function withoutDefaults({ column, expression, operatorClass, collation, order = 'asc', nulls }: IndexElement): object {
  const at = nulls ?? (order === 'desc' ? 'first' : 'last');
  return { column, expression: expression?.expression, operatorClass, collation: collation?.name, order, nulls: at };
}

/** A text that is the same for values that are alike in all but the places where they are written. */
function shapeOf(value: unknown): string | undefined {
  return JSON.stringify(value, (key, part: unknown) => (key === 'range' ? undefined : part));
}
