import { describe, expect, test } from "vitest";
import { GENERATIONS, type ClientOptions, type TestClient } from "../../workbench/client.ts";
import { pressOn, visit } from "../support/visits.ts";
import { makeWorld, type World } from "./helpers.ts";

/** A world for each test: they mostly wait for somebody to answer, so they wait side by side. */
const it = test.extend<{ world: World; open: (options: ClientOptions) => Promise<TestClient> }>({
  world: async ({}, use) => {
    const world = await makeWorld({ people: 3 });
    await use(world);
    await world.close();
  },
  open: async ({ world }, use) => {
    const clients: TestClient[] = [];
    await use(async (options) => {
      const client = await world.connect(options);
      clients.push(client);
      return client;
    });
    for (const client of clients) await client.close();
  },
});

async function prepared(world: World, client: TestClient): Promise<number> {
  const { send } = await client.ask("prepare_send", world.invitation);
  // The client says that it asks, so no page is needed yet.
  expect(send).toMatchObject({ confirm_page: null, confirmation_code: null });
  return send.communication_id as number;
}

const pageIn = (text: string) => /http:\/\/127\.0\.0\.1:\d+\/[\w-]+/u.exec(text)?.[0] ?? "";

/** What a call comes to where a client of the newer generation fails by itself. */
async function tried(
  client: TestClient,
  tool: string,
  args: Record<string, unknown>,
): Promise<string> {
  return client.call(tool, args).then(
    ({ text }) => text,
    (error: unknown) => `failed: ${String(error)}`,
  );
}

describe.concurrent.each(GENERATIONS)("a client that says it can ask, over %s", (generation) => {
  it("and answers with an error is given the page", async ({ world, open }) => {
    const client = await open({
      generation,
      person: () => {
        throw new Error("there is no form here");
      },
    });
    const communication = await prepared(world, client);
    const first = await tried(client, "confirm_send", { communication });
    // A newer client fails without a word to the server, which learns of it when the same is asked again.
    expect(first).toMatch(generation === "2026-07-28" ? /^failed/u : /on this page/u);
    const page = pageIn(await tried(client, "confirm_send", { communication }));
    expect(page).not.toBe("");
    expect(world.brevo.accepted()).toHaveLength(0);
    expect((await pressOn(page)).status).toBe(303);
    expect(await client.ask("confirm_send", { communication })).toMatchObject({
      accepted: 3,
      confirmed_by: "person",
    });
    // From here on it is known.
    const next = await client.ask("prepare_send", { ...world.invitation, allow_resend: true });
    expect(next.send.confirm_page).toMatch(/^http:\/\/127\.0\.0\.1/u);
  });

  it("and never answers is given the page when it has given up", async ({ world, open }) => {
    const client = await open({
      generation,
      person: () => new Promise(() => undefined),
      patience: 12_000,
    });
    const communication = await prepared(world, await open({ generation, person: () => "cancel" }));
    // A newer client may wait for its own form for ever; who asks gives up all the same.
    const givenUp = new Promise<string>((resolve) => {
      setTimeout(resolve, 13_000, "failed: no answer");
    });
    expect(await Promise.race([tried(client, "confirm_send", { communication }), givenUp])).toMatch(
      /^failed/u,
    );
    const page = pageIn(await tried(client, "confirm_send", { communication }));
    expect((await pressOn(page)).status).toBe(303);
    expect(await client.ask("confirm_send", { communication })).toMatchObject({ accepted: 3 });
  });

  it("and was not answered once is asked again as soon as an answer comes", async ({
    world,
    open,
  }) => {
    let fails = true;
    const client = await open({
      generation,
      person: () => {
        if (fails) throw new Error("not now");
        return "accept";
      },
    });
    const communication = await prepared(world, client);
    await tried(client, "confirm_send", { communication });
    fails = false;
    const text = await tried(client, "confirm_send", { communication });
    expect(text).toContain("127.0.0.1");
    expect(world.brevo.accepted()).toHaveLength(0);
  });

  it("removes nothing unasked when it cannot, but asks on a page", async ({ open }) => {
    const client = await open({
      generation,
      person: () => {
        throw new Error("there is no form here");
      },
    });
    const { asset } = await client.ask("create_asset", {
      title: "Flyer",
      asset_type: "flyer",
      event: "Data & AI Day 2026",
    });
    const call = { kind: "asset", id: asset.id };
    await tried(client, "remove_entry", call);
    const page = pageIn(await tried(client, "remove_entry", call));
    const { text } = await visit(page);
    expect(text).toContain("<h1>Remove this asset from the record?</h1>");
    expect(text).toContain("<dd>Flyer</dd>");
    expect(await tried(client, "remove_entry", call)).toMatch(/nothing was removed/u);
    expect((await pressOn(page)).status).toBe(303);
    expect(await client.ask("remove_entry", call)).toMatchObject({ removed: { title: "Flyer" } });
  });
});

describe.concurrent.each(GENERATIONS)("a client that opens pages, over %s", (generation) => {
  it("opens the page for the person, and the assistant is told no address", async ({
    world,
    open,
  }) => {
    const opened: string[] = [];
    const client = await open({
      generation,
      opens: async (url) => {
        opened.push(url);
        await pressOn(url);
        return "accept" as const;
      },
    });
    const communication = await prepared(world, client);
    const { facts, text } = await client.call("confirm_send", { communication });
    expect(facts).toMatchObject({ accepted: 3, confirmed_by: "person" });
    expect(text).not.toContain("127.0.0.1");
    expect(opened).toHaveLength(1);
    expect(opened[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/u);
  });

  it("waits a while for the button, then says that nobody has pressed it", async ({
    world,
    open,
  }) => {
    const opened: string[] = [];
    const client = await open({
      generation,
      opens: (url) => {
        opened.push(url);
        return "accept";
      },
    });
    const communication = await prepared(world, client);
    const refused = await client.refused("confirm_send", { communication });
    expect(refused).toMatch(/Nobody has pressed the button on the page that is open/u);
    expect(refused).not.toContain("127.0.0.1");
    // Pressed while the call waits; the page is not opened again.
    const going = client.ask("confirm_send", { communication });
    await pressOn(opened[0]!);
    expect(await going).toMatchObject({ accepted: 3 });
    expect(opened).toHaveLength(1);
  }, 60_000);

  it("takes a refusal to open it for a no", async ({ world, open }) => {
    const client = await open({ generation, opens: () => "decline" });
    const communication = await prepared(world, client);
    expect(await client.ask("confirm_send", { communication })).toMatchObject({
      declined: true,
      mails: 3,
      held_for_quota: 0,
      status: "draft",
    });
    expect(world.brevo.accepted()).toHaveLength(0);
  });

  it("is asked by a form where it has one", async ({ world, open }) => {
    const opened: string[] = [];
    const client = await open({
      generation,
      person: () => "accept",
      opens: (url) => {
        opened.push(url);
        return "accept";
      },
    });
    const communication = await prepared(world, client);
    expect(await client.ask("confirm_send", { communication })).toMatchObject({ accepted: 3 });
    expect(opened).toEqual([]);
  });
});
