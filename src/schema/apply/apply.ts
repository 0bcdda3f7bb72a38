import type { OperationKind, OperationOf } from '../../operations/operations.ts';
import type { Origin } from '../schema.ts';
import type { State } from '../state.ts';

/** How one kind of operation changes the state. Pure; never throws, whatever the operation names. */
export type Apply<Kind extends OperationKind> = (state: State, operation: OperationOf<Kind>, at: Origin) => State;

/** One {@link Apply} per kind: a kind left out does not compile. */
export type ApplyTable<Kinds extends OperationKind> = { readonly [Kind in Kinds]: Apply<Kind> };

/** For kinds that change nothing that the state holds. */
export const unchanged = (state: State): State => state;
