import type { Queryable } from "../../database/connect.ts";

/** How many recipient rows have a status. */
export interface StatusCount {
  status: string;
  recipients: number;
}

/** Which recipients are asked for: null where a filter is not given. */
export interface RecipientFilter {
  events: readonly number[] | null;
  campaign: number | null;
  communication: number | null;
  campaign_type: string | null;
  /** Ids as {@link peopleMeant} lists them, few enough to look each up. */
  people: string | null;
  /** Ids likewise, so many that everybody is looked at to see who is among them. */
  crowd: string | null;
  status: readonly string[] | null;
  /** UTC instants, both inclusive. */
  from: string | null;
  to: string | null;
}

/** People by their ids, with commas between them. */
export interface People {
  ids: string;
  count: number;
}

/**
 * The people whom words and a role mean.
 *
 * @param text words that must all begin a word of the name or the e-mail; null: any
 * @param role what they were at one of the events, or at any where none are given; null: anything
 */
export async function peopleMeant(
  sql: Queryable,
  text: string | null,
  role: string | null,
  events: readonly number[] | null,
): Promise<People> {
  const [row] = await sql<People[]>`
    SELECT coalesce(string_agg(contact.id::text, ',')::text, '') AS ids, count(*)::int AS count
    FROM contacts AS contact
    WHERE (${text}::text IS NULL
           OR outreach.word_beginnings(
                outreach.full_name(contact.first_name::text, contact.last_name::text)
                || ' ' || coalesce(contact.email::text, ''))
              @@ outreach.beginning_with(${text})::tsquery)
      AND (${role}::text IS NULL OR EXISTS (
            SELECT FROM outreach.participations() AS taken
            WHERE taken.contact_id = contact.id AND taken.role = ${role}
              AND (${events}::int[] IS NULL OR taken.event_id IS NULL OR taken.event_id = ANY(${events}))))`;
  return row ?? { ids: "", count: 0 };
}

/** People at one best status, and how many of all their rows are at each status. */
export interface RecipientCounts {
  /** The best status that these people have in any mail of the filter. */
  best: string;
  people: number;
  queued: number;
  unknown: number;
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  bounced: number;
  failed: number;
}

/**
 * Counts everyone who matches the filter. Rows are counted by person and status first, which an index
 * answers alone; whoever asks for everybody is spared the joins that only narrowing needs.
 */
export async function countRecipients(
  sql: Queryable,
  filter: RecipientFilter,
  isNarrow: boolean,
): Promise<RecipientCounts[]> {
  return sql<RecipientCounts[]>`
    WITH counted AS (
      SELECT recipient.contact_id,
             outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status) AS status,
             count(*) AS rows
      FROM outreach.matching_recipients(
        ${filter.communication}::int, ${filter.campaign}::int, ${filter.events}::int[], ${filter.campaign_type}::text,
        ${filter.status}::text[], ${filter.people}::text, ${filter.crowd}::text,
        ${filter.from}::timestamptz, ${filter.to}::timestamptz) AS recipient
      WHERE ${isNarrow}::boolean
      GROUP BY 1, 2
      UNION ALL
      SELECT contact_id, outreach.reported_status(communication_id, contact_id, status), count(*)
      FROM communication_recipients
      WHERE NOT ${isNarrow}::boolean
        AND (${filter.status}::text[] IS NULL
             OR outreach.has_status(communication_id, contact_id, status, ${filter.status}::text[]))
        AND (${filter.crowd}::text IS NULL
             OR contact_id IN (SELECT unnest(string_to_array(${filter.crowd}, ',')::int[])))
        AND (status <> 'queued'
             OR communication_id NOT IN (SELECT id FROM communications WHERE communications.status = 'draft'))
      GROUP BY 1, 2
    )
    SELECT coalesce((outreach.statuses_best_first())[person.best], '') AS best,
           count(*)::int AS people,
           coalesce(sum(person.queued)::int, 0) AS queued,
           coalesce(sum(person.unknown)::int, 0) AS unknown, coalesce(sum(person.sent)::int, 0) AS sent,
           coalesce(sum(person.delivered)::int, 0) AS delivered,
           coalesce(sum(person.opened)::int, 0) AS opened,
           coalesce(sum(person.clicked)::int, 0) AS clicked,
           coalesce(sum(person.bounced)::int, 0) AS bounced,
           coalesce(sum(person.failed)::int, 0) AS failed
    FROM (
      SELECT contact_id,
             min(array_position(outreach.statuses_best_first(), status)) AS best,
             sum(rows) FILTER (WHERE status = 'queued') AS queued,
             sum(rows) FILTER (WHERE status = 'unknown') AS unknown,
             sum(rows) FILTER (WHERE status = 'sent') AS sent,
             sum(rows) FILTER (WHERE status = 'delivered') AS delivered,
             sum(rows) FILTER (WHERE status = 'opened') AS opened,
             sum(rows) FILTER (WHERE status = 'clicked') AS clicked,
             sum(rows) FILTER (WHERE status = 'bounced') AS bounced,
             sum(rows) FILTER (WHERE status = 'failed') AS failed
      FROM counted
      GROUP BY contact_id
    ) AS person
    GROUP BY person.best`;
}

/**
 * Whether any delivery event was ever recorded for a recipient who matches the filter.
 *
 * Of a span of time or of some people the rows are looked at one by one until one has events, as in the
 * index of events they are spread over all mails. Such a list is planned as if it were wanted whole, but
 * read no further than needed.
 */
export async function isTracked(sql: Queryable, filter: RecipientFilter): Promise<boolean> {
  const isOfSome = filter.from !== null || filter.to !== null || filter.people !== null;
  const rows = isOfSome
    ? await sql<{ found: number }[]>`
        WITH matching AS MATERIALIZED (
          SELECT recipient.metadata -> 'events' IS NOT NULL AS tracked
          FROM outreach.matching_recipients(
            ${filter.communication}::int, ${filter.campaign}::int, ${filter.events}::int[], ${filter.campaign_type}::text,
            ${filter.status}::text[], ${filter.people}::text, ${filter.crowd}::text,
            ${filter.from}::timestamptz, ${filter.to}::timestamptz) AS recipient
        )
        SELECT 1 AS found FROM matching WHERE tracked LIMIT 1`
    : await sql<{ found: number }[]>`
        SELECT 1 AS found
        FROM outreach.matching_recipients(
          ${filter.communication}::int, ${filter.campaign}::int, ${filter.events}::int[], ${filter.campaign_type}::text,
          ${filter.status}::text[], NULL, ${filter.crowd}::text, NULL, NULL) AS recipient
        WHERE recipient.metadata -> 'events' IS NOT NULL
        LIMIT 1`;
  return rows.length > 0;
}

/** Where a row stands in the order of all: newest sent first, then those without a time of their own. */
export interface RecipientPlace {
  id: number;
  /** Exact; `-infinity` without a time. */
  position: string;
}

/** A recipient as they are listed. */
export interface RecipientRow extends RecipientPlace {
  contact_id: number;
  name: string;
  /** The address that was mailed; where none was kept, the person's present one. */
  email: string | null;
  status: string;
  /** When what gave the status happened; where only the sending is known, that. */
  status_at: string | null;
  /** Why the mail bounced or failed. */
  reason: string | null;
  /** When they first opened it and first clicked in it, as far as the mail service told. */
  opened_at: string | null;
  clicked_at: string | null;
  sent_at: string | null;
  communication: { id: number; title: string };
  campaign: { id: number; name: string };
}

/**
 * One page of who matches the filter; times are shown in the given zone.
 *
 * A filter that narrows (by mail, campaign, event, person or time) is answered by sorting the few that
 * match: OFFSET 0 keeps the planner from walking the index of all recipients in order, at whose far end
 * what matches an old campaign lies. All recipients, or those at some statuses or of many people, are read
 * from that index.
 */
export async function recipientsPage(
  sql: Queryable,
  filter: RecipientFilter,
  isNarrow: boolean,
  after: RecipientPlace | null,
  limit: number,
  zone: string,
): Promise<RecipientRow[]> {
  return sql<RecipientRow[]>`
    WITH page AS MATERIALIZED (
      (SELECT matching.id
       FROM (
         SELECT recipient.id, recipient.position
         FROM outreach.matching_recipients(
           ${filter.communication}::int, ${filter.campaign}::int, ${filter.events}::int[], ${filter.campaign_type}::text,
           ${filter.status}::text[], ${filter.people}::text, ${filter.crowd}::text,
           ${filter.from}::timestamptz, ${filter.to}::timestamptz) AS recipient
         WHERE ${isNarrow}::boolean
         OFFSET 0
       ) AS matching
       WHERE (matching.position, matching.id)
             < (coalesce(${after?.position ?? null}::timestamptz, 'infinity'), coalesce(${after?.id ?? null}::int, 0))
       ORDER BY matching.position DESC, matching.id DESC
       LIMIT ${limit})
      UNION ALL
      (SELECT recipient.id
       FROM outreach.matching_recipients(
         NULL, NULL, NULL, NULL, ${filter.status}::text[], NULL, ${filter.crowd}::text, NULL, NULL) AS recipient
       WHERE NOT ${isNarrow}::boolean
         AND (recipient.position, recipient.id)
             < (coalesce(${after?.position ?? null}::timestamptz, 'infinity'), coalesce(${after?.id ?? null}::int, 0))
       ORDER BY recipient.position DESC, recipient.id DESC
       LIMIT ${limit})
    )
    SELECT coalesce(recipient.id, 0) AS id, coalesce(recipient.position::text, '') AS position,
           coalesce(recipient.contact_id, 0) AS contact_id,
           coalesce(outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text, contact.email::text)::text, '') AS name,
           nullif(outreach.trimmed(coalesce(recipient.metadata ->> 'email', contact.email::text)), '')::text AS email,
           coalesce(
             outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status)::text, ''
           ) AS status,
           outreach.local_time(coalesce((became.event ->> 'at')::timestamptz, recipient.sent_at), ${zone})::text
             AS status_at,
           CASE WHEN recipient.status IN ('bounced', 'failed')
                THEN coalesce(became.event ->> 'reason', recipient.metadata ->> 'reason') END AS reason,
           outreach.local_time(became.opened_at, ${zone})::text AS opened_at,
           outreach.local_time(became.clicked_at, ${zone})::text AS clicked_at,
           outreach.local_time(recipient.sent_at, ${zone})::text AS sent_at,
           jsonb_build_object('id', coalesce(recipient.communication_id, 0),
                              'title', coalesce(recipient.title::text, '')) AS communication,
           jsonb_build_object('id', coalesce(recipient.campaign_id, 0),
                              'name', coalesce(recipient.campaign_name::text, '')) AS campaign
    FROM outreach.recipients AS recipient
    JOIN contacts AS contact ON contact.id = recipient.contact_id
    CROSS JOIN LATERAL (
      SELECT event::jsonb AS event, opened_at, clicked_at FROM outreach.what_became(recipient.metadata)
    ) AS became
    WHERE recipient.id IN (SELECT id FROM page)
    ORDER BY recipient.position DESC, recipient.id DESC`;
}
