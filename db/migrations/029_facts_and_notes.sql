-- migrate:up

CREATE FUNCTION outreach.fact_kind(key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN key ~ '_(at|opens|closes|on|by)$' THEN 'time'
  WHEN key ~ '_url$' THEN 'address'
  WHEN key = 'capacity' THEN 'number'
  WHEN key IN ('theme', 'tagline', 'hashtag', 'brief', 'format', 'contact_person') THEN 'text'
  WHEN key = 'is_free' THEN 'boolean'
  ELSE 'any' END;
COMMENT ON FUNCTION outreach.fact_kind IS
  'What a fact of an event is by its key: time, address, number, text, boolean; any: text, number or boolean';

CREATE TABLE outreach.event_facts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id integer NOT NULL REFERENCES public.events (id) ON DELETE CASCADE,
  key text NOT NULL,
  at timestamptz,
  day date,
  value jsonb,
  CONSTRAINT event_facts_event_id_key_key UNIQUE (event_id, key),
  CONSTRAINT event_facts_key_form CHECK (
    length(key) <= 60 AND key COLLATE "C" ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$'),
  CONSTRAINT event_facts_value_of_key CHECK (CASE outreach.fact_kind(key)
    WHEN 'time' THEN num_nonnulls(at, day) = 1 AND value IS NULL
    ELSE num_nonnulls(at, day) = 0 AND value IS NOT NULL AND CASE outreach.fact_kind(key)
      WHEN 'address' THEN jsonb_typeof(value) = 'string' AND value #>> '{}' ~* '^https?://[^[:space:]/?#]+[^[:space:]]*$'
      WHEN 'number' THEN jsonb_typeof(value) = 'number' AND CASE WHEN jsonb_typeof(value) = 'number'
                              THEN value::numeric >= 0 AND value::numeric % 1 = 0 END
      WHEN 'text' THEN jsonb_typeof(value) = 'string' AND btrim(value #>> '{}') <> ''
      WHEN 'boolean' THEN jsonb_typeof(value) = 'boolean'
      ELSE jsonb_typeof(value) IN ('string', 'number', 'boolean') AND btrim(value #>> '{}') <> '' END
    END)
);
COMMENT ON TABLE outreach.event_facts IS
  'What is known of an event beyond its row: deadlines, addresses, theme, capacity and what else the organiser says';
COMMENT ON COLUMN outreach.event_facts.at IS 'Of a fact that is a time, where its hour is known';
COMMENT ON COLUMN outreach.event_facts.day IS 'Of a fact that is a time, where only its day is known';
COMMENT ON COLUMN outreach.event_facts.value IS 'Of any other fact: a text, a number or a boolean';
SELECT outreach.watch('outreach.event_facts');

-- A function, so that nothing pins a column of events, which is of other hands.
CREATE FUNCTION outreach.facts_of(event integer)
RETURNS TABLE (key text, at timestamptz, day date, value jsonb, is_own_column boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH own AS MATERIALIZED (
    SELECT said.key, to_jsonb(organisers) -> said.name AS value
    FROM public.events AS organisers
    CROSS JOIN (VALUES ('theme', 'theme'), ('tagline', 'tagline'), ('hashtag', 'hashtag'),
                       ('format', 'event_format'), ('brief', 'creative_brief'), ('is_free', 'is_free'))
      AS said (key, name)
    WHERE organisers.id = facts_of.event AND to_jsonb(organisers) ? said.name
  )
  SELECT own.key, NULL, NULL, own.value, true FROM own
  UNION ALL
  SELECT fact.key, fact.at, fact.day, fact.value, false
  FROM outreach.event_facts AS fact
  WHERE fact.event_id = facts_of.event AND NOT EXISTS (SELECT FROM own WHERE own.key = fact.key)
$$;
COMMENT ON FUNCTION outreach.facts_of IS
  'The facts of an event; is_own_column: kept in a column of events that the organiser made, also where it is empty';

CREATE TABLE outreach.notes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id integer REFERENCES public.events (id) ON DELETE CASCADE,
  campaign_id integer REFERENCES public.campaigns (id) ON DELETE CASCADE,
  contact_id integer REFERENCES public.contacts (id) ON DELETE CASCADE,
  communication_id integer REFERENCES public.communications (id) ON DELETE CASCADE,
  text text NOT NULL,
  due timestamptz,
  done_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL DEFAULT outreach.actor(),
  CONSTRAINT notes_about_one_thing CHECK (
    num_nonnulls(event_id, campaign_id, contact_id, communication_id) = 1),
  CONSTRAINT notes_text_not_blank CHECK (btrim(text) <> '')
);
COMMENT ON TABLE outreach.notes IS 'What somebody wants remembered of an event, a campaign, a person or a mail';
COMMENT ON COLUMN outreach.notes.due IS 'By when it is to be done; one that is not done by then is overdue';
CREATE INDEX notes_event_id_idx ON outreach.notes (event_id);
CREATE INDEX notes_campaign_id_idx ON outreach.notes (campaign_id);
CREATE INDEX notes_contact_id_idx ON outreach.notes (contact_id);
CREATE INDEX notes_communication_id_idx ON outreach.notes (communication_id);
SELECT outreach.watch('outreach.notes');

CREATE FUNCTION outreach.notes_by_name()
RETURNS TABLE (
  id integer, kind text, about_id integer, about_name text, event_id integer, campaign_id integer,
  contact_id integer, communication_id integer, text text, due timestamptz, done_at timestamptz,
  created_at timestamptz, created_by text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT note.id,
         CASE WHEN note.event_id IS NOT NULL THEN 'event' WHEN note.campaign_id IS NOT NULL THEN 'campaign'
              WHEN note.contact_id IS NOT NULL THEN 'contact' ELSE 'communication' END,
         coalesce(note.event_id, note.campaign_id, note.contact_id, note.communication_id),
         CASE WHEN note.event_id IS NOT NULL THEN event.name::text
              WHEN note.campaign_id IS NOT NULL THEN campaign.name::text
              WHEN note.contact_id IS NOT NULL
                THEN outreach.full_name(contact.first_name::text, contact.last_name::text)
              ELSE communication.title::text END,
         coalesce(note.event_id, campaign.event_id), coalesce(note.campaign_id, communication.campaign_id),
         note.contact_id, note.communication_id, note.text, note.due, note.done_at, note.created_at,
         note.created_by
  FROM outreach.notes AS note
  LEFT JOIN public.events AS event ON event.id = note.event_id
  LEFT JOIN public.communications AS communication ON communication.id = note.communication_id
  LEFT JOIN public.campaigns AS campaign ON campaign.id = coalesce(note.campaign_id, communication.campaign_id)
  LEFT JOIN public.contacts AS contact ON contact.id = note.contact_id
$$;
COMMENT ON FUNCTION outreach.notes_by_name IS
  'Notes with what they are about; a note on a mail is of its campaign too, one on a campaign of its event';

ALTER TABLE outreach.recorded_calls
  DROP CONSTRAINT recorded_calls_kind_check,
  ADD CONSTRAINT recorded_calls_kind_check CHECK (
    kind IN ('communication', 'asset', 'distribution', 'removal', 'note'));

-- migrate:down

DO $$
DECLARE
  facts bigint;
  notes bigint;
BEGIN
  SELECT count(*) INTO facts FROM outreach.event_facts;
  SELECT count(*) INTO notes FROM outreach.notes;
  IF facts + notes > 0 THEN
    RAISE EXCEPTION 'Going back would delete % facts of events and % notes. Nothing was changed.', facts, notes;
  END IF;
END
$$;

DELETE FROM outreach.recorded_calls WHERE kind = 'note';
ALTER TABLE outreach.recorded_calls
  DROP CONSTRAINT recorded_calls_kind_check,
  ADD CONSTRAINT recorded_calls_kind_check CHECK (kind IN ('communication', 'asset', 'distribution', 'removal'));
DROP FUNCTION outreach.notes_by_name();
DROP TABLE outreach.notes;
DROP FUNCTION outreach.facts_of(integer);
DROP TABLE outreach.event_facts;
DROP FUNCTION outreach.fact_kind(text);
