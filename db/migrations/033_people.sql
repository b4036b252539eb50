-- migrate:up

-- Who was entered twice is one person since, and files and memories still hold the other name, address and id.
CREATE TABLE outreach.known_as (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contact_id integer NOT NULL,
  former_id integer,
  first_name text NOT NULL,
  last_name text NOT NULL,
  name text NOT NULL GENERATED ALWAYS AS (outreach.full_name(first_name, last_name)) STORED,
  email text,
  since timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT known_as_another CHECK (contact_id <> former_id)
);
COMMENT ON TABLE outreach.known_as IS
  'Former names and addresses of people: after a merge or a correction, imports and references still know them by these';
COMMENT ON COLUMN outreach.known_as.former_id IS 'The contact that was merged into this one; null after a correction';
CREATE INDEX known_as_contact_id_idx ON outreach.known_as (contact_id);
CREATE INDEX known_as_former_id_idx ON outreach.known_as (former_id);
CREATE INDEX known_as_mailbox_idx ON outreach.known_as (outreach.mailbox(email));
CREATE INDEX known_as_name_idx ON outreach.known_as (outreach.fold(name));
CREATE INDEX known_as_last_name_idx ON outreach.known_as (outreach.fold(last_name));

-- For the imports, which recognise a person by both names and the address: each name with each address.
CREATE FUNCTION outreach.formerly(addresses text[], last_names text[])
RETURNS TABLE (contact_id integer, first_name text, last_name text, email text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH meant AS (
    SELECT known.contact_id FROM outreach.known_as AS known
    WHERE outreach.mailbox(known.email) = ANY (addresses)
    UNION
    SELECT known.contact_id FROM outreach.known_as AS known
    WHERE outreach.fold(known.last_name) = ANY (SELECT outreach.fold(asked) FROM unnest(last_names) AS asked)
    UNION
    SELECT known.contact_id
    FROM outreach.known_as AS known JOIN public.contacts AS contact ON contact.id = known.contact_id
    WHERE outreach.mailbox(contact.email::text) = ANY (addresses)
  ), said AS (
    SELECT known.contact_id, known.first_name, known.last_name, known.email
    FROM meant JOIN outreach.known_as AS known ON known.contact_id = meant.contact_id
    UNION
    SELECT meant.contact_id, coalesce(contact.first_name::text, ''), coalesce(contact.last_name::text, ''),
           contact.email::text
    FROM meant JOIN public.contacts AS contact ON contact.id = meant.contact_id
  )
  SELECT DISTINCT called.contact_id, called.first_name, called.last_name, reached.email
  FROM said AS called JOIN said AS reached ON reached.contact_id = called.contact_id
  WHERE NOT EXISTS (
    SELECT FROM public.contacts AS contact
    WHERE contact.id = called.contact_id AND contact.first_name::text = called.first_name
      AND contact.last_name::text = called.last_name AND contact.email::text IS NOT DISTINCT FROM reached.email)
$$;
COMMENT ON FUNCTION outreach.formerly IS
  'Every name with every address by which people on these mailboxes, or of these last names, are known beside their present ones';

CREATE TABLE outreach.distinct_people (
  one integer NOT NULL,
  other integer NOT NULL,
  reason text,
  said_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (one, other),
  CONSTRAINT distinct_people_in_order CHECK (one < other)
);
CREATE INDEX distinct_people_other_idx ON outreach.distinct_people (other);
COMMENT ON TABLE outreach.distinct_people IS 'Pairs that look like one person and are two, as a person said';

CREATE TABLE outreach.merged_messages (
  message_id text PRIMARY KEY,
  recipient_id integer NOT NULL REFERENCES public.communication_recipients (id) ON DELETE CASCADE
);
CREATE INDEX merged_messages_recipient_id_idx ON outreach.merged_messages (recipient_id);
COMMENT ON TABLE outreach.merged_messages IS
  'The mail service''s ids, without brackets, of mails that went to one person twice, as two contacts: what it reports of the second is theirs, too';

-- Without the key nobody can try addresses against what is kept of those who wished to be forgotten.
ALTER TABLE outreach.settings
  ADD COLUMN erasure_key text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text;
COMMENT ON COLUMN outreach.settings.erasure_key IS 'Keys the hashes of erased addresses';

CREATE TABLE outreach.erased (
  digest text PRIMARY KEY,
  erased_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE outreach.erased IS
  'Keyed hashes of the addresses of erased people, so that nothing is sent to them and nothing brings them back; where others read the mailbox, of address and name together';

CREATE FUNCTION outreach.erased_digest(value text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE RETURN
  encode(sha256(convert_to((SELECT erasure_key FROM outreach.settings) || encode(sha256(convert_to(
    (SELECT erasure_key FROM outreach.settings) || value, 'UTF8')), 'hex'), 'UTF8')), 'hex');

CREATE FUNCTION outreach.is_erased(email text, name text) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE RETURN EXISTS (
  SELECT FROM outreach.erased
  WHERE digest IN (outreach.erased_digest(outreach.mailbox(email)),
                   outreach.erased_digest(outreach.mailbox(email) || ' ' || outreach.fold(name))));
COMMENT ON FUNCTION outreach.is_erased IS
  'Whether somebody of this address and full name was erased on request, by an address of theirs; false without an address';

-- An address that comes back is not mailed until its reader says so: lifting counts from its moment, as always.
CREATE OR REPLACE VIEW outreach.objections AS
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
      UNION ALL
      SELECT present.address, 'decision', NULL, erased.erased_at, erased.erased_at, true,
             'asked to be erased', 'erasure'
      FROM outreach.present_addresses() AS present
      JOIN outreach.erased ON erased.digest = outreach.erased_digest(present.address)
    ) AS said
    WINDOW address AS (PARTITION BY address)
  ) AS weighed
  -- Events are told apart to the second, so within the second of a lifting it counts when we heard.
  WHERE CASE WHEN kind = 'decision' THEN suppressed AND at = decided_at
             ELSE lifted_at IS NULL OR at > lifted_at
                  OR (at >= date_trunc('second', lifted_at) AND noted_at > lifted_at) END;

CREATE FUNCTION outreach.deliverability(people integer[]) RETURNS TABLE (contact_id integer, state text)
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
COMMENT ON FUNCTION outreach.deliverability IS
  'Whether these people, or all for NULL, can be mailed at their present address: ok, bounced, complained, unsubscribed or no_email';

CREATE FUNCTION outreach.matching_contacts(beginnings text, events integer[], role text, deliverable text)
RETURNS TABLE (contact_id integer) LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT contact.id::integer
  FROM public.contacts AS contact
  WHERE (matching_contacts.beginnings IS NULL
         OR outreach.word_beginnings(
              outreach.full_name(contact.first_name::text, contact.last_name::text)
              || ' ' || coalesce(contact.email::text, ''))
            @@ outreach.beginning_with(matching_contacts.beginnings)::tsquery)
    AND ((matching_contacts.events IS NULL AND matching_contacts.role IS NULL) OR EXISTS (
          SELECT FROM outreach.participations() AS taken
          WHERE taken.contact_id = contact.id
            AND (matching_contacts.role IS NULL OR taken.role = matching_contacts.role)
            AND (matching_contacts.events IS NULL OR taken.event_id IS NULL
                 OR taken.event_id = ANY (matching_contacts.events))))
    AND (matching_contacts.deliverable IS NULL OR contact.id IN (
          SELECT known.contact_id FROM outreach.deliverability(NULL) AS known
          WHERE known.state = matching_contacts.deliverable))
$$;
COMMENT ON FUNCTION outreach.matching_contacts IS
  'The people that a filter means; what is null does not narrow. Each word of beginnings begins a word of the name or the address';

CREATE FUNCTION outreach.lock_mails_to(people integer[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM public.campaigns WHERE id IN (
    SELECT communication.campaign_id FROM public.communications AS communication
    JOIN public.communication_recipients AS recipient ON recipient.communication_id = communication.id
    WHERE recipient.contact_id = ANY (people) AND communication.status IN ('draft', 'sending'))
    ORDER BY id FOR UPDATE;
  PERFORM FROM public.communications WHERE id IN (
    SELECT communication_id FROM public.communication_recipients WHERE contact_id = ANY (people))
    ORDER BY id FOR UPDATE;
  PERFORM FROM public.communication_recipients WHERE contact_id = ANY (people) ORDER BY id FOR UPDATE;
  RETURN (
    SELECT coalesce(communication.title, '')
    FROM public.communication_recipients AS recipient
    JOIN public.communications AS communication ON communication.id = recipient.communication_id
    WHERE recipient.contact_id = ANY (people)
      AND communication.status = 'sending'
      AND (recipient.status = 'queued'
           OR EXISTS (SELECT FROM outreach.send_states AS mail
                      WHERE mail.communication_id = recipient.communication_id
                        AND mail.contact_id = recipient.contact_id
                        AND mail.state IN ('held', 'waiting', 'unknown')))
    ORDER BY communication.id LIMIT 1);
END
$$;
COMMENT ON FUNCTION outreach.lock_mails_to IS
  'Locks the mails to these people in the usual order; answers the title of one that is on its way to them, or NULL';

-- Merging. References are found in the catalog, so that a table of other hands is moved as well; what is known
-- to mean a person without a foreign key is named. Older tables are written through the door of the history.
CREATE FUNCTION outreach.references_to(target regclass) RETURNS TABLE (place regclass, column_name text)
LANGUAGE sql STABLE AS $$
  SELECT conrelid::regclass, attname::text
  FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
  WHERE contype = 'f' AND confrelid = target AND conparentid = 0 AND cardinality(conkey) = 1
    AND confkey[1] = (SELECT attnum FROM pg_attribute WHERE attrelid = target AND attname = 'id')
  UNION
  -- Not every table says it: a column of that name is meant so, unless it refers elsewhere.
  SELECT relation.oid::regclass, name
  FROM pg_class AS relation CROSS JOIN unnest(outreach.person_columns(relation.oid)) AS name
  WHERE target = 'public.contacts'::regclass AND relation.relkind = 'r' AND name <> 'id'
    AND relation.relnamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
      WHERE contype = 'f' AND conrelid = relation.oid AND attname = name AND confrelid <> target)
  UNION
  SELECT attrelid::regclass, attname::text FROM pg_attribute
  WHERE target = to_regclass('public.speaker_sessions') AND attrelid = to_regclass('public.speaker_ratings')
    AND attname = 'speaker_session_id' AND NOT attisdropped
$$;
COMMENT ON FUNCTION outreach.references_to IS 'The columns that hold ids of a table''s rows';

CREATE FUNCTION outreach.has_columns(table_id regclass, VARIADIC names text[]) RETURNS boolean
LANGUAGE sql STABLE RETURN names <@ ARRAY(
  SELECT attname::text FROM pg_attribute WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped);

-- When row d says of one row what row k says of another, so that one of them is enough once the two are one.
CREATE FUNCTION outreach.says_the_same(table_id regclass, column_name text) RETURNS text
LANGUAGE sql STABLE RETURN (
  SELECT string_agg(condition, ' OR ')
  FROM (
    SELECT coalesce((
      SELECT string_agg(format(CASE WHEN indnullsnotdistinct THEN 'd.%1$I IS NOT DISTINCT FROM k.%1$I'
                                    ELSE 'd.%1$I = k.%1$I' END, attname), ' AND ')
      FROM pg_attribute
      WHERE attrelid = indrelid AND attnum = ANY (indkey::smallint[]) AND attname <> says_the_same.column_name
    ), 'true') AS condition
    FROM pg_index
    WHERE indrelid = table_id AND indisunique AND indexprs IS NULL AND indpred IS NULL
      AND (SELECT attnum FROM pg_attribute
           WHERE attrelid = table_id AND attname = says_the_same.column_name) = ANY (indkey::smallint[])
    UNION
    SELECT 'd.event_id IS NOT DISTINCT FROM k.event_id AND d.role_type = k.role_type'
    WHERE table_id = to_regclass('public.contact_roles')
    UNION
    SELECT 'd.topic_id = k.topic_id' WHERE table_id = to_regclass('public.contact_interests')
    UNION
    SELECT 'true' WHERE table_id = to_regclass('public.speakers')
    UNION
    SELECT 'd.event_id = k.event_id AND d.sessionize_session_id IS NULL AND k.sessionize_session_id IS NULL '
           'AND outreach.fold(d.title::text) = outreach.fold(k.title::text)'
    WHERE table_id = to_regclass('public.speaker_sessions')
      AND outreach.has_columns(table_id, 'event_id', 'sessionize_session_id')
  ) AS rule);

CREATE FUNCTION outreach.key_of(table_id regclass, entry jsonb) RETURNS jsonb LANGUAGE sql STABLE RETURN (
  SELECT jsonb_build_array(jsonb_object_agg(name, entry -> name))
  FROM unnest(outreach.key_columns(table_id)) AS name);

-- What one row has and the other lacks; a ticket that let somebody in did, whichever of the two it was.
CREATE FUNCTION outreach.gains(table_id regclass, kept jsonb, gone jsonb) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(given.key, given.value), '{}')
         || CASE WHEN table_id = to_regclass('public.tickets') THEN
              CASE WHEN gone ->> 'checked_in' = 'true' AND kept ->> 'checked_in' IS DISTINCT FROM 'true'
                   THEN jsonb_build_object('checked_in', true) ELSE '{}' END
              || CASE WHEN kept ->> 'status' IN ('cancelled', 'transferred') AND gone ->> 'status' = 'registered'
                      THEN jsonb_build_object('status', gone -> 'status') ELSE '{}' END
            ELSE '{}' END
  FROM jsonb_each(gone) AS given
  JOIN pg_attribute ON attrelid = table_id AND attname = given.key AND attgenerated = '' AND attidentity = ''
  WHERE given.value NOT IN ('null', '""') AND kept -> given.key IN ('null', '""')
$$;
COMMENT ON FUNCTION outreach.gains IS 'What is to be set in the kept row of two that are one, from the one that goes';

CREATE FUNCTION outreach.noun_of(table_id regclass, column_name text) RETURNS text LANGUAGE sql STABLE RETURN (
  SELECT CASE WHEN column_name = 'purchaser_contact_id' THEN 'purchases' ELSE CASE relname
           WHEN 'contact_roles' THEN 'roles' WHEN 'contact_interests' THEN 'interests'
           WHEN 'speaker_sessions' THEN 'sessions' WHEN 'speaker_ratings' THEN 'ratings'
           ELSE relname::text END END
  FROM pg_class WHERE oid = table_id);

CREATE FUNCTION outreach.add_counts(one jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE RETURN (
  SELECT coalesce(jsonb_object_agg(noun, rows), '{}')
  FROM (SELECT key AS noun, sum(value::integer) AS rows
        FROM (SELECT * FROM jsonb_each_text(one) UNION ALL SELECT * FROM jsonb_each_text(other)) AS part
        GROUP BY key HAVING sum(value::integer) > 0) AS summed);

CREATE FUNCTION outreach.merge_references(target regclass, gone_id bigint, kept_id bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  referring record;
  twin record;
  nested jsonb;
  answer jsonb := '{"moved": {}, "combined": {}}';
  rows integer;
BEGIN
  FOR referring IN
    SELECT place, column_name, outreach.noun_of(place, column_name) AS noun,
           outreach.says_the_same(place, column_name) AS same,
           EXISTS (SELECT FROM pg_trigger WHERE tgrelid = place AND tgname = 'keep_changed') AS is_watched,
           place IN (SELECT to_regclass('public.' || name)
                     FROM unnest(ARRAY['tickets', 'contact_roles', 'contact_interests', 'speakers',
                                       'speaker_sessions', 'speaker_ratings']) AS name) AS is_known
    FROM outreach.references_to(target)
    WHERE place <> 'public.communication_recipients'::regclass
    ORDER BY column_name, place::text
  LOOP
    rows := 0;
    IF referring.same IS NOT NULL THEN
      FOR twin IN EXECUTE format(
        'SELECT DISTINCT ON (d.ctid) to_jsonb(d) AS gone, to_jsonb(k) AS kept FROM %1$s AS d JOIN %1$s AS k
           ON k.%2$I = $2 AND (%3$s) WHERE d.%2$I = $1 ORDER BY d.ctid',
        referring.place, referring.column_name, referring.same) USING gone_id, kept_id
      LOOP
        IF NOT referring.is_known THEN
          RETURN jsonb_build_object('refused', referring.place::text);
        END IF;
        IF outreach.has_number(referring.place) THEN
          nested := outreach.merge_references(
            referring.place, (twin.gone ->> 'id')::bigint, (twin.kept ->> 'id')::bigint);
          IF nested ? 'refused' THEN
            RETURN nested;
          END IF;
          answer := jsonb_build_object(
            'moved', outreach.add_counts(answer -> 'moved', nested -> 'moved'),
            'combined', outreach.add_counts(answer -> 'combined', nested -> 'combined'));
        END IF;
        -- First, as an index of theirs may allow what it had to one row only.
        PERFORM outreach.delete_rows(referring.place, outreach.key_of(referring.place, twin.gone));
        PERFORM outreach.update_rows(referring.place, outreach.key_of(referring.place, twin.kept),
                                     outreach.gains(referring.place, twin.kept, twin.gone));
        rows := rows + 1;
      END LOOP;
      answer := jsonb_set(answer, '{combined}', outreach.add_counts(
        answer -> 'combined', jsonb_build_object(referring.noun, rows)));
    END IF;
    IF referring.is_watched THEN
      EXECUTE format('UPDATE %s SET %2$I = $2 WHERE %2$I = $1', referring.place, referring.column_name)
        USING gone_id, kept_id;
      GET DIAGNOSTICS rows = ROW_COUNT;
    ELSE
      rows := jsonb_array_length(outreach.update_rows(
        referring.place, jsonb_build_array(jsonb_build_object(referring.column_name, gone_id)),
        jsonb_build_object(referring.column_name, kept_id)));
    END IF;
    answer := jsonb_set(answer, '{moved}', outreach.add_counts(
      answer -> 'moved', jsonb_build_object(referring.noun, rows)));
  END LOOP;
  RETURN answer;
END
$$;
COMMENT ON FUNCTION outreach.merge_references IS
  'Lets everything that refers to one row refer to another: {moved, combined} by kind, or {refused}: the table that cannot';

-- Recipients stay under the number of the row, and what was reported of an address stays of that address.
CREATE FUNCTION outreach.merge_recipients(gone_id integer, kept_id integer, address text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  twin record;
  listed outreach.send_recipients[];
  moved integer;
  combined integer := 0;
BEGIN
  -- They go back as the kept person's, once there is a recipient of that name in the record.
  WITH gone AS (DELETE FROM outreach.send_recipients WHERE contact_id = gone_id RETURNING *)
  SELECT array_agg(gone.*::outreach.send_recipients) INTO listed FROM gone;
  FOR twin IN
    SELECT d.id AS gone, k.id AS kept, k.communication_id, d.brevo_message_id AS gone_message,
           coalesce(k.brevo_message_id, d.brevo_message_id) AS message, least(k.sent_at, d.sent_at) AS sent_at,
           coalesce(d.metadata, '{}') || coalesce(k.metadata, '{}') AS metadata,
           (SELECT said FROM unnest(ARRAY[coalesce(k.metadata ->> 'logged_status', k.status),
                                          coalesce(d.metadata ->> 'logged_status', d.status)]) AS said
            ORDER BY array_position(outreach.statuses_best_first(), said) LIMIT 1) AS logged,
           (SELECT jsonb_agg(event ORDER BY event ->> 'at', event ->> 'kind')
            FROM (SELECT DISTINCT ON (event ->> 'kind', event ->> 'at', coalesce(event ->> 'link', '')) event
                  FROM (SELECT 1 AS place, jsonb_array_elements(k.metadata -> 'events') AS event
                        UNION ALL
                        SELECT 2, jsonb_array_elements(d.metadata -> 'events')) AS told
                  ORDER BY event ->> 'kind', event ->> 'at', coalesce(event ->> 'link', ''), place) AS once
           ) AS events
    FROM public.communication_recipients AS d
    JOIN public.communication_recipients AS k
      ON k.communication_id = d.communication_id AND k.contact_id = kept_id
    WHERE d.contact_id = gone_id
    ORDER BY d.id
  LOOP
    INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at, noted_at, reason)
      SELECT twin.kept, problem.address, problem.kind, problem.at, problem.noted_at, problem.reason
      FROM outreach.delivery_problems AS problem WHERE problem.recipient_id = twin.gone
      ON CONFLICT DO NOTHING;
    INSERT INTO outreach.merged_messages (message_id, recipient_id)
      SELECT btrim(twin.gone_message, '<>'), twin.kept WHERE twin.message <> twin.gone_message;
    UPDATE outreach.merged_messages SET recipient_id = twin.kept WHERE recipient_id = twin.gone;
    DELETE FROM public.communication_recipients WHERE id = twin.gone;
    UPDATE public.communication_recipients AS recipient
      SET brevo_message_id = twin.message, sent_at = twin.sent_at, metadata = whole.metadata,
          status = CASE WHEN twin.events IS NULL THEN twin.logged
                        ELSE outreach.recipient_status(whole.metadata) END
      FROM (SELECT CASE WHEN twin.events IS NULL AND NOT twin.metadata ? 'logged_status'
                        THEN nullif(twin.metadata, '{}')
                        ELSE twin.metadata || jsonb_strip_nulls(jsonb_build_object(
                               'logged_status', twin.logged, 'events', twin.events)) END AS metadata) AS whole
      WHERE recipient.id = twin.kept;
    UPDATE public.communications SET recipient_count = recipient_count - 1 WHERE id = twin.communication_id;
    combined := combined + 1;
  END LOOP;
  UPDATE public.communication_recipients
    SET contact_id = kept_id,
        metadata = CASE WHEN metadata ->> 'email' IS NULL AND address <> '' AND status <> 'queued'
                        THEN coalesce(metadata, '{}') || jsonb_build_object('email', address) ELSE metadata END
    WHERE contact_id = gone_id;
  GET DIAGNOSTICS moved = ROW_COUNT;
  INSERT INTO outreach.merged_messages (message_id, recipient_id)
    SELECT btrim(entry.message_id, '<>'), recipient.id
    FROM unnest(listed) AS entry
    JOIN outreach.send_recipients AS other
      ON other.communication_id = entry.communication_id AND other.contact_id = kept_id
         AND other.session = entry.session
    JOIN public.communication_recipients AS recipient
      ON recipient.communication_id = entry.communication_id AND recipient.contact_id = kept_id
    WHERE entry.message_id IS NOT NULL
    ON CONFLICT DO NOTHING;
  INSERT INTO outreach.send_recipients
    SELECT (jsonb_populate_record(entry, jsonb_build_object('contact_id', kept_id, 'mail', own.mails + row_number()
              OVER (PARTITION BY entry.communication_id ORDER BY entry.mail)))).*
    FROM unnest(listed) AS entry
    CROSS JOIN LATERAL (
      SELECT coalesce(max(other.mail), 0) AS mails,
             coalesce(bool_or(other.session IS NOT DISTINCT FROM entry.session), false) AS has_this
      FROM outreach.send_recipients AS other
      WHERE other.communication_id = entry.communication_id AND other.contact_id = kept_id
    ) AS own
    WHERE NOT own.has_this;
  RETURN jsonb_build_object('moved', jsonb_build_object('recipients', moved),
                            'combined', jsonb_build_object('recipients', combined));
END
$$;

CREATE FUNCTION outreach.merge_contacts(kept_id integer, gone_id integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  kept jsonb;
  gone jsonb;
  answer jsonb;
  referring jsonb;
  blocked record;
  rows integer;
  words text;
BEGIN
  PERFORM FROM public.contacts WHERE id IN (kept_id, gone_id) ORDER BY id FOR UPDATE;
  SELECT to_jsonb(contact) INTO kept FROM public.contacts AS contact WHERE id = kept_id;
  SELECT to_jsonb(contact) INTO gone FROM public.contacts AS contact WHERE id = gone_id;
  IF kept IS NULL OR gone IS NULL THEN
    RETURN jsonb_build_object('missing', CASE WHEN kept IS NULL THEN kept_id ELSE gone_id END);
  END IF;
  words := outreach.lock_mails_to(ARRAY[kept_id, gone_id]);
  IF words IS NOT NULL THEN
    RETURN jsonb_build_object('under_way', words);
  END IF;
  SELECT conrelid::regclass::text INTO words FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'public.contacts'::regclass AND cardinality(conkey) > 1 LIMIT 1;
  IF words IS NOT NULL THEN
    RETURN jsonb_build_object('refused', words);
  END IF;

  -- Who speaks may stand in a column of another name; which, is not guessed.
  IF to_regclass('public.speaker_sessions') IS NOT NULL
     AND NOT outreach.has_columns('public.speaker_sessions', 'contact_id') AND EXISTS (
       SELECT FROM public.speaker_sessions AS session CROSS JOIN LATERAL jsonb_each(to_jsonb(session)) AS field
       WHERE field.value = to_jsonb(gone_id) AND field.key NOT IN ('id', 'duration_minutes')
         AND field.key !~ 'event' AND field.key NOT IN (
           SELECT attname FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
           WHERE contype = 'f' AND conrelid = 'public.speaker_sessions'::regclass)) THEN
    RETURN jsonb_build_object('unclear', 'speaker_sessions');
  END IF;

  INSERT INTO outreach.known_as (contact_id, former_id, first_name, last_name, email)
    VALUES (kept_id, gone_id, coalesce(gone ->> 'first_name', ''), coalesce(gone ->> 'last_name', ''),
            gone ->> 'email');
  -- What triggers would derive is put in place here, and what guards hold fast is the same in another's name.
  PERFORM set_config('outreach.undoing', 'on', true);
  -- What stands against the address as such is a word of this person: unless both read one mailbox anyway.
  SELECT said.state, said.reason, said.since INTO blocked
    FROM outreach.undeliverable_among(ARRAY[outreach.mailbox(gone ->> 'email')]) AS said
    WHERE said.state <> 'bounced'
      AND outreach.mailbox(gone ->> 'email') IS DISTINCT FROM outreach.mailbox(kept ->> 'email');
  IF blocked.state IS NOT NULL THEN
    INSERT INTO outreach.suppressions (scope, contact_id, suppressed, reason, source, at)
      VALUES ('person', kept_id, true, format('%s at an address of theirs: %s', blocked.state, blocked.reason),
              'person', blocked.since);
  END IF;
  UPDATE outreach.suppressions SET contact_id = kept_id WHERE contact_id = gone_id;
  GET DIAGNOSTICS rows = ROW_COUNT;
  answer := outreach.merge_recipients(gone_id, kept_id, coalesce(gone ->> 'email', ''));
  answer := jsonb_set(answer, '{moved}', outreach.add_counts(
    answer -> 'moved', jsonb_build_object('suppressions', rows)));

  DELETE FROM outreach.left_out AS mine WHERE contact_id = gone_id AND EXISTS (
    SELECT FROM outreach.left_out AS other
    WHERE other.communication_id = mine.communication_id AND other.contact_id = kept_id);
  UPDATE outreach.left_out SET contact_id = kept_id WHERE contact_id = gone_id;
  UPDATE outreach.known_as SET contact_id = kept_id WHERE contact_id = gone_id;
  WITH parted AS (
    DELETE FROM outreach.distinct_people WHERE gone_id IN (one, other) RETURNING *)
  INSERT INTO outreach.distinct_people (one, other, reason, said_at)
    SELECT least(kept_id, third), greatest(kept_id, third), reason, said_at
    FROM (SELECT CASE WHEN one = gone_id THEN other ELSE one END AS third, reason, said_at FROM parted) AS pair
    WHERE third <> kept_id
    ON CONFLICT DO NOTHING;
  PERFORM set_config('outreach.undoing', 'off', true);

  referring := outreach.merge_references('public.contacts', gone_id, kept_id);
  IF referring ? 'refused' THEN
    RETURN referring;
  END IF;
  answer := jsonb_build_object(
    'moved', outreach.add_counts(answer -> 'moved', referring -> 'moved'),
    'combined', outreach.add_counts(answer -> 'combined', referring -> 'combined'));
  PERFORM outreach.delete_rows('public.contacts', jsonb_build_array(jsonb_build_object('id', gone_id)));
  PERFORM outreach.update_rows(
    'public.contacts', jsonb_build_array(jsonb_build_object('id', kept_id)),
    outreach.gains('public.contacts', kept, gone) || CASE WHEN kept ? 'updated_at'
      THEN jsonb_build_object('updated_at', now()) ELSE '{}' END);
  RETURN answer || jsonb_build_object(
    'set_aside', (SELECT coalesce(jsonb_object_agg(given.key, given.value), '{}')
                  FROM jsonb_each_text(gone) AS given
                  WHERE given.key NOT IN ('id', 'created_at', 'updated_at', 'first_name', 'last_name', 'email')
                    AND given.value <> '' AND kept ->> given.key <> '' AND kept ->> given.key <> given.value));
END
$$;
COMMENT ON FUNCTION outreach.merge_contacts IS
  'Makes two contacts one, whatever refers to them: {moved, combined, set_aside}, or why not: {missing}, {under_way}, {refused} or {unclear}; the transaction must then be rolled back';

-- Erasing. What is theirs goes by the person's number; what is said of them elsewhere is looked for in every text.
CREATE FUNCTION outreach.any_of(words text[], kind text) RETURNS text LANGUAGE sql IMMUTABLE RETURN (
  SELECT CASE kind WHEN 'names' THEN '(?<![[:alnum:]])' ELSE '(?<![[:alnum:]._%+-])' END
         || '(?:' || string_agg(CASE kind
           WHEN 'phones' THEN '\+?[0-9]{0,4}[ ()./-]{0,2}' || regexp_replace(word, '(.)(?=.)', '\1[ ()./-]{0,2}', 'g')
           -- A quotation mark is escaped within JSON.
           WHEN 'addresses' THEN replace(regexp_replace(normalize(word, NFD), '([!-/:-@\[-`{-~])', '\\\1', 'g'), '\"', '\\?"')
           -- Letter by letter with any accent, and between words what stands there in texts, addresses and file names.
           ELSE replace(regexp_replace(outreach.spaced(word), '([^ ])', '\1[\u0300-\u036f]*', 'g'), ' ',
                        '(?:[\s\\\u00a0\u2000-\u200f\u202f",''\u2019]|[._+-]|%20){1,4}')
           END, '|')
         || ')(?![[:alnum:]\u0300-\u036f])'
  FROM unnest(words) AS word WHERE outreach.spaced(word) <> '');
COMMENT ON FUNCTION outreach.any_of IS
  'A pattern for any of these words, standing by themselves, in a text whose accents are apart; kind: names, addresses, or phones, whose digits may be grouped anyhow; NULL for none';

CREATE FUNCTION outreach.without_person(value text, who jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  bare text := normalize(value, NFD);
  -- Without a word for them, each place gets one of its own.
  called text := coalesce(who ->> 'called', 'Erased person ' || left(gen_random_uuid()::text, 8));
BEGIN
  IF bare !~* (who ->> 'any') IS NOT FALSE THEN
    RETURN value;
  END IF;
  IF who ->> 'addresses' IS NOT NULL THEN
    bare := regexp_replace(bare, who ->> 'addresses', 'erased@example.invalid', 'gi');
  END IF;
  IF who ->> 'names' IS NOT NULL THEN
    -- Within an address or the name of a file there are no blanks.
    bare := regexp_replace(bare, replace(who ->> 'names', '[\s\\\u00a0\u2000-\u200f\u202f",''\u2019]|', ''), replace(called, ' ', '-'), 'gi');
    bare := regexp_replace(bare, who ->> 'names', called, 'gi');
  END IF;
  IF who ->> 'phones' IS NOT NULL THEN
    bare := regexp_replace(bare, who ->> 'phones', 'erased', 'g');
  END IF;
  RETURN normalize(bare, NFC);
END
$$;

CREATE FUNCTION outreach.without_person(value jsonb, who jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE jsonb_typeof(value)
    WHEN 'string' THEN to_jsonb(outreach.without_person(value #>> '{}', who))
    WHEN 'array' THEN (SELECT coalesce(jsonb_agg(outreach.without_person(item, who) ORDER BY place), '[]')
                       FROM jsonb_array_elements(value) WITH ORDINALITY AS part (item, place))
    WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(key, outreach.without_person(item, who)), '{}')
                        FROM jsonb_each(value) AS part (key, item))
    ELSE value END;
END
$$;
COMMENT ON FUNCTION outreach.without_person(jsonb, jsonb) IS
  'The same without a person''s names, addresses and phones, given as patterns: {names, addresses, phones}';

-- Texts of one row of a table become empty where they may, else blank; of what is no text, only what says nothing by
-- itself stays: numbers of rows, times of the row.
CREATE FUNCTION outreach.blanked(table_id regclass, kept_columns text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(attname, CASE WHEN attnotnull THEN '""'::jsonb ELSE 'null' END), '{}')
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
  WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
    AND attname <> ALL (kept_columns) AND (NOT attnotnull OR typcategory = 'S')
$$;

CREATE FUNCTION outreach.sweep(who jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  place record;
  rows integer;
  written bigint[];
  swept jsonb := '{}';
BEGIN
  FOR place IN
    SELECT relation.oid::regclass AS id, relation.relname AS name,
           relnamespace = 'public'::regnamespace AND outreach.has_number(relation.oid) AND NOT EXISTS (
             SELECT FROM pg_trigger WHERE tgrelid = relation.oid AND tgname = 'keep_changed') AS is_older,
           string_agg(format('%1$I = %2$s', attname, said.new), ', ') AS new_values,
           string_agg(format('normalize(r.%I::text, NFD) ~* ($1 ->> ''any'')', attname), ' OR ') AS holds
    FROM pg_class AS relation
    JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    JOIN pg_type ON pg_type.oid = atttypid
    CROSS JOIN LATERAL (
      SELECT CASE WHEN typname IN ('json', 'jsonb')
                  THEN format('outreach.without_person(r.%I::jsonb, $1)::%s', attname, typname)
                  WHEN typname = 'varchar' AND atttypmod > 4
                  THEN format('left(outreach.without_person(r.%I::text, $1), %s)', attname, atttypmod - 4)
                  ELSE format('outreach.without_person(r.%I::text, $1)', attname) END AS new
    ) AS said
    WHERE relation.relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'outreach'::regnamespace)
      AND (typcategory = 'S' OR typname IN ('json', 'jsonb'))
      AND relation.oid NOT IN ('outreach.settings'::regclass, 'outreach.erased'::regclass,
                               'outreach.changed_rows'::regclass)
      -- Who else bears a name or reads a mailbox is not looked for.
      AND NOT (relation.oid = 'public.contacts'::regclass
               AND attname IN ('first_name', 'last_name', 'email', 'phone'))
    GROUP BY relation.oid, relation.relname, relation.relnamespace
    ORDER BY relation.oid
  LOOP
    IF place.is_older THEN
      EXECUTE format('WITH written AS (UPDATE %s AS r SET %s WHERE %s RETURNING id)
                      SELECT array_agg(id) FROM written', place.id, place.new_values, place.holds)
        INTO written USING who;
      rows := coalesce(cardinality(written), 0);
      IF rows > 0 THEN
        PERFORM outreach.note_before(place.id, written, '{}');
      END IF;
    ELSE
      EXECUTE format('UPDATE %s AS r SET %s WHERE %s', place.id, place.new_values, place.holds) USING who;
      GET DIAGNOSTICS rows = ROW_COUNT;
    END IF;
    swept := outreach.add_counts(swept, jsonb_build_object('texts of ' || place.name, rows));
  END LOOP;
  RETURN swept;
END
$$;
COMMENT ON FUNCTION outreach.sweep IS
  'Takes a person''s names, addresses and phones out of every text of every table; answers how many rows held some';

CREATE FUNCTION outreach.digits(phone text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
  CASE WHEN length(regexp_replace(phone, '[^0-9]', '', 'g')) >= 7
       THEN right(regexp_replace(phone, '[^0-9]', '', 'g'), 9) END;
COMMENT ON FUNCTION outreach.digits IS 'What two spellings of one phone number share; NULL for what is too short to be one';

CREATE FUNCTION outreach.names_another(name text, person integer, also_within boolean) RETURNS boolean
LANGUAGE sql STABLE RETURN EXISTS (
    SELECT FROM public.contacts AS other
    WHERE outreach.fold(outreach.full_name(other.first_name::text, other.last_name::text)) = outreach.fold(name)
      AND other.id <> person)
  OR also_within AND EXISTS (
    SELECT FROM public.contacts AS other
    WHERE strpos(' ' || outreach.fold(outreach.full_name(other.first_name::text, other.last_name::text)) || ' ',
                 ' ' || outreach.fold(name) || ' ') > 0
      AND other.id <> person);
COMMENT ON FUNCTION outreach.names_another IS
  'Whether somebody else bears this name; also_within: or one that it is a part of';

CREATE FUNCTION outreach.erase_contact(person integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  whole jsonb;
  same int8multirange;
  bare jsonb := '{"metadata": null, "brevo_message_id": null, "delivery_problems": []}';
  words text;
  names text[];
  addresses text[];
  phones text[];
  who jsonb;
  counts jsonb := '{}';
  swept jsonb;
  shared text[];
  is_partial boolean;
  is_namesake boolean;
  place record;
  rows integer;
BEGIN
  SELECT to_jsonb(contact) INTO whole FROM public.contacts AS contact WHERE id = person FOR UPDATE;
  IF whole IS NULL THEN
    RETURN jsonb_build_object('missing', person);
  END IF;
  words := outreach.lock_mails_to(ARRAY[person]);
  IF words IS NOT NULL THEN
    RETURN jsonb_build_object('under_way', words);
  END IF;

  -- Who was merged into them is they.
  SELECT range_agg(int8range(id, id, '[]')) INTO same FROM (
    SELECT person AS id UNION SELECT former_id FROM outreach.known_as WHERE contact_id = person AND former_id IS NOT NULL
  ) AS one;
  names := ARRAY(
    SELECT DISTINCT name FROM (
      SELECT outreach.full_name(whole ->> 'first_name', whole ->> 'last_name') AS name
      UNION SELECT known.name FROM outreach.known_as AS known WHERE contact_id = person
      UNION SELECT listed.name FROM outreach.send_recipients AS listed WHERE contact_id = person) AS called
    WHERE name <> '');
  addresses := ARRAY(
    SELECT DISTINCT outreach.mailbox(email) FROM (
      SELECT whole ->> 'email' AS email
      UNION SELECT known.email FROM outreach.known_as AS known WHERE contact_id = person
      UNION SELECT listed.email FROM outreach.send_recipients AS listed WHERE contact_id = person
      -- Who buys for several people is somebody else, whom nobody erases.
      UNION SELECT ticket.purchaser_email::text FROM public.tickets AS ticket
            WHERE purchaser_contact_id = person AND NOT EXISTS (
              SELECT FROM public.tickets AS other
              WHERE other.purchaser_contact_id <> person
                AND outreach.mailbox(other.purchaser_email::text) = outreach.mailbox(ticket.purchaser_email::text))
      UNION SELECT metadata ->> 'email' FROM public.communication_recipients WHERE contact_id = person
      UNION SELECT problem.address FROM outreach.delivery_problems AS problem
            JOIN public.communication_recipients AS recipient ON recipient.id = problem.recipient_id
            WHERE recipient.contact_id = person) AS read
    WHERE outreach.mailbox(email) <> '');
  phones := ARRAY(
    SELECT DISTINCT outreach.digits(value) FROM (
      SELECT whole AS fields
      UNION ALL
      SELECT image FROM outreach.changed_rows AS entry CROSS JOIN LATERAL jsonb_array_elements(entry.before) AS image
      WHERE entry.table_name = 'public.contacts' AND entry.people && same AND same @> (image ->> 'id')::bigint
    ) AS said CROSS JOIN LATERAL jsonb_each_text(fields) AS field
    WHERE key ~ '(phone|mobile|cell|whatsapp)' AND outreach.digits(value) IS NOT NULL);

  -- Of a mailbox that others read, or did, it is this person who is not to come back.
  shared := ARRAY(
    SELECT own FROM unnest(addresses) AS own
    WHERE EXISTS (SELECT FROM public.contacts AS other
                  WHERE outreach.mailbox(other.email::text) = own AND other.id <> person)
       OR EXISTS (SELECT FROM outreach.known_as AS other
                  WHERE outreach.mailbox(other.email) = own AND other.contact_id <> person));
  addresses := ARRAY(SELECT unnest(addresses) EXCEPT SELECT unnest(shared));
  INSERT INTO outreach.erased (digest)
    SELECT outreach.erased_digest(own) FROM unnest(addresses) AS own
    UNION
    SELECT outreach.erased_digest(own || ' ' || outreach.fold(name)) FROM unnest(shared) AS own, unnest(names) AS name
    ON CONFLICT DO NOTHING;
  -- A first or last name alone is part of others' as well.
  is_partial := '' IN (outreach.fold(coalesce(whole ->> 'first_name', '')), outreach.fold(coalesce(whole ->> 'last_name', '')))
    OR EXISTS (SELECT FROM outreach.known_as AS known
               WHERE contact_id = person AND '' IN (outreach.fold(first_name), outreach.fold(last_name)));
  is_namesake := EXISTS (SELECT FROM unnest(names) AS name WHERE outreach.names_another(name, person, is_partial));
  names := ARRAY(
    SELECT name FROM (
      SELECT unnest(names) AS name
      UNION SELECT outreach.full_name(whole ->> 'last_name', whole ->> 'first_name')
      UNION SELECT outreach.full_name(known.last_name, known.first_name) FROM outreach.known_as AS known WHERE contact_id = person
    ) AS spelled
    WHERE strpos(name, ' ') > 0 AND NOT outreach.names_another(name, person, is_partial));
  IF EXISTS (SELECT FROM public.contacts AS other CROSS JOIN LATERAL jsonb_each_text(to_jsonb(other)) AS field
             WHERE phones <> '{}' AND other.id <> person AND field.key ~ '(phone|mobile|cell|whatsapp)'
               AND outreach.digits(field.value) = ANY (phones)) THEN
    phones := '{}';
  END IF;
  who := jsonb_build_object('names', outreach.any_of(names, 'names'), 'addresses', outreach.any_of(addresses, 'addresses'),
                            'phones', outreach.any_of(phones, 'phones'));
  who := who || jsonb_build_object('any', (SELECT string_agg(value, '|') FROM jsonb_each_text(who)),
                                   'called', 'Erased person');

  PERFORM set_config('outreach.undoing', 'on', true);
  -- Nobody who is not there is on a list that is still to be sent.
  WITH taken AS (
    DELETE FROM outreach.send_recipients AS listed USING public.communications AS communication
    WHERE listed.contact_id = person AND listed.batch_id IS NULL
      AND communication.id = listed.communication_id AND communication.status = 'draft'
    RETURNING listed.communication_id
  ), gone AS (
    DELETE FROM public.communication_recipients AS recipient USING taken
    WHERE recipient.communication_id = taken.communication_id AND recipient.contact_id = person
      AND recipient.status = 'queued'
    RETURNING recipient.communication_id
  ), noted AS (
    INSERT INTO outreach.left_out (communication_id, contact_id, reason)
    SELECT communication_id, person, 'erased' FROM gone ON CONFLICT DO NOTHING
  ), counted AS (
    UPDATE public.communications AS communication SET recipient_count = recipient_count - 1
    FROM gone WHERE communication.id = gone.communication_id
  )
  SELECT count(*) INTO rows FROM gone;
  counts := outreach.add_counts(counts, jsonb_build_object('lists', rows));

  UPDATE outreach.send_recipients
    SET email = 'erased@example.invalid', name = 'Erased person', params = '{}', message_id = NULL
    WHERE contact_id = person;
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := outreach.add_counts(counts, jsonb_build_object('mails', rows));
  UPDATE outreach.send_batches AS batch SET body = NULL
    FROM outreach.send_recipients AS listed
    WHERE listed.batch_id = batch.id AND listed.contact_id = person AND batch.outcome IS NOT NULL;
  UPDATE public.communication_recipients AS recipient SET brevo_message_id = NULL, metadata = bare.metadata
    FROM (
      SELECT id, nullif(jsonb_strip_nulls(jsonb_build_object(
               'logged_status', metadata -> 'logged_status',
               'events', (SELECT jsonb_agg(event - 'reason' - 'link' ORDER BY nth)
                          FROM jsonb_array_elements(metadata -> 'events') WITH ORDINALITY AS told (event, nth)))),
             '{}') AS metadata
      FROM public.communication_recipients WHERE contact_id = person
    ) AS bare
    WHERE recipient.id = bare.id;
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := outreach.add_counts(counts, jsonb_build_object('recipients', rows));
  DELETE FROM outreach.merged_messages WHERE recipient_id IN (
    SELECT id FROM public.communication_recipients WHERE contact_id = person);
  -- What is known of a mailbox, its other readers need.
  DELETE FROM outreach.delivery_problems WHERE address <> ALL (shared) AND recipient_id IN (
    SELECT id FROM public.communication_recipients WHERE contact_id = person);
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := outreach.add_counts(counts, jsonb_build_object('delivery_problems', rows));
  UPDATE outreach.suppressions SET contact_id = NULL, reason = NULL
    WHERE contact_id = person AND address = ANY (shared);
  DELETE FROM outreach.suppressions
    WHERE address = ANY (addresses) OR contact_id = person;
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := outreach.add_counts(counts, jsonb_build_object('suppressions', rows));
  DELETE FROM outreach.known_as WHERE contact_id = person;
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := outreach.add_counts(counts, jsonb_build_object('former_names', rows));
  DELETE FROM outreach.distinct_people WHERE person IN (one, other);
  bare := bare || jsonb_build_object(
    'contact', jsonb_build_object('id', person, 'name', 'Erased person', 'email', NULL), 'contact_id', person);
  UPDATE outreach.removed_entries AS removed
    SET entry = CASE WHEN kind = 'recipient' THEN entry || bare ELSE entry END,
        reason = CASE WHEN kind <> 'recipient' THEN reason END,
        cascaded = CASE WHEN kind = 'recipient' THEN cascaded ELSE jsonb_set(cascaded, '{recipients}', (
          SELECT jsonb_agg(CASE WHEN same @> (recipient ->> 'contact_id')::bigint THEN recipient || bare ELSE recipient END
                           ORDER BY nth)
          FROM jsonb_array_elements(cascaded -> 'recipients') WITH ORDINALITY AS part (recipient, nth))) END
    WHERE CASE WHEN kind = 'recipient' THEN same @> (entry ->> 'contact_id')::bigint
               ELSE EXISTS (SELECT FROM jsonb_array_elements(cascaded -> 'recipients') AS recipient
                            WHERE same @> (recipient ->> 'contact_id')::bigint) END;
  GET DIAGNOSTICS rows = ROW_COUNT;
  counts := outreach.add_counts(counts, jsonb_build_object('removed_entries', rows));
  IF to_regclass('outreach.notes') IS NOT NULL THEN
    EXECUTE 'UPDATE outreach.notes SET text = ''Erased'' WHERE contact_id = $1' USING person;
    GET DIAGNOSTICS rows = ROW_COUNT;
    counts := outreach.add_counts(counts, jsonb_build_object('notes', rows));
  END IF;

  PERFORM outreach.update_rows('public.contacts', jsonb_build_array(jsonb_build_object('id', person)),
    outreach.blanked('public.contacts', ARRAY['id', 'created_at', 'updated_at'])
    || '{"first_name": "Erased", "last_name": "person"}');
  counts := outreach.add_counts(counts, '{"contacts": 1}');
  rows := jsonb_array_length(outreach.update_rows('public.tickets',
    jsonb_build_array(jsonb_build_object('purchaser_contact_id', person)), '{"purchaser_email": null}'));
  counts := outreach.add_counts(counts, jsonb_build_object('tickets', rows));
  IF to_regclass('public.speakers') IS NOT NULL THEN
    rows := jsonb_array_length(outreach.update_rows('public.speakers',
      jsonb_build_array(jsonb_build_object('contact_id', person)),
      outreach.blanked('public.speakers', ARRAY['id', 'contact_id', 'created_at', 'updated_at'])));
    counts := outreach.add_counts(counts, jsonb_build_object('speakers', rows));
  END IF;
  IF outreach.has_columns(to_regclass('public.speaker_sessions'), 'id', 'contact_id') THEN
    rows := 0;
    FOR place IN SELECT session.id, to_jsonb(session) AS fields FROM public.speaker_sessions AS session
                 WHERE to_jsonb(session) ->> 'contact_id' = person::text ORDER BY id LOOP
      IF outreach.has_columns(to_regclass('public.speaker_ratings'), 'speaker_session_id', 'speaker_comment') THEN
        counts := outreach.add_counts(counts, jsonb_build_object('ratings', jsonb_array_length(outreach.update_rows(
          'public.speaker_ratings', jsonb_build_array(jsonb_build_object('speaker_session_id', place.id)),
          '{"speaker_comment": null}'))));
      END IF;
      rows := rows + jsonb_array_length(outreach.update_rows('public.speaker_sessions',
        jsonb_build_array(jsonb_build_object('id', place.id)),
        jsonb_build_object('recording_link', NULL) || CASE WHEN place.fields ? 'description'
          THEN jsonb_build_object('description', NULL) ELSE '{}' END));
    END LOOP;
    counts := outreach.add_counts(counts, jsonb_build_object('sessions', rows));
  END IF;

  -- A change that held how they were cannot be undone any more, and says why.
  WITH bare AS (
    UPDATE outreach.changed_rows AS entry
    SET action = CASE WHEN before IS NULL THEN action ELSE 'touched' END, before = NULL, people = NULL, columns = NULL,
        digest = NULL, keys = outreach.without_person(entry.keys, who)
    WHERE entry.people && same
       OR normalize(entry.before::text, NFD) ~* (who ->> 'any') OR normalize(entry.keys::text, NFD) ~* (who ->> 'any')
    RETURNING change_id
  ), final AS (
    UPDATE outreach.changes AS change SET final_because = 'it held what was erased of a person since'
    FROM (SELECT DISTINCT change_id FROM bare) AS told
    WHERE change.id = told.change_id AND change.final_because IS NULL
  )
  SELECT count(*) INTO rows FROM bare;
  counts := outreach.add_counts(counts, jsonb_build_object('history', rows));
  -- Titles that nothing but a name told apart must not become one.
  FOREACH words IN ARRAY ARRAY['Erased person', 'Erased person ' || person, NULL] LOOP
    BEGIN
      swept := outreach.sweep(who || jsonb_build_object('called', words));
      EXIT;
    EXCEPTION WHEN unique_violation THEN
      IF words IS NULL THEN
        RAISE;
      END IF;
    END;
  END LOOP;
  counts := outreach.add_counts(counts, swept);
  PERFORM set_config('outreach.undoing', 'off', true);
  RETURN jsonb_build_object('erased', counts, 'is_shared', shared <> '{}', 'is_namesake', is_namesake,
                            'has_address', addresses || shared <> '{}');
END
$$;
COMMENT ON FUNCTION outreach.erase_contact IS
  'Erases a person from every table; counts of the past stay: {erased, is_shared, is_namesake, has_address}, or why not: {missing} or {under_way}. It cannot be undone';

-- What was said of a person a moment ago is not said twice.
CREATE FUNCTION outreach.note_on_contact(person integer, said text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.notes (contact_id, text, created_by)
    SELECT person, said, outreach.actor()
    WHERE NOT EXISTS (SELECT FROM outreach.notes AS note
                      WHERE note.contact_id = person AND note.text = said
                        AND note.created_at > now() - interval '10 minutes');
END
$$;

CREATE FUNCTION outreach.notes_on_contact(person integer) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF to_regclass('outreach.notes') IS NULL THEN
    RETURN '[]';
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', note.id, 'text', note.text) ORDER BY note.id), '[]')
          FROM outreach.notes AS note WHERE note.contact_id = person);
END
$$;

SELECT outreach.watch('outreach.known_as');
SELECT outreach.watch('outreach.distinct_people');
SELECT outreach.watch('outreach.merged_messages');
SELECT outreach.watch('outreach.erased');

-- migrate:down

DROP FUNCTION outreach.notes_on_contact(integer);
DROP FUNCTION outreach.note_on_contact(integer, text);
DROP FUNCTION outreach.erase_contact(integer);
DROP FUNCTION outreach.names_another(text, integer, boolean);
DROP FUNCTION outreach.digits(text);
DROP FUNCTION outreach.sweep(jsonb);
DROP FUNCTION outreach.blanked(regclass, text[]);
DROP FUNCTION outreach.without_person(jsonb, jsonb);
DROP FUNCTION outreach.without_person(text, jsonb);
DROP FUNCTION outreach.any_of(text[], text);
DROP FUNCTION outreach.merge_contacts(integer, integer);
DROP FUNCTION outreach.merge_recipients(integer, integer, text);
DROP FUNCTION outreach.merge_references(regclass, bigint, bigint);
DROP FUNCTION outreach.add_counts(jsonb, jsonb);
DROP FUNCTION outreach.noun_of(regclass, text);
DROP FUNCTION outreach.gains(regclass, jsonb, jsonb);
DROP FUNCTION outreach.key_of(regclass, jsonb);
DROP FUNCTION outreach.says_the_same(regclass, text);
DROP FUNCTION outreach.has_columns(regclass, text[]);
DROP FUNCTION outreach.references_to(regclass);
DROP FUNCTION outreach.lock_mails_to(integer[]);

DROP FUNCTION outreach.matching_contacts(text, integer[], text, text);
DROP FUNCTION outreach.deliverability(integer[]);

CREATE OR REPLACE VIEW outreach.objections AS
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

DROP FUNCTION outreach.is_erased(text, text);
DROP FUNCTION outreach.erased_digest(text);

DO $$
DECLARE
  lost text;
BEGIN
  SELECT concat_ws(', ', nullif((SELECT count(*) FROM outreach.known_as), 0) || ' former names',
                   nullif((SELECT count(*) FROM outreach.distinct_people), 0) || ' pairs of two people',
                   nullif((SELECT count(*) FROM outreach.erased), 0) || ' hashes of erased addresses')
    INTO lost;
  IF lost <> '' THEN
    RAISE EXCEPTION 'Going back would delete %. Nothing was changed.', lost;
  END IF;
END
$$;
DROP TABLE outreach.erased;
ALTER TABLE outreach.settings DROP COLUMN erasure_key;
DROP TABLE outreach.merged_messages;
DROP TABLE outreach.distinct_people;
DROP FUNCTION outreach.formerly(text[], text[]);
DROP TABLE outreach.known_as;
