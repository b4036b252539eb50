-- migrate:up

-- In PL/pgSQL, whose plan is kept for as long as a connection lives: asked of a few rows each time.
CREATE FUNCTION outreach.has_not_left(communication integer, contact integer) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM outreach.send_recipients AS listed
                 WHERE listed.communication_id = communication AND listed.contact_id = contact)
     AND NOT EXISTS (SELECT FROM outreach.send_recipients AS listed
                     JOIN outreach.send_batches AS batch ON batch.id = listed.batch_id
                     WHERE listed.communication_id = communication AND listed.contact_id = contact
                       AND batch.attempts > 0);
END
$$;
COMMENT ON FUNCTION outreach.has_not_left IS
  'Whether somebody is on the list of a send and no attempt was made at any mail to them; an attempt is noted before it is made';

-- Once an attempt was made, an event is evidence that the mail left, whatever was answered.
CREATE OR REPLACE FUNCTION outreach.guard_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.communication_id, NEW.contact_id) <> (OLD.communication_id, OLD.contact_id) THEN
    RAISE EXCEPTION 'a recipient keeps its communication and its contact'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communication_recipients_fixed';
  END IF;
  IF NOT coalesce(NEW.metadata -> 'events', '[]') @> coalesce(OLD.metadata -> 'events', '[]') THEN
    RAISE EXCEPTION 'delivery events are never taken away'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communication_recipients_events_append_only';
  END IF;
  IF OLD.status = 'queued' AND NEW.metadata -> 'events' IS DISTINCT FROM OLD.metadata -> 'events'
     AND outreach.has_not_left(NEW.communication_id, NEW.contact_id) THEN
    RAISE EXCEPTION 'a mail that has not gone out has no delivery events'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'communication_recipients_event_after_sending';
  END IF;
  RETURN NEW;
END
$$;

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.guard_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP FUNCTION outreach.has_not_left(integer, integer);
