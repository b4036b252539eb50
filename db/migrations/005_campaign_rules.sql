-- migrate:up

ALTER TABLE public.campaigns
  ALTER COLUMN status SET NOT NULL,
  ALTER COLUMN created_at SET NOT NULL,
  ALTER COLUMN updated_at SET NOT NULL,
  ADD CONSTRAINT campaigns_name_not_blank CHECK (btrim(name) <> ''),
  ADD CONSTRAINT campaigns_id_event_id_key UNIQUE (id, event_id);
CREATE UNIQUE INDEX campaigns_event_id_name_key ON public.campaigns (event_id, lower(name));
CREATE INDEX campaigns_created_at_id_idx ON public.campaigns (created_at DESC, id DESC);

CREATE FUNCTION outreach.guard_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Not in the trigger's condition, which an adopted table's computed column forbids; as jsonb, since not
  -- every type of a further column can be compared.
  IF to_jsonb(NEW) = to_jsonb(OLD) THEN
    RETURN NEW;
  END IF;
  IF NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
      ('draft', 'active'), ('draft', 'cancelled'), ('active', 'completed'), ('active', 'cancelled'),
      ('completed', 'active'), ('cancelled', 'draft')) THEN
    RAISE EXCEPTION 'a campaign does not go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'campaigns_status_transition';
  END IF;
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER guard_campaign BEFORE UPDATE ON public.campaigns
  FOR EACH ROW EXECUTE FUNCTION outreach.guard_campaign();

CREATE TABLE outreach.campaign_names (
  campaign_id integer NOT NULL REFERENCES public.campaigns (id) ON DELETE CASCADE,
  -- As wide as any adopted table's.
  name text NOT NULL,
  folded text NOT NULL GENERATED ALWAYS AS (outreach.fold(name)) STORED,
  slug text NOT NULL GENERATED ALWAYS AS (outreach.slug(name)) STORED,
  since timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (campaign_id, name)
);
COMMENT ON TABLE outreach.campaign_names IS
  'Every name a campaign has had: a renamed one keeps answering to its former names and slugs';
CREATE INDEX campaign_names_folded_idx ON outreach.campaign_names (folded);
CREATE INDEX campaign_names_slug_idx ON outreach.campaign_names (slug);

CREATE FUNCTION outreach.remember_campaign_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.campaign_names (campaign_id, name) VALUES (NEW.id, NEW.name)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER remember_campaign_name AFTER INSERT OR UPDATE OF name ON public.campaigns
  FOR EACH ROW EXECUTE FUNCTION outreach.remember_campaign_name();
INSERT INTO outreach.campaign_names (campaign_id, name) SELECT id, name FROM public.campaigns;

-- migrate:down

DROP TRIGGER remember_campaign_name ON public.campaigns;
DROP FUNCTION outreach.remember_campaign_name();
DROP TABLE outreach.campaign_names;
DROP TRIGGER guard_campaign ON public.campaigns;
DROP FUNCTION outreach.guard_campaign();
DROP INDEX public.campaigns_created_at_id_idx;
DROP INDEX public.campaigns_event_id_name_key;
ALTER TABLE public.campaigns
  DROP CONSTRAINT campaigns_id_event_id_key,
  DROP CONSTRAINT campaigns_name_not_blank,
  ALTER COLUMN updated_at DROP NOT NULL,
  ALTER COLUMN created_at DROP NOT NULL,
  ALTER COLUMN status DROP NOT NULL;
