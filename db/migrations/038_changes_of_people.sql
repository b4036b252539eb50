-- migrate:up

-- Where somebody has no name, their address names them.
CREATE FUNCTION outreach.called(id integer, first_name text, last_name text, email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  coalesce(nullif(outreach.full_name(first_name, last_name), ''), nullif(btrim(email), ''), 'contact ' || id);
COMMENT ON FUNCTION outreach.called IS 'What a person is called in answers: by name, else by address, else by number';

-- As before; what came later for somebody who was merged stands against parting the two.
CREATE OR REPLACE FUNCTION outreach.later_change(wanted bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  WITH entries AS (
    SELECT id, table_name, ids, keys FROM outreach.changed_rows
    WHERE change_id = wanted AND table_name <> 'outreach.recorded_calls'
    UNION ALL
    -- Of two people made one, who both had a mail, the row that stays tells since of both, also where the merge left it as it was.
    SELECT gone.id, gone.table_name, range_agg(int8range(kept.id, kept.id, '[]')), NULL
    FROM outreach.changed_rows AS named
    JOIN outreach.known_as AS known ON named.ids @> known.id::bigint
    JOIN outreach.changed_rows AS gone ON gone.change_id = named.change_id
    CROSS JOIN LATERAL jsonb_to_recordset(gone.before) AS image (communication_id integer, contact_id integer)
    JOIN public.communication_recipients AS kept
      ON kept.communication_id = image.communication_id AND kept.contact_id = known.contact_id
    WHERE named.change_id = wanted AND named.table_name = 'outreach.known_as' AND named.action = 'created'
      AND gone.table_name = 'public.communication_recipients' AND gone.action = 'removed'
      AND image.contact_id = known.former_id
    GROUP BY gone.id
  )
  -- A later change that was undone, and what undid it, leave rows as they were; what undid an earlier one does not.
  SELECT max(later.change_id)
  FROM entries AS entry
  JOIN outreach.changed_rows AS later
    ON later.table_name = entry.table_name AND later.id > entry.id AND later.change_id <> wanted
   AND (later.ids && entry.ids OR entry.ids IS NULL)
  JOIN outreach.changes AS change ON change.id = later.change_id
  WHERE change.undone_by IS NULL AND (change.undoes IS NULL OR change.undoes < wanted)
    AND (entry.keys IS NULL OR EXISTS (
      SELECT FROM jsonb_array_elements(entry.keys) INTERSECT SELECT FROM jsonb_array_elements(later.keys)))
$$;

-- As before, and about pairs of people and addresses too.
CREATE OR REPLACE FUNCTION outreach.changes_about(root regclass, reference text, wanted bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  SELECT written.change_id FROM outreach.linked_rows(root, wanted) AS linked
    JOIN outreach.changed_rows AS written ON written.table_name = linked.table_name AND written.ids && linked.ids
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE written.before @> jsonb_build_array(jsonb_build_object(reference, row_id))
       OR written.keys @> jsonb_build_array(jsonb_build_object(reference, row_id))
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE root = to_regclass('public.contacts') AND written.people @> row_id
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE root = to_regclass('public.contacts') AND written.table_name = 'outreach.distinct_people'
      AND (written.keys @> jsonb_build_array(jsonb_build_object('one', row_id))
           OR written.keys @> jsonb_build_array(jsonb_build_object('other', row_id)))
  UNION
  -- What was decided about an address is about those who read it.
  SELECT written.change_id
  FROM public.contacts AS contact
  JOIN outreach.suppressions AS said ON said.address = nullif(outreach.mailbox(contact.email::text), '')
  JOIN outreach.changed_rows AS written
    ON written.table_name = 'outreach.suppressions' AND written.ids @> said.id::bigint
    WHERE root = to_regclass('public.contacts') AND contact.id = ANY (wanted)
$$;

CREATE OR REPLACE FUNCTION outreach.about_changes(changes bigint[]) RETURNS TABLE (change_id bigint, kind text, id integer, name text)
LANGUAGE sql STABLE AS $$
WITH entries AS MATERIALIZED (
  SELECT entry.change_id, entry.table_name, entry.action, entry.ids, entry.keys, entry.before
  FROM outreach.changed_rows AS entry WHERE entry.change_id = ANY (changes)
), numbered AS MATERIALIZED (
  SELECT entry.change_id, entry.table_name, row.id, gone.image
  FROM entries AS entry
  CROSS JOIN LATERAL (
    SELECT id FROM unnest(entry.ids) AS range,
      generate_series(lower(range), least(upper(range) - 1, lower(range) + 9)) AS id LIMIT 10
  ) AS row
  LEFT JOIN LATERAL (
    SELECT image FROM jsonb_array_elements(entry.before) AS image
    WHERE entry.action = 'removed' AND image ->> 'id' = row.id::text
  ) AS gone ON true
  WHERE entry.table_name <> 'outreach.distinct_people'
), present AS MATERIALIZED (
  SELECT needed.table_name, found.id, found.image
  FROM (SELECT table_name, array_agg(DISTINCT id) AS ids FROM numbered GROUP BY table_name) AS needed
  CROSS JOIN LATERAL outreach.rows_now(needed.table_name, needed.ids) AS found
), written AS (
  SELECT numbered.change_id, numbered.table_name, numbered.id, coalesce(present.image, numbered.image, (
           -- Of a row that was added and is gone, what removed it kept the image.
           SELECT old.row
           FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS old (row)
           WHERE gone.table_name = numbered.table_name AND gone.action = 'removed'
             AND gone.ids @> numbered.id AND old.row ->> 'id' = numbered.id::text
           ORDER BY gone.id DESC LIMIT 1), '{}') AS image
  FROM numbered LEFT JOIN present USING (table_name, id)
  UNION ALL
  SELECT entry.change_id, entry.table_name, NULL, row.key
  FROM entries AS entry
  CROSS JOIN LATERAL (SELECT key FROM jsonb_array_elements(entry.keys) AS key LIMIT 10) AS row
  WHERE entry.table_name LIKE 'public.%' OR entry.table_name = 'outreach.distinct_people'
), nouns AS (
  SELECT * FROM (VALUES
    ('public.events', 'event'), ('public.campaigns', 'campaign'), ('public.communications', 'communication'),
    ('outreach.sends', 'communication'), ('public.marketing_assets', 'asset'), ('public.contacts', 'contact'),
    ('outreach.segments', 'segment'))
    AS noun (table_name, kind)
), meant AS (
  SELECT written.change_id, noun.kind, written.id,
         coalesce(image ->> 'name', image ->> 'title',
                  nullif(outreach.full_name((image ->> 'first_name')::text, (image ->> 'last_name')::text), ''),
                  image ->> 'email') AS name
  FROM written JOIN nouns AS noun USING (table_name)
  UNION
  -- What is not one of these itself is about those that it refers to.
  SELECT written.change_id, refers.kind,
         CASE WHEN written.image ->> refers.column_name ~ '^[0-9]{1,18}$'
              THEN (written.image ->> refers.column_name)::bigint END, NULL
  FROM written
  CROSS JOIN (VALUES ('event', 'event_id'), ('campaign', 'campaign_id'), ('communication', 'communication_id'),
                     ('asset', 'asset_id'), ('contact', 'contact_id')) AS refers (kind, column_name)
  WHERE written.table_name NOT IN (SELECT table_name FROM nouns)
    AND written.table_name NOT IN ('outreach.recorded_calls', 'outreach.removed_entries')
  UNION
  SELECT written.change_id, 'contact', (written.image ->> side)::bigint, NULL
  FROM written CROSS JOIN unnest(ARRAY['one', 'other']) AS side
  WHERE written.table_name = 'outreach.distinct_people'
  UNION
  -- What a person decided about an address is about its readers, and where nobody here reads it, about itself.
  SELECT written.change_id, CASE WHEN reader.id IS NULL THEN 'address' ELSE 'contact' END,
         coalesce(reader.id, written.id), CASE WHEN reader.id IS NULL THEN written.image ->> 'address' END
  FROM written
  LEFT JOIN public.contacts AS reader ON outreach.mailbox(reader.email::text) = written.image ->> 'address'
  WHERE written.table_name = 'outreach.suppressions' AND written.image ->> 'source' = 'person'
    AND written.image ->> 'address' <> ''
), known AS (
  SELECT change_id, kind, id, max(name) AS name FROM meant WHERE id IS NOT NULL GROUP BY change_id, kind, id
)
SELECT known.change_id, known.kind, known.id::integer,
       coalesce(nullif(CASE known.kind
         WHEN 'event' THEN (SELECT name::text FROM public.events WHERE id = known.id)
         WHEN 'campaign' THEN (SELECT name::text FROM public.campaigns WHERE id = known.id)
         WHEN 'communication' THEN (SELECT title::text FROM public.communications WHERE id = known.id)
         WHEN 'asset' THEN (SELECT title::text FROM public.marketing_assets WHERE id = known.id)
         WHEN 'segment' THEN (SELECT name FROM outreach.segments WHERE id = known.id)
         WHEN 'contact' THEN (SELECT outreach.called(id::integer, first_name::text, last_name::text, email::text)
                              FROM public.contacts WHERE id = known.id)
       END, ''), nullif(known.name, ''), (
         SELECT coalesce(image ->> 'name', image ->> 'title',
                         outreach.called(known.id::integer, image ->> 'first_name', image ->> 'last_name', image ->> 'email'))
         FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS image
         WHERE gone.table_name = CASE known.kind WHEN 'asset' THEN 'public.marketing_assets'
                                                 WHEN 'segment' THEN 'outreach.segments'
                                                 ELSE 'public.' || known.kind || 's' END
           AND gone.action = 'removed' AND gone.ids @> known.id AND image ->> 'id' = known.id::text
         ORDER BY gone.id DESC LIMIT 1), '')
FROM known
$$;

-- As before, but that each column of the organiser's is a fact of its own name.
CREATE OR REPLACE FUNCTION outreach.facts_of(event integer)
RETURNS TABLE (key text, at timestamptz, day date, value jsonb, is_own_column boolean)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH own AS MATERIALIZED (
    SELECT said.key, to_jsonb(organisers) -> said.key AS value
    FROM public.events AS organisers
    CROSS JOIN unnest(ARRAY['theme', 'tagline', 'hashtag', 'event_format', 'creative_brief', 'is_free'])
      AS said (key)
    WHERE organisers.id = facts_of.event AND to_jsonb(organisers) ? said.key
  )
  SELECT own.key, NULL, NULL, own.value, true FROM own
  UNION ALL
  SELECT fact.key, fact.at, fact.day, fact.value, false
  FROM outreach.event_facts AS fact
  WHERE fact.event_id = facts_of.event AND NOT EXISTS (SELECT FROM own WHERE own.key = fact.key)
$$;

-- As before, and by former names and addresses.
CREATE INDEX known_as_beginnings_idx ON outreach.known_as
  USING gin (outreach.word_beginnings(name || ' ' || coalesce(email, '')));
CREATE OR REPLACE FUNCTION outreach.matching_contacts(beginnings text, events integer[], role text, deliverable text)
RETURNS TABLE (contact_id integer) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT contact.id::integer
  FROM public.contacts AS contact
  WHERE (matching_contacts.beginnings IS NULL OR contact.id = ANY (ARRAY(
          SELECT named.id::integer FROM public.contacts AS named
          WHERE outreach.word_beginnings(
                  outreach.full_name(named.first_name::text, named.last_name::text)
                  || ' ' || coalesce(named.email::text, ''))
                @@ outreach.beginning_with(matching_contacts.beginnings)::tsquery
          UNION ALL
          SELECT known.contact_id FROM outreach.known_as AS known
          WHERE outreach.word_beginnings(known.name || ' ' || coalesce(known.email, ''))
                @@ outreach.beginning_with(matching_contacts.beginnings)::tsquery)))
    AND ((matching_contacts.events IS NULL AND matching_contacts.role IS NULL) OR EXISTS (
          SELECT FROM outreach.participations() AS taken
          WHERE taken.contact_id = contact.id
            AND (matching_contacts.role IS NULL OR taken.role = matching_contacts.role)
            AND (matching_contacts.events IS NULL OR taken.event_id IS NULL
                 OR taken.event_id = ANY (matching_contacts.events))))
    AND (matching_contacts.deliverable IS NULL OR contact.id IN (
          SELECT known.contact_id FROM outreach.deliverability(NULL) AS known
          WHERE known.state = matching_contacts.deliverable))
$$;
COMMENT ON FUNCTION outreach.matching_contacts IS
  'The people that a filter means; what is null does not narrow. Each word of beginnings begins a word of the name or the address, or of a former one';

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.matching_contacts(beginnings text, events integer[], role text, deliverable text)
RETURNS TABLE (contact_id integer) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT contact.id::integer
  FROM public.contacts AS contact
  WHERE (matching_contacts.beginnings IS NULL
         OR outreach.word_beginnings(
              outreach.full_name(contact.first_name::text, contact.last_name::text)
              || ' ' || coalesce(contact.email::text, ''))
            @@ outreach.beginning_with(matching_contacts.beginnings)::tsquery)
    AND ((matching_contacts.events IS NULL AND matching_contacts.role IS NULL) OR EXISTS (
          SELECT FROM outreach.participations() AS taken
          WHERE taken.contact_id = contact.id
            AND (matching_contacts.role IS NULL OR taken.role = matching_contacts.role)
            AND (matching_contacts.events IS NULL OR taken.event_id IS NULL
                 OR taken.event_id = ANY (matching_contacts.events))))
    AND (matching_contacts.deliverable IS NULL OR contact.id IN (
          SELECT known.contact_id FROM outreach.deliverability(NULL) AS known
          WHERE known.state = matching_contacts.deliverable))
$$;
COMMENT ON FUNCTION outreach.matching_contacts IS
  'The people that a filter means; what is null does not narrow. Each word of beginnings begins a word of the name or the address';
DROP INDEX outreach.known_as_beginnings_idx;

CREATE OR REPLACE FUNCTION outreach.facts_of(event integer)
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

CREATE OR REPLACE FUNCTION outreach.about_changes(changes bigint[]) RETURNS TABLE (change_id bigint, kind text, id integer, name text)
LANGUAGE sql STABLE AS $$
WITH entries AS MATERIALIZED (
  SELECT entry.change_id, entry.table_name, entry.action, entry.ids, entry.keys, entry.before
  FROM outreach.changed_rows AS entry WHERE entry.change_id = ANY (changes)
), numbered AS MATERIALIZED (
  SELECT entry.change_id, entry.table_name, row.id, gone.image
  FROM entries AS entry
  CROSS JOIN LATERAL (
    SELECT id FROM unnest(entry.ids) AS range,
      generate_series(lower(range), least(upper(range) - 1, lower(range) + 9)) AS id LIMIT 10
  ) AS row
  LEFT JOIN LATERAL (
    SELECT image FROM jsonb_array_elements(entry.before) AS image
    WHERE entry.action = 'removed' AND image ->> 'id' = row.id::text
  ) AS gone ON true
), present AS MATERIALIZED (
  SELECT needed.table_name, found.id, found.image
  FROM (SELECT table_name, array_agg(DISTINCT id) AS ids FROM numbered GROUP BY table_name) AS needed
  CROSS JOIN LATERAL outreach.rows_now(needed.table_name, needed.ids) AS found
), written AS (
  SELECT numbered.change_id, numbered.table_name, numbered.id, coalesce(present.image, numbered.image, (
           -- Of a row that was added and is gone, what removed it kept the image.
           SELECT old.row
           FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS old (row)
           WHERE gone.table_name = numbered.table_name AND gone.action = 'removed'
             AND gone.ids @> numbered.id AND old.row ->> 'id' = numbered.id::text
           ORDER BY gone.id DESC LIMIT 1), '{}') AS image
  FROM numbered LEFT JOIN present USING (table_name, id)
  UNION ALL
  SELECT entry.change_id, entry.table_name, NULL, row.key
  FROM entries AS entry
  CROSS JOIN LATERAL (SELECT key FROM jsonb_array_elements(entry.keys) AS key LIMIT 10) AS row
  WHERE entry.table_name LIKE 'public.%'
), nouns AS (
  SELECT * FROM (VALUES
    ('public.events', 'event'), ('public.campaigns', 'campaign'), ('public.communications', 'communication'),
    ('outreach.sends', 'communication'), ('public.marketing_assets', 'asset'), ('public.contacts', 'contact'),
    ('outreach.segments', 'segment'))
    AS noun (table_name, kind)
), meant AS (
  SELECT written.change_id, noun.kind, written.id,
         coalesce(image ->> 'name', image ->> 'title',
                  outreach.full_name((image ->> 'first_name')::text, (image ->> 'last_name')::text)) AS name
  FROM written JOIN nouns AS noun USING (table_name)
  UNION
  -- What is not one of these itself is about those that it refers to.
  SELECT written.change_id, refers.kind,
         CASE WHEN written.image ->> refers.column_name ~ '^[0-9]{1,18}$'
              THEN (written.image ->> refers.column_name)::bigint END, NULL
  FROM written
  CROSS JOIN (VALUES ('event', 'event_id'), ('campaign', 'campaign_id'), ('communication', 'communication_id'),
                     ('asset', 'asset_id'), ('contact', 'contact_id')) AS refers (kind, column_name)
  WHERE written.table_name NOT IN (SELECT table_name FROM nouns)
    AND written.table_name NOT IN ('outreach.recorded_calls', 'outreach.removed_entries')
), known AS (
  SELECT change_id, kind, id, max(name) AS name FROM meant WHERE id IS NOT NULL GROUP BY change_id, kind, id
)
SELECT known.change_id, known.kind, known.id::integer,
       coalesce(nullif(CASE known.kind
         WHEN 'event' THEN (SELECT name::text FROM public.events WHERE id = known.id)
         WHEN 'campaign' THEN (SELECT name::text FROM public.campaigns WHERE id = known.id)
         WHEN 'communication' THEN (SELECT title::text FROM public.communications WHERE id = known.id)
         WHEN 'asset' THEN (SELECT title::text FROM public.marketing_assets WHERE id = known.id)
         WHEN 'segment' THEN (SELECT name FROM outreach.segments WHERE id = known.id)
         ELSE (SELECT outreach.full_name(first_name::text, last_name::text) FROM public.contacts WHERE id = known.id)
       END, ''), nullif(known.name, ''), (
         SELECT coalesce(image ->> 'name', image ->> 'title',
                         outreach.full_name(image ->> 'first_name', image ->> 'last_name'))
         FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS image
         WHERE gone.table_name = CASE known.kind WHEN 'asset' THEN 'public.marketing_assets'
                                                 WHEN 'segment' THEN 'outreach.segments'
                                                 ELSE 'public.' || known.kind || 's' END
           AND gone.action = 'removed' AND gone.ids @> known.id AND image ->> 'id' = known.id::text
         ORDER BY gone.id DESC LIMIT 1), '')
FROM known
$$;

CREATE OR REPLACE FUNCTION outreach.changes_about(root regclass, reference text, wanted bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  SELECT written.change_id FROM outreach.linked_rows(root, wanted) AS linked
    JOIN outreach.changed_rows AS written ON written.table_name = linked.table_name AND written.ids && linked.ids
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE written.before @> jsonb_build_array(jsonb_build_object(reference, row_id))
       OR written.keys @> jsonb_build_array(jsonb_build_object(reference, row_id))
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE root = to_regclass('public.contacts') AND written.people @> row_id
$$;

CREATE OR REPLACE FUNCTION outreach.later_change(wanted bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  -- A later change that was undone, and what undid it, leave rows as they were; what undid an earlier one does not.
  SELECT max(later.change_id)
  FROM outreach.changed_rows AS entry
  JOIN outreach.changed_rows AS later
    ON later.table_name = entry.table_name AND later.id > entry.id AND later.change_id <> wanted
   AND (later.ids && entry.ids OR entry.ids IS NULL)
  JOIN outreach.changes AS change ON change.id = later.change_id
  WHERE entry.change_id = wanted AND change.undone_by IS NULL
    AND (change.undoes IS NULL OR change.undoes < wanted) AND entry.table_name <> 'outreach.recorded_calls'
    AND (entry.keys IS NULL OR EXISTS (
      SELECT FROM jsonb_array_elements(entry.keys) INTERSECT SELECT FROM jsonb_array_elements(later.keys)))
$$;

DROP FUNCTION outreach.called(integer, text, text, text);
