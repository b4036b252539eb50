-- migrate:up

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

CREATE VIEW outreach.undeliverable AS
  SELECT address,
         CASE WHEN bool_or(kind = 'hard_bounce')
                OR count(DISTINCT mail) FILTER (WHERE kind = 'soft_bounce') >= 3 THEN 'bounced'
              WHEN bool_or(kind = 'spam') THEN 'complained'
              ELSE 'unsubscribed' END AS state,
         CASE WHEN bool_or(kind = 'hard_bounce')
                THEN (array_agg(reason ORDER BY at DESC) FILTER (WHERE kind = 'hard_bounce'))[1]
              WHEN count(DISTINCT mail) FILTER (WHERE kind = 'soft_bounce') >= 3 THEN 'three soft bounces'
              WHEN bool_or(kind = 'spam')
                THEN (array_agg(reason ORDER BY at DESC) FILTER (WHERE kind = 'spam'))[1]
              WHEN bool_or(kind = 'decision')
                THEN (array_agg(reason ORDER BY at DESC) FILTER (WHERE kind = 'decision'))[1]
              ELSE (array_agg(reason ORDER BY at DESC) FILTER (WHERE kind = 'unsubscribed'))[1] END AS reason,
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
      SELECT address, kind, recipient_id AS mail, at, noted_at, true AS suppressed, reason
      FROM outreach.delivery_problems
      UNION ALL
      SELECT address, coalesce(kind, 'decision'), NULL, at, noted_at, suppressed,
             coalesce(reason, 'asked not to be mailed')
      FROM outreach.suppressions WHERE address IS NOT NULL
      UNION ALL
      SELECT present.address, 'decision', NULL, decision.at, decision.noted_at, decision.suppressed,
             coalesce(decision.reason, 'asked not to be mailed')
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

-- migrate:down

DO $$
DECLARE
  rows bigint;
BEGIN
  SELECT count(*) INTO rows FROM outreach.suppressions;
  IF rows > 0 THEN
    RAISE EXCEPTION 'Going back would delete % suppressions. Nothing was changed.', rows;
  END IF;
END
$$;

DROP VIEW outreach.undeliverable;
DROP FUNCTION outreach.present_addresses();
DROP TABLE outreach.suppressions;
DROP FUNCTION outreach.refuse_change();
