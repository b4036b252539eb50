import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { reference, text, when, wholeNumber } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { jsonSchema, parseArguments } from "../../mcp/schema.ts";
import { inZone, instant, isTime } from "../../mcp/time.ts";
import { findCampaign, oneCampaign } from "../../conventions/references/campaign.ts";
import { oneMail } from "../../conventions/references/communication.ts";
import { eventOrYear, findEvents, type EventsMeant } from "../../conventions/references/event.ts";
import { taking } from "../../conventions/references/remarks.ts";
import { nameOf, type Named } from "../../conventions/references/choose.ts";
import type { Call } from "../../conventions/call.ts";
import { outcomeOf, together } from "../../conventions/together.ts";
import { eventsTaken } from "../../conventions/question.ts";
import { audience, type Audience, type AudienceFilter } from "./queries/audience.ts";
import { commonTopics, topicsMeant } from "./queries/interest_topics.ts";
import { RECIPIENT_STATUSES } from "../recipients/shape.ts";
import { ROLES } from "../people/shape.ts";

/** The filters of an audience. They combine with "and"; none at all means everybody. */
export const audienceShape = {
  event: reference("where they come from: a role or registration there").optional(),
  role: z.enum(ROLES).meta({ description: "at event; without it, anywhere" }).optional(),
  registered: z.boolean().meta({ description: "at event" }).optional(),
  attended: z
    .boolean()
    .meta({ description: "at event; false: registered, not checked in" })
    .optional(),
  registered_before: when("date").optional(),
  registered_for: reference("event").optional(),
  not_registered_for: reference("event").optional(),
  interested_in: text(200, "topic").optional(),
  received_campaign: reference().optional(),
  received_communication: reference().optional(),
  received_status: z
    .array(z.enum(RECIPIENT_STATUSES))
    .refine((statuses) => statuses.length > 0, "must name at least one status")
    .optional(),
  opened: z.boolean().optional(),
  not_received_campaign: reference().optional(),
  not_received_communication: reference().optional(),
  not_contacted_since: when().optional(),
  min_mails: wholeNumber(1).optional(),
  mails_from: reference(
    "which mails min_mails counts: of a campaign, of an event, or since a date",
  ).optional(),
  text: text(200).optional(),
  include_undeliverable: z.boolean().meta({ description: "leaves nobody out" }).optional(),
};

/** Filters as they were given, checked for their form. */
type AskedAudience = z.output<z.ZodObject<typeof audienceShape>>;

/** What the words of a filter were taken to mean: rows, several for a year or a topic, or a time. */
type Meaning = Record<string, Named | Named[] | string>;

/** Most people whom one mail takes. */
export const MOST_RECIPIENTS = 10_000;

/**
 * Everybody who matches a resolved filter, also who cannot be mailed, by id.
 *
 * @throws ToolError for more than 10,000 who can be mailed
 */
export async function everybodyOf(call: Call, filter: AudienceFilter): Promise<number[]> {
  const { contacts, excluded } = await wholeAudience(
    call,
    { ...filter, includeUndeliverable: false },
    MOST_RECIPIENTS,
  );
  return [...contacts, ...excluded].map(({ id }) => id);
}

/**
 * Everybody who matches a resolved filter and can be mailed, by id.
 *
 * @param excluded how many of those whom each reason leaves out are listed
 * @throws ToolError for more than 10,000 people
 */
export async function wholeAudience(
  call: Call,
  filter: AudienceFilter,
  excluded = 0,
): Promise<Audience> {
  const found = await audience(call.sql, filter, 0, MOST_RECIPIENTS, 0, call.zone, excluded);
  if (found.total > MOST_RECIPIENTS) {
    throw new ToolError(
      `audience matches ${String(found.total)} people; one call takes at most ${String(MOST_RECIPIENTS)}. Narrow it and call once for each part.`,
    );
  }
  return found;
}

/**
 * The filter itself, its references resolved: equal for equal calls, whoever matches it by then.
 *
 * @param filter as a model gave it; faults are named as `audience.x`
 * @throws ToolError for filters of a wrong form, and references that match nothing or several
 */
export async function audienceMeant(
  call: Call,
  filter: Record<string, unknown>,
): Promise<AudienceFilter> {
  const parsed = parseArguments(WRAPPED, WRAPPED_SHAPE, { audience: filter });
  if (Object.keys(parsed.audience).length === 0) {
    throw new ToolError(
      "audience has no filter, which would mean everybody in the database; say who is meant.",
    );
  }
  return (await resolveAudience(call, parsed.audience, "audience.")).filter;
}

const WRAPPED = z.strictObject({ audience: z.strictObject(audienceShape) });
const WRAPPED_SHAPE = jsonSchema(WRAPPED, "input");

/**
 * Resolves what a filter refers to.
 *
 * `event` does not narrow the campaigns: it says where people come from, and the mail in question is
 * mostly of another event.
 *
 * @param prefix what precedes the names of arguments in errors
 * @throws ToolError for a reference that matches nothing or several, or a filter that lacks its event
 */
export async function resolveAudience(
  call: Call,
  asked: AskedAudience,
  prefix = "",
): Promise<{ filter: AudienceFilter; events: EventsMeant | null; meaning: Meaning }> {
  const { sql, zone } = call;
  for (const argument of ["registered", "attended"] as const) {
    if (asked[argument] !== undefined && asked.event === undefined) {
      throw new ToolError(`${prefix}${argument} needs ${prefix}event: at which event?`);
    }
  }
  const meaning: Meaning = {};

  const eventsOf = async (argument: "registered_for" | "not_registered_for") => {
    const found = await about(prefix + argument, asked[argument], (given) =>
      eventOrYear(call, given),
    );
    if (found) meaning[argument] = eventsTaken(found);
    return found && idsOf(found.events);
  };
  const idOf = async (
    argument: `${"" | "not_"}received_${"campaign" | "communication"}`,
    find: (sql: Call["sql"], given: string) => Promise<Named>,
  ) => {
    const found = await about(prefix + argument, asked[argument], (given) => find(sql, given));
    if (found) meaning[argument] = nameOf(found);
    return found?.id ?? null;
  };
  const instantOf = (argument: "registered_before" | "not_contacted_since"): string | null => {
    const given = asked[argument];
    if (given === undefined) return null;
    const at = instant(given, zone, prefix + argument);
    meaning[argument] = inZone(at, zone);
    return at;
  };

  const [
    events,
    topics,
    mails,
    registeredFor,
    notRegisteredFor,
    receivedCampaign,
    receivedCommunication,
    notReceivedCampaign,
    notReceivedCommunication,
  ] = await together(
    about(`${prefix}event`, asked.event, (given) => eventOrYear(call, given)),
    asked.interested_in === undefined
      ? null
      : topicsCalled(call, `${prefix}interested_in`, asked.interested_in),
    about(`${prefix}mails_from`, asked.mails_from, (given) => mailsMeant(call, given)),
    eventsOf("registered_for"),
    eventsOf("not_registered_for"),
    idOf("received_campaign", oneCampaign),
    idOf("received_communication", oneMail),
    idOf("not_received_campaign", oneCampaign),
    idOf("not_received_communication", oneMail),
  );
  if (topics) meaning.interested_in = topics;
  if (mails) meaning.mails_from = mails.meaning;

  const filter: AudienceFilter = {
    events: events && idsOf(events.events),
    role: asked.role ?? null,
    registered: asked.registered ?? null,
    attended: asked.attended ?? null,
    registeredBefore: instantOf("registered_before"),
    registeredFor,
    notRegisteredFor,
    topics: topics && idsOf(topics),
    receivedCampaign,
    receivedCommunication,
    receivedStatus: asked.received_status ?? null,
    opened: asked.opened ?? null,
    notReceivedCampaign,
    notReceivedCommunication,
    notContactedSince: instantOf("not_contacted_since"),
    minMails: asked.min_mails ?? (mails ? 1 : null),
    mailsCampaign: mails?.campaign ?? null,
    mailsEvents: mails?.events ?? null,
    mailsSince: mails?.since ?? null,
    text: asked.text ?? null,
    includeUndeliverable: asked.include_undeliverable ?? false,
  };
  return { filter, events, meaning };
}

/** Looks up one reference; several of a kind occur in a filter, so an error says which it is about. */
async function about<Given, Found>(
  argument: string,
  given: Given | undefined,
  find: (given: Given) => Promise<Found>,
): Promise<Found | null> {
  if (given === undefined) return null;
  try {
    return await find(given);
  } catch (error) {
    throw error instanceof ToolError ? new ToolError(`${argument}: ${error.message}`) : error;
  }
}

const TOPICS_LISTED = 10;

async function topicsCalled({ sql }: Call, argument: string, given: string): Promise<Named[]> {
  const found = await topicsMeant(sql, given);
  if (found.length > 0) return found.map(nameOf);
  const common = await commonTopics(sql, TOPICS_LISTED);
  const hint =
    common.length === 0
      ? "No topics of interest are recorded."
      : `The most common: ${common.map((topic) => plain(topic.name)).join(", ")}.`;
  throw new ToolError(`${argument}: there is no topic "${plain(given)}". ${hint}`);
}

/** Rank of a campaign that a reference matches by words rather than by id or by name. */
const OCCURS_IN_ITS_WORDS = 3;

interface MailsMeant {
  campaign?: number;
  events?: number[];
  since?: string;
  meaning: Meaning[string];
}

/**
 * Which mails `mails_from` means: those since a time, those of a campaign, or those for an event (for
 * all events of a year). A campaign's id or name counts before an event's; then words of an event,
 * because the words of a campaign include those of its event.
 */
async function mailsMeant(call: Call, given: string): Promise<MailsMeant> {
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
    return { events: idsOf(events.value.events), meaning: eventsTaken(events.value) };
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

function idsOf(rows: readonly Named[]): number[] {
  return rows.map(({ id }) => id);
}
