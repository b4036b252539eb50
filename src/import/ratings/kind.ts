import { planRatings } from "./plan.ts";
import { insertRatings, ratingsOf, updateRatings } from "./queries.ts";
import { partsOf } from "../sessions/queries/sessions.ts";
import { CONTACT_COLUMNS } from "../people/recording.ts";
import { importKind } from "../procedure/kind.ts";

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
    response_id: { column: "speaker_ratings.response_id", label: "ID" },
    event_rating: { column: "speaker_ratings.event_rating", label: "investment of time" },
    speaker_comment: { column: "speaker_ratings.speaker_comment", label: "speaker comment" },
    event_comment: { column: "speaker_ratings.event_comment", label: "event comment" },
  },
  look: async ({ sql, event }) => ({
    parts: await partsOf(sql, event),
    ratings: await ratingsOf(sql, event),
  }),
  plan: (rows, known, { strategy, threshold }, ledger) =>
    planRatings(rows, known, strategy, ledger, threshold),
  async write({ sql }, { create, update }, steps) {
    if (create.length > 0) await insertRatings(sql, create);
    if (update.length > 0) await updateRatings(sql, update);
    await steps.done("ratings written");
  },
  facts: ({ sessions_matched }, ledger) => ({
    ratings: {
      created: ledger.count("ratings", "create"),
      updated: ledger.count("ratings", "update"),
      skipped: ledger.count("ratings", "skip"),
    },
    sessions_matched,
  }),
});
