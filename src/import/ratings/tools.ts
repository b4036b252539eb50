import * as z from "zod";
import { tool } from "../../conventions/call.ts";
import { ratings } from "./kind.ts";
import {
  importArguments,
  recordsShape,
  threshold,
  unmatchedFacts,
  unmatchedShape,
} from "../procedure/shapes.ts";
import { IMPORTS, importFacts, importHeadline, importOutput, runImport } from "../procedure/run.ts";
import { counted } from "../../words/counts.ts";

export const importRatingsTool = tool({
  name: "import_speaker_ratings",
  title: "Import speaker ratings",
  description:
    "Answers of the feedback form: one rating for each speaker of the session. A label that is like no session is listed, never guessed. Import the sessions first.",
  effects: IMPORTS,
  input: z.strictObject({ ...importArguments, fuzzy_match_threshold: threshold }),
  output: z.object({
    ...importOutput,
    ratings: recordsShape,
    sessions_matched: z.number(),
    ...unmatchedShape,
  }),
  async handle(args, call, caller) {
    const done = await runImport(ratings, args, call, caller);
    const { ratings: imported, sessions_matched } = done.facts;
    const lost =
      done.unmatched.length === 0
        ? ""
        : `; ${counted(done.unmatched.length, "row")} fit no session`;
    return {
      headline: importHeadline(
        done,
        `${counted(imported.created, "rating")} of ${counted(sessions_matched, "session")} added, ${String(imported.skipped)} skipped${lost}`,
      ),
      facts: { ...done.facts, ...importFacts(done), ...unmatchedFacts(done.unmatched) },
    };
  },
});
