import { html, type Html } from "../../mcp/page/html.ts";
import { hasFewAnswers } from "../../record/sessions/shape.ts";
import type { SessionRow } from "../../record/sessions/queries/sessions.ts";
import { across, shape } from "../drawing/svg.ts";
import type { ReportFacts } from "../facts/record.ts";
import { sentence, table, titled, type Column, type Section } from "../page/parts.ts";
import { figure, mean, several } from "../words.ts";

/** The sessions, best rated first. */
export function sessionsSection({ talks, sessions }: ReportFacts): Section | null {
  if (talks === null || talks.total === 0) return null;
  const { shown } = talks;
  const isRated = shown.some(({ ratings }) => ratings !== null);
  const hasFew = shown.some(({ ratings }) => hasFewAnswers(ratings));
  const rated: Column<SessionRow>[] = [
    { head: "Drawn", kind: "drawing", cell: ({ ratings }) => (ratings ? dots(ratings) : html()) },
    {
      head: "Presentation",
      kind: "number",
      cell: ({ ratings }) => (ratings ? mean(ratings.presentation) : ""),
    },
    { head: "Topic", kind: "number", cell: ({ ratings }) => (ratings ? mean(ratings.topic) : "") },
    {
      head: "Answers",
      kind: "number",
      cell: ({ ratings }) =>
        ratings ? figure(ratings.answers) + (hasFewAnswers(ratings) ? "*" : "") : "",
    },
  ];
  return {
    name: "sessions",
    title: isRated ? "Sessions and how they were rated" : "Sessions",
    body: html(
      sentence(
        `${several(sessions.total, "session")} by ${several(sessions.speakers, "speaker")}${sessions.tracks.length === 0 ? "" : `, in ${several(sessions.tracks.length, "track")}: ${sessions.tracks.map(({ name }) => name).join(", ")}`}.`,
      ),
      isRated ? ratingsLegend() : html(),
      table(
        [
          talks.total > shown.length && `The first ${figure(shown.length)}.`,
          isRated && "Means of 1 to 7, best first.",
          hasFew && "* Fewer than five answers say little.",
        ]
          .filter(Boolean)
          .join(" ") || "By title",
        [
          {
            head: "Session",
            cell: ({ title, speakers, track }) =>
              titled(title, speakers.map(({ name }) => name).join(", "), track),
          },
          ...(isRated ? rated : []),
        ],
        shown,
      ),
    ),
  };
}

/** Means of 1 to 7 on a line. */
function dots({
  topic,
  presentation,
}: {
  topic: number | null;
  presentation: number | null;
}): Html {
  const at = (value: number) => across(4 + (92 * (value - 1)) / 6);
  return shape(
    "svg",
    { width: "100%", height: 16, "aria-hidden": "true" },
    shape("line", { class: "scale", x1: "4%", x2: "96%", y1: 8, y2: 8 }),
    ...(topic === null ? [] : [shape("circle", { class: "dot open", cx: at(topic), cy: 8, r: 5 })]),
    ...(presentation === null
      ? []
      : [shape("circle", { class: "dot", cx: at(presentation), cy: 8, r: 4 })]),
  );
}

function ratingsLegend(): Html {
  const example = (kind: string, text: string) =>
    shape(
      "span",
      {},
      shape("svg", { width: 14, height: 14 }, shape("circle", { class: kind, cx: 7, cy: 7, r: 5 })),
      text,
    );
  return shape(
    "p",
    { class: "legend", "aria-hidden": "true" },
    example("dot", "presentation"),
    example("dot open", "topic"),
  );
}
