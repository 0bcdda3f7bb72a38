/**
 * Where history ends today: the last migration with a place of its own in the order. Those that a tool runs again whenever they
 * change come after all others, also after those of tomorrow.
 *
 * @param repeatable - the tool's fact of that name
 * @param migrations - in the order the tool runs them
 */
export function newestVersion<Migration extends { readonly id: string }>(
  repeatable: RegExp | undefined,
  migrations: readonly Migration[],
): Migration | undefined {
  return migrations.findLast(({ id }) => repeatable?.test(id) !== true) ?? migrations.at(-1);
}
