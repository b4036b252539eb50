import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { text, webAddress } from "../../mcp/fields.ts";
import { quotable, valueInWords } from "../../mcp/schema.ts";
import { dayOrInstant, daysUntil, edgeOfDay, inZone } from "../../mcp/time.ts";
import type { EventFact, NewFact } from "./queries/facts.ts";

/** What is known of an event, by key. */
export const factsShape = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** The facts of an event that are times, in their order. */
export const milestonesShape = z.array(
  z.object({ key: z.string(), at: z.string(), days_until: z.number(), passed: z.boolean() }),
);

/** Facts by key, as answers show them; a column that is empty tells nothing. */
export function factsShown(facts: readonly EventFact[]): z.output<typeof factsShape> {
  return Object.fromEntries(
    facts.flatMap(({ key, value }) => (value === null ? [] : [[key, value]])),
  );
}

/** What a day without an hour is the end of, and what begins with it. */
const DEADLINE = /_(?:closes|by)$/u;
const BEGINNING = /_opens$/u;

/**
 * The facts that are times, the earliest first. A day without an hour is taken for its first instant in the
 * zone, of a deadline for its last; it has passed when the day has, but what opens on it has when it begins.
 */
export function milestonesOf(
  facts: readonly EventFact[],
  zone: string,
): z.output<typeof milestonesShape> {
  return facts
    .flatMap(({ key, value, milestone }) => {
      if (milestone === null || typeof value !== "string") return [];
      const edge = (which: "start" | "end") =>
        milestone === "day" ? inZone(edgeOfDay(value, zone, which), zone) : value;
      const at = edge(DEADLINE.test(key) ? "end" : "start");
      const over = BEGINNING.test(key) ? at : edge("end");
      const passed = Date.parse(over) <= Date.now();
      return [{ key, at, days_until: daysUntil(value.slice(0, 10), zone), passed }];
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.key < b.key ? -1 : 1));
}

const KEY = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/u;
const LONGEST_KEY = 60;
const words = text(20_000);
const address = webAddress();

/** What a fact is by its key, as `outreach.fact_kind` says it. */
function kindOf(key: string): "time" | "address" | "number" | "text" | "boolean" | "any" {
  if (/_(?:at|opens|closes|on|by)$/u.test(key)) return "time";
  if (key.endsWith("_url")) return "address";
  if (key === "capacity") return "number";
  if (/^(?:theme|tagline|hashtag|brief|format|contact_person)$/u.test(key)) return "text";
  return key === "is_free" ? "boolean" : "any";
}

/**
 * Reads a fact as a call gives it.
 *
 * @throws ToolError that says what would be right
 */
export function readFact(key: string, value: unknown, zone: string): NewFact {
  const argument = `facts.${quotable(key)}`;
  if (!KEY.test(key) || key.length > LONGEST_KEY) {
    throw new ToolError(
      `${argument}: a key is in snake_case, like cfp_closes, with at most ${String(LONGEST_KEY)} characters.`,
    );
  }
  const fact = { key, at: null, day: null };
  switch (kindOf(key)) {
    case "time":
      if (typeof value !== "string")
        throw wrong(argument, "a time like 2026-06-30 or 2026-06-30T17:00", value);
      return { key, value: null, ...dayOrInstant(value, zone, argument) };
    case "address":
      return { ...fact, value: parsed(address, argument, value) };
    case "number":
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
        throw wrong(argument, "a whole number like 300", value);
      }
      return { ...fact, value };
    case "text":
      return { ...fact, value: parsed(words, argument, value) };
    case "boolean":
      if (typeof value !== "boolean") throw wrong(argument, "true or false", value);
      return { ...fact, value };
    case "any":
      if (typeof value === "boolean" || typeof value === "number") return { ...fact, value };
      return { ...fact, value: parsed(words, argument, value, "a text, a number, true or false") };
  }
}

function parsed(
  field: typeof words,
  argument: string,
  value: unknown,
  right = field === address ? "a link" : "a text",
): string {
  if (typeof value !== "string") throw wrong(argument, right, value);
  const result = field.safeParse(value);
  if (result.success) return result.data;
  throw new ToolError(`${argument} ${result.error.issues[0]?.message ?? `must be ${right}`}.`);
}

function wrong(argument: string, right: string, value: unknown): ToolError {
  return new ToolError(`${argument} must be ${right}, not ${valueInWords(value)}.`);
}
