-- migrate:up

-- An organiser's own database may hold these tables already, made by other hands. A table is made,
-- with its indexes, only where it is absent: what is there is left exactly as it is.
DO $$
BEGIN
  IF to_regclass('public.contacts') IS NULL THEN
    CREATE TABLE public.contacts (
      id serial PRIMARY KEY,
      first_name varchar(100) NOT NULL,
      last_name varchar(100) NOT NULL,
      email varchar(320),
      phone varchar(50),
      company varchar(200),
      job_title varchar(200),
      profession varchar(200),
      created_at timestamptz DEFAULT now(),
      updated_at timestamptz DEFAULT now()
    );
    COMMENT ON COLUMN public.contacts.email IS 'Not unique: couples share a mailbox';
    CREATE INDEX contacts_email_idx ON public.contacts (email);
    CREATE INDEX contacts_last_name_first_name_idx ON public.contacts (last_name, first_name);
  END IF;

  IF to_regclass('public.events') IS NULL THEN
    CREATE TABLE public.events (
      id serial PRIMARY KEY,
      name varchar(200) NOT NULL,
      event_date date NOT NULL,
      location varchar(300),
      year integer,
      description text,
      status varchar(30) DEFAULT 'planned'
        CHECK (status IN ('planned', 'registration_open', 'in_progress', 'completed', 'cancelled')),
      created_at timestamptz DEFAULT now()
    );
    CREATE INDEX events_event_date_idx ON public.events (event_date);
    CREATE INDEX events_year_idx ON public.events (year);
  END IF;

  IF to_regclass('public.contact_roles') IS NULL THEN
    CREATE TABLE public.contact_roles (
      id serial PRIMARY KEY,
      contact_id integer NOT NULL REFERENCES public.contacts (id),
      event_id integer REFERENCES public.events (id),
      role_type varchar(30) NOT NULL
        CHECK (role_type IN ('attendee', 'speaker', 'sponsor', 'organiser')),
      created_at timestamptz DEFAULT now(),
      UNIQUE NULLS NOT DISTINCT (contact_id, event_id, role_type)
    );
    COMMENT ON COLUMN public.contact_roles.event_id IS 'NULL: the role is global, it fits every event';
    CREATE INDEX contact_roles_event_id_role_type_idx ON public.contact_roles (event_id, role_type);
  END IF;

  IF to_regclass('public.interest_topics') IS NULL THEN
    CREATE TABLE public.interest_topics (
      id serial PRIMARY KEY,
      name varchar(200) NOT NULL UNIQUE
    );
  END IF;

  IF to_regclass('public.contact_interests') IS NULL THEN
    CREATE TABLE public.contact_interests (
      id serial PRIMARY KEY,
      contact_id integer NOT NULL REFERENCES public.contacts (id),
      topic_id integer NOT NULL REFERENCES public.interest_topics (id),
      UNIQUE (contact_id, topic_id)
    );
    CREATE INDEX contact_interests_topic_id_idx ON public.contact_interests (topic_id);
  END IF;

  IF to_regclass('public.tickets') IS NULL THEN
    CREATE TABLE public.tickets (
      id serial PRIMARY KEY,
      ticket_number bigint DEFAULT -1,
      registration_source varchar(20) NOT NULL DEFAULT 'quicket'
        CHECK (registration_source IN ('quicket', 'walk-in')),
      event_id integer NOT NULL REFERENCES public.events (id),
      purchaser_contact_id integer NOT NULL REFERENCES public.contacts (id),
      attendee_contact_id integer NOT NULL REFERENCES public.contacts (id),
      ticket_type varchar(100),
      status varchar(20) DEFAULT 'registered'
        CHECK (status IN ('registered', 'cancelled', 'transferred')),
      registration_date timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
      checked_in boolean DEFAULT false,
      check_in_time timestamp,
      created_at timestamp DEFAULT CURRENT_TIMESTAMP,
      purchaser_email text,
      order_number text,
      marketing_source text,
      is_complimentary boolean DEFAULT false,
      UNIQUE (ticket_number, event_id, attendee_contact_id),
      CHECK (check_in_time IS NULL OR checked_in)
    );
    COMMENT ON COLUMN public.tickets.ticket_number IS '-1 for walk-ins; numbers repeat across events';
    COMMENT ON COLUMN public.tickets.registration_date IS 'Local time of the organiser';
    COMMENT ON COLUMN public.tickets.marketing_source IS
      'What the ticket shop says brought the person: a channel, or a campaign''s id, name or slug';
    CREATE INDEX tickets_event_id_idx ON public.tickets (event_id);
    CREATE INDEX tickets_event_id_status_idx ON public.tickets (event_id, status);
    CREATE INDEX tickets_attendee_contact_id_idx ON public.tickets (attendee_contact_id);
    CREATE INDEX tickets_purchaser_contact_id_idx ON public.tickets (purchaser_contact_id);
    CREATE INDEX tickets_registration_date_idx ON public.tickets (registration_date);
    CREATE INDEX tickets_marketing_source_idx ON public.tickets (marketing_source);
    CREATE INDEX tickets_order_number_idx ON public.tickets (order_number);
    CREATE INDEX tickets_registration_source_idx ON public.tickets (registration_source);
    CREATE INDEX tickets_event_id_checked_in_idx ON public.tickets (event_id, checked_in);
  END IF;

  IF to_regclass('public.email_log') IS NULL THEN
    CREATE TABLE public.email_log (
      id serial PRIMARY KEY,
      event_id integer REFERENCES public.events (id),
      subject varchar(500),
      recipient_count integer DEFAULT 0,
      template_used varchar(200),
      sent_at timestamptz DEFAULT now()
    );
    CREATE INDEX email_log_event_id_idx ON public.email_log (event_id);
  END IF;
END
$$;

-- migrate:down

-- People, events and tickets must never be lost by a slip: a table that holds a row stays.
DO $$
DECLARE
  base_table text;
  holds_rows boolean;
BEGIN
  FOREACH base_table IN ARRAY ARRAY['email_log', 'tickets', 'contact_interests', 'interest_topics',
                                    'contact_roles', 'events', 'contacts'] LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', base_table) INTO holds_rows;
    IF holds_rows THEN
      RAISE EXCEPTION 'The table % holds rows. Going back further would delete them, so nothing was changed.',
        base_table;
    END IF;
  END LOOP;
END
$$;

DROP TABLE public.email_log;
DROP TABLE public.tickets;
DROP TABLE public.contact_interests;
DROP TABLE public.interest_topics;
DROP TABLE public.contact_roles;
DROP TABLE public.events;
DROP TABLE public.contacts;
