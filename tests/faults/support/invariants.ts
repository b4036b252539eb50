import type postgres from "postgres";

/** What must never be found, whatever was killed: a sentence, and the rows that break it. */
interface Rule {
  wrong: string;
  rows(sql: postgres.ISql): Promise<readonly unknown[]>;
}

const RULES: readonly Rule[] = [
  {
    wrong: "rows that point to nothing",
    rows: (sql) => sql`
      SELECT 'campaigns' AS "table", id FROM campaigns AS it
        WHERE NOT EXISTS (SELECT FROM events WHERE id = it.event_id)
      UNION ALL SELECT 'communications', id FROM communications AS it
        WHERE NOT EXISTS (SELECT FROM campaigns WHERE id = it.campaign_id)
      UNION ALL SELECT 'communication_recipients', id FROM communication_recipients AS it
        WHERE NOT EXISTS (SELECT FROM communications WHERE id = it.communication_id AND channel = 'email')
           OR NOT EXISTS (SELECT FROM contacts WHERE id = it.contact_id)
      UNION ALL SELECT 'marketing_assets', id FROM marketing_assets AS it
        WHERE NOT EXISTS (SELECT FROM events WHERE id = it.event_id)
           OR it.campaign_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM campaigns WHERE id = it.campaign_id AND event_id = it.event_id)
      UNION ALL SELECT 'asset_distributions', id FROM asset_distributions AS it
        WHERE NOT EXISTS (SELECT FROM marketing_assets WHERE id = it.asset_id)
      UNION ALL SELECT 'tickets', id FROM tickets AS it
        WHERE NOT EXISTS (SELECT FROM events WHERE id = it.event_id)
           OR NOT EXISTS (SELECT FROM contacts WHERE id = it.purchaser_contact_id)
           OR NOT EXISTS (SELECT FROM contacts WHERE id = it.attendee_contact_id)
      UNION ALL SELECT 'contact_roles of person', contact_id FROM contact_roles AS it
        WHERE NOT EXISTS (SELECT FROM contacts WHERE id = it.contact_id)
           OR it.event_id IS NOT NULL AND NOT EXISTS (SELECT FROM events WHERE id = it.event_id)
      UNION ALL SELECT 'contact_interests of person', contact_id FROM contact_interests AS it
        WHERE NOT EXISTS (SELECT FROM contacts WHERE id = it.contact_id)
           OR NOT EXISTS (SELECT FROM interest_topics WHERE id = it.topic_id)
      UNION ALL SELECT 'outreach.send_recipients of', contact_id FROM outreach.send_recipients AS it
        WHERE NOT EXISTS (SELECT FROM communication_recipients AS recipient
                           WHERE (recipient.communication_id, recipient.contact_id)
                               = (it.communication_id, it.contact_id))
      UNION ALL SELECT 'outreach.delivery_problems of', recipient_id FROM outreach.delivery_problems AS it
        WHERE NOT EXISTS (SELECT FROM communication_recipients WHERE id = it.recipient_id)`,
  },
  {
    wrong: "calls that were claimed and recorded nothing that is there",
    rows: (sql) => sql`
      SELECT kind, entry_id FROM outreach.recorded_calls AS call
      WHERE NOT CASE kind
        WHEN 'communication' THEN EXISTS (SELECT FROM communications WHERE id = call.entry_id)
        WHEN 'asset' THEN EXISTS (SELECT FROM marketing_assets WHERE id = call.entry_id)
        WHEN 'distribution' THEN EXISTS (SELECT FROM asset_distributions WHERE id = call.entry_id)
        ELSE entry_id IS NOT NULL END`,
  },
  {
    wrong: "people who are recipients of one mail twice",
    rows: (sql) => sql`
      SELECT communication_id, contact_id FROM communication_recipients
      GROUP BY communication_id, contact_id HAVING count(*) > 1`,
  },
  {
    wrong: "message ids of more than one recipient",
    rows: (sql) => sql`
      SELECT btrim(brevo_message_id, '<>') AS message FROM communication_recipients
      WHERE brevo_message_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    wrong: "recipient counts that are not the number of recipients",
    // What was carried over from email_log keeps the number that was noted there.
    rows: (sql) => sql`
      SELECT id, recipient_count, counted.recipients FROM communications AS communication
      CROSS JOIN LATERAL (SELECT count(*)::int AS recipients FROM communication_recipients
                           WHERE communication_id = communication.id) AS counted
      WHERE recipient_count <> counted.recipients
        AND NOT EXISTS (SELECT FROM outreach.email_log_rows WHERE communication_id = communication.id)`,
  },
  {
    wrong: "delivery events that count twice",
    rows: (sql) => sql`
      SELECT recipient.id, event ->> 'kind' AS kind
      FROM communication_recipients AS recipient, jsonb_array_elements(metadata -> 'events') AS event
      GROUP BY recipient.id, event ->> 'kind', date_trunc('second', (event ->> 'at')::timestamptz),
               event ->> 'link'
      HAVING count(*) > 1`,
  },
  {
    wrong: "recipients whose status is not what their events say",
    rows: (sql) => sql`
      SELECT id, status FROM communication_recipients
      WHERE metadata -> 'events' IS NOT NULL AND status <> outreach.recipient_status(metadata)`,
  },
  {
    wrong: "tickets that are there twice",
    rows: (sql) => sql`
      SELECT ticket_number, event_id, attendee_contact_id FROM tickets
      GROUP BY ticket_number, event_id, attendee_contact_id HAVING count(*) > 1`,
  },
  {
    wrong: "events, campaigns, roles, interests, topics or speakers that are there twice",
    rows: (sql) => sql`
      SELECT 'event' AS what, name::text, event_date::text AS of FROM events
        GROUP BY name, event_date HAVING count(*) > 1
      UNION ALL SELECT 'campaign', lower(name), event_id::text FROM campaigns
        GROUP BY lower(name), event_id HAVING count(*) > 1
      UNION ALL SELECT 'role', role_type::text, contact_id::text || ' at ' || coalesce(event_id::text, 'all')
        FROM contact_roles GROUP BY role_type, contact_id, event_id HAVING count(*) > 1
      UNION ALL SELECT 'interest', topic_id::text, contact_id::text FROM contact_interests
        GROUP BY topic_id, contact_id HAVING count(*) > 1
      UNION ALL SELECT 'topic', name::text, '' FROM interest_topics GROUP BY name HAVING count(*) > 1
      UNION ALL SELECT 'speaker', contact_id::text, '' FROM speakers GROUP BY contact_id HAVING count(*) > 1`,
  },
  {
    wrong: "people of one name and one address who are there twice",
    rows: (sql) => sql`
      SELECT lower(btrim(first_name)) AS first_name, lower(btrim(last_name)) AS last_name,
             lower(btrim(email)) AS email
      FROM contacts WHERE email IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1`,
  },
];

/**
 * Holds a migrated database against what must be true of it at every moment, whatever was killed or
 * called before: no orphans, nobody and nothing twice, counts that equal the rows.
 *
 * @param sql a superuser or owner; all rules are looked at on one snapshot
 * @throws Error that names every rule which is broken, with up to five rows for each
 */
export async function checkInvariants(sql: postgres.Sql): Promise<void> {
  const wrong: string[] = [];
  await sql.begin("isolation level repeatable read read only", async (snapshot) => {
    for (const rule of RULES) {
      const rows = await rule.rows(snapshot);
      if (rows.length === 0) continue;
      const some = rows.slice(0, 5).map((row) => JSON.stringify(row));
      wrong.push(`${String(rows.length)} ${rule.wrong}: ${some.join(", ")}`);
    }
  });
  if (wrong.length > 0) throw new Error(`The record is wrong. ${wrong.join("; ")}`);
}
