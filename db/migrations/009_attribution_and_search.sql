-- migrate:up

-- Several questions ask for them, so the words "registration" and "attendee" have their meaning here,
-- once. Functions, not views, because a view would pin columns of tables that are of other hands; the
-- planner takes them apart like views.
CREATE FUNCTION outreach.registrations()
RETURNS TABLE (
  ticket_id integer, event_id integer, contact_id integer, registered_at timestamp, checked_in boolean,
  marketing_source text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id::integer, event_id::integer, attendee_contact_id::integer, registration_date::timestamp,
         coalesce(checked_in, false), marketing_source::text
  FROM public.tickets
  WHERE coalesce(status::text, '') NOT IN ('cancelled', 'transferred')
$$;
COMMENT ON FUNCTION outreach.registrations IS 'Tickets that are neither cancelled nor transferred';

CREATE FUNCTION outreach.participations()
RETURNS TABLE (contact_id integer, event_id integer, role text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT contact_id::integer, event_id::integer, role_type::text FROM public.contact_roles
  UNION ALL
  SELECT contact_id, event_id, 'attendee' FROM outreach.registrations()
$$;
COMMENT ON FUNCTION outreach.participations IS
  'Who was what at which event; a registration makes an attendee, and a role without an event is global';

-- Word beginnings, so that "smi" finds Smith. Lexemes as they are: no parser, no dictionary. Words
-- longer than any name are cut, because an index entry has a size limit that must stop no import.
CREATE FUNCTION outreach.word_beginnings(value text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(coalesce(array_agg(DISTINCT left(word, 100)), '{}'))
  FROM unnest(outreach.words(value)) AS word
$$;
CREATE FUNCTION outreach.beginning_with(asked text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT string_agg(quote_literal(left(word, 100)) || ':*', ' & ')::tsquery
  FROM unnest(outreach.words(asked)) AS word
$$;
COMMENT ON FUNCTION outreach.beginning_with IS
  'Fits outreach.word_beginnings of a text in which every word asked for begins some word';
CREATE INDEX contacts_outreach_beginnings_idx ON public.contacts USING gin (outreach.word_beginnings(
  outreach.full_name(first_name::text, last_name::text) || ' ' || coalesce(email::text, '')));

CREATE FUNCTION outreach.source(marketing_source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  nullif(lower(btrim(marketing_source, E' \t\r\n\u00a0')), '');
COMMENT ON FUNCTION outreach.source IS
  'What two spellings of one tickets.marketing_source share: case and surrounding space set aside';

CREATE VIEW outreach.campaign_sources AS
  SELECT event_id, source, CASE WHEN count(*) = 1 THEN min(campaign_id) END AS campaign_id,
         array_agg(campaign_id ORDER BY campaign_id) AS campaign_ids
  FROM (
    SELECT event_id, id::text AS source, id AS campaign_id FROM public.campaigns
    UNION
    SELECT campaign.event_id, outreach.source(named.name), campaign.id
    FROM outreach.campaign_names AS named JOIN public.campaigns AS campaign ON campaign.id = named.campaign_id
    UNION
    SELECT campaign.event_id, named.slug, campaign.id
    FROM outreach.campaign_names AS named JOIN public.campaigns AS campaign ON campaign.id = named.campaign_id
  ) AS spelling
  WHERE source <> ''
  GROUP BY event_id, source;
COMMENT ON VIEW outreach.campaign_sources IS
  'Which campaign of an event a marketing_source means: its id, name, slug or a former one; campaign_id is null where it fits several';

-- migrate:down

DROP VIEW outreach.campaign_sources;
DROP FUNCTION outreach.source(text);
DROP INDEX public.contacts_outreach_beginnings_idx;
DROP FUNCTION outreach.beginning_with(text);
DROP FUNCTION outreach.word_beginnings(text);
DROP FUNCTION outreach.participations();
DROP FUNCTION outreach.registrations();
