-- migrate:up

-- Every call that writes is one change: which rows it made, what it changed, and how that was before. A
-- statement is one entry, however many rows it writes, so that a mail to ten thousand people adds one range.
CREATE TABLE outreach.changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  call uuid NOT NULL UNIQUE,
  tool text,
  actor text NOT NULL,
  client text,
  final_because text,
  undoes bigint REFERENCES outreach.changes (id),
  undone_by bigint REFERENCES outreach.changes (id)
);
COMMENT ON TABLE outreach.changes IS 'Each call that wrote, or transaction of other hands, and who made it';
COMMENT ON COLUMN outreach.changes.call IS 'One call may write in several transactions';
COMMENT ON COLUMN outreach.changes.tool IS 'Null: written by other hands than the servers''';
COMMENT ON COLUMN outreach.changes.actor IS 'OUTREACH_ACTOR, or the database''s user where other hands wrote';
COMMENT ON COLUMN outreach.changes.client IS 'Name and version of the program that called';
COMMENT ON COLUMN outreach.changes.final_because IS 'Why it can never be undone; its entries then hold no images';
COMMENT ON COLUMN outreach.changes.undone_by IS 'The change that took it back, as long as that stands';
CREATE INDEX changes_at_id_idx ON outreach.changes (at, id);
CREATE INDEX changes_undoes_idx ON outreach.changes (undoes);
CREATE INDEX changes_undone_by_idx ON outreach.changes (undone_by);

CREATE TABLE outreach.changed_rows (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  change_id bigint NOT NULL REFERENCES outreach.changes (id) ON DELETE CASCADE,
  table_name text NOT NULL,
  action text NOT NULL CHECK (action IN ('created', 'changed', 'removed', 'touched')),
  rows integer NOT NULL CHECK (rows > 0),
  ids int8multirange,
  keys jsonb,
  before jsonb,
  columns text[],
  people int8multirange,
  digest bigint,
  CONSTRAINT changed_rows_known CHECK (ids IS NOT NULL OR keys IS NOT NULL),
  CONSTRAINT changed_rows_images CHECK ((action IN ('changed', 'removed')) = (before IS NOT NULL))
);
COMMENT ON TABLE outreach.changed_rows IS
  'What each statement of a change did to the rows of a table, in the order in which they were written';
COMMENT ON COLUMN outreach.changed_rows.action IS 'touched: changed or removed by what can never be undone';
COMMENT ON COLUMN outreach.changed_rows.ids IS
  'The rows by their one number, or by the first of the columns of their key, where that is a number';
COMMENT ON COLUMN outreach.changed_rows.keys IS 'The rows by their keys, where those are more than one number';
COMMENT ON COLUMN outreach.changed_rows.before IS
  'A list with an object for each row: its key, and what changed as it was before; all of a row that was removed';
COMMENT ON COLUMN outreach.changed_rows.columns IS 'The columns in which some row was changed';
COMMENT ON COLUMN outreach.changed_rows.people IS 'Whom the images are about, by ids of contacts';
COMMENT ON COLUMN outreach.changed_rows.digest IS
  'Of tables that others write unseen: the rows, or their changed columns, as this change left them';
CREATE INDEX changed_rows_change_id_idx ON outreach.changed_rows (change_id);
CREATE INDEX changed_rows_ids_idx ON outreach.changed_rows USING gist (ids);
CREATE INDEX changed_rows_people_idx ON outreach.changed_rows USING gist (people) WHERE people IS NOT NULL;
CREATE INDEX changed_rows_keys_idx ON outreach.changed_rows (table_name, id) WHERE ids IS NULL;

-- Who calls and from where is told with BEGIN, as base64 of JSON, so that nothing in it is ever read as SQL.
CREATE FUNCTION outreach.present_call() RETURNS jsonb LANGUAGE sql STABLE RETURN
  convert_from(decode(nullif(current_setting('outreach.call', true), ''), 'base64'), 'UTF8')::jsonb;
COMMENT ON FUNCTION outreach.present_call IS
  'Which call this transaction is of: {call, tool, actor, client}; NULL where other hands write';

CREATE FUNCTION outreach.actor() RETURNS text LANGUAGE sql STABLE RETURN
  coalesce(outreach.present_call() ->> 'actor', session_user::text);
COMMENT ON FUNCTION outreach.actor IS 'Who writes: the actor of the call, or the database''s user';

CREATE FUNCTION outreach.final_because(tool text) RETURNS text LANGUAGE sql IMMUTABLE RETURN
  CASE tool WHEN 'confirm_send' THEN 'a mail that left cannot be called back'
            WHEN 'erase_contact' THEN 'what was erased cannot be brought back' END;
COMMENT ON FUNCTION outreach.final_because IS 'Why what a tool does can never be undone; NULL where it can';

CREATE FUNCTION outreach.present_change() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  known text := current_setting('outreach.change', true);
  told jsonb;
  made bigint;
BEGIN
  IF known <> '' THEN
    RETURN known::bigint;
  END IF;
  told := outreach.present_call();
  INSERT INTO outreach.changes (call, tool, actor, client, final_because)
    VALUES (coalesce((told ->> 'call')::uuid, gen_random_uuid()), told ->> 'tool', outreach.actor(),
            coalesce(told ->> 'client', nullif(current_setting('application_name'), '')),
            outreach.final_because(told ->> 'tool'))
    ON CONFLICT (call) DO NOTHING
    RETURNING id INTO made;
  IF made IS NULL THEN
    SELECT id INTO made FROM outreach.changes WHERE call = (told ->> 'call')::uuid;
  END IF;
  PERFORM set_config('outreach.change', made::text, true);
  RETURN made;
END
$$;
COMMENT ON FUNCTION outreach.present_change IS
  'The change that this transaction writes, begun with its first written row';

CREATE FUNCTION outreach.is_final() RETURNS boolean LANGUAGE sql STABLE RETURN
  outreach.final_because(outreach.present_call() ->> 'tool') IS NOT NULL;
COMMENT ON FUNCTION outreach.is_final IS 'Whether what is written now can never be undone, so that no images are kept';

CREATE FUNCTION outreach.is_undoing() RETURNS boolean LANGUAGE sql STABLE RETURN
  coalesce(current_setting('outreach.undoing', true) = 'on', false);
COMMENT ON FUNCTION outreach.is_undoing IS
  'Whether rows are being put back, which brings along what triggers derived from them';

CREATE FUNCTION outreach.place(table_id regclass) RETURNS text LANGUAGE sql STABLE RETURN (
  SELECT relnamespace::regnamespace || '.' || relname FROM pg_class WHERE oid = table_id);
COMMENT ON FUNCTION outreach.place IS 'How the history names a table: schema and name';

CREATE FUNCTION outreach.key_columns(table_id regclass) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT array_agg(attname::text ORDER BY array_position(conkey, attnum))
     FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
     WHERE conrelid = table_id AND contype = 'p'),
    (SELECT ARRAY[attname::text] FROM pg_attribute
     WHERE attrelid = table_id AND attname = 'id' AND NOT attisdropped),
    array_agg(attname::text ORDER BY attnum))
  FROM pg_attribute
  WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
$$;
COMMENT ON FUNCTION outreach.key_columns IS
  'What tells the rows of a table apart: its primary key, or its id, or, where it has neither, all it says';

CREATE FUNCTION outreach.is_number(table_id regclass, column_name text) RETURNS boolean LANGUAGE sql STABLE RETURN (
  SELECT atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) FROM pg_attribute
  WHERE attrelid = table_id AND attname = column_name AND NOT attisdropped);

CREATE FUNCTION outreach.person_columns(table_id regclass) RETURNS text[] LANGUAGE sql STABLE RETURN (
  SELECT coalesce(array_agg(attname::text ORDER BY attnum), '{}') FROM pg_attribute
  WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND outreach.is_number(table_id, attname)
    AND (attname ~ '(^|_)contact_id$' OR table_id = to_regclass('public.contacts') AND attname = 'id'));
COMMENT ON FUNCTION outreach.person_columns IS 'The columns that say whom a row is about';

-- SQL that the functions below run. What they quote comes from the catalog.
CREATE FUNCTION outreach.key_object(key text[], one text DEFAULT 'r') RETURNS text LANGUAGE sql IMMUTABLE RETURN (
  SELECT format('jsonb_build_object(%s)', string_agg(format('%L, %s.%I', name, one, name), ', '))
  FROM unnest(key) AS name);

CREATE FUNCTION outreach.rows_of(table_id regclass, key text[]) RETURNS text LANGUAGE sql STABLE RETURN
  format('count(*)::integer, %s, %s',
    CASE WHEN outreach.is_number(table_id, key[1])
         THEN format('range_agg(int8range(r.%1$I, r.%1$I, ''[]''))', key[1]) ELSE 'NULL::int8multirange' END,
    CASE WHEN cardinality(key) = 1 AND outreach.is_number(table_id, key[1]) THEN 'NULL::jsonb'
         ELSE format('jsonb_agg(%s)', outreach.key_object(key)) END);
COMMENT ON FUNCTION outreach.rows_of IS 'How many rows, their ids and their keys, as SQL over rows r';

CREATE FUNCTION outreach.people_of(table_id regclass) RETURNS text LANGUAGE sql STABLE RETURN (
  SELECT coalesce(string_agg(
    format('coalesce(range_agg(int8range(r.%1$I, r.%1$I, ''[]'')) FILTER (WHERE r.%1$I IS NOT NULL), ''{}'')', name),
    ' + '), 'NULL::int8multirange')
  FROM unnest(outreach.person_columns(table_id)) AS name);

CREATE FUNCTION outreach.comparisons(table_id regclass) RETURNS TABLE (column_name text, differs text)
LANGUAGE sql STABLE AS $$
  -- Some types know no equality.
  SELECT attname::text, format('r.%1$I%2$s IS DISTINCT FROM n.%1$I%2$s', attname,
                               CASE WHEN typcategory = 'G' OR typname IN ('json', 'xml') THEN '::text' END)
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
  WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
$$;
COMMENT ON FUNCTION outreach.comparisons IS
  'The columns of a table that are written, each with whether it differs between r and n, as SQL';

CREATE FUNCTION outreach.keep_entry(table_id regclass, entry outreach.changed_rows) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF outreach.is_final() AND entry.action IN ('changed', 'removed') THEN
    entry := (NULL, NULL, NULL, 'touched', entry.rows, entry.ids, entry.keys, NULL, NULL, NULL, NULL);
  END IF;
  IF entry.rows > 0 THEN
    INSERT INTO outreach.changed_rows
        (change_id, table_name, action, rows, ids, keys, before, columns, people, digest)
      VALUES (outreach.present_change(), outreach.place(table_id), entry.action, entry.rows, entry.ids, entry.keys,
              entry.before, entry.columns, entry.people, entry.digest);
  END IF;
END
$$;

-- On a trigger: the columns of the key, and what rows are kept, as SQL over r.
CREATE FUNCTION outreach.keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  key text[] := TG_ARGV[0]::text[];
  kept text := coalesce(TG_ARGV[1], 'true');
  entry outreach.changed_rows;
  same_row text;
  differing text;
  image text;
  names text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM written) THEN
      RETURN NULL;
    END IF;
    EXECUTE format('SELECT %s FROM written AS r WHERE %s', outreach.rows_of(TG_RELID, key), kept)
      INTO entry.rows, entry.ids, entry.keys;
    entry.action := 'created';
    PERFORM outreach.keep_entry(TG_RELID, entry);
    RETURN NULL;
  END IF;
  IF NOT EXISTS (SELECT FROM before) THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    same_row := 'false';
  ELSE
    SELECT string_agg(format('r.%1$I = n.%1$I', name), ' AND ') INTO same_row FROM unnest(key) AS name;
    SELECT string_agg(differs, ' OR '),
           string_agg(format('CASE WHEN %1$s THEN jsonb_build_object(%2$L, r.%2$I) ELSE ''{}'' END', differs, column_name),
                      ' || '),
           string_agg(format('CASE WHEN bool_or(%s) THEN %L END', differs, column_name), ', ')
      INTO differing, image, names
      FROM outreach.comparisons(TG_RELID) WHERE column_name <> ALL (key);
    IF outreach.is_final() THEN
      EXECUTE format('SELECT %s FROM before AS r JOIN written AS n ON %s WHERE %s',
                     outreach.rows_of(TG_RELID, key), same_row, differing)
        INTO entry.rows, entry.ids, entry.keys;
      entry.action := 'touched';
    ELSE
      EXECUTE format('SELECT %s, jsonb_agg(%s || %s), array_remove(ARRAY[%s], NULL), %s
                      FROM before AS r JOIN written AS n ON %s WHERE %s',
                     outreach.rows_of(TG_RELID, key), outreach.key_object(key), image, names,
                     outreach.people_of(TG_RELID), same_row, differing)
        INTO entry.rows, entry.ids, entry.keys, entry.before, entry.columns, entry.people;
      entry.action := 'changed';
    END IF;
    PERFORM outreach.keep_entry(TG_RELID, entry);
    IF entry.rows = (SELECT count(*) FROM before) THEN
      RETURN NULL;
    END IF;
    entry := NULL;
  END IF;

  -- A row that has another key now is another row.
  entry.action := 'removed';
  IF TG_OP = 'DELETE' THEN
    EXECUTE format('SELECT %s, jsonb_agg(to_jsonb(r)), %s FROM before AS r WHERE %s',
                   outreach.rows_of(TG_RELID, key), outreach.people_of(TG_RELID), kept)
      INTO entry.rows, entry.ids, entry.keys, entry.before, entry.people;
  ELSE
    EXECUTE format('SELECT %s, jsonb_agg(to_jsonb(r)), %s FROM before AS r
                    WHERE NOT EXISTS (SELECT FROM written AS n WHERE %s)',
                   outreach.rows_of(TG_RELID, key), outreach.people_of(TG_RELID), same_row)
      INTO entry.rows, entry.ids, entry.keys, entry.before, entry.people;
  END IF;
  PERFORM outreach.keep_entry(TG_RELID, entry);
  IF TG_OP = 'UPDATE' AND entry.rows > 0 THEN
    entry := NULL;
    EXECUTE format('SELECT %s FROM written AS r WHERE NOT EXISTS (SELECT FROM before AS n WHERE %s)',
                   outreach.rows_of(TG_RELID, key), same_row)
      INTO entry.rows, entry.ids, entry.keys;
    entry.action := 'created';
    PERFORM outreach.keep_entry(TG_RELID, entry);
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION outreach.watch(table_id regclass, kept text DEFAULT 'true') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  arguments text := format('%L, %L', outreach.key_columns(table_id), kept);
BEGIN
  EXECUTE format('CREATE TRIGGER keep_created AFTER INSERT ON %s REFERENCING NEW TABLE AS written
                  FOR EACH STATEMENT EXECUTE FUNCTION outreach.keep_rows(%s)', table_id, arguments);
  EXECUTE format('CREATE TRIGGER keep_changed AFTER UPDATE ON %s REFERENCING OLD TABLE AS before NEW TABLE AS written
                  FOR EACH STATEMENT EXECUTE FUNCTION outreach.keep_rows(%s)', table_id, arguments);
  EXECUTE format('CREATE TRIGGER keep_removed AFTER DELETE ON %s REFERENCING OLD TABLE AS before
                  FOR EACH STATEMENT EXECUTE FUNCTION outreach.keep_rows(%s)', table_id, arguments);
END
$$;
COMMENT ON FUNCTION outreach.watch IS
  'Has every write to a table of ours kept in the history; kept: which rows, as SQL over r';

SELECT outreach.watch('public.campaigns');
SELECT outreach.watch('public.communications');
SELECT outreach.watch('public.communication_recipients');
SELECT outreach.watch('public.marketing_assets');
SELECT outreach.watch('public.asset_distributions');
SELECT outreach.watch('outreach.campaign_names');
SELECT outreach.watch('outreach.delivery_problems');
SELECT outreach.watch('outreach.email_log_rows');
SELECT outreach.watch('outreach.left_out');
SELECT outreach.watch('outreach.removed_entries');
SELECT outreach.watch('outreach.send_batches');
SELECT outreach.watch('outreach.send_confirmations');
SELECT outreach.watch('outreach.send_recipients');
SELECT outreach.watch('outreach.sends');
SELECT outreach.watch('outreach.source_mappings');
SELECT outreach.watch('outreach.suppressions');

-- How far the mail service's news are known is a fact that a call writes; the rest of the row is set up once.
CREATE TRIGGER keep_changed AFTER UPDATE ON outreach.settings REFERENCING OLD TABLE AS before NEW TABLE AS written
  FOR EACH STATEMENT WHEN (outreach.present_call() IS NOT NULL) EXECUTE FUNCTION outreach.keep_rows('{only_row}');

-- A claim is no fact, and old ones are forgotten all the time. But with what a call recorded its claim goes as
-- well, so that the same call records anew.
ALTER TABLE outreach.recorded_calls ADD COLUMN call uuid DEFAULT (outreach.present_call() ->> 'call')::uuid;
COMMENT ON COLUMN outreach.recorded_calls.call IS 'The call that holds the key, as outreach.changes names it';
CREATE INDEX recorded_calls_call_idx ON outreach.recorded_calls (call);
CREATE TRIGGER keep_created AFTER INSERT ON outreach.recorded_calls REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (outreach.is_undoing()) EXECUTE FUNCTION outreach.keep_rows('{key}');
CREATE TRIGGER keep_removed AFTER DELETE ON outreach.recorded_calls REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION outreach.keep_rows(
    '{key}', 'r.entry_id IS NOT NULL AND r.claimed_at > now() - interval ''1 hour''');

-- The door to the older tables, which take no triggers: whoever writes them, writes through these, or notes in
-- the same statement what it writes. What others write there is nobody's change, so that how a change left
-- its rows is kept as a number, taken when its transaction ends.
CREATE FUNCTION outreach.digest_of(table_id regclass, ids int8multirange, columns text[]) RETURNS bigint
LANGUAGE plpgsql STABLE SET timezone = 'UTC' SET datestyle = 'ISO' SET intervalstyle = 'postgres' AS $$
DECLARE
  digest bigint;
BEGIN
  EXECUTE format('SELECT bit_xor(hashtextextended(ROW(r.id, %s)::text, 0)) FROM unnest($1) AS range
                  JOIN %s AS r ON r.id >= lower(range) AND r.id < upper(range)',
                 coalesce((SELECT string_agg(format('r.%I', name), ', ') FROM unnest(columns) AS name), 'r.*'),
                 table_id)
    INTO digest USING ids;
  RETURN coalesce(digest, 0);
END
$$;

CREATE FUNCTION outreach.seal_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outreach.changed_rows SET digest = outreach.digest_of(NEW.table_name::regclass, NEW.ids, NEW.columns)
    WHERE id = NEW.id;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER seal_entry AFTER INSERT ON outreach.changed_rows DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.digest IS NOT NULL) EXECUTE FUNCTION outreach.seal_entry();

CREATE FUNCTION outreach.has_number(table_id regclass) RETURNS boolean LANGUAGE sql STABLE RETURN
  outreach.key_columns(table_id) = '{id}' AND outreach.is_number(table_id, 'id');

CREATE FUNCTION outreach.note_created(table_id regclass, made bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  entry outreach.changed_rows;
BEGIN
  SELECT 'created', count(*), range_agg(int8range(id, id, '[]')), 0
    INTO entry.action, entry.rows, entry.ids, entry.digest FROM unnest(made) AS id;
  PERFORM outreach.keep_entry(table_id, entry);
END
$$;

CREATE FUNCTION outreach.note_created(table_id regclass, made jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  entry outreach.changed_rows;
BEGIN
  IF outreach.has_number(table_id) THEN
    PERFORM outreach.note_created(table_id, ARRAY(
      SELECT (row ->> 'id')::bigint FROM jsonb_array_elements(made) AS row));
    RETURN;
  END IF;
  EXECUTE format('SELECT %s FROM jsonb_populate_recordset(NULL::%s, $1) AS r',
                 outreach.rows_of(table_id, outreach.key_columns(table_id)), table_id)
    INTO entry.rows, entry.ids, entry.keys USING made;
  entry.action := 'created';
  PERFORM outreach.keep_entry(table_id, entry);
END
$$;
COMMENT ON FUNCTION outreach.note_created(regclass, jsonb) IS
  'Keeps which rows of an older table a statement made, by their ids or by the rows themselves';

CREATE FUNCTION outreach.note_before(table_id regclass, changing bigint[], columns text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  entry outreach.changed_rows;
  held text[];
BEGIN
  SELECT array_agg(attname::text) INTO held FROM pg_attribute
    WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND attname = ANY (columns);
  EXECUTE format('SELECT %s, jsonb_agg(%s), %s FROM (SELECT DISTINCT id FROM unnest($1) AS id) AS asked
                  JOIN %s AS r ON r.id = asked.id',
                 outreach.rows_of(table_id, '{id}'), outreach.key_object(ARRAY['id'] || held),
                 outreach.people_of(table_id), table_id)
    INTO entry.rows, entry.ids, entry.keys, entry.before, entry.people USING changing;
  entry.action := 'changed';
  entry.columns := held;
  entry.digest := 0;
  PERFORM outreach.keep_entry(table_id, entry);
END
$$;
COMMENT ON FUNCTION outreach.note_before IS
  'Keeps how rows of an older table are before a statement changes these columns';

CREATE FUNCTION outreach.known_columns(table_id regclass, given jsonb) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE
  names text[] := ARRAY(SELECT jsonb_object_keys(given));
  unknown text := (
    SELECT name FROM unnest(names) AS name
    WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = table_id AND attname = name
                        AND attnum > 0 AND NOT attisdropped) LIMIT 1);
BEGIN
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'the table has no such column'
      USING ERRCODE = 'undefined_column', TABLE = table_id::text, COLUMN = unknown;
  END IF;
  -- What the table computes by itself is not written.
  RETURN ARRAY(SELECT attname::text FROM pg_attribute
               WHERE attrelid = table_id AND attname = ANY (names) AND attgenerated = '' ORDER BY attnum);
END
$$;

CREATE FUNCTION outreach.matching(table_id regclass, keys jsonb) RETURNS text LANGUAGE sql STABLE RETURN (
  SELECT format('EXISTS (SELECT FROM jsonb_populate_recordset(NULL::%s, %L) AS k WHERE %s)', table_id, keys,
    string_agg(format(
      CASE WHEN keys @> jsonb_build_array(jsonb_build_object(name, NULL)) THEN 'k.%1$I IS NOT DISTINCT FROM r.%1$I'
           ELSE 'k.%1$I = r.%1$I' END, name), ' AND '))
  FROM unnest(outreach.known_columns(table_id, keys -> 0)) AS name);
COMMENT ON FUNCTION outreach.matching IS 'Whether row r is one of those that keys name, all by the same columns, as SQL';

CREATE FUNCTION outreach.insert_row(table_id regclass, given jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  columns text := (SELECT string_agg(quote_ident(name), ', ') FROM unnest(outreach.known_columns(table_id, given)) AS name);
  made jsonb;
BEGIN
  EXECUTE format('INSERT INTO %1$s AS r (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1) RETURNING to_jsonb(r)',
                 table_id, columns)
    INTO made USING given;
  PERFORM outreach.note_created(table_id, jsonb_build_array(made));
  RETURN made;
END
$$;
COMMENT ON FUNCTION outreach.insert_row IS 'Adds a row to an older table, and keeps that in the history; answers the row';

CREATE FUNCTION outreach.update_rows(table_id regclass, keys jsonb, given jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  columns text[] := outreach.known_columns(table_id, given);
  key text[] := outreach.key_columns(table_id);
  found text;
  entry outreach.changed_rows;
  rows jsonb;
  places tid[];
BEGIN
  IF jsonb_array_length(keys) = 0 OR columns = '{}' THEN
    RETURN '[]';
  END IF;
  found := outreach.matching(table_id, keys);
  EXECUTE format('SELECT array_agg(place), jsonb_agg(row) FROM (
                    SELECT r.ctid AS place, to_jsonb(r) AS row
                    FROM %s AS r, jsonb_populate_record(NULL::%s, $1) AS n
                    WHERE %s AND (%s) FOR UPDATE OF r) AS found', table_id, table_id, found,
                 (SELECT string_agg(differs, ' OR ') FROM outreach.comparisons(table_id)
                  WHERE column_name = ANY (columns)))
    INTO places, rows USING given;
  IF places IS NULL THEN
    RETURN '[]';
  END IF;
  IF key && columns OR NOT outreach.has_number(table_id) THEN
    -- A row that has another key afterwards is another row.
    EXECUTE format('SELECT %s, jsonb_agg(to_jsonb(r)), %s FROM %s AS r WHERE ctid = ANY ($1)',
                   outreach.rows_of(table_id, key), outreach.people_of(table_id), table_id)
      INTO entry.rows, entry.ids, entry.keys, entry.before, entry.people USING places;
    entry.action := 'removed';
    PERFORM outreach.keep_entry(table_id, entry);
  ELSE
    PERFORM outreach.note_before(table_id, ARRAY(
      SELECT (row ->> 'id')::bigint FROM jsonb_array_elements(rows) AS row), columns);
  END IF;
  EXECUTE format('WITH written AS (
                    UPDATE %1$s AS r SET (%2$s) = ROW(%3$s) FROM jsonb_populate_record(NULL::%1$s, $1) AS n
                    WHERE r.ctid = ANY ($2) RETURNING r.*)
                  SELECT jsonb_agg(to_jsonb(written)) FROM written', table_id,
                 (SELECT string_agg(quote_ident(name), ', ') FROM unnest(columns) AS name),
                 (SELECT string_agg('n.' || quote_ident(name), ', ') FROM unnest(columns) AS name))
    INTO rows USING given, places;
  IF entry.action = 'removed' THEN
    PERFORM outreach.note_created(table_id, rows);
  END IF;
  RETURN rows;
END
$$;
COMMENT ON FUNCTION outreach.update_rows IS
  'Changes rows of an older table that keys name, and keeps that in the history; answers the rows that differ now';

CREATE FUNCTION outreach.delete_rows(table_id regclass, keys jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  entry outreach.changed_rows;
BEGIN
  IF jsonb_array_length(keys) = 0 THEN
    RETURN '[]';
  END IF;
  EXECUTE format('WITH r AS (DELETE FROM %s AS r WHERE %s RETURNING r.*) SELECT %s, jsonb_agg(to_jsonb(r)), %s FROM r',
                 table_id, outreach.matching(table_id, keys),
                 outreach.rows_of(table_id, outreach.key_columns(table_id)), outreach.people_of(table_id))
    INTO entry.rows, entry.ids, entry.keys, entry.before, entry.people;
  entry.action := 'removed';
  PERFORM outreach.keep_entry(table_id, entry);
  RETURN coalesce(entry.before, '[]');
END
$$;
COMMENT ON FUNCTION outreach.delete_rows IS
  'Removes rows of an older table that keys name, and keeps them in the history; answers them';

-- Undoing puts rows back, those that triggers derived as well: what guards a step forwards, or derives from it,
-- is silent meanwhile.
DO $$
DECLARE
  guard record;
BEGIN
  FOR guard IN
    SELECT replace(pg_get_triggerdef(oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER') AS definition FROM pg_trigger
    WHERE tgname IN ('guard_campaign', 'remember_campaign_name', 'count_recipients_added', 'count_recipients_removed',
                     'guard_queued_recipient', 'guard_recipient', 'note_delivery_problems_logged',
                     'note_delivery_problems_reported', 'guard_communication', 'guard_send', 'guard_confirmation',
                     'guard_batch', 'guard_send_recipients_added', 'guard_send_recipient',
                     'guard_send_recipient_removed', 'append_only')
  LOOP
    EXECUTE CASE WHEN guard.definition ~ ' WHEN \('
      THEN regexp_replace(guard.definition, ' WHEN (\(.*\)) EXECUTE ', ' WHEN (\1 AND NOT outreach.is_undoing()) EXECUTE ')
      ELSE replace(guard.definition, ' EXECUTE ', ' WHEN (NOT outreach.is_undoing()) EXECUTE ') END;
  END LOOP;
END
$$;

CREATE FUNCTION outreach.same_key(table_id regclass, key text[], one text, other text) RETURNS text LANGUAGE sql STABLE RETURN (
  -- Only a row that all its columns tell apart may hold nothing in one of them.
  SELECT string_agg(format(CASE WHEN attnotnull THEN '%2$s.%1$I = %3$s.%1$I'
                                ELSE '(%2$s.%1$I = %3$s.%1$I OR %2$s.%1$I IS NULL AND %3$s.%1$I IS NULL)' END,
                           attname, one, other), ' AND ')
  FROM pg_attribute WHERE attrelid = table_id AND attname = ANY (key));
COMMENT ON FUNCTION outreach.same_key IS 'Whether two rows have the same key, as SQL';

CREATE FUNCTION outreach.entry_rows(table_id regclass, entry outreach.changed_rows) RETURNS text LANGUAGE sql STABLE RETURN
  CASE WHEN entry.keys IS NULL
       THEN format('unnest($1.ids) AS range JOIN %1$s AS r ON r.%2$I >= lower(range) AND r.%2$I < upper(range)',
                   table_id, (outreach.key_columns(table_id))[1])
       ELSE format('jsonb_populate_recordset(NULL::%1$s, $1.keys) AS k JOIN %1$s AS r ON %2$s', table_id,
                   outreach.same_key(table_id, outreach.key_columns(table_id), 'k', 'r')) END;
COMMENT ON FUNCTION outreach.entry_rows IS 'The rows of a table that an entry, $1, names, as SQL that calls them r';

CREATE FUNCTION outreach.is_watched(table_id regclass) RETURNS boolean LANGUAGE sql STABLE RETURN
  EXISTS (SELECT FROM pg_trigger WHERE tgrelid = table_id AND tgfoid = 'outreach.keep_rows'::regproc);

CREATE FUNCTION outreach.lock_change(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  place text;
  entry outreach.changed_rows;
BEGIN
  PERFORM FROM outreach.changes WHERE id = wanted FOR UPDATE;
  PERFORM FROM public.campaigns WHERE id IN (
      SELECT campaign_id FROM outreach.changed_rows AS written
      CROSS JOIN unnest(written.ids) AS range
      JOIN public.communications AS communication
        ON communication.id >= lower(range) AND communication.id < upper(range)
      WHERE written.change_id = wanted
        AND written.table_name IN ('public.communications', 'outreach.sends', 'outreach.left_out'))
    ORDER BY id FOR UPDATE;
  FOREACH place IN ARRAY ARRAY['public.campaigns', 'public.communications', 'outreach.sends',
                               'public.communication_recipients', 'public.marketing_assets',
                               'public.asset_distributions'] LOOP
    FOR entry IN SELECT * FROM outreach.changed_rows WHERE change_id = wanted AND table_name = place ORDER BY ids LOOP
      EXECUTE format('SELECT count(*) FROM (SELECT FROM %s ORDER BY r.%I FOR UPDATE OF r) AS locked',
                     outreach.entry_rows(place::regclass, entry), (outreach.key_columns(place::regclass))[1])
        USING entry;
    END LOOP;
  END LOOP;
  FOR entry IN SELECT * FROM outreach.changed_rows
               WHERE change_id = wanted AND table_name <> 'outreach.recorded_calls' ORDER BY table_name, ids, id LOOP
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %s FOR UPDATE OF r) AS locked',
                   outreach.entry_rows(entry.table_name::regclass, entry))
      USING entry;
  END LOOP;
END
$$;
COMMENT ON FUNCTION outreach.lock_change IS
  'Locks the rows of a change in the order that every call keeps, so that what stands against undoing it stays so';

CREATE FUNCTION outreach.later_change(wanted bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  -- A later change that was undone, and what undid it, leave rows as they were; what undid an earlier one does not.
  SELECT max(later.change_id)
  FROM outreach.changed_rows AS entry
  JOIN outreach.changed_rows AS later
    ON later.table_name = entry.table_name AND later.id > entry.id AND later.change_id <> wanted
   AND (later.ids && entry.ids OR entry.ids IS NULL)
  JOIN outreach.changes AS change ON change.id = later.change_id
  WHERE entry.change_id = wanted AND change.undone_by IS NULL
    AND (change.undoes IS NULL OR change.undoes < wanted) AND entry.table_name <> 'outreach.recorded_calls'
    AND (entry.keys IS NULL OR EXISTS (
      SELECT FROM jsonb_array_elements(entry.keys) INTERSECT SELECT FROM jsonb_array_elements(later.keys)))
$$;
COMMENT ON FUNCTION outreach.later_change IS 'The last change that wrote some row of this one again and still stands';

CREATE FUNCTION outreach.referring(table_id regclass)
RETURNS TABLE (referrer regclass, columns text[], referred text[]) LANGUAGE sql STABLE AS $$
  SELECT conrelid::regclass,
         ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS part (number, place)
               JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place),
         ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS part (number, place)
               JOIN pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place)
  FROM pg_constraint WHERE contype = 'f' AND confrelid = table_id
  UNION
  -- The organiser's own tables need not say it.
  SELECT oid::regclass, ARRAY[name], ARRAY['id']
  FROM pg_class CROSS JOIN unnest(outreach.person_columns(oid)) AS name
  WHERE table_id = to_regclass('public.contacts') AND relkind = 'r' AND name <> 'id'
    AND relnamespace IN ('public'::regnamespace, 'outreach'::regnamespace)
$$;
COMMENT ON FUNCTION outreach.referring IS 'The columns, of any table, that refer to rows of this one';

CREATE FUNCTION outreach.built_on(wanted bigint, OUT place text, OUT later bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
  entry outreach.changed_rows;
  refers record;
  key text[];
  row_key jsonb;
BEGIN
  FOR entry IN SELECT * FROM outreach.changed_rows WHERE change_id = wanted AND action = 'created' LOOP
    FOR refers IN SELECT * FROM outreach.referring(entry.table_name::regclass) LOOP
      key := outreach.key_columns(refers.referrer);
      EXECUTE format('SELECT %s FROM %s AS child WHERE EXISTS (SELECT FROM %s WHERE %s)
                      EXCEPT SELECT made.key FROM outreach.changed_rows AS own CROSS JOIN LATERAL %s AS made (key)
                      WHERE own.change_id = $2 AND own.table_name = %L
                        AND (own.action = ''created'' OR own.action = ''changed'' AND own.columns && %L) LIMIT 1',
                     outreach.key_object(key, 'child'), refers.referrer,
                     outreach.entry_rows(entry.table_name::regclass, entry),
                     (SELECT string_agg(format('child.%I = r.%I', one, other), ' AND ')
                      FROM unnest(refers.columns, refers.referred) AS pair (one, other)),
                     CASE WHEN cardinality(key) = 1 AND outreach.is_number(refers.referrer, key[1])
                          THEN format('(SELECT jsonb_build_object(%L, id) FROM unnest(own.ids) AS range,
                                        generate_series(lower(range), upper(range) - 1) AS id)', key[1])
                          ELSE 'jsonb_array_elements(own.keys)' END,
                     outreach.place(refers.referrer), refers.columns)
        INTO row_key USING entry, wanted;
      IF row_key IS NOT NULL THEN
        place := outreach.place(refers.referrer);
        SELECT written.change_id INTO later
          FROM outreach.changed_rows AS written JOIN outreach.changes AS change ON change.id = written.change_id
          WHERE written.table_name = place AND written.change_id <> wanted
            AND CASE WHEN written.keys IS NULL THEN written.ids @> CASE WHEN row_key ->> key[1] ~ '^\d+$' THEN (row_key ->> key[1])::bigint END
                     ELSE written.keys @> jsonb_build_array(row_key) END
          ORDER BY change.undone_by IS NULL AND change.undoes IS NULL DESC, change.id DESC LIMIT 1;
        RETURN;
      END IF;
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION outreach.built_on IS
  'A table with a row that refers to one that this change made, and the change that wrote that, where one did';

CREATE FUNCTION outreach.changed_by_others(wanted bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  entry outreach.changed_rows;
BEGIN
  FOR entry IN SELECT * FROM outreach.changed_rows WHERE change_id = wanted AND digest IS NOT NULL LOOP
    IF outreach.digest_of(entry.table_name::regclass, entry.ids, entry.columns) <> entry.digest THEN
      RETURN entry.table_name;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION outreach.changed_by_others IS
  'A table of which rows are no longer as this change left them, though no change says so';

CREATE FUNCTION outreach.is_under_way(wanted bigint) RETURNS boolean LANGUAGE sql STABLE RETURN EXISTS (
  SELECT FROM outreach.changed_rows AS entry
  JOIN outreach.send_confirmations AS confirmation
    ON entry.ids @> (CASE entry.table_name WHEN 'outreach.send_confirmations' THEN confirmation.id
                                           ELSE confirmation.communication_id END)::bigint
  WHERE entry.change_id = wanted AND confirmation.confirmed_at IS NOT NULL
    AND entry.table_name IN ('outreach.sends', 'outreach.send_recipients', 'outreach.left_out',
                             'outreach.send_confirmations')
    -- Two people made one take their mails along: that neither prepares nor takes back any.
    AND NOT EXISTS (SELECT FROM outreach.changed_rows AS person
                    WHERE person.change_id = wanted AND person.table_name = 'public.contacts'
                      AND person.action IN ('created', 'removed')));
COMMENT ON FUNCTION outreach.is_under_way IS 'Whether a mail that this change prepared or took back was released by a person';

CREATE FUNCTION outreach.put_back(entry outreach.changed_rows) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  table_id regclass := entry.table_name::regclass;
  key text[] := outreach.key_columns(table_id);
  is_watched boolean := outreach.is_watched(table_id);
  columns text;
  written integer;
BEGIN
  CASE entry.action
    WHEN 'created' THEN
      IF NOT is_watched THEN
        DECLARE
          gone outreach.changed_rows;
        BEGIN
          EXECUTE format('SELECT %s, jsonb_agg(to_jsonb(r)), %s FROM %s', outreach.rows_of(table_id, key),
                         outreach.people_of(table_id), outreach.entry_rows(table_id, entry))
            INTO gone.rows, gone.ids, gone.keys, gone.before, gone.people USING entry;
          gone.action := 'removed';
          PERFORM outreach.keep_entry(table_id, gone);
        END;
      END IF;
      EXECUTE format('DELETE FROM %s AS gone USING %s WHERE gone.ctid = r.ctid', table_id,
                     outreach.entry_rows(table_id, entry)) USING entry;
    WHEN 'removed' THEN
      SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
        WHERE attrelid = table_id AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
          AND entry.before -> 0 ? attname;
      EXECUTE format('INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE
                      SELECT %2$s FROM jsonb_populate_recordset(NULL::%1$s, $1) %3$s', table_id, columns,
                     CASE entry.table_name WHEN 'outreach.recorded_calls' THEN 'ON CONFLICT DO NOTHING' END)
        USING entry.before;
      IF NOT is_watched THEN
        PERFORM outreach.note_created(table_id, entry.before);
      END IF;
    WHEN 'changed' THEN
      IF NOT is_watched THEN
        PERFORM outreach.note_before(
          table_id, ARRAY(SELECT (image ->> 'id')::bigint FROM jsonb_array_elements(entry.before) AS image), entry.columns);
      END IF;
      SELECT string_agg(quote_ident(name), ', ') INTO columns FROM unnest(entry.columns) AS name;
      EXECUTE format('UPDATE %1$s AS r SET (%2$s) = ROW(%3$s)
                      FROM jsonb_array_elements($1) AS image
                      CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$s, image) AS k
                      JOIN %1$s AS present ON %4$s
                      CROSS JOIN LATERAL jsonb_populate_record(present, image) AS n
                      WHERE r.ctid = present.ctid', table_id, columns,
                     (SELECT string_agg('n.' || quote_ident(name), ', ') FROM unnest(entry.columns) AS name),
                     outreach.same_key(table_id, key, 'k', 'present'))
        USING entry.before;
      GET DIAGNOSTICS written = ROW_COUNT;
      IF written <> entry.rows THEN
        RAISE EXCEPTION 'rows of % are gone that were changed', entry.table_name USING ERRCODE = 'no_data_found';
      END IF;
  END CASE;
END
$$;
COMMENT ON FUNCTION outreach.put_back IS 'Takes back what one entry says was done, which is kept like any other write';

CREATE FUNCTION outreach.undo_change(wanted bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  undoing bigint := outreach.present_change();
  waiting bigint[];
  too_early bigint[];
  place bigint;
  entry outreach.changed_rows;
  change outreach.changes;
BEGIN
  PERFORM set_config('outreach.undoing', 'on', true);
  DELETE FROM outreach.recorded_calls WHERE call = (SELECT call FROM outreach.changes WHERE id = wanted);
  waiting := ARRAY(SELECT id FROM outreach.changed_rows WHERE change_id = wanted ORDER BY id DESC);
  WHILE waiting <> '{}' LOOP
    too_early := '{}';
    FOREACH place IN ARRAY waiting LOOP
      SELECT * INTO entry FROM outreach.changed_rows WHERE id = place;
      BEGIN
        PERFORM outreach.put_back(entry);
      EXCEPTION WHEN foreign_key_violation OR no_data_found THEN
        -- What a foreign key took along was kept after what it belongs to.
        IF cardinality(too_early) + 1 = cardinality(waiting) THEN
          RAISE;
        END IF;
        too_early := too_early || place;
      END;
    END LOOP;
    waiting := too_early;
  END LOOP;
  -- What began a campaign goes, but not what went out in it since.
  UPDATE public.campaigns AS campaign SET status = 'active'
    FROM outreach.changed_rows AS began
    WHERE began.change_id = wanted AND began.table_name = 'public.campaigns' AND began.columns @> '{status}'
      AND began.ids @> campaign.id::bigint AND campaign.status = 'draft'
      AND EXISTS (SELECT FROM public.communications AS communication
                  WHERE communication.campaign_id = campaign.id AND communication.status <> 'draft');
  PERFORM set_config('outreach.undoing', '', true);

  UPDATE outreach.changes SET undoes = wanted WHERE id = undoing;
  -- What an undone undoing had taken back stands again, and so on.
  SELECT * INTO change FROM outreach.changes WHERE id = wanted;
  UPDATE outreach.changes SET undone_by = undoing WHERE id = wanted;
  WHILE change.undoes IS NOT NULL LOOP
    UPDATE outreach.changes SET undone_by = NULL WHERE id = change.undoes RETURNING * INTO change;
    EXIT WHEN change.undoes IS NULL;
    UPDATE outreach.changes SET undone_by = change.id WHERE id = change.undoes RETURNING * INTO change;
  END LOOP;
  RETURN undoing;
END
$$;
COMMENT ON FUNCTION outreach.undo_change IS
  'Puts every row back as it was before a change that is locked and that nothing stands against; answers the change that did so';

CREATE FUNCTION outreach.linked_rows(root regclass, wanted bigint[]) RETURNS TABLE (table_name text, ids int8multirange)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  tables regclass[] := ARRAY[root];
  sets int8multirange[] := ARRAY(SELECT range_agg(int8range(id, id, '[]')) FROM unnest(wanted) AS id);
  entry outreach.changed_rows;
  refers record;
  found int8multirange;
  place integer := 1;
BEGIN
  WHILE place <= cardinality(tables) LOOP
    table_name := outreach.place(tables[place]);
    ids := sets[place];
    RETURN NEXT;
    entry.ids := sets[place];
    FOR refers IN
      SELECT referrer, key[1] AS number, string_agg(format('(%s)',
               (SELECT string_agg(format('child.%I = r.%I', one, other), ' AND ')
                FROM unnest(columns, referred) AS pair (one, other))), ' OR ') AS refers
      FROM outreach.referring(tables[place]) CROSS JOIN LATERAL outreach.key_columns(referrer) AS key
      WHERE outreach.is_number(referrer, key[1]) AND (cardinality(key) = 1 OR key[1] = ANY (columns))
        AND referrer <> ALL (tables)
      GROUP BY referrer, key[1]
    LOOP
      EXECUTE format('SELECT range_agg(int8range(child.%1$I, child.%1$I, ''[]'')) FROM %2$s JOIN %3$s AS child ON %4$s',
                     refers.number, outreach.entry_rows(tables[place], entry), refers.referrer, refers.refers)
        INTO found USING entry;
      IF found IS NOT NULL THEN
        tables := tables || refers.referrer;
        sets := sets || found;
      END IF;
    END LOOP;
    place := place + 1;
  END LOOP;
END
$$;
COMMENT ON FUNCTION outreach.linked_rows IS
  'Rows of a table, and the rows of every other that refer to them, directly or by way of others';

CREATE FUNCTION outreach.changes_about(root regclass, reference text, wanted bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE AS $$
  SELECT written.change_id FROM outreach.linked_rows(root, wanted) AS linked
    JOIN outreach.changed_rows AS written ON written.table_name = linked.table_name AND written.ids && linked.ids
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE written.before @> jsonb_build_array(jsonb_build_object(reference, row_id))
       OR written.keys @> jsonb_build_array(jsonb_build_object(reference, row_id))
  UNION
  SELECT written.change_id FROM outreach.changed_rows AS written CROSS JOIN unnest(wanted) AS row_id
    WHERE root = to_regclass('public.contacts') AND written.people @> row_id
$$;
COMMENT ON FUNCTION outreach.changes_about IS
  'The changes that wrote rows which are, or refer to, these rows; reference: the column that does so in rows that are gone';

CREATE FUNCTION outreach.rows_written(change bigint)
RETURNS TABLE (place integer, table_name text, action text, rows integer, columns text) LANGUAGE sql STABLE AS $$
  SELECT (row_number() OVER (ORDER BY min(entry.id)))::integer, entry.table_name, entry.action,
         CASE WHEN bool_or(entry.keys IS NOT NULL) THEN sum(entry.rows)::integer
              ELSE (SELECT sum(upper(range) - lower(range))::integer FROM unnest(range_agg(entry.ids)) AS range) END,
         coalesce(string_agg(DISTINCT (SELECT string_agg(name, ',') FROM unnest(entry.columns) AS name), ','), '')
  FROM outreach.changed_rows AS entry
  WHERE entry.change_id = change
  GROUP BY entry.table_name, entry.action
$$;
COMMENT ON FUNCTION outreach.rows_written IS
  'How many rows of each table a change wrote, and in which columns, with commas between, it changed some';

CREATE FUNCTION outreach.rows_now(place text, wanted bigint[]) RETURNS TABLE (id bigint, image jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  table_id regclass := to_regclass(place);
BEGIN
  IF table_id IS NOT NULL THEN
    RETURN QUERY EXECUTE format('SELECT r.%1$I::bigint, to_jsonb(r) FROM %2$s AS r WHERE r.%1$I = ANY ($1)',
                                (outreach.key_columns(table_id))[1], table_id) USING wanted;
  END IF;
END
$$;
COMMENT ON FUNCTION outreach.rows_now IS 'Rows of a table by number as they are now; none of a table that is gone';

CREATE FUNCTION outreach.about_changes(changes bigint[]) RETURNS TABLE (change_id bigint, kind text, id integer, name text)
LANGUAGE sql STABLE AS $$
WITH entries AS MATERIALIZED (
  SELECT entry.change_id, entry.table_name, entry.action, entry.ids, entry.keys, entry.before
  FROM outreach.changed_rows AS entry WHERE entry.change_id = ANY (changes)
), numbered AS MATERIALIZED (
  SELECT entry.change_id, entry.table_name, row.id, gone.image
  FROM entries AS entry
  CROSS JOIN LATERAL (
    SELECT id FROM unnest(entry.ids) AS range,
      generate_series(lower(range), least(upper(range) - 1, lower(range) + 9)) AS id LIMIT 10
  ) AS row
  LEFT JOIN LATERAL (
    SELECT image FROM jsonb_array_elements(entry.before) AS image
    WHERE entry.action = 'removed' AND image ->> 'id' = row.id::text
  ) AS gone ON true
), present AS MATERIALIZED (
  SELECT needed.table_name, found.id, found.image
  FROM (SELECT table_name, array_agg(DISTINCT id) AS ids FROM numbered GROUP BY table_name) AS needed
  CROSS JOIN LATERAL outreach.rows_now(needed.table_name, needed.ids) AS found
), written AS (
  SELECT numbered.change_id, numbered.table_name, numbered.id, coalesce(present.image, numbered.image, (
           -- Of a row that was added and is gone, what removed it kept the image.
           SELECT old.row
           FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS old (row)
           WHERE gone.table_name = numbered.table_name AND gone.action = 'removed'
             AND gone.ids @> numbered.id AND old.row ->> 'id' = numbered.id::text
           ORDER BY gone.id DESC LIMIT 1), '{}') AS image
  FROM numbered LEFT JOIN present USING (table_name, id)
  UNION ALL
  SELECT entry.change_id, entry.table_name, NULL, row.key
  FROM entries AS entry
  CROSS JOIN LATERAL (SELECT key FROM jsonb_array_elements(entry.keys) AS key LIMIT 10) AS row
  WHERE entry.table_name LIKE 'public.%'
), nouns AS (
  SELECT * FROM (VALUES
    ('public.events', 'event'), ('public.campaigns', 'campaign'), ('public.communications', 'communication'),
    ('outreach.sends', 'communication'), ('public.marketing_assets', 'asset'), ('public.contacts', 'contact'))
    AS noun (table_name, kind)
), meant AS (
  SELECT written.change_id, noun.kind, written.id,
         coalesce(image ->> 'name', image ->> 'title',
                  outreach.full_name((image ->> 'first_name')::text, (image ->> 'last_name')::text)) AS name
  FROM written JOIN nouns AS noun USING (table_name)
  UNION
  -- What is not one of these itself is about those that it refers to.
  SELECT written.change_id, refers.kind,
         CASE WHEN written.image ->> refers.column_name ~ '^[0-9]{1,18}$'
              THEN (written.image ->> refers.column_name)::bigint END, NULL
  FROM written
  CROSS JOIN (VALUES ('event', 'event_id'), ('campaign', 'campaign_id'), ('communication', 'communication_id'),
                     ('asset', 'asset_id'), ('contact', 'contact_id')) AS refers (kind, column_name)
  WHERE written.table_name NOT IN (SELECT table_name FROM nouns)
    AND written.table_name NOT IN ('outreach.recorded_calls', 'outreach.removed_entries')
), known AS (
  SELECT change_id, kind, id, max(name) AS name FROM meant WHERE id IS NOT NULL GROUP BY change_id, kind, id
)
SELECT known.change_id, known.kind, known.id::integer,
       coalesce(nullif(CASE known.kind
         WHEN 'event' THEN (SELECT name::text FROM public.events WHERE id = known.id)
         WHEN 'campaign' THEN (SELECT name::text FROM public.campaigns WHERE id = known.id)
         WHEN 'communication' THEN (SELECT title::text FROM public.communications WHERE id = known.id)
         WHEN 'asset' THEN (SELECT title::text FROM public.marketing_assets WHERE id = known.id)
         ELSE (SELECT outreach.full_name(first_name::text, last_name::text) FROM public.contacts WHERE id = known.id)
       END, ''), nullif(known.name, ''), (
         SELECT coalesce(image ->> 'name', image ->> 'title',
                         outreach.full_name(image ->> 'first_name', image ->> 'last_name'))
         FROM outreach.changed_rows AS gone CROSS JOIN LATERAL jsonb_array_elements(gone.before) AS image
         WHERE gone.table_name = CASE known.kind WHEN 'asset' THEN 'public.marketing_assets'
                                                 ELSE 'public.' || known.kind || 's' END
           AND gone.action = 'removed' AND gone.ids @> known.id AND image ->> 'id' = known.id::text
         ORDER BY gone.id DESC LIMIT 1), '')
FROM known
$$;
COMMENT ON FUNCTION outreach.about_changes IS
  'What changes were about, by the first rows that each statement of them wrote; rows that are gone by their last name';

-- migrate:down

DO $$
DECLARE
  changes bigint;
BEGIN
  SELECT count(*) INTO changes FROM outreach.changes;
  IF changes > 0 THEN
    RAISE EXCEPTION 'Going back would delete the history of % changes. Nothing was changed.', changes;
  END IF;
END
$$;

DROP FUNCTION outreach.about_changes(bigint[]);
DROP FUNCTION outreach.rows_now(text, bigint[]);
DROP FUNCTION outreach.rows_written(bigint);
DROP FUNCTION outreach.changes_about(regclass, text, bigint[]);
DROP FUNCTION outreach.linked_rows(regclass, bigint[]);
DROP FUNCTION outreach.undo_change(bigint);
DROP FUNCTION outreach.put_back(outreach.changed_rows);
DROP FUNCTION outreach.is_under_way(bigint);
DROP FUNCTION outreach.changed_by_others(bigint);
DROP FUNCTION outreach.built_on(bigint);
DROP FUNCTION outreach.referring(regclass);
DROP FUNCTION outreach.later_change(bigint);
DROP FUNCTION outreach.lock_change(bigint);
DROP FUNCTION outreach.is_watched(regclass);
DROP FUNCTION outreach.entry_rows(regclass, outreach.changed_rows);
DROP FUNCTION outreach.same_key(regclass, text[], text, text);
DO $$
DECLARE
  guard record;
BEGIN
  FOR guard IN
    SELECT replace(pg_get_triggerdef(oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER') AS definition FROM pg_trigger
    WHERE pg_get_triggerdef(oid) ~ 'NOT outreach.is_undoing\(\)'
  LOOP
    EXECUTE CASE WHEN guard.definition ~ ' AND \(NOT outreach'
      THEN regexp_replace(guard.definition, ' WHEN \(\((.*) AND \(NOT outreach.is_undoing\(\)\)\)\) EXECUTE ', ' WHEN (\1) EXECUTE ')
      ELSE regexp_replace(guard.definition, ' WHEN .* EXECUTE ', ' EXECUTE ') END;
  END LOOP;
END
$$;

DROP FUNCTION outreach.delete_rows(regclass, jsonb);
DROP FUNCTION outreach.update_rows(regclass, jsonb, jsonb);
DROP FUNCTION outreach.insert_row(regclass, jsonb);
DROP FUNCTION outreach.matching(regclass, jsonb);
DROP FUNCTION outreach.known_columns(regclass, jsonb);
DROP FUNCTION outreach.note_before(regclass, bigint[], text[]);
DROP FUNCTION outreach.note_created(regclass, jsonb);
DROP FUNCTION outreach.note_created(regclass, bigint[]);
DROP FUNCTION outreach.has_number(regclass);
DROP TRIGGER seal_entry ON outreach.changed_rows;
DROP FUNCTION outreach.seal_entry();
DROP FUNCTION outreach.digest_of(regclass, int8multirange, text[]);
DROP TRIGGER keep_removed ON outreach.recorded_calls;
DROP TRIGGER keep_created ON outreach.recorded_calls;
ALTER TABLE outreach.recorded_calls DROP COLUMN call;
DROP TRIGGER keep_changed ON outreach.settings;
DO $$
DECLARE
  watched regclass;
BEGIN
  FOR watched IN SELECT tgrelid FROM pg_trigger WHERE tgname = 'keep_created' LOOP
    EXECUTE format('DROP TRIGGER keep_created ON %s', watched);
    EXECUTE format('DROP TRIGGER keep_changed ON %s', watched);
    EXECUTE format('DROP TRIGGER keep_removed ON %s', watched);
  END LOOP;
END
$$;
DROP FUNCTION outreach.watch(regclass, text);
DROP FUNCTION outreach.keep_rows();
DROP FUNCTION outreach.keep_entry(regclass, outreach.changed_rows);
DROP FUNCTION outreach.comparisons(regclass);
DROP FUNCTION outreach.people_of(regclass);
DROP FUNCTION outreach.rows_of(regclass, text[]);
DROP FUNCTION outreach.key_object(text[], text);
DROP FUNCTION outreach.person_columns(regclass);
DROP FUNCTION outreach.is_number(regclass, text);
DROP FUNCTION outreach.key_columns(regclass);
DROP FUNCTION outreach.place(regclass);
DROP FUNCTION outreach.is_undoing();
DROP FUNCTION outreach.is_final();
DROP FUNCTION outreach.present_change();
DROP FUNCTION outreach.final_because(text);
DROP FUNCTION outreach.actor();
DROP FUNCTION outreach.present_call();
DROP TABLE outreach.changed_rows;
DROP TABLE outreach.changes;
