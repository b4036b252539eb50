/**
 * A rate as answers hold it, to four places.
 *
 * @returns `part / whole`, or null where there is nothing that it could be a part of
 */
export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded(part / whole, 4);
}

/** A mean as answers hold it, to two places, or null where nothing was counted. */
export function average(sum: number, count: number): number | null {
  return count === 0 ? null : rounded(sum / count, 2);
}

/** A rate as a person reads it, e.g. `27.5 %`. */
export function percent(rate: number): string {
  return `${String(rounded(rate * 100, 1))} %`;
}

/** A number as a person reads it: two places, or two digits of what is smaller, e.g. `0.28`, `0.0012`. */
export function readable(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return String(Math.abs(value) < 0.1 ? Number(value.toPrecision(2)) : rounded(value, 2));
}

function rounded(value: number, places: number): number {
  return Number(value.toFixed(places));
}
