import { trimmed } from "../../words/blanks.ts";
import { groupedBy } from "../../words/groups.ts";
import type { Candidate } from "../queries/candidates.ts";
import type { LeftOut } from "../queries/left_out.ts";
import type { Listed } from "../queries/lists.ts";
import type { SpokenSession, Ticket } from "../queries/receivers.ts";
import type { Receiver } from "./sources.ts";
import type { Values } from "./values.ts";

/** A mail to somebody, with what its values are taken from. */
export interface PlannedMail extends Receiver {
  person: Candidate;
  /** Within the person, from 1. */
  number: number;
}

/**
 * The mails for people: one each or, about sessions, one for each of their sessions.
 *
 * @param sessions theirs, each person's in their order; null where the mail is about none
 */
export function mailsFor(
  people: readonly Candidate[],
  tickets: readonly Ticket[],
  sessions: readonly SpokenSession[] | null,
): PlannedMail[] {
  const held = new Map(tickets.map((ticket) => [ticket.contact_id, ticket]));
  const spoken = groupedBy(sessions ?? [], ({ contact_id }) => contact_id);
  return people.flatMap((person) => {
    const ticket = held.get(person.id);
    const own = spoken.get(person.id) ?? [undefined];
    return own.map((session, index) => ({ person, number: index + 1, ticket, session }));
  });
}

/** Of mails about sessions, whoever has none is left out. */
export function leaveOutWithoutSession(mails: readonly PlannedMail[]): {
  mails: PlannedMail[];
  leftOut: LeftOut[];
} {
  return {
    mails: mails.filter(({ session }) => session),
    leftOut: mails
      .filter(({ session }) => !session)
      .map(({ person: { id, name } }) => ({ contact_id: id, name, reason: "no_session" })),
  };
}

/** Mails with their values, as they are put on a list. */
export function filled(mails: readonly PlannedMail[], values: Values): Listed[] {
  return mails.map((mail) => ({
    contact_id: mail.person.id,
    mail: mail.number,
    session: mail.session?.session ?? null,
    about: mail.session?.title ?? null,
    email: trimmed(mail.person.email ?? ""),
    name: mail.person.name,
    params: values.of(mail),
  }));
}
