import { expect, it } from "vitest";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase } from "../support/database.ts";
import { label, ratings, sessions } from "./support/forms.ts";
import { tempFiles } from "./support/temp_files.ts";

const files = tempFiles();

// An earlier tool doubled co-speakers each time the sessions came in: 223 ratings became 247, then 271.
it("makes 223 ratings of 199 rows, 24 of them for two speakers, after three imports of the sessions", async () => {
  const database = await freshDatabase();
  await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
  const client = await connectInProcess({ server: "import", env: { DATABASE_URL: database.url } });
  const talks = Array.from({ length: 8 }, (_, n) => ({
    "Session Id": String(100 + n),
    Title: `Talk ${["one", "two", "three", "four", "five", "six", "seven", "eight"][n]!} - made up`,
    "Speaker Id": `sp-${String(n)}`,
    FirstName: `Speaker${String(n)}`,
    LastName: "Person",
    Email: `speaker${String(n)}@example.org`,
  }));
  const second = {
    "Session Id": "100",
    "Speaker Id": "sp-co",
    FirstName: "Co",
    LastName: "Speaker",
    Email: "co@example.org",
  };
  const file = await files.write("sessions.csv", sessions([talks[0]!, second, ...talks.slice(1)]));
  const args = { event: "Data Day", file_path: file };
  for (const created of [8, 0, 0]) {
    expect((await client.ask("import_sessionize_data", args)).sessions.created).toBe(created);
  }

  // 24 rows for the first talk, 25 for each of the other seven.
  const rows = Array.from({ length: 199 }, (_, n) => {
    const talk = n < 24 ? 0 : 1 + ((n - 24) % 7);
    const speakers = [`Speaker${String(talk)} Person`, ...(talk === 0 ? ["Co Speaker"] : [])];
    return { id: String(n + 1), label: label(talk + 1, talks[talk]!.Title, speakers) };
  });
  const answers = await files.write("ratings.csv", ratings(rows));
  for (const [created, skipped] of [
    [223, 0],
    [0, 223],
  ]) {
    expect(
      await client.ask("import_speaker_ratings", { event: "Data Day", file_path: answers }),
    ).toMatchObject({
      rows: 199,
      ratings: { created, updated: 0, skipped },
      sessions_matched: 8,
      unmatched: [],
    });
    await client.ask("import_sessionize_data", args);
  }
  const stored = await database.sql`
    SELECT first_name, count(*)::int AS ratings FROM speaker_ratings
    JOIN speaker_sessions AS session ON session.id = speaker_session_id
    JOIN contacts AS contact ON contact.id = contact_id GROUP BY 1 ORDER BY 1`;
  expect(stored.map((row) => [row.first_name, row.ratings])).toEqual([
    ["Co", 24],
    ["Speaker0", 24],
    ...[1, 2, 3, 4, 5, 6, 7].map((n) => [`Speaker${String(n)}`, 25]),
  ]);
  await client.close();
  await database.drop();
});
