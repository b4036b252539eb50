import type { Sql } from "postgres";

/** Events and people that tests share; the ids are what PostgreSQL gave them. */
export interface People {
  events: { day2025: number; day2026: number };
  /** Two people of one name. */
  jane: number;
  otherJane: number;
  /** Two people on one mailbox. */
  thabo: number;
  nomsa: number;
  zoe: number;
  /** Has no e-mail. */
  sipho: number;
  lerato: number;
}

/** Puts a small made-up organiser's world into an empty migrated database. */
export async function seedPeople(sql: Sql): Promise<People> {
  const events = await sql<{ id: number }[]>`
    INSERT INTO events (name, event_date, year, location, status) VALUES
      ('Data & AI Day 2025', '2025-11-15', 2025, 'Durban', 'completed'),
      ('Data & AI Day 2026', '2026-11-14', 2026, 'Johannesburg', 'registration_open')
    RETURNING id`;
  const people = await sql<{ id: number }[]>`
    INSERT INTO contacts (first_name, last_name, email) VALUES
      ('Jane', 'Smith', 'jane.smith@example.org'),
      ('Jane', 'Smith', 'jane@example.org'),
      ('Thabo', 'Nkosi', 'nkosi@example.org'),
      ('Nomsa', 'Nkosi', 'NKOSI@example.org '),
      ('Zoë', 'van der Merwe', 'zoe@example.org'),
      ('Sipho', 'Dlamini', NULL),
      ('Lerato', 'Mokoena', 'lerato@example.org')
    RETURNING id`;
  await sql`UPDATE contacts SET email = btrim(email)`;
  const event = (index: number) => events[index]?.id ?? 0;
  const person = (index: number) => people[index]?.id ?? 0;
  return {
    events: { day2025: event(0), day2026: event(1) },
    jane: person(0),
    otherJane: person(1),
    thabo: person(2),
    nomsa: person(3),
    zoe: person(4),
    sipho: person(5),
    lerato: person(6),
  };
}
