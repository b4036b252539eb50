import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { batchBody } from "../../src/brevo/batches.ts";
import { createBrevoClient, type BrevoClient } from "../../src/brevo/client.ts";
import { brevoConfiguration } from "../../src/brevo/configuration.ts";
import { sendingOptions } from "../../src/environment.ts";
import { startBrevo, type BrevoStandIn } from "../../stand_in/index.ts";

let brevo: BrevoStandIn;
let client: BrevoClient;

/** One that waits long enough even on a busy machine, unless the answer never comes. */
function clientFor(fault: string): BrevoClient {
  const read = fault.startsWith("stall") ? 300 : 20_000;
  const { apiKey, url: baseUrl } = brevo;
  return createBrevoClient({ apiKey, baseUrl, timeLimits: { read }, longestWait: 2 });
}

beforeEach(async () => {
  brevo = await startBrevo({
    plan: { type: "free", credits: 300 },
    templates: [
      { id: 49, name: "CFP Invitation" },
      { id: 7, name: "Old one", isActive: false },
    ],
  });
  client = clientFor("");
});

afterEach(() => brevo.close());

async function sendTo(emails: readonly string[], tag = "t-1"): Promise<void> {
  const recipients = emails.map((email) => ({ email, name: "", params: { firstName: "Ada" } }));
  const body = batchBody({
    template: 49,
    tag,
    key: crypto.randomUUID(),
    recipients,
  });
  expect((await client.sendBatch({ body, recipients: emails.length })).kind).toBe("accepted");
}

describe("a question", () => {
  it("tells how many mails are left today", async () => {
    await sendTo(["ada@example.org", "ben@example.org"]);
    expect(await client.account()).toMatchObject({
      mailsLeft: 298,
      perDay: 300,
    });
    brevo.switches.accountCredits = "plan";
    expect((await client.account()).mailsLeft).toBe(300);
  });

  it("tells nothing where Brevo names no number", async () => {
    const unlimited = await startBrevo();
    const other = createBrevoClient({ apiKey: unlimited.apiKey, baseUrl: unlimited.url });
    expect(await other.account()).toMatchObject({ mailsLeft: null, perDay: null });
    await unlimited.close();
  });

  it("reads all templates over all pages, switched off or not", async () => {
    for (let id = 100; id < 203; id += 1) brevo.addTemplate({ id });
    const templates = await client.templates();
    expect(templates).toHaveLength(105);
    expect(templates.find(({ id }) => id === 7)).toMatchObject({
      name: "Old one",
      isActive: false,
    });
    expect(brevo.requests.map(({ path }) => path)).toEqual([
      "/v3/smtp/templates?sort=asc&limit=50&offset=0",
      "/v3/smtp/templates?sort=asc&limit=50&offset=50",
      "/v3/smtp/templates?sort=asc&limit=50&offset=100",
    ]);
    expect(await client.template(49)).toMatchObject({ id: 49, isActive: true });
    expect(await client.template(50)).toBeNull();
  });

  it("reads the whole block list", async () => {
    for (let index = 0; index < 250; index += 1) brevo.block(`p${index}@example.org`);
    brevo.block("Grace@Example.org", "hardBounce");
    const blocked = [];
    for await (const contact of client.blockedContacts()) blocked.push(contact);
    expect(blocked).toHaveLength(251);
    expect(blocked.filter(({ kind }) => kind === "hard_bounce")).toMatchObject([
      { address: "grace@example.org" },
    ]);
  });

  it.each(["works", "ignored"] as const)("reads events by tag where the filter %s", async (how) => {
    brevo.switches.tagFilter = how;
    brevo.switches.feedTag = how === "works" ? "plain" : "json";
    await sendTo(["ada@example.org", "ben@example.org"], "mine");
    await sendTo(["cleo@example.org"], "other");
    brevo.report("delivered");
    const day = new Date(brevo.now()).toISOString().slice(0, 10);
    const pages = [];
    const query = { startDate: day, endDate: day, tag: "mine" };
    for await (const page of client.events(query, 2)) pages.push(page);
    const events = pages.flat();
    expect(events.map(({ event, email }) => `${event} ${email}`)).toEqual([
      "requests ada@example.org",
      "requests ben@example.org",
      "delivered ada@example.org",
      "delivered ben@example.org",
    ]);
    expect(events.every(({ tags }) => tags.includes("mine"))).toBe(true);
  });

  it.each(["list", "nothing"] as const)("reads an empty feed told by %s", async (how) => {
    brevo.switches.emptyFeed = how;
    const pages = [];
    const query = { startDate: "2026-01-01", endDate: "2026-01-31" };
    for await (const page of client.events(query)) pages.push(page);
    expect(pages).toEqual([[]]);
  });

  it("asks for no range that Brevo refuses", async () => {
    for (const [startDate, endDate] of [
      ["2026-01-01", "2026-05-01"],
      ["2026-02-01", "2026-01-01"],
      ["yesterday", "2026-01-01"],
    ] as const) {
      await expect(client.events({ startDate, endDate }).next()).rejects.toThrow(RangeError);
    }
    expect(brevo.requests).toEqual([]);
  });

  it.each(["500 before", "drop before", "stall before"] as const)(
    "struck by %s is asked once more",
    async (fault) => {
      const asking = clientFor(fault);
      brevo.faults.plan(fault, { place: "account" });
      expect((await asking.account()).mailsLeft).toBe(300);
      brevo.faults.plan(fault, { place: "account", times: 2 });
      await expect(asking.account()).rejects.toMatchObject({ kind: "unreachable" });
      expect(brevo.requests).toHaveLength(4);
    },
  );

  it("asked too often waits for a short while, and says so for a long one", async () => {
    brevo.faults.plan("429", { place: "account", resetSeconds: 1 });
    expect((await client.account()).mailsLeft).toBe(300);
    brevo.faults.plan("429", { place: "account", resetSeconds: 900 });
    await expect(client.account()).rejects.toMatchObject({
      kind: "rate_limited",
      message: "Brevo was asked too often; try again in 900 seconds.",
    });
    expect(brevo.requests).toHaveLength(3);
  });

  it.each([
    ["401", "key"],
    ["403", "permission"],
    ["html before", "unreadable"],
    ["broken body", "unreadable"],
    ["stalled body", "unreadable"],
    ["redirect", "unreadable"],
    ["endless body", "unreadable"],
  ] as const)("struck by %s fails as %s", async (fault, kind) => {
    brevo.faults.plan(fault, { place: "templates" });
    await expect(clientFor(fault).templates()).rejects.toMatchObject({ name: "BrevoError", kind });
    expect(brevo.requests).toHaveLength(1);
  });
});

describe("what strangers answer", () => {
  async function answering<Result>(
    listener: RequestListener,
    ask: (client: BrevoClient) => Promise<Result>,
  ): Promise<Result> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      return await ask(
        createBrevoClient({ apiKey: "xkeysib-secret", baseUrl: `http://127.0.0.1:${port}` }),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const batch = { body: "{}", recipients: 1 };

  it("is cut, put on one line, and never holds the key", async () => {
    const message = `Key xkeysib-\u0000secret\r\nis wrong \u202e<b>${"x".repeat(9000)}`;
    const outcome = await answering(
      (_request, response) =>
        response.writeHead(400).end(JSON.stringify({ code: "nope", message })),
      (client) => client.sendBatch(batch),
    );
    expect(outcome).toMatchObject({ kind: "rejected", code: "nope" });
    const { reason } = outcome as { reason: string };
    expect(reason).toMatch(/^Brevo refused the batch: Key xkeysib- secret is wrong <b>x+…$/u);
    expect(reason.length).toBeLessThan(350);

    const echo = await answering(
      (request, response) =>
        response.writeHead(401).end(
          JSON.stringify({
            code: "unauthorized",
            message: `No ${String(request.headers["api-key"])}`,
          }),
        ),
      async (client) => [await client.sendBatch(batch), await client.account().catch(String)],
    );
    expect(JSON.stringify(echo)).toContain("No [the key]");
    expect(JSON.stringify(echo)).not.toContain("secret");
  });

  it("pauses a batch where it is no answer of Brevo's, and fails one that Brevo refused", async () => {
    const kinds = await Promise.all(
      (
        [
          [404, "<h1>Not found</h1>"],
          [413, "<h1>Too large</h1>"],
          [413, '{"code":"out_of_range","message":"too large"}'],
          [400, "<h1>Bad request</h1>"],
          [408, ""],
          [400, '{"code":"duplicate_parameter","message":"the contact is there already"}'],
          [403, '{"code":"Account_Under_Validation","message":"wait"}'],
          [400, '{"code":"DAILY_QUOTA","message":"enough"}'],
        ] as const
      ).map(([status, text]) =>
        answering(
          (_request, response) => response.writeHead(status).end(text),
          async (client) => {
            const outcome = await client.sendBatch(batch);
            return outcome.kind === "paused" ? `paused: ${outcome.cause}` : outcome.kind;
          },
        ),
      ),
    );
    expect(kinds).toEqual([
      "paused: not_brevo",
      "paused: not_brevo",
      "rejected",
      "rejected",
      "unknown",
      "unknown",
      "paused: validation",
      "paused: quota",
    ]);
  });

  it("takes no ids that could not be told apart or kept", async () => {
    for (const messageIds of [["a", "a"], ["a", 5], ["a", "b c"], ["a", "x".repeat(101)], ["a"]]) {
      const outcome = await answering(
        (_request, response) => response.writeHead(201).end(JSON.stringify({ messageIds })),
        (client) => client.sendBatch({ body: "{}", recipients: 2 }),
      );
      expect(outcome.kind).toBe("unknown");
    }
  });

  it("is asked nothing by a redirect", async () => {
    let elsewhere = 0;
    const other = createServer((_request, response) => {
      elsewhere += 1;
      response.end("{}");
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    for (const status of [301, 302, 303, 307, 308]) {
      await answering(
        (_request, response) =>
          response.writeHead(status, { location: `http://127.0.0.1:${port}/v3/account` }).end(),
        async (client) => {
          expect((await client.sendBatch(batch)).kind).toBe("unknown");
          await expect(client.account()).rejects.toMatchObject({ kind: "unreadable" });
        },
      );
    }
    other.close();
    expect(elsewhere).toBe(0);
  });
});

describe("the configuration", () => {
  it("is read from the environment", () => {
    expect(brevoConfiguration({})).toEqual({
      apiKey: undefined,
      baseUrl: "https://api.brevo.com",
      sendTimeLimit: 20_000,
    });
    expect(
      brevoConfiguration({
        BREVO_API_KEY: " xkeysib-1 ",
        BREVO_BASE_URL: "https://brevo.example.org/v3/",
        BREVO_TIMEOUT: "60",
      }),
    ).toEqual({
      apiKey: "xkeysib-1",
      baseUrl: "https://brevo.example.org",
      sendTimeLimit: 30_000,
    });
    expect(sendingOptions({ OUTREACH_TEMPLATES: "/data/templates.json" }).templatesFile).toBe(
      "/data/templates.json",
    );
  });

  it.each(["soon", "0", "-1", "NaN"])("refuses %s for its time", (BREVO_TIMEOUT) => {
    expect(() => brevoConfiguration({ BREVO_TIMEOUT })).toThrow(
      "BREVO_TIMEOUT is no number of seconds above 0; leave it unset for 20.",
    );
  });

  it.each([
    "http://127.0.0.1:8080",
    "http://localhost:1",
    "http://[::1]:9",
    "http://127.8.9.10",
    "https://proxy.example.org/brevo",
  ])("takes %s", (address) => {
    expect(brevoConfiguration({ BREVO_BASE_URL: address }).baseUrl).toBe(address);
  });

  it.each([
    "http://api.brevo.com",
    "http://127.0.0.1.example.org",
    "http://localhost.example.org",
    "http://10.0.0.1",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "api.brevo.com",
    "https://",
    "https://me:hush@api.brevo.com",
    "https://api.brevo.com/?key=hush",
    "javascript:alert(1)",
  ])("refuses %s without repeating it", (address) => {
    const read = () => brevoConfiguration({ BREVO_BASE_URL: address });
    expect(read).toThrow(/^BREVO_BASE_URL /u);
    expect(read).not.toThrow(/hush|example\.org|10\.0/u);
    expect(() => createBrevoClient({ apiKey: "k", baseUrl: address })).toThrow(/^BREVO_BASE_URL /u);
  });

  it.each(["xkeysib hush", "xkeysib-hush\r\nx-other: 1", "xkeysib-hüsh"])(
    "refuses a key that cannot be one without repeating it",
    (key) => {
      expect(() => brevoConfiguration({ BREVO_API_KEY: key })).toThrow(
        "BREVO_API_KEY holds spaces, line breaks or letters that no key has; copy it again from Brevo.",
      );
      expect(() => createBrevoClient({ apiKey: key, baseUrl: "http://127.0.0.1" })).toThrow(
        /^BREVO_API_KEY holds (?!.*h.sh)/u,
      );
    },
  );
});
