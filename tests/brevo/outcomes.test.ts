import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchBody, type BrevoRecipient } from "../../src/brevo/batches.ts";
import { createBrevoClient, type BrevoClient } from "../../src/brevo/client.ts";
import { ALL_FAULTS, startBrevo, type BrevoStandIn, type Fault } from "../../stand_in/index.ts";

const KEY = "8d9ef3a2-6f3c-4c0e-9d25-7a6f0f5f1c01";
const people: BrevoRecipient[] = ["ada", "ben", "cleo"].map((name) => ({
  email: `${name}@example.org`,
  name,
  params: { firstName: name },
}));
const body = batchBody({ template: 49, tag: "t-1", key: KEY, recipients: people });
const batch = { body, recipients: 3 };

let brevo: BrevoStandIn;
let client: BrevoClient;

/** One that waits long enough even on a busy machine, unless the answer never comes. */
function clientFor(fault?: Fault): BrevoClient {
  const send = fault !== undefined && /^stall/u.test(fault) ? 600 : 20_000;
  return createBrevoClient({ apiKey: brevo.apiKey, baseUrl: brevo.url, timeLimits: { send } });
}

beforeEach(async () => {
  brevo = await startBrevo({ templates: [{ id: 49 }] });
  client = clientFor();
});

afterEach(async () => {
  // However a request ends, it is made once, to the place it should be made to, with the key in its header only.
  for (const { method, path, body: sent, headers } of brevo.requests) {
    expect(`${method} ${path}`).toBe("POST /v3/smtp/email");
    expect(headers["content-type"]).toBe("application/json");
    // No batch is written to a connection that may be closing.
    expect(headers.connection).toBe("close");
    expect(sent).not.toContain(brevo.apiKey);
  }
  await brevo.close();
});

/** What each fault must be taken for, and how many mails of three lie in mailboxes after it. */
const EXPECTED: Record<Fault, [kind: string, arrived: number]> = {
  "401": ["paused", 0],
  "402": ["paused", 0],
  "403": ["paused", 0],
  account_under_validation: ["paused", 0],
  "429": ["rate_limited", 0],
  "500 before": ["unknown", 0],
  "500 after": ["unknown", 3],
  "drop before": ["unknown", 0],
  "drop after": ["unknown", 3],
  "stall before": ["unknown", 0],
  "stall after": ["unknown", 3],
  "stalled body": ["unknown", 3],
  "broken body": ["unknown", 3],
  "html before": ["unknown", 0],
  "html after": ["unknown", 3],
  "html 403": ["paused", 0],
  "without ids": ["unknown", 3],
  "too few ids": ["unknown", 3],
  "too many ids": ["unknown", 3],
  "doubled ids": ["unknown", 3],
  "half taken": ["unknown", 1],
  "endless body": ["unknown", 3],
  redirect: ["unknown", 0],
  slow: ["accepted", 3],
};

describe("a batch", () => {
  it("is accepted, with an id for everybody", async () => {
    const outcome = await client.sendBatch(batch);
    expect(outcome).toEqual({
      kind: "accepted",
      messageIds: brevo.box().map(({ messageId }) => messageId),
    });
    expect(brevo.box().map(({ email, params }) => [email, params])).toEqual([
      ["ada@example.org", { firstName: "ada" }],
      ["ben@example.org", { firstName: "ben" }],
      ["cleo@example.org", { firstName: "cleo" }],
    ]);
    // Byte for byte: a repetition must be the same request.
    expect(brevo.requests[0]?.body).toBe(body);
  });

  it.each(ALL_FAULTS)("struck by %s is taken for what it is, and sent once", async (fault) => {
    brevo.faults.plan(fault);
    const outcome = await clientFor(fault).sendBatch(batch);
    expect([outcome.kind, brevo.box().length]).toEqual(EXPECTED[fault]);
    expect(brevo.requests).toHaveLength(1);
  });

  it.each(ALL_FAULTS.filter((fault) => fault !== "half taken"))(
    "struck by %s may be sent again, and everybody has one mail",
    async (fault) => {
      brevo.faults.plan(fault);
      const first = await clientFor(fault).sendBatch(batch);
      const second = await client.sendBatch(batch);
      expect([...brevo.perMailbox().values()]).toEqual([1, 1, 1]);
      expect(second.kind).toBe(EXPECTED[fault][1] === 3 ? "repeated" : "accepted");
      expect(first.kind).toBe(EXPECTED[fault][0]);
    },
  );

  it("that failed may have used its key up: then nobody has a mail, and none is claimed", async () => {
    brevo.switches.failedRequestUsesKey = true;
    brevo.faults.plan("429");
    await client.sendBatch(batch);
    expect(await client.sendBatch(batch)).toMatchObject({ kind: "repeated" });
    expect(brevo.box()).toEqual([]);
  });

  it.each(["duplicate_parameter", "duplicate_request"] as const)(
    "repeated and answered %s counts as taken",
    async (code) => {
      brevo.switches.duplicateCode = code;
      await client.sendBatch(batch);
      expect(await client.sendBatch(batch)).toEqual({
        kind: "repeated",
        reason: "Brevo had taken this batch already and does not repeat its message ids.",
      });
      expect(brevo.box()).toHaveLength(3);
    },
  );

  it("left open by an error tells that from one that was lost", async () => {
    const answered: unknown[] = [];
    for (const fault of ["500 before", "redirect", "drop before", "stall before"] as const) {
      brevo.faults.plan(fault);
      const outcome = await clientFor(fault).sendBatch(batch);
      answered.push(outcome.kind === "unknown" && outcome.answer);
    }
    expect(answered).toEqual(["error", "error", "none", "none"]);
  });

  it("of one person may be answered with one id or a list of one", async () => {
    const alone = people.slice(0, 1);
    const ids: string[][] = [];
    for (const [answer, key] of [
      ["messageId", KEY],
      ["messageIds", KEY.replace("01", "02")],
    ] as const) {
      brevo.switches.idOfOne = answer;
      const one = batchBody({ template: 49, tag: "t-2", key, recipients: alone });
      const outcome = await client.sendBatch({ body: one, recipients: 1 });
      if (outcome.kind === "accepted") ids.push(outcome.messageIds);
    }
    expect(ids).toEqual(brevo.box().map(({ messageId }) => [messageId]));
  });

  it("waits as long as Brevo asks", async () => {
    brevo.faults.plan("429", { resetSeconds: 37 });
    expect(await client.sendBatch(batch)).toEqual({
      kind: "rate_limited",
      waitSeconds: 37,
      reason: "Brevo asks to wait 37 seconds before the next batch.",
    });
  });

  it("beyond a hundred in a minute is refused by the real limit", async () => {
    for (let count = 0; count < 100; count += 1) {
      await client.sendBatch({ body: "{}", recipients: 1 });
    }
    const outcome = await client.sendBatch(batch);
    expect(outcome.kind).toBe("rate_limited");
    brevo.advance(60_001);
    expect((await client.sendBatch(batch)).kind).toBe("accepted");
  });

  it("is paused by each way in which a quota ends, or dropped in silence", async () => {
    await brevo.close();
    brevo = await startBrevo({ templates: [{ id: 49 }], plan: { type: "free", credits: 2 } });
    client = createBrevoClient({ apiKey: brevo.apiKey, baseUrl: brevo.url });
    for (const variant of ["402", "400"] as const) {
      brevo.switches.overQuota = variant;
      expect(await client.sendBatch(batch)).toMatchObject({ kind: "paused", cause: "quota" });
    }
    expect(brevo.box()).toHaveLength(0);
    brevo.switches.overQuota = "dropped";
    expect(await client.sendBatch(batch)).toMatchObject({ kind: "accepted" });
    expect(brevo.box()).toHaveLength(2);
  });

  it("is refused as a whole for what is in it, with Brevo's words", async () => {
    const wrong = body.replace("ben@example.org", "ben at example.org");
    expect(await client.sendBatch({ body: wrong, recipients: 3 })).toEqual({
      kind: "rejected",
      code: "invalid_parameter",
      reason: "Brevo refused the batch: email is not valid in to in messageVersions",
    });
    const gone = body.replace('"templateId":49', '"templateId":50');
    expect(await client.sendBatch({ body: gone, recipients: 3 })).toMatchObject({
      kind: "rejected",
      code: "document_not_found",
    });
    brevo.switches.unknownTemplate = "invalid_parameter";
    expect(await client.sendBatch({ body: gone, recipients: 3 })).toMatchObject({
      kind: "rejected",
      code: "invalid_parameter",
    });
    expect(brevo.box()).toEqual([]);
  });

  it("is certainly not sent where nothing listens", async () => {
    const { url } = brevo;
    await brevo.close();
    const lonely = createBrevoClient({ apiKey: brevo.apiKey, baseUrl: url });
    expect(await lonely.sendBatch(batch)).toEqual({
      kind: "paused",
      cause: "unreachable",
      reason: "Brevo could not be reached (no connection to it could be made).",
    });
  });
});
