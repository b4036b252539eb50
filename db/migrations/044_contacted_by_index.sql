-- migrate:up

-- Who received a mail has the time of it in the index of people, but for few; who is queued has none. Only for
-- these the mails themselves are looked at, all of which PostgreSQL read for each person once it took an average
-- person to have a hundred.
CREATE OR REPLACE FUNCTION outreach.contacted_since(since timestamptz, people integer[]) RETURNS TABLE (contact_id integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 AS $$
BEGIN
  IF since IS NULL THEN
    RETURN;
  ELSIF people IS NOT NULL THEN
    RETURN QUERY
      SELECT person.id FROM unnest(people) AS person (id)
      WHERE EXISTS (
        SELECT FROM public.communication_recipients AS recipient
        WHERE recipient.contact_id = person.id AND outreach.received(recipient.status)
          AND recipient.sent_at >= since OFFSET 0)
      OR EXISTS (
        SELECT FROM outreach.mailed_or_under_way AS mail
        WHERE mail.contact_id = person.id AND mail.at >= since
          AND mail.position = '-infinity' OFFSET 0);
  ELSE
    RETURN QUERY
      SELECT DISTINCT mail.contact_id FROM outreach.mailed_or_under_way AS mail
      WHERE mail.at >= since AND (mail.position >= since OR mail.position = '-infinity');
  END IF;
END
$$;

-- migrate:down

CREATE OR REPLACE FUNCTION outreach.contacted_since(since timestamptz, people integer[]) RETURNS TABLE (contact_id integer)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 AS $$
BEGIN
  IF since IS NULL THEN
    RETURN;
  ELSIF people IS NOT NULL THEN
    RETURN QUERY
      SELECT person.id FROM unnest(people) AS person (id)
      WHERE EXISTS (
        SELECT FROM outreach.mailed_or_under_way AS mail
        WHERE mail.contact_id = person.id AND mail.at >= since OFFSET 0);
  ELSE
    RETURN QUERY
      SELECT DISTINCT mail.contact_id FROM outreach.mailed_or_under_way AS mail
      WHERE mail.at >= since AND (mail.position >= since OR mail.position = '-infinity');
  END IF;
END
$$;
