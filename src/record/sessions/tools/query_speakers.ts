import * as z from "zod";
import { asked, named, paged, paging, reference, text, wholeNumber } from "../../../mcp/fields.ts";
import { plain } from "../../../mcp/render.ts";
import { today } from "../../../mcp/time.ts";
import { ASKS } from "../../../mcp/tool.ts";
import { tool } from "../../../conventions/call.ts";
import { understand } from "../../../conventions/question.ts";
import { together } from "../../../conventions/together.ts";
import { counted } from "../../../words/counts.ts";
import { columnsNotThere, notKnown, RATED_SESSION, WHO_SPOKE_WHERE } from "../columns.ts";
import { listSpeakers, type SpeakerPlace } from "../queries/speakers.ts";
import { hasFewAnswers, MEANING, ratingsShape } from "../shape.ts";

export const querySpeakersTool = tool({
  name: "query_speakers",
  title: "Query speakers",
  description:
    'Who spoke or is to speak, at how many events, about what, and how they were rated. E.g. min_events 3; event "last", order rating for the top-rated: sessions and ratings are then those of that event.',
  effects: ASKS,
  input: z.strictObject({
    event: reference().optional(),
    min_events: wholeNumber(1).optional(),
    text: text(200).optional(),
    order: z.enum(["events", "rating", "name"]).optional(),
    ...paging,
  }),
  output: z.object({
    speakers: z.array(
      z.object({
        contact_id: z.number(),
        name: z.string(),
        email: z.string().nullable(),
        events: z.number().meta({ description: "at how many events they spoke or are to speak" }),
        /** How many of those are still to come. */
        upcoming: z.number(),
        sessions: z.array(z.object({ title: z.string(), event: named })),
        ratings: ratingsShape.nullable(),
        few_answers: z.boolean(),
        last_spoke_at: z.string().nullable(),
      }),
    ),
    meaning: z.string(),
    missing_columns: z.array(z.string()),
    ...paged,
    ...asked,
  }),
  async handle(args, call, _caller, page) {
    const question = await understand(call, args);
    const [after = null] = (page.after ?? []) as [SpeakerPlace?];
    const order = args.order ?? "events";
    const [missing, found] = await together(
      columnsNotThere(call, WHO_SPOKE_WHERE, [RATED_SESSION]),
      listSpeakers(
        call.sql,
        {
          events: question.events,
          min_events: args.min_events ?? null,
          text: args.text ?? null,
        },
        order,
        today(call.zone),
        after,
        page.limit + 1,
      ),
    );
    const speakers = found.speakers.slice(0, page.limit).map(({ place: _place, ...speaker }) => ({
      ...speaker,
      few_answers: hasFewAnswers(speaker.ratings),
    }));
    const [best] = speakers;
    const isBest = order === "rating" && after === null && best?.ratings;
    const [first, ...others] = found.speakers.slice(0, page.limit);
    const alike = others.filter(({ place }) => place.first === first?.place.first).length;
    const shared = alike > 0 ? `; ${String(alike)} more of those shown just as high` : "";
    return {
      headline: [
        `${String(speakers.length)} of ${counted(found.total, "speaker")} shown.`,
        isBest &&
          `Rated best: ${plain(best.name)}, by ${counted(isBest.answers, "answer")}${shared}.`,
        notKnown(missing),
      ]
        .filter(Boolean)
        .join(" "),
      facts: {
        speakers,
        meaning: MEANING,
        missing_columns: missing,
        total: found.total,
        next_cursor: page.next(found.speakers, (last) => [last.place]),
        ...question.answer,
      },
    };
  },
});
