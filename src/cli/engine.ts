import { setFlagsFromString } from 'node:v8';

/** Of the releases of V8 whose flags are known: Node 20, 22 and 24. V8 complains aloud of a flag that it does not have. */
const KNOWN_V8 = ['11', '12', '13'];

/**
 * Tells V8 that the process is a short one: it optimises code about eight times later than it would. Over 3,000 migrations its
 * optimising compiler otherwise takes a fifth of all CPU time, for code that is hardly run again.
 */
export function expectShortRun(): void {
  const [release = ''] = process.versions.v8.split('.');
  if (KNOWN_V8.includes(release)) setFlagsFromString('--interrupt-budget=500000');
}
