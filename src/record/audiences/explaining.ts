import type { Call } from "../../conventions/call.ts";
import { called, type ContactReference } from "../../conventions/references/contact.ts";
import type { Named } from "../../conventions/references/choose.ts";
import { together } from "../../conventions/together.ts";
import { ERASED_PERSON } from "../../words/names.ts";
import type { PartsFound } from "../segments/members.ts";
import { EVERYBODY, type AskedAudience, type AudienceMeant, type Meaning } from "./filters.ts";
import { audience } from "./queries/audience.ts";
import type { AudienceFilter } from "./queries/filter.ts";

/** Why a person is in an audience or not. */
export interface Explanation {
  contact: Named;
  /** They match every filter and can be mailed. */
  in_audience: boolean;
  /** The filters that they do not match: the argument, and what is true of them. */
  failed: string[];
  /** Why they cannot be mailed, or `erased`, whatever they match; null where they can, or where nobody is left out for it. */
  excluded_for: string | null;
}

/** A filter, with what is true of who does not match it. */
interface Rule {
  /** What of the whole filter it is, as far as it narrows by itself. */
  filter: Partial<AudienceFilter>;
  otherwise: string;
}

/** Looks at each filter by itself for one person; whoever was erased is in no audience, whatever they match. */
export async function explained(
  { sql, zone }: Call,
  person: ContactReference,
  asked: AskedAudience,
  meant: AudienceMeant,
  parts: PartsFound,
): Promise<Explanation> {
  const contact = { id: person.id, name: called(person) };
  if (person.name === ERASED_PERSON && person.email === null) {
    return { contact, in_audience: false, failed: [], excluded_for: "erased" };
  }
  const only = { among: [contact.id], butNot: null };
  const found = (filter: Partial<AudienceFilter>) =>
    audience(sql, { ...EVERYBODY, ...filter }, only, zone, { ids: true });
  const rules = rulesOf(asked, meant);
  const [state, ...answers] = await together(
    found({ includeUndeliverable: meant.filter.includeUndeliverable }),
    ...rules.map(({ filter }) => found(filter)),
  );
  const failed = rules.flatMap(({ otherwise }, index) =>
    answers[index]?.fitting.length === 0 ? [otherwise] : [],
  );
  failed.push(...failedParts(contact.id, asked, meant.meaning, parts));
  const excluded_for = state.excluded[0]?.reason ?? null;
  return {
    contact,
    in_audience: failed.length === 0 && excluded_for === null,
    failed,
    excluded_for,
  };
}

function failedParts(
  person: number,
  asked: AskedAudience,
  { segment, not_in_segment: left }: Meaning,
  { within, without, asked: answered }: PartsFound,
): string[] {
  const isOutOf = (ids: readonly number[] | undefined) =>
    ids !== undefined && !ids.includes(person);
  return [
    ...(isOutOf(within?.fitting) ? [`segment: is not in ${named(segment)}`] : []),
    ...(without?.fitting.includes(person) ? [`not_in_segment: is in ${named(left)}`] : []),
    ...(asked.sql !== undefined && isOutOf(answered ?? []) ? ["sql: is not in its answer"] : []),
  ];
}

function rulesOf(asked: AskedAudience, { filter, meaning, events }: AudienceMeant): Rule[] {
  const there = events ? ` at ${named(events.events)}` : "";
  const status = asked.received_status?.join(" or ");
  const rules: Rule[] = [];
  const rule = (
    isAsked: boolean,
    takes: readonly (keyof AudienceFilter)[],
    otherwise: string,
    instead: Partial<AudienceFilter> = {},
  ) => {
    const own = Object.fromEntries(takes.map((name) => [name, filter[name]]));
    if (isAsked) rules.push({ filter: { ...own, ...instead }, otherwise });
  };
  const received = (name: "campaign" | "communication") => {
    const mail = `${name === "campaign" ? "a mail of " : ""}${named(meaning[`received_${name}`])}`;
    return `received_${name}: ${status === undefined ? "did not receive" : `is not ${status} in`} ${mail}`;
  };

  rule(filter.events !== null, ["events"], `event: no role or registration${there}`);
  rule(
    filter.role !== null,
    ["events", "role"],
    `role: not ${filter.role ?? ""}${there === "" ? " anywhere" : there}`,
  );
  // The event of a filter on registrations asks for more than that filter does.
  rule(asked.registered === true, [], `registered: no registration${there}`, {
    registeredFor: filter.events,
  });
  rule(asked.registered === false, [], `registered false: has a registration${there}`, {
    notRegisteredFor: filter.events,
  });
  rule(asked.attended === true, ["events", "attended"], `attended: was not checked in${there}`);
  rule(
    asked.attended === false,
    ["events", "attended"],
    `attended false: was checked in${there}, or had no registration, or nobody was checked in`,
  );
  rule(
    filter.registeredBefore !== null,
    ["events", "registeredBefore"],
    `registered_before: no registration${there} before ${named(meaning["registered_before"])}`,
  );
  rule(
    filter.registeredFor !== null,
    ["registeredFor"],
    `registered_for: no registration for ${named(meaning["registered_for"])}`,
  );
  rule(
    filter.notRegisteredFor !== null,
    ["notRegisteredFor"],
    `not_registered_for: has a registration for ${named(meaning["not_registered_for"])}`,
  );
  rule(
    filter.topics !== null,
    ["topics"],
    `interested_in: is not known to be interested in ${named(meaning["interested_in"])}`,
  );
  rule(
    filter.receivedCampaign !== null,
    ["receivedCampaign", "receivedStatus"],
    received("campaign"),
  );
  rule(
    filter.receivedCommunication !== null,
    ["receivedCommunication", "receivedStatus"],
    received("communication"),
  );
  rule(
    status !== undefined &&
      filter.receivedCampaign === null &&
      filter.receivedCommunication === null,
    ["receivedStatus"],
    `received_status: no mail to them is ${status ?? ""}`,
  );
  rule(
    filter.opened !== null,
    ["opened", "receivedCampaign", "receivedCommunication"],
    filter.opened
      ? "opened: none of these mails was opened"
      : "opened false: opened one of these mails, or received none",
  );
  rule(
    filter.notReceivedCampaign !== null,
    ["notReceivedCampaign"],
    `not_received_campaign: received a mail of ${named(meaning["not_received_campaign"])}, or is about to`,
  );
  rule(
    filter.notReceivedCommunication !== null,
    ["notReceivedCommunication"],
    `not_received_communication: received ${named(meaning["not_received_communication"])}, or is about to`,
  );
  rule(
    filter.notContactedSince !== null,
    ["notContactedSince"],
    `not_contacted_since: was mailed since ${named(meaning["not_contacted_since"])}`,
  );
  rule(
    filter.minMails !== null,
    ["minMails", "mailsCampaign", "mailsEvents", "mailsSince"],
    `min_mails: received fewer than ${String(filter.minMails)}${meaning["mails_from"] === undefined ? "" : ` from ${named(meaning["mails_from"])}`}`,
  );
  rule(filter.text !== null, ["text"], `text: neither name nor e-mail has "${filter.text ?? ""}"`);
  return rules;
}

function named(meaning: string | Named | readonly Named[] | undefined): string {
  if (meaning === undefined || typeof meaning === "string") return meaning ?? "";
  return "length" in meaning ? meaning.map(({ name }) => name).join(" or ") : meaning.name;
}
