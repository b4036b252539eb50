-- migrate:up

ALTER TABLE outreach.suppressions
  ADD COLUMN scope text NOT NULL DEFAULT 'address',
  ADD CONSTRAINT suppressions_scope CHECK (
    scope = 'address' OR scope = 'person' AND source = 'person' AND address IS NULL AND contact_id IS NOT NULL);
COMMENT ON COLUMN outreach.suppressions.scope IS
  'address: everybody on the mailbox; person: this contact alone, whoever else reads the mailbox';

CREATE VIEW outreach.objections AS
  SELECT address, kind, mail, at, reason, source
  FROM (
    SELECT address, kind, mail, at, noted_at, suppressed, reason, source,
           max(at) FILTER (WHERE kind = 'decision') OVER address AS decided_at,
           max(at) FILTER (WHERE kind = 'decision' AND NOT suppressed) OVER address AS lifted_at
    FROM (
      SELECT address, kind, recipient_id AS mail, at, noted_at, true AS suppressed, reason,
             'delivery event' AS source
      FROM outreach.delivery_problems
      UNION ALL
      SELECT address, coalesce(kind, 'decision'), NULL, at, noted_at, suppressed,
             coalesce(reason, 'asked not to be mailed'), source
      FROM outreach.suppressions WHERE address IS NOT NULL
      UNION ALL
      SELECT present.address, 'decision', NULL, decision.at, decision.noted_at, decision.suppressed,
             coalesce(decision.reason, 'asked not to be mailed'), decision.source
      FROM outreach.suppressions AS decision
      JOIN outreach.present_addresses() AS present ON present.contact_id = decision.contact_id
      WHERE decision.scope = 'address'
    ) AS said
    WINDOW address AS (PARTITION BY address)
  ) AS weighed
  -- Events are told apart to the second, so within the second of a lifting it counts when we heard.
  WHERE CASE WHEN kind = 'decision' THEN suppressed AND at = decided_at
             ELSE lifted_at IS NULL OR at > lifted_at
                  OR (at >= date_trunc('second', lifted_at) AND noted_at > lifted_at) END;
COMMENT ON VIEW outreach.objections IS
  'What stands against mailing an address now, each by itself; decision: noted by the organiser';

CREATE OR REPLACE VIEW outreach.undeliverable AS
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
  FROM outreach.objections
  GROUP BY address
  HAVING bool_or(kind <> 'soft_bounce') OR count(DISTINCT mail) >= 3;

CREATE VIEW outreach.kept_out_people AS
  SELECT contact_id, 'unsubscribed' AS state, coalesce(reason, 'asked not to be mailed') AS reason, at AS since
  FROM (
    SELECT DISTINCT ON (contact_id) contact_id, suppressed, scope, reason, at
    FROM outreach.suppressions
    WHERE contact_id IS NOT NULL
    ORDER BY contact_id, at DESC, id DESC
  ) AS last
  WHERE suppressed AND scope = 'person';
COMMENT ON VIEW outreach.kept_out_people IS
  'People who must not be mailed although their mailbox may be: the last decision about them is theirs alone';

-- migrate:down

DO $$
DECLARE
  rows bigint;
BEGIN
  SELECT count(*) INTO rows FROM outreach.suppressions WHERE scope = 'person';
  IF rows > 0 THEN
    RAISE EXCEPTION 'Going back would lose for whom % suppressions are. Nothing was changed.', rows;
  END IF;
END
$$;

DROP VIEW outreach.kept_out_people;
CREATE OR REPLACE VIEW outreach.undeliverable AS
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
DROP VIEW outreach.objections;
ALTER TABLE outreach.suppressions DROP CONSTRAINT suppressions_scope, DROP COLUMN scope;
