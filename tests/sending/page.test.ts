import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noBrowser, openTab, type Tab } from "../../workbench/browser.ts";
import { GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { formOf, visit } from "../support/visits.ts";
import { makeWorld, type World } from "./helpers.ts";

const NASTY = `<img src=x onerror="document.title='broken into'"><b>Bob`;

let world: World;
let client: TestClient;
beforeEach(async () => {
  world = await makeWorld();
  await world.database
    .sql`UPDATE contacts SET first_name = ${NASTY} WHERE id = ${world.speakers[0]!}`;
  await world.database.sql`UPDATE contacts SET email = NULL WHERE id = ${world.speakers[15]!}`;
});
afterEach(async () => {
  await client.close();
  await world.close();
});

async function prepared(): Promise<{ communication: number; page: string }> {
  const { send } = await client.ask("prepare_send", world.invitation);
  expect(send.confirmation_code).toBeNull();
  return { communication: send.communication_id, page: send.confirm_page };
}

describe.each(GENERATIONS)("the confirmation page over %s", (generation) => {
  beforeEach(async () => {
    client = await world.connect({ generation });
  });

  it("shows the whole list and who was left out, loads nothing, and is on this machine only", async () => {
    const { page } = await prepared();
    expect(page).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/u);
    const { status, headers, text } = await visit(page);
    expect(status).toBe(200);
    for (let n = 1; n <= 15; n += 1) expect(text).toContain(`person${String(n)}@example.org`);
    expect(text).toContain("Fatima Adams");
    expect(text).toContain("no e-mail address is known");
    expect(text).not.toContain("<img src=x");
    expect(text).toContain("&lt;img src=x");
    expect(text.match(/<button/gu)).toHaveLength(1);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["cache-control"]).toBe("no-store");
    expect(String(headers["set-cookie"])).toMatch(/HttpOnly; SameSite=Strict/u);
  });

  it("is what confirm_send waits for", async () => {
    const { communication, page } = await prepared();
    const refused = await client.refused("confirm_send", { communication });
    expect(refused).toMatch(/Nobody has pressed/u);
    expect(refused).toContain(page);
    expect(world.brevo.accepted()).toHaveLength(0);
    const pressed = await visit(page, { method: "POST", ...(await formOf(page)) });
    expect(pressed.status).toBe(303);
    // The button confirms; nothing leaves before the assistant goes on.
    expect(world.brevo.accepted()).toHaveLength(0);
    expect((await visit(page)).text).toContain("You have said yes");
    expect(await client.ask("confirm_send", { communication })).toMatchObject({
      accepted: 15,
      confirmed_by: "person",
      status: "sent",
    });
    expect((await visit(page)).text).toContain("the sending has begun");
    expect((await visit(page)).text).not.toContain("<button");
  });

  it("refuses what other sites could do", async () => {
    const { communication, page } = await prepared();
    const form = await formOf(page);
    const without = (name: string) =>
      Object.fromEntries(Object.entries(form.headers).filter(([key]) => key !== name));
    const attempts: [string, Parameters<typeof visit>[1]][] = [
      [
        "another origin",
        { ...form, headers: { ...form.headers, origin: "https://evil.example.org" } },
      ],
      ["no origin", { ...form, headers: without("origin") }],
      ["a null origin", { ...form, headers: { ...form.headers, origin: "null" } }],
      ["no cookie", { ...form, headers: without("cookie") }],
      ["another's token", { ...form, body: `token=${"A".repeat(43)}` }],
      ["no token", { ...form, body: "" }],
      [
        "another kind of form",
        { ...form, headers: { ...form.headers, "content-type": "text/plain" } },
      ],
      ["from a script", { ...form, headers: { ...form.headers, "sec-fetch-mode": "cors" } }],
      ["from elsewhere", { ...form, headers: { ...form.headers, "sec-fetch-site": "cross-site" } }],
    ];
    for (const [what, options] of attempts) {
      expect([what, (await visit(page, { method: "POST", ...options })).status]).toEqual([
        what,
        403,
      ]);
    }
    // A name that was made to point here.
    expect((await visit(page, { headers: { host: "evil.example.org" } })).status).toBe(421);
    expect((await visit(new URL("/", page).href)).status).toBe(404);
    expect((await visit(page, { method: "DELETE" })).status).toBe(405);
    expect(await client.refused("confirm_send", { communication })).toMatch(/Nobody has pressed/u);
    expect(world.brevo.accepted()).toHaveLength(0);
  });

  it("shows to each visitor that there was another, and that another pressed", async () => {
    const { page } = await prepared();
    const first = await formOf(page);
    const cookie = { headers: { cookie: first.headers["cookie"]! } };
    expect((await visit(page, cookie)).text).not.toContain("loaded this page");
    expect((await visit(page)).text).toContain("Another browser or program has loaded this page");
    expect((await visit(page, cookie)).text).toContain("Another browser or program");
    expect((await visit(page, { method: "POST", ...first })).status).toBe(303);
    expect((await visit(page, cookie)).text).not.toContain("pressed by another");
    const { text } = await visit(page);
    expect(text).toContain("The button was pressed by another browser or program than this one");
    expect(text).not.toContain("<button");
    expect(client.stderr()).toContain("the button was pressed by a program without a name");
  });

  it("confirms no list that is not the one it shows, and none after its time", async () => {
    const { communication, page } = await prepared();
    const form = await formOf(page);
    const { sql } = world.database;
    await client.ask("prepare_send", { communication });
    expect((await visit(page, { method: "POST", ...form })).status).toBe(409);
    expect((await visit(page)).text).toContain("replaced by a newer one");
    const { send } = await client.ask("prepare_send", { communication });
    const next = await formOf(send.confirm_page);
    await sql`UPDATE outreach.send_confirmations SET expires_at = now() - interval '1 second' WHERE ended_at IS NULL`;
    expect((await visit(send.confirm_page, { method: "POST", ...next })).status).toBe(409);
    expect(await client.refused("confirm_send", { communication })).toMatch(/expired/u);
  });
});

const missing = noBrowser();
if (missing !== undefined) console.log(`The page is not tried in a browser: ${missing}.`);
describe.skipIf(missing !== undefined)("in a real browser", () => {
  let tab: Tab;
  beforeEach(async () => {
    client = await world.connect();
    tab = await openTab();
  });
  afterEach(() => tab.close());

  it("a person reads the list and presses the one button", { timeout: 60_000 }, async () => {
    const { communication, page } = await prepared();
    await tab.open(page);
    expect(await tab.run("document.querySelectorAll('#list + table tbody tr').length")).toBe(15);
    expect(
      await tab.run(
        "document.querySelectorAll('button, input:not([type=hidden]), a, script').length",
      ),
    ).toBe(1);
    expect(await tab.run("document.querySelector('#list + table tbody td').textContent")).toBe(
      `${NASTY} Nkosi`,
    );
    expect(await tab.run("document.title")).toMatch(/^Send “.*”\?$/u);
    expect(await tab.run("document.querySelector('html').lang")).toBe("en");
    expect(await tab.run("document.querySelector('iframe').srcdoc")).toContain("&lt;img src=x");
    // Nothing but the page itself was asked for, whatever the template links to.
    expect(
      tab.requested().filter((url) => !url.startsWith(page) && !/^(?:about|data):/u.test(url)),
    ).toEqual([]);
    await tab.press("button");
    expect(await tab.run("document.querySelector('[role=status]').textContent")).toContain(
      "You have said yes",
    );
    expect(await client.ask("confirm_send", { communication })).toMatchObject({ accepted: 15 });
  });

  it("a page of another site cannot press it", { timeout: 60_000 }, async () => {
    const { communication, page } = await prepared();
    await tab.open(page);
    const evil = `data:text/html,<form method=post action="${page}"><input name=token value=x><button>Win</button></form>`;
    await tab.open(evil);
    await tab.press("button");
    expect(await tab.run("document.body.textContent")).toContain("nothing was sent");
    await tab.open(`data:text/html,<iframe src="${page}"></iframe>`);
    expect(await client.refused("confirm_send", { communication })).toMatch(/Nobody has pressed/u);
  });
});
