-- migrate:up

-- Who counts as a recipient at all is said here, once: not one who is queued in a send that nobody
-- confirmed. Who is queued was not sent anything yet, so only the others take their mail's time.
CREATE VIEW outreach.recipients AS
  SELECT recipient.id, recipient.communication_id, recipient.contact_id, recipient.status,
         recipient.metadata, communication.campaign_id, campaign.event_id, campaign.campaign_type,
         coalesce(recipient.sent_at,
                  CASE WHEN recipient.status <> 'queued' THEN communication.sent_at END) AS sent_at,
         coalesce(recipient.sent_at, '-infinity') AS position
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  WHERE NOT (communication.status = 'draft' AND recipient.status = 'queued');
COMMENT ON VIEW outreach.recipients IS
  'Recipients that count, each with its mail''s campaign and event; position orders pages and has an index';
CREATE INDEX communication_recipients_position_idx
  ON public.communication_recipients ((coalesce(sent_at, '-infinity')), id);

-- Counting reads these alone, in the order of mails and in that of people.
CREATE INDEX communication_recipients_counts_idx
  ON public.communication_recipients (communication_id, status, contact_id);
CREATE INDEX communication_recipients_people_idx
  ON public.communication_recipients (contact_id, status, communication_id) INCLUDE (sent_at);

CREATE FUNCTION outreach.deciding_event(metadata jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
  SELECT event FROM jsonb_array_elements(metadata -> 'events') AS event
  WHERE outreach.event_rank(event ->> 'kind')
        >= coalesce(outreach.event_rank(metadata ->> 'logged_status'), 0)
  ORDER BY outreach.event_rank(event ->> 'kind') DESC, (event ->> 'at')::timestamptz DESC
  LIMIT 1);
COMMENT ON FUNCTION outreach.deciding_event IS
  'The delivery event that a recipient''s status comes from, the latest such; NULL where the status is the logged one';

CREATE VIEW outreach.timeline AS
  SELECT communication.channel::text AS kind, communication.id,
         coalesce(communication.sent_at, communication.created_at) AS at,
         communication.title::text AS title, communication.channel::text AS channel,
         communication.status::text AS status, communication.campaign_id, campaign.event_id,
         CASE communication.status WHEN 'draft' THEN 0 ELSE communication.recipient_count END
           AS recipient_count,
         NULL::integer AS reach_estimate, communication.post_url AS url,
         communication.content_summary AS notes
  FROM public.communications AS communication
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  UNION ALL
  SELECT 'asset_created', id, created_at, title, NULL, NULL, campaign_id, event_id, NULL, NULL,
         file_url, description
  FROM public.marketing_assets
  UNION ALL
  SELECT 'distribution', distribution.id, distribution.distributed_at, asset.title,
         distribution.channel, NULL, asset.campaign_id, asset.event_id, NULL,
         distribution.reach_estimate, NULL, distribution.notes
  FROM public.asset_distributions AS distribution
  JOIN public.marketing_assets AS asset ON asset.id = distribution.asset_id;
COMMENT ON VIEW outreach.timeline IS
  'Everything that was done: communications (drafts too), assets made, and each share of one';

-- migrate:down

DROP VIEW outreach.timeline;
DROP FUNCTION outreach.deciding_event(jsonb);
DROP INDEX public.communication_recipients_people_idx;
DROP INDEX public.communication_recipients_counts_idx;
DROP INDEX public.communication_recipients_position_idx;
DROP VIEW outreach.recipients;
