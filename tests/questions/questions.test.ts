import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { EVENTS, worldOf, writeWorld, type Ticket } from "./world.ts";

// What organisers asked beyond their campaigns, each by at most two calls, on a generated world whose truths
// are computed here. QUESTIONS_SEED takes another world.
const world = worldOf(Number(process.env["QUESTIONS_SEED"] ?? 20_251_115));
const [ONE, TWO, THREE, FOUR] = EVENTS;
const { people, tickets, talks, sponsors } = world;

let database: TestDatabase;
let client: TestClient;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), "outreach-questions-"));
  await writeWorld(database.sql, world);
  client = await connectInProcess({
    server: "organiser",
    env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
  });
  await client.ask("create_campaign", { name: "Sponsors", event: FOUR, campaign_type: "sponsor" });
  await client.ask("log_send", {
    campaign: "Sponsors",
    title: "Join us again",
    sent_at: "-12d",
    recipients: sponsors.map((id) => ({ contact: String(id) })),
  });
  await client.ask("record_delivery_events", {
    events: sponsors.slice(0, 2).map((id) => ({
      event: "opened",
      communication: "Join us again",
      contact: String(id),
      at: "-11d",
    })),
  });
});
afterAll(async () => {
  await client.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

const nameOf = (id: number) => people[id - 1]!.name;
const names = (ids: Iterable<number>) => [...new Set(ids)].map(nameOf).toSorted();
const at = (event: number) => tickets.filter((ticket) => ticket.event === event);
const cameTo = (event: number) => at(event).filter(({ came }) => came);
const whoCame = (event: number) => new Set(cameTo(event).map(({ person }) => person));
const registered = (event: number) => at(event).filter(({ walkIn }) => !walkIn);
const counts = <Key>(items: readonly Ticket[], keyOf: (ticket: Ticket) => Key) =>
  items.reduce(
    (all, ticket) => all.set(keyOf(ticket), (all.get(keyOf(ticket)) ?? 0) + 1),
    new Map<Key, number>(),
  );
const average = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
const rounded = (value: number) => Math.round(value * 100) / 100;

/** What `ask_database` answers, as a list of rows. */
async function asked(sql: string): Promise<unknown[][]> {
  const answer = await client.ask("ask_database", { sql, limit: 1000 });
  expect(answer["truncated"]).toBe(false);
  return answer["rows"] as unknown[][];
}

describe("who came", () => {
  it("to the second event and again to the third", async () => {
    const both = await asked(`
      SELECT DISTINCT p.name FROM people p JOIN registrations r USING (contact_id) JOIN events e USING (event_id)
      WHERE e.name = '${TWO}' AND r.came AND p.contact_id IN
        (SELECT contact_id FROM registrations JOIN events USING (event_id) WHERE name = '${THREE}' AND came)
      ORDER BY 1`);
    const again = [...whoCame(1)].filter((id) => whoCame(2).has(id));
    expect(both.flat().toSorted()).toEqual(names(again));
    const { overlap } = await client.ask("query_attendance", { events: [TWO, THREE] });
    expect(overlap).toEqual([
      { from: { id: 2, name: TWO }, to: { id: 3, name: THREE }, people: again.length },
    ]);
  });

  it("for the first time, and how many walked in", async () => {
    const { events } = await client.ask("query_attendance", { event: THREE });
    const before = new Set([...whoCame(0), ...whoCame(1)]);
    expect(events[0]).toMatchObject({
      came: whoCame(2).size,
      walk_ins: at(2).filter(({ walkIn }) => walkIn).length,
      no_shows: registered(2).filter(({ came }) => !came).length,
      first_time: [...whoCame(2)].filter((id) => !before.has(id)).length,
    });
  });

  it("from which companies most", async () => {
    const { groups } = await client.ask("query_attendance", { event: THREE, by: "company" });
    const came = counts(cameTo(2), ({ person }) => people[person - 1]!.company);
    expect(new Map(groups.map((group: any) => [group.value, group.came]))).toEqual(
      new Map(
        [...counts(at(2), ({ person }) => people[person - 1]!.company).keys()].map((company) => [
          company,
          came.get(company) ?? 0,
        ]),
      ),
    );
  });

  it("most often, over all events", async () => {
    const { regulars } = await client.ask("query_attendance", {
      events: [ONE, TWO, THREE],
      regulars: 10,
    });
    const often = people
      .map(({ id }) => [0, 1, 2].filter((event) => whoCame(event).has(id)).length)
      .toSorted((a, b) => b - a);
    expect(regulars.map((person: any) => person.came)).toEqual(often.slice(0, 10));
  });

  it("of those with a source, and who did not", async () => {
    const { groups } = await client.ask("query_attendance", { event: THREE, by: "source" });
    const missed = counts(
      registered(2).filter(({ came }) => !came),
      ({ source }) => source,
    );
    for (const { value, no_shows } of groups) {
      expect([value, no_shows]).toEqual([value, missed.get(value) ?? 0]);
    }
  });

  it("of those who are interested in streaming", async () => {
    const [row] = await asked(`
      SELECT count(DISTINCT r.contact_id) FILTER (WHERE r.came), count(DISTINCT r.contact_id)
      FROM registrations r JOIN events e USING (event_id) JOIN interests i USING (contact_id)
      WHERE e.name = '${THREE}' AND i.topic = 'Streaming'`);
    const interested = at(2).filter(({ person }) =>
      people[person - 1]!.topics.includes("Streaming"),
    );
    expect(row).toEqual([interested.filter(({ came }) => came).length, interested.length]);
  });
});

describe("speakers", () => {
  const ratingOf = (speaker: number) =>
    talks.filter((talk) => talk.speaker === speaker).flatMap(({ answers }) => answers);

  it("who are rated highest: five of them", async () => {
    const { speakers } = await client.ask("query_speakers", { order: "rating", limit: 5 });
    const highest = [...new Set(talks.map(({ speaker }) => speaker))]
      .map((speaker) => {
        const topic = average(ratingOf(speaker).map((answer) => answer.topic));
        const presentation = average(ratingOf(speaker).map((answer) => answer.presentation));
        return [(topic + presentation) / 2, speaker] as const;
      })
      .toSorted(([a], [b]) => b - a);
    expect(speakers.map((speaker: any) => speaker.contact_id)).toEqual(
      highest.slice(0, 5).map(([, id]) => id),
    );
  });

  it("who spoke at three events or more", async () => {
    const { speakers } = await client.ask("query_speakers", { min_events: 3 });
    expect(speakers.map((speaker: any) => speaker.name).toSorted()).toEqual(names([1, 2, 3]));
  });

  it("one of them: how often, and about what", async () => {
    const { speakers } = await client.ask("query_speakers", { text: nameOf(1) });
    expect(speakers).toHaveLength(1);
    expect(speakers[0]).toMatchObject({ contact_id: 1, events: 3 });
    expect(speakers[0].sessions.map((session: any) => session.title).toSorted()).toEqual(
      talks
        .filter(({ speaker }) => speaker === 1)
        .map(({ title }) => title)
        .toSorted(),
    );
  });

  it("their ratings by track", async () => {
    const rows = await asked(`
      SELECT s.track, round(avg(r.topic), 2), count(r.topic)
      FROM ratings r JOIN (SELECT DISTINCT event_id, session_key, track FROM sessions) s USING (event_id, session_key)
      GROUP BY 1 ORDER BY 1`);
    const tracks = [...new Set(talks.map(({ track }) => track))].toSorted();
    expect(rows.map(([track, mean, answers]) => [track, Number(mean), answers])).toEqual(
      tracks.map((track) => {
        const answers = talks
          .filter((talk) => talk.track === track)
          .flatMap((talk) => talk.answers);
        return [track, rounded(average(answers.map(({ topic }) => topic))), answers.length];
      }),
    );
  });

  it("what people said in the feedback", async () => {
    const { sessions } = await client.ask("list_sessions", { event: THREE, comments: true });
    for (const talk of talks.filter(({ event }) => event === 2)) {
      const session = sessions.find(({ title }: any) => title === talk.title);
      const said = talk.answers.flatMap(({ comment }) => comment ?? []);
      expect(session.comments.map((comment: any) => comment.text ?? comment).toSorted()).toEqual(
        said.toSorted(),
      );
    }
  });

  it("the talks of a track and their rooms", async () => {
    const { sessions } = await client.ask("list_sessions", { event: TWO, track: "Data" });
    expect(sessions.map(({ title, room }: any) => [title, room]).toSorted()).toEqual(
      talks
        .filter(({ event, track }) => event === 1 && track === "Data")
        .map(({ title, room }) => [title, room])
        .toSorted(),
    );
  });
});

describe("the coming event", () => {
  it("how its registrations grow week by week, as a picture", async () => {
    const file_path = path.join(folder, "report.html");
    const { file, sections } = await client.ask("export_report", { event: FOUR, file_path });
    expect(sections.join(" ")).toMatch(/registrations/iu);
    expect(await readFile(file.path, "utf8")).toMatch(/<svg/u);
    const weeks = await asked(`
      SELECT date_trunc('week', registered_at)::date, count(*) FROM registrations JOIN events USING (event_id)
      WHERE name = '${FOUR}' GROUP BY 1 ORDER BY 1`);
    expect(weeks.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(at(3).length);
  });

  it("what happened this week", async () => {
    const { total } = await client.ask("query_registrations", { event: FOUR, from: "-7d" });
    expect(total).toBe(at(3).filter(({ daysBefore }) => daysBefore <= 7).length);
    const timeline = await client.ask("query_outreach_timeline", { event: FOUR, from: "-14d" });
    expect(timeline["total"]).toBe(1);
  });

  it("who of the sponsors has not opened the mail of ten days ago or more", async () => {
    const rows = await asked(`
      SELECT p.name FROM mails m JOIN people p USING (contact_id) JOIN roles r USING (contact_id)
      WHERE r.role = 'sponsor' AND m.received AND NOT m.opened AND m.sent_at < now() - interval '10 days' ORDER BY 1`);
    expect(rows.flat().toSorted()).toEqual(names(sponsors.slice(2)));
  });

  it("the recipients of a mail, as a spreadsheet", async () => {
    const { file } = await client.ask("export_answer", {
      tool: "query_recipients",
      arguments: { communication: "Join us again" },
      format: "csv",
      file_path: path.join(folder, "recipients.csv"),
    });
    expect(file.rows).toBe(sponsors.length);
    const text = await readFile(file.path, "utf8");
    for (const id of sponsors) expect(text).toContain(people[id - 1]!.email);
  });
});

describe("the address book", () => {
  it("somebody's phone number", async () => {
    const { contacts } = await client.ask("find_contacts", { text: nameOf(20) });
    expect(contacts).toEqual([expect.objectContaining({ id: 20, phone: people[19]!.phone })]);
  });

  it("a new contact with a note", async () => {
    const { contact, created } = await client.ask("save_contact", {
      first_name: "Naledi",
      last_name: "Khoza",
      email: "naledi@example.org",
      note: "Met at the meetup, would host a workshop",
    });
    expect([created, contact.notes]).toEqual([
      true,
      [expect.objectContaining({ text: "Met at the meetup, would host a workshop" })],
    ]);
  });

  it("a new address, and that change undone", async () => {
    await client.ask("save_contact", { contact: nameOf(21), email: "new@example.org" });
    const { changes } = await client.ask("list_changes", { limit: 1 });
    await client.ask("undo_change", { change: changes[0].id });
    const { contacts } = await client.ask("find_contacts", { text: nameOf(21) });
    expect(contacts).toMatchObject([{ email: people[20]!.email }]);
  });

  it("a person who is in there twice", async () => {
    await client.ask("save_contact", {
      first_name: "Naledi",
      last_name: "Khoza",
      email: "n.khoza@example.org",
      even_if_similar: true,
    });
    const { pairs } = await client.ask("find_contacts", { duplicates: true });
    const found = pairs.find(({ a, b }: any) =>
      [a.name, b.name].every((name) => name === "Naledi Khoza"),
    );
    expect(found).toBeDefined();
    const merged = await client.ask("merge_contacts", {
      keep: "naledi@example.org",
      duplicate: "n.khoza@example.org",
    });
    expect(merged["also_known_as"]).toMatchObject([{ email: "n.khoza@example.org" }]);
  });

  it("one who asks to be forgotten", async () => {
    const { erased } = await client.ask("erase_contact", {
      contact: "naledi@example.org",
      confirm_name: "Naledi Khoza",
    });
    expect(Object.keys(erased)).toContain("contacts");
    const { total } = await client.ask("find_contacts", { text: "Khoza" });
    expect(total).toBe(0);
  });
});

describe("the record", () => {
  it("keeps the draft of a text in its campaign", async () => {
    await client.ask("log_post", {
      campaign: "Sponsors",
      channel: "linkedin_post",
      title: "Thank you, sponsors",
      content_summary: "With the support of five companies …",
      status: "draft",
    });
    const { communications } = await client.ask("get_campaign", { campaign: "Sponsors" });
    expect(communications).toContainEqual(
      expect.objectContaining({
        title: "Thank you, sponsors",
        status: "draft",
        content_summary: "With the support of five companies …",
      }),
    );
  });

  it("tells what changed since yesterday, and who did it", async () => {
    const { changes, total } = await client.ask("list_changes", { from: "yesterday" });
    expect(total).toBeGreaterThan(5);
    expect(changes[0]).toMatchObject({
      tool: "log_post",
      by: { client: expect.stringMatching(/^test/u) },
    });
  });
});
