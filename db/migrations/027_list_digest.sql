-- migrate:up

CREATE FUNCTION outreach.list_digest(communication integer) RETURNS text LANGUAGE sql STABLE AS $$
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

-- migrate:down

DROP FUNCTION outreach.list_digest(integer);
