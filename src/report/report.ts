import { element, html, type Html } from "../mcp/page/html.ts";
import { daysUntil } from "../mcp/time.ts";
import type { ReportFacts } from "./facts/record.ts";
import { documentOf } from "./page/document.ts";
import { sentence } from "./page/parts.ts";
import { attendanceSection } from "./sections/attendance.ts";
import { comparisonSection } from "./sections/comparison.ts";
import { figuresSection } from "./sections/figures.ts";
import { mailsSection } from "./sections/mails.ts";
import { materialSection } from "./sections/material.ts";
import { notesSection } from "./sections/notes.ts";
import { registrationsSection } from "./sections/registrations.ts";
import { sessionsSection } from "./sections/sessions.ts";
import { sourcesSection } from "./sections/sources.ts";
import { entriesSection, timelineSection } from "./sections/timeline.ts";
import { fullDay, moment, several, spoken } from "./words.ts";

/** What becomes of people in a report: they are named, left out, or there is nobody to be named. */
export type People = "named" | "left out" | "nobody";

const ABOUT_PEOPLE: Record<People, string> = {
  named: "This report names people: it is meant for those who may know them.",
  "left out": "Names and addresses of people are left out.",
  nobody: "No name of a person is in it.",
};

/** A report of these facts: what it is called, the names of its sections, and the whole file. */
export function reportOf(
  facts: ReportFacts,
  people: People,
): { title: string; sections: string[]; text: string } {
  const ofWhole = facts.campaign === null;
  const sections = [
    figuresSection(facts),
    timelineSection(facts),
    mailsSection(facts),
    registrationsSection(facts),
    sourcesSection(facts),
    ofWhole ? attendanceSection(facts) : null,
    ofWhole ? sessionsSection(facts) : null,
    materialSection(facts),
    notesSection(facts),
    comparisonSection(facts),
    entriesSection(facts),
  ].filter((section) => section !== null);
  const title = facts.campaign?.name ?? facts.event.name;
  return {
    title,
    sections: sections.map(({ name }) => name),
    text: documentOf(title, {
      header: headerOf(facts),
      sections,
      footer: sentence(
        `As of ${moment(facts.asOf)} (${facts.zone}). ${ABOUT_PEOPLE[people]} Reached is who was sent a mail that did not bounce or fail. Open rates are of delivered mails, and know only of those who load pictures.`,
      ),
    }),
  };
}

function headerOf({ campaign, event, facts, zone }: ReportFacts): Html {
  const known = (key: string) => {
    const value = facts.find((fact) => fact.key === key)?.value;
    return typeof value === "string" ? value : null;
  };
  const when = [fullDay(event.event_date), event.location, distance(event.event_date, zone)];
  const said = [known("theme"), known("tagline"), known("hashtag")];
  return html(
    element("p", { class: "kind" }, campaign === null ? "Event report" : "Campaign report"),
    element("h1", {}, campaign?.name ?? event.name),
    element(
      "p",
      {},
      [
        ...(campaign === null
          ? []
          : [`${spoken(campaign.campaign_type)} campaign for ${event.name}`]),
        ...when,
      ]
        .filter((part) => part !== null && part !== "")
        .join(" · "),
    ),
    said.every((part) => part === null)
      ? html()
      : element("p", {}, said.filter((part) => part !== null).join(" · ")),
  );
}

function distance(date: string, zone: string): string {
  const days = daysUntil(date, zone);
  if (days === 0) return "today";
  return days > 0 ? `in ${several(days, "day")}` : "";
}
