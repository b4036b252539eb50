import type { Constant } from "../history/index.ts";

/** Questions over the views of schema ask that a filter narrows, by what narrows them. */
export function filteredQuestions({
  event,
  campaign,
  communication,
  contact,
}: Constant): [what: string, sql: string][] {
  const address = `person${String(contact)}@example.org`;
  return Object.entries({
    mails: [
      `SELECT status, count(*) FROM mails WHERE communication_id = ${communication} GROUP BY 1 ORDER BY 1`,
      `SELECT person, opened_at FROM mails WHERE communication_id = ${communication} ORDER BY contact_id`,
      `SELECT title, status, sent_at FROM mails WHERE contact_id = ${contact} ORDER BY 1`,
      `SELECT count(DISTINCT contact_id) FROM mails WHERE campaign_id = ${campaign} AND received`,
      `SELECT count(DISTINCT contact_id) FROM mails WHERE event_id = ${event} AND received`,
      `SELECT title, status FROM mails WHERE address = '${address}' ORDER BY 1`,
      `SELECT title, status FROM mails JOIN people USING (contact_id) WHERE email = '${address}' ORDER BY 1`,
    ],
    delivery_events: [
      `SELECT kind, count(*) FROM delivery_events WHERE communication_id = ${communication} GROUP BY 1 ORDER BY 1`,
      `SELECT kind, count(*) FROM delivery_events WHERE campaign_id = ${campaign} GROUP BY 1 ORDER BY 1`,
      `SELECT kind, at FROM delivery_events WHERE contact_id = ${contact} ORDER BY 2, 1`,
    ],
    registrations: [
      `SELECT date_trunc('week', registered_at), count(*) FROM registrations WHERE event_id = ${event} GROUP BY 1 ORDER BY 1`,
      `SELECT event, registered_at FROM registrations WHERE contact_id = ${contact} ORDER BY 2`,
    ],
    people: [
      `SELECT role, event FROM roles WHERE contact_id = ${contact} ORDER BY 1, 2`,
      `SELECT topic FROM interests WHERE contact_id = ${contact} ORDER BY 1`,
      `SELECT name, phone FROM people WHERE contact_id = ${contact}`,
      `SELECT deliverability FROM people WHERE contact_id = ${contact}`,
      `SELECT name, deliverability FROM people WHERE email = '${address}'`,
    ],
  }).flatMap(([view, questions]) => questions.map((sql): [string, string] => [view, sql]));
}
