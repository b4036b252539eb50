-- migrate:up

-- A range of texts, so that a constraint can refuse what overlaps without an extension, which the
-- organiser's server may not have.
CREATE TYPE outreach.text_range AS RANGE (SUBTYPE = text, COLLATION = "C");

CREATE TABLE outreach.source_mappings (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id integer NOT NULL,
  source text NOT NULL,
  campaign_id integer NOT NULL,
  starts timestamp,
  ends timestamp,
  mapped_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT source_mappings_campaign_fkey FOREIGN KEY (campaign_id, event_id)
    REFERENCES public.campaigns (id, event_id) ON DELETE CASCADE,
  CONSTRAINT source_mappings_source_folded CHECK (source <> '' AND source = outreach.source(source)),
  CONSTRAINT source_mappings_in_order CHECK (starts < ends),
  CONSTRAINT source_mappings_no_overlap EXCLUDE USING gist (
    int8range(event_id, event_id, '[]') WITH &&,
    outreach.text_range(source, source, '[]') WITH &&,
    tsrange(starts, ends, '[]') WITH &&)
);
CREATE INDEX source_mappings_event_id_source_idx ON outreach.source_mappings (event_id, source);
CREATE INDEX source_mappings_campaign_id_idx ON outreach.source_mappings (campaign_id);
COMMENT ON TABLE outreach.source_mappings IS
  'Which campaign a marketing_source that names none meant, at one event, in a span of time: as a person said';
COMMENT ON COLUMN outreach.source_mappings.starts IS
  'Local time of the organiser, as tickets.registration_date, inclusive; null: from the first on';
COMMENT ON COLUMN outreach.source_mappings.ends IS 'Likewise; null: to the last';

-- A link is named after its campaign, then the channel that it was shared in, then the place.
CREATE FUNCTION outreach.link_channels() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ARRAY['linkedin', 'whatsapp', 'twitter', 'print', 'email', 'website'];
COMMENT ON FUNCTION outreach.link_channels IS 'The channels that the name of a link may say after its campaign';

CREATE FUNCTION outreach.source_readings(source text) RETURNS TABLE (name text, channel text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT source_readings.source, NULL
  UNION ALL
  SELECT array_to_string(parts[:place - 1], '-'), parts[place]
  FROM string_to_array(source_readings.source, '-') AS parts, generate_subscripts(parts, 1) AS place
  WHERE place > 1 AND parts[place] = ANY(outreach.link_channels())
$$;
COMMENT ON FUNCTION outreach.source_readings IS
  'The names of campaigns that a source may hold: the whole of it, or what stands before a channel';

CREATE FUNCTION outreach.source_meanings(events integer[], sources text[])
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
COMMENT ON FUNCTION outreach.source_meanings IS
  'The campaigns that sources name, each at its event, alone or with channel and place, as in cfp-2026-whatsapp-speakers: the longest name counts. No row for one that names none';

CREATE FUNCTION outreach.source_of_registration(event integer, source text, registered_at timestamp)
RETURNS TABLE (campaign_id integer, channel text, mapped boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(mapping.campaign_id, named.campaign_id),
         CASE WHEN mapping.id IS NULL THEN named.channel END, mapping.id IS NOT NULL
  FROM (SELECT) AS one
  LEFT JOIN outreach.source_mappings AS mapping
    ON mapping.event_id = source_of_registration.event AND mapping.source = source_of_registration.source
   AND tsrange(mapping.starts, mapping.ends, '[]') @> source_of_registration.registered_at
  LEFT JOIN outreach.source_meanings(
    ARRAY[source_of_registration.event], ARRAY[source_of_registration.source]) AS named ON true
$$;
COMMENT ON FUNCTION outreach.source_of_registration IS
  'What one registration''s source means: what a person said of it counts before what it names';

-- Few sources are named by many registrations, so what each names is looked up after counting, and only
-- those of a mapped source are looked at one by one.
CREATE FUNCTION outreach.counted_sources(
  events integer[], from_time timestamptz, to_time timestamptz, zone text)
RETURNS TABLE (
  event_id integer, source text, spelling text, campaign_id integer, campaign_ids integer[], channel text,
  mapped boolean, registrations bigint, checked_in bigint)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH named AS MATERIALIZED (
    SELECT said.*, outreach.source(said.marketing_source) AS source,
           outreach.trimmed(said.marketing_source) AS spelling
    FROM (
      SELECT registration.event_id, registration.marketing_source, count(*) AS registrations,
             count(*) FILTER (WHERE registration.checked_in) AS checked_in
      FROM outreach.registrations() AS registration
      WHERE (counted_sources.events IS NULL OR registration.event_id = ANY(counted_sources.events))
        AND registration.marketing_source <> ''
        AND (from_time IS NULL OR registration.registered_at AT TIME ZONE zone >= from_time)
        AND (to_time IS NULL OR registration.registered_at AT TIME ZONE zone <= to_time)
      GROUP BY registration.event_id, registration.marketing_source
    ) AS said
  ), meaning AS MATERIALIZED (
    SELECT known.*
    FROM (SELECT array_agg(named.event_id) AS events, array_agg(named.source) AS sources FROM named) AS asked
    CROSS JOIN LATERAL outreach.source_meanings(asked.events, asked.sources) AS known
  ), mapped AS MATERIALIZED (
    SELECT named.event_id, named.marketing_source, named.source, named.spelling, mapping.campaign_id,
           tsrange(mapping.starts, mapping.ends, '[]') AS span
    FROM named
    JOIN outreach.source_mappings AS mapping
      ON mapping.event_id = named.event_id AND mapping.source = named.source
  ), moved AS (
    SELECT mapped.event_id, mapped.marketing_source, mapped.source, mapped.spelling, mapped.campaign_id,
           count(*) AS registrations, count(*) FILTER (WHERE registration.checked_in) AS checked_in
    FROM mapped
    JOIN outreach.registrations() AS registration
      ON registration.event_id = mapped.event_id
     -- Not by the index of sources, in which every event's registrations stand together.
     AND registration.marketing_source || '' = mapped.marketing_source
     AND mapped.span @> registration.registered_at
    WHERE (counted_sources.events IS NULL OR registration.event_id = ANY(counted_sources.events))
      AND (from_time IS NULL OR registration.registered_at AT TIME ZONE zone >= from_time)
      AND (to_time IS NULL OR registration.registered_at AT TIME ZONE zone <= to_time)
    GROUP BY mapped.event_id, mapped.marketing_source, mapped.source, mapped.spelling, mapped.campaign_id
  ), rest AS (
    SELECT named.event_id, named.source, named.spelling,
           named.registrations - coalesce(gone.registrations, 0) AS registrations,
           named.checked_in - coalesce(gone.checked_in, 0) AS checked_in
    FROM named
    LEFT JOIN (
      SELECT moved.event_id, moved.marketing_source, sum(moved.registrations)::bigint AS registrations,
             sum(moved.checked_in)::bigint AS checked_in
      FROM moved GROUP BY moved.event_id, moved.marketing_source
    ) AS gone ON gone.event_id = named.event_id AND gone.marketing_source = named.marketing_source
    WHERE named.source IS NOT NULL
  )
  SELECT moved.event_id, moved.source, moved.spelling, moved.campaign_id, ARRAY[moved.campaign_id], NULL,
         true, moved.registrations, moved.checked_in
  FROM moved
  UNION ALL
  SELECT rest.event_id, rest.source, rest.spelling, meaning.campaign_id, meaning.campaign_ids,
         meaning.channel, false, rest.registrations, rest.checked_in
  FROM rest
  LEFT JOIN meaning ON meaning.event_id = rest.event_id AND meaning.source = rest.source
  WHERE rest.registrations > 0
$$;
COMMENT ON FUNCTION outreach.counted_sources IS
  'Registrations by spelling of their source and by what it means, as outreach.source_of_registration says of each; campaign_ids are those that it fits, campaign_id the one that it counts for. Times are inclusive';

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

DROP FUNCTION outreach.matching_timeline(
  integer[], integer, integer, text[], text[], text[], timestamptz, timestamptz);
CREATE FUNCTION outreach.matching_timeline(
  events integer[], campaign integer, contact integer, kinds text[], channels text[], status text[],
  words text, from_time timestamptz, to_time timestamptz)
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
    AND (matching_timeline.words IS NULL
         OR outreach.word_beginnings(concat_ws(' ', entry.title, entry.notes))
            @@ outreach.beginning_with(matching_timeline.words))
$$;
COMMENT ON FUNCTION outreach.matching_timeline IS
  'The entries of the timeline that a filter means; what is null does not narrow, but drafts are only there if status names them. With a contact: only mails to them. Channel linkedin means posts as well; each of words begins a word of title or notes; times are inclusive';

-- migrate:down

DO $$
DECLARE
  rows bigint;
BEGIN
  SELECT count(*) INTO rows FROM outreach.source_mappings;
  IF rows > 0 THEN
    RAISE EXCEPTION 'Going back would delete % mappings of sources to campaigns. Nothing was changed.', rows;
  END IF;
END
$$;

DROP FUNCTION outreach.matching_timeline(
  integer[], integer, integer, text[], text[], text[], text, timestamptz, timestamptz);
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
DROP FUNCTION outreach.clicked_at(jsonb);
DROP FUNCTION outreach.opened_at(jsonb);
DROP FUNCTION outreach.counted_sources(integer[], timestamptz, timestamptz, text);
DROP FUNCTION outreach.source_of_registration(integer, text, timestamp);
DROP FUNCTION outreach.source_meanings(integer[], text[]);
DROP FUNCTION outreach.source_readings(text);
DROP FUNCTION outreach.link_channels();
DROP TABLE outreach.source_mappings;
DROP TYPE outreach.text_range;
