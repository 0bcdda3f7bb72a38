/** Node's globals that the engine uses, for a browser. */
export { Buffer } from 'buffer/';

export const process = {
  // No release whose flags are known.
  versions: { v8: '' },
  features: {},
  cwd: (): string => '/',
  hrtime: { bigint: (): bigint => BigInt(Math.round(performance.now() * 1e6)) },
};
