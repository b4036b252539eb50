import { seen } from "../../mcp/render.ts";

/** A copy of a structure, each of its texts as `change` makes it. */
export function eachText<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === "string") return change(value) as Value;
  if (Array.isArray(value)) return value.map((one: unknown) => eachText(one, change)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, eachText(one as unknown, change)]),
  ) as Value;
}

/** A stranger's words without what is not seen or turns the direction of writing, and without links. */
export function harmless(text: string): string {
  return seen(text, (character) => (/\s/u.test(character) ? " " : "")).replace(
    /\b[a-z][a-z0-9+.-]*:\/\//giu,
    "",
  );
}
