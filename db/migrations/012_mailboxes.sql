-- migrate:up

-- Two spellings of an address are one mailbox if they differ in case or in the space around it.
DROP INDEX public.contacts_outreach_email_idx;
CREATE INDEX contacts_outreach_mailbox_idx ON public.contacts (lower(btrim(email::text)));

-- migrate:down

DROP INDEX public.contacts_outreach_mailbox_idx;
CREATE INDEX contacts_outreach_email_idx ON public.contacts (lower(email::text));
