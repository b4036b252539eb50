import { milestonesOf } from "../../record/events/facts.ts";
import { ERASED_PERSON } from "../../words/names.ts";
import type { EventFact } from "../../record/events/queries/facts.ts";
import type { Params } from "../mail_service/batch.ts";
import type { Candidate, EventValues } from "../queries/candidates.ts";
import type { SpokenSession, Ticket } from "../queries/receivers.ts";
import type { DateFormat } from "../templates/registry.ts";
import { listedNames, readableDay, readableTime } from "./readable.ts";
import { hasPassed } from "./written_times.ts";

/** What is known of a campaign's event. */
export interface KnownEvent {
  event: EventValues;
  facts: readonly EventFact[];
  zone: string;
}

/** Whom a mail is for, and what it is about. */
export interface Receiver {
  person: Pick<Candidate, "first_name" | "last_name" | "email">;
  ticket: Ticket | undefined;
  session: SpokenSession | undefined;
}

/** A value for a mail; empty where there is none. */
type Value = Params[string];

const OF_EVENT: Record<string, (known: KnownEvent, format: DateFormat) => Value> = {
  "events.name": ({ event }) => event.name,
  "events.event_date": ({ event }, format) => readableDay(event.event_date, format),
  "events.location": ({ event }) => event.location,
  "events.year": ({ event }) => event.year,
  "events.description": ({ event }) => event.description,
  "events.status": ({ event }) => event.status,
};
const OF_PERSON: Record<string, (receiver: Receiver) => Value> = {
  "contacts.first_name": ({ person }) => person.first_name,
  "contacts.last_name": ({ person }) => person.last_name,
  "contacts.email": ({ person }) => person.email ?? "",
  "ticket.type": ({ ticket }) => ticket?.type ?? "",
  "ticket.number": ({ ticket }) => ticket?.number ?? "",
};
const OF_SESSION: Record<
  string,
  (session: SpokenSession, format: DateFormat, zone: string) => Value
> = {
  "session.title": ({ title }) => title,
  "session.starts": ({ starts }, format, zone) =>
    starts === "" ? "" : readableTime(starts, zone, format),
  "session.room": ({ room }) => room,
  "session.track": ({ track }) => track,
  "session.co_speakers": ({ co_speakers }, format) =>
    listedNames(
      co_speakers.filter((name) => name !== ERASED_PERSON),
      format,
    ),
  "rating.topic": ({ topic }) => topic ?? "",
  "rating.presentation": ({ presentation }) => presentation ?? "",
  "rating.answers": ({ answers }) => (answers === 0 ? "" : answers),
  "rating.comments": ({ comments }) => comments.map((comment) => `“${comment}”`).join(" "),
};

const FACT = /^facts\.([a-z][a-z0-9_]*)$/u;

/** Whether values can be taken from a source such as `contacts.first_name`. */
export function isKnownSource(source: string): boolean {
  return (
    FACT.test(source) ||
    [OF_EVENT, OF_PERSON, OF_SESSION].some((known) => Object.hasOwn(known, source))
  );
}

/** Whether a source is the event's, so that its value is the same for everybody. */
export function isOfEvent(source: string): boolean {
  return FACT.test(source) || Object.hasOwn(OF_EVENT, source);
}

/** Whether a source is a person's name or address, which a list freezes. */
export function isOfPerson(source: string): boolean {
  return source.startsWith("contacts.");
}

/** Whether a source is a session's, so that a mail is about one. */
export function isOfSession(source: string): boolean {
  return Object.hasOwn(OF_SESSION, source);
}

/** What the event says under a source; empty where it says nothing. */
export function valueOfEvent(source: string, known: KnownEvent, format: DateFormat): Value {
  const key = FACT.exec(source)?.[1];
  if (key === undefined) return OF_EVENT[source]?.(known, format) ?? "";
  const fact = known.facts.find((one) => one.key === key);
  const value = fact?.value ?? "";
  if (typeof value !== "string" || !fact?.milestone) return value;
  return fact.milestone === "day"
    ? readableDay(value, format)
    : readableTime(value, known.zone, format);
}

/** What a person, their ticket or their session says under a source; empty where it says nothing. */
export function valueOfReceiver(
  source: string,
  receiver: Receiver,
  zone: string,
  format: DateFormat,
): Value {
  const { session } = receiver;
  return (
    OF_PERSON[source]?.(receiver) ??
    (session ? OF_SESSION[source]?.(session, format, zone) : undefined) ??
    ""
  );
}

/**
 * Whether a parameter tells a time by which something must be done, and that time is over.
 *
 * @param given what a call gives for it, before what the event says
 * @returns null where it is to tell such a time and what it says is not read as one
 */
export function isOver(
  { name, source, ...format }: { name: string; source: string | null } & DateFormat,
  given: Value | undefined,
  { event, facts, zone }: KnownEvent,
): boolean | null {
  const key = FACT.exec(source ?? "")?.[1];
  if (!/deadline$/iu.test(name) && !/_(?:closes|by)$/u.test(key ?? "")) return false;
  if (given !== undefined) return hasPassed(String(given), zone, format);
  if (key === undefined) {
    return source === "events.event_date" && hasPassed(event.event_date, zone, {});
  }
  const milestone = milestonesOf(facts, zone).find((one) => one.key === key);
  if (milestone) return milestone.passed;
  const value = String(facts.find((one) => one.key === key)?.value ?? "");
  return value !== "" && hasPassed(value, zone, format);
}
