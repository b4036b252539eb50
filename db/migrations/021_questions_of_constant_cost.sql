-- migrate:up

-- What nearly every name is written in needs no table of the world's letters, and the true cost makes the
-- planner look words up in their index instead of folding everybody's.
CREATE OR REPLACE FUNCTION outreach.spaced(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
  IF octet_length(value) = length(value) THEN
    RETURN btrim(regexp_replace(lower(value COLLATE "C"), '[^a-z0-9]+', ' ', 'g'));
  END IF;
  RETURN btrim(regexp_replace(
    outreach.lowered(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')),
    '[\u0001-/:-@\[-`{-\u00bf\u00d7\u00f7\u1680\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U0001f000-\U0001faff]+',
    ' ', 'g'));
END
$$;

CREATE OR REPLACE FUNCTION outreach.word_beginnings(value text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
  folded text := outreach.fold(coalesce(value, ''));
  words text[] := string_to_array(folded, ' ');
BEGIN
  IF length(folded) > 100 THEN
    words := ARRAY(SELECT left(word, 100) FROM unnest(words) AS word);
  END IF;
  RETURN array_to_tsvector(words);
END
$$;

-- Sessions that are open keep the indexes on these as they were until the table is analysed.
ANALYZE public.contacts, public.communications, public.marketing_assets;

-- For FROM, where the planner puts it in place of the call: as one of three functions for a value each, it was
-- started anew for every row.
CREATE FUNCTION outreach.what_became(metadata jsonb)
RETURNS TABLE (event jsonb, opened_at timestamptz, clicked_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (array_agg(told.event ORDER BY told.rank DESC, told.at DESC)
            FILTER (WHERE told.rank >= coalesce(outreach.event_rank(metadata ->> 'logged_status'), 0)))[1],
         min(told.at) FILTER (WHERE told.kind IN ('opened', 'clicked')),
         min(told.at) FILTER (WHERE told.kind = 'clicked')
  FROM (
    SELECT event, event ->> 'kind' AS kind, outreach.event_rank(event ->> 'kind') AS rank,
           (event ->> 'at')::timestamptz AS at
    FROM jsonb_array_elements(metadata -> 'events') AS event
  ) AS told
$$;
COMMENT ON FUNCTION outreach.what_became IS
  'Of a recipient''s delivery events: the one that the status comes from, the latest such (NULL where the status is the logged one), and when they first opened the mail and first clicked in it; who clicked in it had opened it';
DROP FUNCTION outreach.opened_at(jsonb);
DROP FUNCTION outreach.clicked_at(jsonb);
DROP FUNCTION outreach.deciding_event(jsonb);

-- With what lists say of the mail, so that they need not join its tables once more.
CREATE OR REPLACE VIEW outreach.recipients AS
  SELECT recipient.id, recipient.communication_id, recipient.contact_id, recipient.status,
         recipient.metadata, communication.campaign_id, campaign.event_id, campaign.campaign_type,
         coalesce(recipient.sent_at,
                  CASE WHEN recipient.status <> 'queued' THEN communication.sent_at END) AS sent_at,
         coalesce(recipient.sent_at, '-infinity') AS position,
         communication.channel, communication.title, campaign.name AS campaign_name,
         coalesce(communication.sent_at, communication.created_at) AS mail_at
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  WHERE outreach.is_recipient(communication.status, recipient.status);

-- In PL/pgSQL, here and below: the plan is kept for as long as a connection lives, also where a pooler is between
-- and a statement is planned whenever it is sent.
CREATE OR REPLACE FUNCTION outreach.source_meanings(events integer[], sources text[])
RETURNS TABLE (event_id integer, source text, campaign_id integer, campaign_ids integer[], channel text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 20 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    WITH reading AS MATERIALIZED (
      SELECT asked.event_id, asked.source, said.name, said.channel
      FROM unnest(source_meanings.events, source_meanings.sources) AS asked (event_id, source)
      CROSS JOIN LATERAL outreach.source_readings(asked.source) AS said
    ), known AS MATERIALIZED (
      SELECT * FROM outreach.campaign_sources AS named WHERE named.event_id = ANY(source_meanings.events)
    )
    SELECT DISTINCT ON (reading.event_id, reading.source)
           reading.event_id, reading.source, known.campaign_id, known.campaign_ids, reading.channel
    FROM reading JOIN known ON known.event_id = reading.event_id AND known.source = reading.name
    ORDER BY reading.event_id, reading.source, length(reading.name) DESC;
END
$$;

CREATE FUNCTION outreach.undeliverable_among(addresses text[])
RETURNS TABLE (address text, state text, reason text, since timestamptz)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 100 SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  IF addresses IS NULL THEN
    RETURN QUERY SELECT known.address, known.state, known.reason, known.since FROM outreach.undeliverable AS known;
  ELSE
    RETURN QUERY
      SELECT known.address, known.state, known.reason, known.since FROM outreach.undeliverable AS known
      WHERE known.address = ANY(addresses);
  END IF;
END
$$;
COMMENT ON FUNCTION outreach.undeliverable_among IS
  'The rows of outreach.undeliverable for these addresses, or all of them for NULL';

CREATE OR REPLACE VIEW outreach.mailed_or_under_way AS
  SELECT recipient.contact_id, recipient.communication_id, communication.campaign_id,
         CASE WHEN recipient.status = 'queued' THEN 'infinity'
              ELSE coalesce(recipient.sent_at, communication.sent_at, communication.created_at)
         END AS at, coalesce(recipient.sent_at, '-infinity') AS position
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  WHERE outreach.received(recipient.status)
     OR (recipient.status = 'queued' AND (
          communication.status = 'sending'
          -- Perhaps sent before the rest was cancelled.
          OR EXISTS (SELECT FROM outreach.send_states AS perhaps
                     WHERE perhaps.communication_id = recipient.communication_id
                       AND perhaps.contact_id = recipient.contact_id AND perhaps.state = 'unknown')));

-- For few people each is looked up; else everybody who was mailed since is collected, by the index of positions.
-- Left to choose, the planner looks each of many up, or reads every mail that was ever sent.
CREATE FUNCTION outreach.contacted_since(since timestamptz, people integer[]) RETURNS TABLE (contact_id integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 AS $$
BEGIN
  IF since IS NULL THEN
    RETURN;
  ELSIF people IS NOT NULL THEN
    RETURN QUERY
      SELECT person.id FROM unnest(people) AS person (id)
      WHERE EXISTS (
        SELECT FROM outreach.mailed_or_under_way AS mail
        WHERE mail.contact_id = person.id AND mail.at >= since OFFSET 0);
  ELSE
    RETURN QUERY
      SELECT DISTINCT mail.contact_id FROM outreach.mailed_or_under_way AS mail
      WHERE mail.at >= since AND (mail.position >= since OR mail.position = '-infinity');
  END IF;
END
$$;
COMMENT ON FUNCTION outreach.contacted_since IS
  'Who of these people, or of all for NULL, was sent a mail at that time or later, or has one under way';

-- migrate:down

DROP FUNCTION outreach.contacted_since(timestamptz, integer[]);
DROP VIEW outreach.mailed_or_under_way;
CREATE VIEW outreach.mailed_or_under_way AS
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
COMMENT ON VIEW outreach.mailed_or_under_way IS
  'Who received which mail and when, and who is queued in a send under way or was perhaps mailed (at: infinity)';
DROP FUNCTION outreach.matching_recipients(
  integer, integer, integer[], text, text[], text, text, timestamptz, timestamptz);
DROP VIEW outreach.recipients;
CREATE VIEW outreach.recipients AS
  SELECT recipient.id, recipient.communication_id, recipient.contact_id, recipient.status,
         recipient.metadata, communication.campaign_id, campaign.event_id, campaign.campaign_type,
         coalesce(recipient.sent_at,
                  CASE WHEN recipient.status <> 'queued' THEN communication.sent_at END) AS sent_at,
         coalesce(recipient.sent_at, '-infinity') AS position
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  WHERE outreach.is_recipient(communication.status, recipient.status);
COMMENT ON VIEW outreach.recipients IS
  'Recipients that count, each with its mail''s campaign and event; position orders pages and has an index';

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

DROP FUNCTION outreach.undeliverable_among(text[]);
CREATE OR REPLACE FUNCTION outreach.source_meanings(events integer[], sources text[])
RETURNS TABLE (event_id integer, source text, campaign_id integer, campaign_ids integer[], channel text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH reading AS MATERIALIZED (
    SELECT asked.event_id, asked.source, said.name, said.channel
    FROM unnest(source_meanings.events, source_meanings.sources) AS asked (event_id, source)
    CROSS JOIN LATERAL outreach.source_readings(asked.source) AS said
  ), known AS MATERIALIZED (
    SELECT * FROM outreach.campaign_sources AS named WHERE named.event_id = ANY(source_meanings.events)
  )
  SELECT DISTINCT ON (reading.event_id, reading.source)
         reading.event_id, reading.source, known.campaign_id, known.campaign_ids, reading.channel
  FROM reading JOIN known ON known.event_id = reading.event_id AND known.source = reading.name
  ORDER BY reading.event_id, reading.source, length(reading.name) DESC
$$;

CREATE FUNCTION outreach.deciding_event(metadata jsonb) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
  SELECT event FROM jsonb_array_elements(metadata -> 'events') AS event
  WHERE outreach.event_rank(event ->> 'kind')
        >= coalesce(outreach.event_rank(metadata ->> 'logged_status'), 0)
  ORDER BY outreach.event_rank(event ->> 'kind') DESC, (event ->> 'at')::timestamptz DESC
  LIMIT 1);
COMMENT ON FUNCTION outreach.deciding_event IS
  'The delivery event that a recipient''s status comes from, the latest such; NULL where the status is the logged one';
CREATE FUNCTION outreach.opened_at(metadata jsonb) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
  SELECT min((event ->> 'at')::timestamptz) FROM jsonb_array_elements(metadata -> 'events') AS event
  WHERE event ->> 'kind' IN ('opened', 'clicked'));
COMMENT ON FUNCTION outreach.opened_at IS
  'When somebody first opened a mail, by its delivery events; who clicked in it had opened it';

CREATE FUNCTION outreach.clicked_at(metadata jsonb) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE RETURN (
  SELECT min((event ->> 'at')::timestamptz) FROM jsonb_array_elements(metadata -> 'events') AS event
  WHERE event ->> 'kind' = 'clicked');
COMMENT ON FUNCTION outreach.clicked_at IS 'When somebody first clicked in a mail, by its delivery events';
DROP FUNCTION outreach.what_became(jsonb);

CREATE OR REPLACE FUNCTION outreach.word_beginnings(value text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(coalesce(array_agg(DISTINCT left(word, 100)), '{}'))
  FROM unnest(outreach.words(value)) AS word
$$;

CREATE OR REPLACE FUNCTION outreach.spaced(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(
    outreach.lowered(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')),
    '[\u0001-/:-@\[-`{-\u00bf\u00d7\u00f7\u1680\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U0001f000-\U0001faff]+',
    ' ', 'g'));

ANALYZE public.contacts, public.communications, public.marketing_assets;
