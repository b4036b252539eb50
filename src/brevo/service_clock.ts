/**
 * Brevo's own clock, by the `Date` of its answers and carried on from there: what Brevo forgets after some
 * minutes, it forgets by this clock, whatever becomes of the one here.
 */
export function serviceClock(): {
  hear: (headers: Headers) => void;
  /** A UTC instant to the second; null where no answer has told it yet. */
  now: () => string | null;
} {
  let told: { at: number; heard: number } | undefined;
  return {
    hear: (headers) => {
      const at = Date.parse(headers.get("date") ?? "");
      if (!Number.isNaN(at)) told = { at, heard: performance.now() };
    },
    now: () =>
      told === undefined
        ? null
        : new Date(told.at + performance.now() - told.heard).toISOString().slice(0, 19) + "Z",
  };
}
