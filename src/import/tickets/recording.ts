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
import type { TableNeeds } from "../procedure/schema.ts";
import type { Steps } from "../procedure/steps.ts";
import type { KnownAboutTickets } from "./matching.ts";
import {
  insertTickets,
  ticketsByNumber,
  updateTickets,
  type NewTicket,
  type TicketChange,
} from "./queries.ts";

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
  { sql, event }: Place,
  rows: readonly TicketRow[],
): Promise<KnownAboutTickets> {
  const purchasers = rows.map(({ purchaser_email }) => purchaser_email);
  const numbers = rows.map(({ ticket_number }) => ticket_number);
  return {
    contacts: await peopleMeant(sql, rows, purchasers),
    tickets: await ticketsByNumber(sql, event, numbers),
    attendees: await roleHolders(sql, event, "attendee"),
  };
}

/**
 * Carries out what a shop's tickets change.
 *
 * @returns the id of each person, as {@link recordContacts}
 */
export async function recordShop(place: Place, changes: ShopChanges, steps: Steps) {
  const { contacts } = changes;
  const idOf = await recordContacts(contacts.create, (people) =>
    insertAttendees(place.sql, people),
  );
  await updateContacts(place, contacts);
  await steps.done("contacts written");
  await recordTickets(place, changes, idOf);
  await recordAttendees(place, changes.attendees, idOf);
  await steps.done("tickets written");
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
  { sql, event, zone }: Place,
  { create, update }: TicketChanges,
  idOf: (reference: ContactReference) => number,
): Promise<void> {
  const idIfAny = (reference: ContactReference | null) =>
    reference === null ? null : idOf(reference);
  if (create.length > 0) {
    const attendees = create.map(({ attendee }) => idOf(attendee));
    const purchasers = create.map(({ purchaser }) => idOf(purchaser));
    await insertTickets(sql, { event, zone }, create, attendees, purchasers);
  }
  if (update.length > 0) {
    const attendees = update.map(({ attendee }) => idIfAny(attendee));
    const purchasers = update.map(({ purchaser }) => idIfAny(purchaser));
    await updateTickets(sql, update, attendees, purchasers);
  }
}
