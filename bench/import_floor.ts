import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type postgres from "postgres";
import { QUICKET_COLUMNS } from "../workbench/exports.ts";

/**
 * What somebody who knows SQL would do instead of an import of Quicket's registrations, in one transaction:
 * COPY of the file into a temporary table of texts, then one statement for each of the record's tables. It
 * takes the file to be as it should, and the record not to hold any of it: it checks nothing, looks nothing
 * up and reports nothing.
 */
export async function importBySetSql(
  sql: postgres.Sql,
  { path, event }: { path: string; event: number },
): Promise<void> {
  await sql.begin(async (sql) => {
    await sql.unsafe(`CREATE TEMPORARY TABLE given (${columns()}) ON COMMIT DROP`);
    const into = await sql`COPY given FROM STDIN WITH (FORMAT csv, HEADER)`.writable();
    await pipeline(createReadStream(path), into);
    await sql`
      CREATE TEMPORARY TABLE seat ON COMMIT DROP AS
      SELECT DISTINCT ON ("Ticket Number") "Ticket Number"::bigint AS number, "Order Number" AS order_number,
             "Purchase Date"::timestamp AS purchased, lower(btrim("Purchaser Email")) AS purchaser,
             "Ticket Type" AS type, "Complimentary" <> '-' AS is_complimentary,
             nullif("Link Campaign", '-') AS source, nullif("Cellphone", '-') AS phone,
             CASE WHEN "Transferred to Order Number" <> '-' THEN 'transferred'
                  WHEN "Valid" = 'No' THEN 'cancelled' ELSE 'registered' END AS status,
             lower(btrim("Email")) AS email, btrim("First name") AS first_name,
             btrim("Surname", ${" \u00a0"}) AS last_name, nullif("Profession:", '-') AS profession,
             nullif(replace("Area of Interest", '&amp;', '&'), '-') AS interests
      FROM given
      WHERE "Is Merchandise" <> 'Yes'
      ORDER BY "Ticket Number"`;
    await sql`ANALYZE seat`;
    await sql`
      INSERT INTO contacts (first_name, last_name, email, phone, profession)
      SELECT DISTINCT ON (email, lower(first_name), lower(last_name))
             first_name, last_name, email, phone, profession
      FROM seat
      ORDER BY email, lower(first_name), lower(last_name), number`;
    await sql`
      CREATE TEMPORARY TABLE person ON COMMIT DROP AS
      SELECT id, email, lower(first_name) AS first_name, lower(last_name) AS last_name,
             min(id) OVER (PARTITION BY email) AS owner
      FROM contacts`;
    await sql`ANALYZE person`;
    await sql`
      INSERT INTO tickets (ticket_number, registration_source, event_id, purchaser_contact_id,
        attendee_contact_id, ticket_type, status, registration_date, checked_in, purchaser_email,
        order_number, marketing_source, is_complimentary)
      SELECT seat.number, 'quicket', ${event}, CASE WHEN seat.purchaser = seat.email THEN person.id ELSE person.owner END,
             person.id, seat.type, seat.status, seat.purchased, false, seat.purchaser,
             seat.order_number, seat.source, seat.is_complimentary
      FROM seat
      JOIN person ON person.email = seat.email AND person.first_name = lower(seat.first_name)
                 AND person.last_name = lower(seat.last_name)`;
    await sql`
      INSERT INTO contact_roles (contact_id, event_id, role_type)
      SELECT DISTINCT attendee_contact_id, event_id, 'attendee'
      FROM tickets
      WHERE event_id = ${event} AND status = 'registered'`;
    await sql`
      CREATE TEMPORARY TABLE interest ON COMMIT DROP AS
      SELECT DISTINCT person.id AS contact_id, topic
      FROM seat
      JOIN person ON person.email = seat.email AND person.first_name = lower(seat.first_name)
                 AND person.last_name = lower(seat.last_name)
      CROSS JOIN regexp_split_to_table(seat.interests, ${String.raw`,\s*(?![^(]*\))`}) AS topic`;
    await sql`INSERT INTO interest_topics (name) SELECT DISTINCT topic FROM interest`;
    await sql`
      INSERT INTO contact_interests (contact_id, topic_id)
      SELECT interest.contact_id, topic.id
      FROM interest
      JOIN interest_topics AS topic ON topic.name = interest.topic`;
  });
}

/** The file's columns as texts; the second of one name is told apart. */
function columns(): string {
  return QUICKET_COLUMNS.map((name, index) => {
    const isSecond = QUICKET_COLUMNS.indexOf(name) < index;
    return `"${name}${isSecond ? " 2" : ""}" text`;
  }).join(", ");
}
