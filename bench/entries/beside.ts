import { distanceTo } from "../../workbench/distance.ts";
import type { Entry } from "../measure.ts";
import { RECIPIENTS, sideBySide } from "../side_by_side.ts";

const ROUNDS = 61;

/** What an answer costs beside the same rows by SQL, on one machine. */
export const beside: Entry = {
  name: "beside",
  about:
    "Ten questions of our server over stdio, in a history of 10 thousand recipients, and beside it dbhub\n" +
    "(a server that passes SQL on) over stdio and postgres.js on a warm connection, both with one statement\n" +
    "written for the question by hand; all answers are checked to be of the same rows. Both servers have the\n" +
    "same environment and reach the database by the same way. Ratio: ours to dbhub; medians in turns.",
  async run(ground) {
    // A port, as dbhub knows no sockets in a folder.
    const way = await distanceTo(await ground.history(RECIPIENTS), 0);
    try {
      return await sideBySide(ground, {
        url: way.url,
        rounds: ROUNDS,
        aim: { median: 2.2, worst: 4 },
      });
    } finally {
      await way.close();
    }
  },
};
