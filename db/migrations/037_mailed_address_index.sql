-- migrate:up

-- Of a million recipients, who was mailed at an address is else found by reading all of them.
CREATE INDEX communication_recipients_mailed_address_idx ON public.communication_recipients ((metadata ->> 'email'));

-- migrate:down

DROP INDEX public.communication_recipients_mailed_address_idx;
