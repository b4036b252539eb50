-- migrate:up

-- OR REPLACE here and below: some databases have this migration under the number before.
CREATE OR REPLACE FUNCTION outreach.reason_against(address text, blocked text, kept_out text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  coalesce(blocked, kept_out, CASE WHEN coalesce(address, '') = '' THEN 'no_email' END);
COMMENT ON FUNCTION outreach.reason_against IS
  'Why somebody cannot be mailed, or NULL: what stands against their mailbox, else against them, else that they have none';

CREATE OR REPLACE FUNCTION outreach.deliverability(people integer[]) RETURNS TABLE (contact_id integer, state text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  addresses text[];
BEGIN
  IF people IS NULL THEN
    RETURN QUERY
      SELECT contact.id::integer,
             coalesce(outreach.reason_against(
                    outreach.mailbox(contact.email::text), blocked.state, kept_out.state), 'ok')
      FROM public.contacts AS contact
      LEFT JOIN outreach.undeliverable AS blocked ON blocked.address = outreach.mailbox(contact.email::text)
      LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = contact.id;
    RETURN;
  END IF;
  addresses := ARRAY(SELECT outreach.mailbox(contact.email::text) FROM public.contacts AS contact
                     WHERE contact.id = ANY (people));
  RETURN QUERY
    SELECT contact.id::integer,
           coalesce(outreach.reason_against(
                    outreach.mailbox(contact.email::text), blocked.state, kept_out.state), 'ok')
    FROM public.contacts AS contact
    LEFT JOIN outreach.undeliverable_among(addresses) AS blocked
      ON blocked.address = outreach.mailbox(contact.email::text)
    LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = contact.id
    WHERE contact.id = ANY (people);
END
$$;

CREATE OR REPLACE VIEW ask.undeliverable AS
  SELECT person.contact_id, person.name AS person, person.email,
         outreach.reason_against(outreach.mailbox(person.email), blocked.state, kept_out.state) AS state,
         coalesce(blocked.reason, kept_out.reason) AS reason, coalesce(blocked.since, kept_out.since) AS since
  FROM outreach.people() AS person
  LEFT JOIN outreach.undeliverable AS blocked ON blocked.address = outreach.mailbox(person.email)
  LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = person.contact_id
  WHERE blocked.address IS NOT NULL OR kept_out.contact_id IS NOT NULL
     OR coalesce(outreach.mailbox(person.email), '') = '';

CREATE OR REPLACE FUNCTION outreach.spelled(at_event integer, source text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT outreach.trimmed(registration.marketing_source)
  FROM outreach.registrations() AS registration
  WHERE registration.event_id = at_event AND outreach.source(registration.marketing_source) = spelled.source
  GROUP BY registration.marketing_source
  ORDER BY count(*) DESC, registration.marketing_source COLLATE "C" LIMIT 1;
$$;
COMMENT ON FUNCTION outreach.spelled IS
  'A source as most registrations of an event spell it; NULL where none has it';

-- migrate:down

DROP FUNCTION outreach.spelled(integer, text);

CREATE OR REPLACE FUNCTION outreach.deliverability(people integer[]) RETURNS TABLE (contact_id integer, state text)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 1000 SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  addresses text[];
BEGIN
  IF people IS NULL THEN
    RETURN QUERY
      SELECT contact.id::integer,
             CASE WHEN coalesce(outreach.mailbox(contact.email::text), '') = '' THEN 'no_email'
                  ELSE coalesce(blocked.state, kept_out.state, 'ok') END
      FROM public.contacts AS contact
      LEFT JOIN outreach.undeliverable AS blocked ON blocked.address = outreach.mailbox(contact.email::text)
      LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = contact.id;
    RETURN;
  END IF;
  addresses := ARRAY(SELECT outreach.mailbox(contact.email::text) FROM public.contacts AS contact
                     WHERE contact.id = ANY (people));
  RETURN QUERY
    SELECT contact.id::integer,
           CASE WHEN coalesce(outreach.mailbox(contact.email::text), '') = '' THEN 'no_email'
                ELSE coalesce(blocked.state, kept_out.state, 'ok') END
    FROM public.contacts AS contact
    LEFT JOIN outreach.undeliverable_among(addresses) AS blocked
      ON blocked.address = outreach.mailbox(contact.email::text)
    LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = contact.id
    WHERE contact.id = ANY (people);
END
$$;

CREATE OR REPLACE VIEW ask.undeliverable AS
  SELECT person.contact_id, person.name AS person, person.email,
         CASE WHEN coalesce(outreach.mailbox(person.email), '') = '' THEN 'no_email'
              ELSE coalesce(blocked.state, kept_out.state) END AS state,
         coalesce(blocked.reason, kept_out.reason) AS reason, coalesce(blocked.since, kept_out.since) AS since
  FROM outreach.people() AS person
  LEFT JOIN outreach.undeliverable AS blocked ON blocked.address = outreach.mailbox(person.email)
  LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = person.contact_id
  WHERE blocked.address IS NOT NULL OR kept_out.contact_id IS NOT NULL
     OR coalesce(outreach.mailbox(person.email), '') = '';

DROP FUNCTION outreach.reason_against(text, text, text);
