import { html } from "../../mcp/page/html.ts";
import { rate } from "../../mcp/figures.ts";
import { conversion } from "../../record/registrations/shape.ts";
import { bar } from "../drawing/svg.ts";
import type { ReportFacts } from "../facts/record.ts";
import { sentence, table, titled, type Section } from "../page/parts.ts";
import { figure, several, share } from "../words.ts";

/** What brought people, by what their tickets say and by who registered after a mail. */
export function sourcesSection({
  registrations,
  sources,
  outcomes,
  attendance,
}: ReportFacts): Section | null {
  const { total } = registrations;
  if (total === 0) return null;
  const unsaid = total - sources.reduce((sum, source) => sum + source.registrations, 0);
  const rows = [
    ...sources.map((source) => ({
      name: source.campaign?.name ?? source.marketing_source,
      detail:
        source.campaign !== null
          ? "campaign"
          : source.ambiguous_with.length > 0
            ? "matches several campaigns"
            : "",
      registrations: source.registrations,
      came: source.checked_in,
    })),
    ...(unsaid > 0 ? [{ name: "Not said", detail: "", registrations: unsaid, came: null }] : []),
  ];
  const most = Math.max(...rows.map((row) => row.registrations));
  return {
    name: "sources",
    title: "What brought people",
    body: html(
      table(
        `By what the tickets say: ${several(total, "registration")}`,
        [
          { head: "Source", cell: ({ name, detail }) => titled(name, detail) },
          {
            head: "Drawn",
            kind: "drawing",
            cell: (row) => bar({ part: row.registrations, whole: most, shade: "f3" }),
          },
          { head: "Registrations", kind: "number", cell: (row) => figure(row.registrations) },
          {
            head: "Share",
            kind: "number",
            cell: (row) => share(rate(row.registrations, total)),
          },
          ...(attendance === null
            ? []
            : [
                {
                  head: "Checked in",
                  kind: "number" as const,
                  cell: ({ came }: (typeof rows)[number]) => figure(came),
                },
              ]),
        ],
        rows,
      ),
      outcomes.length === 0
        ? html()
        : html(
            table(
              "By campaign",
              [
                { head: "Campaign", cell: ({ name }) => titled(name) },
                {
                  head: "People reached by mail",
                  kind: "number",
                  cell: ({ people_reached }) => figure(people_reached),
                },
                {
                  head: "Registered after it",
                  kind: "number",
                  cell: ({ after_receiving }) => figure(after_receiving),
                },
                { head: "Share", kind: "number", cell: (row) => share(conversion(row)) },
                {
                  head: "Name it as their source",
                  kind: "number",
                  cell: ({ by_marketing_source }) => figure(by_marketing_source),
                },
              ],
              outcomes,
            ),
            sentence(
              "Who registered after a mail and who names the campaign are two ways of counting the same people, so that the two are not to be added up.",
            ),
          ),
    ),
  };
}
