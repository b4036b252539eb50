import type { Call } from "../../conventions/call.ts";
import { understand, type Question } from "../../conventions/question.ts";
import { ToolError } from "../../mcp/errors.ts";

/** What a report is about. */
interface Subject {
  event: number;
  campaign: number | null;
  answer: Question["answer"];
}

/**
 * Finds the one event or campaign that a report is to be about.
 *
 * @throws ToolError where none is given, or a year of several events
 */
export async function subjectOf(
  call: Call,
  asked: {
    event?: string | undefined;
    campaign?: string | undefined;
    people?: boolean | undefined;
  },
): Promise<Subject> {
  if (asked.event === undefined && asked.campaign === undefined) {
    throw new ToolError("Give the event or the campaign that the report is to be about.");
  }
  const { events, event, campaign, answer } = await understand(call, asked);
  const [only, ...others] = campaign === null ? (events ?? []) : [event ?? 0];
  if (only === undefined || others.length > 0) {
    throw new ToolError(
      `A report is about one event, and ${asked.event ?? ""} means ${String(events?.length ?? 0)}; name one of them (list_events has them).`,
    );
  }
  return { event: only, campaign, answer };
}
