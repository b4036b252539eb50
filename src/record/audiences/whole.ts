import { ToolError } from "../../mcp/errors.ts";
import type { Call } from "../../conventions/call.ts";
import { whomItMeans } from "../segments/members.ts";
import type { SegmentUse } from "../segments/queries.ts";
import { audience, type Audience } from "./queries/audience.ts";
import type { AudienceFilter } from "./queries/filter.ts";

/** Most people whom one mail takes. */
export const MOST_RECIPIENTS = 10_000;

/** Everybody whom a filter means, also who cannot be mailed, and the segments by which it means them. */
export interface Everybody {
  ids: number[];
  uses: SegmentUse[];
}

/**
 * Everybody who matches a resolved filter, also who cannot be mailed, by id.
 *
 * @throws ToolError for more than 10,000 who can be mailed, and where a segment does not work any more
 */
export async function everybodyOf(call: Call, filter: AudienceFilter): Promise<Everybody> {
  const { contacts, excluded, uses } = await wholeAudience(
    call,
    { ...filter, includeUndeliverable: false },
    MOST_RECIPIENTS,
  );
  return { ids: [...contacts, ...excluded].map(({ id }) => id), uses };
}

/**
 * Everybody who matches a resolved filter and can be mailed, by id, and the segments by which it means them.
 *
 * @param excluded how many of those whom each reason leaves out are listed
 * @throws ToolError for more than 10,000 people, and where a segment does not work any more
 */
export async function wholeAudience(
  call: Call,
  filter: AudienceFilter,
  excluded = 0,
): Promise<Audience & { uses: SegmentUse[] }> {
  const { meant, uses } = await whomItMeans(call, filter);
  const told = { limit: MOST_RECIPIENTS, excluded };
  const found = await audience(call.sql, filter, meant, call.zone, told);
  if (found.total > MOST_RECIPIENTS) {
    throw new ToolError(
      `audience matches ${String(found.total)} people; one call takes at most ${String(MOST_RECIPIENTS)}. Narrow it and call once for each part.`,
    );
  }
  return { ...found, uses };
}
