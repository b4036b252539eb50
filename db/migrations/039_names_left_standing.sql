-- migrate:up

-- A name is also written without blanks, as in handles, and with initials between. Neither is looked for where
-- somebody else is called so, and no short name without blanks, which may be a word. A text, so that it stands in no
-- way of who changes a column's type.
CREATE OR REPLACE FUNCTION outreach.any_of(words text[], kind text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE kind WHEN 'addresses' THEN '(?<![[:alnum:]._%+-])' WHEN 'phones' THEN '(?<![[:alnum:]._%+-])'
                   ELSE '(?<![[:alnum:]])' END
         || '(?:' || string_agg(CASE kind
           WHEN 'phones' THEN '\+?[0-9]{0,4}[ ()./-]{0,2}' || regexp_replace(word, '(.)(?=.)', '\1[ ()./-]{0,2}', 'g')
           -- A quotation mark is escaped within JSON.
           WHEN 'addresses' THEN replace(regexp_replace(normalize(word, NFD), '([!-/:-@\[-`{-~])', '\\\1', 'g'), '\"', '\\?"')
           -- Letter by letter with any accent, and between words what stands there in texts, addresses and file names.
           ELSE replace(spelled.pattern, ' ', '(?:[\s\\\u00a0\u2000-\u200f\u202f",''\u2019]|[._+-]|%20){1,4}'
                        || CASE WHEN kind = 'names' AND NOT EXISTS (
                             SELECT FROM public.contacts AS other
                             CROSS JOIN outreach.fold(outreach.full_name(other.first_name::text, other.last_name::text)) AS name
                             WHERE outreach.words(outreach.full_name(other.first_name::text, other.last_name::text)
                                                  || ' ' || coalesce(other.email::text, '')) @> outreach.words(word)
                               AND name <> outreach.fold(word)
                               AND name ~ ('^' || replace(outreach.fold(word), ' ', '( [^ ])* ') || '$'))
                           THEN '(?:[[:alpha:]][\u0300-\u036f]*(?:[\s\\\u00a0\u2000-\u200f\u202f",''\u2019]|[._+-]|%20){1,4}){0,3}'
                           ELSE '' END)
                || CASE WHEN kind = 'names' AND length(joined.letters) >= 8 AND NOT EXISTS (
                     SELECT FROM public.contacts AS other
                     WHERE outreach.words(outreach.full_name(other.first_name::text, other.last_name::text)
                                          || ' ' || coalesce(other.email::text, '')) @> ARRAY[joined.letters]
                       AND joined.letters = ANY (outreach.words(
                             outreach.full_name(other.first_name::text, other.last_name::text))))
                   THEN '|' || regexp_replace(joined.letters, '(.)', '\1[\u0300-\u036f]*', 'g') || '(?:[0-9]{1,4}(?![0-9]))?'
                   ELSE '' END
           END, '|')
         || ')(?![[:alnum:]\u0300-\u036f])'
  FROM unnest(words) AS word
  CROSS JOIN LATERAL regexp_replace(outreach.spaced(word), '([^ ])', '\1[\u0300-\u036f]*', 'g') AS spelled (pattern)
  CROSS JOIN LATERAL replace(outreach.fold(word), ' ', '') AS joined (letters)
  WHERE outreach.spaced(word) <> '';
$$;
COMMENT ON FUNCTION outreach.any_of IS
  'A pattern for any of these words, standing by themselves, in a text whose accents are apart; kind: names, also joined or with initials between, words, addresses, or phones, whose digits may be grouped anyhow; NULL for none';

-- Where texts of the organiser's still have one of these words, first those that have it with a capital.
CREATE FUNCTION outreach.places_with(words text[]) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
  pattern text := outreach.any_of(words, 'words');
  place record;
  found jsonb;
  places jsonb := '[]';
BEGIN
  IF pattern IS NULL THEN
    RETURN places;
  END IF;
  FOR place IN
    SELECT relation.oid::regclass AS id, said.kind,
           CASE relation.relname WHEN 'event_facts' THEN 'event_id' ELSE 'id' END AS key,
           string_agg(format('normalize(r.%I::text, NFD)', attname), ', ' ORDER BY attnum) AS texts
    FROM pg_class AS relation
    JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
    JOIN pg_type ON pg_type.oid = atttypid
    CROSS JOIN LATERAL (
      SELECT CASE relation.relname WHEN 'marketing_assets' THEN 'asset' WHEN 'asset_distributions' THEN 'distribution'
                                   WHEN 'speaker_sessions' THEN 'session' WHEN 'speaker_ratings' THEN 'rating'
                                   WHEN 'event_facts' THEN 'event'
                                   ELSE replace(rtrim(relation.relname, 's'), '_', ' ') END AS kind
    ) AS said
    WHERE relation.relkind = 'r'
      AND (relnamespace = 'public'::regnamespace AND outreach.has_columns(relation.oid::regclass, 'id')
           OR relation.oid IN ('outreach.notes'::regclass, 'outreach.event_facts'::regclass,
                               'outreach.segments'::regclass, 'outreach.rating_labels'::regclass))
      AND (typcategory = 'S' OR relation.relname = 'event_facts' AND attname = 'value')
      -- Of many rows, whose words are the mail service's.
      AND relation.oid <> 'public.communication_recipients'::regclass
      -- Who else bears the name, and the addresses of others, are theirs.
      AND attname NOT IN ('first_name', 'last_name', 'created_by') AND attname !~ 'email'
    GROUP BY relation.oid, relation.relname, said.kind
    ORDER BY relation.oid
  LOOP
    EXECUTE format(
      'SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(''kind'', $2, ''id'', r.%I, ''likely'', named.is_likely)), ''[]'')
       FROM %s AS r CROSS JOIN LATERAL (
         SELECT bool_or(left(said.one[1], 1) !~ ''[a-z]'') AS is_likely
         FROM unnest(ARRAY[%s]) AS line CROSS JOIN LATERAL regexp_matches(line, $1, ''gi'') AS said (one)) AS named
       WHERE named.is_likely IS NOT NULL', place.key, place.id, place.texts)
      INTO found USING pattern, place.kind;
    places := places || found;
  END LOOP;
  RETURN (
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', one.kind, 'id', one.id) ORDER BY one.likely DESC, one.nth), '[]')
    FROM (SELECT part.said ->> 'kind' AS kind, part.said -> 'id' AS id, min(part.nth) AS nth,
                 bool_or((part.said ->> 'likely')::boolean) AS likely
          FROM jsonb_array_elements(places) WITH ORDINALITY AS part (said, nth)
          GROUP BY part.said ->> 'kind', part.said -> 'id') AS one);
END
$$;
COMMENT ON FUNCTION outreach.places_with IS
  'Which rows have one of these words in a text that an organiser wrote or a file brought: [{kind, id}], the likely ones first';

CREATE FUNCTION outreach.erase_and_look(person integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  parts text[] := ARRAY(
    SELECT DISTINCT part FROM (
      SELECT first_name::text AS first, last_name::text AS last FROM public.contacts WHERE id = person
      UNION SELECT first_name, last_name FROM outreach.known_as WHERE contact_id = person) AS called
    CROSS JOIN LATERAL unnest(ARRAY[first, last, split_part(btrim(first), ' ', 1), split_part(btrim(last), ' ', -1),
                                    outreach.fold(first || last)]) AS part
    WHERE length(outreach.fold(part)) > 1);
  answer jsonb := outreach.erase_contact(person);
BEGIN
  RETURN answer || CASE WHEN answer ? 'erased' THEN jsonb_build_object('still_named', outreach.places_with(parts)) ELSE '{}' END;
END
$$;
COMMENT ON FUNCTION outreach.erase_and_look IS
  'Erases a person as outreach.erase_contact does, and answers besides in still_named which texts have their first or last name alone, which may be somebody else''s';

-- migrate:down

DROP FUNCTION outreach.erase_and_look(integer);
DROP FUNCTION outreach.places_with(text[]);
CREATE OR REPLACE FUNCTION outreach.any_of(words text[], kind text) RETURNS text LANGUAGE sql IMMUTABLE RETURN (
  SELECT CASE kind WHEN 'names' THEN '(?<![[:alnum:]])' ELSE '(?<![[:alnum:]._%+-])' END
         || '(?:' || string_agg(CASE kind
           WHEN 'phones' THEN '\+?[0-9]{0,4}[ ()./-]{0,2}' || regexp_replace(word, '(.)(?=.)', '\1[ ()./-]{0,2}', 'g')
           -- A quotation mark is escaped within JSON.
           WHEN 'addresses' THEN replace(regexp_replace(normalize(word, NFD), '([!-/:-@\[-`{-~])', '\\\1', 'g'), '\"', '\\?"')
           -- Letter by letter with any accent, and between words what stands there in texts, addresses and file names.
           ELSE replace(regexp_replace(outreach.spaced(word), '([^ ])', '\1[\u0300-\u036f]*', 'g'), ' ',
                        '(?:[\s\\\u00a0\u2000-\u200f\u202f",''\u2019]|[._+-]|%20){1,4}')
           END, '|')
         || ')(?![[:alnum:]\u0300-\u036f])'
  FROM unnest(words) AS word WHERE outreach.spaced(word) <> '');
COMMENT ON FUNCTION outreach.any_of IS
  'A pattern for any of these words, standing by themselves, in a text whose accents are apart; kind: names, addresses, or phones, whose digits may be grouped anyhow; NULL for none';
