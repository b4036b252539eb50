import * as z from "zod";
import { trimmed } from "../words/blanks.ts";

/** Marks a field that names a row: an id or words. Numbers are accepted for it as well. */
const REFERENCE = { reference: true } as const;

/** A reference to a row by id or by words, e.g. `12`, `"12"` or `"CFP 2026"`. */
export function reference(description?: string) {
  return z
    .string()
    .transform((text) => text.trim())
    .refine((text) => trimmed(text) !== "", "must not be empty")
    .refine((text) => text.length <= 500, "is longer than any name (500 characters)")
    .meta(description === undefined ? REFERENCE : { ...REFERENCE, description });
}

/**
 * Words as a person writes them, trimmed, and something of them to be seen.
 *
 * @param maximum longest text in characters, as PostgreSQL counts them (an emoji is one)
 */
export function text(maximum: number, description?: string) {
  const field = z
    .string()
    .transform((value) => value.trim())
    .refine((value) => trimmed(value) !== "", "must not be empty")
    .refine(
      (value) => value.length <= maximum || Array.from(value).length <= maximum,
      `must have at most ${String(maximum)} characters`,
    );
  return description === undefined ? field : field.meta({ description });
}

/** As {@link text}, on one line: what becomes a mail's subject must not smuggle in a header. */
export function line(maximum: number, description?: string) {
  return text(maximum, description).refine(
    (value) => !/[\u0000-\u001f\u007f\u0085\u2028\u2029]/u.test(value),
    "must be one line without control characters",
  );
}

/** A link that a browser opens: http or https only. */
export function webAddress(description?: string) {
  return text(2000, description).refine(
    (value) => /^https?:\/\/[^\s/?#]+/iu.test(value) && !/\s/u.test(value) && URL.canParse(value),
    "must be a link that begins with http:// or https://",
  );
}

/** A time as a person gives it; read by `instant` in time.ts, which knows the zone. */
export function when(description?: string) {
  return text(40, description);
}

/** A whole number that PostgreSQL's `integer` holds. */
export function wholeNumber(minimum = 0) {
  return z
    .number()
    .refine(
      (value) => Number.isInteger(value) && value >= minimum && value <= 2_147_483_647,
      `must be a whole number from ${String(minimum)} to 2147483647`,
    );
}

/** Arguments of every tool that answers in pages. */
export const paging = {
  limit: z
    .number()
    .refine((value) => Number.isInteger(value) && value >= 1 && value <= 200, "must be 1 to 200")
    .meta({ description: "default 50" })
    .optional(),
  cursor: z.string().max(2000).optional(),
};

/** Result fields of every tool that answers in pages. */
export const paged = { total: z.number(), next_cursor: z.string().nullable() };

/** `{id, name}` of a row, the form in which every answer names one. */
export const named = z.object({ id: z.number(), name: z.string() });

/** A row that words were taken to mean: which others they fit, and the former name that was given. */
export const taken = named.extend({
  also_fits: z.array(named).optional(),
  formerly: z.string().optional(),
});

/** What the references of a call were taken to mean; an event given as a year is a list. */
export const resolved = z.object({
  event: z.union([taken, z.array(named)]).nullable(),
  campaign: taken.nullable(),
  contact: z.union([taken, z.array(named)]).nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});

/** The filters that an answer was narrowed by, each as it was taken: rows by id and name, times in the zone. */
export const applied = z.record(
  z.string(),
  z.union([named, z.array(named), z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

/** Result fields of every tool that only reads. */
export const asked = { as_of: z.string(), resolved, filter: applied };
