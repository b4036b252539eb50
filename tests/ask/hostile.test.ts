import { afterAll, beforeAll, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";
import { seedRecord } from "../support/record.ts";
import { expectHarmless, plantSecret } from "./hostile.ts";

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await freshDatabase();
  await seedRecord(database.sql, await seedPeople(database.sql));
  await plantSecret(database);
  client = await connectInProcess({ env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

it(
  "refuses 300 hostile statements in words; nothing is written, nothing read but the views",
  { timeout: 120_000 },
  () => expectHarmless(client, database, 1, 300),
);
