import type { Queryable } from "../../database/connect.ts";
import type { TicketRow } from "../formats/rows.ts";
import type { ContactReference } from "../people/contacts.ts";
import type { Place } from "../procedure/kind.ts";
import type { TableNeeds } from "../procedure/schema.ts";
import {
  insertTickets,
  ticketsByNumber,
  updateTickets,
  type KnownTicket,
  type NewTicket,
  type TicketChange,
} from "./queries.ts";

/** What an import does to tickets. */
export interface TicketChanges {
  create: NewTicket<ContactReference>[];
  update: TicketChange<ContactReference>[];
}

/** What an import of tickets needs of `tickets`. */
export const TICKETS_NEEDS: TableNeeds = {
  table: "tickets",
  columns: {
    id: "number",
    ticket_number: "number",
    registration_source: "text",
    event_id: "number",
    purchaser_contact_id: "number",
    attendee_contact_id: "number",
    ticket_type: "text",
    status: "text",
    registration_date: "time",
    checked_in: "boolean",
    check_in_time: "time",
    purchaser_email: "text",
    order_number: "text",
    marketing_source: "text",
    is_complimentary: "boolean",
  },
  isExtended: true,
};

/** Where the fields of a shop's rows go. */
export const SHOP_FIELDS = {
  first_name: "contacts.first_name",
  last_name: "contacts.last_name",
  email: "contacts.email",
  phone: "contacts.phone",
  profession: "contacts.profession",
  ticket_type: "tickets.ticket_type",
  order_number: "tickets.order_number",
  purchaser_email: "tickets.purchaser_email",
  marketing_source: "tickets.marketing_source",
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
  { create, update }: TicketChanges,
  idOf: (reference: ContactReference) => number,
): Promise<void> {
  const idIfAny = (reference: ContactReference | null) =>
    reference === null ? null : idOf(reference);
  const created = create.map(({ attendee, purchaser, ...ticket }) => ({
    ...ticket,
    attendee: idOf(attendee),
    purchaser: idOf(purchaser),
  }));
  const updated = update.map(({ attendee, purchaser, ...change }) => ({
    ...change,
    attendee: idIfAny(attendee),
    purchaser: idIfAny(purchaser),
  }));
  if (created.length > 0) await insertTickets(sql, event, zone, created);
  if (updated.length > 0) await updateTickets(sql, updated);
}
