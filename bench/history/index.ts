import type postgres from "postgres";
import { writeCampaigns } from "./outreach.ts";
import { writePeople } from "./people.ts";
import { writeRecipients } from "./recipients.ts";
import { makeDice, restartIds, type Sizes } from "./shape.ts";

export { constantOf, sized, type Constant, type Sizes } from "./shape.ts";

/** The zone in which the made-up organiser lives. */
export const ZONE = "Africa/Johannesburg";

/**
 * Writes a made-up history into a migrated database that is empty: the same one for the same sizes and
 * seed. All constraints hold, and what triggers keep is as they would have kept it.
 *
 * @param sql of a single connection
 */
export async function writeHistory(sql: postgres.Sql, sizes: Sizes): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`SELECT set_config('TimeZone', 'UTC', true)`;
    await makeDice(transaction, sizes.seed);
    await restartIds(transaction);
    await writePeople(transaction, sizes);
    await writeCampaigns(transaction, sizes);
    await writeRecipients(transaction, sizes);
    await writeSuppressions(transaction, sizes);
    await transaction`
      UPDATE outreach.settings SET time_zone = ${ZONE}, events_synced_to = timestamptz '2024-12-01Z'`;
  });
  await sql`VACUUM ANALYZE`;
}

/** A few who asked not to be mailed, and a block list. */
async function writeSuppressions(sql: postgres.ISql, { people }: Sizes): Promise<void> {
  await sql`
    INSERT INTO outreach.suppressions (address, contact_id, suppressed, kind, reason, source, at, noted_at)
    SELECT lower(email), CASE WHEN id % 400 = 9 THEN id END, true,
           CASE WHEN id % 400 <> 9 THEN 'unsubscribed' END, NULL,
           CASE WHEN id % 400 = 9 THEN 'person' ELSE 'block list' END, '2023-05-01Z', '2023-05-02Z'
    FROM contacts WHERE id % 200 = 9 AND id <= ${people} AND email IS NOT NULL
    ORDER BY id`;
}
