-- migrate:up

ALTER TABLE outreach.sends ADD COLUMN one_per_mailbox boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN outreach.sends.one_per_mailbox IS
  'Nobody is mailed on whose mailbox somebody else gets, or got, the same template in the same campaign';

ALTER TABLE outreach.send_batches ADD COLUMN first_attempted_there timestamptz;
COMMENT ON COLUMN outreach.send_batches.first_attempted_there IS
  'When it was first attempted by the mail service''s clock, where that is known: by it the key is forgotten, whatever ours says';

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

ALTER TABLE outreach.send_batches ADD COLUMN misfit boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN outreach.send_batches.misfit IS
  'Brevo answered with message ids that do not fit its people one to one: whose mail it took, only its events tell';

CREATE FUNCTION outreach.is_unproved(
  metadata jsonb, repeated boolean, settled_at timestamptz, events_synced_to timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN
  coalesce(metadata -> 'events' IS NULL
    AND (repeated OR events_synced_to > settled_at + interval '4 hours'), false);
COMMENT ON FUNCTION outreach.is_unproved IS
  'Whether an accepted mail is uncertain: nothing was reported of it, and the mail service only said that it had the key of its batch already, or nothing was to be heard for four hours';

-- What was taken back is not tried, whoever holds the batch; who attempts has locked campaign and send.
CREATE OR REPLACE FUNCTION outreach.guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
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
     OR (OLD.first_attempted_at IS NOT NULL
         AND (NEW.first_attempted_at, NEW.first_attempted_there)
           IS DISTINCT FROM (OLD.first_attempted_at, OLD.first_attempted_there))
     OR (OLD.outcome IS NOT NULL AND NEW.attempts > OLD.attempts)
     OR (NEW.outcome IS DISTINCT FROM OLD.outcome AND OLD.outcome IS NOT NULL
         AND NOT (OLD.outcome = 'unknown' AND NEW.outcome = 'accepted')) THEN
    RAISE EXCEPTION 'a batch goes out as it was made, and what became of it stands'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_batches_fixed';
  END IF;
  IF NEW.attempts > OLD.attempts AND EXISTS (
      SELECT FROM outreach.sends AS send
      JOIN public.communications AS communication ON communication.id = send.communication_id
      JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
      WHERE send.communication_id = NEW.communication_id
        AND (send.cancelled_at IS NOT NULL OR campaign.status = 'cancelled')) THEN
    RAISE EXCEPTION 'what was taken back is not sent'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'send_batches_not_taken_back';
  END IF;
  RETURN NEW;
END
$$;

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE FUNCTION outreach.guard_send() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP FUNCTION outreach.is_unproved(jsonb, boolean, timestamptz, timestamptz);
ALTER TABLE outreach.send_batches DROP COLUMN misfit, DROP COLUMN first_attempted_there;
ALTER TABLE outreach.sends DROP COLUMN one_per_mailbox;
