import { createHash } from "node:crypto";
import type { Cells } from "./reading/cells.ts";
import type { Format } from "./format.ts";
import { FORM_COLUMNS } from "./reading/columns.ts";
import type { RatingRow } from "./rows.ts";

/** The Microsoft form in which attendees rate a session. Who wants to win the prize stays unread. */
export const ratings: Format<RatingRow> = {
  title: "speaker ratings",
  columns: [
    ...FORM_COLUMNS,
    { key: "prize", name: "Name for the prize draw", asks: [has(/prize|draw|raffle|\bwin\b/u)] },
    {
      key: "event_rating",
      name: "Was the event a good investment of time",
      loss: "it is not known what people thought of the event",
      asks: [
        has(/investment/u),
        has(/event|conference/u, /worth|use of|recommend|rat(?:e|ing)|overall/u),
        has(/worth/u),
      ],
    },
    {
      key: "speaker_comment",
      name: "One thing the speaker could have done better",
      loss: "no comments for speakers are read",
      asks: [
        has(/speaker|presenter/u, /better|improve|differently|chang|comment|feedback/u),
        has(/done better|improve/u),
      ],
    },
    {
      key: "event_comment",
      name: "One thing to change about the event",
      loss: "no comments on the event are read",
      asks: [
        (question) =>
          /event|conference/u.test(question) &&
          /chang|better|improve|differently|comment|feedback/u.test(question) &&
          !/speaker|presenter/u.test(question),
        has(/\bchange\b/u),
      ],
    },
    {
      key: "label",
      name: "The session attended",
      required: true,
      asks: [
        (question) =>
          /session|talk|presentation/u.test(question) &&
          /which|attend|select|choose/u.test(question) &&
          !/\bhow\b|informative|deliver|rate\b|learn/u.test(question),
        has(/^(?:the |your )?(?:session|talk)\b/u),
      ],
    },
    {
      key: "presentation_rating",
      name: "The speaker's delivery",
      loss: "no ratings of the delivery are read",
      asks: [has(/deliver/u), has(/speaker|presenter|presentation/u, /rat(?:e|ing)|how/u)],
    },
    {
      key: "topic_rating",
      name: "How informative the session was",
      loss: "no ratings of the content are read",
      asks: [has(/informative/u), has(/useful|relevan|content|topic|learn|valuable/u)],
    },
  ],
  oneOf: ["presentation_rating", "topic_rating"],
  begin: (times) => (cells) => {
    const row: RatingRow = {
      row: cells.row,
      response_id: cells.has("id") ? responseId(cells) : "",
      label: cells.line("label", 1000)?.replace(/ {2,}/gu, " ") ?? "",
      topic_rating: rating(cells, "topic_rating"),
      presentation_rating: rating(cells, "presentation_rating"),
      speaker_comment: cells.text("speaker_comment", 10_000),
      event_rating: cells.line("event_rating", 1000),
      event_comment: cells.text("event_comment", 10_000),
      completed_at: null,
    };
    if (row.label === "") cells.warn("label", "is empty: the answer names no session");
    times.read(cells, {
      key: "completion_time",
      text: cells.line("completion_time", 100) ?? cells.line("start_time", 100),
      severity: "warning",
      assign: (at) => (row.completed_at = at),
    });
    return row;
  },
  complete: identify,
};

function has(...patterns: RegExp[]): (question: string) => boolean {
  return (question) => patterns.every((pattern) => pattern.test(question));
}

/**
 * Gives answers without an id one that a second import of the same answers makes too: of what they say,
 * and of which of those that say the same it is.
 */
function identify(rows: RatingRow[]): void {
  const alike = new Map<string, number>();
  for (const row of rows) {
    if (row.response_id !== "") continue;
    const { row: _row, response_id: _id, ...answer } = row;
    const digest = createHash("sha256").update(JSON.stringify(answer)).digest("hex").slice(0, 24);
    const count = (alike.get(digest) ?? 0) + 1;
    alike.set(digest, count);
    row.response_id = `${digest}-${String(count)}`;
  }
}

function responseId(cells: Cells): string {
  const id = cells.line("id", 100)?.replace(/^(\d+)\.0+$/u, "$1");
  if (id === undefined) {
    cells.error("id", "is empty, so that a second import could not recognise the answer");
  }
  return id ?? "";
}

/** A figure, alone or before words, as in `7 - Excellent`. */
function rating(cells: Cells, key: string): number | null {
  const text = cells.line(key, 1000);
  if (text === null) return null;
  const figure = /^([1-7])(?:[.,]0+)?(?:$|(?:\s|[-–:=(])+\p{L})/u.exec(text)?.[1];
  if (figure !== undefined) return Number(figure);
  cells.warn(key, "is not a rating from 1 to 7, and is left out");
  return null;
}
