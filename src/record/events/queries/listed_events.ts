import type { Queryable } from "../../../database/connect.ts";

/** An event as it is listed, with what was done for it. */
export interface EventRow {
  id: number;
  name: string;
  event_date: string;
  location: string | null;
  status: string | null;
  campaigns: number;
  registrations: number;
  attended: number | null;
  outreach: {
    emails: number;
    people_reached: number;
    posts: number;
    linkedin_posts: number;
    marketing_materials: number;
    assets: number;
    reach_estimate: number | null;
  };
}

/** Which events are listed: null where a filter is not given. */
export interface EventFilter {
  /** Words that must all begin a word of name, location, description, or month and year of the date. */
  text: string | null;
  year: number | null;
  id: number | null;
}

/**
 * One page of events, newest first, and how many there are in all.
 *
 * @param after date and id of the last event of the page before
 */
export async function listEvents(
  sql: Queryable,
  filter: EventFilter,
  after: { date: string | null; id: number | null },
  limit: number,
): Promise<{ total: number; events: EventRow[] }> {
  const [answer] = await sql<{ total: number; events: EventRow[] }[]>`
    WITH matching AS (
      SELECT event.id, event.name, event.event_date, event.location, event.status
      FROM events AS event
      WHERE (${filter.id}::int IS NULL OR event.id = ${filter.id})
        AND (${filter.year}::int IS NULL OR extract(year FROM event.event_date) = ${filter.year})
        AND (${filter.text}::text IS NULL
             OR outreach.begins_words(concat_ws(' ', event.name, event.location, event.description,
                  to_char(event.event_date, 'FMMonth Mon YYYY')), ${filter.text}))
    ), page AS (
      SELECT * FROM matching
      WHERE ${after.date}::date IS NULL
         OR (event_date, id) < (${after.date}::date, ${after.id}::int)
      ORDER BY event_date DESC, id DESC
      LIMIT ${limit}
    ), campaigned AS (
      SELECT campaign.event_id, count(DISTINCT campaign.id)::int AS campaigns,
             (count(*) FILTER (WHERE communication.channel = 'email'
                               AND communication.status IN ('sending', 'sent')))::int AS emails,
             (count(*) FILTER (WHERE communication.channel = 'linkedin_post'
                               AND communication.status = 'published'))::int AS linkedin_posts,
             (count(*) FILTER (WHERE communication.channel = 'marketing_material'
                               AND communication.status = 'published'))::int AS marketing_materials
      FROM campaigns AS campaign
      LEFT JOIN communications AS communication ON communication.campaign_id = campaign.id
      WHERE campaign.event_id = ANY(ARRAY(SELECT id FROM page))
      GROUP BY campaign.event_id
    ), reached AS (
      SELECT event_id, count(*)::int AS people_reached
      FROM (
        SELECT DISTINCT campaign.event_id, recipient.contact_id
        FROM campaigns AS campaign
        JOIN communications AS communication ON communication.campaign_id = campaign.id
        JOIN communication_recipients AS recipient ON recipient.communication_id = communication.id
        WHERE campaign.event_id = ANY(ARRAY(SELECT id FROM page))
          AND outreach.received(recipient.status)
      ) AS person
      GROUP BY event_id
    ), ticketed AS (
      SELECT registration.event_id, count(*)::int AS registrations,
             (count(DISTINCT registration.contact_id) FILTER (WHERE registration.checked_in))::int AS attended
      FROM outreach.registrations() AS registration
      WHERE registration.event_id = ANY(ARRAY(SELECT id FROM page))
      GROUP BY registration.event_id
    ), shown AS (
      SELECT asset.event_id, count(DISTINCT asset.id)::int AS assets,
             sum(distribution.reach_estimate)::float8 AS reach_estimate
      FROM marketing_assets AS asset
      LEFT JOIN asset_distributions AS distribution ON distribution.asset_id = asset.id
      WHERE asset.event_id = ANY(ARRAY(SELECT id FROM page))
      GROUP BY asset.event_id
    )
    SELECT coalesce((SELECT count(*)::int FROM matching), 0) AS total,
           coalesce(jsonb_agg(jsonb_build_object(
             'id', coalesce(page.id, 0), 'name', coalesce(page.name::text, ''), 'event_date', page.event_date::text,
             'location', page.location::text, 'status', CASE WHEN page.status IS NOT NULL THEN page.status::text END,
             'campaigns', coalesce(campaigned.campaigns, 0),
             'registrations', coalesce(ticketed.registrations, 0),
             'attended', CASE WHEN ticketed.attended > 0 THEN ticketed.attended END,
             'outreach', jsonb_build_object(
               'emails', coalesce(campaigned.emails, 0),
               'people_reached', coalesce(reached.people_reached, 0),
               'posts', coalesce(campaigned.linkedin_posts + campaigned.marketing_materials, 0),
               'linkedin_posts', coalesce(campaigned.linkedin_posts, 0),
               'marketing_materials', coalesce(campaigned.marketing_materials, 0),
               'assets', coalesce(shown.assets, 0), 'reach_estimate', shown.reach_estimate)
           ) ORDER BY page.event_date DESC, page.id DESC), '[]') AS events
    FROM page
    LEFT JOIN campaigned ON campaigned.event_id = page.id
    LEFT JOIN reached ON reached.event_id = page.id
    LEFT JOIN ticketed ON ticketed.event_id = page.id
    LEFT JOIN shown ON shown.event_id = page.id`;
  return answer ?? { total: 0, events: [] };
}
