-- migrate:up

-- Functions, because a query may hold no fragments. Each is a single expression or a single SELECT, which
-- the planner puts in place of the call, so that indexes fit as if the rule stood in the query itself.
CREATE FUNCTION outreach.mailbox(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower(btrim(email));
COMMENT ON FUNCTION outreach.mailbox IS
  'What two spellings of one e-mail address share: case and the space around it set aside';

CREATE FUNCTION outreach.received(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN status IN ('sent', 'delivered', 'opened', 'clicked');
COMMENT ON FUNCTION outreach.received IS
  'Whether somebody received a mail in which this is their status; a bounced or failed one did not arrive';

CREATE FUNCTION outreach.opened(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN status IN ('opened', 'clicked');
COMMENT ON FUNCTION outreach.opened IS
  'Whether somebody opened a mail in which this is their status; whoever clicked in it has';

CREATE FUNCTION outreach.statuses_best_first() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ARRAY['clicked', 'opened', 'delivered', 'sent', 'queued', 'bounced', 'failed'];
COMMENT ON FUNCTION outreach.statuses_best_first IS
  'The statuses of a recipient: of several mails, the one that stands first here is a person''s best';

CREATE FUNCTION outreach.is_recipient(communication_status text, recipient_status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  NOT (communication_status = 'draft' AND recipient_status = 'queued');
COMMENT ON FUNCTION outreach.is_recipient IS
  'Who counts as a recipient at all: not one who is queued in a send that nobody confirmed';

-- Who is queued was not sent anything yet, so only the others take their mail's time.
CREATE OR REPLACE VIEW outreach.recipients AS
  SELECT recipient.id, recipient.communication_id, recipient.contact_id, recipient.status,
         recipient.metadata, communication.campaign_id, campaign.event_id, campaign.campaign_type,
         coalesce(recipient.sent_at,
                  CASE WHEN recipient.status <> 'queued' THEN communication.sent_at END) AS sent_at,
         coalesce(recipient.sent_at, '-infinity') AS position
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  WHERE outreach.is_recipient(communication.status, recipient.status);

CREATE FUNCTION outreach.matching_recipients(
  communication integer, campaign integer, events integer[], campaign_type text, status text[],
  people text, crowd text, from_time timestamptz, to_time timestamptz)
RETURNS SETOF outreach.recipients LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT recipient.*
  FROM outreach.recipients AS recipient
  WHERE (matching_recipients.communication IS NULL
         OR recipient.communication_id = matching_recipients.communication)
    AND (matching_recipients.campaign IS NULL OR recipient.campaign_id = matching_recipients.campaign)
    AND (matching_recipients.events IS NULL OR recipient.event_id = ANY(matching_recipients.events))
    AND (matching_recipients.campaign_type IS NULL
         OR recipient.campaign_type = matching_recipients.campaign_type)
    AND (matching_recipients.status IS NULL OR recipient.status = ANY(matching_recipients.status))
    AND (people IS NULL OR recipient.contact_id = ANY(string_to_array(people, ',')::int[]))
    AND (crowd IS NULL OR recipient.contact_id IN (SELECT unnest(string_to_array(crowd, ',')::int[])))
    AND (from_time IS NULL OR recipient.sent_at >= from_time)
    AND (to_time IS NULL OR recipient.sent_at <= to_time)
    -- Once more for the indexes: few rows take their time from their mail, and who is queued has none.
    AND (from_time IS NULL AND to_time IS NULL
         OR (recipient.position = '-infinity' AND recipient.status <> 'queued')
         OR recipient.position BETWEEN coalesce(from_time, '-infinity') AND coalesce(to_time, 'infinity'))
$$;
COMMENT ON FUNCTION outreach.matching_recipients IS
  'The recipients that a filter means; what is null does not narrow. Ids of contacts stand with commas between them: people, few enough to look each up, or a crowd, so many that everybody is looked at. Times are inclusive';

CREATE FUNCTION outreach.matching_timeline(
  events integer[], campaign integer, contact integer, kinds text[], channels text[], status text[],
  from_time timestamptz, to_time timestamptz)
RETURNS SETOF outreach.timeline LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT entry.*
  FROM outreach.timeline AS entry
  WHERE (matching_timeline.events IS NULL OR entry.event_id = ANY(matching_timeline.events))
    AND (matching_timeline.campaign IS NULL OR entry.campaign_id = matching_timeline.campaign)
    -- An array, so that their mails are looked up once and not for every entry.
    AND (matching_timeline.contact IS NULL OR (entry.kind = 'email' AND entry.id = ANY(ARRAY(
          SELECT theirs.communication_id FROM outreach.recipients AS theirs
          WHERE theirs.contact_id = matching_timeline.contact))))
    AND (kinds IS NULL OR entry.kind = ANY(kinds))
    AND (channels IS NULL OR entry.channel = ANY(channels)
         OR (entry.kind = 'linkedin_post' AND 'linkedin' = ANY(channels)))
    AND CASE WHEN matching_timeline.status IS NULL THEN entry.status IS DISTINCT FROM 'draft'
             ELSE entry.status = ANY(matching_timeline.status) END
    AND (from_time IS NULL OR entry.at >= from_time)
    AND (to_time IS NULL OR entry.at <= to_time)
$$;
COMMENT ON FUNCTION outreach.matching_timeline IS
  'The entries of the timeline that a filter means; what is null does not narrow, but drafts are only there if status names them. With a contact: only mails to them. Channel linkedin means posts as well; times are inclusive';

-- For a later send, a mail under way counts like one that arrived: nobody is to get it twice.
CREATE OR REPLACE VIEW outreach.mailed_or_under_way AS
  SELECT recipient.contact_id, recipient.communication_id, communication.campaign_id,
         CASE WHEN recipient.status = 'queued' THEN 'infinity'
              ELSE coalesce(recipient.sent_at, communication.sent_at, communication.created_at)
         END AS at
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  WHERE outreach.received(recipient.status)
     OR (recipient.status = 'queued' AND (
          communication.status = 'sending'
          -- Perhaps sent before the rest was cancelled.
          OR EXISTS (SELECT FROM outreach.send_states AS perhaps
                     WHERE perhaps.communication_id = recipient.communication_id
                       AND perhaps.contact_id = recipient.contact_id AND perhaps.state = 'unknown')));

CREATE OR REPLACE FUNCTION outreach.present_addresses() RETURNS TABLE (contact_id integer, address text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id::integer, outreach.mailbox(email::text) FROM public.contacts WHERE btrim(email::text) <> ''
$$;

ALTER TABLE outreach.suppressions
  DROP CONSTRAINT suppressions_address_check,
  ADD CONSTRAINT suppressions_address_check CHECK (address = outreach.mailbox(address) AND address <> '');

CREATE OR REPLACE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at, reason)
    SELECT NEW.id, outreach.mailbox(address), problem, at, min(reason)
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at,
             concat_ws(': ', CASE event ->> 'kind' WHEN 'spam' THEN 'spam complaint'
                                                   ELSE replace(event ->> 'kind', '_', ' ') END,
                       nullif(btrim(event ->> 'reason'), '')) AS reason
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, communication.sent_at, communication.created_at), 'hard bounce'
        FROM public.communications AS communication
        WHERE communication.id = NEW.communication_id
          AND coalesce(NEW.metadata ->> 'logged_status',
                       CASE WHEN NEW.metadata -> 'events' IS NULL THEN NEW.status END) = 'bounced'
    ) AS news
    CROSS JOIN LATERAL (
      SELECT coalesce(NEW.metadata ->> 'email',
                      (SELECT email FROM public.contacts WHERE id = NEW.contact_id)) AS address
    ) AS mailed
    WHERE problem IS NOT NULL AND btrim(address) <> ''
    GROUP BY address, problem, at
    ON CONFLICT (recipient_id, kind, at) DO NOTHING;
  RETURN NULL;
END
$$;

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at, reason)
    SELECT NEW.id, lower(btrim(address)), problem, at, min(reason)
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at,
             concat_ws(': ', CASE event ->> 'kind' WHEN 'spam' THEN 'spam complaint'
                                                   ELSE replace(event ->> 'kind', '_', ' ') END,
                       nullif(btrim(event ->> 'reason'), '')) AS reason
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, communication.sent_at, communication.created_at), 'hard bounce'
        FROM public.communications AS communication
        WHERE communication.id = NEW.communication_id
          AND coalesce(NEW.metadata ->> 'logged_status',
                       CASE WHEN NEW.metadata -> 'events' IS NULL THEN NEW.status END) = 'bounced'
    ) AS news
    CROSS JOIN LATERAL (
      SELECT coalesce(NEW.metadata ->> 'email',
                      (SELECT email FROM public.contacts WHERE id = NEW.contact_id)) AS address
    ) AS mailed
    WHERE problem IS NOT NULL AND btrim(address) <> ''
    GROUP BY address, problem, at
    ON CONFLICT (recipient_id, kind, at) DO NOTHING;
  RETURN NULL;
END
$$;

ALTER TABLE outreach.suppressions
  DROP CONSTRAINT suppressions_address_check,
  ADD CONSTRAINT suppressions_address_check CHECK (address = lower(btrim(address)) AND address <> '');

CREATE OR REPLACE FUNCTION outreach.present_addresses() RETURNS TABLE (contact_id integer, address text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id::integer, lower(btrim(email::text)) FROM public.contacts WHERE btrim(email::text) <> ''
$$;

CREATE OR REPLACE VIEW outreach.mailed_or_under_way AS
  SELECT recipient.contact_id, recipient.communication_id, communication.campaign_id,
         CASE WHEN recipient.status = 'queued' THEN 'infinity'
              ELSE coalesce(recipient.sent_at, communication.sent_at, communication.created_at)
         END AS at
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  WHERE recipient.status IN ('sent', 'delivered', 'opened', 'clicked')
     OR (recipient.status = 'queued' AND (
          communication.status = 'sending'
          OR EXISTS (SELECT FROM outreach.send_states AS perhaps
                     WHERE perhaps.communication_id = recipient.communication_id
                       AND perhaps.contact_id = recipient.contact_id AND perhaps.state = 'unknown')));

DROP FUNCTION outreach.matching_timeline(
  integer[], integer, integer, text[], text[], text[], timestamptz, timestamptz);
DROP FUNCTION outreach.matching_recipients(
  integer, integer, integer[], text, text[], text, text, timestamptz, timestamptz);

CREATE OR REPLACE VIEW outreach.recipients AS
  SELECT recipient.id, recipient.communication_id, recipient.contact_id, recipient.status,
         recipient.metadata, communication.campaign_id, campaign.event_id, campaign.campaign_type,
         coalesce(recipient.sent_at,
                  CASE WHEN recipient.status <> 'queued' THEN communication.sent_at END) AS sent_at,
         coalesce(recipient.sent_at, '-infinity') AS position
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  WHERE NOT (communication.status = 'draft' AND recipient.status = 'queued');

DROP FUNCTION outreach.is_recipient(text, text);
DROP FUNCTION outreach.statuses_best_first();
DROP FUNCTION outreach.opened(text);
DROP FUNCTION outreach.received(text);
DROP FUNCTION outreach.mailbox(text);
