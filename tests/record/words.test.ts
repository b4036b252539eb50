import { afterAll, beforeAll, expect, test } from "vitest";
import { DISTRIBUTION_CHANNELS, ASSET_TYPES } from "../../src/record/assets/shape.ts";
import {
  COMMUNICATION_CHANNELS,
  COMMUNICATION_STATUSES,
} from "../../src/record/communications/shape.ts";
import {
  RECIPIENT_STATUSES,
  REPORTED_STATUSES,
  STATUSES_BY_RANK,
} from "../../src/record/recipients/shape.ts";
import { CAMPAIGN_STATUSES, CAMPAIGN_TYPES } from "../../src/record/campaigns/shape.ts";
import { readCatalog, type Relation } from "../../workbench/catalog.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
let relations: Relation[];
beforeAll(async () => {
  database = await freshDatabase();
  relations = await readCatalog(database.sql, ["public"]);
});
afterAll(() => database.drop());

test.each([
  ["asset_distributions", "channel", DISTRIBUTION_CHANNELS],
  ["marketing_assets", "asset_type", ASSET_TYPES],
  ["communications", "channel", COMMUNICATION_CHANNELS],
  ["communications", "status", COMMUNICATION_STATUSES],
  ["communication_recipients", "status", RECIPIENT_STATUSES],
  ["campaigns", "status", CAMPAIGN_STATUSES],
  ["campaigns", "campaign_type", CAMPAIGN_TYPES],
])("%s.%s takes the words that the tools take", (table, column, words) => {
  const rule = relations
    .find(({ name }) => name === table)
    ?.constraints.find(({ name }) => name === `${table}_${column}_check`);
  expect([...rule!.definition.matchAll(/'(\w+)'/gu)].map(([, word]) => word).sort()).toEqual(
    [...words].sort(),
  );
});

test("statuses have one order and each its rank", async () => {
  const [row] = await database.sql<{ best: string[]; ranked: boolean }[]>`
    SELECT outreach.statuses_best_first() AS best,
           (SELECT bool_and(outreach.recipient_status(jsonb_build_object('logged_status', status)) = status)
            FROM unnest(outreach.statuses_best_first()) AS status) AS ranked`;
  expect(row!.best.toSorted()).toEqual([...REPORTED_STATUSES].sort());
  expect(row!.ranked).toBe(true);
  const ranked = await database.sql<{ status: string }[]>`
    SELECT status FROM unnest(${[...RECIPIENT_STATUSES]}::text[]) AS status ORDER BY outreach.event_rank(status)`;
  expect(STATUSES_BY_RANK).toEqual(ranked.map(({ status }) => status));
});
