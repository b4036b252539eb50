-- migrate:up

-- Any run of what is neither letter nor digit. Spelled out as ranges, because [:alnum:] means
-- something else in every locale.
CREATE FUNCTION outreach.spaced(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(
    regexp_replace(lower(normalize(value, NFKD)), '[\u0300-\u036f]', '', 'g'),
    '[\u0001-/:-@\[-`{-\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U0001f000-\U0001faff]+',
    ' ', 'g'));
COMMENT ON FUNCTION outreach.spaced IS
  'Lower case, without accents, each run of other characters than letters and digits one space';

CREATE FUNCTION outreach.fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  outreach.spaced(replace(translate(value, '''’‘ʼ`´', ''), '&', ' and '));
COMMENT ON FUNCTION outreach.fold IS
  'What two spellings of one name share: case, accents, punctuation and "and" against "&" set aside; O''Connor is OConnor';

CREATE FUNCTION outreach.words(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  string_to_array(nullif(outreach.fold(coalesce(value, '')), ''), ' ');

CREATE FUNCTION outreach.slug(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN replace(outreach.spaced(name), ' ', '-');
COMMENT ON FUNCTION outreach.slug IS '"CFP 2026" becomes cfp-2026; what tickets.marketing_source may say';

CREATE FUNCTION outreach.full_name(first_name text, last_name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(btrim(coalesce(first_name, '')) || ' ' || btrim(coalesce(last_name, '')));

CREATE FUNCTION outreach.local_time(instant timestamptz, zone text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE RETURN
  to_char(instant AT TIME ZONE zone, 'YYYY-MM-DD"T"HH24:MI:SS')
  || CASE WHEN (instant AT TIME ZONE zone) < (instant AT TIME ZONE 'UTC') THEN '-' ELSE '+' END
  || to_char(greatest((instant AT TIME ZONE zone) - (instant AT TIME ZONE 'UTC'),
                      (instant AT TIME ZONE 'UTC') - (instant AT TIME ZONE zone)), 'HH24:MI');
COMMENT ON FUNCTION outreach.local_time IS 'An instant as ISO 8601 with the offset that zone has then';

-- On tables of other hands: indexes only.
CREATE INDEX contacts_outreach_email_idx ON public.contacts (lower(email::text));
CREATE INDEX contacts_outreach_name_idx
  ON public.contacts (outreach.fold(outreach.full_name(first_name::text, last_name::text)));
CREATE INDEX contacts_outreach_words_idx ON public.contacts
  USING gin (outreach.words(outreach.full_name(first_name::text, last_name::text) || ' ' || coalesce(email::text, '')));

CREATE TABLE outreach.settings (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  time_zone text,
  cursor_key text NOT NULL DEFAULT gen_random_uuid()::text || gen_random_uuid()::text,
  events_synced_to timestamptz
);
COMMENT ON COLUMN outreach.settings.time_zone IS 'IANA name; the machine''s zone at the first migration';
COMMENT ON COLUMN outreach.settings.cursor_key IS 'Signs paging cursors, so that a tampered one is refused';
INSERT INTO outreach.settings DEFAULT VALUES;

-- migrate:down

DROP TABLE outreach.settings;
DROP INDEX public.contacts_outreach_words_idx;
DROP INDEX public.contacts_outreach_name_idx;
DROP INDEX public.contacts_outreach_email_idx;
DROP FUNCTION outreach.local_time(timestamptz, text);
DROP FUNCTION outreach.full_name(text, text);
DROP FUNCTION outreach.slug(text);
DROP FUNCTION outreach.words(text);
DROP FUNCTION outreach.fold(text);
DROP FUNCTION outreach.spaced(text);
