import { html, type Html } from "../../mcp/page/html.ts";
import { figure, several } from "../words.ts";
import { heightLine } from "./columns.ts";
import { heights } from "./scale.ts";
import { across, drawing, label, shape } from "./svg.ts";

/** A line of numbers that grow towards the week of an event. */
export interface Line {
  name: string;
  shade: "this" | "before";
  /** Weeks before the event's own week, the farthest first, and how many there were by its end. */
  points: readonly { weeks: number; total: number }[];
}

const PLOT = 170;
const TOP = 24;

/** How far two events were, week by week before each. */
export function linesDrawing(lines: readonly Line[]): Html {
  const points = lines.flatMap((line) => line.points);
  const most = Math.max(...points.map(({ total }) => total));
  const farthest = Math.max(1, ...points.map(({ weeks }) => weeks));
  const nearest = Math.min(0, ...points.map(({ weeks }) => weeks));
  const marks = heights(most);
  const scale = PLOT / (marks.at(-1) ?? most);
  const bottom = TOP + PLOT;
  // Room at both ends for words.
  const x = (weeks: number) => 6 + (88 * (farthest - weeks)) / (farthest - nearest);
  const y = (total: number) => bottom - total * scale;
  const step = Math.ceil((farthest - nearest + 1) / 8);
  return drawing(
    "growth",
    {
      title: "Registrations in all, week by week before each event",
      about: lines
        .map(({ name, points: own }) => `${name}: ${figure(own.at(-1)?.total ?? 0)}`)
        .join("; "),
    },
    bottom + 22,
    ...marks.flatMap((height) => heightLine(height, y(height))),
    ...lines.flatMap(({ shade, points: own }) =>
      own.flatMap((point, index) => {
        const next = own[index + 1];
        return next === undefined
          ? []
          : [
              shape("line", {
                class: `growth ${shade}`,
                x1: across(x(point.weeks)),
                y1: y(point.total),
                x2: across(x(next.weeks)),
                y2: y(next.total),
              }),
            ];
      }),
    ),
    ...lines.flatMap(({ shade, points: own }) => {
      const last = own.at(-1);
      if (last === undefined) return [];
      return [
        shape("circle", {
          class: `end ${shade}`,
          cx: across(x(last.weeks)),
          cy: y(last.total),
          r: 4,
        }),
        label(figure(last.total), x(last.weeks), y(last.total) - 9, {
          class: `value ${shade}`,
          "text-anchor": "middle",
        }),
      ];
    }),
    shape("line", { class: "axis", x1: 0, x2: "100%", y1: bottom + 0.5, y2: bottom + 0.5 }),
    ...Array.from({ length: farthest - nearest + 1 }, (_, index) => farthest - index)
      .filter((weeks) => weeks % step === 0)
      .map((weeks, index) =>
        label(inWords(weeks, index === 0), x(weeks), bottom + 16, {
          class: "tick",
          "text-anchor": "middle",
        }),
      ),
  );
}

function inWords(weeks: number, isFirst: boolean): string {
  if (weeks === 0) return "event";
  return isFirst ? several(weeks, "week") + " before" : String(weeks);
}

/** Which line is which event's. */
export function linesLegend(lines: readonly Line[]): Html {
  return shape(
    "p",
    { class: "legend", "aria-hidden": "true" },
    html(
      lines.map(({ name, shade }) =>
        shape(
          "span",
          {},
          shape(
            "svg",
            { width: 28, height: 10 },
            shape("line", { class: `growth ${shade}`, x1: 0, x2: 28, y1: 5, y2: 5 }),
          ),
          name,
        ),
      ),
    ),
  );
}
