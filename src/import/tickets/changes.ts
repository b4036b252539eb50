import { columnName } from "../formats/reading/columns.ts";
import type { TicketRow } from "../formats/rows.ts";
import type { ShopFormat } from "../formats/ticket_shop.ts";
import { nameAndMailbox, type ContactReference } from "../people/contacts.ts";
import { personKey } from "../people/person.ts";
import { mailbox } from "../../words/email_address.ts";
import { differing, differingTime } from "../procedure/values.ts";
import type { Holders } from "./holders.ts";
import type { KnownTicket, NewTicket, TicketChange } from "./queries.ts";

/** The shop that sold a file's tickets. */
export interface Shop {
  /** As `tickets.registration_source` names it. */
  source: string;
  /** What its files call a ticket's number. */
  numberColumn: string;
}

/** The shop that a format is of. */
export function shopOf(format: ShopFormat): Shop {
  return { source: format.source, numberColumn: columnName(format.columns, "ticket_number") };
}

const NO_CHANGE: Omit<TicketChange<ContactReference>, "id"> = {
  attendee: null,
  purchaser: null,
  ticket_type: null,
  status: null,
  registration_date: null,
  purchaser_email: null,
  order_number: null,
  marketing_source: null,
  is_complimentary: null,
  checked_in: null,
  check_in_time: null,
};

/** A change of one ticket that changes nothing but what is given. */
export function ticketChange(
  id: number,
  fields: Partial<TicketChange<ContactReference>>,
): TicketChange<ContactReference> {
  return { ...NO_CHANGE, ...fields, id };
}

/** Whether a change changes anything. */
export function changesAnything({ id: _id, ...fields }: TicketChange<ContactReference>): boolean {
  return Object.values(fields).some((value) => value !== null);
}

/** A row as a ticket to be added. */
export function newTicket(
  row: TicketRow,
  holders: Holders,
  shop: Shop,
  checkIn: { checked_in: boolean; check_in_time: string | null },
): NewTicket<ContactReference> {
  const attendee = holders.attendee(row);
  return {
    ticket_number: row.ticket_number,
    registration_source: shop.source,
    attendee,
    purchaser: holders.purchaser(row) ?? attendee,
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
  holders: Holders,
): TicketChange<ContactReference> {
  const attendee = holders.attendee(row);
  const moves = personKey(row) !== personKey(ticket.attendee);
  const owner = holders.purchaser(row);
  const isOwned = mailbox(ticket.purchaser_address ?? "") === mailbox(row.purchaser_email ?? "");
  const boughtForSelf = ticket.purchaser_contact_id === ticket.attendee_contact_id;
  const purchaser =
    owner === null ? (moves && boughtForSelf ? attendee : null) : isOwned && !moves ? null : owner;
  return ticketChange(ticket.id, {
    attendee: moves ? attendee : null,
    purchaser: purchaser === ticket.purchaser_contact_id ? null : purchaser,
    ticket_type: differing(row.ticket_type, ticket.ticket_type),
    status: differing(row.status, ticket.status),
    registration_date: differingTime(row.purchase_date, ticket.registration_date),
    purchaser_email:
      mailbox(row.purchaser_email ?? "") === mailbox(ticket.purchaser_email ?? "")
        ? null
        : row.purchaser_email,
    order_number: differing(row.order_number, ticket.order_number),
    marketing_source: differing(row.marketing_source, ticket.marketing_source),
    is_complimentary: row.complimentary && !ticket.is_complimentary ? true : null,
  });
}

/** Whose a known ticket is after a change, and how it stands. */
export function asRecorded(
  ticket: KnownTicket,
  change?: TicketChange<ContactReference>,
): { attendee: ContactReference; status: string | null } {
  return {
    attendee: change?.attendee ?? ticket.attendee_contact_id,
    status: change?.status ?? ticket.status,
  };
}

/** What changes in a ticket, in words. */
export function inWords(change: TicketChange<ContactReference>, ticket: KnownTicket): string {
  if (change.attendee !== null) return `moves from ${nameAndMailbox(ticket.attendee)}`;
  const { id: _id, attendee: _attendee, ...fields } = change;
  return Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name]) => name.replaceAll("_", " "))
    .join(", ");
}
