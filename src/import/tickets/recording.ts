import type { TicketRow } from "../formats/rows.ts";
import { ROLES_NEEDS } from "../people/attendees.ts";
import type { ContactChanges, ContactReference } from "../people/contacts.ts";
import { insertAttendees } from "../people/queries/contacts.ts";
import { insertRoles, roleHolders } from "../people/queries/roles.ts";
import {
  CONTACT_COLUMNS,
  peopleMeant,
  recordContacts,
  updateContacts,
} from "../people/recording.ts";
import type { Place } from "../procedure/kind.ts";
import { inPortions } from "../procedure/portions.ts";
import type { TableNeeds } from "../procedure/schema.ts";
import type { KnownAboutTickets } from "./matching.ts";
import {
  insertTickets,
  ticketsByNumber,
  updateTickets,
  type NewTicket,
  type TicketChange,
} from "./queries.ts";
import { together } from "../../conventions/together.ts";

/** What an import does to tickets. */
export interface TicketChanges {
  create: NewTicket<ContactReference>[];
  update: TicketChange<ContactReference>[];
}

/** What an import of a shop's tickets changes, with the people whom they bring. */
export interface ShopChanges extends TicketChanges {
  contacts: ContactChanges;
  /** Who gets the role of attendee at the event. */
  attendees: ContactReference[];
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

/** What an import of a shop's tickets needs of the organiser's tables. */
export const SHOP_NEEDS: readonly TableNeeds[] = [
  {
    table: "contacts",
    columns: { ...CONTACT_COLUMNS, phone: "text", profession: "text" },
    isExtended: true,
  },
  TICKETS_NEEDS,
  ROLES_NEEDS,
];

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

/** Looks up whom and which of the event's tickets these rows may mean. */
export async function lookUpTickets(
  place: Place,
  rows: readonly TicketRow[],
): Promise<KnownAboutTickets> {
  const { sql, event } = place;
  const numbers = rows.map(({ ticket_number }) => ticket_number);
  const [contacts, tickets, attendees] = await together(
    peopleMeant(place, rows, ({ purchaser_email }) => purchaser_email),
    ticketsByNumber(sql, event, numbers),
    roleHolders(sql, event, "attendee"),
  );
  return { contacts, tickets, attendees };
}

/**
 * Carries out what a shop's tickets change for the people whom they bring.
 *
 * @returns the id of each person, as {@link recordContacts}
 */
export async function recordHolders(place: Place, { contacts }: ShopChanges) {
  const { sql, signal } = place;
  const idOf = await recordContacts(contacts.create, signal, (people) =>
    insertAttendees(sql, people),
  );
  await updateContacts(place, contacts);
  return idOf;
}

/** Gives people the role of attendee. */
export async function recordAttendees(
  { sql, event }: Place,
  attendees: readonly ContactReference[],
  idOf: (reference: ContactReference) => number,
): Promise<void> {
  if (attendees.length > 0) await insertRoles(sql, event, "attendee", attendees.map(idOf));
}

/** Adds and changes tickets. */
export async function recordTickets(
  { sql, event, zone, signal }: Place,
  { create, update }: TicketChanges,
  idOf: (reference: ContactReference) => number,
): Promise<void> {
  const idIfAny = (reference: ContactReference | null) =>
    reference === null ? null : idOf(reference);
  await inPortions(create, signal, (portion) => {
    const tickets = portion.map((ticket) => ({
      ...ticket,
      attendee: idOf(ticket.attendee),
      purchaser: idOf(ticket.purchaser),
    }));
    return insertTickets(sql, { event, zone }, tickets);
  });
  await inPortions(update, signal, (portion) => {
    const changes = portion.map((change) => ({
      ...change,
      attendee: idIfAny(change.attendee),
      purchaser: idIfAny(change.purchaser),
    }));
    return updateTickets(sql, changes);
  });
}
