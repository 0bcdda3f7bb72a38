import { setFlagsFromString } from 'node:v8';

/** Releases of V8 that have the flags below: those of Node 20, 22 and 24. V8 complains aloud of a flag that it does not have. */
const KNOWN_V8 = ['11', '12', '13'];

const FLAGS = [
  // JavaScript is optimised about four times later: over 3,000 migrations the optimising compiler otherwise takes a fifth of
  // all CPU time, for code that is hardly run again.
  '--interrupt-budget=250000',
  // The parser's WebAssembly is left to the baseline compiler, for the same reason: a twentieth.
  '--liftoff-only',
];

/** Tells V8 that the process is a short one and has nothing else to do. To be called before any WebAssembly is loaded. */
export function expectShortRun(): void {
  const [release = ''] = process.versions.v8.split('.');
  if (KNOWN_V8.includes(release)) for (const flag of FLAGS) setFlagsFromString(flag);
}
