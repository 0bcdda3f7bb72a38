import type { ProbeServer } from './servers.mjs';

export function measure<S extends { readonly setup: string; readonly statement: string; readonly autocommit?: true }>(
  server: ProbeServer,
  scenarios: readonly S[],
  onResult: (scenario: S, result: object) => void,
): Promise<void>;
