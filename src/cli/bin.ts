#!/usr/bin/env node
import { expectShortRun } from './engine.ts';
import { processIo } from './io.ts';
import { main } from './main.ts';

expectShortRun();
// The status is set rather than exited with, so that what is written to a pipe arrives.
void main(process.argv.slice(2), processIo()).then(status => {
  process.exitCode = status;
});
