import type postgres from "postgres";
import type { Sizes } from "./shape.ts";

const TYPES = ["cfp", "registration", "reminder", "thank_you", "sponsor", "general"];

/** Campaigns, their mails and posts, assets and where they were shared. Mails are still without recipients. */
export async function writeCampaigns(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  const perEvent = sizes.campaigns / sizes.events;
  await sql`
    INSERT INTO campaigns (name, event_id, campaign_type, description, status, created_at, updated_at)
    SELECT format('%s %s no %s', replace(initcap(type), '_', ' '), substr(event.name, 10), k + 1),
           event.id, type, format('Made up: %s people hear of %s', type, event.name),
           CASE WHEN event.id < ${sizes.events} THEN 'completed' WHEN k % 3 = 2 THEN 'draft' ELSE 'active' END,
           begun, begun + interval '10 days'
    FROM (
      SELECT c, (c - 1) / ${perEvent}::int + 1 AS e, (c - 1) % ${perEvent}::int AS k
      FROM generate_series(1, ${sizes.campaigns}::int) AS c
    ) AS numbered
    JOIN events AS event ON event.id = e
    CROSS JOIN LATERAL (
      SELECT (${TYPES}::text[])[1 + k % 6] AS type,
             (event.event_date - 170 + k * 8)::timestamptz + interval '7 hours' AS begun
    ) AS made
    ORDER BY c`;
  await writeCommunications(sql, sizes);
  await writeAssets(sql);
}

/** Four in five are mails. Of an event's last mails one is a draft and one failed. */
async function writeCommunications(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  const perCampaign = sizes.communications / sizes.campaigns;
  const perEvent = sizes.communications / sizes.events;
  await sql`
    INSERT INTO communications (campaign_id, channel, title, brevo_template_id, post_url, content_summary,
                                status, sent_at, created_at)
    SELECT campaign.id, channel, format('%s, part %s', campaign.name, j + 1),
           CASE WHEN channel = 'email' AND m % 2 = 0 THEN 100 + m % 40 END,
           CASE WHEN channel = 'linkedin_post' THEN format('https://social.example.org/posts/%s', m) END,
           format('Made-up words for part %s: dates, speakers, prices and where to register. ', j + 1),
           outcome.status, CASE WHEN outcome.status <> 'draft' THEN at END, at - interval '1 hour'
    FROM generate_series(1, ${sizes.communications}::int) AS m
    CROSS JOIN LATERAL (
      SELECT (m - 1) % ${perCampaign}::int AS j, m % ${perEvent}::int AS place
    ) AS numbered
    JOIN campaigns AS campaign ON campaign.id = (m - 1) / ${perCampaign}::int + 1
    CROSS JOIN LATERAL (
      SELECT CASE WHEN j < ${perCampaign * 0.8}::int THEN 'email'
                  WHEN j % 2 = 0 THEN 'linkedin_post' ELSE 'marketing_material' END AS channel,
             campaign.created_at + interval '3 days' + j * interval '18 hours'
               + pg_temp.roll(m, 21, 3600) * interval '1 s' AS at
    ) AS planned
    CROSS JOIN LATERAL (
      SELECT CASE WHEN channel <> 'email' THEN CASE WHEN m % 50 = 0 THEN 'draft' ELSE 'published' END
                  WHEN place = ${perEvent - 3}::int THEN 'draft' WHEN place = ${perEvent - 4}::int THEN 'failed'
                  ELSE 'sent' END AS status
    ) AS outcome
    ORDER BY m`;
}

/** Two assets for each campaign and ten for each event by itself, each shared four times. */
async function writeAssets(sql: postgres.ISql): Promise<void> {
  await sql`
    INSERT INTO marketing_assets (campaign_id, event_id, asset_type, title, description, file_url, created_at)
    SELECT campaign_id, event_id,
           (ARRAY['social_graphic', 'flyer', 'banner', 'poster', 'video', 'presentation'])[1 + i % 6],
           format('%s, design %s', name, i + 1), 'Made up, in the colours of the year',
           format('https://files.example.org/%s/%s.png', coalesce(campaign_id, -event_id), i), at + i * interval '1 day'
    FROM (
      SELECT id AS campaign_id, event_id, name, created_at AS at, 2 AS designs FROM campaigns
      UNION ALL
      SELECT NULL, id, name, (event_date - 200)::timestamptz, 10 FROM events
    ) AS owner, generate_series(0, designs - 1) AS i
    ORDER BY at, event_id, campaign_id, i`;
  await sql`
    INSERT INTO asset_distributions (asset_id, channel, distributed_at, reach_estimate, notes)
    SELECT asset.id, (ARRAY['linkedin', 'whatsapp', 'twitter', 'print', 'email', 'website'])
                       [1 + pg_temp.roll(asset.id * 4 + i, 31, 6)],
           asset.created_at + (i + 1) * interval '30 hours',
           CASE WHEN pg_temp.roll(asset.id * 4 + i, 32, 4) > 0 THEN pg_temp.roll(asset.id * 4 + i, 33, 5000) END,
           CASE WHEN i = 0 THEN 'https://social.example.org/shares/' || asset.id END
    FROM marketing_assets AS asset, generate_series(0, 3) AS i
    ORDER BY asset.created_at, asset.id, i`;
}
