import { element, html } from "../../mcp/page/html.ts";
import type { ReportFacts } from "../facts/record.ts";
import { sentence, table, titled, type Section } from "../page/parts.ts";
import { day, figure, several, spoken } from "../words.ts";

/** What is still to be done or remembered. */
export function notesSection({ notes }: ReportFacts): Section | null {
  if (notes.total === 0) return null;
  const { shown, total, overdue } = notes;
  const hidden = total - shown.length;
  const withAuthors = shown.some(({ by }) => by !== "");
  return {
    name: "notes",
    title: "Notes still open",
    body: html(
      sentence(
        `${several(total, "note")}${overdue > 0 ? `, ${figure(overdue)} overdue` : ""}.${hidden > 0 ? ` ${figure(hidden)} of them ${hidden === 1 ? "is" : "are"} not shown here.` : ""}`,
      ),
      shown.length === 0
        ? html()
        : table(
            "First due first",
            [
              {
                head: "Note",
                cell: ({ text, about }) => titled(text, `${spoken(about.kind)}: ${about.name}`),
              },
              {
                head: "Due",
                cell: ({ due, overdue: isOverdue }) =>
                  due === null
                    ? ""
                    : isOverdue
                      ? element("span", { class: "overdue" }, `${day(due)}, overdue`)
                      : day(due),
              },
              ...(withAuthors
                ? [{ head: "By", cell: ({ by }: (typeof shown)[number]) => by }]
                : []),
            ],
            shown,
          ),
    ),
  };
}
