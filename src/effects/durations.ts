/** Milliseconds per unit, as PostgreSQL names them (manual, 19.1.1 "Parameter Names and Values"). */
const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const DURATION = /^\s*([+-]?(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))\s*([a-z]*)\s*$/i;

/** Halves go to the even neighbour, as C's rint does. */
function roundToEven(value: number): number {
  const rounded = Math.round(value);
  return value % 1 === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * A time setting such as `lock_timeout` in milliseconds.
 *
 * @param value - as SET has it: `2s`, `500ms`, `1min`, a bare number of milliseconds; units are case-sensitive
 * @returns whole milliseconds, at least 0; 0 switches the timeout off; undefined for what the server would refuse
 */
export function parseDuration(value: string): number | undefined {
  const match = DURATION.exec(value);
  if (match === null) return undefined;
  const unit = match[2] === '' ? 1 : UNITS[match[2]!];
  if (unit === undefined) return undefined;
  const milliseconds = roundToEven(Number(match[1]) * unit);
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : undefined;
}
