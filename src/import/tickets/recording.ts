import type { Queryable } from "../../database/connect.ts";
import type { TicketRow } from "../formats/rows.ts";
import type { ContactReference } from "../people/contacts.ts";
import type { KnownTicket, NewTicket, TicketChange } from "./matching.ts";
import { insertTickets, ticketsByNumber, updateTickets } from "./queries.ts";
import type { Place } from "../procedure/kind.ts";

/** Where the fields of Quicket's rows go. */
export const QUICKET_FIELDS = {
  first_name: { column: "contacts.first_name", label: "First name" },
  last_name: { column: "contacts.last_name", label: "Surname" },
  email: { column: "contacts.email", label: "Email" },
  phone: { column: "contacts.phone", label: "Cellphone" },
  profession: { column: "contacts.profession", label: "Profession:" },
  ticket_type: { column: "tickets.ticket_type", label: "Ticket Type" },
  order_number: { column: "tickets.order_number", label: "Order Number" },
  purchaser_email: { column: "tickets.purchaser_email", label: "Purchaser Email" },
  marketing_source: { column: "tickets.marketing_source", label: "Link Campaign" },
} as const;

/** The event's tickets with the numbers of these rows. */
export function knownTickets(
  sql: Queryable,
  event: number,
  rows: readonly TicketRow[],
): Promise<KnownTicket[]> {
  return ticketsByNumber(
    sql,
    event,
    rows.map(({ ticket_number }) => ticket_number),
  );
}

/** Adds and changes tickets. */
export async function recordTickets(
  { sql, event, zone }: Place,
  { create, update }: { create: readonly NewTicket[]; update: readonly TicketChange[] },
  idOf: (reference: ContactReference) => number,
): Promise<void> {
  const given = (reference: ContactReference | null) =>
    reference === null ? null : idOf(reference);
  if (create.length > 0) {
    await insertTickets(
      sql,
      event,
      zone,
      create.map((ticket) => ({
        ...ticket,
        attendee: idOf(ticket.attendee),
        purchaser: idOf(ticket.purchaser),
      })),
    );
  }
  if (update.length > 0) {
    await updateTickets(
      sql,
      update.map((change) => ({
        ...change,
        attendee: given(change.attendee),
        purchaser: given(change.purchaser),
      })),
    );
  }
}
