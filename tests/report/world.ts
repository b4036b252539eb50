import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";
import { seedRecord, ZONE } from "../support/record.ts";

/** A stranger's words that would be a script, were they not escaped. */
export const NASTY = `<img src=x onerror="document.title='broken into'"></title><script>alert(1)</script>`;

/** An organiser's world with something for every section, and strangers' words in every place. */
export async function reportedWorld() {
  const database = await freshDatabase();
  const { sql } = database;
  const people = await seedPeople(sql);
  const record = await seedRecord(sql, people);
  const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-report-"));
  const client = await connectInProcess({ env: { DATABASE_URL: database.url, ...ZONE } });
  const { day2025, day2026 } = people.events;
  const ticket = (number: number, event: number, person: number, at: string, came: boolean) => sql`
    INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id, attendee_contact_id,
                         ticket_type, registration_date, checked_in, marketing_source)
    VALUES (${number}, ${number < 0 ? "walk-in" : "quicket"}, ${event}, ${person}, ${person}, 'General',
            ${at}::timestamp, ${came}, 'LinkedIn')`;
  await ticket(11, day2025, people.thabo, "2025-09-20 10:00", true);
  await ticket(12, day2025, people.lerato, "2025-10-02 10:00", false);
  await ticket(-1, day2025, people.zoe, "2025-11-15 09:00", true);
  await ticket(13, day2026, people.thabo, "2026-06-18 10:00", false);
  const [session] = await sql<{ id: number }[]>`
    INSERT INTO speaker_sessions (event_id, contact_id, sessionize_session_id, title, track) VALUES
      (${day2025}, ${people.jane}, '1', ${`Lakes ${NASTY}`}, 'Data'),
      (${day2025}, ${people.thabo}, '2', 'A talk with Zoë van der Merwe', 'AI')
    RETURNING id`;
  await sql`
    INSERT INTO speaker_ratings (speaker_session_id, response_id, topic_rating, presentation_rating)
    SELECT ${session?.id ?? 0}, answer::text, 6, CASE answer WHEN 1 THEN 7 ELSE 5 END
    FROM generate_series(1, 2) AS answer`;
  await sql`
    UPDATE marketing_assets SET title = ${`Flyer ${NASTY}`} WHERE id = ${record.flyer}`;
  await sql`
    UPDATE asset_distributions SET notes = 'Asked Lerato, see https://chat.example.org/1'
    WHERE channel = 'whatsapp'`;
  await sql`UPDATE communications SET title = 'Jane Smith speaks' WHERE id = ${record.mails.lastCall}`;
  const event = "Data & AI Day 2026";
  const note = (about: object, text: string, due?: string) =>
    client.ask("save_note", { about, text, ...(due && { due }) });
  await note({ event }, "Call Thabo on +27 82 123 4567 about the hall", "2020-01-01");
  await note({ campaign: "CFP 2026" }, `Write to lerato@example.org ${NASTY}`);
  await note({ contact: "Lerato Mokoena" }, "Wants no photographs");
  await client.ask("update_event", {
    event,
    facts: {
      cfp_closes: "2026-06-30",
      speakers_notified_by: "2026-07-10",
      programme_online_on: "2026-07-12",
      early_bird_closes: "2026-07-15",
      doors_open_at: "2026-11-14T08:00",
      keynote_at: "2026-11-14T09:30",
      theme: "Ubuntu",
      contact_person: "Nomsa Nkosi",
    },
  });
  await client.ask("log_post", {
    campaign: "CFP 2026",
    channel: "linkedin_post",
    title: "Some time that day",
    published_at: "2026-03-08",
  });
  let count = 0;
  return {
    database,
    client,
    people,
    record,
    event,
    folder,
    /** Makes a report and reads it. */
    async report(args: Record<string, unknown>) {
      count += 1;
      const file_path = path.join(folder, `${String(count)}.html`);
      const { text, facts } = await client.call("export_report", { ...args, file_path });
      return { text, facts, page: await readFile(file_path, "utf8") };
    },
    async close() {
      await client.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
