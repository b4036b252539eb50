-- migrate:up

-- Made only where absent, as in the migration before.
DO $$
BEGIN
  IF to_regclass('public.speakers') IS NULL THEN
    CREATE TABLE public.speakers (
      id serial PRIMARY KEY,
      contact_id integer NOT NULL UNIQUE REFERENCES public.contacts (id),
      sessionize_id varchar(100),
      tagline text,
      bio text,
      shirt_size varchar(50),
      profile_picture text
    );
    CREATE INDEX speakers_sessionize_id_idx ON public.speakers (sessionize_id);
  END IF;

  IF to_regclass('public.speaker_sessions') IS NULL THEN
    CREATE TABLE public.speaker_sessions (
      id serial PRIMARY KEY,
      event_id integer NOT NULL REFERENCES public.events (id),
      contact_id integer NOT NULL REFERENCES public.contacts (id),
      sessionize_session_id varchar(100),
      title text NOT NULL,
      description text,
      session_format varchar(200),
      track varchar(200),
      level varchar(200),
      room varchar(200),
      scheduled_at timestamp,
      duration_minutes integer,
      recording_link text,
      UNIQUE (event_id, sessionize_session_id, contact_id)
    );
    COMMENT ON TABLE public.speaker_sessions IS 'One row per speaker per session';
    CREATE INDEX speaker_sessions_contact_id_idx ON public.speaker_sessions (contact_id);
  END IF;

  IF to_regclass('public.speaker_ratings') IS NULL THEN
    CREATE TABLE public.speaker_ratings (
      id serial PRIMARY KEY,
      speaker_session_id integer NOT NULL REFERENCES public.speaker_sessions (id),
      topic_rating integer CHECK (topic_rating BETWEEN 1 AND 7),
      presentation_rating integer CHECK (presentation_rating BETWEEN 1 AND 7),
      event_rating text,
      speaker_comment text,
      event_comment text,
      response_id varchar(100),
      created_at timestamptz DEFAULT now(),
      UNIQUE (speaker_session_id, response_id)
    );
  END IF;
END
$$;

-- migrate:down

DO $$
DECLARE
  base_table text;
  holds_rows boolean;
BEGIN
  FOREACH base_table IN ARRAY ARRAY['speaker_ratings', 'speaker_sessions', 'speakers'] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', base_table) INTO holds_rows;
    IF holds_rows THEN
      RAISE EXCEPTION 'The table % holds rows. Going back further would delete them, so nothing was changed.',
        base_table;
    END IF;
  END LOOP;
END
$$;

DROP TABLE public.speaker_ratings;
DROP TABLE public.speaker_sessions;
DROP TABLE public.speakers;
