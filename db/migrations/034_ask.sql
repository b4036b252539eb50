-- migrate:up

-- Functions for what is in tables of other hands: a view of such a table would pin its columns. The planner
-- takes them apart like views, and a column that may be missing is read through to_jsonb, so that one that is
-- added later is read as well.
CREATE FUNCTION outreach.people()
RETURNS TABLE (
  contact_id integer, name text, first_name text, last_name text, email text, phone text, company text,
  job_title text, profession text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT contact.id::integer, outreach.full_name(contact.first_name::text, contact.last_name::text),
         contact.first_name::text, contact.last_name::text, contact.email::text,
         to_jsonb(contact) ->> 'phone', to_jsonb(contact) ->> 'company', to_jsonb(contact) ->> 'job_title',
         to_jsonb(contact) ->> 'profession'
  FROM public.contacts AS contact
$$;
COMMENT ON FUNCTION outreach.people IS 'Everybody with what is known of them, as find_contacts shows it';

CREATE FUNCTION outreach.events()
RETURNS TABLE (
  event_id integer, name text, event_date date, year integer, location text, status text, description text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT event.id::integer, event.name::text, event.event_date::date, extract(year FROM event.event_date)::integer,
         event.location::text, event.status::text, event.description::text
  FROM public.events AS event
$$;
COMMENT ON FUNCTION outreach.events IS 'The organiser''s events';

CREATE FUNCTION outreach.interests() RETURNS TABLE (contact_id integer, topic text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT interest.contact_id::integer, topic.name::text
  FROM public.contact_interests AS interest JOIN public.interest_topics AS topic ON topic.id = interest.topic_id
$$;
COMMENT ON FUNCTION outreach.interests IS 'Which topics people are interested in';

CREATE FUNCTION outreach.tickets()
RETURNS TABLE (
  ticket_id integer, counts boolean, event_id integer, contact_id integer, ticket_type text, status text,
  registered_at timestamp, came boolean, check_in_time timestamp, walk_in boolean, complimentary boolean, source text, order_number text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT ticket.id::integer, coalesce(ticket.status::text, '') NOT IN ('cancelled', 'transferred'),
         ticket.event_id::integer, ticket.attendee_contact_id::integer,
         nullif(ticket.ticket_type::text, ''), ticket.status::text, ticket.registration_date::timestamp,
         coalesce(ticket.checked_in, false), ticket.check_in_time::timestamp,
         ticket.registration_source::text = 'walk-in', coalesce(ticket.is_complimentary, false),
         nullif(outreach.trimmed(ticket.marketing_source::text), ''), nullif(ticket.order_number::text, '')
  FROM public.tickets AS ticket
$$;
COMMENT ON FUNCTION outreach.tickets IS
  'All tickets; those that count are what outreach.registrations() answers';

-- What a question that somebody wrote may gather is bounded, where PostgreSQL's own takes what memory there is.
CREATE FUNCTION outreach.lengthened(gathered text, value text, delimiter text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF value IS NULL THEN
    RETURN gathered;
  END IF;
  gathered := coalesce(gathered || coalesce(delimiter, ''), '') || value;
  IF octet_length(gathered) > 100000 THEN
    RAISE EXCEPTION 'more text than an answer holds' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  RETURN gathered;
END
$$;
COMMENT ON FUNCTION outreach.lengthened IS 'A step of ask.string_agg; refuses what is longer than 100 kB';

CREATE FUNCTION outreach.fits_answer(asked record) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF pg_column_size(asked) > 100000 THEN
    RAISE EXCEPTION 'a longer row than an answer holds' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  RETURN true;
END
$$;
COMMENT ON FUNCTION outreach.fits_answer IS 'Refuses a row of an answer that is longer than 100 kB';

CREATE SCHEMA ask;
COMMENT ON SCHEMA ask IS 'The record in an organiser''s words, for questions that no tool answers';

CREATE AGGREGATE ask.string_agg(text, text) (SFUNC = outreach.lengthened, STYPE = text, PARALLEL = SAFE);
COMMENT ON AGGREGATE ask.string_agg(text, text) IS 'As PostgreSQL''s own, up to 100 kB';

CREATE VIEW ask.people AS
  SELECT person.*, (SELECT known.state FROM outreach.deliverability(ARRAY[person.contact_id]) AS known) AS deliverability
  FROM outreach.people() AS person;
COMMENT ON VIEW ask.people IS 'Everybody who is known, a row each';
COMMENT ON COLUMN ask.people.contact_id IS 'Tells people apart; the same in every view';
COMMENT ON COLUMN ask.people.name IS 'First and last name';
COMMENT ON COLUMN ask.people.deliverability IS
  'ok, bounced, complained, unsubscribed or no_email; of everybody, the view undeliverable says it faster';
COMMENT ON COLUMN ask.people.email IS 'Present address, not unique: couples share a mailbox';

CREATE VIEW ask.events AS SELECT * FROM outreach.events();
COMMENT ON VIEW ask.events IS 'The organiser''s events, a row each';
COMMENT ON COLUMN ask.events.status IS 'planned, registration_open, in_progress, completed or cancelled';

CREATE VIEW ask.event_facts AS
  SELECT event.event_id, event.name AS event, fact.key, fact.at, fact.day, fact.value #>> '{}' AS value
  FROM outreach.events() AS event CROSS JOIN LATERAL outreach.facts_of(event.event_id) AS fact
  WHERE num_nonnulls(fact.at, fact.day, nullif(fact.value, 'null')) > 0;
COMMENT ON VIEW ask.event_facts IS 'What is known of an event beyond its row: deadlines, links, theme, capacity, a row each';
COMMENT ON COLUMN ask.event_facts.key IS 'E.g. cfp_closes, registration_url, theme, capacity';
COMMENT ON COLUMN ask.event_facts.at IS 'Of a fact that is a time with its hour';
COMMENT ON COLUMN ask.event_facts.day IS 'Of a fact that is a time of which only the day is known';
COMMENT ON COLUMN ask.event_facts.value IS 'Of any other fact, as text';

CREATE VIEW ask.roles AS
  SELECT held.contact_id, person.name AS person, held.role, held.event_id, event.name AS event
  FROM (SELECT DISTINCT contact_id, event_id, role FROM outreach.participations()) AS held
  LEFT JOIN outreach.people() AS person ON person.contact_id = held.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = held.event_id;
COMMENT ON VIEW ask.roles IS 'Who is what at which event; whoever is registered is an attendee';
COMMENT ON COLUMN ask.roles.role IS 'attendee, speaker, sponsor or organiser';
COMMENT ON COLUMN ask.roles.event_id IS 'Null: the role is global and holds at every event';

CREATE VIEW ask.interests AS
  SELECT interest.contact_id, person.name AS person, interest.topic
  FROM outreach.interests() AS interest
  LEFT JOIN outreach.people() AS person ON person.contact_id = interest.contact_id;
COMMENT ON VIEW ask.interests IS 'A row for each topic that a person is interested in';

CREATE VIEW ask.registrations AS
  SELECT ticket.ticket_id, ticket.contact_id, person.name AS person, ticket.event_id, event.name AS event,
         ticket.ticket_type, ticket.status, ticket.registered_at, ticket.came, ticket.check_in_time,
         ticket.walk_in, ticket.complimentary, ticket.source,
         (SELECT meant.campaign_id
          FROM outreach.source_of_registration(
                 ticket.event_id, outreach.source(ticket.source), ticket.registered_at) AS meant
          WHERE ticket.source IS NOT NULL) AS campaign_id,
         ticket.order_number
  FROM outreach.tickets() AS ticket
  LEFT JOIN outreach.people() AS person ON person.contact_id = ticket.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = ticket.event_id
  WHERE ticket.counts;
COMMENT ON VIEW ask.registrations IS
  'Tickets that are neither cancelled nor transferred, a row each; a person can have several, so count(DISTINCT contact_id) counts people';
COMMENT ON COLUMN ask.registrations.registered_at IS 'Local time of the organiser';
COMMENT ON COLUMN ask.registrations.came IS 'Checked in; means nothing at an event without any check-in';
COMMENT ON COLUMN ask.registrations.check_in_time IS 'Local time of the organiser';
COMMENT ON COLUMN ask.registrations.walk_in IS 'Came without having registered';
COMMENT ON COLUMN ask.registrations.source IS 'What the ticket shop says brought them, as it was written; null: nothing';
COMMENT ON COLUMN ask.registrations.campaign_id IS 'The campaign that the source means; null: none, or it is not clear';

CREATE VIEW ask.cancelled_registrations AS
  SELECT ticket.ticket_id, ticket.contact_id, person.name AS person, ticket.event_id, event.name AS event,
         ticket.ticket_type, ticket.status, ticket.registered_at, ticket.source, ticket.order_number
  FROM outreach.tickets() AS ticket
  LEFT JOIN outreach.people() AS person ON person.contact_id = ticket.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = ticket.event_id
  WHERE NOT ticket.counts;
COMMENT ON VIEW ask.cancelled_registrations IS 'Tickets that do not count any more, as status says: cancelled or transferred';
COMMENT ON COLUMN ask.cancelled_registrations.registered_at IS 'Local time of the organiser';

CREATE VIEW ask.sessions AS
  SELECT session.row_id AS speaker_session_id, session.session AS session_key, session.title, session.event_id,
         event.name AS event, session.contact_id, person.name AS speaker, session.track, session.level,
         session.format, session.room, session.scheduled_at, session.duration_minutes, session.recording_link
  FROM outreach.sessions_by_speaker() AS session
  LEFT JOIN outreach.people() AS person ON person.contact_id = session.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = session.event_id;
COMMENT ON VIEW ask.sessions IS 'A row for each speaker of a talk: one with two speakers is two rows';
COMMENT ON COLUMN ask.sessions.speaker_session_id IS 'Of this row; ratings name it';
COMMENT ON COLUMN ask.sessions.session_key IS 'Rows of one event with the same key are one talk: count(DISTINCT (event_id, session_key))';
COMMENT ON COLUMN ask.sessions.contact_id IS 'The speaker';
COMMENT ON COLUMN ask.sessions.scheduled_at IS 'Local time of the organiser';

CREATE VIEW ask.ratings AS
  SELECT rating.row_id AS speaker_session_id, session.session AS session_key, session.title, session.event_id,
         event.name AS event, session.contact_id, person.name AS speaker, session.track, rating.response,
         rating.topic, rating.presentation, rating.event AS event_rating, rating.speaker_comment, rating.event_comment
  FROM outreach.ratings_by_speaker() AS rating
  JOIN outreach.sessions_by_speaker() AS session ON session.row_id = rating.row_id
  LEFT JOIN outreach.people() AS person ON person.contact_id = session.contact_id
  LEFT JOIN outreach.events() AS event ON event.event_id = session.event_id;
COMMENT ON VIEW ask.ratings IS
  'What an answer of the feedback form says of one speaker''s talk; of a talk with two speakers it is two rows with one response';
COMMENT ON COLUMN ask.ratings.response IS 'Tells answers of the form apart';
COMMENT ON COLUMN ask.ratings.topic IS '1 to 7';
COMMENT ON COLUMN ask.ratings.presentation IS '1 to 7';
COMMENT ON COLUMN ask.ratings.event_rating IS 'Of the event as a whole, where the form asked';

CREATE VIEW ask.campaigns AS
  SELECT campaign.id AS campaign_id, campaign.name::text AS name, outreach.slug(campaign.name) AS slug,
         campaign.campaign_type::text AS campaign_type, campaign.status::text AS status, campaign.event_id,
         event.name AS event, campaign.description, campaign.created_at, campaign.updated_at
  FROM public.campaigns AS campaign
  LEFT JOIN outreach.events() AS event ON event.event_id = campaign.event_id;
COMMENT ON VIEW ask.campaigns IS 'What belongs together for one purpose of one event';
COMMENT ON COLUMN ask.campaigns.campaign_type IS 'cfp, registration, reminder, thank_you, sponsor or general';
COMMENT ON COLUMN ask.campaigns.status IS 'draft, active, completed or cancelled';

CREATE VIEW ask.communications AS
  SELECT communication.id AS communication_id, communication.channel::text AS channel,
         communication.title::text AS title, communication.status::text AS status, communication.sent_at,
         communication.campaign_id, campaign.name::text AS campaign, campaign.event_id, event.name AS event,
         communication.brevo_template_id,
         CASE communication.status WHEN 'draft' THEN 0 ELSE communication.recipient_count END AS recipient_count,
         communication.content_summary, communication.post_url, communication.created_at
  FROM public.communications AS communication
  JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
  LEFT JOIN outreach.events() AS event ON event.event_id = campaign.event_id;
COMMENT ON VIEW ask.communications IS 'Mails to many, posts and material, a row each';
COMMENT ON COLUMN ask.communications.channel IS 'email, linkedin_post or marketing_material';
COMMENT ON COLUMN ask.communications.status IS 'draft, sending, sent, published or failed';
COMMENT ON COLUMN ask.communications.sent_at IS 'When it was sent or published';
COMMENT ON COLUMN ask.communications.recipient_count IS 'Of a mail that is no draft; 0 of anything else';

CREATE VIEW ask.mails AS
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
COMMENT ON VIEW ask.mails IS 'A row for each person that a mail went to or is going to';
COMMENT ON COLUMN ask.mails.title IS 'Of the mail';
COMMENT ON COLUMN ask.mails.status IS 'Present one: queued, sent, delivered, opened, clicked, bounced or failed';
COMMENT ON COLUMN ask.mails.received IS 'The status is sent, delivered, opened or clicked';
COMMENT ON COLUMN ask.mails.opened IS 'The status is opened or clicked';
COMMENT ON COLUMN ask.mails.sent_at IS 'When it went to this person';
COMMENT ON COLUMN ask.mails.opened_at IS 'First opening that was reported; whoever clicked has opened';
COMMENT ON COLUMN ask.mails.clicked_at IS 'First click that was reported';
COMMENT ON COLUMN ask.mails.reason IS 'Why it bounced or failed';
COMMENT ON COLUMN ask.mails.tracked IS 'Anything was reported of this mail; where false nobody knows who opened it';
COMMENT ON COLUMN ask.mails.address IS 'Where it went, where that was kept';

CREATE VIEW ask.delivery_events AS
  SELECT recipient.communication_id, recipient.title::text AS title, recipient.contact_id, person.name AS person,
         told ->> 'kind' AS kind, (told ->> 'at')::timestamptz AS at, told ->> 'reason' AS reason,
         told ->> 'link' AS link, recipient.campaign_id, recipient.event_id
  FROM outreach.recipients AS recipient
  CROSS JOIN LATERAL jsonb_array_elements(recipient.metadata -> 'events') AS told
  LEFT JOIN outreach.people() AS person ON person.contact_id = recipient.contact_id;
COMMENT ON VIEW ask.delivery_events IS 'Everything that the mail service reported of a mail to a person, a row each';
COMMENT ON COLUMN ask.delivery_events.kind IS 'E.g. delivered, opened, clicked, soft_bounce, hard_bounce, spam, unsubscribed';
COMMENT ON COLUMN ask.delivery_events.link IS 'What was clicked';

CREATE VIEW ask.assets AS
  SELECT asset.id AS asset_id, asset.title::text AS title, asset.asset_type::text AS asset_type, asset.description,
         asset.file_url, asset.campaign_id, campaign.name::text AS campaign, asset.event_id, event.name AS event,
         asset.created_at
  FROM public.marketing_assets AS asset
  LEFT JOIN public.campaigns AS campaign ON campaign.id = asset.campaign_id
  LEFT JOIN outreach.events() AS event ON event.event_id = asset.event_id;
COMMENT ON VIEW ask.assets IS 'Material made for an event: flyers, graphics, videos';
COMMENT ON COLUMN ask.assets.asset_type IS 'social_graphic, flyer, banner, poster, video or presentation';

CREATE VIEW ask.distributions AS
  SELECT distribution.id AS distribution_id, distribution.asset_id, asset.title::text AS asset,
         distribution.channel::text AS channel, distribution.distributed_at, distribution.reach_estimate,
         distribution.notes, asset.campaign_id, campaign.name::text AS campaign, asset.event_id, event.name AS event
  FROM public.asset_distributions AS distribution
  JOIN public.marketing_assets AS asset ON asset.id = distribution.asset_id
  LEFT JOIN public.campaigns AS campaign ON campaign.id = asset.campaign_id
  LEFT JOIN outreach.events() AS event ON event.event_id = asset.event_id;
COMMENT ON VIEW ask.distributions IS 'Each place where an asset was shared';
COMMENT ON COLUMN ask.distributions.channel IS 'linkedin, whatsapp, twitter, print, email or website';
COMMENT ON COLUMN ask.distributions.reach_estimate IS 'People or impressions; null where nobody guessed';

-- The states are found once, and people by their addresses: asked of each person, they would be found a million times.
CREATE VIEW ask.undeliverable AS
  SELECT person.contact_id, person.name AS person, person.email,
         CASE WHEN coalesce(outreach.mailbox(person.email), '') = '' THEN 'no_email'
              ELSE coalesce(blocked.state, kept_out.state) END AS state,
         coalesce(blocked.reason, kept_out.reason) AS reason, coalesce(blocked.since, kept_out.since) AS since
  FROM outreach.people() AS person
  LEFT JOIN outreach.undeliverable AS blocked ON blocked.address = outreach.mailbox(person.email)
  LEFT JOIN outreach.kept_out_people AS kept_out ON kept_out.contact_id = person.contact_id
  WHERE blocked.address IS NOT NULL OR kept_out.contact_id IS NOT NULL
     OR coalesce(outreach.mailbox(person.email), '') = '';
COMMENT ON VIEW ask.undeliverable IS 'People who cannot or must not be mailed at their present address; everybody else can';
COMMENT ON COLUMN ask.undeliverable.state IS 'bounced, complained, unsubscribed or no_email';

CREATE VIEW ask.notes AS
  SELECT note.id AS note_id, note.kind, note.about_name AS about, note.text, note.due, note.done_at,
         note.done_at IS NULL AND coalesce(note.due < now(), false) AS overdue,
         note.contact_id, note.communication_id, note.campaign_id, note.event_id, note.created_at,
         note.created_by
  FROM outreach.notes_by_name() AS note;
COMMENT ON VIEW ask.notes IS 'What somebody wants remembered';
COMMENT ON COLUMN ask.notes.kind IS 'What it is about: event, campaign, contact or communication';
COMMENT ON COLUMN ask.notes.done_at IS 'Null: still open';

CREATE VIEW ask.changes AS
  SELECT change.id AS change_id, change.at, change.tool, change.actor AS by, change.client, change.undoes,
         change.undone_by,
         (SELECT sum(wrote.rows)::integer FROM outreach.rows_written(change.id) AS wrote) AS rows_written,
         (SELECT string_agg(about.kind || ' ' || about.name, '; ' ORDER BY about.kind, about.id)
          FROM outreach.about_changes(ARRAY[change.id]) AS about) AS about
  FROM outreach.changes AS change;
COMMENT ON VIEW ask.changes IS 'Each call that wrote';
COMMENT ON COLUMN ask.changes.tool IS 'Null: written by other programs';
COMMENT ON COLUMN ask.changes.by IS 'Who wrote';
COMMENT ON COLUMN ask.changes.undoes IS 'The change that this one took back';
COMMENT ON COLUMN ask.changes.undone_by IS 'The change that took this one back';
COMMENT ON COLUMN ask.changes.about IS 'What it was about: the kind and name of each row, with semicolons between';

-- What a name means in every view that has it and says nothing else of it.
DO $$
DECLARE
  bare record;
BEGIN
  FOR bare IN
    SELECT view.relname AS view_name, attribute.attname AS column_name, meant.meaning
    FROM pg_class AS view
    JOIN pg_attribute AS attribute ON attribute.attrelid = view.oid AND attribute.attnum > 0
    JOIN (VALUES
      ('contact_id', 'Whom it is about; the same in every view'), ('person', 'Name of the person'),
      ('event_id', 'Which event it belongs to; the same in every view'), ('event', 'Name of the event'),
      ('campaign_id', 'Which campaign it belongs to, if any; the same in every view'),
      ('campaign', 'Name of the campaign'),
      ('communication_id', 'Which mail, post or material; the same in every view'),
      ('asset_id', 'Which asset; the same in both views'), ('distribution_id', 'Tells distributions apart'),
      ('ticket_id', 'Tells tickets apart'), ('note_id', 'Tells notes apart'),
      ('change_id', 'Tells changes apart; undo_change takes it'),
      ('name', 'As it was written'), ('title', 'As it was written'), ('asset', 'Title of the asset'),
      ('first_name', 'As it was written'), ('last_name', 'As it was written'), ('phone', 'As it was written'),
      ('email', 'Present address'), ('company', 'As it was written'), ('job_title', 'As it was written'),
      ('profession', 'As it was written'), ('event_date', 'Day of the event'), ('year', 'Year of event_date'),
      ('location', 'As it was written'), ('description', 'As it was written'), ('topic', 'Name of the topic'),
      ('ticket_type', 'As the ticket shop calls it'), ('status', 'As the ticket shop calls it'),
      ('complimentary', 'Cost nothing'), ('source', 'What the ticket shop says brought them; null: nothing'),
      ('order_number', 'As the ticket shop calls it'), ('speaker', 'Name of the speaker'),
      ('session_key', 'Rows of one event with the same key are one talk'),
      ('speaker_session_id', 'The row of sessions that was rated'),
      ('track', 'As the programme calls it'), ('level', 'As the programme calls it'),
      ('format', 'As the programme calls it'), ('room', 'As the programme calls it'),
      ('duration_minutes', 'Minutes'), ('recording_link', 'Where it can be watched'),
      ('speaker_comment', 'What was said of the talk'), ('event_comment', 'What was said of the event'),
      ('slug', 'Name as a link says it'), ('campaign_type', 'cfp, registration, reminder, thank_you, sponsor or general'),
      ('created_at', 'When it was entered'), ('updated_at', 'When it was last changed'), ('sent_at', 'When it was sent'),
      ('brevo_template_id', 'Template of a mail'), ('content_summary', 'What it says'),
      ('post_url', 'Where a post can be seen'), ('file_url', 'Where the file is'),
      ('at', 'When it happened'), ('reason', 'Why, where that was said'), ('distributed_at', 'When it was shared'),
      ('notes', 'Where exactly'), ('since', 'Since when; null where that is not known'),
      ('about', 'Name or title of what it is about'), ('text', 'What is to be remembered'),
      ('due', 'By when it is to be done'), ('overdue', 'Still open after it was due'), ('created_by', 'Who wrote it'),
      ('client', 'The program that they wrote with'), ('rows_written', 'Rows of the database that it wrote'))
      AS meant (name, meaning) ON meant.name = attribute.attname
    WHERE view.relnamespace = 'ask'::regnamespace AND col_description(view.oid, attribute.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN ask.%I.%I IS %L', bare.view_name, bare.column_name, bare.meaning);
  END LOOP;
END
$$;

-- migrate:down

DROP VIEW ask.changes, ask.notes, ask.undeliverable, ask.distributions, ask.assets, ask.delivery_events, ask.mails,
  ask.communications, ask.campaigns, ask.ratings, ask.sessions, ask.cancelled_registrations, ask.registrations,
  ask.interests, ask.roles, ask.event_facts, ask.events, ask.people;
DROP AGGREGATE ask.string_agg(text, text);
DROP SCHEMA ask;
DROP FUNCTION outreach.fits_answer(record);
DROP FUNCTION outreach.lengthened(text, text, text);
DROP FUNCTION outreach.tickets();
DROP FUNCTION outreach.interests();
DROP FUNCTION outreach.events();
DROP FUNCTION outreach.people();
