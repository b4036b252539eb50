import type { Sql } from "postgres";
import type { People } from "./people.ts";

/** Campaigns, mails and assets that tests of questions share. */
export interface Record2026 {
  campaigns: { cfp: number; earlyBird: number; thanks2025: number };
  mails: { call: number; lastCall: number; earlyBird: number; draft: number; thanks2025: number };
  post: number;
  flyer: number;
}

/** The zone that tests of questions run in: two hours ahead of UTC all year. */
export const ZONE = { OUTREACH_TIMEZONE: "Africa/Johannesburg" };

/**
 * Puts a campaign's whole record beside {@link People}: what each mail led to stands in the statement
 * that makes it. Nomsa, Sipho and the other Jane have received nothing about 2026.
 */
export async function seedRecord(sql: Sql, people: People): Promise<Record2026> {
  const { day2025, day2026 } = people.events;
  const campaign = async (name: string, event: number, type: string) => {
    const [row] = await sql<{ id: number }[]>`
      INSERT INTO campaigns (name, event_id, campaign_type, status)
      VALUES (${name}, ${event}, ${type}, 'active') RETURNING id`;
    return row?.id ?? 0;
  };
  const communication = async (
    of: number,
    channel: string,
    title: string,
    status: string,
    sentAt: string | null,
  ) => {
    const [row] = await sql<{ id: number }[]>`
      INSERT INTO communications (campaign_id, channel, title, status, sent_at, created_at, post_url)
      VALUES (${of}, ${channel}, ${title}, ${status}, ${sentAt}::timestamptz, '2026-03-05T08:00:00Z',
              ${channel === "linkedin_post" ? "https://social.example.org/cfp" : null})
      RETURNING id`;
    return row?.id ?? 0;
  };
  const recipient = async (
    mail: number,
    contact: number,
    status: string,
    sentAt: string | null,
    metadata: Record<string, unknown> | null = null,
  ) => {
    await sql`
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at, metadata)
      VALUES (${mail}, ${contact}, ${status}, ${sentAt}::timestamptz,
              ${metadata === null ? null : sql.json(metadata as never)})`;
  };
  const reported = (...events: Record<string, string>[]) => ({ logged_status: "sent", events });

  const cfp = await campaign("CFP 2026", day2026, "cfp");
  const earlyBirdCampaign = await campaign("Early bird 2026", day2026, "registration");
  const thanksCampaign = await campaign("Thank you 2025", day2025, "thank_you");

  const call = await communication(
    cfp,
    "email",
    "Call for speakers",
    "sent",
    "2026-03-01T07:00:00Z",
  );
  await recipient(call, people.jane, "opened", "2026-03-01T07:00:02Z", {
    ...reported(
      { kind: "opened", at: "2026-03-03T06:00:00Z" },
      { kind: "delivered", at: "2026-03-01T07:01:00Z" },
      { kind: "opened", at: "2026-03-02T06:00:00Z" },
    ),
    email: "jane.smith@example.org",
  });
  await recipient(call, people.zoe, "bounced", "2026-03-01T07:00:01Z", {
    ...reported({ kind: "hard_bounce", at: "2026-03-01T07:05:00Z", reason: "550 no such user" }),
    email: "zoe.old@example.org",
  });
  // Written by the organiser: no time of its own, no metadata.
  await recipient(call, people.thabo, "sent", null);

  const lastCall = await communication(
    cfp,
    "email",
    "Last call for speakers",
    "sent",
    "2026-03-20T07:00:00Z",
  );
  await recipient(lastCall, people.jane, "clicked", "2026-03-20T07:00:03Z", {
    logged_status: "clicked",
  });
  await recipient(lastCall, people.thabo, "delivered", "2026-03-20T07:00:02Z", {
    logged_status: "delivered",
  });
  await recipient(
    lastCall,
    people.lerato,
    "failed",
    "2026-03-20T07:00:01Z",
    reported({ kind: "blocked", at: "2026-03-20T07:02:00Z", reason: "address is blacklisted" }),
  );

  const earlyBird = await communication(
    earlyBirdCampaign,
    "email",
    "Early bird tickets",
    "sent",
    "2026-06-01T07:00:00Z",
  );
  await recipient(
    earlyBird,
    people.jane,
    "bounced",
    "2026-06-01T07:00:00Z",
    reported({ kind: "soft_bounce", at: "2026-06-01T07:03:00Z", reason: "mailbox full" }),
  );
  await recipient(earlyBird, people.zoe, "sent", "2026-06-01T07:00:01Z", {
    email: "zoe@example.org",
  });

  const draft = await communication(earlyBirdCampaign, "email", "Reminder", "draft", null);
  await recipient(draft, people.jane, "queued", null);
  await recipient(draft, people.sipho, "queued", null);

  const thanks2025 = await communication(
    thanksCampaign,
    "email",
    "Thank you",
    "sent",
    "2025-11-20T07:00:00Z",
  );
  await recipient(thanks2025, people.jane, "delivered", "2025-11-20T07:00:00Z");
  await recipient(thanks2025, people.nomsa, "sent", "2025-11-20T07:00:00Z");

  const post = await communication(
    cfp,
    "linkedin_post",
    "The CFP is open",
    "published",
    "2026-03-02T08:00:00Z",
  );
  await communication(cfp, "marketing_material", "Speaker handbook", "draft", null);

  const [flyer] = await sql<{ id: number }[]>`
    INSERT INTO marketing_assets (campaign_id, event_id, asset_type, title, file_url, created_at) VALUES
      (${cfp}, ${day2026}, 'flyer', 'CFP flyer', 'https://files.example.org/flyer.pdf', '2026-02-20T08:00:00Z'),
      (NULL, ${day2026}, 'poster', 'Venue poster', NULL, '2026-05-01T08:00:00Z')
    RETURNING id`;
  await sql`
    INSERT INTO asset_distributions (asset_id, channel, distributed_at, reach_estimate, notes) VALUES
      (${flyer?.id ?? 0}, 'linkedin', '2026-03-03T08:00:00Z', 1200, 'Data community group'),
      (${flyer?.id ?? 0}, 'whatsapp', '2026-03-04T08:00:00Z', NULL, NULL),
      (${flyer?.id ?? 0}, 'email', '2026-03-06T08:00:00Z', 40, NULL)`;

  await sql`
    INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, ticket_type,
                         status, registration_date, checked_in, marketing_source)
    SELECT number, event, person, person, type, status, at::timestamp, came, source
    FROM (VALUES
      (1, ${day2026}::int, ${people.jane}::int, 'Early bird', 'registered', '2026-06-05 10:15:00', false, ' CFP-2026 '),
      (2, ${day2026}::int, ${people.jane}::int, 'Workshop', 'cancelled', '2026-06-06 09:00:00', false, NULL),
      (3, ${day2025}::int, ${people.jane}::int, 'General', 'registered', '2025-09-01 12:00:00', true, 'LinkedIn'),
      (4, ${day2026}::int, ${people.lerato}::int, 'General', 'registered', '2026-07-01 08:00:00', false, NULL)
    ) AS ticket (number, event, person, type, status, at, came, source)`;
  await sql`
    INSERT INTO contact_roles (contact_id, event_id, role_type) VALUES
      (${people.jane}, ${day2025}, 'speaker'), (${people.thabo}, NULL, 'sponsor')`;

  return {
    campaigns: { cfp, earlyBird: earlyBirdCampaign, thanks2025: thanksCampaign },
    mails: { call, lastCall, earlyBird, draft, thanks2025 },
    post,
    flyer: flyer?.id ?? 0,
  };
}
