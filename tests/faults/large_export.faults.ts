import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { observed } from "../import/support/observed.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { Wire } from "./support/wire.ts";

const MEBIBYTE = 1024 * 1024;
const ROWS = 50_000;

describe(`saving ${String(ROWS)} rows`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "event-outreach-exports-"));
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
    const { sql } = database;
    await sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES ('News', 1, 'general')`;
    await sql`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at)
      VALUES (1, 'email', 'Newsletter', 'sent', '2026-03-01T07:00:00Z')`;
    await sql`
      INSERT INTO contacts (first_name, last_name, email)
      SELECT 'Person', number::text, 'person' || number || '@example.org' FROM generate_series(1, ${ROWS}::int) AS number`;
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at)
      SELECT 1, id, 'sent', '2026-03-01T07:00:00Z' FROM contacts`;
    await sql`VACUUM ANALYZE contacts, communication_recipients`;
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const SQL =
    "SELECT mails.*, name, email FROM mails JOIN people USING (contact_id) ORDER BY contact_id";
  it.each([
    ["query_recipients", {}, "xlsx"],
    ["query_recipients", {}, "csv"],
    ["query_recipients", {}, "json"],
    ["find_audience", {}, "xlsx"],
    ["ask_database", { sql: SQL }, "xlsx"],
  ])(
    "(%s %j, %s) takes little memory and leaves the server free to answer others",
    async (...asked) => {
      const [tool, given, format] = asked;
      const wire = new Wire({
        server: "outreach",
        env: { DATABASE_URL: database.url, OUTREACH_EXPORT_DIR: folder },
        patience: 170,
      });
      await wire.open();
      const { result, seconds, longestPing, peakBytes } = await observed(wire, () =>
        wire.call("export_answer", { tool, arguments: given, format }),
      );
      await wire.close();
      const mebibytes = Math.round((peakBytes ?? 0) / MEBIBYTE);
      const facts = result?.result?.["structuredContent"] as Record<string, any>;
      console.log(
        `${tool} as ${format}: ${seconds.toFixed(1)} s, longest ping ${longestPing.toFixed(0)} ms, server ${String(mebibytes)} MiB, file ${String(facts["file"].bytes)} bytes`,
      );
      expect(facts["file"].rows).toBe(ROWS);
      if (peakBytes !== null) expect(peakBytes).toBeLessThan(300 * MEBIBYTE);
      expect(longestPing).toBeLessThan(1000);
    },
  );
});
