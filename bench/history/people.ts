import type postgres from "postgres";
import { EVERY, FIRST, type Sizes } from "./shape.ts";

const FIRST_NAMES =
  "Thabo Nomsa Zoë Pieter Priya Ayanda Kagiso Lerato Renée Michael Sipho Naledi Johan Fatima Lwazi Anika " +
  "Themba Zanele Dineo Marius Palesa Refilwe Kabelo Imran Chloé Bongani Nandi Werner Aisha Tumelo " +
  "Lindiwe Hannes Keabetswe Yusuf Mpho Elsabé Tshepo Nokuthula Ruan Sindisiwe";
const SYLLABLES =
  "ba be bo da de do fa ga go ha ja ka ke ko la le lo ma me mo na ne no pa ra ro sa ta te wa";
const TOPICS =
  "Cloud,Streaming,Data mesh,Machine learning,Dashboards,Governance,Ethics,Databases,Pipelines,Security," +
  "Testing,Search,Maps,Forecasting,Open data,Teaching,Careers,Health,Mining,Farming";

const TICKETS_PER_EVENT = 1_500;

/** Events twice a year from 2015, and everyone who was ever in touch with them. */
export async function writePeople(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  await writeEvents(sql, sizes);
  await writeContacts(sql, sizes);
  await writeInterests(sql, sizes);
  await writeRoles(sql, sizes);
  await writeTickets(sql, sizes);
}

async function writeEvents(sql: postgres.ISql, { events }: Sizes): Promise<void> {
  await sql`
    INSERT INTO events (name, event_date, location, year, status, created_at)
    SELECT format('Data Day %s %s', city, extract(year FROM day)), day, city || ', Hall ' || e % 7,
           extract(year FROM day), CASE WHEN e = ${events} THEN 'registration_open' ELSE 'completed' END,
           day - 300
    FROM (SELECT e, date '2015-03-14' + (e - 1) * 182 AS day,
                 (ARRAY['Durban', 'Gqeberha', 'Polokwane', 'Mbombela', 'Bloemfontein'])[1 + e % 5] AS city
          FROM generate_series(1, ${events}::int) AS e) AS planned
    ORDER BY e`;
}

/** Some mailboxes are shared by two, but none of the constant people's, and one person in two hundred has none. */
async function writeContacts(sql: postgres.ISql, { people }: Sizes): Promise<void> {
  await sql`
    WITH given AS (
      SELECT string_to_array(${FIRST_NAMES}, ' ') AS first, string_to_array(${SYLLABLES}, ' ') AS syllables
    )
    INSERT INTO contacts (first_name, last_name, email, created_at)
    SELECT first[1 + pg_temp.roll(p, 1, cardinality(first))],
           initcap(syllables[1 + pg_temp.roll(p, 2, 30)] || syllables[1 + pg_temp.roll(p, 3, 30)])
           -- A name that only people of the constant part bear.
           || CASE WHEN p % ${EVERY} = ${FIRST} THEN 'stein' ELSE syllables[1 + pg_temp.roll(p, 4, 30)] END,
           CASE WHEN p % 200 = 0 THEN NULL
                WHEN p % 50 = 1 AND p % 200 <> 1 AND p % ${EVERY} NOT IN (${FIRST}, ${FIRST + 1}) THEN format('person%s@example.org', p - 1)
                ELSE format('person%s@example.org', p) END,
           timestamptz '2015-01-01Z' + p * interval '100 minutes'
    FROM generate_series(1, ${people}::int) AS p CROSS JOIN given
    ORDER BY p`;
}

async function writeInterests(sql: postgres.ISql, { people }: Sizes): Promise<void> {
  await sql`
    INSERT INTO interest_topics (name)
    SELECT name FROM unnest(string_to_array(${TOPICS}, ',')) WITH ORDINALITY AS topic (name, position)
    ORDER BY position`;
  await sql`
    INSERT INTO contact_interests (contact_id, topic_id)
    SELECT p, 1 + (pg_temp.roll(p, 5, 20) + i * 7) % 20
    FROM generate_series(1, ${people}::int) AS p, generate_series(0, pg_temp.roll(p, 6, 4) - 2) AS i`;
}

/** Speakers, organisers and sponsors of each event; some sponsors are so everywhere. */
async function writeRoles(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  await sql`
    INSERT INTO contact_roles (contact_id, event_id, role_type, created_at)
    SELECT ${member(sql, sizes, sql`CASE WHEN i = 44 THEN ${sizes.events / 2}::int ELSE e END`, sql`i * 31 + e * 103`)},
           CASE WHEN i < 44 THEN e END,
           CASE WHEN i < 30 THEN 'speaker' WHEN i < 40 THEN 'organiser' ELSE 'sponsor' END, '2015-01-01Z'
    FROM generate_series(1, ${sizes.events}::int) AS e, generate_series(0, 44) AS i`;
}

/** Sources are channels and, for one in five, a campaign's slug; some are spelled carelessly. */
async function writeTickets(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, ticket_type,
                         status, registration_date, checked_in, marketing_source)
    SELECT t, e, person, person, (ARRAY['General', 'Early bird', 'Student'])[1 + pg_temp.roll(t, 11, 3)],
           CASE WHEN pg_temp.roll(t, 12, 100) < 5 THEN 'cancelled'
                WHEN pg_temp.roll(t, 12, 100) < 7 THEN 'transferred' ELSE 'registered' END,
           event_date - pg_temp.roll(t, 13, 150) * interval '1 day' + pg_temp.roll(t, 14, 86400) * interval '1 s',
           pg_temp.roll(t, 15, 10) < 7 AND e < ${sizes.events},
           CASE WHEN pg_temp.roll(t, 16, 10) < 2
                  THEN (SELECT CASE WHEN t % 7 = 0 THEN ' ' || upper(slug) ELSE slug END
                        FROM outreach.campaign_names
                        WHERE campaign_id = (e - 1) * ${sizes.campaigns / sizes.events}::int + 1
                                            + pg_temp.roll(t, 17, ${sizes.campaigns / sizes.events}::int))
                ELSE (ARRAY['Email', 'email ', 'LinkedIn', 'Website', 'Friend', NULL, NULL, NULL])
                       [1 + pg_temp.roll(t, 18, 8)] END
    FROM (
      SELECT e, (e - 1) * ${TICKETS_PER_EVENT} + i + 1 AS t, event.event_date,
             ${member(sql, sizes, sql`e`, sql`i::bigint * 13 + e * 997`)} AS person
      FROM generate_series(1, ${sizes.events}::int) AS e
      JOIN events AS event ON event.id = e, generate_series(0, ${TICKETS_PER_EVENT - 1}) AS i
    ) AS sold
    ORDER BY t`;
}

/**
 * The id of somebody in touch with an event: of the constant people for the constant event, of all
 * others for the rest. Successive numbers are different people, until there are no more.
 */
export function member(
  sql: postgres.ISql,
  { events, people }: Sizes,
  event: postgres.PendingQuery<postgres.Row[]>,
  number: postgres.PendingQuery<postgres.Row[]>,
): postgres.PendingQuery<postgres.Row[]> {
  const constants = Math.floor((people - FIRST) / EVERY) + 1;
  const others = people - constants;
  return sql`
    (CASE WHEN ${event} = ${events / 2}::int THEN (${number}) % ${constants}::int * ${EVERY}::int + ${FIRST}::int
          ELSE (${number}) % ${others}::int / ${EVERY - 1}::int * ${EVERY}::int
               + (${number}) % ${others}::int % ${EVERY - 1}::int
               + CASE WHEN (${number}) % ${others}::int % ${EVERY - 1}::int < ${FIRST - 1}::int THEN 1 ELSE 2 END
     END)::int`;
}
