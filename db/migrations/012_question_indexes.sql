-- migrate:up

-- Two spellings of an address are one mailbox if they differ in case or in the space around it.
DROP INDEX public.contacts_outreach_email_idx;
CREATE INDEX contacts_outreach_mailbox_idx ON public.contacts (lower(btrim(email::text)));

-- Who was mailed without a time of their own takes the mail's. There are few such, and many who are
-- queued and have no time at all.
CREATE INDEX communication_recipients_untimed_idx ON public.communication_recipients (communication_id)
  WHERE coalesce(sent_at, '-infinity') = '-infinity' AND status <> 'queued';

-- migrate:down

DROP INDEX public.communication_recipients_untimed_idx;
DROP INDEX public.contacts_outreach_mailbox_idx;
CREATE INDEX contacts_outreach_email_idx ON public.contacts (lower(email::text));
