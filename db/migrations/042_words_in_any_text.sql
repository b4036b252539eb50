-- migrate:up

-- Each word is cut only where one is that long, not wherever the text is.
CREATE OR REPLACE FUNCTION outreach.word_beginnings(value text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
DECLARE
  folded text := outreach.fold(coalesce(value, ''));
  words text[] := string_to_array(folded, ' ');
BEGIN
  IF folded ~ '[^ ]{101}' THEN
    words := ARRAY(SELECT left(word, 100) FROM unnest(words) AS word);
  END IF;
  RETURN array_to_tsvector(words);
END
$$;

CREATE FUNCTION outreach.beginnings(asked text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg('(?:^|[^a-z0-9])' || left(word, 100)) FROM unnest(outreach.words(asked)) AS word
$$;
COMMENT ON FUNCTION outreach.beginnings IS
  'Patterns for a text in small plain letters, digits and signs: it has all of them where outreach.beginning_with fits it';

-- Folding a text takes twenty times as long as looking for a pattern in it. The planner puts this in place of the
-- call, and what is asked for is read once for all texts.
CREATE FUNCTION outreach.begins_words(value text, asked text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value COLLATE "C" ~ '[&''`]|[^\u0001-\u007f]'
              THEN outreach.word_beginnings(value) @@ outreach.beginning_with(asked)
              ELSE lower(value COLLATE "C") ~ ALL (outreach.beginnings(asked)) END
$$;
COMMENT ON FUNCTION outreach.begins_words IS
  'Whether every word asked for begins some word of a text that is in no index of outreach.word_beginnings';

CREATE OR REPLACE FUNCTION outreach.matching_timeline(
  events integer[], campaign integer, contact integer, kinds text[], channels text[], status text[],
  words text, from_time timestamptz, to_time timestamptz
) RETURNS SETOF outreach.timeline
LANGUAGE sql STABLE PARALLEL SAFE AS $$
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
         OR outreach.begins_words(concat_ws(' ', entry.title, entry.notes), matching_timeline.words))
$$;

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.matching_timeline(
  events integer[], campaign integer, contact integer, kinds text[], channels text[], status text[],
  words text, from_time timestamptz, to_time timestamptz
) RETURNS SETOF outreach.timeline
LANGUAGE sql STABLE PARALLEL SAFE AS $$
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

DROP FUNCTION outreach.begins_words(text, text);
DROP FUNCTION outreach.beginnings(text);

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
