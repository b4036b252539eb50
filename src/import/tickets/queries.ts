import type { Queryable } from "../../database/connect.ts";
import type { KnownPerson } from "../people/queries/contacts.ts";

/** What a ticket says beside its number and whose it is; in a change null is what stays. */
interface TicketFields {
  ticket_type: string | null;
  status: string | null;
  registration_date: string | null;
  purchaser_email: string | null;
  order_number: string | null;
  marketing_source: string | null;
  is_complimentary: boolean | null;
  checked_in: boolean | null;
  check_in_time: string | null;
}

/** A ticket that the database holds for an event. Times are local, `YYYY-MM-DD HH:MM:SS.ffffff`. */
export interface KnownTicket extends TicketFields {
  id: number;
  ticket_number: string;
  registration_date: string;
  is_complimentary: boolean;
  checked_in: boolean;
  attendee_contact_id: number;
  attendee: KnownPerson;
  purchaser_contact_id: number;
  /** Of the contact who is its purchaser. */
  purchaser_address: string | null;
}

/** The event's tickets with these numbers. */
export async function ticketsByNumber(
  sql: Queryable,
  event: number,
  numbers: readonly string[],
): Promise<KnownTicket[]> {
  return sql<KnownTicket[]>`
    SELECT ticket.id::int AS id, coalesce(ticket.ticket_number::text, '') AS ticket_number,
           ticket.ticket_type::text AS ticket_type, ticket.status::text AS status,
           coalesce(to_char(ticket.registration_date, 'YYYY-MM-DD HH24:MI:SS.US')::text, '')
             AS registration_date,
           ticket.purchaser_email::text AS purchaser_email, ticket.order_number::text AS order_number,
           ticket.marketing_source::text AS marketing_source,
           coalesce(ticket.is_complimentary, false) AS is_complimentary,
           coalesce(ticket.checked_in, false) AS checked_in,
           to_char(ticket.check_in_time, 'YYYY-MM-DD HH24:MI:SS.US')::text AS check_in_time,
           ticket.attendee_contact_id::int AS attendee_contact_id,
           jsonb_build_object(
             'first_name', coalesce(attendee.first_name::text, ''),
             'last_name', coalesce(attendee.last_name::text, ''),
             'email', attendee.email::text) AS attendee,
           ticket.purchaser_contact_id::int AS purchaser_contact_id, purchaser.email::text AS purchaser_address
    FROM (SELECT DISTINCT number FROM unnest(${numbers}::bigint[]) AS number) AS given
    JOIN tickets AS ticket ON ticket.ticket_number = given.number AND ticket.event_id = ${event}
    JOIN contacts AS attendee ON attendee.id = ticket.attendee_contact_id
    JOIN contacts AS purchaser ON purchaser.id = ticket.purchaser_contact_id`;
}

/** A ticket as somebody holds it. */
export interface HeldTicket {
  ticket_number: string | null;
  registration_source: string;
  status: string | null;
  contact_id: number;
}

/** The tickets that these people hold for the event. */
export async function ticketsOf(
  sql: Queryable,
  event: number,
  contacts: readonly number[],
): Promise<HeldTicket[]> {
  return sql<HeldTicket[]>`
    SELECT ticket_number::text AS ticket_number, registration_source::text AS registration_source,
           status::text AS status, attendee_contact_id::int AS contact_id
    FROM tickets
    WHERE event_id = ${event} AND attendee_contact_id = ANY(${contacts}::int[])`;
}

/**
 * A ticket to be added; without a `registration_date` it was registered now. `Contact` is how it names
 * a person: by id, as here, or otherwise in a plan that is to add the person too.
 */
export interface NewTicket<Contact = number> extends TicketFields {
  ticket_number: string;
  registration_source: string;
  attendee: Contact;
  purchaser: Contact;
  status: string;
  is_complimentary: boolean;
  checked_in: boolean;
}

/** Records tickets of an event. Each column goes as one list, so that its name does not go with each; postgres.js
 * takes a list of booleans for a boolean, so that they go as words. */
export async function insertTickets(
  sql: Queryable,
  { event, zone }: { event: number; zone: string },
  tickets: readonly NewTicket[],
): Promise<void> {
  await sql<{ noted: string | null }[]>`
    WITH recorded AS (
      INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id,
        attendee_contact_id, ticket_type, status, registration_date, checked_in, check_in_time,
        purchaser_email, order_number, marketing_source, is_complimentary)
      SELECT entry.ticket_number, entry.registration_source, ${event}, entry.purchaser,
             entry.attendee, entry.ticket_type, entry.status,
             coalesce(entry.registration_date, now() AT TIME ZONE ${zone}),
             entry.checked_in, entry.check_in_time, entry.purchaser_email,
             entry.order_number, entry.marketing_source, entry.is_complimentary
      FROM unnest(
        ${tickets.map((ticket) => ticket.attendee)}::int[],
        ${tickets.map((ticket) => ticket.purchaser)}::int[],
        ${tickets.map((ticket) => ticket.ticket_number)}::bigint[],
        ${tickets.map((ticket) => ticket.registration_source)}::text[],
        ${tickets.map((ticket) => ticket.ticket_type)}::text[],
        ${tickets.map((ticket) => ticket.status)}::text[],
        ${tickets.map((ticket) => ticket.registration_date)}::timestamp[],
        ${tickets.map((ticket) => String(ticket.checked_in))}::text[]::boolean[],
        ${tickets.map((ticket) => ticket.check_in_time)}::timestamp[],
        ${tickets.map((ticket) => ticket.purchaser_email)}::text[],
        ${tickets.map((ticket) => ticket.order_number)}::text[],
        ${tickets.map((ticket) => ticket.marketing_source)}::text[],
        ${tickets.map((ticket) => String(ticket.is_complimentary))}::text[]::boolean[]
      ) AS entry (attendee, purchaser, ticket_number, registration_source, ticket_type, status,
          registration_date, checked_in, check_in_time, purchaser_email, order_number,
          marketing_source, is_complimentary)
      RETURNING id
    )
    SELECT outreach.note_created('tickets', array_agg(id::bigint))::text AS noted FROM recorded`;
}

/** What changes in a ticket; null is what stays. */
export interface TicketChange<Contact = number> extends TicketFields {
  id: number;
  attendee: Contact | null;
  purchaser: Contact | null;
}

/** Changes tickets; see {@link insertTickets}. */
export async function updateTickets(
  sql: Queryable,
  changes: readonly TicketChange[],
): Promise<void> {
  await sql`
    WITH noted AS (
      SELECT outreach.note_before(
        'tickets', ${changes.map(({ id }) => id)}::int[]::bigint[],
        '{attendee_contact_id,purchaser_contact_id,ticket_type,status,registration_date,purchaser_email,order_number,marketing_source,is_complimentary,checked_in,check_in_time}')
    )
    UPDATE tickets AS ticket
    SET attendee_contact_id = coalesce(entry.attendee, ticket.attendee_contact_id),
        purchaser_contact_id = coalesce(entry.purchaser, ticket.purchaser_contact_id),
        ticket_type = coalesce(entry.ticket_type, ticket.ticket_type),
        status = coalesce(entry.status, ticket.status),
        registration_date = coalesce(entry.registration_date, ticket.registration_date),
        purchaser_email = coalesce(entry.purchaser_email, ticket.purchaser_email),
        order_number = coalesce(entry.order_number, ticket.order_number),
        marketing_source = coalesce(entry.marketing_source, ticket.marketing_source),
        is_complimentary = coalesce(entry.is_complimentary, ticket.is_complimentary),
        checked_in = coalesce(entry.checked_in, ticket.checked_in),
        check_in_time = coalesce(entry.check_in_time, ticket.check_in_time)
    FROM noted, unnest(
      ${changes.map((change) => change.id)}::int[],
      ${changes.map((change) => change.attendee)}::int[],
      ${changes.map((change) => change.purchaser)}::int[],
      ${changes.map((change) => change.ticket_type)}::text[],
      ${changes.map((change) => change.status)}::text[],
      ${changes.map((change) => change.registration_date)}::timestamp[],
      ${changes.map((change) => change.purchaser_email)}::text[],
      ${changes.map((change) => change.order_number)}::text[],
      ${changes.map((change) => change.marketing_source)}::text[],
      ${changes.map((change) => change.is_complimentary?.toString() ?? null)}::text[]::boolean[],
      ${changes.map((change) => change.checked_in?.toString() ?? null)}::text[]::boolean[],
      ${changes.map((change) => change.check_in_time)}::timestamp[]
    ) AS entry (id, attendee, purchaser, ticket_type, status, registration_date, purchaser_email,
        order_number, marketing_source, is_complimentary, checked_in, check_in_time)
    WHERE ticket.id = entry.id`;
}
