import type { Queryable } from "../../../database/connect.ts";
import type { AudienceFilter, Meant } from "./filter.ts";

/** Up to so many people are looked up one by one; of more, all that is known is gathered at once. */
const FEW = 2_000;

/** A person of an audience, and what they received so far. */
interface AudienceMember {
  id: number;
  name: string;
  email: string | null;
  last_contacted_at: string | null;
  mails: number;
}

/** Somebody who matches but cannot be mailed, under the first reason that applies. */
interface PersonLeftOut {
  reason: string;
  /** How many people this reason leaves out; the first twenty of them are listed. */
  count: number;
  id: number;
  name: string;
}

/** An audience: one page of its people, and what is true of all of it. */
export interface Audience {
  total: number;
  contacts: AudienceMember[];
  excluded: PersonLeftOut[];
  /** Who of the audience shares a mailbox with others of it, by mailbox. */
  sharing: { mailbox: string; contact_id: number; name: string }[];
  /** How many mailboxes are shared, listed or not. */
  shared_mailboxes: number;
  /** All who can be mailed, and all who match, by id; nobody unless asked for. */
  ids: number[];
  fitting: number[];
}

/** How much of an audience is told; what is not said is not. */
interface Told {
  /** Id of the last person of the page before. */
  after?: number;
  /** People of the page. */
  limit?: number;
  /** How many of the shared mailboxes are listed. */
  mailboxes?: number;
  /** How many of the people whom each reason leaves out are listed. */
  excluded?: number;
  /** Everybody's ids. */
  ids?: boolean;
  /** Seconds of the transaction after which it is not begun; null: however late. */
  within?: number | null;
}

/** It was too late to begin. */
export class TooLate extends Error {
  override readonly name = "TooLate";
}

/**
 * Who matches and can be mailed, by id.
 *
 * A mail that is queued in a send under way is on its way: who is asked for as not having received a
 * mail is not somebody who is about to.
 *
 * @param meant whom the filter's segments and its question mean
 * @throws TooLate
 */
export async function audience(
  sql: Queryable,
  filter: AudienceFilter,
  meant: Meant,
  zone: string,
  { after = 0, limit = 0, mailboxes = 0, excluded = 20, ids = false, within = null }: Told,
): Promise<Audience> {
  const [row] = await sql<Audience[]>`
    WITH attendance_known AS (
      SELECT DISTINCT registration.event_id
      FROM outreach.registrations() AS registration
      WHERE registration.event_id = ANY(${filter.events}) AND registration.checked_in
    ), mailed_enough AS (
      SELECT recipient.contact_id
      FROM outreach.recipients AS recipient
      WHERE outreach.received(recipient.status)
        AND (${filter.mailsCampaign}::int IS NULL OR recipient.campaign_id = ${filter.mailsCampaign})
        AND (${filter.mailsEvents}::int[] IS NULL OR recipient.event_id = ANY(${filter.mailsEvents}))
        AND (${filter.mailsSince}::timestamptz IS NULL
             OR recipient.sent_at >= ${filter.mailsSince}::timestamptz)
      GROUP BY recipient.contact_id
      HAVING count(*) >= ${filter.minMails}::int
    ), coming AS (
      SELECT DISTINCT taken.contact_id AS id
      FROM outreach.participations() AS taken
      WHERE (${filter.events}::int[] IS NOT NULL OR ${filter.role}::text IS NOT NULL)
        AND (${filter.role}::text IS NULL OR taken.role = ${filter.role})
        AND (${filter.events}::int[] IS NULL OR taken.event_id IS NULL
             OR taken.event_id = ANY(${filter.events}))
    ), fitting AS MATERIALIZED (
      SELECT contact.id, nullif(outreach.mailbox(contact.email::text), '') AS address
      FROM (
        SELECT person.id, person.first_name, person.last_name, person.email
        FROM coming JOIN contacts AS person ON person.id = coming.id
        UNION ALL
        SELECT id, first_name, last_name, email FROM contacts
        WHERE ${filter.events}::int[] IS NULL AND ${filter.role}::text IS NULL
      ) AS contact
      -- Whoever was erased is counted in what was, and is nobody to be written to.
      WHERE (contact.email IS NOT NULL
             OR outreach.full_name(contact.first_name::text, contact.last_name::text)
                IS DISTINCT FROM 'Erased person')
        AND (${filter.text}::text IS NULL
             OR outreach.word_beginnings(
                  outreach.full_name(contact.first_name::text, contact.last_name::text)
                  || ' ' || coalesce(contact.email::text, ''))
                @@ outreach.beginning_with(${filter.text})::tsquery)
        AND (${filter.registered}::boolean IS NULL OR ${filter.registered}::boolean = EXISTS (
              SELECT FROM outreach.registrations() AS registration
              WHERE registration.contact_id = contact.id
                AND registration.event_id = ANY(${filter.events})))
        AND (${filter.attended}::boolean IS NULL OR (
              ${filter.attended}::boolean = EXISTS (
                SELECT FROM outreach.registrations() AS registration
                WHERE registration.contact_id = contact.id
                  AND registration.event_id = ANY(${filter.events}) AND registration.checked_in)
              AND EXISTS (
                SELECT FROM outreach.registrations() AS registration
                WHERE registration.contact_id = contact.id
                  AND registration.event_id IN (SELECT event_id FROM attendance_known))))
        AND (${filter.registeredBefore}::timestamptz IS NULL OR EXISTS (
              SELECT FROM outreach.registrations() AS registration
              WHERE registration.contact_id = contact.id
                AND (${filter.events}::int[] IS NULL OR registration.event_id = ANY(${filter.events}))
                AND registration.registered_at AT TIME ZONE ${zone}
                    < ${filter.registeredBefore}::timestamptz))
        AND (${filter.registeredFor}::int[] IS NULL OR EXISTS (
              SELECT FROM outreach.registrations() AS registration
              WHERE registration.contact_id = contact.id
                AND registration.event_id = ANY(${filter.registeredFor})))
        AND (${filter.notRegisteredFor}::int[] IS NULL OR NOT EXISTS (
              SELECT FROM outreach.registrations() AS registration
              WHERE registration.contact_id = contact.id
                AND registration.event_id = ANY(${filter.notRegisteredFor})))
        AND (${filter.topics}::int[] IS NULL OR EXISTS (
              SELECT FROM contact_interests AS interest
              WHERE interest.contact_id = contact.id AND interest.topic_id = ANY(${filter.topics})))
        AND (${filter.receivedCampaign}::int IS NULL OR EXISTS (
              SELECT FROM outreach.recipients AS recipient
              WHERE recipient.contact_id = contact.id
                AND recipient.campaign_id = ${filter.receivedCampaign}
                AND CASE WHEN ${filter.receivedStatus}::text[] IS NULL THEN outreach.received(recipient.status)
                         ELSE outreach.has_status(recipient.communication_id, recipient.contact_id, recipient.status,
                                             ${filter.receivedStatus}::text[]) END))
        AND (${filter.receivedCommunication}::int IS NULL OR EXISTS (
              SELECT FROM outreach.recipients AS recipient
              WHERE recipient.contact_id = contact.id
                AND recipient.communication_id = ${filter.receivedCommunication}
                AND CASE WHEN ${filter.receivedStatus}::text[] IS NULL THEN outreach.received(recipient.status)
                         ELSE outreach.has_status(recipient.communication_id, recipient.contact_id, recipient.status,
                                             ${filter.receivedStatus}::text[]) END))
        AND (${filter.receivedStatus}::text[] IS NULL
             OR ${filter.receivedCampaign}::int IS NOT NULL
             OR ${filter.receivedCommunication}::int IS NOT NULL
             OR EXISTS (
              SELECT FROM outreach.recipients AS recipient
              WHERE recipient.contact_id = contact.id
                AND outreach.has_status(recipient.communication_id, recipient.contact_id, recipient.status,
                                             ${filter.receivedStatus}::text[])))
        AND (${filter.opened}::boolean IS NULL OR ${filter.opened}::boolean = EXISTS (
              SELECT FROM outreach.recipients AS recipient
              WHERE recipient.contact_id = contact.id AND outreach.opened(recipient.status)
                AND (${filter.receivedCampaign}::int IS NULL
                     OR recipient.campaign_id = ${filter.receivedCampaign})
                AND (${filter.receivedCommunication}::int IS NULL
                     OR recipient.communication_id = ${filter.receivedCommunication})))
        -- Who did not open it has at least received it.
        AND (${filter.opened}::boolean IS DISTINCT FROM false OR EXISTS (
              SELECT FROM outreach.recipients AS recipient
              WHERE recipient.contact_id = contact.id
                AND outreach.received(recipient.status)
                AND (${filter.receivedCampaign}::int IS NULL
                     OR recipient.campaign_id = ${filter.receivedCampaign})
                AND (${filter.receivedCommunication}::int IS NULL
                     OR recipient.communication_id = ${filter.receivedCommunication})))
        AND (${filter.notReceivedCampaign}::int IS NULL OR NOT EXISTS (
              SELECT FROM outreach.mailed_or_under_way AS mail
              WHERE mail.contact_id = contact.id AND mail.campaign_id = ${filter.notReceivedCampaign}))
        AND (${filter.notReceivedCommunication}::int IS NULL OR NOT EXISTS (
              SELECT FROM outreach.mailed_or_under_way AS mail
              WHERE mail.contact_id = contact.id
                AND mail.communication_id = ${filter.notReceivedCommunication}))
        AND (${filter.minMails}::int IS NULL OR contact.id IN (SELECT contact_id FROM mailed_enough))
        AND (${meant.among}::int[] IS NULL OR contact.id IN (SELECT unnest(${meant.among}::int[])))
        AND (${meant.butNot}::int[] IS NULL OR contact.id NOT IN (SELECT unnest(${meant.butNot}::int[])))
    ), found AS MATERIALIZED (
      SELECT fitting.id, fitting.address
      FROM fitting
      LEFT JOIN outreach.contacted_since(
        ${filter.notContactedSince}::timestamptz,
        CASE WHEN (SELECT count(*) FROM fitting) <= ${FEW} THEN ARRAY(SELECT id::int FROM fitting) END
      ) AS contacted ON contacted.contact_id = fitting.id
      WHERE contacted.contact_id IS NULL
    ), judged AS MATERIALIZED (
      SELECT found.id, found.address,
             CASE WHEN ${filter.includeUndeliverable}::boolean IS NOT TRUE
                  THEN outreach.reason_against(found.address, undeliverable.state, kept_out.state)
             END AS reason
      FROM found
      LEFT JOIN outreach.undeliverable_among(
        CASE WHEN (SELECT count(*) FROM found) <= ${FEW}
             THEN ARRAY(SELECT address FROM found WHERE address IS NOT NULL) END
      ) AS undeliverable ON undeliverable.address = found.address
      LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = found.id
    ), page AS (
      SELECT contact.id, nullif(outreach.trimmed(contact.email::text)::text, '') AS email,
             coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, '') AS name
      FROM (
        SELECT id FROM judged WHERE reason IS NULL AND id > ${after} ORDER BY id LIMIT ${limit}
      ) AS chosen
      JOIN contacts AS contact ON contact.id = chosen.id
    ), mailed AS (
      -- A join of its own to the page would compare everybody with everybody, as a page is taken to be short.
      SELECT page.id, page.name, page.email, count(recipient.id)::int AS mails,
             outreach.local_time(max(recipient.sent_at), ${zone})::text AS last_contacted_at
      FROM page
      LEFT JOIN outreach.recipients AS recipient ON recipient.contact_id = page.id
       AND outreach.received(recipient.status)
      GROUP BY page.id, page.name, page.email
    ), left_out AS (
      SELECT reason, id, count(*) OVER (PARTITION BY reason) AS count,
             row_number() OVER (PARTITION BY reason ORDER BY id) AS position
      FROM judged
      WHERE reason IS NOT NULL
    ), named AS (
      -- There are four reasons; the limit tells the planner how few people are to be looked up.
      SELECT reason, id, count FROM left_out WHERE position <= ${excluded} LIMIT 4 * ${excluded}::int
    ), shared AS (
      SELECT address
      FROM judged
      WHERE reason IS NULL AND address IS NOT NULL
      GROUP BY address
      HAVING count(*) > 1
    )
    SELECT coalesce((SELECT count(*)::int FROM judged WHERE reason IS NULL), 0) AS total,
           coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'id', coalesce(mailed.id, 0), 'name', coalesce(mailed.name::text, ''),
                      'email', CASE WHEN mailed.email IS NOT NULL THEN mailed.email::text END,
                      'last_contacted_at', mailed.last_contacted_at::text,
                      'mails', coalesce(mailed.mails::int, 0)) ORDER BY mailed.id), '[]')
             FROM mailed
           ), '[]') AS contacts,
           coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'reason', coalesce(named.reason::text, ''),
                      'count', coalesce(named.count::int, 0),
                      'id', contact.id,
                      'name', coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, ''))
                      ORDER BY array_position(
                        ARRAY['bounced', 'complained', 'unsubscribed', 'no_email'], named.reason),
                      contact.id), '[]')
             FROM named JOIN contacts AS contact ON contact.id = named.id
           ), '[]') AS excluded,
           coalesce((
             SELECT coalesce(jsonb_agg(jsonb_build_object(
                      'mailbox', coalesce(judged.address::text, ''), 'contact_id', contact.id,
                      'name', coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, ''))
                      ORDER BY judged.address, contact.id), '[]')
             FROM judged JOIN contacts AS contact ON contact.id = judged.id
             WHERE judged.reason IS NULL
               AND judged.address IN (SELECT address FROM shared ORDER BY address LIMIT ${mailboxes})
           ), '[]') AS sharing,
           coalesce((SELECT count(*)::int FROM shared), 0) AS shared_mailboxes,
           coalesce((SELECT coalesce(jsonb_agg(coalesce(id::int, 0) ORDER BY id), '[]') FROM judged
                     WHERE ${ids}::boolean AND reason IS NULL), '[]') AS ids,
           coalesce((SELECT coalesce(jsonb_agg(coalesce(id::int, 0) ORDER BY id), '[]') FROM judged
                     WHERE ${ids}::boolean), '[]') AS fitting
    WHERE ${within}::int IS NULL OR clock_timestamp() < now() + make_interval(secs => ${within}::int)`;
  if (row) return row;
  throw within === null ? new Error("SELECT answered no row") : new TooLate();
}
