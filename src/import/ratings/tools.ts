import * as z from "zod";
import { counted } from "../../words/counts.ts";
import { importTool } from "../procedure/run.ts";
import { recordsShape, threshold, unmatchedShape } from "../procedure/shapes.ts";
import { ratings } from "./kind.ts";

export const importRatingsTool = importTool(ratings, {
  name: "import_speaker_ratings",
  title: "Import speaker ratings",
  description:
    "Answers of the feedback form: one rating for each speaker of the session. A label that matches no session is listed, never guessed. Import the sessions first.",
  furtherArguments: { fuzzy_match_threshold: threshold },
  facts: { ratings: recordsShape, sessions_matched: z.number(), ...unmatchedShape },
  done({ ratings: { created, skipped }, sessions_matched, unmatched_total: unmatched }) {
    const without =
      unmatched === 0
        ? ""
        : `; ${counted(unmatched, "row matches no session", "rows match no session")}`;
    return `${counted(created, "rating")} of ${counted(sessions_matched, "session")} added, ${String(skipped)} skipped${without}`;
  },
});
