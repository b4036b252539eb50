import { afterAll, beforeAll, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { expectHarmless, plantSecret } from "../ask/hostile.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople } from "../support/people.ts";
import { seedRecord } from "../support/record.ts";

const STATEMENTS = Number(process.env["FAULT_STATEMENTS"] ?? 10_000);
const SEED = Number(process.env["FAULT_SEED"] ?? Date.now() % 1_000_000);

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
  `refuses ${String(STATEMENTS)} hostile statements in words (FAULT_SEED ${String(SEED)})`,
  { timeout: 1_800_000 },
  () => expectHarmless(client, database, SEED, STATEMENTS),
);
