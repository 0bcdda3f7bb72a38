import { CAUSES, type Cause } from './rule.ts';

/** How the docs and the reports name a cause. */
export interface CauseTitle {
  /** Heading of the group of rules: `It will fail`. */
  readonly heading: string;
  /** The verdict on a migration, without what it blocks: `WILL FAIL`. */
  readonly verdict: string;
}

export const CAUSE_TITLES: Readonly<Record<Cause, CauseTitle>> = {
  fails: { heading: 'It will fail', verdict: 'WILL FAIL' },
  loses: { heading: 'It loses data', verdict: 'LOSES DATA' },
  breaks: { heading: 'It breaks code that is running', verdict: 'BREAKS RUNNING CODE' },
  blocks: { heading: 'It blocks traffic', verdict: 'BLOCKS TRAFFIC' },
  data: { heading: 'Data changes', verdict: 'RISKY DATA CHANGE' },
  rollback: { heading: 'Rollback', verdict: 'NO SAFE WAY BACK' },
  hygiene: { heading: 'Transactions, repeatability, hygiene', verdict: 'NEEDS CARE' },
  access: { heading: 'Tenants and access', verdict: 'OPENS ACCESS' },
  schema: { heading: 'Schema quality', verdict: 'SCHEMA ADVICE' },
};

/** Position of a cause in the order of weight, 0 for the worst. */
export function causeWeight(cause: Cause): number {
  return CAUSES.indexOf(cause);
}
