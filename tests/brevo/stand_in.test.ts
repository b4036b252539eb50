import { afterEach, describe, expect, it } from "vitest";
import { batchBody } from "../../src/brevo/batches.ts";
import { createBrevoClient, type BrevoClient } from "../../src/brevo/client.ts";
import { eventKind, readBrevoEvent } from "../../src/brevo/events.ts";
import type { SendOutcome } from "../../src/brevo/outcome.ts";
import {
  ALL_FAULTS,
  DEFAULT_SWITCHES,
  startBrevo,
  UNKIND_SWITCHES,
  type BrevoStandIn,
  type Happening,
  type StandInOptions,
} from "../../stand_in/index.ts";

const NOON = Date.UTC(2026, 2, 4, 12);
const DAY = 86_400_000;
const MINUTE = 60_000;

let brevo: BrevoStandIn | undefined;
afterEach(async () => {
  await brevo?.close();
  brevo = undefined;
});

async function start(
  options: StandInOptions = {},
  patience = 5000,
): Promise<[BrevoStandIn, BrevoClient]> {
  brevo = await startBrevo({ templates: [{ id: 49 }], ...options });
  brevo.setClock(NOON);
  const client = createBrevoClient({
    apiKey: brevo.apiKey,
    baseUrl: brevo.url,
    timeLimits: { send: patience, read: 5000 },
  });
  return [brevo, client];
}

function bodyFor(emails: readonly string[], idempotencyKey: string, tag = "t"): string {
  const recipients = emails.map((email) => ({ email, name: "", params: { firstName: "Ada" } }));
  return batchBody({ template: 49, tag, key: idempotencyKey, recipients });
}

async function sendTo(
  client: BrevoClient,
  emails: readonly string[],
  tag?: string,
): Promise<SendOutcome> {
  const body = bodyFor(emails, crypto.randomUUID(), tag);
  return client.sendBatch({ body, recipients: emails.length });
}

describe("the stand-in", () => {
  it.each([15, 30])("remembers a key for %d minutes and no longer", async (idempotencyMinutes) => {
    const [stand, client] = await start({ switches: { idempotencyMinutes } });
    const batch = { body: bodyFor(["ada@example.org"], crypto.randomUUID()), recipients: 1 };
    expect((await client.sendBatch(batch)).kind).toBe("accepted");
    stand.advance(idempotencyMinutes * MINUTE - 1000);
    expect((await client.sendBatch(batch)).kind).toBe("repeated");
    stand.advance(2000);
    expect((await client.sendBatch(batch)).kind).toBe("accepted");
    expect(stand.perMailbox()).toEqual(new Map([["ada@example.org", 2]]));
  });

  it.each([false, true])("may use a key up with a refused request: %s", async (uses) => {
    const [stand, client] = await start({ switches: { failedRequestUsesKey: uses } });
    const key = crypto.randomUUID();
    const right = bodyFor(["ada@example.org"], key);
    const wrong = right.replace("ada@example.org", "ada");
    expect((await client.sendBatch({ body: wrong, recipients: 1 })).kind).toBe("rejected");
    const outcome = await client.sendBatch({ body: right, recipients: 1 });
    expect(outcome.kind).toBe(uses ? "repeated" : "accepted");
    expect(stand.box()).toHaveLength(uses ? 0 : 1);
  });

  it("lets a switched-off template's mails vanish", async () => {
    const [stand, client] = await start();
    stand.switchTemplate(49, false);
    expect((await sendTo(client, ["ada@example.org"])).kind).toBe("accepted");
    expect(stand.box()).toEqual([]);
    expect(stand.accepted().map(({ fate }) => fate)).toEqual(["switched_off"]);
    expect(stand.happened()).toBe(0);
  });

  it("blocks whoever bounced for good, complained or unsubscribed", async () => {
    const [stand, client] = await start();
    await sendTo(client, ["ada@example.org", "ben@example.org", "cleo@example.org"]);
    stand.report("hard_bounce", { email: "ADA@example.org" });
    stand.report("unsubscribed", { email: "ben@example.org" });
    stand.report("soft_bounce", { email: "cleo@example.org" });
    await sendTo(client, ["Ada@example.org", "ben@example.org", "cleo@example.org"]);
    expect([...stand.perMailbox()]).toEqual([
      ["ada@example.org", 1],
      ["ben@example.org", 1],
      ["cleo@example.org", 2],
    ]);
    const kinds = [];
    for await (const { address, kind } of client.blockedContacts()) kinds.push([address, kind]);
    expect(kinds).toEqual([
      ["ada@example.org", "hard_bounce"],
      ["ben@example.org", "unsubscribed"],
    ]);
  });

  it("sends 300 a day on a free plan, and 300 more on the next", async () => {
    const [stand, client] = await start({ plan: { type: "free", credits: 300 } });
    const people = Array.from({ length: 301 }, (_, index) => `p${index}@example.org`);
    expect((await sendTo(client, people.slice(0, 299))).kind).toBe("accepted");
    expect((await client.account()).mailsLeft).toBe(1);
    expect((await sendTo(client, people.slice(299))).kind).toBe("paused");
    stand.advance(DAY);
    expect((await client.account()).mailsLeft).toBe(300);
    expect((await sendTo(client, people.slice(299))).kind).toBe("accepted");
    expect(stand.box()).toHaveLength(301);
  });

  it("fills a person's parameters in, and escapes them in the page", async () => {
    const [stand, client] = await start({
      templates: [
        {
          id: 49,
          subject: "Hello {{params.name}}",
          htmlContent: "<p>{{ params.name }}, {{params.city|default:'there'}}</p>",
        },
      ],
    });
    const recipients = [
      { email: "ada@example.org", name: "", params: { name: "<b>Ada & Co</b>" } },
    ];
    const idempotencyKey = crypto.randomUUID();
    const body = batchBody({ template: 49, tag: "t", key: idempotencyKey, recipients });
    await client.sendBatch({ body, recipients: 1 });
    expect(stand.box()[0]).toMatchObject({
      subject: "Hello <b>Ada & Co</b>",
      html: "<p>&lt;b&gt;Ada &amp; Co&lt;/b&gt;, there</p>",
    });
  });

  it.each([
    [{ templateId: 49 }, "to is missing"],
    [{ to: [{ email: "a@example.org" }] }, "sender is missing"],
    [{ templateId: 49, messageVersions: [] }, "messageVersions is blank"],
    [{ templateId: 49, messageVersions: [{}] }, "to is missing in messageVersions"],
    [{ templateId: 49, to: [{ email: "a@example.org" }], params: {} }, "params is blank"],
    [{ templateId: 49, to: [{ email: "a@example.org", name: "" }] }, "name is missing in to"],
    [
      { templateId: 49, to: [{ email: "a@example.org", name: "x".repeat(71) }] },
      "name should not exceed 70 characters in to",
    ],
    [
      { templateId: 49, to: [{ email: "a@example.org" }], headers: { idempotencyKey: "1" } },
      "idempotencyKey is not valid",
    ],
    [
      { templateId: 49, messageVersions: Array(1001).fill({ to: [{ email: "a@example.org" }] }) },
      "messageVersions should not exceed 1000",
    ],
  ])("refuses what Brevo refuses: %#", async (body, reason) => {
    const [stand, client] = await start();
    expect(await client.sendBatch({ body: JSON.stringify(body), recipients: 1 })).toMatchObject({
      kind: "rejected",
      reason: `Brevo refused the batch: ${reason}`,
    });
    expect(stand.accepted()).toEqual([]);
  });

  it("wants the key", async () => {
    const [stand] = await start();
    const answer = await fetch(`${stand.url}/v3/account`, { headers: { "api-key": "another" } });
    expect([answer.status, await answer.json()]).toEqual([
      401,
      { code: "unauthorized", message: "Key not found" },
    ]);
  });

  it("strikes the same requests for the same seed", async () => {
    const runs: (string | undefined)[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const [stand, client] = await start();
      stand.faults.byChance(7, 0.5, ["401", "429", "500 after"]);
      for (let count = 0; count < 20; count += 1) await sendTo(client, ["ada@example.org"]);
      runs.push(stand.requests.map(({ fault }) => fault));
      await stand.close();
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0])).toEqual(new Set([undefined, "401", "429", "500 after"]));
  });
});

describe("the news of the stand-in", () => {
  const STORY: Happening[] = [
    "deferred",
    "delivered",
    "opened",
    "unique_opened",
    "proxy_open",
    "unique_proxy_open",
    "click",
    "soft_bounce",
    "hard_bounce",
    "spam",
    "unsubscribed",
    "invalid_email",
    "error",
  ];

  async function feedOf(client: BrevoClient, tag = "t") {
    const events = [];
    const query = { startDate: "2026-03-03", endDate: "2026-03-06", tag };
    for await (const page of client.events(query, 7)) events.push(...page);
    return events;
  }

  function facts(payloads: readonly Record<string, unknown>[]): string[] {
    return payloads.map((payload) => {
      const event = readBrevoEvent(payload);
      return [
        event && eventKind(event.name),
        event?.at,
        event?.messageId,
        event?.reason,
        event?.link,
      ].join(" ");
    });
  }

  it.each([DEFAULT_SWITCHES, UNKIND_SWITCHES])(
    "is the same from the feed and from webhooks, in either vocabulary (%#)",
    async (switches) => {
      const [stand, client] = await start({ switches });
      await sendTo(client, ["ada@example.org", "ben@example.org"]);
      await sendTo(client, ["cleo@example.org"], "another");
      for (const happening of STORY) {
        stand.advance(MINUTE);
        stand.report(happening, {}, { reason: "because", link: "https://example.org/cfp" });
      }
      stand.advance(switches.feedDelayMinutes * MINUTE);
      const feed = await feedOf(client);
      const told = stand.webhooks().filter(({ tags }) => (tags as string[]).includes("t"));
      expect(feed).toHaveLength(28);
      expect(facts(feed)).toEqual(facts(told));
      expect(facts(feed).every((fact) => !fact.startsWith(" "))).toBe(true);

      stand.setDisorder({ shuffle: 3, doubled: true });
      const shuffled = await feedOf(client);
      expect(shuffled).toHaveLength(56);
      expect(facts(shuffled)).not.toEqual(facts(feed));
      expect(new Set(facts(shuffled))).toEqual(new Set(facts(feed)));
    },
  );

  it("comes late where it is delayed, on the day of the account's zone", async () => {
    const [stand, client] = await start({
      switches: { feedDelayMinutes: 5, feedOffsetMinutes: 120 },
    });
    stand.setClock(Date.UTC(2026, 2, 4, 22, 30));
    await sendTo(client, ["ada@example.org"]);
    stand.advance(4 * MINUTE);
    expect(await feedOf(client)).toEqual([]);
    stand.advance(2 * MINUTE);
    expect((await feedOf(client)).map(({ date }) => date.slice(0, 16))).toEqual([
      "2026-03-05T00:30",
    ]);
    const onDay = async (day: string) =>
      (await client.events({ startDate: day, endDate: day }).next()).value;
    expect(await onDay("2026-03-04")).toHaveLength(0);
    expect(await onDay("2026-03-05")).toHaveLength(1);
  });

  it("tells a plausible story of every mail, once", async () => {
    const [stand, client] = await start();
    const people = Array.from({ length: 200 }, (_, index) => `p${index}@example.org`);
    await sendTo(client, people);
    stand.simulate(1);
    const before = stand.happened();
    stand.simulate(1);
    expect(stand.happened()).toBe(before);
    // What lies ahead is not in the feed yet.
    expect(await feedOf(client)).toHaveLength(200);
    stand.advance(60 * MINUTE);
    const kinds = new Set((await feedOf(client)).map(({ event }) => event));
    expect(kinds).toEqual(
      new Set([
        "requests",
        "delivered",
        "opened",
        "clicks",
        "hardBounces",
        "softBounces",
        "deferred",
        "unsubscribed",
      ]),
    );
  });
});

describe.each([
  ["kind", DEFAULT_SWITCHES],
  ["unkind", UNKIND_SWITCHES],
])("a sender that keeps to the rules, with a %s Brevo", (_name, switches) => {
  it("sends nobody two mails, whatever goes wrong", async () => {
    const [stand, client] = await start({ switches }, 60);
    stand.faults.byChance(11, 0.7, ALL_FAULTS);
    let unsettled = 0;
    for (let batch = 0; batch < 40; batch += 1) {
      const emails = [`a${batch}@example.org`, `b${batch}@example.org`];
      const body = bodyFor(emails, crypto.randomUUID());
      let outcome: SendOutcome | undefined;
      for (let attempt = 0; attempt < 6; attempt += 1) {
        outcome = await client.sendBatch({ body, recipients: 2 });
        stand.advance(MINUTE);
        if (outcome.kind === "accepted" || outcome.kind === "repeated") break;
      }
      const arrived = emails.map((email) => stand.perMailbox().get(email) ?? 0);
      if (outcome?.kind === "accepted") expect(arrived).toEqual([1, 1]);
      else unsettled += 1;
      expect(Math.max(...arrived)).toBeLessThanOrEqual(1);
    }
    // Such as were taken without ids, or used their key up: the events tell which.
    expect(unsettled).toBeGreaterThan(0);
  });
});
