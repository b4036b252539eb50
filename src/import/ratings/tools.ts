import * as z from "zod";
import { counted } from "../../words/counts.ts";
import { importTool } from "../procedure/run.ts";
import { labelMappings, labelsShape, recordsShape, threshold } from "../procedure/shapes.ts";
import { ratings } from "./kind.ts";

export const importRatingsTool = importTool(ratings, {
  name: "import_speaker_ratings",
  title: "Import speaker ratings",
  description:
    "Answers of the feedback form: one rating for each speaker of the session. A label that matches no session is listed, never guessed; map it once. Import the sessions first.",
  furtherArguments: { fuzzy_match_threshold: threshold, label_mappings: labelMappings },
  facts: { ratings: recordsShape, sessions_matched: z.number(), ...labelsShape },
  done({ ratings: { created, skipped }, sessions_matched, mapped, unmatched_total: unmatched }) {
    const remembered = mapped.filter(({ from_memory }) => from_memory).length;
    const from = remembered === 0 ? "" : `; ${counted(remembered, "label")} as mapped earlier`;
    const without =
      unmatched === 0
        ? ""
        : `; ${counted(unmatched, "row matches no session", "rows match no session")}`;
    return `${counted(created, "rating")} of ${counted(sessions_matched, "session")} added, ${String(skipped)} skipped${from}${without}`;
  },
});
