import { DateTime } from "luxon";
import { html, type Html } from "../../mcp/page/html.ts";
import { groupedBy } from "../../words/groups.ts";
import { figure, several, shortDay } from "../words.ts";
import { kindInWords, markAt } from "./marks.ts";
import { heights, placeIn, roomFor, type Span } from "./scale.ts";
import { across, drawing, label, shape, WIDTH } from "./svg.ts";
import type { Done } from "./timeline.ts";

/** A week by its Monday, `YYYY-MM-DD`, and how many registered in it. */
export interface Week {
  week: string;
  registrations: number;
}

const MOST_WEEKS = 104;

/** Every week from the first to the last of these, those without anything too; the last two years of them. */
export function everyWeek(weeks: readonly Week[]): Week[] {
  const counts = new Map(weeks.map(({ week, registrations }) => [week, registrations]));
  const [first, last] = [weeks[0]?.week, weeks.at(-1)?.week];
  if (first === undefined || last === undefined) return [];
  const all: Week[] = [];
  for (let at = first; at <= last; at = weekAfter(at)) {
    all.push({ week: at, registrations: counts.get(at) ?? 0 });
  }
  return all.slice(-MOST_WEEKS);
}

function weekAfter(monday: string): string {
  return DateTime.fromISO(monday, { zone: "utc" }).plus({ weeks: 1 }).toFormat("yyyy-MM-dd");
}

const PLOT = 150;
const STRIP = 26;
const SLOTS = 24;
/** A column in pixels: of few weeks they would be blocks. */
const WIDEST = 64;

/** Registrations of each week as columns, over them what was sent and published. */
export function weeksDrawing(weeks: readonly Week[], done: readonly Done[], zone: string): Html {
  const at = (day: string) => DateTime.fromISO(day, { zone }).toMillis();
  const [first, last] = [weeks[0]?.week ?? "", weeks.at(-1)?.week ?? ""];
  const span: Span = { from: at(first), to: at(weekAfter(last)), zone };
  const within = done.filter((one) => {
    const x = placeIn(span, one.at);
    return x >= 0 && x <= 100;
  });
  const strips = ["email", "linkedin_post", "marketing_material"]
    .map((kind) => within.filter((one) => one.kind === kind))
    .filter((strip) => strip.length > 0);
  const top = strips.length * STRIP + 18;
  const bottom = top + PLOT;
  const most = Math.max(...weeks.map(({ registrations }) => registrations));
  const room = roomFor(weeks.length, figure(most).length * 7 + 4);
  const lines = heights(most);
  const scale = PLOT / (room === "none" ? (lines.at(-1) ?? most) : most);
  const width = 100 / weeks.length;
  const column = Math.min(width * 0.72, (100 * WIDEST) / WIDTH);
  const step = Math.ceil(weeks.length / 9);
  return drawing(
    "weeks",
    {
      title: "Registrations of each week, and what was sent and published in it",
      about: `${several(weeks.length, "week")}; the most registrations in one are ${figure(most)}. The table below has them all.`,
    },
    bottom + 22,
    ...strips.flatMap((strip, index) => marksOf(strip, span, index * STRIP + STRIP / 2, bottom)),
    ...(room === "none"
      ? lines.flatMap((height) => heightLine(height, bottom - height * scale))
      : []),
    ...weeks.flatMap(({ registrations }, index) => {
      const height = registrations * scale;
      const middle = (index + 0.5) * width;
      return [
        shape("rect", {
          class: "column",
          x: across(middle - column / 2),
          width: across(column),
          y: bottom - height,
          height,
        }),
        room === "none" || registrations === 0
          ? html()
          : label(figure(registrations), middle, bottom - height - 5, {
              class: room === "wide" ? "value wide" : "value",
              "text-anchor": "middle",
            }),
      ];
    }),
    shape("line", { class: "axis", x1: 0, x2: "100%", y1: bottom + 0.5, y2: bottom + 0.5 }),
    ...weeks.flatMap(({ week }, index) =>
      index % step === 0
        ? [
            label(shortDay(week), (index + 0.5) * width, bottom + 16, {
              class: (index / step) % 2 === 1 && weeks.length > 4 ? "tick minor" : "tick",
              "text-anchor": "middle",
            }),
          ]
        : [],
    ),
  );
}

/** A height that can be compared across the page. */
export function heightLine(height: number, y: number): Html[] {
  return [
    shape("line", { class: "rule", x1: 0, x2: "100%", y1: y, y2: y }),
    label(figure(height), 0, y - 3, { class: "tick" }),
  ];
}

function marksOf(done: readonly Done[], span: Span, y: number, bottom: number): Html[] {
  const slots = groupedBy(done, ({ at, kind }) =>
    [kind, Math.floor((placeIn(span, at) / 100) * SLOTS)].join(" "),
  );
  return [...slots.values()].flatMap((together) => {
    const [{ at, kind }] = together;
    const x = placeIn(span, at);
    const tip = together
      .map(({ title, at: when }) => `${kindInWords(kind)}: ${title}, ${shortDay(when)}`)
      .join("; ");
    return [
      shape("line", { class: "drop", x1: across(x), x2: across(x), y1: y + 9, y2: bottom }),
      markAt(kind, x, y, tip, together.length),
    ];
  });
}
