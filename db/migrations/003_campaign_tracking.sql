-- migrate:up

CREATE TABLE public.campaigns (
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
CREATE INDEX campaigns_event_id_idx ON public.campaigns (event_id);
CREATE INDEX campaigns_campaign_type_idx ON public.campaigns (campaign_type);
CREATE INDEX campaigns_status_idx ON public.campaigns (status);

CREATE TABLE public.communications (
  id serial PRIMARY KEY,
  campaign_id integer NOT NULL REFERENCES public.campaigns (id),
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
CREATE INDEX communications_campaign_id_idx ON public.communications (campaign_id);
CREATE INDEX communications_channel_idx ON public.communications (channel);
CREATE INDEX communications_sent_at_idx ON public.communications (sent_at);

CREATE TABLE public.communication_recipients (
  id serial PRIMARY KEY,
  communication_id integer NOT NULL REFERENCES public.communications (id),
  contact_id integer NOT NULL REFERENCES public.contacts (id),
  status varchar(20) DEFAULT 'queued'
    CHECK (status IN ('queued', 'sent', 'delivered', 'opened', 'clicked', 'bounced', 'failed')),
  brevo_message_id varchar(100),
  sent_at timestamptz,
  metadata jsonb,
  UNIQUE (communication_id, contact_id)
);
CREATE INDEX communication_recipients_contact_id_idx ON public.communication_recipients (contact_id);
CREATE INDEX communication_recipients_status_idx ON public.communication_recipients (status);

CREATE TABLE public.marketing_assets (
  id serial PRIMARY KEY,
  campaign_id integer REFERENCES public.campaigns (id),
  event_id integer NOT NULL REFERENCES public.events (id),
  asset_type varchar(50) NOT NULL
    CHECK (asset_type IN ('social_graphic', 'flyer', 'banner', 'poster', 'video', 'presentation')),
  title varchar(200) NOT NULL,
  description text,
  file_url text,
  created_at timestamptz DEFAULT now()
);
CREATE INDEX marketing_assets_event_id_idx ON public.marketing_assets (event_id);
CREATE INDEX marketing_assets_campaign_id_idx ON public.marketing_assets (campaign_id);

CREATE TABLE public.asset_distributions (
  id serial PRIMARY KEY,
  asset_id integer NOT NULL REFERENCES public.marketing_assets (id),
  channel varchar(50) NOT NULL
    CHECK (channel IN ('linkedin', 'whatsapp', 'twitter', 'print', 'email', 'website')),
  distributed_at timestamptz DEFAULT now(),
  reach_estimate integer,
  notes text
);
CREATE INDEX asset_distributions_asset_id_idx ON public.asset_distributions (asset_id);

-- email_log goes, its content does not: each row becomes a communication, and the row itself and the
-- shape of its table are kept, so that going back restores both whatever hands had made them.
CREATE SCHEMA outreach;
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
BEGIN
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
  ) AS kept WHERE rows > 0;
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
END
$$;

DROP TABLE outreach.email_log_shape;
DROP TABLE outreach.email_log_rows;
DROP SCHEMA outreach;
DROP TABLE public.asset_distributions;
DROP TABLE public.marketing_assets;
DROP TABLE public.communication_recipients;
DROP TABLE public.communications;
DROP TABLE public.campaigns;
