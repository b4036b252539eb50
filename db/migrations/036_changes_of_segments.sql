-- migrate:up

-- As before, and about segments too.
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

-- migrate:down

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
    ('outreach.sends', 'communication'), ('public.marketing_assets', 'asset'), ('public.contacts', 'contact'))
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
         ELSE (SELECT outreach.full_name(first_name::text, last_name::text) FROM public.contacts WHERE id = known.id)
       END, ''), nullif(known.name, ''), (
         SELECT coalesce(image ->> 'name', image ->> 'title',
                         outreach.full_name(image ->> 'first_name', image ->> 'last_name'))
         FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS image
         WHERE gone.table_name = CASE known.kind WHEN 'asset' THEN 'public.marketing_assets'
                                                 ELSE 'public.' || known.kind || 's' END
           AND gone.action = 'removed' AND gone.ids @> known.id AND image ->> 'id' = known.id::text
         ORDER BY gone.id DESC LIMIT 1), '')
FROM known
$$;
