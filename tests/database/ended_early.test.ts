import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { Database } from "../../src/database/connect.ts";
import { freshDatabase } from "../support/database.ts";

const origin = () => ({ call: randomUUID(), tool: "create_event", client: null });

test.each(["read", "write"] as const)(
  "a %s that is refused before the database answers disturbs none beside it",
  async (kind) => {
    const fresh = await freshDatabase();
    const database = new Database({
      url: fresh.url,
      dataDirectory: undefined,
      timeZone: undefined,
      readOnly: false,
      actor: "tester",
    });
    try {
      // Opened before, so that all of them begin at once.
      await database.read((sql) => sql`SELECT 1 AS one`);
      const refusing = () => Promise.reject(new Error("refused at once"));
      const refused = () =>
        (kind === "read" ? database.read(refusing) : database.write(refusing, origin())).catch(
          (error: unknown) => (error as Error).message,
        );
      const asked = () =>
        database
          .write(async (sql) => {
            await sql`INSERT INTO interest_topics (name) VALUES (gen_random_uuid()::text)`;
            return "answered";
          }, origin())
          .catch((error: unknown) => String(error));
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, async (_, index) => (index % 2 === 0 ? refused() : asked())),
      );
      expect(new Set(outcomes)).toEqual(new Set(["refused at once", "answered"]));
      const [row] = await database.read(
        (sql) => sql<{ topics: number }[]>`SELECT count(*)::int AS topics FROM interest_topics`,
      );
      expect(row?.topics).toBe(20);
    } finally {
      await database.close();
      await fresh.drop();
    }
  },
);
