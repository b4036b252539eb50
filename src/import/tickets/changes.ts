import type { TicketRow } from "../formats/rows.ts";
import {
  shown,
  type ContactReference,
  type FilePerson,
  type KnownPeople,
} from "../people/contacts.ts";
import { fold, personKey } from "../people/person.ts";
import { changeOf, type KnownTicket, type NewTicket, type TicketChange } from "./matching.ts";
import { other, otherTime } from "../procedure/values.ts";

/**
 * Who buys the tickets of a file: the attendee, unless the purchaser's mailbox is somebody's whom the
 * database knows, or will after this import.
 */
export class Purchasers {
  readonly #known: KnownPeople;
  readonly #created = new Map<string, string>();

  /** @param created the people this import adds, in the order of their ids to be */
  constructor(known: KnownPeople, created: readonly FilePerson[]) {
    this.#known = known;
    for (const { email, key } of created) {
      const address = fold(email ?? "");
      if (address !== "" && !this.#created.has(address)) this.#created.set(address, key);
    }
  }

  /** Who owns the purchaser's mailbox; null where nobody known does, or the row names none. */
  owner(row: TicketRow, attendee: ContactReference): ContactReference | null {
    const address = fold(row.purchaser_email ?? "");
    if (address === "") return null;
    if (address === fold(row.email ?? "")) return attendee;
    return this.#known.withAddress(address)?.id ?? this.#created.get(address) ?? null;
  }
}

/** A row as a ticket to be added. */
export function newTicket(
  row: TicketRow,
  attendee: ContactReference,
  purchasers: Purchasers,
  checkIn: { checked_in: boolean; check_in_time: string | null },
): NewTicket {
  return {
    ticket_number: row.ticket_number,
    registration_source: "quicket",
    attendee,
    purchaser: purchasers.owner(row, attendee) ?? attendee,
    ticket_type: row.ticket_type,
    status: row.status,
    registration_date: row.purchase_date,
    ...checkIn,
    purchaser_email: row.purchaser_email,
    order_number: row.order_number,
    marketing_source: row.marketing_source,
    is_complimentary: row.complimentary,
  };
}

/**
 * What a known ticket takes from a row under `update`: what the row says and the ticket does not say
 * already. A field that is empty in the file, "not complimentary" among them, takes nothing away.
 */
export function takenFrom(
  row: TicketRow,
  ticket: KnownTicket,
  attendee: ContactReference,
  purchasers: Purchasers,
): TicketChange {
  const moves = personKey(row) !== personKey(ticket.attendee);
  const owner = purchasers.owner(row, attendee);
  const isOwned = fold(ticket.purchaser_address ?? "") === fold(row.purchaser_email ?? "");
  const boughtForSelf = ticket.purchaser_contact_id === ticket.attendee_contact_id;
  const purchaser =
    owner === null ? (moves && boughtForSelf ? attendee : null) : isOwned && !moves ? null : owner;
  return changeOf(ticket.id, {
    attendee: moves ? attendee : null,
    purchaser: purchaser === ticket.purchaser_contact_id ? null : purchaser,
    ticket_type: other(row.ticket_type, ticket.ticket_type),
    status: other(row.status, ticket.status),
    registration_date: otherTime(row.purchase_date, ticket.registration_date),
    purchaser_email:
      fold(row.purchaser_email ?? "") === fold(ticket.purchaser_email ?? "")
        ? null
        : row.purchaser_email,
    order_number: other(row.order_number, ticket.order_number),
    marketing_source: other(row.marketing_source, ticket.marketing_source),
    is_complimentary: row.complimentary && !ticket.is_complimentary ? true : null,
  });
}

/** What changes in a ticket, in words. */
export function changed(change: TicketChange, ticket: KnownTicket): string {
  if (change.attendee !== null) return `moves from ${shown(ticket.attendee)}`;
  const { id: _id, attendee: _attendee, ...fields } = change;
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name]) => name.replaceAll("_", " "))
    .join(", ");
}
