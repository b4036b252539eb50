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

-- The tables know no status for a mail of which it is not certain whether it left: its row stays queued. What
-- anybody is told goes by these. The first costs next to nothing over many rows, as it is asked of the queued only.
CREATE FUNCTION outreach.perhaps_mailed(communication integer, contact integer) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1 AS $$
BEGIN
  RETURN EXISTS (SELECT FROM outreach.send_states AS stated
                 WHERE stated.communication_id = communication AND stated.contact_id = contact
                   AND stated.state = 'unknown');
END
$$;
COMMENT ON FUNCTION outreach.perhaps_mailed IS
  'Whether it is not known of a mail of a send to somebody whether it has left';

CREATE FUNCTION outreach.reported_status(communication integer, contact integer, status text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE RETURN
  CASE WHEN status = 'queued' AND outreach.perhaps_mailed(communication, contact) THEN 'unknown' ELSE status END;
COMMENT ON FUNCTION outreach.reported_status IS
  'What is said of a recipient whose row has this status: unknown where the mail has perhaps left';

CREATE FUNCTION outreach.has_status(communication integer, contact integer, status text, asked text[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN
  -- First what an index answers; the rest is only there where queued and unknown are told apart.
  status = ANY(CASE WHEN 'unknown' = ANY(asked) THEN asked || 'queued'::text ELSE asked END)
  AND (('queued' = ANY(asked)) = ('unknown' = ANY(asked)) OR status <> 'queued'
       OR outreach.reported_status(communication, contact, status) = ANY(asked));
COMMENT ON FUNCTION outreach.has_status IS
  'Whether what is said of a recipient whose row has this status is one of those asked for';

CREATE OR REPLACE FUNCTION outreach.statuses_best_first() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ARRAY['clicked', 'opened', 'delivered', 'sent', 'unknown', 'queued', 'bounced', 'failed'];

CREATE OR REPLACE FUNCTION outreach.matching_recipients(
  communication integer, campaign integer, events integer[], campaign_type text, status text[],
  people text, crowd text, from_time timestamptz, to_time timestamptz)
RETURNS SETOF outreach.recipients LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT recipient.*
  FROM outreach.recipients AS recipient
  WHERE (matching_recipients.communication IS NULL
         OR recipient.communication_id = matching_recipients.communication)
    AND (matching_recipients.campaign IS NULL OR recipient.campaign_id = matching_recipients.campaign)
    AND (matching_recipients.events IS NULL OR recipient.event_id = ANY(matching_recipients.events))
    AND (matching_recipients.campaign_type IS NULL
         OR recipient.campaign_type = matching_recipients.campaign_type)
    AND (matching_recipients.status IS NULL
         OR outreach.has_status(recipient.communication_id, recipient.contact_id, recipient.status,
                                matching_recipients.status))
    AND (people IS NULL OR recipient.contact_id = ANY(string_to_array(people, ',')::int[]))
    AND (crowd IS NULL OR recipient.contact_id IN (SELECT unnest(string_to_array(crowd, ',')::int[])))
    AND (from_time IS NULL OR recipient.sent_at >= from_time)
    AND (to_time IS NULL OR recipient.sent_at <= to_time)
    -- Once more for the indexes: few rows take their time from their mail, and who is queued has none.
    AND (from_time IS NULL AND to_time IS NULL
         OR (recipient.position = '-infinity' AND recipient.status <> 'queued')
         OR recipient.position BETWEEN coalesce(from_time, '-infinity') AND coalesce(to_time, 'infinity'))
$$;

CREATE OR REPLACE VIEW ask.mails AS
  SELECT recipient.communication_id, recipient.title::text AS title, recipient.contact_id, person.name AS person,
         outreach.reported_status(recipient.communication_id, recipient.contact_id, recipient.status)::text AS status,
         outreach.received(recipient.status) AS received,
         outreach.opened(recipient.status) AS opened, recipient.sent_at,
         (SELECT became.opened_at FROM outreach.what_became(recipient.metadata) AS became) AS opened_at,
         (SELECT became.clicked_at FROM outreach.what_became(recipient.metadata) AS became) AS clicked_at,
         (SELECT became.event ->> 'reason' FROM outreach.what_became(recipient.metadata) AS became) AS reason,
         recipient.metadata -> 'events' IS NOT NULL AS tracked, recipient.metadata ->> 'email' AS address,
         recipient.campaign_id, recipient.campaign_name::text AS campaign,
         recipient.campaign_type::text AS campaign_type, recipient.event_id, event.name AS event
  FROM outreach.recipients AS recipient
  LEFT JOIN outreach.people() AS person ON person.contact_id = recipient.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = recipient.event_id;
COMMENT ON COLUMN ask.mails.status IS
  'Present one: queued, unknown (may have left), sent, delivered, opened, clicked, bounced or failed';

-- migrate:down

CREATE OR REPLACE VIEW ask.mails AS
  SELECT recipient.communication_id, recipient.title::text AS title, recipient.contact_id, person.name AS person,
         recipient.status::text AS status, outreach.received(recipient.status) AS received,
         outreach.opened(recipient.status) AS opened, recipient.sent_at,
         (SELECT became.opened_at FROM outreach.what_became(recipient.metadata) AS became) AS opened_at,
         (SELECT became.clicked_at FROM outreach.what_became(recipient.metadata) AS became) AS clicked_at,
         (SELECT became.event ->> 'reason' FROM outreach.what_became(recipient.metadata) AS became) AS reason,
         recipient.metadata -> 'events' IS NOT NULL AS tracked, recipient.metadata ->> 'email' AS address,
         recipient.campaign_id, recipient.campaign_name::text AS campaign,
         recipient.campaign_type::text AS campaign_type, recipient.event_id, event.name AS event
  FROM outreach.recipients AS recipient
  LEFT JOIN outreach.people() AS person ON person.contact_id = recipient.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = recipient.event_id;
COMMENT ON COLUMN ask.mails.status IS 'Present one: queued, sent, delivered, opened, clicked, bounced or failed';

CREATE OR REPLACE FUNCTION outreach.matching_recipients(
  communication integer, campaign integer, events integer[], campaign_type text, status text[],
  people text, crowd text, from_time timestamptz, to_time timestamptz)
RETURNS SETOF outreach.recipients LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT recipient.*
  FROM outreach.recipients AS recipient
  WHERE (matching_recipients.communication IS NULL
         OR recipient.communication_id = matching_recipients.communication)
    AND (matching_recipients.campaign IS NULL OR recipient.campaign_id = matching_recipients.campaign)
    AND (matching_recipients.events IS NULL OR recipient.event_id = ANY(matching_recipients.events))
    AND (matching_recipients.campaign_type IS NULL
         OR recipient.campaign_type = matching_recipients.campaign_type)
    AND (matching_recipients.status IS NULL OR recipient.status = ANY(matching_recipients.status))
    AND (people IS NULL OR recipient.contact_id = ANY(string_to_array(people, ',')::int[]))
    AND (crowd IS NULL OR recipient.contact_id IN (SELECT unnest(string_to_array(crowd, ',')::int[])))
    AND (from_time IS NULL OR recipient.sent_at >= from_time)
    AND (to_time IS NULL OR recipient.sent_at <= to_time)
    -- Once more for the indexes: few rows take their time from their mail, and who is queued has none.
    AND (from_time IS NULL AND to_time IS NULL
         OR (recipient.position = '-infinity' AND recipient.status <> 'queued')
         OR recipient.position BETWEEN coalesce(from_time, '-infinity') AND coalesce(to_time, 'infinity'))
$$;

CREATE OR REPLACE FUNCTION outreach.statuses_best_first() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ARRAY['clicked', 'opened', 'delivered', 'sent', 'queued', 'bounced', 'failed'];

DROP FUNCTION outreach.has_status(integer, integer, text, text[]);
DROP FUNCTION outreach.reported_status(integer, integer, text);
DROP FUNCTION outreach.perhaps_mailed(integer, integer);

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
