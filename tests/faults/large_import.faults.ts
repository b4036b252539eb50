import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTickets } from "../../workbench/tickets.ts";
import { observed } from "../import/support/observed.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { Wire } from "./support/wire.ts";

const MEBIBYTE = 1024 * 1024;
const ROWS = 100_000;

describe(`an import of ${String(ROWS)} rows`, () => {
  const files = tempFiles();
  let database: TestDatabase;
  let wire: Wire;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14'), ('Small', '2026-01-01'), ('Smaller', '2026-02-01')`;
    wire = new Wire({ server: "import", env: { DATABASE_URL: database.url }, patience: 170 });
    await wire.open();
    // PostgreSQL knows of a few people, and has made its plans for them.
    const file_path = await files.write("small.csv", generateTickets(20, 2).csv);
    await wire.call("import_quicket_registrations", { file_path, event: "2" });
    await database.sql`VACUUM ANALYZE contacts, tickets, contact_roles, contact_interests`;
    await wire.call("import_quicket_registrations", { file_path, event: "3" });
  });
  afterAll(async () => {
    await wire.close();
    await database.drop();
  });

  it.each(["preview_import", "import_quicket_registrations", "import again", "update"])(
    "(%s) takes little memory and leaves the server free to answer others",
    async (step) => {
      const { csv, truth } = generateTickets(ROWS);
      const file_path = await files.write("large.csv", csv);
      const args = { file_path, event: "1" };
      const { result, seconds, longestPing, peakBytes, ownPeakBytes } = await observed(wire, () =>
        step === "preview_import"
          ? wire.call(step, { ...args, import_type: "quicket_registrations" })
          : wire.call("import_quicket_registrations", {
              ...args,
              ...(step === "update" && { duplicate_strategy: "update" }),
            }),
      );
      const mebibytes = (bytes: number | null) => Math.round((bytes ?? 0) / MEBIBYTE);
      console.log(
        `${step}: ${seconds.toFixed(1)} s, longest ping ${longestPing.toFixed(0)} ms, server ${String(mebibytes(ownPeakBytes))} MiB, with its reader ${String(mebibytes(peakBytes))} MiB`,
      );
      const facts = result?.result?.["structuredContent"] as Record<string, any>;
      if (step === "import_quicket_registrations")
        expect(facts["tickets"].created).toBe(truth.tickets);
      if (ownPeakBytes !== null) expect(ownPeakBytes).toBeLessThan(400 * MEBIBYTE);
      if (peakBytes !== null) expect(peakBytes).toBeLessThan(600 * MEBIBYTE);
      expect(longestPing).toBeLessThan(1000);
    },
  );
});
