const NAME = 'UsageError';

/**
 * An error that the user can put right: a bad flag, config or path. The command line prints its message as one line and exits
 * with status 2.
 *
 * @param message - says what is wrong and the way out, without a line break
 */
export function usageError(message: string, cause?: unknown): Error {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause });
  error.name = NAME;
  return error;
}

export function isUsageError(value: unknown): value is Error {
  return value instanceof Error && value.name === NAME;
}
