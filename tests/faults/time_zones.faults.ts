import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

/** A day of a zone: when it begins and when the next one does, worked out by hand. */
interface Day {
  zone: string;
  day: string;
  begins: string;
  ends: string;
  /** How its first moment and its last second are written. */
  first: string;
  last: string;
}

const DAYS: readonly Day[] = [
  {
    zone: "Africa/Johannesburg",
    day: "2026-03-10",
    begins: "2026-03-09T22:00:00Z",
    ends: "2026-03-10T22:00:00Z",
    first: "2026-03-10T00:00:00+02:00",
    last: "2026-03-10T23:59:59+02:00",
  },
  {
    zone: "Pacific/Kiritimati",
    day: "2026-03-10",
    begins: "2026-03-09T10:00:00Z",
    ends: "2026-03-10T10:00:00Z",
    first: "2026-03-10T00:00:00+14:00",
    last: "2026-03-10T23:59:59+14:00",
  },
  {
    zone: "America/St_Johns",
    day: "2026-01-10",
    begins: "2026-01-10T03:30:00Z",
    ends: "2026-01-11T03:30:00Z",
    first: "2026-01-10T00:00:00-03:30",
    last: "2026-01-10T23:59:59-03:30",
  },
  // Twenty-three hours: from 02:00 the clock goes to 03:00.
  {
    zone: "America/St_Johns",
    day: "2026-03-08",
    begins: "2026-03-08T03:30:00Z",
    ends: "2026-03-09T02:30:00Z",
    first: "2026-03-08T00:00:00-03:30",
    last: "2026-03-08T23:59:59-02:30",
  },
  // Twenty-five hours: from 02:00 the clock goes back to 01:00.
  {
    zone: "America/St_Johns",
    day: "2026-11-01",
    begins: "2026-11-01T02:30:00Z",
    ends: "2026-11-02T03:30:00Z",
    first: "2026-11-01T00:00:00-02:30",
    last: "2026-11-01T23:59:59-03:30",
  },
  {
    zone: "Europe/Berlin",
    day: "2026-03-29",
    begins: "2026-03-28T23:00:00Z",
    ends: "2026-03-29T22:00:00Z",
    first: "2026-03-29T00:00:00+01:00",
    last: "2026-03-29T23:59:59+02:00",
  },
  {
    zone: "Europe/Berlin",
    day: "2026-10-25",
    begins: "2026-10-24T22:00:00Z",
    ends: "2026-10-25T23:00:00Z",
    first: "2026-10-25T00:00:00+02:00",
    last: "2026-10-25T23:59:59+01:00",
  },
];

/** Local times that are not there, or there twice, and the instants that they may mean. */
const HOURS = [
  { zone: "America/St_Johns", local: "2026-03-08T02:30", means: ["2026-03-08T06:00:00Z"] },
  {
    zone: "America/St_Johns",
    local: "2026-11-01T01:30",
    means: ["2026-11-01T04:00:00Z", "2026-11-01T05:00:00Z"],
  },
  { zone: "Europe/Berlin", local: "2026-03-29T02:30", means: ["2026-03-29T01:30:00Z"] },
  {
    zone: "Europe/Berlin",
    local: "2026-10-25T02:30",
    means: ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
  },
] as const;

const ZONES = [...new Set(DAYS.map(({ zone }) => zone))];
const EVENT = "Data & AI Day 2026";

describe.each(ZONES)("in %s, on a machine and a database of other zones", (zone) => {
  const files = tempFiles();
  let database: TestDatabase;
  let people: People;
  let client: TestClient;
  let importer: TestClient;
  let campaign: number;

  beforeAll(async () => {
    database = await freshDatabase();
    const [{ name } = { name: "" }] = await database.sql<{ name: string }[]>`
      SELECT current_database()::text AS name`;
    await database.sql`ALTER DATABASE ${database.sql(name)} SET timezone TO 'Asia/Kolkata'`;
    await database.sql`UPDATE outreach.settings SET time_zone = 'Pacific/Marquesas'`;
    people = await seedPeople(database.sql);
    const env = { DATABASE_URL: database.url, OUTREACH_TIMEZONE: zone, TZ: "Asia/Tokyo" };
    client = await connect({ env });
    importer = await connect({ env, server: "import" });
    const made = await client.ask("create_campaign", {
      name: "CFP 2026",
      event: EVENT,
      campaign_type: "cfp",
    });
    campaign = made.campaign.id as number;
  });
  afterAll(async () => {
    await client.close();
    await importer.close();
    await database.drop();
  });

  /** Puts a mail to Zoë at an instant, a number of microseconds away from it. */
  const mailAt = async (title: string, at: string, microseconds: number) => {
    await database.sql`
      WITH mail AS (
        INSERT INTO communications (campaign_id, channel, title, status, sent_at)
        VALUES (${campaign}, 'email', ${title}, 'sent',
                ${at}::timestamptz + ${microseconds} * interval '1 microsecond') RETURNING id, sent_at)
      INSERT INTO communication_recipients (communication_id, contact_id, status, sent_at)
      SELECT id, ${people.zoe}, 'sent', sent_at FROM mail`;
  };

  const titlesIn = async (from: string | undefined, to: string | undefined, of: string) => {
    const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const timeline = await client.ask("query_outreach_timeline", {
      campaign,
      limit: 200,
      ...range,
    });
    const mine = (title: string) => title.startsWith(of);
    const titles = (timeline.entries as { title: string }[])
      .map(({ title }) => title)
      .filter(mine)
      .sort();
    const rows = await client.ask("query_recipients", { campaign, limit: 200, ...range });
    expect(
      (rows.recipients as { communication: { title: string } }[])
        .map(({ communication }) => communication.title)
        .filter(mine)
        .sort(),
    ).toEqual(titles);
    return titles.map((title) => title.slice(of.length + 1));
  };

  it.each(DAYS.filter((day) => day.zone === zone))(
    "$day holds what happened from its first to its last microsecond, and nothing else",
    async ({ day, begins, ends, first, last }) => {
      await mailAt(`${day} before`, begins, -1);
      await mailAt(`${day} first`, begins, 0);
      await mailAt(`${day} last`, ends, -1);
      await mailAt(`${day} next`, ends, 0);
      expect(await titlesIn(day, day, day)).toEqual(["first", "last"]);
      expect(await titlesIn(day, undefined, day)).toEqual(["first", "last", "next"]);
      expect(await titlesIn(undefined, day, day)).toEqual(["before", "first", "last"]);

      const timeline = await client.ask("query_outreach_timeline", {
        campaign,
        from: day,
        to: day,
      });
      expect(timeline.resolved).toMatchObject({ from: first, to: last });
      expect((timeline.entries as { at: string }[]).map(({ at }) => at)).toEqual([first, last]);
    },
  );

  it.each(DAYS.filter((day) => day.zone === zone))(
    "$day as the time of a mail, a share or a post is its first moment",
    async ({ day, begins, first }) => {
      const { communication } = await client.ask("log_send", {
        campaign,
        title: `Sent on ${day}`,
        recipients: ["zoe@example.org"],
        sent_at: day,
      });
      expect(communication.sent_at).toBe(first);
      const { asset } = await client.ask("create_asset", {
        campaign,
        title: `Flyer of ${day}`,
        asset_type: "flyer",
      });
      const { distribution } = await client.ask("record_distribution", {
        asset: asset.id,
        channel: "linkedin",
        distributed_at: day,
      });
      expect(distribution.distributed_at).toBe(first);
      const [stored] = await database.sql`
        SELECT sent_at = ${begins}::timestamptz AS sent,
               (SELECT distributed_at = ${begins}::timestamptz FROM asset_distributions
                 WHERE id = ${distribution.id as number}) AS shared
        FROM communications WHERE id = ${communication.id as number}`;
      expect(stored).toEqual({ sent: true, shared: true });
    },
  );

  it.each(HOURS.filter((hour) => hour.zone === zone))(
    "$local, when the clock changes, is one of the moments it can mean, and is told with its offset",
    async ({ local, means }) => {
      const { communication } = await client.ask("log_send", {
        campaign,
        title: `Changed ${local}`,
        recipients: ["zoe@example.org"],
        sent_at: local,
      });
      const told = communication.sent_at as string;
      expect(means.map((at) => Date.parse(at))).toContain(Date.parse(told));
      // What was told, given back, is the same moment; so is each of the two hours with its offset.
      for (const at of [told, ...means]) {
        const again = await client.ask("log_send", {
          campaign,
          title: `Changed ${local} as ${at}`,
          recipients: ["zoe@example.org"],
          sent_at: at,
        });
        expect(Date.parse(again.communication.sent_at as string)).toBe(Date.parse(at));
      }
    },
  );

  it("today, yesterday and -30d are days of that zone", async () => {
    const local = (daysAgo: number) => {
      const today = new Date().toLocaleDateString("en-CA", { timeZone: zone });
      return new Date(Date.parse(today) - daysAgo * 86_400_000).toISOString().slice(0, 10);
    };
    for (const [word, daysAgo] of [
      ["today", 0],
      ["yesterday", 1],
      ["-30d", 30],
      ["-300d", 300],
    ] as const) {
      const [day] = await database.sql<{ begins: string; ends: string }[]>`
        SELECT (${local(daysAgo)}::date::timestamp AT TIME ZONE ${zone})::text AS begins,
               ((${local(daysAgo)}::date + 1)::timestamp AT TIME ZONE ${zone})::text AS ends`;
      await mailAt(`${word} before`, day!.begins, -1);
      await mailAt(`${word} first`, day!.begins, 0);
      await mailAt(`${word} last`, day!.ends, -1);
      await mailAt(`${word} next`, day!.ends, 0);
      expect(await titlesIn(word, word, word)).toEqual(["first", "last"]);
    }
    const { event } = await client.ask("create_event", { name: `Held today`, event_date: "today" });
    expect(event.event_date).toBe(local(0));
    const { as_of } = await client.ask("list_events");
    expect(Math.abs(Date.parse(as_of as string) - Date.now())).toBeLessThan(60_000);
    expect((as_of as string).slice(0, 10)).toBe(local(0));
  });

  it("registrations are read as local times: each counts on its day, those of the changed hours too", async () => {
    const { events, zoe } = people;
    let number = 5000;
    const register = async (at: string) => {
      number += 1;
      await database.sql`
        INSERT INTO tickets (ticket_number, event_id, purchaser_contact_id, attendee_contact_id, registration_date)
        VALUES (${number}, ${events.day2026}, ${zoe}, ${zoe}, ${at}::timestamp)`;
    };
    const count = async (from: string, to: string) =>
      (await client.ask("query_registrations", { event: EVENT, from, to })).total as number;
    for (const { day } of DAYS.filter((one) => one.zone === zone)) {
      const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
      await register(`${day} 00:00:00`);
      await register(`${day} 23:59:59.999999`);
      await register(`${next} 00:00:00`);
      expect({ day, total: await count(day, day) }).toEqual({ day, total: 2 });
    }
    for (const { local } of HOURS.filter((one) => one.zone === zone)) {
      const day = local.slice(0, 10);
      const before = await count(day, day);
      await register(local.replace("T", " "));
      expect(await count(day, day)).toBe(before + 1);
    }
  });

  it("an import keeps the file's local times, also those of the changed hours", async () => {
    const times = [
      "2026-03-08 02:30:00",
      "2026-11-01 01:30:00",
      "2026-03-29 02:30:00",
      "2026-10-25 02:30:00",
      "2026-03-10 00:00:00",
      "2026-03-10 23:59:59.9999999",
    ];
    const rows = times.map((at, n) =>
      ticket({
        "Ticket Number": String(9000 + n),
        "Purchase Date": at,
        "First name": "Guest",
        Surname: `Number${String(n)}`,
        Email: `guest${String(n)}@example.org`,
      }),
    );
    const args = {
      file_path: await files.write("tickets.csv", csv([QUICKET_COLUMNS, ...rows])),
      event: EVENT,
    };
    expect((await importer.ask("import_quicket_registrations", args)).tickets.created).toBe(6);
    const stored = await database.sql<{ at: string }[]>`
      SELECT registration_date::text AS at FROM tickets WHERE ticket_number >= 9000
      ORDER BY ticket_number`;
    expect(stored.map(({ at }) => at.slice(0, 19))).toEqual(times.map((at) => at.slice(0, 19)));
    // The same file again finds nothing that differs.
    const again = await importer.ask("import_quicket_registrations", {
      ...args,
      duplicate_strategy: "update",
    });
    expect(again.tickets).toMatchObject({ created: 0, updated: 0 });
  });
});
