-- migrate:up

ALTER TABLE public.marketing_assets
  ALTER COLUMN created_at SET NOT NULL,
  ADD CONSTRAINT marketing_assets_title_not_blank CHECK (btrim(title) <> ''),
  ADD CONSTRAINT marketing_assets_file_url_web CHECK (file_url ~* '^https?://'),
  ADD CONSTRAINT marketing_assets_event_of_campaign
    FOREIGN KEY (campaign_id, event_id) REFERENCES public.campaigns (id, event_id);
CREATE INDEX marketing_assets_title_idx ON public.marketing_assets (outreach.fold(title));

ALTER TABLE public.asset_distributions
  ALTER COLUMN distributed_at SET NOT NULL,
  ADD CONSTRAINT asset_distributions_reach_not_negative CHECK (reach_estimate >= 0);
CREATE INDEX asset_distributions_distributed_at_idx ON public.asset_distributions (distributed_at);

CREATE TABLE outreach.recorded_calls (
  key text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('communication', 'asset', 'distribution', 'removal')),
  entry_id integer,
  claimed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outreach.recorded_calls IS
  'A write claims its key in its own transaction, so an identical call within ten minutes records nothing twice';
CREATE INDEX recorded_calls_claimed_at_idx ON outreach.recorded_calls (claimed_at);
CREATE INDEX recorded_calls_kind_entry_id_idx ON outreach.recorded_calls (kind, entry_id);

CREATE TABLE outreach.removed_entries (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('campaign', 'communication', 'recipient', 'asset', 'distribution')),
  entry_id integer NOT NULL,
  entry jsonb NOT NULL,
  cascaded jsonb NOT NULL DEFAULT '{}',
  reason text,
  removed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX removed_entries_kind_entry_id_idx ON outreach.removed_entries (kind, entry_id);
COMMENT ON TABLE outreach.removed_entries IS 'What was taken out of the record, in full, and why';

-- migrate:down

DO $$
BEGIN
  IF EXISTS (SELECT FROM outreach.removed_entries) THEN
    RAISE EXCEPTION 'Going back would delete % removed entries that outreach.removed_entries keeps. Nothing was changed.',
      (SELECT count(*) FROM outreach.removed_entries);
  END IF;
END
$$;

DROP TABLE outreach.removed_entries;
DROP TABLE outreach.recorded_calls;
DROP INDEX public.asset_distributions_distributed_at_idx;
ALTER TABLE public.asset_distributions
  DROP CONSTRAINT asset_distributions_reach_not_negative,
  ALTER COLUMN distributed_at DROP NOT NULL;
DROP INDEX public.marketing_assets_title_idx;
ALTER TABLE public.marketing_assets
  DROP CONSTRAINT marketing_assets_event_of_campaign,
  DROP CONSTRAINT marketing_assets_file_url_web,
  DROP CONSTRAINT marketing_assets_title_not_blank,
  ALTER COLUMN created_at DROP NOT NULL;
