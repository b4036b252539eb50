import { afterEach, beforeEach, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { allRows } from "../support/all_rows.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { label, ratings, sessions } from "./support/forms.ts";
import { TOOL_OF, toolsOn } from "./support/in_process.ts";

let database: TestDatabase;
let tools: ReturnType<typeof toolsOn>;
let outreach: TestClient;
beforeEach(async () => {
  database = await freshDatabase();
  await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
  tools = toolsOn(database.url);
  outreach = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterEach(async () => {
  await outreach.close();
  await tools.leave();
  await database.drop();
});

async function bring(type: keyof typeof TOOL_OF, text: string, duplicate_strategy: string) {
  const answer = await tools.call(TOOL_OF[type], {
    file_content: { name: "export.csv", text },
    event: "Data Day",
    duplicate_strategy,
  });
  expect(answer.isError, answer.text).toBe(false);
  return answer.facts;
}

const zoe = { FirstName: "Zoë", LastName: "van der Merwe", Email: "zoe@example.org" };
const TALKS = sessions([
  {
    ...zoe,
    "Session Id": "7",
    Title: "Streams",
    Description: "What Zoë learned",
    "Recording Link": "https://example.org/zoe.mp4",
  },
  { "Session Id": "7", Title: "", FirstName: "Thabo", LastName: "Nkosi", Email: "t@example.org" },
]);
const answer = (id: string) => ({
  id,
  label: label(1, "Streams", ["Zoë van der Merwe", "Thabo Nkosi"]),
  better: "Zoë and Thabo spoke fast",
});

it("leaves sessions and comments of an erased speaker bare when old files are imported again", async () => {
  const { sql } = database;
  await bring("sessionize", TALKS, "skip");
  await bring("ratings", ratings([answer("1")]), "skip");
  await outreach.ask("erase_contact", { contact: "zoe", confirm_name: "Zoë van der Merwe" });
  const before = await allRows(sql);
  for (const strategy of ["skip", "update"]) {
    expect(await bring("sessionize", TALKS, strategy)).toMatchObject({ speakers: { created: 0 } });
    expect(await bring("ratings", ratings([answer("1")]), strategy)).toMatchObject({
      ratings: { created: 0, updated: 0 },
    });
  }
  expect(await allRows(sql)).toEqual(before);

  // An answer that comes in afterwards counts for both, and says nothing of her.
  await bring("ratings", ratings([answer("1"), answer("2")]), "update");
  const said = await sql`
    SELECT contact.first_name, count(*)::int AS answers, count(speaker_comment)::int AS comments
    FROM speaker_ratings AS rating
    JOIN speaker_sessions AS session ON session.id = rating.speaker_session_id
    JOIN contacts AS contact ON contact.id = session.contact_id
    GROUP BY 1 ORDER BY 1`;
  expect(said).toEqual([
    { first_name: "Erased", answers: 2, comments: 0 },
    { first_name: "Thabo", answers: 2, comments: 2 },
  ]);
});
