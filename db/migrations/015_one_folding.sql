-- migrate:up

-- Two spellings are compared here and in the program, so both fold them alike, and neither by a collation:
-- under a Turkish one lower('I') is a letter without a dot, under others no letter outside ASCII has a
-- lower case. The program's part is in src/words; a test holds the two to each other.

CREATE FUNCTION outreach.blanks() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  E'\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009\u000a\u000b\u000c\u000d\u000e\u000f\u0010'
  '\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u0020'
  '\u007f\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d\u008e'
  '\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098\u0099\u009a\u009b\u009c\u009d\u009e'
  '\u009f\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2000'
  '\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028'
  '\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067'
  '\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3000\u3164\ufe00\ufe01\ufe02\ufe03\ufe04'
  '\ufe05\ufe06\ufe07\ufe08\ufe09\ufe0a\ufe0b\ufe0c\ufe0d\ufe0e\ufe0f\ufeff\uffa0\ufff0\ufff1\ufff2'
  '\ufff3\ufff4\ufff5\ufff6\ufff7\ufff8\ufff9\ufffa\ufffb';
COMMENT ON FUNCTION outreach.blanks IS
  'Every character that shows as nothing: white space, control characters, and those without width';

CREATE FUNCTION outreach.trimmed(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  -- Nearly every address begins and ends visibly, and looking costs less than comparing with every blank.
  CASE WHEN value ~ '^[!-~](.*[!-~])?$' THEN value ELSE btrim(value, outreach.blanks()) END;
COMMENT ON FUNCTION outreach.trimmed IS 'Without what shows as nothing at both ends';

-- Letters outside ASCII stay as they are: no mail goes to an address that has any, and which of them are one
-- is for its mailbox's host to say.
CREATE OR REPLACE FUNCTION outreach.mailbox(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower(outreach.trimmed(email) COLLATE "C");
COMMENT ON FUNCTION outreach.mailbox IS
  'What two spellings of one e-mail address share: the case of ASCII letters and the blanks around it set aside';

-- Not in SQL: put in place of a call, its argument would be worked out three times.
CREATE FUNCTION outreach.lowered(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF octet_length(value) = length(value) THEN
    RETURN lower(value COLLATE "C");
  END IF;
  RETURN translate(lower(value COLLATE "C"),
    'ÆÐØÞĐĦŁŊŒŦƁƂƄƆƇƉƊƋƎƏƐƑƓƔƖƗƘƜƝƟƢƤƦƧƩƬƮƱƲƳƵƷƸƼǤǶǷȜȠȢȤȺȻȽȾɁɃɄɅɆɈɊɌɎͰͲͶͿΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧ'
    'ΨΩϏϘϚϜϞϠϷϺϽϾϿЂЄЅІЈЉЊЋЏАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯѠѢѤѦѨѪѬѮѰѲѴѸѺѼѾҀҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲ'
    'ҴҶҸҺҼҾӀӃӅӇӉӋӍӔӘӠӨӶӺӼӾԀԂԄԆԈԊԌԎԐԒԔԖԘԚԜԞԠԢԤԦԨԪԬԮԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖႠႡႢႣႤႥႦ'
    'ႧႨႩႪႫႬႭႮႯႰႱႲႳႴႵႶႷႸႹႺႻႼႽႾႿჀჁჂჃჄჅჇჍᲐᲑᲒᲓᲔᲕᲖᲗᲘᲙᲚᲛᲜᲝᲞᲟᲠᲡᲢᲣᲤᲥᲦᲧᲨᲩᲪᲫᲬᲭᲮᲯᲰᲱᲲᲳᲴᲵᲶᲷᲸᲹᲺᲽᲾᲿẞỺỼỾℲↃⱠⱢⱣⱤⱧ'
    'ⱩⱫⱭⱮⱯⱰⱲⱵⱾⱿꙀꙂꙄꙆꙈꙊꙌꙎꙐꙒꙔꙖꙘꙚꙜꙞꙠꙢꙤꙦꙨꙪꙬꚀꚂꚄꚆꚈꚊꚌꚎꚐꚒꚔꚖꚘꚚꜢꜤꜦꜨꜪꜬꜮꜲꜴꜶꜸꜺꜼꜾꝀꝂꝄꝆꝈꝊꝌꝎꝐꝒꝔꝖꝘꝚꝜꝞꝠꝢꝤꝦꝨꝪꝬꝮꝹꝻꝽꝾꞀ'
    'ꞂꞄꞆꞋꞍꞐꞒꞖꞘꞚꞜꞞꞠꞢꞤꞦꞨꞪꞫꞬꞭꞮꞰꞱꞲꞳꞴꞶꞸꞺꞼꞾςı',
    'æðøþđħłŋœŧɓƃƅɔƈɖɗƌǝəɛƒɠɣɩɨƙɯɲɵƣƥʀƨʃƭʈʊʋƴƶʒƹƽǥƕƿȝƞȣȥⱥȼƚⱦɂƀʉʌɇɉɋɍɏͱͳͷϳαβγδεζηθικλμνξοπρστυφχ'
    'ψωϗϙϛϝϟϡϸϻͻͼͽђєѕіјљњћџабвгдежзиклмнопрстуфхцчшщъыьэюяѡѣѥѧѩѫѭѯѱѳѵѹѻѽѿҁҋҍҏґғҕҗҙқҝҟҡңҥҧҩҫҭүұҳ'
    'ҵҷҹһҽҿӏӄӆӈӊӌӎӕәӡөӷӻӽӿԁԃԅԇԉԋԍԏԑԓԕԗԙԛԝԟԡԣԥԧԩԫԭԯաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆⴀⴁⴂⴃⴄⴅⴆ'
    'ⴇⴈⴉⴊⴋⴌⴍⴎⴏⴐⴑⴒⴓⴔⴕⴖⴗⴘⴙⴚⴛⴜⴝⴞⴟⴠⴡⴢⴣⴤⴥⴧⴭაბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰჱჲჳჴჵჶჷჸჹჺჽჾჿßỻỽỿⅎↄⱡɫᵽɽⱨ'
    'ⱪⱬɑɱɐɒⱳⱶȿɀꙁꙃꙅꙇꙉꙋꙍꙏꙑꙓꙕꙗꙙꙛꙝꙟꙡꙣꙥꙧꙩꙫꙭꚁꚃꚅꚇꚉꚋꚍꚏꚑꚓꚕꚗꚙꚛꜣꜥꜧꜩꜫꜭꜯꜳꜵꜷꜹꜻꜽꜿꝁꝃꝅꝇꝉꝋꝍꝏꝑꝓꝕꝗꝙꝛꝝꝟꝡꝣꝥꝧꝩꝫꝭꝯꝺꝼᵹꝿꞁ'
    'ꞃꞅꞇꞌɥꞑꞓꞗꞙꞛꞝꞟꞡꞣꞥꞧꞩɦɜɡɬɪʞʇʝꭓꞵꞷꞹꞻꞽꞿσi');
END
$$;
COMMENT ON FUNCTION outreach.lowered IS
  'Lower case in the Latin, Greek, Cyrillic, Armenian and Georgian scripts, letter by letter and whatever the collation; accents must be apart or gone';

CREATE OR REPLACE FUNCTION outreach.spaced(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(
    outreach.lowered(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')),
    '[\u0001-/:-@\[-`{-\u00bf\u00d7\u00f7\u1680\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U0001f000-\U0001faff]+',
    ' ', 'g'));

CREATE OR REPLACE FUNCTION outreach.source(marketing_source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  nullif(normalize(outreach.lowered(normalize(outreach.trimmed(marketing_source), NFD)), NFC), '');

-- What was made with the functions as they were.
DROP INDEX public.contacts_outreach_mailbox_idx;
CREATE INDEX contacts_outreach_mailbox_idx ON public.contacts (outreach.mailbox(email::text));
REINDEX INDEX public.contacts_outreach_name_idx;
REINDEX INDEX public.contacts_outreach_words_idx;
REINDEX INDEX public.contacts_outreach_beginnings_idx;
REINDEX INDEX public.communications_title_idx;
REINDEX INDEX public.marketing_assets_title_idx;
-- Writes the columns that follow from the name anew.
UPDATE outreach.campaign_names SET name = name;

CREATE OR REPLACE FUNCTION outreach.present_addresses() RETURNS TABLE (contact_id integer, address text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id::integer, outreach.mailbox(email::text) FROM public.contacts WHERE outreach.mailbox(email::text) <> ''
$$;

CREATE OR REPLACE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at, reason)
    SELECT NEW.id, outreach.mailbox(address), problem, at, min(reason)
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at,
             concat_ws(': ', CASE event ->> 'kind' WHEN 'spam' THEN 'spam complaint'
                                                   ELSE replace(event ->> 'kind', '_', ' ') END,
                       nullif(btrim(event ->> 'reason'), '')) AS reason
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, communication.sent_at, communication.created_at), 'hard bounce'
        FROM public.communications AS communication
        WHERE communication.id = NEW.communication_id
          AND coalesce(NEW.metadata ->> 'logged_status',
                       CASE WHEN NEW.metadata -> 'events' IS NULL THEN NEW.status END) = 'bounced'
    ) AS news
    CROSS JOIN LATERAL (
      SELECT coalesce(NEW.metadata ->> 'email',
                      (SELECT email FROM public.contacts WHERE id = NEW.contact_id)) AS address
    ) AS mailed
    WHERE problem IS NOT NULL AND outreach.mailbox(address) <> ''
    GROUP BY address, problem, at
    ON CONFLICT (recipient_id, kind, at) DO NOTHING;
  RETURN NULL;
END
$$;

-- What is noted of an address is noted of its mailbox: of the address as it was mailed where that is
-- still known, since letters that were folded otherwise cannot be told apart any more.
UPDATE outreach.delivery_problems AS problem SET address = outreach.mailbox(mailed.address)
FROM (
  SELECT recipient.id, coalesce(recipient.metadata ->> 'email', contact.email::text) AS address
  FROM public.communication_recipients AS recipient
  JOIN public.contacts AS contact ON contact.id = recipient.contact_id
) AS mailed
WHERE mailed.id = problem.recipient_id
  AND problem.address = lower(btrim(mailed.address))
  AND problem.address <> outreach.mailbox(mailed.address);
UPDATE outreach.delivery_problems SET address = outreach.mailbox(address)
WHERE address <> outreach.mailbox(address);

ALTER TABLE outreach.suppressions DROP CONSTRAINT suppressions_address_check;
ALTER TABLE outreach.suppressions DISABLE TRIGGER append_only;
-- Of entries of the block list that are one now, the first stays; one of blanks alone is of nobody.
DELETE FROM outreach.suppressions AS again
WHERE again.address <> outreach.mailbox(again.address) AND again.contact_id IS NULL
  AND (outreach.mailbox(again.address) = '' OR again.source = 'block list' AND EXISTS (
    SELECT FROM outreach.suppressions AS other
    WHERE other.source = 'block list' AND outreach.mailbox(other.address) = outreach.mailbox(again.address)
      AND other.kind = again.kind AND other.at = again.at
      AND (other.address = outreach.mailbox(other.address) OR other.id < again.id)));
UPDATE outreach.suppressions SET address = nullif(outreach.mailbox(address), '')
WHERE address <> outreach.mailbox(address);
ALTER TABLE outreach.suppressions ENABLE TRIGGER append_only;
ALTER TABLE outreach.suppressions
  ADD CONSTRAINT suppressions_address_check CHECK (address = outreach.mailbox(address) AND address <> '');

ALTER TABLE outreach.send_recipients
  DROP CONSTRAINT send_recipients_email_check,
  ADD CONSTRAINT send_recipients_email_check
    CHECK (email = translate(email, outreach.blanks(), '') AND email ~ '^.+@.+$');

-- migrate:down

ALTER TABLE outreach.send_recipients
  DROP CONSTRAINT send_recipients_email_check,
  ADD CONSTRAINT send_recipients_email_check CHECK (email ~ '^[^[:space:][:cntrl:]]+@[^[:space:][:cntrl:]]+$');

CREATE OR REPLACE FUNCTION outreach.note_delivery_problems() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outreach.delivery_problems (recipient_id, address, kind, at, reason)
    SELECT NEW.id, outreach.mailbox(address), problem, at, min(reason)
    FROM (
      SELECT CASE
               WHEN event ->> 'kind' IN ('hard_bounce', 'invalid_email') THEN 'hard_bounce'
               WHEN event ->> 'kind' IN ('soft_bounce', 'spam', 'unsubscribed') THEN event ->> 'kind'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'unsubscri' THEN 'unsubscribed'
               WHEN event ->> 'kind' = 'blocked' AND event ->> 'reason' ~* 'black\s*-?list' THEN 'hard_bounce'
             END AS problem,
             (event ->> 'at')::timestamptz AS at,
             concat_ws(': ', CASE event ->> 'kind' WHEN 'spam' THEN 'spam complaint'
                                                   ELSE replace(event ->> 'kind', '_', ' ') END,
                       nullif(btrim(event ->> 'reason'), '')) AS reason
        FROM jsonb_array_elements(NEW.metadata -> 'events') AS event
      UNION ALL
      SELECT 'hard_bounce', coalesce(NEW.sent_at, communication.sent_at, communication.created_at), 'hard bounce'
        FROM public.communications AS communication
        WHERE communication.id = NEW.communication_id
          AND coalesce(NEW.metadata ->> 'logged_status',
                       CASE WHEN NEW.metadata -> 'events' IS NULL THEN NEW.status END) = 'bounced'
    ) AS news
    CROSS JOIN LATERAL (
      SELECT coalesce(NEW.metadata ->> 'email',
                      (SELECT email FROM public.contacts WHERE id = NEW.contact_id)) AS address
    ) AS mailed
    WHERE problem IS NOT NULL AND btrim(address) <> ''
    GROUP BY address, problem, at
    ON CONFLICT (recipient_id, kind, at) DO NOTHING;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION outreach.present_addresses() RETURNS TABLE (contact_id integer, address text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id::integer, outreach.mailbox(email::text) FROM public.contacts WHERE btrim(email::text) <> ''
$$;

CREATE OR REPLACE FUNCTION outreach.source(marketing_source text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  nullif(lower(btrim(marketing_source, E' \t\r\n\u00a0')), '');

CREATE OR REPLACE FUNCTION outreach.spaced(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  btrim(regexp_replace(
    regexp_replace(lower(normalize(value, NFKD)), '[\u0300-\u036f]', '', 'g'),
    '[\u0001-/:-@\[-`{-\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u303f\ufe00-\ufe0f\ufeff\ufff9-\ufffd\U0001f000-\U0001faff]+',
    ' ', 'g'));

CREATE OR REPLACE FUNCTION outreach.mailbox(email text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN lower(btrim(email));
COMMENT ON FUNCTION outreach.mailbox IS
  'What two spellings of one e-mail address share: case and the space around it set aside';

DROP FUNCTION outreach.lowered(text);
DROP FUNCTION outreach.trimmed(text);
DROP FUNCTION outreach.blanks();

DROP INDEX public.contacts_outreach_mailbox_idx;
CREATE INDEX contacts_outreach_mailbox_idx ON public.contacts (lower(btrim(email::text)));
REINDEX INDEX public.contacts_outreach_name_idx;
REINDEX INDEX public.contacts_outreach_words_idx;
REINDEX INDEX public.contacts_outreach_beginnings_idx;
REINDEX INDEX public.communications_title_idx;
REINDEX INDEX public.marketing_assets_title_idx;
-- Writes the columns that follow from the name anew.
UPDATE outreach.campaign_names SET name = name;

UPDATE outreach.delivery_problems SET address = outreach.mailbox(address)
WHERE address <> outreach.mailbox(address);

ALTER TABLE outreach.suppressions DROP CONSTRAINT suppressions_address_check;
ALTER TABLE outreach.suppressions DISABLE TRIGGER append_only;
-- Of entries of the block list that are one now, the first stays; one of blanks alone is of nobody.
DELETE FROM outreach.suppressions AS again
WHERE again.address <> outreach.mailbox(again.address) AND again.contact_id IS NULL
  AND (outreach.mailbox(again.address) = '' OR again.source = 'block list' AND EXISTS (
    SELECT FROM outreach.suppressions AS other
    WHERE other.source = 'block list' AND outreach.mailbox(other.address) = outreach.mailbox(again.address)
      AND other.kind = again.kind AND other.at = again.at
      AND (other.address = outreach.mailbox(other.address) OR other.id < again.id)));
UPDATE outreach.suppressions SET address = nullif(outreach.mailbox(address), '')
WHERE address <> outreach.mailbox(address);
ALTER TABLE outreach.suppressions ENABLE TRIGGER append_only;
ALTER TABLE outreach.suppressions
  ADD CONSTRAINT suppressions_address_check CHECK (address = outreach.mailbox(address) AND address <> '');
