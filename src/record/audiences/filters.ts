import * as z from "zod";
import { ToolError } from "../../mcp/errors.ts";
import { reference, text, when, wholeNumber } from "../../mcp/fields.ts";
import { plain } from "../../mcp/render.ts";
import { jsonSchema, parseArguments } from "../../mcp/schema.ts";
import { inZone, instant } from "../../mcp/time.ts";
import { oneCampaign } from "../../conventions/references/campaign.ts";
import { oneMail } from "../../conventions/references/communication.ts";
import { eventOrYear, isByDate } from "../../conventions/references/event.ts";
import { nameOf, type Named } from "../../conventions/references/choose.ts";
import type { Call } from "../../conventions/call.ts";
import { together } from "../../conventions/together.ts";
import { eventsTaken, type AnyEvents } from "../../conventions/question.ts";
import { sameName } from "../../words/names.ts";
import { segmentsReached, type SegmentRow } from "../segments/queries.ts";
import { oneSegment } from "../segments/reference.ts";
import type { AudienceFilter } from "./queries/filter.ts";
import { mailsMeant, type MailsMeant } from "./mails_from.ts";
import { commonTopics, topicsMeant } from "./queries/interest_topics.ts";
import { REPORTED_STATUSES } from "../recipients/shape.ts";
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
    .array(z.enum(REPORTED_STATUSES))
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
  segment: reference().optional(),
  not_in_segment: reference().optional(),
  sql: text(10_000, "as ask_database; first column contact_id").optional(),
};

/** Filters as they were given, checked for their form. */
export type AskedAudience = z.output<z.ZodObject<typeof audienceShape>>;

/** What the words of a filter were taken to mean: rows, several for a year or a topic, or a time. */
export type Meaning = Record<string, MailsMeant["meaning"]>;

/** Everybody. */
export const EVERYBODY: AudienceFilter = {
  events: null,
  role: null,
  registered: null,
  attended: null,
  registeredBefore: null,
  registeredFor: null,
  notRegisteredFor: null,
  topics: null,
  receivedCampaign: null,
  receivedCommunication: null,
  receivedStatus: null,
  opened: null,
  notReceivedCampaign: null,
  notReceivedCommunication: null,
  notContactedSince: null,
  minMails: null,
  mailsCampaign: null,
  mailsEvents: null,
  mailsSince: null,
  text: null,
  includeUndeliverable: false,
  segment: null,
  notSegment: null,
  question: null,
};

/** What a filter means. */
export interface AudienceMeant {
  filter: AudienceFilter;
  events: AnyEvents | null;
  meaning: Meaning;
  /** Of references that mean one row for good, its number. */
  pinned: Record<string, string>;
  /** All segments, where it names one. */
  segments: readonly SegmentRow[];
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
  return (await resolveAudience(call, parseAudience(filter), "audience.")).filter;
}

/**
 * Filters as a model gave them, checked for their form.
 *
 * @throws ToolError for filters of a wrong form, and for none
 */
export function parseAudience(filter: Record<string, unknown>): AskedAudience {
  const parsed = parseArguments(WRAPPED, WRAPPED_SHAPE, { audience: filter });
  if (Object.keys(parsed.audience).length === 0) {
    throw new ToolError(
      "audience has no filter, which would mean everybody in the database; say who is meant.",
    );
  }
  return parsed.audience;
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
 * @param known rows that arguments are known to mean, so that they are not looked up
 * @throws ToolError for a reference that matches nothing or several, or a filter that lacks its event
 */
export async function resolveAudience(
  call: Call,
  asked: AskedAudience,
  prefix = "",
  known: Readonly<Partial<Record<string, Named>>> = {},
): Promise<AudienceMeant> {
  const { sql, zone } = call;
  for (const argument of ["registered", "attended"] as const) {
    if (asked[argument] !== undefined && asked.event === undefined) {
      throw new ToolError(`${prefix}${argument} needs ${prefix}event: at which event?`);
    }
  }
  const meaning: Meaning = {};
  const pinned: Record<string, string> = {};

  const eventsOf = async (argument: "event" | "registered_for" | "not_registered_for") => {
    const given = asked[argument];
    const there = known[argument];
    const found: AnyEvents | null = there
      ? { events: [there], isYear: false }
      : await about(prefix + argument, given, (words) => eventOrYear(call, words));
    if (found && argument !== "event") meaning[argument] = eventsTaken(found);
    const [only] = found?.events ?? [];
    const isForGood =
      only && !found?.isYear && (!isByDate(given ?? "") || sameName(given ?? "", only.name));
    if (isForGood) pinned[argument] = String(only.id);
    return found;
  };
  const idOf = async (
    argument:
      `${"" | "not_"}received_${"campaign" | "communication"}` | "segment" | "not_in_segment",
    find: (sql: Call["sql"], given: string) => Promise<Named>,
  ) => {
    const found =
      known[argument] ??
      (await about(prefix + argument, asked[argument], (given) => find(sql, given)));
    if (found) {
      meaning[argument] = nameOf(found);
      pinned[argument] = String(found.id);
    }
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
    segment,
    notSegment,
    segments,
  ] = await together(
    eventsOf("event"),
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
    idOf("segment", oneSegment),
    idOf("not_in_segment", oneSegment),
    // They are few, and what they mean is asked next.
    asked.segment === undefined && asked.not_in_segment === undefined
      ? []
      : segmentsReached(sql, null),
  );
  if (topics) meaning.interested_in = topics;
  if (mails) meaning.mails_from = mails.meaning;

  const filter: AudienceFilter = {
    events: events && idsOf(events.events),
    role: asked.role ?? null,
    registered: asked.registered ?? null,
    attended: asked.attended ?? null,
    registeredBefore: instantOf("registered_before"),
    registeredFor: registeredFor && idsOf(registeredFor.events),
    notRegisteredFor: notRegisteredFor && idsOf(notRegisteredFor.events),
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
    segment,
    notSegment,
    question: asked.sql ?? null,
  };
  return { filter, events, meaning, pinned, segments };
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
    if (!(error instanceof ToolError)) throw error;
    const [, kind, rest] = /^(\w+)( ".*)$/su.exec(error.message) ?? [];
    const isSaid = kind !== undefined && rest !== undefined && argument.endsWith(kind);
    throw new ToolError(isSaid ? `${argument}${rest}` : `${argument}: ${error.message}`);
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

function idsOf(rows: readonly Named[]): number[] {
  return rows.map(({ id }) => id);
}
