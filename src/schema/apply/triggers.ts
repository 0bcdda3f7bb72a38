import { columnsOf } from '../../operations/expressions.ts';
import { displayName, type ObjectName } from '../../operations/names.ts';
import type { OperationOf, PolicyOperation, TriggerOperation } from '../../operations/operations.ts';
import { ensureRelation } from '../context.ts';
import type { Origin, Policy, Table, Trigger, View } from '../schema.ts';
import type { State } from '../state.ts';
import { putRelation } from '../store.ts';
import type { ApplyTable } from './apply.ts';

export const TRIGGERS: ApplyTable<TriggerOperation['kind'] | PolicyOperation['kind']> = {
  createTrigger: (state, operation, at) =>
    changeTriggers(state, operation.table, triggers => {
      const trigger = makeTrigger(operation, at);
      const existing = triggers.findIndex(({ name }) => name === operation.name);
      return existing < 0 ? [...triggers, trigger] : triggers.with(existing, trigger);
    }),
  dropTrigger: (state, { table, name }) =>
    changeTriggers(state, table, triggers => triggers.filter(trigger => trigger.name !== name)),
  renameTrigger: (state, { table, name, newName }) =>
    changeTriggers(state, table, triggers =>
      triggers.map(trigger => (trigger.name === name ? { ...trigger, name: newName } : trigger)),
    ),
  createRule: (state, { table, name }) =>
    changeTable(state, table, found => ({ ...found, rules: [...found.rules.filter(rule => rule !== name), name] })),
  dropRule: (state, { table, name }) =>
    changeTable(state, table, found => ({ ...found, rules: found.rules.filter(rule => rule !== name) })),
  createPolicy: (state, operation, at) => {
    const { name, command, permissive, using, withCheck } = operation;
    const policy: Policy = {
      name,
      command,
      permissive,
      ...(using === undefined ? {} : { using }),
      ...(withCheck === undefined ? {} : { withCheck }),
      origin: at,
    };
    return changePolicies(state, operation.table, policies => [
      ...policies.filter(other => other.name !== name),
      policy,
    ]);
  },
  alterPolicy: (state, { table, name, using, withCheck }) =>
    changePolicies(state, table, policies =>
      policies.map(policy =>
        policy.name === name
          ? {
              ...policy,
              ...(using === undefined ? {} : { using }),
              ...(withCheck === undefined ? {} : { withCheck }),
            }
          : policy,
      ),
    ),
  renamePolicy: (state, { table, name, newName }) =>
    changePolicies(state, table, policies =>
      policies.map(policy => (policy.name === name ? { ...policy, name: newName } : policy)),
    ),
  dropPolicy: (state, { table, name }) =>
    changePolicies(state, table, policies => policies.filter(policy => policy.name !== name)),
};

function makeTrigger(operation: OperationOf<'createTrigger'>, at: Origin): Trigger {
  const { name, events, timing, forEachRow, routine, updateColumns, when } = operation;
  // WHEN reads OLD.a and NEW.a.
  const columns = [...updateColumns, ...(when === undefined ? [] : columnsOf(when.expression))];
  return {
    name,
    events,
    timing,
    forEachRow,
    routine: displayName(routine),
    columns: [...new Set(columns)],
    enabled: true,
    origin: at,
  };
}

function changeTriggers(
  state: State,
  name: ObjectName,
  change: (triggers: readonly Trigger[]) => readonly Trigger[],
): State {
  const [known, relation] = ensureRelation(state, name, 'table');
  if (relation?.kind !== 'table' && relation?.kind !== 'view') return known;
  const changed: Table | View = { ...relation, triggers: change(relation.triggers) };
  return putRelation(known, changed);
}

function changePolicies(
  state: State,
  name: ObjectName,
  change: (policies: readonly Policy[]) => readonly Policy[],
): State {
  return changeTable(state, name, table => ({ ...table, policies: change(table.policies) }));
}

function changeTable(state: State, name: ObjectName, change: (table: Table) => Table): State {
  const [known, relation] = ensureRelation(state, name, 'table');
  return relation?.kind === 'table' ? putRelation(known, change(relation)) : known;
}
