import type * as z from "zod";
import { ToolError } from "../mcp/errors.ts";
import type { applied, resolved, taken } from "../mcp/fields.ts";
import { inZone, instant, now } from "../mcp/time.ts";
import { oneCampaign } from "./references/campaign.ts";
import { oneMail, type CommunicationReference } from "./references/communication.ts";
import { called, contactsMeant, oneContact } from "./references/contact.ts";
import { eventOrYear } from "./references/event.ts";
import { asTaken, nameOf, oneOrSeveral, type Named, type Taken } from "./references/choose.ts";
import type { Call } from "./call.ts";
import { following, together } from "./together.ts";

/** Filters of a question, by argument. */
type Filters = z.input<typeof applied>;

/** Arguments as they were given. */
type Given = Readonly<Record<string, Filters[string] | undefined>>;

/** The arguments of a question: references and times that are resolved here, and any other filter. */
type Asked = Given & {
  event?: string | undefined;
  campaign?: string | undefined;
  /** A mail. */
  communication?: string | undefined;
  contact?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

/** A question with its references resolved; what was not given is null. */
export interface Question {
  /** The events meant: several for a year. */
  events: number[] | null;
  campaign: number | null;
  /** The mail meant, and the event of it or of the campaign. */
  communication: (CommunicationReference & Taken) | null;
  event: number | null;
  /** The people meant: several for namesakes and couples. */
  contacts: number[] | null;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
  /** What the answer carries to say how the question was taken. */
  answer: {
    as_of: string;
    resolved: z.input<typeof resolved> & { communication: z.input<typeof taken> | null };
    filter: Filters;
  };
}

/**
 * Resolves the references of a question, all in one trip to the database where they are clear, and says
 * by which filters its answer is narrowed.
 *
 * @param asked every argument of the call, so that none that narrows is left unsaid
 * @param people how many `contact` may mean
 * @throws ToolError for a reference that matches nothing or several, and for what is not a time
 */
export async function understand(
  call: Call,
  asked: Asked,
  people: "one" | "namesakes" = "namesakes",
): Promise<Question> {
  const { sql, zone } = call;
  const eventsMeant = asked.event === undefined ? null : eventOrYear(call, asked.event);
  const ids = eventsMeant && following(eventsMeant, ({ events }) => events.map(({ id }) => id));
  const campaignMeant = asked.campaign === undefined ? null : oneCampaign(sql, asked.campaign, ids);
  const campaignId = campaignMeant && following(campaignMeant, ({ id }) => id);
  const [events, eventIds, campaign, communication, contacts] = await together(
    eventsMeant,
    ids,
    campaignMeant,
    asked.communication === undefined ? null : oneMail(sql, asked.communication, campaignId, ids),
    asked.contact === undefined
      ? null
      : people === "one"
        ? oneContact(sql, asked.contact, ids).then((contact) => [contact])
        : contactsMeant(sql, asked.contact, ids),
  );
  const from = asked.from === undefined ? null : instant(asked.from, zone, "from");
  const to = asked.to === undefined ? null : instant(asked.to, zone, "to", "end");
  if (from !== null && to !== null && from > to) throw new ToolError("from lies after to.");
  const resolved = {
    event: events && eventsTaken(events),
    campaign: campaign && asTaken(campaign),
    communication: communication && asTaken(communication),
    contact: contacts && oneOrSeveral(contacts.map((one) => ({ ...one, name: called(one) }))),
    from: from && inZone(from, zone),
    to: to && inZone(to, zone),
  };
  return {
    events: eventIds,
    campaign: campaign?.id ?? null,
    communication,
    event: (campaign ?? communication)?.event_id ?? null,
    contacts: contacts?.map((contact) => contact.id) ?? null,
    from,
    to,
    answer: { as_of: now(zone), resolved, filter: appliedFilters(asked, resolved) },
  };
}

/** Arguments that say which part of an answer is shown, not what it covers or in which order. */
const SHOWING: ReadonlySet<string> = new Set(["limit", "cursor"]);

/**
 * The filters among a call's arguments, in their order.
 *
 * @param meant what references and times were taken to mean, in place of their words
 */
export function appliedFilters(
  given: Given,
  meant: Readonly<Record<string, Filters[string] | null>> = {},
): Filters {
  const filters: Filters = {};
  for (const [name, value] of Object.entries(given)) {
    const narrows = !SHOWING.has(name) && value !== undefined && !isEmptyList(value);
    if (narrows) filters[name] = meant[name] ?? value;
  }
  return filters;
}

function isEmptyList(value: Filters[string]): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Events as far as an answer shows them. */
export interface AnyEvents {
  events: readonly (Named & Partial<Taken>)[];
  isYear: boolean;
}

/** What an answer says of the events of a reference: a year stays a list, however few events it had. */
export function eventsTaken({ events, isYear }: AnyEvents) {
  return isYear ? events.map(nameOf) : oneOrSeveral(events);
}

/** A list as a filter: one that names nothing narrows nothing. */
export function asFilter<Value>(list: readonly Value[] | undefined): readonly Value[] | null {
  return list === undefined || list.length === 0 ? null : list;
}
