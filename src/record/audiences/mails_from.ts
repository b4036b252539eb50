import { ToolError } from "../../mcp/errors.ts";
import { inZone, instant, isTime } from "../../mcp/time.ts";
import type { Call } from "../../conventions/call.ts";
import { eventsTaken } from "../../conventions/question.ts";
import { findCampaign } from "../../conventions/references/campaign.ts";
import type { Named } from "../../conventions/references/choose.ts";
import { findEvents } from "../../conventions/references/event.ts";
import { taking } from "../../conventions/references/remarks.ts";
import { outcomeOf } from "../../conventions/together.ts";

/** Rank of a campaign that a reference matches by words rather than by id or by name. */
const OCCURS_IN_ITS_WORDS = 3;

/** Mails that are counted, and what words were taken to mean them. */
export interface MailsMeant {
  campaign?: number;
  events?: number[];
  since?: string;
  /** A row, the events of a year, or a time. */
  meaning: Named | Named[] | string;
}

/**
 * Which mails `mails_from` means: those since a time, those of a campaign, or those for an event (for
 * all events of a year). A campaign's id or name counts before an event's; then words of an event,
 * because the words of a campaign include those of its event.
 *
 * @throws ToolError for words that mean none of these
 */
export async function mailsMeant(call: Call, given: string): Promise<MailsMeant> {
  const { sql, zone } = call;
  if (isTime(given)) {
    const since = instant(given, zone, "it");
    return { since, meaning: inZone(since, zone) };
  }
  const [campaign, events] = await Promise.all([
    outcomeOf(findCampaign(sql, given)),
    outcomeOf(findEvents(call, given)),
  ]);
  const isCalledSo = "value" in campaign && campaign.value.rank < OCCURS_IN_ITS_WORDS;
  if ("value" in events && !isCalledSo) {
    for (const event of events.value.events) taking(sql, event);
    return { events: events.value.events.map(({ id }) => id), meaning: eventsTaken(events.value) };
  }
  if ("value" in campaign) {
    const { id, name } = taking(sql, campaign.value);
    return { campaign: id, meaning: { id, name } };
  }
  throw new ToolError(
    [campaign, events]
      .flatMap((search) => ("error" in search ? search.error.message : []))
      .join(" "),
  );
}
