import type { Queryable } from "../../../database/connect.ts";

/** Whose history is asked for, and which mails of it. */
export interface HistoryFilter {
  contacts: readonly number[];
  /** Null: of any event, of any campaign. */
  events: readonly number[] | null;
  campaign: number | null;
}

/** A ticket of a person that is a registration. */
interface RegistrationRow {
  event: { id: number; name: string };
  ticket_type: string | null;
  status: string | null;
  registered_at: string;
  checked_in: boolean;
  marketing_source: string | null;
  /** The campaign that the source means; null where it means none or matches several. */
  campaign: { id: number; name: string } | null;
}

/** A person and what is known of them beside their mails. */
export interface PersonRow {
  id: number;
  name: string;
  email: string | null;
  /** Mails of the filter to them, and how many of these they received. */
  total: number;
  received: number;
  /** Of how many of them it is not known whether they left. */
  unknown: number;
  /** For the events of the filter, and for the event of its campaign. */
  registrations: RegistrationRow[];
  /** Tickets of these events that they cancelled, and that they passed on. */
  cancelled: number;
  transferred: number;
  /** Of the present address: ok, bounced, complained, unsubscribed or no_email. */
  state: string;
  reason: string | null;
  since: string | null;
  shares_mailbox_with: { id: number; name: string; received: boolean }[];
  /** Mails of the filter that were sent from here, were meant for them and left them out; newest first. */
  left_out: {
    communication_id: number;
    title: string;
    campaign: { id: number; name: string };
    reason: string;
    at: string;
  }[];
}

/** The people asked for, by id; times are shown in the given zone. */
export async function peopleOfHistory(
  sql: Queryable,
  filter: HistoryFilter,
  zone: string,
): Promise<PersonRow[]> {
  return sql<PersonRow[]>`
    SELECT contact.id, person.name, person.email, mailed.total, mailed.received,
           mailed.unknown,
           registered.list AS registrations, withdrawn.cancelled, withdrawn.transferred,
           coalesce(outreach.reason_against(person.email, undeliverable.state, NULL), 'ok')::text AS state,
           undeliverable.reason::text AS reason, outreach.local_time(undeliverable.since, ${zone})::text AS since,
           sharing.people AS shares_mailbox_with, unsent.list AS left_out
    FROM contacts AS contact
    CROSS JOIN LATERAL (
      SELECT coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, '') AS name,
             nullif(outreach.trimmed(contact.email::text), '')::text AS email
    ) AS person
    -- One row at most; as totals, so that a row is there at all.
    CROSS JOIN LATERAL (
      SELECT max(state) AS state, max(reason) AS reason, max(since) AS since
      FROM (
        SELECT state, reason, since, 1 AS place
        FROM outreach.undeliverable_among(ARRAY[outreach.mailbox(person.email)])
        UNION ALL
        SELECT state, reason, since, 2 FROM outreach.kept_out_people WHERE contact_id = contact.id
        ORDER BY place LIMIT 1
      ) AS known
    ) AS undeliverable
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS total,
             (count(*) FILTER (WHERE outreach.received(recipient.status)))::int
               AS received,
             (count(*) FILTER (WHERE outreach.has_status(
               recipient.communication_id, recipient.contact_id, recipient.status, ARRAY['unknown'])))::int AS unknown
      FROM outreach.recipients AS recipient
      WHERE recipient.contact_id = contact.id
        AND (${filter.events}::int[] IS NULL OR recipient.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR recipient.campaign_id = ${filter.campaign})
    ) AS mailed
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'event', jsonb_build_object('id', event.id, 'name', event.name::text),
               'ticket_type', ticket.ticket_type::text, 'status', ticket.status::text,
               'registered_at', coalesce(outreach.local_time(
                 registration.registered_at AT TIME ZONE ${zone}, ${zone})::text, ''),
               'checked_in', coalesce(registration.checked_in, false),
               'marketing_source', ticket.marketing_source::text,
               'campaign', CASE WHEN campaign.id IS NULL THEN NULL
                                ELSE jsonb_build_object('id', campaign.id, 'name', campaign.name::text) END
             ) ORDER BY registration.registered_at DESC, ticket.id DESC), '[]') AS list
      FROM outreach.registrations() AS registration
      JOIN tickets AS ticket ON ticket.id = registration.ticket_id
      JOIN events AS event ON event.id = registration.event_id
      LEFT JOIN LATERAL outreach.source_of_registration(
        registration.event_id, outreach.source(registration.marketing_source)::text,
        registration.registered_at) AS meant ON true
      LEFT JOIN campaigns AS campaign ON campaign.id = meant.campaign_id
      WHERE registration.contact_id = contact.id
        AND (${filter.events}::int[] IS NULL OR registration.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR registration.event_id = (
              SELECT event_id FROM campaigns WHERE id = ${filter.campaign}))
    ) AS registered
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE ticket.status::text = 'cancelled'))::int AS cancelled,
             (count(*) FILTER (WHERE ticket.status::text = 'transferred'))::int AS transferred
      FROM tickets AS ticket
      WHERE ticket.attendee_contact_id = contact.id
        AND coalesce(ticket.status::text, '') IN ('cancelled', 'transferred')
        AND (${filter.events}::int[] IS NULL OR ticket.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR ticket.event_id = (
              SELECT event_id FROM campaigns WHERE id = ${filter.campaign}))
    ) AS withdrawn
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', other.id,
               'name', coalesce(outreach.called(other.id::int, other.first_name::text, other.last_name::text, other.email::text)::text, ''),
               'received', EXISTS (
                 SELECT FROM outreach.recipients AS recipient
                 WHERE recipient.contact_id = other.id
                   AND outreach.received(recipient.status)
                   AND (${filter.events}::int[] IS NULL OR recipient.event_id = ANY(${filter.events}))
                   AND (${filter.campaign}::int IS NULL OR recipient.campaign_id = ${filter.campaign}))
             ) ORDER BY other.id), '[]') AS people
      FROM contacts AS other
      WHERE outreach.mailbox(other.email::text) = outreach.mailbox(person.email) AND other.id <> contact.id
    ) AS sharing
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'communication_id', communication.id, 'title', coalesce(communication.title::text, ''),
               'campaign', jsonb_build_object('id', campaign.id, 'name', campaign.name::text),
               'reason', left_out.reason,
               'at', coalesce(outreach.local_time(left_out.at, ${zone})::text, '')
             ) ORDER BY left_out.at DESC, communication.id DESC), '[]') AS list
      FROM outreach.left_out AS left_out
      JOIN communications AS communication ON communication.id = left_out.communication_id
      JOIN campaigns AS campaign ON campaign.id = communication.campaign_id
      WHERE left_out.contact_id = contact.id AND communication.status <> 'draft'
        AND (${filter.events}::int[] IS NULL OR campaign.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR campaign.id = ${filter.campaign})
    ) AS unsent
    WHERE contact.id = ANY(${filter.contacts}::int[])
    ORDER BY contact.id`;
}

/** A mail in somebody's history, with what became of it there. */
export interface HistoryEntry {
  /** The recipient's own row. */
  id: number;
  contact_id: number;
  at: string;
  channel: string;
  title: string;
  status: string;
  /** Why the mail bounced or failed. */
  reason: string | null;
  /** When they first opened it and first clicked in it, as far as the mail service told. */
  opened_at: string | null;
  clicked_at: string | null;
  communication_id: number;
  campaign: { id: number; name: string };
  event: { id: number; name: string };
  /** `at`, exact, for the cursor. */
  place: string;
}

/**
 * One page of the mails to these people, newest first over all of them. What was not sent yet stands
 * at the time when it was made.
 *
 * @param after place and id of the last mail of the page before
 */
export async function historyEntries(
  sql: Queryable,
  filter: HistoryFilter,
  zone: string,
  after: { place: string | null; id: number | null },
  limit: number,
): Promise<HistoryEntry[]> {
  return sql<HistoryEntry[]>`
    SELECT coalesce(mail.id, 0) AS id, coalesce(mail.contact_id, 0) AS contact_id,
           coalesce(outreach.local_time(mail.at, ${zone})::text, '') AS at,
           coalesce(mail.channel::text, '') AS channel, coalesce(mail.title::text, '') AS title,
           coalesce(outreach.reported_status(mail.communication_id, mail.contact_id, mail.status)::text, '')
             AS status,
           CASE WHEN mail.status IN ('bounced', 'failed')
                THEN coalesce(became.event ->> 'reason', mail.metadata ->> 'reason') END AS reason,
           outreach.local_time(became.opened_at, ${zone})::text AS opened_at,
           outreach.local_time(became.clicked_at, ${zone})::text AS clicked_at,
           coalesce(mail.communication_id, 0) AS communication_id,
           jsonb_build_object('id', coalesce(mail.campaign_id, 0), 'name', coalesce(mail.campaign_name::text, ''))
             AS campaign,
           jsonb_build_object('id', event.id, 'name', event.name::text) AS event,
           coalesce(mail.at::text, '') AS place
    FROM (
      SELECT recipient.*, coalesce(recipient.sent_at, recipient.mail_at) AS at
      FROM outreach.recipients AS recipient
      WHERE recipient.contact_id = ANY(${filter.contacts}::int[])
        AND (${filter.events}::int[] IS NULL OR recipient.event_id = ANY(${filter.events}))
        AND (${filter.campaign}::int IS NULL OR recipient.campaign_id = ${filter.campaign})
    ) AS mail
    JOIN events AS event ON event.id = mail.event_id
    CROSS JOIN LATERAL (
      SELECT event::jsonb AS event, opened_at, clicked_at FROM outreach.what_became(mail.metadata)
    ) AS became
    WHERE (mail.at, mail.id) < (coalesce(${after.place}::timestamptz, 'infinity'), coalesce(${after.id}::int, 0))
    ORDER BY mail.at DESC, mail.id DESC
    LIMIT ${limit}`;
}
