import { migrateDatabase } from "../../src/database/migrate.ts";
import { emptyDatabase, type TestDatabase } from "./database.ts";
import { makeOrganisersDatabase } from "./organisers_tables.ts";

/** A migrated database of an organiser whose ids are all `bigint`, and whose years are not generated. */
export async function databaseWithBigintIds(): Promise<TestDatabase> {
  const database = await emptyDatabase();
  await makeOrganisersDatabase(database.sql);
  for (const change of [
    "events DROP year, ADD year integer, ALTER id TYPE bigint",
    "tickets ALTER id TYPE bigint, ALTER event_id TYPE bigint, ALTER attendee_contact_id TYPE bigint, ALTER purchaser_contact_id TYPE bigint",
    "contact_roles ALTER event_id TYPE bigint",
    "interest_topics ALTER id TYPE bigint",
  ])
    await database.sql.unsafe(`ALTER TABLE ${change}`);
  await migrateDatabase({ url: database.url });
  return database;
}
