import { afterAll, beforeAll, expect, test } from "vitest";
import { collatedDatabase, type TestDatabase } from "../support/database.ts";
import { migrateTo, rollBackTo } from "../support/migrations.ts";

let database: TestDatabase | string;
beforeAll(async () => {
  database = await collatedDatabase("ICU tr");
});
afterAll(async () => {
  if (typeof database !== "string") await database.drop();
});

test("015 folds anew what a Turkish database had folded, and can be taken back", async ({
  skip,
}) => {
  if (typeof database === "string") return skip(database);
  const { sql, url } = database;
  expect(await rollBackTo(url, 14)).toBeNull();
  await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-08-15')`;
  await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('CFP INFO', 1, 'cfp')`;
  await sql`
    INSERT INTO contacts (first_name, last_name, email) VALUES
      ('IRIS', 'Smith', 'INFO@EXAMPLE.ORG'), ('Blank', 'Person', E'\u200b')`;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, status, sent_at)
    VALUES (1, 'email', 'CFP', 'sent', now())`;
  await sql`
    INSERT INTO communication_recipients (communication_id, contact_id, status, metadata)
    VALUES (1, 1, 'bounced', '{"email": "INFO@EXAMPLE.ORG", "logged_status": "bounced"}')`;
  await sql`
    INSERT INTO outreach.suppressions (address, contact_id, suppressed, kind, source, at) VALUES
      ('i@example.org', NULL, true, 'spam', 'block list', '2026-01-01'),
      (E'i@example.org\t', NULL, true, 'spam', 'block list', '2026-01-01'),
      (E'i@example.org\u00a0', NULL, true, 'spam', 'block list', '2026-01-02'),
      (E'\u200b', NULL, true, 'spam', 'block list', '2026-01-03'),
      (E'\u200b', 2, true, NULL, 'person', '2026-01-04'),
      (E'j@example.org\t', NULL, true, NULL, 'person', '2026-01-05')`;
  const noted = async () => {
    const [row] = await sql<{ problems: string[]; names: string[]; slugs: string[] }[]>`
      SELECT (SELECT array_agg(address) FROM outreach.delivery_problems) AS problems,
             array_agg(folded) AS names, array_agg(slug) AS slugs
      FROM outreach.campaign_names`;
    return row;
  };
  const byName = () => sql`
    SELECT id FROM contacts
    WHERE outreach.fold(outreach.full_name(first_name::text, last_name::text)) = 'iris smith'`;
  expect(await noted()).toEqual({
    problems: ["ınfo@example.org"],
    names: ["cfp ınfo"],
    slugs: ["cfp-ınfo"],
  });

  expect(await migrateTo(url, 15)).toBeNull();
  expect(await noted()).toEqual({
    problems: ["info@example.org"],
    names: ["cfp info"],
    slugs: ["cfp-info"],
  });
  expect(await byName()).toHaveLength(1);
  expect(
    await sql`SELECT address, contact_id, at::date::text AS day FROM outreach.suppressions ORDER BY at`,
  ).toEqual([
    { address: "i@example.org", contact_id: null, day: "2026-01-01" },
    { address: "i@example.org", contact_id: null, day: "2026-01-02" },
    { address: null, contact_id: 2, day: "2026-01-04" },
    { address: "j@example.org", contact_id: null, day: "2026-01-05" },
  ]);
  await expect(sql`DELETE FROM outreach.suppressions`).rejects.toThrow("only added");

  expect(await rollBackTo(url, 14)).toBeNull();
  expect(await byName()).toHaveLength(0);
  expect(await migrateTo(url, 15)).toBeNull();
  expect(await byName()).toHaveLength(1);
});
