-- migrate:up

CREATE TABLE outreach.segments (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  description text,
  audience jsonb,
  meant jsonb,
  in_segment_id integer REFERENCES outreach.segments (id),
  not_in_segment_id integer REFERENCES outreach.segments (id),
  sql text,
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL DEFAULT outreach.actor(),
  CONSTRAINT segments_name_not_blank CHECK (outreach.fold(name) <> ''),
  CONSTRAINT segments_one_definition CHECK (
    num_nonnulls(audience, sql) = 1 AND (audience IS NULL) = (meant IS NULL)
    AND (audience IS NOT NULL OR num_nonnulls(in_segment_id, not_in_segment_id) = 0))
);
COMMENT ON TABLE outreach.segments IS 'Audiences with a name, found anew at each use; who is in one is not kept';
COMMENT ON COLUMN outreach.segments.description IS 'Whom it means, in the words of whoever made it';
COMMENT ON COLUMN outreach.segments.audience IS 'Filters as find_audience takes them, as they were given';
COMMENT ON COLUMN outreach.segments.meant IS
  'The same without segments, and with the numbers of the rows that were meant where the words mean them for good';
COMMENT ON COLUMN outreach.segments.in_segment_id IS 'The segment of which it is a part';
COMMENT ON COLUMN outreach.segments.not_in_segment_id IS 'The segment whose people it leaves out';
COMMENT ON COLUMN outreach.segments.sql IS 'A question over the views of schema ask that answers contact_id';
COMMENT ON COLUMN outreach.segments.version IS 'Counts how often it was changed, from 1';
CREATE UNIQUE INDEX segments_name_key ON outreach.segments (outreach.fold(name));
CREATE INDEX segments_in_segment_id_idx ON outreach.segments (in_segment_id);
CREATE INDEX segments_not_in_segment_id_idx ON outreach.segments (not_in_segment_id);
SELECT outreach.watch('outreach.segments');

CREATE FUNCTION outreach.rows_meant(meant jsonb) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH numbered AS (
    SELECT key AS argument, value::integer AS id FROM jsonb_each_text(CASE jsonb_typeof(meant) WHEN 'object' THEN meant END)
    WHERE value ~ '^[0-9]{1,9}$'
  )
  SELECT coalesce(jsonb_object_agg(argument, jsonb_build_object('id', id, 'name', name)), '{}')
  FROM (
    SELECT argument, id, event.name::text AS name FROM numbered JOIN public.events AS event USING (id)
    WHERE argument IN ('event', 'registered_for', 'not_registered_for')
    UNION ALL
    SELECT argument, id, campaign.name::text FROM numbered JOIN public.campaigns AS campaign USING (id)
    WHERE argument IN ('received_campaign', 'not_received_campaign')
    UNION ALL
    SELECT argument, id, coalesce(mail.title::text, '') FROM numbered JOIN public.communications AS mail USING (id)
    WHERE argument IN ('received_communication', 'not_received_communication') AND mail.channel = 'email'
  ) AS found
$$;
COMMENT ON FUNCTION outreach.rows_meant IS
  'The rows that filters mean by their numbers, with their present names: {argument: {id, name}}; none of those that are gone';

CREATE FUNCTION outreach.refuse_segment_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two calls must not each close a half of one.
  PERFORM pg_advisory_xact_lock(hashtextextended('outreach.segments', 0));
  IF EXISTS (
    WITH RECURSIVE reached AS (
      SELECT unnest(ARRAY[NEW.in_segment_id, NEW.not_in_segment_id]) AS id
      UNION
      SELECT part.id
      FROM reached JOIN outreach.segments AS segment ON segment.id = reached.id
      CROSS JOIN LATERAL unnest(ARRAY[segment.in_segment_id, segment.not_in_segment_id]) AS part (id)
    )
    SELECT FROM reached WHERE id = NEW.id
  ) THEN
    RAISE EXCEPTION 'a segment must not be found by way of itself'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'segments_no_circle';
  END IF;
  RETURN NULL;
END
$$;
-- Also while something is undone, which could close one as well.
CREATE TRIGGER refuse_segment_circle AFTER INSERT OR UPDATE OF in_segment_id, not_in_segment_id ON outreach.segments
  FOR EACH ROW WHEN (num_nonnulls(NEW.in_segment_id, NEW.not_in_segment_id) > 0)
  EXECUTE FUNCTION outreach.refuse_segment_circle();

CREATE TABLE outreach.segment_uses (
  communication_id integer NOT NULL REFERENCES public.communications (id) ON DELETE CASCADE,
  segment_id integer NOT NULL REFERENCES outreach.segments (id),
  is_left_out boolean NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  description text,
  people integer[] NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (communication_id, segment_id, is_left_out)
);
COMMENT ON TABLE outreach.segment_uses IS 'Which mails took their people from a segment, and how it was then';
COMMENT ON COLUMN outreach.segment_uses.is_left_out IS 'The people of the segment were left out';
COMMENT ON COLUMN outreach.segment_uses.people IS
  'Who of the segment could be mailed then, by ids of contacts, also of those that became one with others since';
COMMENT ON COLUMN outreach.segment_uses.at IS 'When the mail''s list was made';
CREATE INDEX segment_uses_segment_id_idx ON outreach.segment_uses (segment_id, at);
SELECT outreach.watch('outreach.segment_uses');

CREATE VIEW outreach.last_uses AS
  SELECT DISTINCT ON (used.segment_id) used.segment_id, used.communication_id, communication.title, used.at, used.people
  FROM outreach.segment_uses AS used JOIN public.communications AS communication ON communication.id = used.communication_id
  WHERE NOT used.is_left_out AND communication.status IN ('sending', 'sent')
  ORDER BY used.segment_id, used.at DESC, used.communication_id DESC;
COMMENT ON VIEW outreach.last_uses IS
  'The last mail that took its people from each segment; none of which nothing went out';

-- The question has passed the guard. What is set for it, and that nothing can be written, ends with the block, which
-- is always rolled back.
CREATE FUNCTION outreach.people_asked(question text, zone text) RETURNS TABLE (people integer[], refused text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  BEGIN
    PERFORM set_config('search_path', 'ask, pg_catalog, pg_temp', true), set_config('TimeZone', zone, true),
            set_config('DateStyle', 'ISO, YMD', true), set_config('IntervalStyle', 'postgres', true),
            set_config('standard_conforming_strings', 'on', true), set_config('work_mem', '16MB', true),
            set_config('hash_mem_multiplier', '1', true), set_config('max_parallel_workers_per_gather', '0', true),
            set_config('transaction_read_only', 'on', true),
            CASE WHEN has_parameter_privilege('temp_file_limit', 'SET')
                 THEN set_config('temp_file_limit', '256MB', true) END;
    -- By itself, so that it sees no column but those of its own views.
    EXECUTE 'WITH answer AS MATERIALIZED (SELECT asked.contact_id::bigint AS id FROM (' || E'\n' || question
            || E'\n) AS asked) SELECT coalesce(array_agg(person.id::integer ORDER BY person.id), ''{}'') '
            'FROM public.contacts AS person WHERE person.id IN (SELECT id FROM answer)'
      INTO people;
    RAISE SQLSTATE 'EO000';
  EXCEPTION
    WHEN SQLSTATE 'EO000' THEN NULL;
    WHEN query_canceled OR OTHERS THEN
      people := NULL;
      refused := SQLSTATE;
  END;
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION outreach.people_asked IS
  'The people that a question of somebody''s own answers, under the same bounds as ask_database, or the SQLSTATE with which it failed';

CREATE VIEW ask.segments AS
  SELECT segment.id AS segment_id, segment.name, segment.description, segment.audience, segment.sql, segment.version,
         used.at AS last_used_at, used.communication_id AS last_communication_id,
         cardinality(used.people) AS last_people, segment.created_at, segment.created_by
  FROM outreach.segments AS segment LEFT JOIN outreach.last_uses AS used ON used.segment_id = segment.id;
COMMENT ON VIEW ask.segments IS
  'Audiences with a name; who is in one now, find_audience finds';
COMMENT ON COLUMN ask.segments.segment_id IS 'Tells segments apart';
COMMENT ON COLUMN ask.segments.name IS 'As it was written';
COMMENT ON COLUMN ask.segments.description IS 'Whom it means, in the words of whoever made it';
COMMENT ON COLUMN ask.segments.audience IS 'Its filters, as find_audience takes them; null where it is found by sql';
COMMENT ON COLUMN ask.segments.sql IS 'The question by which it is found; null where it is found by filters';
COMMENT ON COLUMN ask.segments.version IS 'Counts how often it was changed, from 1';
COMMENT ON COLUMN ask.segments.last_used_at IS 'When the last mail to it had its list made';
COMMENT ON COLUMN ask.segments.last_communication_id IS 'The last mail to it; communication_id in other views';
COMMENT ON COLUMN ask.segments.last_people IS 'How many of it could be mailed then';
COMMENT ON COLUMN ask.segments.created_at IS 'When it was entered';
COMMENT ON COLUMN ask.segments.created_by IS 'Who made it';

-- migrate:down

DO $$
DECLARE
  segments bigint;
BEGIN
  SELECT count(*) INTO segments FROM outreach.segments;
  IF segments > 0 THEN
    RAISE EXCEPTION 'Going back would delete % segments. Nothing was changed.', segments;
  END IF;
END
$$;

DROP VIEW ask.segments;
DROP FUNCTION outreach.people_asked(text, text);
DROP VIEW outreach.last_uses;
DROP TABLE outreach.segment_uses;
DROP TABLE outreach.segments;
DROP FUNCTION outreach.refuse_segment_circle();
DROP FUNCTION outreach.rows_meant(jsonb);
