import { DateTime } from "luxon";
import { html, type Html } from "../../mcp/page/html.ts";
import { groupedBy } from "../../words/groups.ts";
import { day, several } from "../words.ts";
import { kindInWords, markAt } from "./marks.ts";
import { placeIn, ticks, type Span } from "./scale.ts";
import { across, drawing, label, labelBeside, NARROW, shape, WIDTH, widthOf } from "./svg.ts";

/** Something done, to be drawn. */
export interface Done {
  at: string;
  kind: string;
  title: string;
}

/** A day that all that is done leads to or comes from. */
export interface Day {
  at: string;
  text: string;
  kind: "event" | "milestone" | "today";
}

/** What lies in one line of the drawing. */
const LANES: readonly { name: string; kinds: readonly string[] }[] = [
  { name: "Mails", kinds: ["email"] },
  { name: "Posts and material", kinds: ["linkedin_post", "marketing_material"] },
  { name: "Assets made", kinds: ["asset_created"] },
  { name: "Shared", kinds: ["distribution"] },
];

const DAY = 18;
const ROW = 24;
const NAME = 22;
const AXIS = 22;
const LONGEST = 32;
/** Of several things so near to each other that their marks would overlap, one mark tells. */
const SLOTS = 40;

/** Everything done, in a line for each kind, along the days that mattered. */
export function timelineDrawing(done: readonly Done[], days: readonly Day[], zone: string): Html {
  const span = spanOf([...done, ...days], zone);
  const named = placed(
    days.map(({ at, text, kind }) => ({ x: placeIn(span, at), text: shortened(text), kind })),
    days.length,
  );
  const top = rowsOf(named) * DAY;
  let y = top;
  const lanes = LANES.flatMap(({ name, kinds }) => {
    const items = inLane(done, kinds, span);
    if (items.length === 0) return [];
    const from = y;
    y += NAME + rowsOf(items) * ROW;
    return [
      shape("line", { class: "rule", x1: 0, x2: "100%", y1: from + 0.5, y2: from + 0.5 }),
      label(name, 0, from + 15, { class: "lane" }),
      ...items.flatMap(({ row, x, side, text, kind, tip, count }) => {
        const middle = from + NAME + row * ROW + ROW / 2 - 2;
        const beside = side === "right" && count > 1 ? 36 : 13;
        return [
          side === "none"
            ? html()
            : labelBeside(text, x, middle + 4, side, beside, { class: "wide" }),
          markAt(kind, x, middle, tip, count),
        ];
      }),
    ];
  });
  const axis = ticks(span).map(({ at, text, isMinor }) =>
    label(text, at, y + 16, { class: isMinor ? "tick minor" : "tick", "text-anchor": anchor(at) }),
  );
  const lines = named.map(({ x, row, kind }) =>
    shape("line", {
      class: `day ${kind}`,
      x1: across(x),
      x2: across(x),
      y1: row * DAY + 3,
      y2: y,
    }),
  );
  const names = named.map(({ x, row, side, text, kind }) =>
    labelBeside(text, x, row * DAY + 13, side === "left" ? "left" : "right", 5, {
      class: kind === "milestone" ? `day-name ${kind} wide` : `day-name ${kind}`,
    }),
  );
  return drawing(
    "timeline",
    {
      title: "What was done, along time",
      about: `${several(done.length, "entry", "entries")} from ${day(done[0]?.at ?? "")} to ${day(done.at(-1)?.at ?? "")}; the last table lists them.`,
    },
    y + AXIS,
    // A line goes behind every word.
    ...lines,
    ...names,
    ...lanes,
    shape("line", { class: "axis", x1: 0, x2: "100%", y1: y + 0.5, y2: y + 0.5 }),
    ...axis,
  );
}

function spanOf(all: readonly { at: string }[], zone: string): Span {
  const times = all.map(({ at }) => DateTime.fromISO(at, { zone }).toMillis());
  const first = Math.min(...times);
  const last = Math.max(...times);
  const margin = Math.max((last - first) * 0.025, 12 * 3_600_000);
  return { from: first - margin, to: last + margin, zone };
}

/** The marks of a lane with their words, or where these have no room, fewer without, in a row for each kind. */
function inLane(done: readonly Done[], kinds: readonly string[], span: Span): (Mark & Placed)[] {
  const named = placed(marksOf(done, kinds, span, SLOTS), MOST_ROWS);
  if (named.every(({ side }) => side !== "none")) return named;
  return marksOf(done, kinds, span, SLOTS / 2).map((mark) => ({
    ...mark,
    x: mark.count === 1 ? mark.x : middleOf(mark.x, SLOTS / 2),
    row: kinds.indexOf(mark.kind),
    side: "none",
  }));
}

interface Mark {
  x: number;
  text: string;
  kind: string;
  tip: string;
  count: number;
}

/** @param count into how many slots the width is divided, each of which has one mark of a kind */
function marksOf(
  done: readonly Done[],
  kinds: readonly string[],
  span: Span,
  count: number,
): Mark[] {
  const ofLane = done.filter(({ kind }) => kinds.includes(kind));
  const slots = groupedBy(
    ofLane,
    ({ at, kind }) => `${kind} ${String(Math.floor((placeIn(span, at) / 100) * count))}`,
  );
  return [...slots.values()].map((together) => {
    const [first] = together;
    const tip = together
      .map(({ kind, title, at }) => `${kindInWords(kind)}: ${title}, ${day(at)}`)
      .join("; ");
    const titles = [...new Set(together.map(({ title }) => title))];
    return {
      x: placeIn(span, first.at),
      text: shortened(titles.join(", ")),
      kind: first.kind,
      tip,
      count: together.length,
    };
  });
}

/** The middle of the slot in which a place lies. */
function middleOf(place: number, count: number): number {
  return ((Math.floor((place / 100) * count) + 0.5) / count) * 100;
}

function shortened(text: string): string {
  const letters = Array.from(text);
  return letters.length > LONGEST
    ? `${letters
        .slice(0, LONGEST - 1)
        .join("")
        .trimEnd()}…`
    : text;
}

interface Placed {
  row: number;
  /** On which side of its place the words have room. */
  side: "left" | "right" | "none";
}

const MOST_ROWS = 4;
const MARK = 14;
/** Whose words are shown on a narrow page as well, where they take more of its width. */
const ON_PHONES: ReadonlySet<string> = new Set(["event", "today"]);

/**
 * Puts each into the first row in which neither mark nor words touch another. Where there is no room for all
 * words, none are said: words under a mark could not be read, and some without others would mislead.
 */
function placed<Item extends { x: number; text: string; kind: string; count?: number }>(
  items: readonly Item[],
  mostRows: number,
): (Item & Placed)[] {
  const taken: [number, number][][] = [];
  const found: (Item & Placed)[] = [];
  for (const item of items) {
    const middle = (item.x / 100) * WIDTH;
    const beside = item.count !== undefined && item.count > 1 ? 3 * MARK : MARK;
    const width = widthOf(item.text) * (ON_PHONES.has(item.kind) ? WIDTH / NARROW : 1);
    const right: [number, number] = [middle - MARK, middle + beside + width];
    const left: [number, number] = [middle - MARK - width, middle + beside];
    const place = placeOf(taken, right, left, mostRows);
    if (place === undefined) return items.map((one) => ({ ...one, row: 0, side: "none" }));
    found.push({ ...item, ...place });
  }
  return found;
}

function placeOf(
  taken: [number, number][][],
  right: [number, number],
  left: [number, number],
  mostRows: number,
): Placed | undefined {
  for (let row = 0; row < mostRows; row += 1) {
    const others = (taken[row] ??= []);
    const isFree = ([from, to]: [number, number]) =>
      from >= -MARK && to <= WIDTH + MARK && others.every(([a, b]) => to < a || from > b);
    const side = isFree(right) ? "right" : isFree(left) ? "left" : undefined;
    if (side === undefined) continue;
    others.push(side === "right" ? right : left);
    return { row, side };
  }
  return undefined;
}

function rowsOf(items: readonly Placed[]): number {
  return Math.max(0, ...items.map(({ row }) => row + 1));
}

function anchor(x: number): string {
  if (x < 4) return "start";
  return x > 96 ? "end" : "middle";
}
