-- migrate:up

-- A problem is kept with each time at which it occurred, and when we heard of it: lifting a suppression
-- counts from its moment, so what happened before must be told from what happened after.
ALTER TABLE outreach.delivery_problems
  ADD COLUMN noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  DROP CONSTRAINT delivery_problems_pkey,
  ADD PRIMARY KEY (recipient_id, kind, at);
COMMENT ON TABLE outreach.delivery_problems IS
  'What delivery events say about an address, kept by a trigger';

CREATE OR REPLACE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at)
    SELECT DISTINCT NEW.id, lower(btrim(address)), problem, at
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, communication.sent_at, communication.created_at)
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
    ON CONFLICT (recipient_id, kind, at) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TABLE outreach.suppressions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  address text CHECK (address = lower(btrim(address)) AND address <> ''),
  contact_id integer,
  suppressed boolean NOT NULL,
  kind text CHECK (kind IN ('hard_bounce', 'spam', 'unsubscribed')),
  reason text,
  source text NOT NULL CHECK (source IN ('person', 'block list')),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT suppressions_of_somebody CHECK (address IS NOT NULL OR contact_id IS NOT NULL),
  CONSTRAINT suppressions_block_list CHECK (
    source = 'person' AND kind IS NULL
    OR source = 'block list' AND kind IS NOT NULL AND address IS NOT NULL AND suppressed)
);
COMMENT ON TABLE outreach.suppressions IS
  'Who must not be mailed, as a person said or Brevo''s block list; only added to: the latest word of a person counts';
COMMENT ON COLUMN outreach.suppressions.contact_id IS
  'Whose address it was: the decision goes with them to a new address';
CREATE INDEX suppressions_address_idx ON outreach.suppressions (address);
CREATE INDEX suppressions_contact_id_idx ON outreach.suppressions (contact_id);
CREATE UNIQUE INDEX suppressions_block_list_key ON outreach.suppressions (address, kind, at)
  WHERE source = 'block list';

CREATE FUNCTION outreach.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of outreach.% are only added', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outreach.suppressions
  FOR EACH ROW EXECUTE FUNCTION outreach.refuse_change();

-- A function, so that no view pins a column of contacts, which is of other hands.
CREATE FUNCTION outreach.present_addresses() RETURNS TABLE (contact_id integer, address text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id::integer, lower(btrim(email::text)) FROM public.contacts WHERE btrim(email::text) <> ''
$$;
COMMENT ON FUNCTION outreach.present_addresses IS 'The mailbox of everybody who has one';

CREATE OR REPLACE VIEW outreach.undeliverable AS
  SELECT address,
         CASE WHEN bool_or(kind = 'hard_bounce')
                OR count(DISTINCT mail) FILTER (WHERE kind = 'soft_bounce') >= 3 THEN 'bounced'
              WHEN bool_or(kind = 'spam') THEN 'complained'
              ELSE 'unsubscribed' END AS state,
         CASE WHEN bool_or(kind = 'hard_bounce')
                THEN coalesce(max(reason) FILTER (WHERE kind = 'hard_bounce'), 'hard bounce')
              WHEN count(DISTINCT mail) FILTER (WHERE kind = 'soft_bounce') >= 3 THEN 'three soft bounces'
              WHEN bool_or(kind = 'spam')
                THEN coalesce(max(reason) FILTER (WHERE kind = 'spam'), 'spam complaint')
              WHEN bool_or(kind = 'decision')
                THEN coalesce(max(reason) FILTER (WHERE kind = 'decision'), 'asked not to be mailed')
              ELSE coalesce(max(reason) FILTER (WHERE kind = 'unsubscribed'), 'unsubscribed') END AS reason,
         CASE WHEN bool_or(kind = 'hard_bounce') THEN min(at) FILTER (WHERE kind = 'hard_bounce')
              WHEN count(DISTINCT mail) FILTER (WHERE kind = 'soft_bounce') >= 3
                THEN (array_agg(at ORDER BY at) FILTER (WHERE kind = 'soft_bounce'))[3]
              WHEN bool_or(kind = 'spam') THEN min(at) FILTER (WHERE kind = 'spam')
              WHEN bool_or(kind = 'decision') THEN min(at) FILTER (WHERE kind = 'decision')
              ELSE min(at) FILTER (WHERE kind = 'unsubscribed') END AS since
  FROM (
    SELECT address, kind, mail, at, noted_at, suppressed, reason,
           max(at) FILTER (WHERE kind = 'decision') OVER address AS decided_at,
           max(at) FILTER (WHERE kind = 'decision' AND NOT suppressed) OVER address AS lifted_at
    FROM (
      SELECT address, kind, recipient_id AS mail, at, noted_at, true AS suppressed, NULL AS reason
      FROM outreach.delivery_problems
      UNION ALL
      SELECT address, coalesce(kind, 'decision'), NULL, at, noted_at, suppressed, reason
      FROM outreach.suppressions WHERE address IS NOT NULL
      UNION ALL
      SELECT present.address, 'decision', NULL, decision.at, decision.noted_at, decision.suppressed,
             decision.reason
      FROM outreach.suppressions AS decision
      JOIN outreach.present_addresses() AS present ON present.contact_id = decision.contact_id
    ) AS said
    WINDOW address AS (PARTITION BY address)
  ) AS weighed
  -- Events are told apart to the second, so within the second of a lifting it counts when we heard.
  WHERE CASE WHEN kind = 'decision' THEN suppressed AND at = decided_at
             ELSE lifted_at IS NULL OR at > lifted_at
                  OR (at >= date_trunc('second', lifted_at) AND noted_at > lifted_at) END
  GROUP BY address
  HAVING bool_or(kind <> 'soft_bounce') OR count(DISTINCT mail) >= 3;
COMMENT ON VIEW outreach.undeliverable IS
  'Addresses that must not be mailed: one hard bounce, complaint, unsubscription or entry of the block list, three mails that bounced softly, or a person''s word; lifting counts from its moment';

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

CREATE OR REPLACE VIEW outreach.mailed_or_under_way AS
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
  counts text;
BEGIN
  SELECT string_agg(format('%s %s', rows, name), ', ') INTO counts
  FROM (SELECT 'sends' AS name, count(*) AS rows FROM outreach.sends
        UNION ALL SELECT 'suppressions', count(*) FROM outreach.suppressions) AS kept
  WHERE rows > 0;
  IF counts IS NOT NULL THEN
    RAISE EXCEPTION 'Going back would delete %. Nothing was changed.', counts;
  END IF;
END
$$;

CREATE OR REPLACE VIEW outreach.mailed_or_under_way AS
  SELECT recipient.contact_id, recipient.communication_id, communication.campaign_id,
         CASE WHEN recipient.status = 'queued' THEN 'infinity'
              ELSE coalesce(recipient.sent_at, communication.sent_at, communication.created_at)
         END AS at
  FROM public.communication_recipients AS recipient
  JOIN public.communications AS communication ON communication.id = recipient.communication_id
  WHERE recipient.status IN ('sent', 'delivered', 'opened', 'clicked')
     OR (recipient.status = 'queued' AND communication.status = 'sending');
COMMENT ON VIEW outreach.mailed_or_under_way IS
  'Who received which mail and when, and who is queued in a send under way (at: infinity)';
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

CREATE OR REPLACE VIEW outreach.undeliverable AS
  SELECT address,
         CASE WHEN bool_or(kind = 'hard_bounce') OR count(*) FILTER (WHERE kind = 'soft_bounce') >= 3
                THEN 'bounced'
              WHEN bool_or(kind = 'spam') THEN 'complained'
              ELSE 'unsubscribed' END AS state,
         CASE WHEN bool_or(kind = 'hard_bounce') THEN 'hard bounce'
              WHEN count(*) FILTER (WHERE kind = 'soft_bounce') >= 3 THEN 'three soft bounces'
              WHEN bool_or(kind = 'spam') THEN 'spam complaint'
              ELSE 'unsubscribed' END AS reason,
         CASE WHEN bool_or(kind = 'hard_bounce') THEN min(at) FILTER (WHERE kind = 'hard_bounce')
              WHEN count(*) FILTER (WHERE kind = 'soft_bounce') >= 3
                THEN (array_agg(at ORDER BY at) FILTER (WHERE kind = 'soft_bounce'))[3]
              WHEN bool_or(kind = 'spam') THEN min(at) FILTER (WHERE kind = 'spam')
              ELSE min(at) FILTER (WHERE kind = 'unsubscribed') END AS since
  FROM outreach.delivery_problems
  GROUP BY address
  HAVING bool_or(kind <> 'soft_bounce') OR count(*) >= 3;
COMMENT ON VIEW outreach.undeliverable IS
  'Addresses that must not be mailed: one hard bounce, complaint or unsubscription, or three soft bounces';
DROP FUNCTION outreach.present_addresses();
DROP TABLE outreach.suppressions;
DROP FUNCTION outreach.refuse_change();

DELETE FROM outreach.delivery_problems AS later
  USING outreach.delivery_problems AS first
  WHERE first.recipient_id = later.recipient_id AND first.kind = later.kind AND first.at < later.at;
ALTER TABLE outreach.delivery_problems
  DROP CONSTRAINT delivery_problems_pkey,
  DROP COLUMN noted_at,
  ADD PRIMARY KEY (recipient_id, kind);
COMMENT ON TABLE outreach.delivery_problems IS
  'What delivery events say about an address: the first of each kind per mail, kept by a trigger';
CREATE OR REPLACE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at)
    SELECT NEW.id, lower(btrim(address)), problem, min(at)
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, now())
        WHERE coalesce(NEW.metadata ->> 'logged_status',
                       CASE WHEN NEW.metadata -> 'events' IS NULL THEN NEW.status END) = 'bounced'
    ) AS news
    CROSS JOIN LATERAL (
      SELECT coalesce(NEW.metadata ->> 'email',
                      (SELECT email FROM public.contacts WHERE id = NEW.contact_id)) AS address
    ) AS mailed
    WHERE problem IS NOT NULL AND btrim(address) <> ''
    GROUP BY address, problem
    ON CONFLICT (recipient_id, kind) DO UPDATE SET at = least(delivery_problems.at, EXCLUDED.at);
  RETURN NULL;
END
$$;
