import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Person, TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { seedPeople, type People } from "../support/people.ts";

describe("corrections", () => {
  let database: TestDatabase;
  let people: People;
  let client: TestClient;
  let answer: ReturnType<Person> = "accept";
  const asked: string[] = [];

  const start = (person?: Person) =>
    connectInProcess({
      env: { DATABASE_URL: database.url, OUTREACH_TIMEZONE: "Africa/Johannesburg" },
      ...(person && { person }),
    });

  beforeAll(async () => {
    database = await freshDatabase();
    people = await seedPeople(database.sql);
    client = await start();
    for (const [name, event] of [
      ["CFP 2026", people.events.day2026],
      ["Early bird", people.events.day2026],
      ["CFP 2025", people.events.day2025],
    ]) {
      await client.ask("create_campaign", { name, event, campaign_type: "general" });
    }
    await client.ask("create_campaign", {
      name: "Called off",
      event: people.events.day2026,
      campaign_type: "general",
      status: "cancelled",
    });
  });
  afterAll(async () => {
    await client.close();
    await database.drop();
  });

  const mail = async (title: string, campaign = "CFP 2026", contacts = [people.jane, people.zoe]) =>
    (
      await client.ask("log_send", {
        campaign,
        title,
        sent_at: "2026-03-01T10:00",
        recipients: contacts.map((contact) => ({ contact: String(contact) })),
      })
    ).communication.id as number;
  const post = async (title: string, campaign = "CFP 2026", more = {}) =>
    (
      await client.ask("log_post", {
        campaign,
        title,
        channel: "linkedin_post",
        post_url: "https://posts.example.org/1",
        published_at: "2026-03-01",
        ...more,
      })
    ).communication.id as number;
  const flyer = async (title: string, more = {}) =>
    client.ask("create_asset", { title, asset_type: "flyer", campaign: "CFP 2026", ...more });
  const update = async (kind: string, id: number | string, changes: Record<string, unknown>) =>
    client.ask("update_entry", { kind, id, changes });
  const cannot = async (kind: string, id: number | string, changes: Record<string, unknown>) =>
    client.refused("update_entry", { kind, id, changes });

  describe("update_entry", () => {
    it("corrects a mail, and its recipients' time with it", async () => {
      const id = await mail("Speek at our day");
      await database.sql`
        UPDATE communication_recipients SET sent_at = '2026-03-05T08:00Z'
        WHERE communication_id = ${id} AND contact_id = ${people.zoe}`;
      const first = await update("communication", "Speek at our day", {
        title: "Speak at our day",
        content_summary: "An invitation",
        sent_at: "2026-03-02T09:30",
      });
      expect(first.changed).toEqual({
        title: ["Speek at our day", "Speak at our day"],
        content_summary: [null, "An invitation"],
        sent_at: ["2026-03-01T10:00:00+02:00", "2026-03-02T09:30:00+02:00"],
      });
      expect(first.entry).toMatchObject({
        kind: "communication",
        id,
        channel: "email",
        title: "Speak at our day",
        status: "sent",
        campaign: { name: "CFP 2026" },
        recipient_count: 2,
      });
      const times = await database.sql`
        SELECT contact_id, (sent_at AT TIME ZONE 'UTC')::text AS at FROM communication_recipients
        WHERE communication_id = ${id} ORDER BY contact_id`;
      expect([...times]).toEqual([
        { contact_id: people.jane, at: "2026-03-02 07:30:00" },
        { contact_id: people.zoe, at: "2026-03-05 08:00:00" },
      ]);

      const again = await client.call("update_entry", {
        kind: "communication",
        id,
        changes: { title: "Speak at our day", sent_at: "2026-03-02T09:30:00+02:00" },
      });
      expect(again.facts.changed).toEqual({});
      expect(again.text).toContain("Nothing was changed");
      expect((await update("communication", id, { content_summary: null })).changed).toEqual({
        content_summary: ["An invitation", null],
      });
    });

    it("moves the time of a bounce that was logged with the mail", async () => {
      const { communication } = await client.ask("log_send", {
        campaign: "CFP 2026",
        title: "Bounced at once",
        sent_at: "2026-03-01T10:00",
        recipients: [{ contact: people.otherJane, status: "bounced" }],
      });
      await update("communication", communication.id as number, { sent_at: "2026-03-03T10:00" });
      const problems = await database.sql`
        SELECT kind, (at AT TIME ZONE 'UTC')::text AS at FROM outreach.delivery_problems
        WHERE address = 'jane@example.org'`;
      expect([...problems]).toEqual([{ kind: "hard_bounce", at: "2026-03-03 08:00:00" }]);
    });

    it("keeps a time's fraction when the time that was shown is given back", async () => {
      const { asset } = await flyer("Fractions", { distributions: [{ channel: "print" }] });
      const [share] = await database.sql<{ id: number }[]>`
        UPDATE asset_distributions SET distributed_at = '2026-03-01T08:00:00.654321Z'
        WHERE asset_id = ${asset.id as number} RETURNING id`;
      const { changed } = await update("distribution", share?.id ?? 0, {
        distributed_at: "2026-03-01T10:00:00+02:00",
      });
      expect(changed).toEqual({});
      const [kept] = await database.sql`
        SELECT (distributed_at AT TIME ZONE 'UTC')::text AS at FROM asset_distributions
        WHERE id = ${share?.id ?? 0}`;
      expect(kept).toEqual({ at: "2026-03-01 08:00:00.654321" });
    });

    it("moves a post to another campaign, which becomes active by it", async () => {
      const id = await post("Moved");
      const { changed, entry } = await update("communication", id, { campaign_id: "early-bird" });
      expect(changed).toEqual({
        campaign: [
          { id: expect.any(Number), name: "CFP 2026" },
          { id: expect.any(Number), name: "Early bird" },
        ],
      });
      expect(entry.campaign.name).toBe("Early bird");
      const [campaign] = await database.sql`SELECT status FROM campaigns WHERE name = 'Early bird'`;
      expect(campaign).toEqual({ status: "active" });
      expect(await cannot("communication", id, { campaign: "Called off" })).toContain("cancelled");
    });

    it("publishes a draft at the present time, and takes the time from what becomes a draft", async () => {
      const id = await post("Draft", "CFP 2026", { status: "draft", published_at: undefined });
      expect(await cannot("communication", id, { sent_at: "2026-03-01" })).toContain("draft");
      const published = await update("communication", id, { status: "published" });
      expect(published.changed.status).toEqual(["draft", "published"]);
      expect(published.changed.sent_at[0]).toBeNull();
      expect(Math.abs(Date.parse(published.entry.sent_at as string) - Date.now())).toBeLessThan(
        60_000,
      );
      const back = await update("communication", id, { status: "draft" });
      expect(back.entry).toMatchObject({ status: "draft", sent_at: null });
    });

    it("takes statuses that make sense for the channel only", async () => {
      const logged = await mail("Statuses");
      const shown = await post("Statuses of a post");
      expect(await cannot("communication", logged, { status: "published" })).toContain(
        "sent or failed",
      );
      expect(await cannot("communication", shown, { status: "sent" })).toContain(
        "published or failed",
      );
      expect(await cannot("communication", shown, { status: "sending" })).toContain('"sending"');
      expect(await cannot("communication", logged, { status: "failed" })).toContain(
        "2 of its recipients",
      );
      await database.sql`
        UPDATE communication_recipients SET status = 'failed' WHERE communication_id = ${logged}`;
      expect((await update("communication", logged, { status: "failed" })).changed).toEqual({
        status: ["sent", "failed"],
      });
      for (const [status, said] of [
        ["sending", "being sent"],
        ["draft", "cancel_send"],
      ] as const) {
        await database.sql`UPDATE communications SET status = ${status} WHERE id = ${logged}`;
        expect(await cannot("communication", logged, { status: "sent" })).toContain(said);
        expect(await cannot("communication", logged, { title: "Other" })).toContain(said);
        expect(
          await client.refused("remove_entry", { kind: "communication", id: logged }),
        ).toContain("cancel_send");
      }
    });

    it("corrects an asset, within its event", async () => {
      const { asset } = await flyer("Flier", { description: "A5" });
      const { changed, entry } = await update("asset", "Flier", {
        title: "Flyer of May",
        description: null,
        file_url: "https://files.example.org/f.pdf",
        campaign: "Early bird",
      });
      expect(changed).toEqual({
        campaign: [asset.campaign, { id: expect.any(Number), name: "Early bird" }],
        title: ["Flier", "Flyer of May"],
        description: ["A5", null],
        file_url: [null, "https://files.example.org/f.pdf"],
      });
      expect(entry).toMatchObject({ kind: "asset", id: asset.id, title: "Flyer of May" });
      const error = await cannot("asset", asset.id as number, { campaign: "CFP 2025" });
      expect(error).toContain("Data & AI Day 2025");
      expect(error).toContain("Data & AI Day 2026");
      expect(
        (await update("asset", asset.id as number, { campaign: null })).entry.campaign,
      ).toBeNull();
    });

    it("corrects and empties what a distribution has", async () => {
      const { distributions } = await flyer("Shared once", {
        distributions: [
          { channel: "linkedin", distributed_at: "2026-03-01", reach_estimate: 10, notes: "x" },
        ],
      });
      const id = distributions[0].id as number;
      const { changed, entry } = await update("distribution", id, {
        channel: "whatsapp",
        distributed_at: "2026-03-02",
        reach_estimate: null,
        notes: null,
      });
      expect(changed).toEqual({
        channel: ["linkedin", "whatsapp"],
        distributed_at: ["2026-03-01T00:00:00+02:00", "2026-03-02T00:00:00+02:00"],
        reach_estimate: [10, null],
        notes: ["x", null],
      });
      expect(entry).toMatchObject({ kind: "distribution", id, asset: { title: "Shared once" } });
    });

    it("refuses what an entry has not and cannot be, and changes nothing", async () => {
      const logged = await mail("Unchanged");
      const { asset, distributions } = await flyer("Also unchanged", {
        distributions: [{ channel: "print", reach_estimate: 5 }],
      });
      const share = distributions[0].id as number;
      const state = async () => {
        const [row] = await database.sql`
          SELECT (SELECT to_jsonb(c) FROM communications AS c WHERE id = ${logged}) AS mail,
                 (SELECT to_jsonb(a) FROM marketing_assets AS a WHERE id = ${asset.id as number}) AS asset,
                 (SELECT to_jsonb(d) FROM asset_distributions AS d WHERE id = ${share}) AS share`;
        return row;
      };
      const before = await state();
      const faults: [string, number | string, Record<string, unknown>, string[]][] = [
        [
          "communication",
          logged,
          { title: "x", reach_estimate: 5 },
          ['"reach_estimate"', "sent_at, status"],
        ],
        [
          "asset",
          asset.id,
          { title: "x", asset_type: "poster" },
          ['"asset_type"', "description, file_url"],
        ],
        ["distribution", share, { notes: "x", title: "y" }, ['"title"', "channel, distributed_at"]],
        ["communication", logged, { title: "two\nlines" }, ["title", "one line"]],
        ["communication", logged, { title: null }, ["title", "cannot be emptied"]],
        ["communication", logged, { title: "x".repeat(501) }, ["at most 500"]],
        ["communication", logged, { post_url: "https://posts.example.org" }, ["post_url"]],
        ["communication", logged, { sent_at: "2999-01-01" }, ["sent_at", "future"]],
        ["communication", logged, { sent_at: "soon" }, ["sent_at", "not a time"]],
        ["communication", logged, { campaign: "No such thing" }, ["list_campaigns"]],
        ["communication", "No such mail", { title: "x" }, ["query_outreach_timeline"]],
        ["communication", logged, {}, ["changes is empty", "content_summary"]],
        ["asset", asset.id, { title: "x".repeat(201) }, ["at most 200"]],
        ["asset", asset.id, { file_url: "ftp://files.example.org" }, ["http://"]],
        ["asset", "no such asset", { title: "x" }, ["list_assets"]],
        ["distribution", share, { reach_estimate: -1 }, ["0 to 2147483647"]],
        ["distribution", share, { reach_estimate: "many" }, ["reach_estimate must be a number"]],
        ["distribution", share, { channel: "radio" }, ["linkedin, whatsapp"]],
        ["distribution", share, { distributed_at: "2999-01-01" }, ["future"]],
        ["distribution", 2_147_483_647, { notes: "x" }, ["no distribution", "list_assets"]],
        ["distribution", "99999999999", { notes: "x" }, ["no distribution"]],
        ["campaign", 1, { name: "x" }, ["communication, asset or distribution"]],
      ];
      for (const [kind, id, changes, said] of faults) {
        const error = await cannot(kind, id, changes);
        for (const words of said) expect(error).toContain(words);
        expect(error).toContain("Nothing was written.");
      }
      expect(await state()).toEqual(before);
    });
  });

  describe("remove_entry", () => {
    const kept = async (kind: string, id: number) => {
      const rows = await database.sql`
        SELECT entry, cascaded, reason FROM outreach.removed_entries
        WHERE kind = ${kind} AND entry_id = ${id}`;
      expect(rows).toHaveLength(1);
      return rows[0] as { entry: any; cascaded: any; reason: string | null };
    };

    it("removes a mail with its recipients, keeps both in full, and lets it be logged again", async () => {
      const id = await mail("Logged by mistake", "CFP 2026", [people.jane, people.thabo]);
      await client.ask("record_delivery_events", {
        events: [
          { event: "unsubscribed", at: "2026-03-02", communication: id, contact: people.thabo },
        ],
      });
      await database.sql`
        INSERT INTO outreach.email_log_rows VALUES (${id}, '{"subject": "Logged by mistake"}')`;
      const call = { kind: "communication", id: "logged by mistake", reason: "never sent" };
      const first = await client.ask("remove_entry", call);
      expect(first).toMatchObject({
        removed: {
          kind: "communication",
          id,
          title: "Logged by mistake",
          channel: "email",
          campaign: { name: "CFP 2026" },
          event: { name: "Data & AI Day 2026" },
          status: "sent",
          sent_at: "2026-03-01T10:00:00+02:00",
          recipient_count: 2,
        },
        cascaded: { recipients: 2 },
        reason: "never sent",
        replay: false,
      });
      const entry = await kept("communication", id);
      expect(entry.entry).toMatchObject({
        id,
        title: "Logged by mistake",
        recipient_count: 2,
        email_log_row: { subject: "Logged by mistake" },
      });
      expect(entry.cascaded.recipients).toMatchObject([
        { contact: { name: "Jane Smith", email: "jane.smith@example.org" }, delivery_problems: [] },
        {
          contact: { name: "Thabo Nkosi" },
          metadata: { events: [{ kind: "unsubscribed" }] },
          delivery_problems: [{ kind: "unsubscribed", address: "nkosi@example.org" }],
        },
      ]);

      expect(await client.ask("remove_entry", call)).toEqual({ ...first, replay: true });
      expect(await client.ask("remove_entry", { kind: "communication", id })).toEqual({
        ...first,
        replay: true,
      });
      const unfinished = await database.sql`
        SELECT key FROM outreach.recorded_calls WHERE entry_id IS NULL`;
      expect([...unfinished]).toEqual([]);
      const anew = await mail("Logged by mistake", "CFP 2026", [people.jane, people.thabo]);
      expect(anew).not.toBe(id);
      // The same words by the same call still mean what they meant.
      expect((await client.ask("remove_entry", call)).replay).toBe(true);
      expect((await client.ask("remove_entry", { ...call, id: anew })).removed.id).toBe(anew);
    });

    it("does not take the next best when a call is repeated", async () => {
      const first = await flyer("Twin");
      await flyer("Twin in red");
      const call = { kind: "asset", id: "Twin" };
      const answers = await Promise.all([
        client.ask("remove_entry", call),
        client.ask("remove_entry", call),
      ]);
      for (const { removed } of answers) expect(removed.id).toBe(first.asset.id);
      expect(answers.map(({ replay }) => replay as boolean).sort()).toEqual([false, true]);
      const [left] = await database.sql`
        SELECT count(*)::int AS n FROM marketing_assets WHERE title LIKE 'Twin%'`;
      expect(left).toEqual({ n: 1 });
    });

    it("removes one recipient, named in words or by its id, and the count follows", async () => {
      const id = await mail("To three", "CFP 2026", [people.jane, people.thabo, people.zoe]);
      const first = await client.ask("remove_entry", {
        kind: "recipient",
        communication: "To three",
        contact: "Zoe van der Merwe",
      });
      expect(first).toMatchObject({
        removed: {
          kind: "recipient",
          contact: { id: people.zoe, name: "Zoë van der Merwe", email: "zoe@example.org" },
          communication: { id, title: "To three" },
          campaign: { name: "CFP 2026" },
          status: "sent",
          sent_at: "2026-03-01T10:00:00+02:00",
        },
        cascaded: {},
      });
      const [row] = await database.sql<{ id: number }[]>`
        SELECT id FROM communication_recipients
        WHERE communication_id = ${id} AND contact_id = ${people.thabo}`;
      const second = await client.ask("remove_entry", { kind: "recipient", id: row?.id });
      expect(second.removed.contact.name).toBe("Thabo Nkosi");
      const [left] =
        await database.sql`SELECT recipient_count FROM communications WHERE id = ${id}`;
      expect(left).toEqual({ recipient_count: 1 });
      expect((await kept("recipient", row?.id ?? 0)).entry).toMatchObject({
        contact: { name: "Thabo Nkosi" },
        metadata: { email: "nkosi@example.org" },
      });

      const none = { kind: "recipient", communication: "To three", contact: people.lerato };
      expect(await client.refused("remove_entry", none)).toContain(
        "Lerato Mokoena is not a recipient",
      );
      expect(
        await client.refused("remove_entry", { kind: "recipient", id: 2_147_483_647 }),
      ).toContain("communication and contact");
      expect(await client.refused("remove_entry", { kind: "recipient" })).toContain(
        "communication and contact",
      );
      expect(
        await client.refused("remove_entry", { kind: "asset", id: 1, contact: people.jane }),
      ).toContain("name a recipient");
    });

    it("removes an asset with its distributions, and one distribution alone", async () => {
      const share = (channel: string) => ({
        channel,
        distributed_at: "2026-03-01",
        reach_estimate: 7,
      });
      const call = { distributions: [share("print"), share("email"), share("website")] };
      const { asset, distributions } = await flyer("Old flyer", call);
      const one = await client.ask("remove_entry", {
        kind: "distribution",
        id: distributions[0].id,
        reason: "not printed",
      });
      expect(one).toEqual({
        removed: {
          kind: "distribution",
          id: distributions[0].id,
          asset: { id: asset.id, title: "Old flyer" },
          channel: "print",
          distributed_at: "2026-03-01T00:00:00+02:00",
          reach_estimate: 7,
          notes: null,
        },
        cascaded: {},
        reason: "not printed",
        replay: false,
      });
      const all = await client.ask("remove_entry", { kind: "asset", id: "Old flyer" });
      expect(all).toMatchObject({ removed: asset, cascaded: { distributions: 2 }, reason: null });
      const entry = await kept("asset", asset.id as number);
      expect(entry.entry).toMatchObject({ campaign: { name: "CFP 2026" } });
      expect(entry.cascaded.distributions).toMatchObject([
        { channel: "email" },
        { channel: "website" },
      ]);
      expect((await flyer("Old flyer", call)).created).toBe(true);
    });

    it("removes a campaign that mailed nobody: posts go, assets stay with the event", async () => {
      const made = await client.ask("create_campaign", {
        name: "Sponsors",
        event: people.events.day2026,
        campaign_type: "sponsor",
      });
      const id = made.campaign.id as number;
      const posted = await post("We seek sponsors", "Sponsors");
      const { asset } = await flyer("Sponsor deck", { campaign: "Sponsors" });
      const answered = await client.call("remove_entry", { kind: "campaign", id: "sponsors" });
      expect(answered.facts).toMatchObject({
        removed: {
          kind: "campaign",
          id,
          name: "Sponsors",
          slug: "sponsors",
          campaign_type: "sponsor",
          event: { name: "Data & AI Day 2026" },
          names: ["Sponsors"],
        },
        cascaded: { communications: 1, recipients: 0, assets_detached: 1 },
      });
      expect(answered.text).toContain(
        "Removed the campaign Sponsors, with 1 communication; 1 asset stays with the event.",
      );
      const entry = await kept("campaign", id);
      expect(entry.cascaded.communications).toMatchObject([
        { id: posted, title: "We seek sponsors" },
      ]);
      expect(entry.cascaded.assets_detached).toEqual([{ id: asset.id, title: "Sponsor deck" }]);
      const { assets } = await client.ask("list_assets", { text: "Sponsor deck" });
      expect(assets).toMatchObject([{ id: asset.id, campaign: null, event: asset.event }]);
      expect(await client.refused("list_assets", { campaign: "Sponsors" })).toContain(
        "no campaign",
      );
    });

    it("does not remove a campaign from which a mail went out, nor one with a prepared mail", async () => {
      const made = await client.ask("create_campaign", {
        name: "Mailed",
        event: people.events.day2026,
        campaign_type: "reminder",
      });
      const call = { kind: "campaign", id: made.campaign.id };
      const logged = await mail("A reminder", "Mailed", [people.jane]);
      const error = await client.refused("remove_entry", call);
      expect(error).toContain("update_campaign");
      expect(error).toContain('"A reminder", 1 recipient');

      // A mail that failed did go out to whoever is more than queued.
      await database.sql`UPDATE communications SET status = 'failed' WHERE id = ${logged}`;
      expect(await client.refused("remove_entry", call)).toContain("update_campaign");
      await database.sql`
        UPDATE communication_recipients SET status = 'queued' WHERE communication_id = ${logged}`;
      await database.sql`UPDATE communications SET status = 'draft' WHERE id = ${logged}`;
      expect(await client.refused("remove_entry", call)).toContain("cancel_send");
      await database.sql`UPDATE communications SET status = 'failed' WHERE id = ${logged}`;
      const { cascaded } = await client.ask("remove_entry", call);
      expect(cascaded).toEqual({ communications: 1, recipients: 1, assets_detached: 0 });
    });

    it("asks the person where the client can, and obeys", async () => {
      const { asset } = await flyer("<b>Asked</b>\nabout", {
        distributions: [{ channel: "print" }],
      });
      const asking = await start((question) => {
        asked.push(question);
        return answer;
      });
      try {
        const call = { kind: "asset", id: asset.id };
        for (const [no, said] of [
          ["decline", "The person said no, so nothing was removed"],
          ["cancel", "no answer"],
        ] as const) {
          answer = no;
          const { text, facts, isError } = await asking.call("remove_entry", call);
          expect(text).toContain(said);
          if (no === "decline") expect(facts).toMatchObject({ removed: null, declined: true });
          else expect(text).toContain("Nothing was written.");
          expect(isError).toBe(no === "cancel");
          expect(
            await database.sql`SELECT key FROM outreach.recorded_calls WHERE entry_id IS NULL`,
          ).toEqual([]);
          const [left] = await database.sql`
            SELECT count(*)::int AS n FROM asset_distributions WHERE asset_id = ${asset.id as number}`;
          expect(left).toEqual({ n: 1 });
        }
        answer = "accept";
        expect(await asking.ask("remove_entry", call)).toMatchObject({
          removed: { id: asset.id, title: "<b>Asked</b>\nabout" },
          cascaded: { distributions: 1 },
          replay: false,
        });
        expect(asked).toEqual(
          Array(3).fill(
            "Remove this asset from the record?\nFlyer: «&lt;b>Asked&lt;/b>\\nabout»\nEvent: «Data & AI Day 2026»\nWith 1 distribution",
          ),
        );
        // What is gone already is not asked about again.
        expect((await asking.ask("remove_entry", call)).replay).toBe(true);
        expect(asked).toHaveLength(3);

        // The person is told what else would be forgotten.
        const logged = await mail("Bounced", "CFP 2026", [people.lerato]);
        await client.ask("record_delivery_events", {
          events: [
            {
              event: "hard_bounce",
              at: "2026-03-02",
              communication: logged,
              contact: people.lerato,
            },
          ],
        });
        await asking.ask("remove_entry", { kind: "communication", id: logged });
        expect(asked[3]).toMatch(/\nWith 1 recipient\nAnd with it that 1 recipient bounced/u);
      } finally {
        await asking.close();
      }
    });

    it("holds out when much is changed and removed at once", async () => {
      for (const round of [1, 2, 3]) {
        const name = `Busy ${String(round)}`;
        const { campaign } = await client.ask("create_campaign", {
          name,
          event: people.events.day2026,
          campaign_type: "general",
        });
        const posts = [await post(`${name} a`, name), await post(`${name} b`, name)];
        const { asset } = await flyer(`${name} flyer`, { campaign: name });
        const answers = await Promise.all([
          client.call("remove_entry", { kind: "campaign", id: campaign.id }),
          ...posts.map((id) =>
            client.call("update_entry", {
              kind: "communication",
              id,
              changes: { campaign: "CFP 2026" },
            }),
          ),
          client.call("update_entry", {
            kind: "asset",
            id: asset.id,
            changes: { campaign: "Early bird" },
          }),
          client.call("remove_entry", { kind: "communication", id: posts[0] }),
          client.call("record_distribution", { asset: asset.id, channel: "print" }),
          client.call("remove_entry", { kind: "asset", id: asset.id }),
          client.call("log_post", {
            campaign: campaign.id,
            channel: "linkedin_post",
            title: `${name} c`,
          }),
          client.call("create_asset", {
            campaign: campaign.id,
            asset_type: "video",
            title: `${name} video`,
          }),
        ]);
        for (const { text } of answers) expect(text).not.toContain("Internal error");
      }
      expect(client.stderr()).toBe("");
      const [orphans] = await database.sql`
        SELECT count(*)::int AS n FROM outreach.recorded_calls AS call
        WHERE (kind = 'asset' AND entry_id NOT IN (SELECT id FROM marketing_assets))
           OR (kind = 'distribution' AND entry_id NOT IN (SELECT id FROM asset_distributions))
           OR (kind = 'communication' AND entry_id NOT IN (SELECT id FROM communications))`;
      expect(orphans).toEqual({ n: 0 });
    });
  });
});
