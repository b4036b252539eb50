-- migrate:up

-- The plan's tables are made beside their place first, where they also say what a table of other hands
-- has to have.
CREATE SCHEMA outreach;
CREATE TABLE outreach.campaigns (
  id serial PRIMARY KEY,
  name varchar(200) NOT NULL,
  event_id integer NOT NULL REFERENCES public.events (id),
  campaign_type varchar(50) NOT NULL
    CHECK (campaign_type IN ('cfp', 'registration', 'reminder', 'thank_you', 'sponsor', 'general')),
  description text,
  status varchar(20) DEFAULT 'draft'
    CHECK (status IN ('draft', 'active', 'completed', 'cancelled')),
  created_at timestamptz DEFAULT now(),
  updated_at timestamptz DEFAULT now()
);
CREATE INDEX campaigns_event_id_idx ON outreach.campaigns (event_id);
CREATE INDEX campaigns_campaign_type_idx ON outreach.campaigns (campaign_type);
CREATE INDEX campaigns_status_idx ON outreach.campaigns (status);

CREATE TABLE outreach.communications (
  id serial PRIMARY KEY,
  campaign_id integer NOT NULL REFERENCES outreach.campaigns (id),
  channel varchar(30) NOT NULL
    CHECK (channel IN ('email', 'linkedin_post', 'marketing_material')),
  title varchar(500),
  brevo_template_id integer,
  post_url text,
  content_summary text,
  recipient_count integer DEFAULT 0,
  status varchar(20) DEFAULT 'draft'
    CHECK (status IN ('draft', 'sending', 'sent', 'published', 'failed')),
  sent_at timestamptz,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX communications_campaign_id_idx ON outreach.communications (campaign_id);
CREATE INDEX communications_channel_idx ON outreach.communications (channel);
CREATE INDEX communications_sent_at_idx ON outreach.communications (sent_at);

CREATE TABLE outreach.communication_recipients (
  id serial PRIMARY KEY,
  communication_id integer NOT NULL REFERENCES outreach.communications (id),
  contact_id integer NOT NULL REFERENCES public.contacts (id),
  status varchar(20) DEFAULT 'queued'
    CHECK (status IN ('queued', 'sent', 'delivered', 'opened', 'clicked', 'bounced', 'failed')),
  brevo_message_id varchar(100),
  sent_at timestamptz,
  metadata jsonb,
  UNIQUE (communication_id, contact_id)
);
CREATE INDEX communication_recipients_contact_id_idx ON outreach.communication_recipients (contact_id);
CREATE INDEX communication_recipients_status_idx ON outreach.communication_recipients (status);

CREATE TABLE outreach.marketing_assets (
  id serial PRIMARY KEY,
  campaign_id integer REFERENCES outreach.campaigns (id),
  event_id integer NOT NULL REFERENCES public.events (id),
  asset_type varchar(50) NOT NULL
    CHECK (asset_type IN ('social_graphic', 'flyer', 'banner', 'poster', 'video', 'presentation')),
  title varchar(200) NOT NULL,
  description text,
  file_url text,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX marketing_assets_event_id_idx ON outreach.marketing_assets (event_id);
CREATE INDEX marketing_assets_campaign_id_idx ON outreach.marketing_assets (campaign_id);

CREATE TABLE outreach.asset_distributions (
  id serial PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES outreach.marketing_assets (id),
  channel varchar(50) NOT NULL
    CHECK (channel IN ('linkedin', 'whatsapp', 'twitter', 'print', 'email', 'website')),
  distributed_at timestamptz DEFAULT now(),
  reach_estimate integer,
  notes text
);
CREATE INDEX asset_distributions_asset_id_idx ON outreach.asset_distributions (asset_id);

-- Whether a CHECK lets its first column hold a word, or be empty, while its others are empty. Asked of the CHECK
-- itself, as there are many ways to write a list.
CREATE FUNCTION outreach.check_allows(oid, text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  allowed boolean;
BEGIN
  EXECUTE (
    SELECT format('SELECT coalesce((%s), true) FROM (SELECT %s) AS row', pg_get_expr(conbin, conrelid),
                  string_agg(format('%s::%s AS %I',
                    CASE WHEN attnum = conkey[1] THEN quote_nullable($2) ELSE 'NULL' END,
                    format_type(atttypid, atttypmod), attname), ', '))
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey)
    WHERE pg_constraint.oid = $1
    GROUP BY conbin, conrelid) INTO allowed;
  RETURN allowed;
EXCEPTION WHEN OTHERS THEN
  -- It is of something else than text.
  RETURN false;
END
$$;

-- A constraint or a default, whichever of the two schemas it is of and however its types are spelled.
CREATE FUNCTION outreach.bare(definition text) RETURNS text LANGUAGE sql RETURN
  replace(regexp_replace(definition,
    '\m(outreach|public)\.|::(character varying|text|timestamp with time zone)(\(\d+\))?(\[\])?', '', 'g'),
    'CURRENT_TIMESTAMP', 'now()');

-- The tables of other hands, each beside the plan's.
CREATE VIEW outreach.held AS
  SELECT plan.relname AS place, plan.oid AS plan, theirs.oid AS theirs, theirs.relkind,
         theirs.relpersistence, theirs.relrowsecurity
  FROM pg_class AS plan
  JOIN pg_class AS theirs
    ON theirs.relname = plan.relname AND theirs.relnamespace = 'public'::regnamespace
  WHERE plan.relnamespace = 'outreach'::regnamespace AND plan.relkind = 'r';

-- Which of their constraints and indexes stands for which of the plan's, under whatever name.
CREATE VIEW outreach.counterparts AS
  SELECT place, 'constraint' AS kind, meant.oid AS meant, meant.conname AS name,
         kept.oid AS kept, kept.conname AS kept_name
  FROM outreach.held
  JOIN pg_constraint AS meant ON meant.conrelid = held.plan AND meant.contype IN ('p', 'u', 'f', 'c')
  LEFT JOIN LATERAL (
    SELECT oid, conname FROM pg_constraint AS candidate
    WHERE conrelid = held.theirs AND contype = meant.contype
      AND CASE WHEN contype <> 'c'
               THEN outreach.bare(pg_get_constraintdef(oid)) = outreach.bare(pg_get_constraintdef(meant.oid))
               ELSE cardinality(conkey) = 1 AND convalidated
                AND (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])
                  = (SELECT attname FROM pg_attribute WHERE attrelid = held.plan AND attnum = meant.conkey[1])
                AND NOT outreach.check_allows(oid, 'no such word')
                AND (SELECT bool_and(outreach.check_allows(candidate.oid, word[1]))
                     FROM regexp_matches(pg_get_constraintdef(meant.oid), '''(\w+)''', 'g') AS word) END
    ORDER BY conname LIMIT 1
  ) AS kept ON true
  UNION ALL
  SELECT place, 'index', meant.indexrelid, name.relname, kept.indexrelid, kept.relname
  FROM outreach.held
  JOIN pg_index AS meant ON meant.indrelid = held.plan AND NOT meant.indisunique
  JOIN pg_class AS name ON name.oid = meant.indexrelid
  LEFT JOIN LATERAL (
    SELECT indexrelid, relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indrelid = held.theirs AND indisvalid AND NOT indisunique
      AND substring(pg_get_indexdef(indexrelid) FROM ' USING .*')
        = substring(pg_get_indexdef(meant.indexrelid) FROM ' USING .*')
    ORDER BY relname LIMIT 1
  ) AS kept ON true;

-- What rules of their own their tables have only of columns that the plan does not have, and that a row which leaves
-- these as they are keeps.
CREATE VIEW outreach.rules_beside AS
  WITH beside AS (
    SELECT theirs, attnum, atthasdef OR attidentity <> '' AS is_filled
    FROM outreach.held
    JOIN pg_attribute AS own ON attrelid = theirs AND attnum > 0 AND NOT attisdropped
    WHERE NOT EXISTS (SELECT FROM pg_attribute AS meant
                      WHERE meant.attrelid = plan AND meant.attnum > 0 AND meant.attname = own.attname)
  )
  SELECT rule.oid
  FROM (
    SELECT oid, conrelid AS table_id, contype, conkey AS columns FROM pg_constraint WHERE contype IN ('c', 'f', 'u')
    UNION ALL
    SELECT indexrelid, indrelid, 'u', indkey::int2[] FROM pg_index WHERE indisunique AND NOT indnullsnotdistinct
  ) AS rule
  JOIN outreach.held ON theirs = table_id
  CROSS JOIN LATERAL (
    SELECT count(*) = cardinality(rule.columns) AS are_beside, bool_or(is_filled) AS is_any_filled,
           bool_and(is_filled) AS are_filled
    FROM beside WHERE beside.theirs = held.theirs AND attnum = ANY(rule.columns)
  ) AS its
  WHERE are_beside
    AND CASE contype WHEN 'f' THEN true
                     WHEN 'u' THEN NOT are_filled
                     ELSE is_any_filled OR outreach.check_allows(rule.oid, NULL) END;

-- An organiser may have made these tables by hand, with small differences. What is wider than the plan's
-- stays, and so do the rows; whatever else differs is named, all of it at once.
DO $$
DECLARE
  differences text[];
  rule record;
  concerned bigint;
  highest bigint;
BEGIN
  WITH columns AS (
    SELECT place, attrelid = plan AS is_plan, attname, attnotnull, atttypid, atttypmod, attcollation,
           attidentity, attgenerated, format_type(atttypid, atttypmod) AS type,
           CASE WHEN attidentity = 'd' OR pg_get_expr(adbin, adrelid) LIKE 'nextval(%' THEN 'the next number'
                ELSE outreach.bare(pg_get_expr(adbin, adrelid)) END AS standard
    FROM outreach.held
    JOIN pg_attribute ON attrelid IN (plan, theirs) AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relkind = 'r'
  ), pairs AS (
    SELECT place, place || '.' || attname AS name,
           meant.is_plan IS NULL AS is_extra, kept.is_plan IS NULL AS is_missing,
           meant.type AS meant_type, kept.type AS kept_type,
           kept.type = meant.type
             OR meant.atttypid IN ('varchar'::regtype, 'text'::regtype)
                AND kept.atttypid IN ('varchar'::regtype, 'text'::regtype)
                AND (kept.atttypmod = -1 OR meant.atttypmod <> -1 AND kept.atttypmod >= meant.atttypmod)
             AS is_wide_enough,
           kept.attcollation = meant.attcollation AS has_same_collation,
           meant.attnotnull AS meant_notnull, kept.attnotnull AS kept_notnull,
           meant.standard AS meant_standard, kept.standard AS kept_standard,
           kept.attidentity, kept.attgenerated
    FROM (SELECT * FROM columns WHERE is_plan) AS meant
    FULL JOIN (SELECT * FROM columns WHERE NOT is_plan) AS kept USING (place, attname)
  ), kept AS (
    SELECT place, 1 AS part, place || ' is not an ordinary table' AS difference
      FROM outreach.held WHERE relkind <> 'r' OR relpersistence <> 'p'
    UNION ALL
    SELECT place, 1, place || ' has row security' FROM outreach.held WHERE relrowsecurity
    UNION ALL
    SELECT place, 2, format('%s is missing (%s)', name, meant_type) FROM pairs WHERE is_missing
    UNION ALL
    SELECT place, 2, name || ' is not in the plan, and must be filled in without having a default'
      FROM pairs
      WHERE is_extra AND kept_notnull AND kept_standard IS NULL AND attidentity = '' AND attgenerated = ''
    UNION ALL
    SELECT place, 2, format('%s is %s instead of %s', name, kept_type, meant_type)
      FROM pairs WHERE NOT is_wide_enough
    UNION ALL
    SELECT place, 2, name || ' has a collation of its own'
      FROM pairs WHERE is_wide_enough AND NOT has_same_collation
    UNION ALL
    SELECT place, 2, name || ' may be empty, which it must not'
      FROM pairs WHERE meant_notnull AND NOT kept_notnull
    UNION ALL
    -- Where there is a default, a later migration asks the same.
    SELECT place, 2, name || ' must not be empty, which it may'
      FROM pairs WHERE kept_notnull AND NOT meant_notnull AND meant_standard IS NULL
    UNION ALL
    SELECT place, 2, name || ' can only be filled in by the database'
      FROM pairs WHERE NOT is_extra AND (attgenerated <> '' OR attidentity = 'a')
    UNION ALL
    SELECT place, 2, format('%s has %s as its default instead of %s', name,
                            coalesce(kept_standard, 'nothing'), coalesce(meant_standard, 'nothing'))
      FROM pairs
      WHERE NOT is_extra AND NOT is_missing AND attgenerated = '' AND attidentity <> 'a'
        AND kept_standard IS DISTINCT FROM meant_standard
    UNION ALL
    SELECT place, 3, format(
        '%s lacks %s', place,
        coalesce((SELECT format('a CHECK that lets %s be %s', attname, string_agg(word[1], ', '))
                    FROM regexp_matches(pg_get_constraintdef(meant), '''(\w+)''', 'g') AS word
                    JOIN pg_attribute ON attrelid = plan AND attnum = conkey[1]
                    WHERE contype = 'c' GROUP BY attname),
                 outreach.bare(pg_get_constraintdef(meant))))
      FROM outreach.counterparts JOIN outreach.held USING (place)
      JOIN pg_constraint ON pg_constraint.oid = meant
      WHERE kind = 'constraint' AND kept IS NULL AND relkind = 'r'
    UNION ALL
    SELECT place, 4, format('%s has %s (%s)', place, outreach.bare(pg_get_constraintdef(oid)), conname)
      FROM outreach.held JOIN pg_constraint ON conrelid = theirs AND contype IN ('p', 'u', 'f', 'c', 'x')
      WHERE NOT EXISTS (SELECT FROM outreach.counterparts WHERE kind = 'constraint' AND kept = oid)
        AND NOT EXISTS (SELECT FROM outreach.rules_beside AS beside WHERE beside.oid = pg_constraint.oid)
    UNION ALL
    SELECT place, 5, format('%s has a unique index of its own (%s)', place, relname)
      FROM outreach.held JOIN pg_index ON indrelid = theirs JOIN pg_class ON pg_class.oid = indexrelid
      WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
        AND NOT EXISTS (SELECT FROM outreach.rules_beside AS beside WHERE beside.oid = indexrelid)
    UNION ALL
    SELECT place, 6, format('%s has a trigger of its own (%s)', place, tgname)
      FROM outreach.held JOIN pg_trigger ON tgrelid = theirs AND NOT tgisinternal
    UNION ALL
    SELECT place, 6, format('%s has a rule of its own (%s)', place, rulename)
      FROM outreach.held JOIN pg_rewrite ON ev_class = theirs WHERE relkind = 'r'
  )
  SELECT array_agg(difference ORDER BY place, part, difference COLLATE "C") INTO differences FROM kept;

  -- What later migrations ask of every row.
  FOR rule IN
    SELECT place, condition, fault
    FROM (VALUES
      ('campaigns', 'status IS NULL OR created_at IS NULL OR updated_at IS NULL',
       'have no status or no time'),
      ('campaigns', $sql$ btrim(name) = '' $sql$, 'have a blank name'),
      ('campaigns', $sql$ EXISTS (SELECT FROM public.campaigns AS other WHERE other.id < row.id
         AND other.event_id = row.event_id AND lower(other.name) = lower(row.name)) $sql$,
       'have the name of another one of their event'),
      ('communications', 'status IS NULL OR recipient_count IS NULL OR created_at IS NULL',
       'have no status, no recipient_count or no time'),
      ('communications', $sql$ btrim(title) = '' $sql$, 'have a blank title'),
      ('communications', 'recipient_count < 0', 'have a negative recipient_count'),
      ('communications', $sql$ channel <> 'email' AND brevo_template_id IS NOT NULL $sql$,
       'have a brevo_template_id and are no email'),
      ('communications', $sql$ post_url !~* '^https?://' $sql$,
       'have a post_url that does not begin with http:// or https://'),
      ('communication_recipients', 'status IS NULL', 'have no status'),
      ('communication_recipients', $sql$ jsonb_typeof(metadata) <> 'object' $sql$,
       'have metadata that is no object'),
      ('communication_recipients', $sql$ EXISTS (SELECT FROM public.communications AS mail
         WHERE mail.id = row.communication_id AND mail.channel <> 'email') $sql$,
       'are of a communication that is no email'),
      ('communication_recipients', $sql$ metadata -> 'events' IS NOT NULL $sql$,
       'have something in metadata.events, the place of delivery events; keep it under another key'),
      ('communication_recipients', $sql$ EXISTS (
         SELECT FROM public.communication_recipients AS other WHERE other.id < row.id
         AND btrim(other.brevo_message_id, '<>') = btrim(row.brevo_message_id, '<>')) $sql$,
       'have the brevo_message_id of another one'),
      ('marketing_assets', 'created_at IS NULL', 'have no time'),
      ('marketing_assets', $sql$ btrim(title) = '' $sql$, 'have a blank title'),
      ('marketing_assets', $sql$ file_url !~* '^https?://' $sql$,
       'have a file_url that does not begin with http:// or https://'),
      ('marketing_assets', 'event_id <> (SELECT event_id FROM public.campaigns WHERE id = row.campaign_id)',
       'are of another event than their campaign'),
      ('asset_distributions', 'distributed_at IS NULL', 'have no time'),
      ('asset_distributions', 'reach_estimate < 0', 'have a negative reach_estimate')
    ) AS rules (place, condition, fault)
    JOIN outreach.held USING (place)
    ORDER BY plan, fault COLLATE "C"
  LOOP
    BEGIN
      EXECUTE format('SELECT count(*) FROM public.%I AS row WHERE %s', rule.place, rule.condition)
        INTO concerned;
      IF concerned > 0 THEN
        differences := differences || format('%s row(s) of %s %s', concerned, rule.place, rule.fault);
      END IF;
    EXCEPTION WHEN syntax_error_or_access_rule_violation THEN
      -- A column is missing or of another type, which is in the list.
      NULL;
    END;
  END LOOP;

  FOR rule IN
    SELECT place, coalesce(
             substring(pg_get_expr(adbin, adrelid) FROM '^nextval\(''(.*)''::regclass\)$'),
             pg_get_serial_sequence(format('public.%I', place), 'id')) AS numbers
    FROM outreach.held
    JOIN pg_attribute ON attrelid = theirs AND attname = 'id' AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = theirs AND adnum = attnum
    WHERE relkind = 'r'
    ORDER BY place
  LOOP
    CONTINUE WHEN rule.numbers IS NULL;
    EXECUTE format('SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END, (SELECT max(id) FROM public.%I) FROM %s',
                   rule.place, rule.numbers::regclass) INTO concerned, highest;
    IF highest >= concerned THEN
      differences := differences || format(
        '%s.id goes up to %s, but the next number that it is given is %s: SELECT setval(%L, %s)',
        rule.place, highest, concerned, rule.numbers::regclass, highest);
    END IF;
  END LOOP;

  IF differences IS NOT NULL THEN
    RAISE EXCEPTION E'Tables of the campaign plan are there already, but differ from it:\n- %\nMend these, then migrate again. Nothing was changed.',
      array_to_string(differences, E'\n- ');
  END IF;
END
$$;

-- A table of other hands takes the plan's names, by which later migrations know its constraints and
-- indexes, and the plan's indexes. Where there is none, the plan's moves to its place.
DO $$
DECLARE
  place_names text[] := ARRAY['campaigns', 'communications', 'communication_recipients',
                              'marketing_assets', 'asset_distributions'];
  place_name text;
  part record;
  adopted text[];
BEGIN
  SELECT coalesce(array_agg(place), '{}') INTO adopted FROM outreach.held;

  -- Their other indexes make way where PostgreSQL itself would give one of ours the same name.
  FOR part IN
    SELECT relname FROM outreach.held JOIN pg_index ON indrelid = theirs
      JOIN pg_class ON pg_class.oid = indexrelid
    WHERE NOT indisunique AND starts_with(relname, place || '_')
      AND NOT EXISTS (SELECT FROM outreach.counterparts WHERE kind = 'index' AND kept = indexrelid)
  LOOP
    EXECUTE format('ALTER INDEX public.%I RENAME TO %I', part.relname, 'own_' || part.relname);
  END LOOP;
  -- In two steps, as one may have the name that another is to have.
  FOR part IN
    SELECT * FROM (SELECT 1 AS step UNION ALL SELECT 2) AS steps
    CROSS JOIN (SELECT *, format('adopted_%s_%s', kind, kept) AS interim FROM outreach.counterparts
                WHERE kept_name <> name) AS renamed
    ORDER BY step
  LOOP
    EXECUTE CASE part.kind WHEN 'index'
      THEN format('ALTER INDEX public.%I RENAME TO %I',
                  CASE part.step WHEN 1 THEN part.kept_name ELSE part.interim END,
                  CASE part.step WHEN 1 THEN part.interim ELSE part.name END)
      ELSE format('ALTER TABLE public.%I RENAME CONSTRAINT %I TO %I', part.place,
                  CASE part.step WHEN 1 THEN part.kept_name ELSE part.interim END,
                  CASE part.step WHEN 1 THEN part.interim ELSE part.name END) END;
  END LOOP;
  FOR part IN SELECT * FROM outreach.counterparts WHERE kept IS NULL LOOP
    EXECUTE replace(pg_get_indexdef(part.meant), ' ON outreach.', ' ON public.');
  END LOOP;
  DROP VIEW outreach.counterparts;
  DROP VIEW outreach.rules_beside;
  DROP VIEW outreach.held;

  FOREACH place_name IN ARRAY place_names LOOP
    CONTINUE WHEN place_name = ANY (adopted);
    EXECUTE format('ALTER TABLE outreach.%I SET SCHEMA public', place_name);
    FOR part IN
      SELECT conname, outreach.bare(pg_get_constraintdef(oid)) AS definition FROM pg_constraint
      WHERE conrelid = to_regclass('public.' || place_name)
        AND confrelid IN (SELECT to_regclass('outreach.' || name) FROM unnest(adopted) AS name)
    LOOP
      EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT %I, ADD CONSTRAINT %I %s',
                     place_name, part.conname, part.conname, part.definition);
    END LOOP;
  END LOOP;
  FOR place_number IN REVERSE cardinality(place_names)..1 LOOP
    EXECUTE format('DROP TABLE IF EXISTS outreach.%I', place_names[place_number]);
  END LOOP;

  IF adopted <> '{}' THEN
    CREATE TABLE outreach.adopted_tables (name text PRIMARY KEY);
    COMMENT ON TABLE outreach.adopted_tables IS
      'Tables of the plan that were there before it; going back leaves them where they are';
    INSERT INTO outreach.adopted_tables SELECT unnest(adopted);
  END IF;
END
$$;
DROP FUNCTION outreach.bare(text);
DROP FUNCTION outreach.check_allows(oid, text);

-- email_log goes, its content does not: each row becomes a communication, and the row itself and the
-- shape of its table are kept, so that going back restores both whatever hands had made them.
CREATE TABLE outreach.email_log_rows (
  communication_id integer PRIMARY KEY REFERENCES public.communications (id) ON DELETE CASCADE,
  original jsonb NOT NULL
);
CREATE TABLE outreach.email_log_shape (
  position integer PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('column', 'constraint', 'index')),
  definition text NOT NULL,
  sequence_column text
);

DO $$
DECLARE
  without_event integer;
  too_long integer;
  entry record;
  campaign integer;
  communication integer;
BEGIN
  SELECT count(*) INTO without_event
    FROM public.email_log AS log
    LEFT JOIN public.events AS event ON event.id::text = to_jsonb(log) ->> 'event_id'
    WHERE event.id IS NULL;
  IF without_event > 0 THEN
    RAISE EXCEPTION '% row(s) of email_log name no event, and a campaign belongs to one. Set event_id in those rows (or delete what is not worth keeping), then migrate again. Nothing was changed.',
      without_event;
  END IF;

  SELECT count(*) INTO too_long
    FROM public.email_log AS log WHERE length(to_jsonb(log) ->> 'subject') > 500;
  IF too_long > 0 THEN
    RAISE EXCEPTION '% row(s) of email_log have a subject of more than 500 characters, which a title cannot hold. Shorten them, then migrate again. Nothing was changed.',
      too_long;
  END IF;

  FOR entry IN
    SELECT event.id AS event_id, row.original,
           coalesce(nullif(btrim(row.original ->> 'subject'), ''), '(no subject)') AS title,
           row.original ->> 'template_used' AS template,
           row.original ->> 'recipient_count' AS recipient_count,
           (row.original ->> 'sent_at') AS sent_at
      FROM (SELECT to_jsonb(log) AS original FROM public.email_log AS log) AS row
      JOIN public.events AS event ON event.id::text = row.original ->> 'event_id'
      ORDER BY event.id, row.original ->> 'sent_at', row.original ->> 'id'
  LOOP
    SELECT id INTO campaign FROM public.campaigns
      WHERE event_id = entry.event_id AND name = 'E-mail log';
    IF campaign IS NULL THEN
      INSERT INTO public.campaigns (name, event_id, campaign_type, status, description)
        VALUES ('E-mail log', entry.event_id, 'general', 'completed',
                'E-mails noted before campaigns were tracked')
        RETURNING id INTO campaign;
    END IF;
    INSERT INTO public.communications
        (campaign_id, channel, title, brevo_template_id, content_summary, recipient_count, status, sent_at)
      VALUES (
        campaign, 'email', entry.title,
        CASE WHEN entry.template ~ '^\s*\d{1,9}\s*$' THEN entry.template::integer END,
        CASE WHEN entry.template !~ '^\s*\d{1,9}\s*$' THEN entry.template END,
        CASE WHEN entry.recipient_count ~ '^\d{1,9}$' THEN entry.recipient_count::integer ELSE 0 END,
        'sent', entry.sent_at::timestamptz)
      RETURNING id INTO communication;
    INSERT INTO outreach.email_log_rows VALUES (communication, entry.original);
  END LOOP;
END
$$;

INSERT INTO outreach.email_log_shape (position, kind, definition, sequence_column)
  SELECT row_number() OVER (ORDER BY part, ordinal), kind, definition, sequence_column
  FROM (
    SELECT 1 AS part, attribute.attnum::bigint AS ordinal, 'column' AS kind,
           format('%I %s', attribute.attname, format_type(attribute.atttypid, attribute.atttypmod))
             || CASE WHEN attribute.attnotnull THEN ' NOT NULL' ELSE '' END
             || CASE WHEN attribute.attidentity <> '' THEN ' GENERATED BY DEFAULT AS IDENTITY'
                     WHEN standard.adbin IS NULL OR attribute.attgenerated <> ''
                       OR pg_get_expr(standard.adbin, standard.adrelid) LIKE 'nextval(%' THEN ''
                     ELSE ' DEFAULT ' || pg_get_expr(standard.adbin, standard.adrelid) END AS definition,
           CASE WHEN pg_get_serial_sequence('public.email_log', attribute.attname) IS NOT NULL
                THEN attribute.attname END AS sequence_column
      FROM pg_attribute AS attribute
      LEFT JOIN pg_attrdef AS standard
        ON standard.adrelid = attribute.attrelid AND standard.adnum = attribute.attnum
      WHERE attribute.attrelid = 'public.email_log'::regclass
        AND attribute.attnum > 0 AND NOT attribute.attisdropped
    UNION ALL
    SELECT 2, row_number() OVER (ORDER BY contype = 'f', conname), 'constraint',
           format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), NULL
      FROM pg_constraint
      WHERE conrelid = 'public.email_log'::regclass AND contype IN ('p', 'u', 'c', 'f')
    UNION ALL
    SELECT 3, row_number() OVER (ORDER BY indexrelid), 'index', pg_get_indexdef(indexrelid), NULL
      FROM pg_index
      WHERE indrelid = 'public.email_log'::regclass
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
  ) AS shape;

DROP TABLE public.email_log;

-- migrate:down

DO $$
DECLARE
  counts text;
  part record;
  sequence_name text;
  adopted text[] := '{}';
  carried integer[];
BEGIN
  IF to_regclass('outreach.adopted_tables') IS NOT NULL THEN
    SELECT array_agg(name) INTO adopted FROM outreach.adopted_tables;
  END IF;
  SELECT string_agg(format('%s %s', rows, name), ', ' ORDER BY position) INTO counts
  FROM (
    SELECT 1 AS position, 'campaigns' AS name, count(*) AS rows FROM public.campaigns AS campaign
      WHERE NOT EXISTS (
        SELECT FROM public.communications AS communication
          JOIN outreach.email_log_rows AS carried ON carried.communication_id = communication.id
          WHERE communication.campaign_id = campaign.id)
    UNION ALL
    SELECT 2, 'communications', count(*) FROM public.communications AS communication
      WHERE NOT EXISTS (SELECT FROM outreach.email_log_rows WHERE communication_id = communication.id)
    UNION ALL SELECT 3, 'communication recipients', count(*) FROM public.communication_recipients
    UNION ALL SELECT 4, 'marketing assets', count(*) FROM public.marketing_assets
    UNION ALL SELECT 5, 'asset distributions', count(*) FROM public.asset_distributions
  ) AS kept WHERE rows > 0 AND replace(name, ' ', '_') <> ALL (adopted);
  IF counts IS NOT NULL THEN
    RAISE EXCEPTION 'Going back would delete %. Nothing was changed.', counts;
  END IF;

  EXECUTE (SELECT format('CREATE TABLE public.email_log (%s)', string_agg(definition, ', ' ORDER BY position))
             FROM outreach.email_log_shape WHERE kind = 'column');
  INSERT INTO public.email_log OVERRIDING SYSTEM VALUE
    SELECT (jsonb_populate_record(NULL::public.email_log, original)).* FROM outreach.email_log_rows
    ORDER BY communication_id;
  FOR part IN SELECT * FROM outreach.email_log_shape ORDER BY position LOOP
    IF part.kind = 'constraint' THEN
      EXECUTE 'ALTER TABLE public.email_log ADD ' || part.definition;
    ELSIF part.kind = 'index' THEN
      EXECUTE part.definition;
    ELSIF part.sequence_column IS NOT NULL THEN
      IF part.definition NOT LIKE '% AS IDENTITY' THEN
        sequence_name := format('public.%I', 'email_log_' || part.sequence_column || '_seq');
        EXECUTE format('CREATE SEQUENCE %s OWNED BY public.email_log.%I',
                       sequence_name, part.sequence_column);
        EXECUTE format('ALTER TABLE public.email_log ALTER COLUMN %I SET DEFAULT nextval(%L)',
                       part.sequence_column, sequence_name);
      END IF;
      EXECUTE format('SELECT setval(pg_get_serial_sequence(%1$L, %2$L), coalesce(max(%2$I), 1), max(%2$I) IS NOT NULL)
                        FROM public.email_log', 'public.email_log', part.sequence_column);
    END IF;
  END LOOP;

  -- A table that was there before keeps its own rows and loses what came from email_log.
  SELECT array_agg(DISTINCT campaign_id) INTO carried FROM public.communications
    WHERE id IN (SELECT communication_id FROM outreach.email_log_rows);
  DELETE FROM public.communications
    WHERE id IN (SELECT communication_id FROM outreach.email_log_rows);
  DELETE FROM public.campaigns AS campaign
    WHERE id = ANY (carried) AND name = 'E-mail log'
      AND NOT EXISTS (SELECT FROM public.communications WHERE campaign_id = campaign.id);
END
$$;

DROP TABLE outreach.email_log_shape;
DROP TABLE outreach.email_log_rows;
CREATE TABLE IF NOT EXISTS outreach.adopted_tables (name text PRIMARY KEY);
DO $$
DECLARE
  place_name text;
BEGIN
  FOREACH place_name IN ARRAY ARRAY['asset_distributions', 'marketing_assets', 'communication_recipients',
                                    'communications', 'campaigns'] LOOP
    CONTINUE WHEN EXISTS (SELECT FROM outreach.adopted_tables WHERE name = place_name);
    EXECUTE format('DROP TABLE public.%I', place_name);
  END LOOP;
END
$$;
DROP TABLE outreach.adopted_tables;
DROP SCHEMA outreach;
