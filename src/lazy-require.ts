import { createRequire } from 'node:module';

/** Loads a package when it is first needed: for what most runs never use and what would cost start-up time. */
export const lazyRequire: NodeJS.Require = createRequire(import.meta.url);
