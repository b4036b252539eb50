import { DateTime } from "luxon";
import { NARROW, WIDTH } from "./svg.ts";

/** A stretch of time across a drawing. */
export interface Span {
  /** Milliseconds. */
  from: number;
  to: number;
  zone: string;
}

/** Where an instant lies in a span, of 0 to 100. */
export function placeIn({ from, to }: Span, iso: string): number {
  return (100 * (Date.parse(iso) - from)) / (to - from);
}

/** A mark on an axis: on a narrow page only every second of them has room. */
export interface Tick {
  at: number;
  text: string;
  isMinor: boolean;
}

const STEPS = [
  { unit: "day", count: 1, format: "d LLL" },
  { unit: "day", count: 2, format: "d LLL" },
  { unit: "week", count: 1, format: "d LLL" },
  { unit: "week", count: 2, format: "d LLL" },
  { unit: "month", count: 1, format: "LLL yyyy" },
  { unit: "month", count: 3, format: "LLL yyyy" },
  { unit: "year", count: 1, format: "yyyy" },
  { unit: "year", count: 5, format: "yyyy" },
] as const;

const MOST_TICKS = 8;

/** Days, weeks or months across a span, as many as can be read. */
export function ticks(span: Span): Tick[] {
  const start = DateTime.fromMillis(span.from, { zone: span.zone, locale: "en" });
  const end = DateTime.fromMillis(span.to, { zone: span.zone });
  const { unit, count, format } =
    STEPS.find((step) => end.diff(start, step.unit).as(step.unit) / step.count <= MOST_TICKS) ??
    STEPS[STEPS.length - 1] ??
    STEPS[0];
  const found: Tick[] = [];
  for (
    let at = start.startOf(unit);
    at <= end && found.length <= 4 * MOST_TICKS;
    at = at.plus({ [unit]: count })
  ) {
    if (at < start) continue;
    const place = placeIn(span, at.toISO() ?? "");
    found.push({ at: place, text: at.toFormat(format), isMinor: found.length % 2 === 1 });
  }
  return found;
}

/** Round numbers up to and over the largest of what is drawn. */
export function heights(largest: number): number[] {
  const rough = Math.max(largest, 1) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough,
  );
  return Array.from({ length: Math.ceil(largest / step) }, (_, index) => (index + 1) * step);
}

/** Where labels of these columns have room: everywhere, on wide pages only, or nowhere. */
export function roomFor(columns: number, pixels: number): "all" | "wide" | "none" {
  if (columns * pixels <= NARROW) return "all";
  return columns * pixels <= WIDTH ? "wide" : "none";
}
