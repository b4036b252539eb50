/** A question as our tool takes it, and as one statement of SQL that a person would write for it. */
export interface Pair {
  what: string;
  tool: string;
  args: Record<string, unknown>;
  /** Answers rows of which each holds the `total`, over all pages. */
  sql: string;
  /** The same total in our answer. */
  total: (facts: Record<string, any>) => number;
  /** The list of our answer that has as many entries as the statement has rows. */
  list: (facts: Record<string, any>) => readonly unknown[];
}

/** What the questions name. */
export interface Names {
  event: string;
  campaign: string;
  nextEvent: string;
  /** Of two people. */
  person: { first: string; last: string };
}

/** Rows of a page. */
const PAGE = 50;

/** One page of recipients, and figures over all of them. */
const recipients = (where: string) => `
  SELECT contact_id, name, email, mail, campaign, status, sent_at, total, delivered, opened,
         (SELECT min(event ->> 'at') FROM jsonb_array_elements(metadata -> 'events') AS event
          WHERE event ->> 'kind' = 'opened') AS opened_at,
         (SELECT min(event ->> 'at') FROM jsonb_array_elements(metadata -> 'events') AS event
          WHERE event ->> 'kind' = 'clicked') AS clicked_at
  FROM (
    SELECT recipient.id, recipient.contact_id, concat_ws(' ', person.first_name, person.last_name) AS name,
           person.email, mail.title AS mail, campaign.name AS campaign, recipient.status,
           coalesce(recipient.sent_at, mail.sent_at) AS sent_at, recipient.metadata,
           count(*) OVER ()::int AS total,
           count(*) FILTER (WHERE recipient.status IN ('delivered', 'opened', 'clicked')) OVER () AS delivered,
           count(*) FILTER (WHERE recipient.status IN ('opened', 'clicked')) OVER () AS opened
    FROM communication_recipients AS recipient
    JOIN communications AS mail ON mail.id = recipient.communication_id
    JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
    JOIN events AS event ON event.id = campaign.event_id
    JOIN contacts AS person ON person.id = recipient.contact_id
    WHERE NOT (mail.status = 'draft' AND recipient.status = 'queued') AND ${where}
    ORDER BY sent_at DESC, recipient.id DESC LIMIT ${PAGE}
  ) AS page ORDER BY sent_at DESC, id DESC`;

const assets = (where: string) => `
  SELECT page.*, shared.channels, shared.reach, shared.shares
  FROM (
    SELECT asset.id, asset.title, asset.asset_type, asset.file_url, asset.created_at, campaign.name AS campaign,
           event.name AS event, count(*) OVER ()::int AS total
    FROM marketing_assets AS asset
    JOIN events AS event ON event.id = asset.event_id
    LEFT JOIN campaigns AS campaign ON campaign.id = asset.campaign_id
    WHERE ${where}
    ORDER BY asset.created_at DESC, asset.id DESC LIMIT ${PAGE}
  ) AS page
  LEFT JOIN LATERAL (
    SELECT string_agg(DISTINCT channel, ', ') AS channels, sum(reach_estimate) AS reach,
           json_agg(json_build_object('channel', channel, 'at', distributed_at, 'reach', reach_estimate,
                                      'notes', notes) ORDER BY distributed_at) AS shares
    FROM asset_distributions WHERE asset_id = page.id
  ) AS shared ON true
  ORDER BY page.created_at DESC, page.id DESC`;

/** @param where may name the event and the campaign, which an asset need not have */
const done = (where: string) => `
  SELECT page.*,
         (SELECT json_object_agg(status, recipients)
          FROM (SELECT status, count(*) AS recipients FROM communication_recipients
                WHERE page.kind = 'email' AND communication_id = page.id GROUP BY status) AS counted) AS recipients
  FROM (
    SELECT entry.*, campaign.name AS campaign, event.name AS event, count(*) OVER ()::int AS total
    FROM (
      SELECT mail.channel AS kind, mail.id, coalesce(mail.sent_at, mail.created_at) AS at, mail.title, mail.status,
             mail.campaign_id, campaign.event_id, mail.post_url AS url, mail.content_summary AS notes
      FROM communications AS mail JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
      WHERE mail.status <> 'draft'
      UNION ALL
      SELECT 'asset', id, created_at, title, NULL, campaign_id, event_id, file_url, description
      FROM marketing_assets
      UNION ALL
      SELECT 'shared', share.id, share.distributed_at, asset.title, share.channel, asset.campaign_id, asset.event_id,
             NULL, share.notes
      FROM asset_distributions AS share JOIN marketing_assets AS asset ON asset.id = share.asset_id
    ) AS entry
    JOIN events AS event ON event.id = entry.event_id
    LEFT JOIN campaigns AS campaign ON campaign.id = entry.campaign_id
    WHERE ${where}
    ORDER BY entry.at, entry.kind, entry.id LIMIT ${PAGE}
  ) AS page ORDER BY page.at, page.kind, page.id`;

/** Ten questions that an organiser asks, the first page of each. */
export function tenQuestions({ event, campaign, nextEvent, person }: Names): Pair[] {
  const { first, last } = person;
  const total = (facts: Record<string, any>) => facts["total"] as number;
  return [
    {
      what: "who got the CFP",
      tool: "query_recipients",
      args: { event, campaign },
      sql: recipients(`event.name = '${event}' AND campaign.name = '${campaign}'`),
      total,
      list: (facts) => facts["recipients"],
    },
    {
      what: "outreach for the event",
      tool: "query_outreach_timeline",
      args: { event },
      sql: done(`event.name = '${event}'`),
      total,
      list: ({ entries }) => entries,
    },
    {
      what: "has a person (two of the name) had mail",
      tool: "query_contact_history",
      args: { contact: `${first} ${last}`, event },
      sql: recipients(
        `event.name = '${event}' AND person.first_name = '${first}' AND person.last_name = '${last}'`,
      ),
      total,
      list: ({ people }) => people.flatMap(({ entries }: { entries: unknown[] }) => entries),
    },
    {
      what: "materials made",
      tool: "list_assets",
      args: { event },
      sql: assets(`event.name = '${event}'`),
      total,
      list: (facts) => facts["assets"],
    },
    {
      what: "where was the flyer shared",
      tool: "list_assets",
      args: { asset_type: "flyer", text: campaign },
      sql: assets(`asset.asset_type = 'flyer' AND asset.title ILIKE '${campaign}%'`),
      total,
      list: (facts) => facts["assets"],
    },
    {
      what: "timeline of a campaign",
      tool: "query_outreach_timeline",
      args: { campaign },
      sql: done(`campaign.name = '${campaign}'`),
      total,
      list: ({ entries }) => entries,
    },
    {
      what: "audience for the next mail",
      tool: "find_audience",
      args: { event, not_received_campaign: campaign, not_registered_for: nextEvent },
      sql: `
        SELECT page.*, mailed.last_at, mailed.mails
        FROM (
          SELECT person.id, concat_ws(' ', person.first_name, person.last_name) AS name, person.email,
                 count(*) OVER ()::int AS total
          FROM (
            SELECT role.contact_id FROM contact_roles AS role LEFT JOIN events AS event ON event.id = role.event_id
            WHERE role.event_id IS NULL OR event.name = '${event}'
            UNION
            SELECT ticket.attendee_contact_id FROM tickets AS ticket JOIN events AS event ON event.id = ticket.event_id
            WHERE event.name = '${event}' AND ticket.status NOT IN ('cancelled', 'transferred')
          ) AS coming
          JOIN contacts AS person ON person.id = coming.contact_id
          WHERE btrim(person.email) <> ''
            AND NOT EXISTS (SELECT FROM communication_recipients AS recipient
                            JOIN communications AS mail ON mail.id = recipient.communication_id
                            JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
                            WHERE recipient.contact_id = person.id AND campaign.name = '${campaign}'
                              AND recipient.status IN ('sent', 'delivered', 'opened', 'clicked'))
            AND NOT EXISTS (SELECT FROM tickets AS ticket JOIN events AS event ON event.id = ticket.event_id
                            WHERE ticket.attendee_contact_id = person.id AND event.name = '${nextEvent}'
                              AND ticket.status NOT IN ('cancelled', 'transferred'))
            AND NOT EXISTS (SELECT FROM outreach.undeliverable AS problem
                            WHERE problem.address = lower(btrim(person.email)))
          ORDER BY person.id LIMIT ${PAGE}
        ) AS page
        LEFT JOIN LATERAL (
          SELECT max(coalesce(recipient.sent_at, mail.sent_at)) AS last_at, count(*) AS mails
          FROM communication_recipients AS recipient
          JOIN communications AS mail ON mail.id = recipient.communication_id
          WHERE recipient.contact_id = page.id AND recipient.status IN ('sent', 'delivered', 'opened', 'clicked')
        ) AS mailed ON true
        ORDER BY page.id`,
      total,
      list: ({ contacts }) => contacts,
    },
    {
      what: "registrations by source",
      tool: "query_registrations",
      args: { event },
      sql: `
        SELECT lower(btrim(ticket.marketing_source)) AS source, campaign.name AS campaign,
               count(*) AS registrations, count(*) FILTER (WHERE ticket.checked_in) AS came,
               sum(count(*)) OVER ()::int AS total
        FROM tickets AS ticket
        JOIN events AS event ON event.id = ticket.event_id
        LEFT JOIN campaigns AS campaign ON campaign.event_id = event.id
          AND lower(regexp_replace(campaign.name, '[^A-Za-z0-9]+', '-', 'g')) = lower(btrim(ticket.marketing_source))
        WHERE event.name = '${event}' AND ticket.status NOT IN ('cancelled', 'transferred')
        GROUP BY 1, 2 ORDER BY registrations DESC`,
      total,
      // Who named no source is a row of the statement, and a number of ours.
      list: ({ by_source, without_source }) => [
        ...by_source,
        ...(without_source > 0 ? [null] : []),
      ],
    },
    {
      what: "all campaigns with figures",
      tool: "list_campaigns",
      args: {},
      sql: `
        SELECT campaign.id, campaign.name, campaign.campaign_type, campaign.status, campaign.description,
               campaign.created_at, event.name AS event, mailed.mails, mailed.people, mailed.recipients,
               mailed.delivered, mailed.opened, mailed.clicked, mailed.bounced, mailed.last_at,
               (SELECT count(*) FROM marketing_assets WHERE campaign_id = campaign.id) AS assets,
               (SELECT count(*) FROM campaigns)::int AS total
        FROM campaigns AS campaign
        JOIN events AS event ON event.id = campaign.event_id
        LEFT JOIN LATERAL (
          SELECT count(DISTINCT mail.id) AS mails, count(DISTINCT recipient.contact_id) AS people,
                 count(recipient.id) AS recipients, max(mail.sent_at) AS last_at,
                 count(*) FILTER (WHERE recipient.status IN ('delivered', 'opened', 'clicked')) AS delivered,
                 count(*) FILTER (WHERE recipient.status IN ('opened', 'clicked')) AS opened,
                 count(*) FILTER (WHERE recipient.status = 'clicked') AS clicked,
                 count(*) FILTER (WHERE recipient.status = 'bounced') AS bounced
          FROM communications AS mail LEFT JOIN communication_recipients AS recipient
            ON recipient.communication_id = mail.id AND NOT (mail.status = 'draft' AND recipient.status = 'queued')
          WHERE mail.campaign_id = campaign.id
        ) AS mailed ON true
        ORDER BY campaign.created_at DESC, campaign.id DESC LIMIT ${PAGE}`,
      total,
      list: ({ campaigns }) => campaigns,
    },
    {
      what: "everyone mailed about the event",
      tool: "query_recipients",
      args: { event },
      sql: recipients(`event.name = '${event}'`),
      total,
      list: (facts) => facts["recipients"],
    },
  ];
}
