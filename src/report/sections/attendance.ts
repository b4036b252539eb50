import { html } from "../../mcp/page/html.ts";
import { daysUntil } from "../../mcp/time.ts";
import { rate } from "../../mcp/figures.ts";
import { stated } from "../../record/attendance/shape.ts";
import { bar } from "../drawing/svg.ts";
import type { ReportFacts } from "../facts/record.ts";
import { figuresList, sentence, table, titled, type Section } from "../page/parts.ts";
import { figure, share } from "../words.ts";

/** Who came, of an event that has begun. */
export function attendanceSection({
  attendance,
  registrations,
  event,
  zone,
}: ReportFacts): Section | null {
  const name = { name: "attendance", title: "Who came" };
  if (attendance === null) {
    if (daysUntil(event.event_date, zone) >= 0 || registrations.total === 0) return null;
    return {
      ...name,
      body: sentence("Nobody was checked in, so that who came is not known."),
    };
  }
  const { registered, came, registered_came, walk_ins, no_shows, first_time, returning } =
    attendance;
  const rows = [
    {
      what: "Registered and came",
      of: "of those registered",
      part: registered_came,
      whole: registered,
    },
    {
      what: "Registered, did not come",
      of: "of those registered",
      part: no_shows ?? 0,
      whole: registered,
    },
    {
      what: "Came without registering",
      of: "of those who came",
      part: walk_ins ?? 0,
      whole: came ?? 0,
    },
    {
      what: "Came for the first time",
      of: "of those who came",
      part: first_time ?? 0,
      whole: came ?? 0,
    },
    {
      what: "Had come to an earlier event",
      of: "of those who came",
      part: returning ?? 0,
      whole: came ?? 0,
    },
  ];
  return {
    ...name,
    body: html(
      figuresList([
        { label: "Registered", value: figure(registered), note: "before the day" },
        { label: "Came", value: figure(came), note: `${figure(walk_ins)} without registering` },
        {
          label: "Show rate",
          value: share(stated(attendance).show_rate),
          note: "of those registered",
        },
        {
          label: "For the first time",
          value: share(rate(first_time ?? 0, came ?? 0)),
          note: "of those who came",
        },
      ]),
      table(
        "In people",
        [
          { head: "Who", cell: ({ what }) => titled(what) },
          {
            head: "Drawn",
            kind: "drawing",
            cell: ({ part, whole }) => bar({ part, whole, shade: "f3" }),
          },
          { head: "People", kind: "number", cell: ({ part }) => figure(part) },
          { head: "Share", kind: "number", cell: ({ part, whole }) => share(rate(part, whole)) },
          { head: "Of", cell: ({ of }) => of },
        ],
        rows,
      ),
    ),
  };
}
