import type { Queryable } from "../../../database/connect.ts";
import type { Json } from "../../../database/options.ts";

/** Whose history is asked for, and which mails of it. */
export interface HistoryFilter {
  contacts: readonly number[];
  /** Null: of any event, of any campaign. */
  events: readonly number[] | null;
  campaign: number | null;
}

/** A person and what is known of them beside their mails, in lists as `listedOfPerson` has them. */
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
  registrations: Json | null;
  /** Tickets of these events that they cancelled, and that they passed on. */
  cancelled: number;
  transferred: number;
  /** Of the present address: ok, bounced, complained, unsubscribed or no_email. */
  state: string;
  reason: string | null;
  since: string | null;
  shares_mailbox_with: Json | null;
  /** Mails of the filter that were sent from here, were meant for them and left them out; newest first. */
  left_out: Json | null;
}

/** The people asked for, by id; times are shown in the given zone. */
export async function peopleOfHistory(
  sql: Queryable,
  filter: HistoryFilter,
  zone: string,
): Promise<PersonRow[]> {
  return sql<PersonRow[]>`
    SELECT coalesce(id, 0) AS id, coalesce(name, '') AS name, email, coalesce(total, 0) AS total,
           coalesce(received, 0) AS received, coalesce(unknown, 0) AS unknown, registrations,
           coalesce(cancelled, 0) AS cancelled, coalesce(transferred, 0) AS transferred,
           coalesce(state, '') AS state, reason, since, shares_mailbox_with, left_out
    FROM outreach.people_of_history(
      ${filter.contacts}::int[], ${filter.events}::int[], ${filter.campaign}::int, ${zone})
    ORDER BY id`;
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
