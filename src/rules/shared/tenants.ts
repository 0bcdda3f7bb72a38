import type { TenantSettings } from '../../linter/settings.ts';
import { type Expression, queriesIn, walkExpression } from '../../operations/expressions.ts';
import { type ObjectName, spellings } from '../../operations/names.ts';
import type { Query } from '../../operations/queries.ts';

/**
 * Whether a table belongs to no tenant: the configuration lists it, or it is the table of the tenants themselves, told by its
 * name (`tenants` for the column `tenant_id`).
 */
export function isGlobalTable(table: ObjectName, { column, globalTables }: TenantSettings): boolean {
  return spellings(table).some(name => globalTables.includes(name)) || tenantTables(column).includes(table.name);
}

/** `tenant_id` → `tenant`, `tenants`; `company_id` → `company`, `companys`, `companies`. */
function tenantTables(column: string): readonly string[] {
  const singular = column.replace(/_?(?:id|uuid|key)$/i, '');
  if (singular === '') return [];
  return [singular, `${singular}s`, `${singular}es`, singular.replace(/y$/, 'ies')];
}

/**
 * Whether an expression, or a query inside it, names the tenant: the column itself, or a function or a setting that is called
 * after it (`current_setting('app.tenant_id')`).
 */
export function mentionsTenant(expression: Expression | undefined, column: string): boolean {
  if (expression === undefined) return false;
  let found = false;
  walkExpression(expression, part => {
    if (part.kind === 'column') found ||= part.name === column;
    if (part.kind === 'call') found ||= part.name.name.includes(column);
    if (part.kind === 'literal') found ||= part.type === 'string' && String(part.value).includes(column);
  });
  return found || queriesIn(expression).some(query => queryMentionsTenant(query, column));
}

/** {@link mentionsTenant} for a query: in what it returns or selects by. */
export function queryMentionsTenant(query: Query, column: string): boolean {
  return (
    query.columns.some(({ name }) => name === column) ||
    mentionsTenant(query.where, column) ||
    query.calls.some(call => mentionsTenant(call, column))
  );
}
