-- migrate:up

CREATE TABLE outreach.sends (
  communication_id integer PRIMARY KEY REFERENCES public.communications (id) ON DELETE CASCADE,
  brevo_template_id integer NOT NULL,
  template_name text NOT NULL,
  params jsonb NOT NULL,
  allow_resend boolean NOT NULL,
  prepared_at timestamptz NOT NULL DEFAULT now(),
  prepared_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  cancelled_at timestamptz
);
COMMENT ON TABLE outreach.sends IS
  'Mails that this program sends: prepared, then confirmed by a person, then sent';
COMMENT ON COLUMN outreach.sends.params IS 'Parameters that are the same for everybody';
COMMENT ON COLUMN outreach.sends.prepared_in IS
  'The transaction that made it, the only one that may put people on its list';

CREATE TABLE outreach.send_confirmations (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  communication_id integer NOT NULL REFERENCES outreach.sends (communication_id) ON DELETE CASCADE,
  code_digest text NOT NULL UNIQUE,
  list_digest text NOT NULL,
  template_digest text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  confirmed_by text CHECK (confirmed_by IN ('person', 'assistant')),
  started_at timestamptz,
  mails_left_before integer,
  mails_left_after integer,
  ended_at timestamptz,
  ended_because text CHECK (ended_because IN ('declined', 'replaced', 'cancelled')),
  UNIQUE (communication_id, id),
  CONSTRAINT send_confirmations_in_time CHECK (confirmed_at <= expires_at),
  CONSTRAINT send_confirmations_by_somebody CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
  CONSTRAINT send_confirmations_start_after_yes CHECK (started_at IS NULL OR confirmed_at IS NOT NULL),
  CONSTRAINT send_confirmations_one_end CHECK (
    (ended_at IS NULL) = (ended_because IS NULL) AND (ended_at IS NULL OR started_at IS NULL))
);
COMMENT ON TABLE outreach.send_confirmations IS
  'Each question whether a list may be sent: what exactly was shown, who said yes and when; it starts its list once';
COMMENT ON COLUMN outreach.send_confirmations.code_digest IS
  'SHA-256 of the confirmation code; the code itself is not kept';
COMMENT ON COLUMN outreach.send_confirmations.mails_left_before IS
  'What the account said could be sent that day, when the list was started and after it had been sent';
CREATE UNIQUE INDEX send_confirmations_open_key ON outreach.send_confirmations (communication_id)
  WHERE started_at IS NULL AND ended_at IS NULL;

CREATE TABLE outreach.send_batches (
  id uuid PRIMARY KEY,
  communication_id integer NOT NULL,
  confirmation_id integer NOT NULL,
  number integer NOT NULL,
  tag text NOT NULL UNIQUE,
  body text,
  made_at timestamptz NOT NULL DEFAULT now(),
  first_attempted_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  refused integer NOT NULL DEFAULT 0 CHECK (refused BETWEEN 0 AND attempts),
  doubtful integer NOT NULL DEFAULT 0 CHECK (doubtful BETWEEN 0 AND attempts),
  outcome text CHECK (outcome IN ('accepted', 'unknown', 'rejected')),
  message_ids jsonb,
  repeated boolean NOT NULL DEFAULT false,
  detail text,
  settled_at timestamptz,
  applied boolean NOT NULL DEFAULT false,
  events_synced_to timestamptz,
  UNIQUE (communication_id, number),
  UNIQUE (communication_id, id),
  CONSTRAINT send_batches_of_send FOREIGN KEY (communication_id)
    REFERENCES outreach.sends (communication_id),
  CONSTRAINT send_batches_of_confirmation FOREIGN KEY (communication_id, confirmation_id)
    REFERENCES outreach.send_confirmations (communication_id, id),
  CONSTRAINT send_batches_settled CHECK ((outcome IS NULL) = (settled_at IS NULL)),
  CONSTRAINT send_batches_body CHECK (body IS NOT NULL OR outcome IS NOT NULL),
  CONSTRAINT send_batches_attempted CHECK ((attempts = 0) = (first_attempted_at IS NULL)),
  -- Failed for good only if no attempt left open whether it was taken.
  CONSTRAINT send_batches_certainly_rejected CHECK (outcome <> 'rejected' OR refused = attempts)
);
COMMENT ON TABLE outreach.send_batches IS
  'What is sent to Brevo in one call: the exact bytes and what became of them';
COMMENT ON COLUMN outreach.send_batches.id IS 'Brevo''s idempotency key';
COMMENT ON COLUMN outreach.send_batches.attempts IS 'Noted before each attempt, so that none is forgotten';
COMMENT ON COLUMN outreach.send_batches.refused IS 'Attempts that Brevo certainly did not take';
COMMENT ON COLUMN outreach.send_batches.doubtful IS
  'Attempts that an error answered which leaves open whether the batch was taken';
COMMENT ON COLUMN outreach.send_batches.repeated IS
  'Accepted because Brevo said that it had the key already; only its events prove it';
COMMENT ON COLUMN outreach.send_batches.applied IS 'Whether the outcome is in the recipients'' rows';
CREATE INDEX send_batches_open_idx ON outreach.send_batches (communication_id)
  WHERE outcome IS NULL OR NOT applied;

CREATE TABLE outreach.send_recipients (
  communication_id integer NOT NULL,
  contact_id integer NOT NULL,
  email text NOT NULL CHECK (email ~ '^[^[:space:][:cntrl:]]+@[^[:space:][:cntrl:]]+$'),
  name text NOT NULL,
  params jsonb NOT NULL,
  batch_id uuid,
  PRIMARY KEY (communication_id, contact_id),
  CONSTRAINT send_recipients_of_send FOREIGN KEY (communication_id)
    REFERENCES outreach.sends (communication_id),
  CONSTRAINT send_recipients_in_record FOREIGN KEY (communication_id, contact_id)
    REFERENCES public.communication_recipients (communication_id, contact_id),
  CONSTRAINT send_recipients_batch FOREIGN KEY (communication_id, batch_id)
    REFERENCES outreach.send_batches (communication_id, id)
);
COMMENT ON TABLE outreach.send_recipients IS
  'The frozen list of a send: address and parameters of each person as they were shown';
CREATE INDEX send_recipients_batch_id_idx ON outreach.send_recipients (batch_id);

CREATE TABLE outreach.left_out (
  communication_id integer NOT NULL REFERENCES outreach.sends (communication_id) ON DELETE CASCADE,
  contact_id integer NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (communication_id, contact_id)
);
COMMENT ON TABLE outreach.left_out IS 'Who was meant by a send and did not get it, and why';
CREATE INDEX left_out_contact_id_idx ON outreach.left_out (contact_id);

CREATE FUNCTION outreach.guard_send() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.communication_id, NEW.brevo_template_id, NEW.params, NEW.allow_resend, NEW.prepared_in)
      IS DISTINCT FROM (OLD.communication_id, OLD.brevo_template_id, OLD.params, OLD.allow_resend, OLD.prepared_in)
     OR (OLD.cancelled_at IS NOT NULL AND NEW.cancelled_at IS DISTINCT FROM OLD.cancelled_at) THEN
    RAISE EXCEPTION 'a prepared send stays as it was prepared'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sends_frozen';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_send BEFORE UPDATE ON outreach.sends
  FOR EACH ROW EXECUTE FUNCTION outreach.guard_send();

CREATE FUNCTION outreach.guard_confirmation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.communication_id, NEW.code_digest, NEW.list_digest, NEW.template_digest)
      IS DISTINCT FROM (OLD.communication_id, OLD.code_digest, OLD.list_digest, OLD.template_digest)
     OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by)
          IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by))
     OR (OLD.started_at IS NOT NULL AND NEW.started_at IS DISTINCT FROM OLD.started_at)
     OR (OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
    RAISE EXCEPTION 'a confirmation is given once, for what was shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_confirmations_once';
  END IF;
  IF NEW.started_at IS NOT NULL AND OLD.started_at IS NULL AND NEW.expires_at < now() THEN
    RAISE EXCEPTION 'the confirmation has expired'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_confirmations_in_time';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_confirmation BEFORE UPDATE ON outreach.send_confirmations
  FOR EACH ROW EXECUTE FUNCTION outreach.guard_confirmation();

CREATE FUNCTION outreach.guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM outreach.send_confirmations
                   WHERE id = NEW.confirmation_id AND started_at IS NOT NULL) THEN
      RAISE EXCEPTION 'nothing is sent that nobody confirmed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'send_batches_confirmed';
    END IF;
    RETURN NEW;
  ELSIF TG_OP = 'DELETE' THEN
    IF OLD.attempts > OLD.refused OR OLD.outcome IS NOT NULL THEN
      RAISE EXCEPTION 'an attempt to send is never forgotten'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'send_batches_kept';
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.id, NEW.communication_id, NEW.confirmation_id, NEW.tag)
      IS DISTINCT FROM (OLD.id, OLD.communication_id, OLD.confirmation_id, OLD.tag)
     OR (NEW.body IS DISTINCT FROM OLD.body AND NEW.body IS NOT NULL)
     OR NEW.attempts < OLD.attempts
     OR (OLD.first_attempted_at IS NOT NULL AND NEW.first_attempted_at IS DISTINCT FROM OLD.first_attempted_at)
     OR (OLD.outcome IS NOT NULL AND NEW.attempts > OLD.attempts)
     OR (NEW.outcome IS DISTINCT FROM OLD.outcome AND OLD.outcome IS NOT NULL
         AND NOT (OLD.outcome = 'unknown' AND NEW.outcome = 'accepted')) THEN
    RAISE EXCEPTION 'a batch goes out as it was made, and what became of it stands'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_batches_fixed';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_batch BEFORE INSERT OR UPDATE OR DELETE ON outreach.send_batches
  FOR EACH ROW EXECUTE FUNCTION outreach.guard_batch();

CREATE FUNCTION outreach.guard_send_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.batch_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM outreach.sends
        WHERE communication_id = NEW.communication_id AND prepared_in = pg_current_xact_id()) THEN
      RAISE EXCEPTION 'a list that was prepared only gets shorter'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_frozen';
    END IF;
    RETURN NEW;
  ELSIF TG_OP = 'DELETE' THEN
    IF OLD.batch_id IS NOT NULL THEN
      RAISE EXCEPTION 'an attempt to send is never forgotten'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_kept';
    END IF;
    RETURN OLD;
  END IF;
  IF (NEW.communication_id, NEW.contact_id, NEW.email, NEW.name, NEW.params)
      IS DISTINCT FROM (OLD.communication_id, OLD.contact_id, OLD.email, OLD.name, OLD.params) THEN
    RAISE EXCEPTION 'address and parameters stay as they were shown'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_frozen';
  END IF;
  IF OLD.batch_id IS NOT NULL AND NEW.batch_id IS DISTINCT FROM OLD.batch_id AND EXISTS (
      SELECT FROM outreach.send_batches
      WHERE id = OLD.batch_id AND (attempts > refused OR outcome IS NOT NULL)) THEN
    RAISE EXCEPTION 'nobody moves to another batch after an attempt to send'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_kept';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_send_recipient BEFORE INSERT OR UPDATE OR DELETE ON outreach.send_recipients
  FOR EACH ROW EXECUTE FUNCTION outreach.guard_send_recipient();

CREATE FUNCTION outreach.guard_queued_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM outreach.sends WHERE communication_id = NEW.communication_id
                                          AND prepared_in <> pg_current_xact_id()) THEN
    RAISE EXCEPTION 'a list that was prepared only gets shorter'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_recipients_frozen';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_queued_recipient BEFORE INSERT ON public.communication_recipients
  FOR EACH ROW WHEN (NEW.status = 'queued') EXECUTE FUNCTION outreach.guard_queued_recipient();

CREATE FUNCTION outreach.guard_communication() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM outreach.sends WHERE communication_id = NEW.id)
     AND ((NEW.campaign_id, NEW.channel, NEW.brevo_template_id)
            IS DISTINCT FROM (OLD.campaign_id, OLD.channel, OLD.brevo_template_id)
          OR (OLD.status = 'draft' AND NEW.status <> 'draft'
              AND NOT EXISTS (SELECT FROM outreach.send_confirmations
                              WHERE communication_id = NEW.id AND started_at IS NOT NULL)
              AND NOT EXISTS (SELECT FROM outreach.sends
                              WHERE communication_id = NEW.id AND cancelled_at IS NOT NULL))) THEN
    RAISE EXCEPTION 'a prepared send goes out by its confirmation only, in its campaign'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communications_sent_by_confirmation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_communication BEFORE UPDATE ON public.communications
  FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION outreach.guard_communication();

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

-- For a later send, a mail under way counts like one that arrived: nobody is to get it twice.
CREATE VIEW outreach.mailed_or_under_way AS
  SELECT recipient.contact_id, recipient.communication_id, communication.campaign_id,
         CASE WHEN recipient.status = 'queued' THEN 'infinity'
              ELSE coalesce(recipient.sent_at, communication.sent_at, communication.created_at)
         END AS at
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  WHERE recipient.status IN ('sent', 'delivered', 'opened', 'clicked')
     OR (recipient.status = 'queued' AND (
          communication.status = 'sending'
          -- Perhaps sent before the rest was cancelled.
          OR EXISTS (SELECT FROM outreach.send_states AS perhaps
                     WHERE perhaps.communication_id = recipient.communication_id
                       AND perhaps.contact_id = recipient.contact_id AND perhaps.state = 'unknown')));
COMMENT ON VIEW outreach.mailed_or_under_way IS
  'Who received which mail and when, and who is queued in a send under way or was perhaps mailed (at: infinity)';

-- migrate:down

DO $$
DECLARE
  rows bigint;
BEGIN
  SELECT count(*) INTO rows FROM outreach.sends;
  IF rows > 0 THEN
    RAISE EXCEPTION 'Going back would delete % sends. Nothing was changed.', rows;
  END IF;
END
$$;

DROP VIEW outreach.mailed_or_under_way;
DROP VIEW outreach.send_states;
DROP TRIGGER guard_communication ON public.communications;
DROP FUNCTION outreach.guard_communication();
DROP TRIGGER guard_queued_recipient ON public.communication_recipients;
DROP FUNCTION outreach.guard_queued_recipient();
DROP TABLE outreach.left_out;
DROP TABLE outreach.send_recipients;
DROP TABLE outreach.send_batches;
DROP TABLE outreach.send_confirmations;
DROP TABLE outreach.sends;
DROP FUNCTION outreach.guard_send_recipient();
DROP FUNCTION outreach.guard_batch();
DROP FUNCTION outreach.guard_confirmation();
DROP FUNCTION outreach.guard_send();
