import type { RuleVisitor } from '../rule.ts';

/** Lines of inline COPY data that are read and checked in a moment. */
const FEW_ROWS = 1000;

/** The tables that a migration has filled so far with as many rows as a query or a file gives. */
export interface FilledTables {
  /** To be part of the rule's own visitor. */
  readonly visitor: Pick<RuleVisitor, 'createTable' | 'insert' | 'copyFrom'>;
  /** Whether a table of that name, whatever its schema, may hold many rows. */
  isFilled(name: string): boolean;
}

/** Follows CREATE TABLE AS, INSERT … SELECT and COPY. Rows that are spelled out in VALUES are few. */
export function trackFilledTables(): FilledTables {
  const filled = new Set<string>();
  return {
    visitor: {
      createTable({ table, query, withData }) {
        if (query !== undefined && withData !== false) filled.add(table.name);
      },
      insert({ table, source }) {
        if (source.kind === 'query' && source.query.reads.length > 0) filled.add(table.name.name);
      },
      copyFrom({ table, rows }) {
        if (rows === undefined || rows > FEW_ROWS) filled.add(table.name);
      },
    },
    isFilled: name => filled.has(name),
  };
}
