import type postgres from "postgres";
import { member } from "./people.ts";
import { CONSTANT_RECIPIENTS, constantOf, type Sizes } from "./shape.ts";

/**
 * Who received each mail and what became of it. Mails of one campaign go to the same people; how many they
 * are differs from campaign to campaign. Events of mails were known from the fifth event on.
 */
export async function writeRecipients(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  await planMails(sql, sizes);
  await planRows(sql, sizes);
  // Most delivery events say nothing of the address. The trigger that keeps those that do looks at one
  // row at a time, so rows without any go past it.
  await sql`ALTER TABLE communication_recipients DISABLE TRIGGER note_delivery_problems_logged`;
  await insertPlanned(
    sql,
    sql`outcome NOT IN ('hard_bounce', 'soft_bounce', 'spam', 'unsubscribed')`,
  );
  await sql`ALTER TABLE communication_recipients ENABLE TRIGGER note_delivery_problems_logged`;
  await insertPlanned(sql, sql`outcome IN ('hard_bounce', 'soft_bounce', 'spam', 'unsubscribed')`);
  await sql`DROP TABLE pg_temp.planned_rows, pg_temp.planned_mails`;
}

/** `planned_mails`: of each mail how many people get it, and the number of the first of them. */
async function planMails(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  const constant = constantOf(sizes);
  const { ofCampaign, ofOthers } = CONSTANT_RECIPIENTS;
  await sql`
    CREATE TEMP TABLE planned_mails (
      communication_id integer, campaign_id integer, event_id integer, status text, at timestamptz,
      first_number integer, recipients integer)`;
  await sql`
    INSERT INTO planned_mails
    SELECT mail.id, campaign.id, campaign.event_id, mail.status, mail.created_at + interval '1 hour',
           CASE WHEN campaign.id = ${constant.campaign} THEN 0
                WHEN campaign.event_id = ${constant.event} THEN 1 + mail.id * 37
                ELSE pg_temp.roll(campaign.id, 41, ${sizes.people}) END,
           CASE WHEN campaign.id = ${constant.campaign} THEN ${ofCampaign}::int
                WHEN campaign.event_id = ${constant.event} THEN ${ofOthers}::int END
    FROM communications AS mail JOIN campaigns AS campaign ON campaign.id = mail.campaign_id
    WHERE mail.channel = 'email'`;
  // Shares of what is left, by weight, so that the sum is exact.
  await sql`
    WITH remaining AS (
      SELECT ${sizes.recipients}::bigint - sum(recipients)::bigint - ${EXTRA} AS rows FROM planned_mails
    ), weighed AS (
      SELECT communication_id, sum(1 + pg_temp.roll(campaign_id, 42, 9)) OVER (ORDER BY communication_id) AS upto,
             1 + pg_temp.roll(campaign_id, 42, 9) AS weight,
             sum(1 + pg_temp.roll(campaign_id, 42, 9)) OVER () AS whole
      FROM planned_mails WHERE recipients IS NULL
    )
    UPDATE planned_mails AS planned
    SET recipients = floor(rows * upto / whole)::int - floor(rows * (upto - weight) / whole)::int
    FROM weighed, remaining WHERE weighed.communication_id = planned.communication_id`;
}

/** Mails of the constant event, but not of its constant campaign, that the constant person received. */
const EXTRA = 12;

/** `planned_rows`: each recipient with the one thing that decides their status. */
async function planRows(sql: postgres.ISql, sizes: Sizes): Promise<void> {
  const constant = constantOf(sizes);
  await sql`
    CREATE TEMP TABLE planned_rows AS
    SELECT communication_id, contact_id, at,
           CASE WHEN status = 'draft' THEN 'queued' WHEN status = 'failed' THEN 'error'
                WHEN event_id < 5 THEN 'sent'
                WHEN rolled < 15 THEN 'hard_bounce' WHEN rolled < 95 THEN 'soft_bounce'
                WHEN rolled < 100 THEN 'spam' WHEN rolled < 120 THEN 'unsubscribed'
                WHEN rolled < 160 THEN 'blocked' WHEN rolled < 700 THEN 'sent'
                WHEN rolled < 5500 THEN 'delivered' WHEN rolled < 8600 THEN 'opened'
                ELSE 'clicked' END AS outcome
    FROM (
      SELECT mail.*, contact_id, pg_temp.roll(communication_id * 100000::bigint + contact_id, 43, 10000) AS rolled
      FROM planned_mails AS mail
      CROSS JOIN LATERAL (
        SELECT ${member(sql, sizes, sql`event_id`, sql`number`)} AS contact_id
        FROM (
          SELECT CASE WHEN campaign_id = ${constant.campaign} THEN i * 12::bigint
                      WHEN event_id = ${constant.event} THEN 1 + (first_number + i * 75::bigint) % 1400
                      ELSE first_number + i * 7919::bigint END AS number
          FROM generate_series(0, recipients - 1) AS i
          UNION ALL
          SELECT 0 WHERE event_id = ${constant.event} AND campaign_id <> ${constant.campaign}
                     AND communication_id IN (
                       SELECT communication_id FROM planned_mails
                       WHERE event_id = ${constant.event} AND campaign_id <> ${constant.campaign}
                         AND status = 'sent'
                       ORDER BY communication_id LIMIT ${EXTRA})
        ) AS numbered
      ) AS chosen
    ) AS row`;
}

async function insertPlanned(
  sql: postgres.ISql,
  which: postgres.PendingQuery<postgres.Row[]>,
): Promise<void> {
  await sql`
    INSERT INTO communication_recipients
      (communication_id, contact_id, status, brevo_message_id, sent_at, metadata)
    SELECT communication_id, contact_id,
           CASE outcome WHEN 'hard_bounce' THEN 'bounced' WHEN 'soft_bounce' THEN 'bounced'
                        WHEN 'error' THEN 'failed' WHEN 'blocked' THEN 'failed'
                        WHEN 'spam' THEN 'delivered' WHEN 'unsubscribed' THEN 'opened' ELSE outcome END,
           CASE WHEN outcome <> 'queued' THEN format('<%s.%s@mail.example.org>', communication_id, contact_id) END,
           CASE WHEN outcome <> 'queued' THEN at + contact_id % 60 * interval '1 s' END,
           jsonb_strip_nulls(jsonb_build_object(
             'email', contact.email, 'logged_status', CASE outcome WHEN 'queued' THEN 'queued' ELSE 'sent' END,
             'events', CASE outcome
               WHEN 'hard_bounce' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'hard_bounce', 'at', pg_temp.said(at, 1), 'reason', '550 no such user'))
               WHEN 'soft_bounce' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'soft_bounce', 'at', pg_temp.said(at, 1), 'reason', 'mailbox full'))
               WHEN 'error' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'error', 'at', pg_temp.said(at, 1), 'reason', 'the template has no sender'))
               WHEN 'blocked' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'blocked', 'at', pg_temp.said(at, 1), 'reason', 'refused by the receiver'))
               WHEN 'spam' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'delivered', 'at', pg_temp.said(at, 1)),
                 jsonb_build_object('kind', 'spam', 'at', pg_temp.said(at, 90)))
               WHEN 'unsubscribed' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'delivered', 'at', pg_temp.said(at, 1)),
                 jsonb_build_object('kind', 'opened', 'at', pg_temp.said(at, 50)),
                 jsonb_build_object('kind', 'unsubscribed', 'at', pg_temp.said(at, 51)))
               WHEN 'delivered' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'delivered', 'at', pg_temp.said(at, 1)))
               WHEN 'opened' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'delivered', 'at', pg_temp.said(at, 1)),
                 jsonb_build_object('kind', 'opened', 'at', pg_temp.said(at, 70)))
               WHEN 'clicked' THEN jsonb_build_array(
                 jsonb_build_object('kind', 'delivered', 'at', pg_temp.said(at, 1)),
                 jsonb_build_object('kind', 'opened', 'at', pg_temp.said(at, 30)),
                 jsonb_build_object('kind', 'clicked', 'at', pg_temp.said(at, 31), 'link', 'https://data.example.org/tickets'))
             END))
    FROM planned_rows JOIN contacts AS contact ON contact.id = contact_id
    WHERE ${which}
    ORDER BY at, communication_id, contact_id`;
}
