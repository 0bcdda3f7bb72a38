import type { AffectedRelation, Effects } from '../../effects/effects.ts';
import { displayName, type ObjectName } from '../../operations/names.ts';
import type { Relation } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { RuleContext } from '../rule.ts';

/** The questions about relations that a rule's context answers. */
type Surroundings = Pick<RuleContext<never>, 'isNew' | 'isSmall' | 'resolve'>;

/** Those of the relations that running code uses: all but new and temporary ones. */
export function inUse(
  context: Surroundings,
  relations: readonly AffectedRelation[],
  state: State,
): readonly AffectedRelation[] {
  return relations.filter(relation => !context.isNew(relationOf(context, relation, state), state));
}

/** Those of the relations that running code uses and for which it matters how long something takes: no small tables. */
export function inUseAndLarge(
  context: Surroundings,
  relations: readonly AffectedRelation[],
  state: State,
): readonly AffectedRelation[] {
  return inUse(context, relations, state).filter(relation => !isSmall(context, relation, state));
}

/** Whether the configuration lists a relation, or the table of an index, as small. */
export function isSmall(context: Surroundings, relation: AffectedRelation, state: State): boolean {
  const known = relationOf(context, relation, state);
  const table = known?.kind === 'index' ? (state.schema.relations.get(known.table) ?? known) : (known ?? relation);
  return context.isSmall(shortName(table)) || context.isSmall({ schema: table.schema, name: table.name });
}

/** The relation behind one that effects name; undefined where no migration made it. */
export function relationOf(context: Surroundings, affected: AffectedRelation, state: State): Relation | undefined {
  return affected.id === undefined ? context.resolve(affected, state) : state.schema.relations.get(affected.id);
}

/** `app.users`, and `users` for one in `public`: for messages. */
export function labelOf(relation: Pick<AffectedRelation, 'schema' | 'name'>): string {
  return displayName(shortName(relation));
}

/** `users`; `users and app.orders`; `a, b and c`; each once. */
export function labelsOf(relations: readonly Pick<AffectedRelation, 'schema' | 'name'>[]): string {
  const labels = [...new Set(relations.map(labelOf))];
  return labels.length < 2 ? labels.join('') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}

/** Whose work on a relation waits for a statement, in plain words: `reads and writes` or `writes`. */
export function trafficOf(effects: Pick<Effects, 'blocksReads'>, relation: AffectedRelation): string {
  const { schema, name } = relation;
  const readsWait = effects.blocksReads.some(other => other.name === name && other.schema === schema);
  return readsWait ? 'reads and writes' : 'writes';
}

/** What the effects could not know, in parentheses with a space before; empty where all is known. */
export function unknownsOf({ known, unknowns }: Pick<Effects, 'known' | 'unknowns'>): string {
  return known || unknowns.length === 0 ? '' : ` (${unknowns.join('; ')})`;
}

/** A relation's name, the schema left out where it is `public`. */
export function shortName({ schema, name }: Pick<AffectedRelation, 'schema' | 'name'>): ObjectName {
  return schema === 'public' ? { name } : { schema, name };
}
