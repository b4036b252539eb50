import { DateTime } from "luxon";
import { element, html } from "../../mcp/page/html.ts";
import { everyWeek, weeksDrawing } from "../drawing/columns.ts";
import { kindInWords, legend } from "../drawing/marks.ts";
import type { ReportFacts } from "../facts/record.ts";
import { sentence, table, type Section } from "../page/parts.ts";
import { day, figure, several } from "../words.ts";

/** Kinds of the timeline that may have moved somebody to register in the week they were done. */
const MARKED = ["email", "linkedin_post", "marketing_material"];

/** Registrations week by week, with what was sent and published. */
export function registrationsSection({
  registrations,
  timeline,
  campaign,
  event,
  zone,
}: ReportFacts): Section {
  const name = {
    name: "registrations",
    title: campaign === null ? "Registrations by week" : `Registrations for ${event.name}`,
  };
  const { total, people, cancelled, transferred, by_ticket_type } = registrations;
  const weeks = everyWeek(registrations.by_week);
  if (weeks.length === 0) return { ...name, body: sentence("Nobody has registered yet.") };
  const done = timeline.shown.filter(({ kind }) => MARKED.includes(kind));
  const inWeek = (week: string) =>
    done.filter(
      ({ at }) => DateTime.fromISO(at, { zone }).startOf("week").toFormat("yyyy-MM-dd") === week,
    );
  const earlier = total - weeks.reduce((sum, { registrations: count }) => sum + count, 0);
  let sum = earlier;
  const rows = weeks.map((week) => {
    sum += week.registrations;
    return { ...week, sum, done: inWeek(week.week) };
  });
  const marked = rows.flatMap((row) => row.done.map(({ kind }) => kind));
  const withdrawn = [
    cancelled > 0 && `${figure(cancelled)} cancelled`,
    transferred > 0 && `${figure(transferred)} passed on to others`,
  ].filter(Boolean);
  return {
    ...name,
    body: html(
      sentence(
        [
          `${several(total, "registration")} of ${several(people, "person", "people")}${withdrawn.length > 0 ? `, not counting tickets that were taken back (${withdrawn.join(", ")})` : ""}.`,
          campaign === null ? "" : "Marked is what was sent and published in this campaign.",
          earlier > 0 ? `${figure(earlier)} came before the weeks that are shown.` : "",
        ]
          .join(" ")
          .trim(),
      ),
      element("figure", {}, weeksDrawing(weeks, done, zone), legend([...new Set(marked)])),
      table(
        "Weeks, by their Monday",
        [
          { head: "Week", kind: "date", cell: ({ week }) => day(week) },
          {
            head: "Registrations",
            kind: "number",
            cell: ({ registrations: count }) => figure(count),
          },
          { head: "In\u00a0all", kind: "number", cell: ({ sum: inAll }) => figure(inAll) },
          ...(marked.length === 0
            ? []
            : [
                {
                  head: "Sent and published",
                  cell: (row: (typeof rows)[number]) =>
                    row.done.map(({ kind, title }) => `${kindInWords(kind)}: ${title}`).join("; "),
                },
              ]),
        ],
        rows,
      ),
      by_ticket_type.length < 2
        ? html()
        : table(
            "Ticket types",
            [
              { head: "Type", cell: ({ ticket_type }) => ticket_type ?? "Not said" },
              {
                head: "Registrations",
                kind: "number",
                cell: ({ registrations: count }) => figure(count),
              },
              { head: "Checked in", kind: "number", cell: ({ checked_in }) => figure(checked_in) },
            ],
            by_ticket_type,
          ),
    ),
  };
}
