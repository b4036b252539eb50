import { stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decode } from "html-entities";
import { NASTY, reportedWorld } from "./world.ts";

let world: Awaited<ReturnType<typeof reportedWorld>>;
let current: string;
let last: string;
beforeAll(async () => {
  world = await reportedWorld();
  current = (await world.report({ event: world.event })).page;
  last = (await world.report({ event: "Data & AI Day 2025" })).page;
});
afterAll(() => world.close());

/** What a section says, its pieces apart. */
function wordsOf(page: string, section: string): string {
  const [, found = ""] =
    new RegExp(`<section id="${section}"(.*?)</section>`, "su").exec(page) ?? [];
  return decode(found.replace(/<style.*?<\/style>|<[^>]*>/gsu, "|"))
    .replaceAll("\u00a0", " ")
    .replace(/\|+/gu, "|");
}

const NAMES = /Jane|Smith|Thabo|Nkosi|Nomsa|Zoë|Merwe|Lerato|Mokoena|Sipho|Dlamini/u;

describe("export_report", () => {
  it("writes one new file that only its owner reads, and says where and what is in it", async () => {
    const { facts, text } = await world.report({ event: world.event });
    const { path, format, bytes } = facts["file"];
    const there = await stat(path);
    expect([there.mode & 0o777, there.size, format]).toEqual([0o600, bytes, "html"]);
    expect(text.split("\n")[0]).toBe(
      `The report of ${world.event} is at ${path}, without names of people.`,
    );
    // Whether its day has passed, the clock says.
    expect(facts["sections"].filter((section: string) => section !== "attendance")).toEqual([
      "figures",
      "timeline",
      "mails",
      "registrations",
      "sources",
      "material",
      "notes",
      "comparison",
      "entries",
    ]);
    expect(facts).toMatchObject({
      resolved: { event: { name: world.event } },
      filter: { event: { name: world.event } },
    });
    const again = { event: world.event, file_path: path };
    expect(await world.client.refused("export_report", again)).toMatch(/already/u);
  });

  it("holds no script, no address outside itself and no strangers' HTML", () => {
    for (const page of [current, last]) {
      expect(page).toContain("default-src &apos;none&apos;; style-src &apos;sha256-");
      expect(page).not.toMatch(
        /<script|<img|<link|<iframe|<a |href|https?:|url\(|@import|<[^>]*\son\w+=/iu,
      );
    }
    expect(wordsOf(current, "material")).toContain(`Flyer ${NASTY.replace(/:\/\//u, "")}`);
    expect(wordsOf(current, "material")).toContain("see chat.example.org/1");
    expect(wordsOf(last, "sessions")).toContain(`Lakes ${NASTY}`);
  });

  it("says the figures that the tools say", async () => {
    const { client, event } = world;
    const whole = await client.ask("get_event", { event });
    const figures = wordsOf(current, "figures");
    expect(figures).toContain(`|Registrations|${String(whole.registrations.total)}|`);
    expect(figures).toContain(`|Reached by mail|${String(whole.outreach.people_reached)}|`);
    expect(figures).toContain("|about 1,240 people reached|");
    const { communications } = await client.ask("get_campaign", { campaign: "CFP 2026" });
    const [{ funnel }] = communications;
    // Opened by one of the one it was delivered to.
    expect(wordsOf(current, "mails")).toContain(
      `|Call for speakers|1 Mar 2026 · CFP 2026|${[funnel.attempted, funnel.delivered, funnel.opened].join("|")}|100 %|0|0 %|1|1|`,
    );
    const { by_source, campaigns } = await client.ask("query_registrations", { event });
    const sources = wordsOf(current, "sources");
    for (const { marketing_source, campaign, registrations } of by_source) {
      expect(sources).toContain(`|${campaign?.name ?? marketing_source}|`);
      expect(sources).toContain(`|${String(registrations)}|`);
    }
    const [cfp] = campaigns;
    expect(sources).toContain(
      `|CFP 2026|${[cfp.people_reached, cfp.after_receiving].join("|")}|${String(cfp.conversion * 100)} %|${String(cfp.by_marketing_source)}|`,
    );
  });

  it("counts the weeks, with what was sent and published in each", () => {
    expect(wordsOf(current, "registrations")).toContain(
      "|1 Jun 2026|1|1|Mail: Early bird tickets|8 Jun 2026|0|1|15 Jun 2026|1|2|22 Jun 2026|0|2|29 Jun 2026|1|3|",
    );
  });

  it("tells who came, how sessions were rated, and what stands beside the event before", () => {
    expect(wordsOf(last, "attendance")).toContain(
      "|Registered|3|before the day|Came|3|1 without registering|Show rate|66.7 %|of those registered|For the first time|100 %|",
    );
    expect(wordsOf(last, "sessions")).toContain("|Data|6.00|6.00|2*|");
    expect(wordsOf(current, "comparison")).toContain(
      "Beside Data & AI Day 2025|Data & AI Day 2025 was on 15 Nov 2025.",
    );
    expect(wordsOf(current, "comparison")).toMatch(/\|Mails\|3\|1\|\+2\|/u);
    expect(last).not.toContain('id="comparison"');
  });

  it("tells in the timeline what was done and the days that mattered", () => {
    const timeline = wordsOf(current, "timeline");
    expect(timeline).toContain("|Mail: Call for speakers, 1 Mar 2026|");
    const entries = wordsOf(current, "entries");
    expect(entries).toContain("|Call for speakers|CFP 2026|Mail|1 Mar 2026, 09:00|3|");
    expect(entries).toContain("|Call for speakers closes|Milestone|30 Jun 2026|");
    // The event is the whole of its day: nothing that begins on it comes after.
    expect(entries).toContain(
      "|Doors open|Milestone|14 Nov 2026|Keynote|Milestone|14 Nov 2026|Event|Event|14 Nov 2026|",
    );
    const placesOf = (kind: string) =>
      [...current.matchAll(new RegExp(`<line class="day ${kind}" x1="([\\d.]+)%"`, "gu"))].map(
        ([, x]) => Number(x),
      );
    const [event = 0] = placesOf("event");
    expect(placesOf("milestone").filter((x) => x >= event)).toEqual([event, event]);
    // Without an hour it is a day.
    expect(entries).toContain("|Some time that day|CFP 2026|LinkedIn post|8 Mar 2026|");
    // A draft is not done.
    expect(current).not.toContain("Speaker handbook");
  });

  it("names nobody, wherever a name may stand, unless it is to", async () => {
    for (const page of [current, last]) expect(decode(page)).not.toMatch(NAMES);
    expect(decode(current)).not.toMatch(/@example\.org|82 123|photographs/u);
    expect(wordsOf(current, "timeline")).toContain("|(name withheld) speaks|");
    expect(wordsOf(last, "sessions")).toContain("|A talk with (name withheld)|");
    expect(wordsOf(current, "notes")).toContain(
      "|2 notes, 1 overdue.|First due first|Note|Due|Call (name withheld) on (number withheld) about the hall|Event: Data & AI Day 2026|1 Jan 2020, overdue|",
    );
    const { page, text } = await world.report({ event: world.event, people: true });
    expect(text).toContain("; it names people.");
    expect(wordsOf(page, "timeline")).toContain("|Jane Smith speaks|");
    expect(wordsOf(page, "notes")).toContain("Call Thabo on +27 82 123 4567");
    const talks = (await world.report({ event: "Data & AI Day 2025", people: true })).page;
    expect(wordsOf(talks, "sessions")).toContain("|Jane Smith · Data|");
  });

  it("is of one campaign too, with what was done in it", async () => {
    const { page, facts } = await world.report({ campaign: "CFP 2026" });
    expect(facts["sections"]).toEqual([
      "figures",
      "timeline",
      "mails",
      "registrations",
      "sources",
      "material",
      "notes",
      "entries",
    ]);
    const { campaigns } = await world.client.ask("list_campaigns", { text: "CFP" });
    expect(wordsOf(page, "figures")).toContain(
      `|Reached by mail|${String(campaigns[0].people_reached)}|of ${String(campaigns[0].people)} people on its lists|`,
    );
    expect(page).not.toContain("Early bird tickets");
    expect(page).not.toContain("Venue poster");
    expect(decode(page)).not.toMatch(NAMES);
  });

  it("leaves out of an event what there is nothing of", async () => {
    await world.client.ask("create_event", { name: "Blank", event_date: "2024-01-10" });
    const { page, facts } = await world.report({ event: "Blank" });
    expect(facts["sections"]).toEqual(["figures", "timeline", "mails", "registrations"]);
    expect(wordsOf(page, "timeline")).toContain("Nothing was sent, published or shared yet.");
    expect(wordsOf(page, "mails")).toContain("No mail was sent.");
    expect(wordsOf(page, "registrations")).toContain("Nobody has registered yet.");
  });

  it("says that it names people only where it does", async () => {
    const { page, text } = await world.report({ event: "Blank", people: true });
    expect(text.split("\n")[0]).toMatch(/; no name of a person is in it\.$/u);
    expect(page).toContain("No name of a person is in it.");
  });

  it("asks for the event or campaign where none or several are meant", async () => {
    expect(await world.client.refused("export_report", {})).toMatch(
      /^Give the event or the campaign/u,
    );
    await world.client.ask("create_event", { name: "Meetup", event_date: "2026-02-10" });
    expect(await world.client.refused("export_report", { event: "2026" })).toMatch(
      /about one event, and 2026 means 2/u,
    );
  });

  it("names nobody in the possessive, in handles, or with initials", async () => {
    const { client, event, database } = world;
    await database.sql`INSERT INTO contacts (first_name, last_name) VALUES ('Conor', 'O''Brien')`;
    const titles = [
      "Lerato Mokoena's keynote",
      "Lerato Mokoena\u2019s second keynote",
      "Zoë van der Merwe's",
      "#LeratoMokoena today",
      "ask @leratomokoena7",
      "Dr. Lerato N. Mokoena on stage",
      "L. Mokoena and Lerato M. speak",
      "Conor O\u2019Brien and 'Conor O'Brien's talk'",
      "Jane Smiths Vortrag",
      // Of a first or last name alone it is not known whose it is.
      "Merwe Dam, Lerato, and a plan B",
    ];
    for (const title of titles)
      await client.ask("log_post", { campaign: "CFP 2026", channel: "linkedin_post", title });
    await client.ask("save_note", {
      about: { event },
      text: "Lerato's stand and Mokoena's car; @lerato; Zoë\u2019s friend will ask the Merwe family",
    });
    const { page } = await world.report({ campaign: "CFP 2026" });
    const entries = wordsOf(page, "entries");
    for (const shown of [
      "|(name withheld)'s keynote|",
      "|(name withheld)\u2019s second keynote|",
      "|(name withheld)'s|",
      "|#(name withheld) today|",
      "|ask @(name withheld)7|",
      "|Dr. (name withheld) on stage|",
      "|(name withheld) and (name withheld). speak|",
      "|(name withheld) and '(name withheld)'s talk'|",
      "|(name withheld) Vortrag|",
      "|Merwe Dam, Lerato, and a plan B|",
    ])
      expect(entries).toContain(shown);
    const whole = (await world.report({ event })).page;
    expect(wordsOf(whole, "notes")).toContain(
      "|(name withheld)'s stand and (name withheld)'s car; @(name withheld); (name withheld)\u2019s friend will ask the (name withheld) family|",
    );
  });
});
