-- migrate:up

ALTER TABLE outreach.send_recipients ADD COLUMN position integer;
COMMENT ON COLUMN outreach.send_recipients.position IS
  'Place in the batch, from 1: the mail service answers with message ids in that order';

-- A batch that was made before still holds its order in its body, which may be another than that of
-- the people's ids: a mailbox stands in a batch once, so who shares one follows later. Of a batch whose
-- outcome is in the recipients' rows the body is gone, and the order tells nothing any more.
WITH told AS MATERIALIZED (
  SELECT batch.id, lower(version.value #>> '{to,0,email}') AS address, version.ordinality AS place
  FROM outreach.send_batches AS batch
  CROSS JOIN LATERAL jsonb_array_elements(batch.body::jsonb -> 'messageVersions') WITH ORDINALITY AS version
  WHERE batch.body IS NOT NULL
), placed AS (
  SELECT listed.communication_id, listed.contact_id,
         row_number() OVER (PARTITION BY listed.batch_id ORDER BY told.place, listed.contact_id) AS position
  FROM outreach.send_recipients AS listed
  LEFT JOIN told ON told.id = listed.batch_id AND told.address = lower(listed.email)
  WHERE listed.batch_id IS NOT NULL
)
UPDATE outreach.send_recipients AS listed SET position = placed.position
FROM placed
WHERE placed.communication_id = listed.communication_id AND placed.contact_id = listed.contact_id;

ALTER TABLE outreach.send_recipients
  ADD CONSTRAINT send_recipients_position CHECK ((batch_id IS NULL) = (position IS NULL) AND position >= 1);
-- Two people of one batch are never at the same place. Finds the people of a batch as well.
CREATE UNIQUE INDEX send_recipients_position_key ON outreach.send_recipients (batch_id, position);
DROP INDEX outreach.send_recipients_batch_id_idx;

CREATE OR REPLACE FUNCTION outreach.guard_send_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.guard_send_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE INDEX send_recipients_batch_id_idx ON outreach.send_recipients (batch_id);
DROP INDEX outreach.send_recipients_position_key;
ALTER TABLE outreach.send_recipients DROP COLUMN position;
