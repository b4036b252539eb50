import { inZone } from "../../mcp/time.ts";
import { isRecord } from "../../mcp/render.ts";

/** A value of an answer, as JSON holds it. */
export type Value = string | number | boolean | null;

/** PostgreSQL's numbers for the types that questions answer with, and for arrays of them; any other is called text. */
const TYPES: Readonly<Record<number, string>> = {
  16: "boolean",
  20: "bigint",
  21: "smallint",
  23: "integer",
  114: "json",
  700: "real",
  701: "double precision",
  1082: "date",
  1083: "time",
  1114: "timestamp",
  1184: "timestamptz",
  1186: "interval",
  1700: "numeric",
  3802: "jsonb",
  199: "json[]",
  1000: "boolean[]",
  1005: "smallint[]",
  1007: "integer[]",
  1009: "text[]",
  1015: "text[]",
  1016: "bigint[]",
  1021: "real[]",
  1022: "double precision[]",
  1115: "timestamp[]",
  1182: "date[]",
  1183: "time[]",
  1185: "timestamptz[]",
  1187: "interval[]",
  1231: "numeric[]",
  3807: "jsonb[]",
};

/** What a type is called. */
export function typeName(oid: number): string {
  return TYPES[oid] ?? "text";
}

/**
 * A value as every answer holds it: times in ISO 8601 with the offset of the zone, also those that the tables keep as
 * local time, numbers as numbers where they lose nothing by it.
 *
 * @param type as {@link typeName} calls it
 */
export function valueOf(raw: unknown, type: string, zone: string): Value {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === "boolean") return raw;
  if (typeof raw === "number") return Number.isFinite(raw) ? raw : String(raw);
  if (Array.isArray(raw) && type.endsWith("[]")) return JSON.stringify(itemsOf(raw, type, zone));
  if (Array.isArray(raw) || isRecord(raw)) return JSON.stringify(raw);
  const text = raw as string;
  // "infinity", and years of five digits or before our era, have no such form.
  if (type.startsWith("timestamp") && /^\d{4}-[^B]*$/u.test(text)) return inZone(isoOf(text), zone);
  if (type === "numeric") return numberOrText(text);
  return text;
}

/** Items of an array; what is JSON is so already. */
function itemsOf(items: readonly unknown[], type: string, zone: string): unknown[] {
  const one = type.slice(0, -2);
  return one.startsWith("json") ? [...items] : items.map((item) => valueOf(item, one, zone));
}

function isoOf(text: string): string {
  return text.replace(" ", "T").replace(/\.\d+/u, "");
}

function numberOrText(text: string): string | number {
  const number = Number(text);
  return Number.isSafeInteger(number) || (text.includes(".") && Number.isFinite(number))
    ? number
    : text;
}
