import { html } from "../../mcp/page/html.ts";
import { rate } from "../../mcp/figures.ts";
import { funnelOf } from "../../record/recipients/shape.ts";
import { bar } from "../drawing/svg.ts";
import type { ReportFacts, ReportedMail } from "../facts/record.ts";
import { sentence, shades, table, titled, type Piece, type Section } from "../page/parts.ts";
import { day, figure, several, share, UNKNOWN } from "../words.ts";

const STEPS = [
  { shade: "f1", text: "attempted" },
  { shade: "f2", text: "delivered" },
  { shade: "f3", text: "opened" },
  { shade: "f4", text: "clicked" },
] as const;

/** What became of each mail. */
export function mailsSection({ mails, campaign }: ReportFacts): Section {
  const name = { name: "mails", title: "What became of each mail" };
  if (mails.length === 0) return { ...name, body: sentence("No mail was sent.") };
  const rows = mails.map((mail) => ({ mail, funnel: funnelOf(mail.recipients) }));
  const untracked = mails.filter(({ tracked }) => !tracked).length;
  const counted =
    (of: (row: (typeof rows)[number]) => number) =>
    (row: (typeof rows)[number]): Piece =>
      row.mail.tracked ? figure(of(row)) : UNKNOWN;
  const withShare =
    (step: "opened" | "clicked") =>
    (row: (typeof rows)[number]): Piece =>
      row.mail.tracked
        ? html(figure(row.funnel[step]), small(rate(row.funnel[step], row.funnel.delivered)))
        : UNKNOWN;
  return {
    ...name,
    body: html(
      shades(STEPS),
      table(
        `${several(mails.length, "mail")}; shares are of what was delivered`,
        [
          { head: "Mail", cell: ({ mail }) => mailTitle(mail, campaign === null) },
          {
            head: "Drawn",
            kind: "drawing",
            cell: ({ funnel }) =>
              bar(
                { part: funnel.attempted, whole: funnel.attempted, shade: "f1" },
                { part: funnel.delivered, whole: funnel.attempted, shade: "f2" },
                { part: funnel.opened, whole: funnel.attempted, shade: "f3" },
                { part: funnel.clicked, whole: funnel.attempted, shade: "f4" },
              ),
          },
          { head: "Attempted", kind: "number", cell: ({ funnel }) => figure(funnel.attempted) },
          { head: "Delivered", kind: "number", cell: counted(({ funnel }) => funnel.delivered) },
          { head: "Opened", kind: "number", cell: withShare("opened") },
          { head: "Clicked", kind: "number", cell: withShare("clicked") },
          {
            head: "Did not arrive",
            kind: "number",
            cell: counted(({ funnel }) => funnel.bounced + funnel.failed),
          },
          { head: "No news", kind: "number", cell: ({ funnel }) => figure(funnel.no_news) },
        ],
        rows,
      ),
      untracked === 0
        ? html()
        : sentence(
            `What became of ${several(untracked, "mail")} was never reported, so who opened ${untracked === 1 ? "it" : "them"} is not known.`,
          ),
    ),
  };
}

function mailTitle({ title, sent_at, campaign, status }: ReportedMail, withCampaign: boolean) {
  return titled(title, day(sent_at ?? ""), withCampaign && campaign, status !== "sent" && status);
}

function small(value: number | null) {
  return value === null ? html() : titledShare(share(value));
}

function titledShare(text: string) {
  return titled("", text);
}
