-- migrate:up

-- What a feedback form calls a session goes by the session's Sessionize id, else by its title, as imports do:
-- both outlast an import that is undone and done again, and ids of rows do not.
CREATE TABLE outreach.rating_labels (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id integer NOT NULL REFERENCES public.events (id) ON DELETE CASCADE,
  label text NOT NULL,
  session_title text,
  sessionize_session_id text,
  skipped boolean NOT NULL,
  mapped_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT rating_labels_has_words CHECK (outreach.fold(label) <> ''),
  CONSTRAINT rating_labels_session_or_skipped CHECK (skipped = (session_title IS NULL)),
  CONSTRAINT rating_labels_id_of_session CHECK (sessionize_session_id IS NULL OR session_title IS NOT NULL)
);
CREATE UNIQUE INDEX rating_labels_event_id_label_idx
  ON outreach.rating_labels (event_id, outreach.fold(label));
COMMENT ON TABLE outreach.rating_labels IS
  'Which session a label of the feedback form means at an event, or that its ratings are left out: as a person said';
COMMENT ON COLUMN outreach.rating_labels.label IS 'As the form writes it, with the number and the speakers';

CREATE TABLE outreach.unmatched_answers (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id integer NOT NULL REFERENCES public.events (id) ON DELETE CASCADE,
  label text NOT NULL,
  response_id text NOT NULL,
  best_match text,
  score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
  topic_rating integer CHECK (topic_rating BETWEEN 1 AND 7),
  presentation_rating integer CHECK (presentation_rating BETWEEN 1 AND 7)
);
CREATE UNIQUE INDEX unmatched_answers_response_idx
  ON outreach.unmatched_answers (event_id, outreach.fold(label), response_id);
COMMENT ON TABLE outreach.unmatched_answers IS
  'Figures of imported answers whose label means no session of the event; gone once an import matches them or leaves them out';
COMMENT ON COLUMN outreach.unmatched_answers.best_match IS 'Title of the session nearest to the label; null where there is none';
COMMENT ON COLUMN outreach.unmatched_answers.score IS 'How like the label that session is, 0 to 1';

SELECT outreach.watch('outreach.rating_labels');
SELECT outreach.watch('outreach.unmatched_answers');

CREATE VIEW outreach.unmatched_ratings AS
  SELECT event_id, (array_agg(label ORDER BY id DESC))[1] AS label,
         (array_agg(best_match ORDER BY id DESC))[1] AS best_match,
         (array_agg(score ORDER BY id DESC))[1] AS score,
         count(*)::integer AS answers,
         round(avg(topic_rating), 2)::double precision AS topic_rating,
         round(avg(presentation_rating), 2)::double precision AS presentation_rating
  FROM outreach.unmatched_answers
  GROUP BY event_id, outreach.fold(label);
COMMENT ON VIEW outreach.unmatched_ratings IS
  'By event and label: answers that no session got, the nearest session, and the means of their figures to two decimals';

-- migrate:down

DO $$
DECLARE
  mappings bigint;
  answers bigint;
BEGIN
  SELECT count(*) INTO mappings FROM outreach.rating_labels;
  SELECT count(*) INTO answers FROM outreach.unmatched_answers;
  IF mappings + answers > 0 THEN
    RAISE EXCEPTION 'Going back would delete % mappings of rating labels and % unmatched answers. Nothing was changed.',
      mappings, answers;
  END IF;
END
$$;

DROP VIEW outreach.unmatched_ratings;
DROP TABLE outreach.unmatched_answers;
DROP TABLE outreach.rating_labels;
