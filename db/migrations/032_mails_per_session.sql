-- migrate:up

-- A mail about a session goes out once for each session of a person, whose row in communication_recipients
-- stays one. The unit of the frozen list is the mail; of all other sends a person gets the one.
ALTER TABLE outreach.sends
  ADD COLUMN per_session boolean NOT NULL DEFAULT false,
  ADD COLUMN filled jsonb;
COMMENT ON COLUMN outreach.sends.filled IS
  'What the values of its mails were taken from, so that they can be taken anew: what the call gave, and the source and format of each parameter';
COMMENT ON COLUMN outreach.sends.per_session IS 'Everybody gets a mail for each of their sessions';

ALTER TABLE outreach.send_recipients
  ADD COLUMN mail integer NOT NULL DEFAULT 1,
  ADD COLUMN session text,
  ADD COLUMN about text,
  ADD COLUMN message_id text,
  ADD COLUMN told boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT send_recipients_pkey,
  ADD CONSTRAINT send_recipients_pkey PRIMARY KEY (communication_id, contact_id, mail),
  ADD CONSTRAINT send_recipients_session_key UNIQUE (communication_id, contact_id, session),
  ADD CONSTRAINT send_recipients_mail CHECK (
    mail >= 1 AND (session IS NULL) = (about IS NULL)
    AND (session IS NOT NULL OR mail = 1 AND message_id IS NULL AND NOT told));
COMMENT ON TABLE outreach.send_recipients IS
  'The frozen list of a send: address and parameters of each mail as they were shown';
COMMENT ON COLUMN outreach.send_recipients.mail IS 'Number of the mail within the person, from 1';
COMMENT ON COLUMN outreach.send_recipients.session IS
  'Which session the mail is about: what the rows of its speakers have in common; NULL where it is about none';
COMMENT ON COLUMN outreach.send_recipients.about IS 'Title of that session';
COMMENT ON COLUMN outreach.send_recipients.message_id IS
  'Of a mail about a session: its own, as the recipient''s row keeps the first only';
COMMENT ON COLUMN outreach.send_recipients.told IS
  'Of a mail about a session: an event told of it, so it has left whatever became of its batch';
CREATE INDEX send_recipients_message_id_idx ON outreach.send_recipients (btrim(message_id, '<>'))
  WHERE message_id IS NOT NULL;

CREATE OR REPLACE FUNCTION outreach.guard_send() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.communication_id, NEW.brevo_template_id, NEW.params, NEW.allow_resend, NEW.one_per_mailbox,
      NEW.per_session, NEW.filled, NEW.prepared_in)
      IS DISTINCT FROM (OLD.communication_id, OLD.brevo_template_id, OLD.params, OLD.allow_resend,
                        OLD.one_per_mailbox, OLD.per_session, OLD.filled, OLD.prepared_in)
     OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at) THEN
    RAISE EXCEPTION 'a prepared send stays as it was prepared'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sends_frozen';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION outreach.guard_send_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an attempt to send is never forgotten'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_kept';
  END IF;
  -- Other values may be shown, while nobody is asked about these and none of them is under way.
  IF (NEW.communication_id, NEW.contact_id, NEW.mail, NEW.session, NEW.about, NEW.email, NEW.name)
      IS DISTINCT FROM
      (OLD.communication_id, OLD.contact_id, OLD.mail, OLD.session, OLD.about, OLD.email, OLD.name)
     OR NEW.params IS DISTINCT FROM OLD.params AND (
       NEW.batch_id IS NOT NULL OR OLD.batch_id IS NOT NULL
       OR EXISTS (SELECT FROM outreach.send_confirmations
                  WHERE communication_id = NEW.communication_id AND started_at IS NULL AND ended_at IS NULL)) THEN
    RAISE EXCEPTION 'address and parameters stay as they were shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_frozen';
  END IF;
  IF OLD.batch_id IS NOT NULL
     AND (NEW.batch_id, NEW.position) IS DISTINCT FROM (OLD.batch_id, OLD.position) AND EXISTS (
      SELECT FROM outreach.send_batches
      WHERE id = OLD.batch_id AND (attempts > refused OR outcome IS NOT NULL)) THEN
    RAISE EXCEPTION 'nobody moves to another batch or place after an attempt to send'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_kept';
  END IF;
  RETURN NEW;
END
$$;
DROP TRIGGER guard_send_recipient ON outreach.send_recipients;
CREATE TRIGGER guard_send_recipient BEFORE UPDATE ON outreach.send_recipients
  FOR EACH ROW WHEN ((
    OLD.batch_id IS NOT NULL
    OR (NEW.communication_id, NEW.contact_id, NEW.mail, NEW.session, NEW.about, NEW.email, NEW.name, NEW.params)
      IS DISTINCT FROM
      (OLD.communication_id, OLD.contact_id, OLD.mail, OLD.session, OLD.about, OLD.email, OLD.name, OLD.params)
  ) AND NOT outreach.is_undoing())
  EXECUTE FUNCTION outreach.guard_send_recipient();

DROP TRIGGER keep_created ON outreach.send_recipients;
DROP TRIGGER keep_changed ON outreach.send_recipients;
DROP TRIGGER keep_removed ON outreach.send_recipients;
SELECT outreach.watch('outreach.send_recipients');

CREATE OR REPLACE FUNCTION outreach.list_digest(communication integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(concat(
           send.brevo_template_id, send.params::text, list.mails), 'UTF8')), 'hex')
  FROM outreach.sends AS send
  CROSS JOIN LATERAL (
    SELECT string_agg((jsonb_build_array(contact_id, email, name, params)
                       || CASE WHEN session IS NULL THEN '[]' ELSE jsonb_build_array(mail, session, about) END)::text,
                      ',' ORDER BY contact_id, mail) AS mails
    FROM outreach.send_recipients
    WHERE communication_id = send.communication_id AND batch_id IS NULL
  ) AS list
  WHERE send.communication_id = communication
$$;
COMMENT ON FUNCTION outreach.list_digest IS
  'What a confirmation is bound to: every mail held, to whom and with which values, and the template''s number';

CREATE OR REPLACE VIEW outreach.send_states AS
  SELECT listed.communication_id, listed.contact_id, recipient.id AS recipient_id, listed.batch_id,
         CASE WHEN listed.session IS NULL AND recipient.status = 'failed' THEN 'failed'
              WHEN listed.session IS NULL AND recipient.status <> 'queued' THEN 'accepted'
              WHEN batch.id IS NULL THEN 'held'
              -- The row of a person who gets several mails tells of all of them together.
              WHEN listed.session IS NOT NULL AND (listed.told OR batch.outcome = 'accepted') THEN 'accepted'
              WHEN listed.session IS NOT NULL AND batch.outcome = 'rejected' THEN 'failed'
              WHEN batch.attempts > batch.refused THEN 'unknown'
              ELSE 'waiting' END AS state,
         listed.mail
  FROM outreach.send_recipients AS listed
  JOIN public.communication_recipients AS recipient
    ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
  LEFT JOIN outreach.send_batches AS batch ON batch.id = listed.batch_id;
COMMENT ON VIEW outreach.send_states IS
  'How far each mail of a send is: held (not yet in a batch), waiting (in one that was not tried), unknown (perhaps sent), accepted, failed';

-- migrate:down

DO $$
DECLARE
  mails bigint;
BEGIN
  SELECT count(*) INTO mails FROM outreach.send_recipients WHERE session IS NOT NULL;
  IF mails > 0 THEN
    RAISE EXCEPTION 'Going back would lose which session % mails are about. Nothing was changed.', mails;
  END IF;
END
$$;

DROP VIEW outreach.mailed_or_under_way;
DROP VIEW outreach.send_states;
CREATE OR REPLACE FUNCTION outreach.list_digest(communication integer) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT encode(sha256(convert_to(concat(
           send.brevo_template_id, send.params::text, list.people), 'UTF8')), 'hex')
  FROM outreach.sends AS send
  CROSS JOIN LATERAL (
    SELECT string_agg(jsonb_build_array(contact_id, email, name, params)::text, ',' ORDER BY contact_id) AS people
    FROM outreach.send_recipients
    WHERE communication_id = send.communication_id AND batch_id IS NULL
  ) AS list
  WHERE send.communication_id = communication
$$;
COMMENT ON FUNCTION outreach.list_digest IS
  'What a confirmation is bound to: everybody held, what they are to get, and the template''s number';

DROP TRIGGER guard_send_recipient ON outreach.send_recipients;
CREATE OR REPLACE FUNCTION outreach.guard_send_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'an attempt to send is never forgotten'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_kept';
  END IF;
  IF (NEW.communication_id, NEW.contact_id, NEW.email, NEW.name, NEW.params)
      IS DISTINCT FROM (OLD.communication_id, OLD.contact_id, OLD.email, OLD.name, OLD.params) THEN
    RAISE EXCEPTION 'address and parameters stay as they were shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_frozen';
  END IF;
  IF OLD.batch_id IS NOT NULL
     AND (NEW.batch_id, NEW.position) IS DISTINCT FROM (OLD.batch_id, OLD.position) AND EXISTS (
      SELECT FROM outreach.send_batches
      WHERE id = OLD.batch_id AND (attempts > refused OR outcome IS NOT NULL)) THEN
    RAISE EXCEPTION 'nobody moves to another batch or place after an attempt to send'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_kept';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_send_recipient BEFORE UPDATE ON outreach.send_recipients
  FOR EACH ROW WHEN ((
    OLD.batch_id IS NOT NULL
    OR (NEW.communication_id, NEW.contact_id, NEW.email, NEW.name, NEW.params)
      IS DISTINCT FROM (OLD.communication_id, OLD.contact_id, OLD.email, OLD.name, OLD.params)
  ) AND NOT outreach.is_undoing())
  EXECUTE FUNCTION outreach.guard_send_recipient();

CREATE OR REPLACE FUNCTION outreach.guard_send() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.communication_id, NEW.brevo_template_id, NEW.params, NEW.allow_resend, NEW.one_per_mailbox,
      NEW.prepared_in)
      IS DISTINCT FROM (OLD.communication_id, OLD.brevo_template_id, OLD.params, OLD.allow_resend,
                        OLD.one_per_mailbox, OLD.prepared_in)
     OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at) THEN
    RAISE EXCEPTION 'a prepared send stays as it was prepared'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sends_frozen';
  END IF;
  RETURN NEW;
END
$$;

DROP INDEX outreach.send_recipients_message_id_idx;
ALTER TABLE outreach.send_recipients
  DROP CONSTRAINT send_recipients_mail,
  DROP CONSTRAINT send_recipients_session_key,
  DROP CONSTRAINT send_recipients_pkey,
  ADD CONSTRAINT send_recipients_pkey PRIMARY KEY (communication_id, contact_id),
  DROP COLUMN told, DROP COLUMN message_id, DROP COLUMN about, DROP COLUMN session, DROP COLUMN mail;
COMMENT ON TABLE outreach.send_recipients IS
  'The frozen list of a send: address and parameters of each person as they were shown';
ALTER TABLE outreach.sends DROP COLUMN filled, DROP COLUMN per_session;
DROP TRIGGER keep_created ON outreach.send_recipients;
DROP TRIGGER keep_changed ON outreach.send_recipients;
DROP TRIGGER keep_removed ON outreach.send_recipients;
SELECT outreach.watch('outreach.send_recipients');

CREATE VIEW outreach.send_states AS
  SELECT listed.communication_id, listed.contact_id, recipient.id AS recipient_id, listed.batch_id,
         CASE WHEN recipient.status = 'failed' THEN 'failed'
              WHEN recipient.status <> 'queued' THEN 'accepted'
              WHEN batch.id IS NULL THEN 'held'
              WHEN batch.attempts > batch.refused THEN 'unknown'
              ELSE 'waiting' END AS state
  FROM outreach.send_recipients AS listed
  JOIN public.communication_recipients AS recipient
    ON recipient.communication_id = listed.communication_id AND recipient.contact_id = listed.contact_id
  LEFT JOIN outreach.send_batches AS batch ON batch.id = listed.batch_id;
COMMENT ON VIEW outreach.send_states IS
  'How far each person of a send is: held (not yet in a batch), waiting (in one that was not tried), unknown (perhaps sent), accepted, failed';
CREATE VIEW outreach.mailed_or_under_way AS
  SELECT recipient.contact_id, recipient.communication_id, communication.campaign_id,
         CASE WHEN recipient.status = 'queued' THEN 'infinity'
              ELSE coalesce(recipient.sent_at, communication.sent_at, communication.created_at)
         END AS at, coalesce(recipient.sent_at, '-infinity') AS position
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  WHERE outreach.received(recipient.status)
     OR (recipient.status = 'queued' AND (
          communication.status = 'sending'
          -- Perhaps sent before the rest was cancelled.
          OR EXISTS (SELECT FROM outreach.send_states AS perhaps
                     WHERE perhaps.communication_id = recipient.communication_id
                       AND perhaps.contact_id = recipient.contact_id AND perhaps.state = 'unknown')));
COMMENT ON VIEW outreach.mailed_or_under_way IS
  'Who received which mail and when, and who is queued in a send under way or was perhaps mailed (at: infinity)';
