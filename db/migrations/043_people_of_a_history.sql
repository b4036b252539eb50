-- migrate:up

-- In PL/pgSQL, so that each connection plans it once: planning takes longer than finding what is known of a few
-- people, each by their id.
CREATE FUNCTION outreach.people_of_history(contacts integer[], events integer[], campaign integer, zone text)
RETURNS TABLE (
  id integer, name text, email text, total integer, received integer, unknown integer, registrations jsonb,
  cancelled integer, transferred integer, state text, reason text, since text, shares_mailbox_with jsonb,
  left_out jsonb
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 5 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT contact.id::integer, person.name, person.email, mailed.total, mailed.received, mailed.unknown,
           registered.list AS registrations, withdrawn.cancelled, withdrawn.transferred,
           coalesce(outreach.reason_against(person.email, undeliverable.state, NULL), 'ok')::text AS state,
           undeliverable.reason::text AS reason,
           outreach.local_time(undeliverable.since, people_of_history.zone)::text AS since,
           sharing.people AS shares_mailbox_with, unsent.list AS left_out
    FROM public.contacts AS contact
    CROSS JOIN LATERAL (
      SELECT outreach.called(contact.id::int, contact.first_name::text, contact.last_name::text,
                             contact.email::text) AS name,
             nullif(outreach.trimmed(contact.email::text), '')::text AS email
    ) AS person
    -- One row at most; as totals, so that a row is there at all.
    CROSS JOIN LATERAL (
      SELECT max(state) AS state, max(reason) AS reason, max(since) AS since
      FROM (
        SELECT state, reason, since, 1 AS place
        FROM outreach.undeliverable_among(ARRAY[outreach.mailbox(person.email)])
        UNION ALL
        SELECT state, reason, since, 2 FROM outreach.kept_out_people WHERE contact_id = contact.id
        ORDER BY place LIMIT 1
      ) AS known
    ) AS undeliverable
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS total,
             (count(*) FILTER (WHERE outreach.received(recipient.status)))::int AS received,
             (count(*) FILTER (WHERE outreach.reported_status(
               recipient.communication_id, recipient.contact_id, recipient.status) = 'unknown'))::int AS unknown
      FROM outreach.recipients AS recipient
      WHERE recipient.contact_id = contact.id
        AND (people_of_history.events IS NULL OR recipient.event_id = ANY(people_of_history.events))
        AND (people_of_history.campaign IS NULL OR recipient.campaign_id = people_of_history.campaign)
    ) AS mailed
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'event', jsonb_build_object('id', event.id, 'name', event.name::text),
               'ticket_type', ticket.ticket_type::text, 'status', ticket.status::text,
               'registered_at', coalesce(outreach.local_time(
                 registration.registered_at AT TIME ZONE people_of_history.zone, people_of_history.zone)::text, ''),
               'checked_in', coalesce(registration.checked_in, false),
               'marketing_source', ticket.marketing_source::text,
               'campaign', CASE WHEN campaign.id IS NULL THEN NULL
                                ELSE jsonb_build_object('id', campaign.id, 'name', campaign.name::text) END
             ) ORDER BY registration.registered_at DESC, ticket.id DESC), '[]') AS list
      FROM outreach.registrations() AS registration
      JOIN public.tickets AS ticket ON ticket.id = registration.ticket_id
      JOIN public.events AS event ON event.id = registration.event_id
      LEFT JOIN LATERAL outreach.source_of_registration(
        registration.event_id, outreach.source(registration.marketing_source)::text,
        registration.registered_at) AS meant ON true
      LEFT JOIN public.campaigns AS campaign ON campaign.id = meant.campaign_id
      WHERE registration.contact_id = contact.id
        AND (people_of_history.events IS NULL OR registration.event_id = ANY(people_of_history.events))
        AND (people_of_history.campaign IS NULL OR registration.event_id = (
              SELECT event_id FROM public.campaigns WHERE id = people_of_history.campaign))
    ) AS registered
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE ticket.status::text = 'cancelled'))::int AS cancelled,
             (count(*) FILTER (WHERE ticket.status::text = 'transferred'))::int AS transferred
      FROM public.tickets AS ticket
      WHERE ticket.attendee_contact_id = contact.id
        AND coalesce(ticket.status::text, '') IN ('cancelled', 'transferred')
        AND (people_of_history.events IS NULL OR ticket.event_id = ANY(people_of_history.events))
        AND (people_of_history.campaign IS NULL OR ticket.event_id = (
              SELECT event_id FROM public.campaigns WHERE id = people_of_history.campaign))
    ) AS withdrawn
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', other.id,
               'name', outreach.called(other.id::int, other.first_name::text, other.last_name::text,
                                        other.email::text),
               'received', EXISTS (
                 SELECT FROM outreach.recipients AS recipient
                 WHERE recipient.contact_id = other.id
                   AND outreach.received(recipient.status)
                   AND (people_of_history.events IS NULL OR recipient.event_id = ANY(people_of_history.events))
                   AND (people_of_history.campaign IS NULL OR recipient.campaign_id = people_of_history.campaign))
             ) ORDER BY other.id), '[]') AS people
      FROM public.contacts AS other
      WHERE outreach.mailbox(other.email::text) = outreach.mailbox(person.email) AND other.id <> contact.id
    ) AS sharing
    CROSS JOIN LATERAL (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
               'communication_id', communication.id, 'title', coalesce(communication.title::text, ''),
               'campaign', jsonb_build_object('id', campaign.id, 'name', campaign.name::text),
               'reason', left_out.reason,
               'at', coalesce(outreach.local_time(left_out.at, people_of_history.zone)::text, '')
             ) ORDER BY left_out.at DESC, communication.id DESC), '[]') AS list
      FROM outreach.left_out AS left_out
      JOIN public.communications AS communication ON communication.id = left_out.communication_id
      JOIN public.campaigns AS campaign ON campaign.id = communication.campaign_id
      WHERE left_out.contact_id = contact.id AND communication.status <> 'draft'
        AND (people_of_history.events IS NULL OR campaign.event_id = ANY(people_of_history.events))
        AND (people_of_history.campaign IS NULL OR campaign.id = people_of_history.campaign)
    ) AS unsent
    WHERE contact.id = ANY(people_of_history.contacts)
    ORDER BY contact.id;
END
$$;
COMMENT ON FUNCTION outreach.people_of_history IS
  'What is known of these people, in order, beside the list of their mails of these events and this campaign (NULL: of any)';

-- migrate:down

DROP FUNCTION outreach.people_of_history(integer[], integer[], integer, text);
