import { distanceTo } from "../../workbench/distance.ts";
import { hasPgBouncer, startPgBouncer, targetOf } from "../../workbench/programs.ts";
import type { Entry } from "../measure.ts";
import { RECIPIENTS, sideBySide } from "../side_by_side.ts";

const ROUND_TRIP = 30;
const ROUNDS = 15;

/** What an answer costs beside the same rows by SQL, where the database is far away. */
export const distance: Entry = {
  name: "distance",
  minutes: 5,
  about:
    `The questions of "beside", with ${String(ROUND_TRIP)} ms there and back between the servers and the database, through a\n` +
    "transaction pooler (PgBouncer) where it is installed. Trips: round trips, counted on the wire; what is\n" +
    "sent without waiting for what was sent before is in one. Ratio: ours to dbhub; medians in turns.",
  async run(ground) {
    const url = await ground.history(RECIPIENTS);
    const pooler = hasPgBouncer() ? await startPgBouncer(targetOf(url)) : null;
    if (!pooler) console.log("PgBouncer is not installed: without a pooler.");
    try {
      const far = await distanceTo(pooler?.url ?? url, ROUND_TRIP);
      try {
        return await sideBySide(ground, {
          url: far.url,
          rounds: ROUNDS,
          aim: { median: 2.5, worst: 4 },
          tripsOf: (work) => far.tripsOf(work),
        });
      } finally {
        await far.close();
      }
    } finally {
      pooler?.stop();
    }
  },
};
