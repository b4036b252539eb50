-- migrate:up

-- Functions, and columns read through to_jsonb, because tables of other hands may name a column otherwise or
-- lack it: it is then NULL here, and outreach.missing_columns() says which.
CREATE FUNCTION outreach.sessions_by_speaker()
RETURNS TABLE (
  row_id integer, event_id integer, contact_id integer, session text, title text, track text, level text,
  format text, room text, scheduled_at timestamp, duration_minutes integer, recording_link text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (item ->> 'id')::integer, (item ->> 'event_id')::integer, (item ->> 'contact_id')::integer,
         coalesce('id ' || nullif(item ->> 'sessionize_session_id', ''),
                  'title ' || outreach.fold(coalesce(title, ''))),
         coalesce(title, ''), nullif(track, ''), nullif(level, ''), nullif(item ->> 'session_format', ''),
         nullif(room, ''), (item ->> 'scheduled_at')::timestamp, (item ->> 'duration_minutes')::integer,
         nullif(recording_link, '')
  FROM (
    SELECT session.title::text AS title, session.track::text AS track, session.level::text AS level,
           session.room::text AS room, session.recording_link::text AS recording_link,
           to_jsonb(session) AS item
    FROM public.speaker_sessions AS session
  ) AS said
$$;
COMMENT ON FUNCTION outreach.sessions_by_speaker IS
  'A row for each speaker of a session; rows of one event with the same session are one session with several speakers';

CREATE FUNCTION outreach.ratings_by_speaker()
RETURNS TABLE (
  row_id integer, response text, topic integer, presentation integer, event numeric, speaker_comment text,
  event_comment text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (item ->> 'speaker_session_id')::integer,
         coalesce(nullif(item ->> 'response_id', ''), 'row ' || place),
         topic, presentation,
         CASE WHEN item ->> 'event_rating' ~ '^\s*\d{1,6}(\.\d{1,6})?\s*$' THEN (item ->> 'event_rating')::numeric END,
         nullif(btrim(item ->> 'speaker_comment'), ''), nullif(btrim(item ->> 'event_comment'), '')
  FROM (
    SELECT rating.topic_rating::integer AS topic, rating.presentation_rating::integer AS presentation,
           rating.ctid::text AS place, to_jsonb(rating) AS item
    FROM public.speaker_ratings AS rating
  ) AS said
$$;
COMMENT ON FUNCTION outreach.ratings_by_speaker IS
  'What an answer of the feedback form says of one speaker''s session; row_id is that of outreach.sessions_by_speaker(). An answer about a session with two speakers is two rows with one response';

CREATE FUNCTION outreach.missing_columns(needed text[]) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(name ORDER BY position), '{}')
  FROM unnest(needed) WITH ORDINALITY AS asked (name, position)
  WHERE NOT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = to_regclass('public.' || split_part(asked.name, '.', 1))
      AND attname = split_part(asked.name, '.', 2) AND attnum > 0 AND NOT attisdropped)
$$;
COMMENT ON FUNCTION outreach.missing_columns IS
  'Those of these columns of public, written table.column, that this database does not have';

CREATE FUNCTION outreach.people_of_events(events integer[])
RETURNS TABLE (event_id integer, contact_id integer, registered boolean, came boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT event_id::integer, attendee_contact_id::integer,
         bool_or(registration_source::text <> 'walk-in'), bool_or(coalesce(checked_in, false))
  FROM public.tickets
  WHERE coalesce(status::text, '') NOT IN ('cancelled', 'transferred')
    AND (events IS NULL OR event_id = ANY(events))
  GROUP BY 1, 2
$$;
COMMENT ON FUNCTION outreach.people_of_events IS
  'Everybody with a ticket that is neither cancelled nor transferred, once for each of these events (NULL: of all): whether they had registered before the day (not as a walk-in), and whether they were checked in';

CREATE FUNCTION outreach.attended()
RETURNS TABLE (event_id integer, contact_id integer, assumed boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ticket.event_id::integer, ticket.attendee_contact_id::integer, NOT known.tracked
  FROM (
    SELECT held.event_id, bool_or(coalesce(held.checked_in, false)) AS tracked
    FROM public.tickets AS held
    WHERE coalesce(held.status::text, '') NOT IN ('cancelled', 'transferred')
    GROUP BY held.event_id
  ) AS known
  JOIN public.events AS event
    ON event.id = known.event_id AND (known.tracked OR event.status::text IS DISTINCT FROM 'cancelled')
  JOIN public.tickets AS ticket ON ticket.event_id = known.event_id
  WHERE coalesce(ticket.status::text, '') NOT IN ('cancelled', 'transferred')
    AND CASE WHEN known.tracked THEN ticket.checked_in ELSE ticket.registration_source::text <> 'walk-in' END
$$;
COMMENT ON FUNCTION outreach.attended IS
  'Who came to which event, a row for each of their tickets that says so; of an event without any check-in, unless it was cancelled, who had registered, which is then assumed';

-- migrate:down

DROP FUNCTION outreach.attended();
DROP FUNCTION outreach.people_of_events(integer[]);
DROP FUNCTION outreach.missing_columns(text[]);
DROP FUNCTION outreach.ratings_by_speaker();
DROP FUNCTION outreach.sessions_by_speaker();
