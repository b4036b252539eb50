import type { Sql } from "postgres";
import type { Assistant } from "./assistant.ts";
import type { Calendar } from "./calendar.ts";
import { everybody, ORGANISERS, SPONSORS } from "./people.ts";

/** What an event of a year is called. */
export function eventName(year: number): string {
  return `Data & AI Day ${String(year)}`;
}

/** Records what no export tells: the events, and who organises and sponsors them. */
export async function recordOrganiser(
  assistant: Assistant,
  sql: Sql,
  { years, days }: Calendar,
): Promise<void> {
  for (const [when, location, status] of [
    ["before", "Durban", "completed"],
    ["last", "Johannesburg", "completed"],
    ["next", "Durban", "registration_open"],
  ] as const) {
    const event = { name: eventName(years[when]), event_date: days[when], location, status };
    await assistant.call("create_event", event);
  }
  // No tool records who organises or sponsors.
  const people = [...withRole(ORGANISERS, "organiser"), ...withRole(SPONSORS, "sponsor")];
  await sql`
    WITH meant AS (
      SELECT *
      FROM jsonb_to_recordset(${sql.json(people)})
        AS person(first_name text, last_name text, email text, role text)
    ), person AS (
      INSERT INTO public.contacts (first_name, last_name, email)
      SELECT first_name, last_name, email FROM meant
      RETURNING id, email
    )
    INSERT INTO public.contact_roles (contact_id, event_id, role_type)
    SELECT person.id, event.id, meant.role
    FROM person
    JOIN meant USING (email)
    LEFT JOIN public.events event ON event.year = ${years.last} AND meant.role = 'sponsor'`;
}

function withRole(names: readonly (readonly string[])[], role: string) {
  const meant = names.map((name) => name.join(" "));
  return everybody()
    .filter(({ first_name, last_name }) => meant.includes(`${first_name} ${last_name}`))
    .map((person) => ({ ...person, role }));
}
