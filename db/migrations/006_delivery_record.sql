-- migrate:up

ALTER TABLE public.communications
  ALTER COLUMN status SET NOT NULL,
  ALTER COLUMN recipient_count SET NOT NULL,
  ALTER COLUMN created_at SET NOT NULL,
  ADD CONSTRAINT communications_title_not_blank CHECK (btrim(title) <> ''),
  ADD CONSTRAINT communications_recipient_count_not_negative CHECK (recipient_count >= 0),
  ADD CONSTRAINT communications_template_of_email CHECK (channel = 'email' OR brevo_template_id IS NULL),
  ADD CONSTRAINT communications_post_url_web CHECK (post_url ~* '^https?://');
CREATE INDEX communications_campaign_id_brevo_template_id_idx
  ON public.communications (campaign_id, brevo_template_id);
CREATE INDEX communications_title_idx ON public.communications (outreach.fold(title));

-- Newest news wins by rank, so the order in which it arrives does not matter: a mail that bounced
-- cannot have been opened, and one that was opened was delivered whatever else was reported.
CREATE FUNCTION outreach.event_rank(kind text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE kind
    WHEN 'queued' THEN 0
    WHEN 'sent' THEN 1 WHEN 'request' THEN 1 WHEN 'deferred' THEN 1
    WHEN 'failed' THEN 2 WHEN 'error' THEN 2 WHEN 'blocked' THEN 2
    WHEN 'soft_bounce' THEN 3
    WHEN 'delivered' THEN 4 WHEN 'proxy_open' THEN 4 WHEN 'spam' THEN 4 WHEN 'unsubscribed' THEN 4
    WHEN 'bounced' THEN 5 WHEN 'hard_bounce' THEN 5 WHEN 'invalid_email' THEN 5
    WHEN 'opened' THEN 6
    WHEN 'clicked' THEN 7
  END;

CREATE FUNCTION outreach.recipient_status(metadata jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  (ARRAY['queued', 'sent', 'failed', 'bounced', 'delivered', 'bounced', 'opened', 'clicked'])[1 +
    (SELECT max(outreach.event_rank(kind)) FROM (
      SELECT metadata ->> 'logged_status' AS kind
      UNION ALL
      SELECT event ->> 'kind' FROM jsonb_array_elements(metadata -> 'events') AS event
    ) AS news)];
COMMENT ON FUNCTION outreach.recipient_status IS
  'The status that all delivery events and the status the row was logged with add up to';

ALTER TABLE public.communication_recipients
  ALTER COLUMN status SET NOT NULL,
  ADD CONSTRAINT communication_recipients_status_derived CHECK (
    metadata -> 'events' IS NULL OR status = outreach.recipient_status(metadata));
CREATE UNIQUE INDEX communication_recipients_brevo_message_id_key
  ON public.communication_recipients (btrim(brevo_message_id, '<>'));
CREATE INDEX communication_recipients_tracked_idx
  ON public.communication_recipients (communication_id, status) WHERE metadata -> 'events' IS NOT NULL;

CREATE FUNCTION outreach.guard_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.communication_id, NEW.contact_id) <> (OLD.communication_id, OLD.contact_id) THEN
    RAISE EXCEPTION 'a recipient keeps its communication and its contact'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communication_recipients_fixed';
  END IF;
  IF NOT coalesce(NEW.metadata -> 'events', '[]') @> coalesce(OLD.metadata -> 'events', '[]') THEN
    RAISE EXCEPTION 'delivery events are never taken away'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communication_recipients_events_append_only';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_recipient BEFORE UPDATE ON public.communication_recipients
  FOR EACH ROW EXECUTE FUNCTION outreach.guard_recipient();

-- recipient_count is what the rows say, whoever writes them.
CREATE FUNCTION outreach.count_recipients() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM changed JOIN public.communications AS communication
               ON communication.id = changed.communication_id WHERE communication.channel <> 'email') THEN
    RAISE EXCEPTION 'only an email has recipients'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communication_recipients_of_email';
  END IF;
  UPDATE public.communications AS communication SET recipient_count = counted.rows
    FROM (SELECT affected.communication_id, count(recipient.id) AS rows
            FROM (SELECT DISTINCT communication_id FROM changed) AS affected
            LEFT JOIN public.communication_recipients AS recipient
              ON recipient.communication_id = affected.communication_id
            GROUP BY affected.communication_id) AS counted
    WHERE communication.id = counted.communication_id AND communication.recipient_count <> counted.rows;
  RETURN NULL;
END
$$;
CREATE TRIGGER count_recipients_added AFTER INSERT ON public.communication_recipients
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION outreach.count_recipients();
CREATE TRIGGER count_recipients_removed AFTER DELETE ON public.communication_recipients
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION outreach.count_recipients();

-- A problem is kept with each time at which it occurred, and when we heard of it: lifting a suppression
-- counts from its moment, so what happened before must be told from what happened after.
CREATE TABLE outreach.delivery_problems (
  recipient_id integer NOT NULL REFERENCES public.communication_recipients (id) ON DELETE CASCADE,
  address text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('hard_bounce', 'soft_bounce', 'spam', 'unsubscribed')),
  at timestamptz NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  reason text NOT NULL,
  PRIMARY KEY (recipient_id, kind, at)
);
COMMENT ON TABLE outreach.delivery_problems IS
  'What delivery events say about an address, kept by a trigger';
COMMENT ON COLUMN outreach.delivery_problems.reason IS 'What happened, with the mail service''s words: a stranger''s text';
CREATE INDEX delivery_problems_address_idx ON outreach.delivery_problems (address);

CREATE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at, reason)
    SELECT NEW.id, lower(btrim(address)), problem, at, min(reason)
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at,
             concat_ws(': ', CASE event ->> 'kind' WHEN 'spam' THEN 'spam complaint'
                                                   ELSE replace(event ->> 'kind', '_', ' ') END,
                       nullif(btrim(event ->> 'reason'), '')) AS reason
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, communication.sent_at, communication.created_at), 'hard bounce'
        FROM public.communications AS communication
        WHERE communication.id = NEW.communication_id
          AND coalesce(NEW.metadata ->> 'logged_status',
                       CASE WHEN NEW.metadata -> 'events' IS NULL THEN NEW.status END) = 'bounced'
    ) AS news
    CROSS JOIN LATERAL (
      SELECT coalesce(NEW.metadata ->> 'email',
                      (SELECT email FROM public.contacts WHERE id = NEW.contact_id)) AS address
    ) AS mailed
    WHERE problem IS NOT NULL AND btrim(address) <> ''
    GROUP BY address, problem, at
    ON CONFLICT (recipient_id, kind, at) DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER note_delivery_problems_logged AFTER INSERT ON public.communication_recipients
  FOR EACH ROW WHEN (NEW.status = 'bounced' OR NEW.metadata -> 'events' IS NOT NULL)
  EXECUTE FUNCTION outreach.note_delivery_problems();
CREATE TRIGGER note_delivery_problems_reported AFTER UPDATE ON public.communication_recipients
  FOR EACH ROW WHEN (OLD.metadata IS DISTINCT FROM NEW.metadata OR OLD.status <> NEW.status)
  EXECUTE FUNCTION outreach.note_delivery_problems();

-- migrate:down

DROP TRIGGER note_delivery_problems_reported ON public.communication_recipients;
DROP TRIGGER note_delivery_problems_logged ON public.communication_recipients;
DROP FUNCTION outreach.note_delivery_problems();
DROP TABLE outreach.delivery_problems;
DROP TRIGGER count_recipients_removed ON public.communication_recipients;
DROP TRIGGER count_recipients_added ON public.communication_recipients;
DROP FUNCTION outreach.count_recipients();
DROP TRIGGER guard_recipient ON public.communication_recipients;
DROP FUNCTION outreach.guard_recipient();
DROP INDEX public.communication_recipients_tracked_idx;
DROP INDEX public.communication_recipients_brevo_message_id_key;
ALTER TABLE public.communication_recipients
  DROP CONSTRAINT communication_recipients_status_derived,
  ALTER COLUMN status DROP NOT NULL;
DROP FUNCTION outreach.recipient_status(jsonb);
DROP FUNCTION outreach.event_rank(text);
DROP INDEX public.communications_title_idx;
DROP INDEX public.communications_campaign_id_brevo_template_id_idx;
ALTER TABLE public.communications
  DROP CONSTRAINT communications_post_url_web,
  DROP CONSTRAINT communications_template_of_email,
  DROP CONSTRAINT communications_recipient_count_not_negative,
  DROP CONSTRAINT communications_title_not_blank,
  ALTER COLUMN created_at DROP NOT NULL,
  ALTER COLUMN recipient_count DROP NOT NULL,
  ALTER COLUMN status DROP NOT NULL;
