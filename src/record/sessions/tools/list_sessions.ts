import * as z from "zod";
import { asked, named, paged, paging, reference, text } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { appliedFilters, understand } from "../../../conventions/question.ts";
import { together } from "../../../conventions/together.ts";
import { counted } from "../../../words/counts.ts";
import { columnsNotThere, notKnown, RATED_SESSION, WHO_SPOKE_WHERE } from "../columns.ts";
import { eventComments, unmatchedRatings } from "../queries/feedback.ts";
import { listSessions, type SessionPlace } from "../queries/sessions.ts";
import { hasFewAnswers, MEANING, ratingsShape } from "../shape.ts";

/** Of a session or its ratings, where the organiser's own tables have them. */
const SHOWN = [
  "speaker_sessions.session_format",
  "speaker_sessions.scheduled_at",
  "speaker_sessions.duration_minutes",
  RATED_SESSION,
  "speaker_ratings.event_rating",
  "speaker_ratings.speaker_comment",
];

export const listSessionsTool = tool({
  name: "list_sessions",
  title: "List sessions",
  description:
    'The talks of an event: speakers, track, room, time, mean ratings, and with comments what people said. A session with two speakers is one entry. E.g. event "last", track "Cloud"; order rating for the best.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    track: text(200).optional(),
    level: text(200).optional(),
    speaker: reference().optional(),
    text: text(200).optional(),
    order: z.enum(["schedule", "title", "rating"]).optional(),
    comments: z.boolean().optional(),
    ...paging,
  }),
  output: z.object({
    sessions: z.array(
      z.object({
        title: z.string(),
        event: named,
        speakers: z.array(z.object({ contact_id: z.number(), name: z.string() })),
        track: z.string().nullable(),
        level: z.string().nullable(),
        format: z.string().nullable(),
        room: z.string().nullable(),
        scheduled_at: z.string().nullable(),
        duration_minutes: z.number().nullable(),
        recording_link: z.string().nullable(),
        ratings: ratingsShape.extend({ event: z.number().nullable() }).nullable(),
        few_answers: z.boolean(),
        comments: z.array(z.string()),
      }),
    ),
    /** What imported answers call a session that none of the event's matches. */
    unmatched_ratings: z.array(
      z.object({
        event: named,
        label: z.string(),
        best_match: z.string().nullable(),
        score: z.number(),
        answers: z.number(),
        topic: z.number().nullable(),
        presentation: z.number().nullable(),
      }),
    ),
    /** What was said of the event as a whole; the first 200. */
    event_comments: z.array(z.string()),
    meaning: z.string(),
    missing_columns: z.array(z.string()),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const { speaker, ...others } = args;
    const question = await understand(call, { ...others, contact: speaker });
    const { events } = question;
    const [after = null] = (page.after ?? []) as [SessionPlace?];
    const withComments = args.comments === true;
    const [missing, found, unmatched, said] = await together(
      columnsNotThere(call, WHO_SPOKE_WHERE, SHOWN),
      listSessions(
        call.sql,
        {
          events,
          speakers: question.contacts,
          track: args.track ?? null,
          level: args.level ?? null,
          text: args.text ?? null,
        },
        args.order ?? "schedule",
        withComments,
        call.zone,
        after,
        page.limit + 1,
      ),
      unmatchedRatings(call.sql, events),
      withComments && events !== null ? eventComments(call.sql, events) : ([] as string[]),
    );
    const sessions = found.sessions.slice(0, page.limit).map(({ place: _place, ...session }) => ({
      ...session,
      few_answers: hasFewAnswers(session.ratings),
    }));
    const [best] = sessions;
    const isBest = args.order === "rating" && after === null && best?.ratings;
    return {
      headline: [
        `${String(sessions.length)} of ${counted(found.total, "session")} shown.`,
        unmatched.length > 0 &&
          `${counted(unmatched.length, "label")} of ratings matched no session: import_speaker_ratings takes label_mappings.`,
        isBest && `Rated best: "${plain(best.title)}", by ${counted(isBest.answers, "answer")}.`,
        !withComments &&
          found.comments > 0 &&
          `${counted(found.comments, "comment")} not shown; comments: true shows them.`,
        notKnown(missing),
      ]
        .filter(Boolean)
        .join(" "),
      facts: {
        sessions,
        unmatched_ratings: unmatched,
        event_comments: said,
        meaning: MEANING,
        missing_columns: missing,
        total: found.total,
        next_cursor: page.next(found.sessions, (last) => [last.place]),
        ...question.answer,
        filter: appliedFilters(args, {
          ...question.answer.resolved,
          speaker: question.answer.resolved.contact,
        }),
      },
    };
  },
});
