import { planRatings } from "./plan.ts";
import {
  deleteUnmatched,
  insertRatings,
  insertUnmatched,
  ratedPartsOf,
  ratingsOf,
  rememberLabels,
  rememberedLabels,
  unmatchedOf,
  updateRatings,
} from "./queries.ts";
import { CONTACT_COLUMNS } from "../people/recording.ts";
import { importKind } from "../procedure/kind.ts";
import { inPortions } from "../procedure/portions.ts";
import { labelFacts, recordFacts } from "../procedure/shapes.ts";
import { together } from "../../conventions/together.ts";

/** Speaker ratings: what attendees answered about the sessions they heard. */
export const ratings = importKind({
  type: "ratings",
  records: ["ratings"],
  needs: [
    { table: "contacts", columns: CONTACT_COLUMNS, isExtended: false },
    {
      table: "speaker_sessions",
      columns: {
        id: "number",
        event_id: "number",
        contact_id: "number",
        sessionize_session_id: "text",
        title: "text",
      },
      isExtended: false,
    },
    {
      table: "speaker_ratings",
      columns: {
        id: "number",
        speaker_session_id: "number",
        response_id: "text",
        topic_rating: "number",
        presentation_rating: "number",
        event_rating: "text",
        speaker_comment: "text",
        event_comment: "text",
      },
      isExtended: true,
    },
  ],
  fields: {
    response_id: "speaker_ratings.response_id",
    event_rating: "speaker_ratings.event_rating",
    speaker_comment: "speaker_ratings.speaker_comment",
    event_comment: "speaker_ratings.event_comment",
  },
  labels: {
    response_id: "ID",
    event_rating: "investment of time",
    speaker_comment: "speaker comment",
    event_comment: "event comment",
  },
  look: async ({ sql, event }) => {
    const [parts, ratings, labels, unmatched] = await together(
      ratedPartsOf(sql, event),
      ratingsOf(sql, event),
      rememberedLabels(sql, event),
      unmatchedOf(sql, event),
    );
    return { parts, ratings, labels, unmatched };
  },
  plan: planRatings,
  async write({ sql, event, signal }, { create, update, labels, unmatched }, steps) {
    await together(
      labels.length > 0 && rememberLabels(sql, event, labels),
      unmatched.gone.length > 0 && deleteUnmatched(sql, unmatched.gone),
      inPortions(unmatched.added, signal, (portion) => insertUnmatched(sql, event, portion)),
      inPortions(create, signal, (portion) => insertRatings(sql, portion)),
      inPortions(update, signal, (portion) => updateRatings(sql, portion)),
    );
    await steps.done("ratings written");
  },
  facts: ({ sessions_matched }, ledger) => ({
    ratings: recordFacts(ledger, "ratings"),
    sessions_matched,
    ...labelFacts(ledger),
  }),
});
