import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TestClient } from "../../workbench/client.ts";
import { visit } from "../support/visits.ts";
import { makeWorld, type World } from "./helpers.ts";

let world: World;
let asking: TestClient;
let withPage: TestClient;
const questions: string[] = [];

beforeAll(async () => {
  world = await makeWorld();
  asking = await world.connect({
    person: (question) => {
      questions.push(question);
      return "cancel";
    },
  });
  withPage = await world.connect();
});
beforeEach(async () => {
  questions.length = 0;
  await asking.ask("save_segment", {
    ...(await isSaved("Old hands")),
    name: "Old hands",
    description: "who spoke <before>",
    audience: { event: "Data & AI Day 2025", role: "speaker" },
  });
  await asking.ask("save_segment", {
    ...(await isSaved("The board")),
    name: "The board",
    sql: "SELECT contact_id FROM people WHERE last_name IN ('Nkosi', 'Adams')",
  });
});
afterAll(async () => {
  await asking.close();
  await withPage.close();
  await world.close();
});

async function isSaved(name: string) {
  const { total } = await asking.ask("list_segments", { text: name });
  return total > 0 ? { segment: name } : {};
}

async function prepare(client: TestClient, title: string) {
  const { contacts, audience, ...invitation } = world.invitation;
  return client.ask("prepare_send", {
    ...invitation,
    title,
    allow_resend: true,
    audience: { segment: "Old hands", not_in_segment: "The board" },
  });
}

async function questionAbout(communication: number): Promise<string[]> {
  await asking.refused("confirm_send", { communication });
  return questions.at(-1)!.split("\n");
}

describe("a mail to a segment", () => {
  it("goes to who is in it now, and asks with its name and the words of whoever made it", async () => {
    const { send, recipients } = await prepare(asking, "Come back");
    expect(recipients.total).toBe(14);
    const lines = await questionAbout(send.communication_id);
    expect(lines.slice(4, 9)).toEqual([
      "Event: «Data & AI Day 2026»",
      "People of the segment:",
      "- «Old hands»",
      "- «who spoke &lt;before>»",
      "Without the people of the segment: «The board»",
    ]);
  });

  it("keeps its list when the segment is changed, and the question says so", async () => {
    const { send } = await prepare(asking, "Frozen");
    const change = { segment: "Old hands", name: "Beginners", audience: { role: "organiser" } };
    await asking.ask("save_segment", change);
    const lines = await questionAbout(send.communication_id);
    expect(lines[0]).toBe("Send this mail to 14 people?");
    expect(lines.slice(5, 8)).toEqual([
      "People of the segment (changed since; the list stays as it was made then):",
      "- «Old hands»",
      "- «who spoke &lt;before>»",
    ]);
    await asking.ask("save_segment", { ...change, segment: "Beginners", name: "Old hands" });
  });

  it("shows the segment on the page as well", async () => {
    const { send } = await prepare(withPage, "On a page");
    const { text } = await visit(send.confirm_page);
    expect(text).toMatch(/People of the segment.*Old hands.*who spoke &lt;before/su);
    expect(text).toContain("The board");
  });

  it("says the segment of the last of two calls that mean the same people", async () => {
    const people = await prepare(asking, "Same list");
    await asking.ask("save_segment", {
      name: "Copy",
      audience: { segment: "Old hands", not_in_segment: "The board" },
    });
    const { contacts, audience, ...invitation } = world.invitation;
    const again = { ...invitation, title: "Same list", allow_resend: true };
    const other = await asking.ask("prepare_send", { ...again, audience: { segment: "Copy" } });
    expect(other).toMatchObject({ replay: true });
    expect(other.send.communication_id).toBe(people.send.communication_id);
    const lines = await questionAbout(other.send.communication_id);
    expect(lines.filter((line) => line.includes("segment"))).toEqual([
      "People of the segment: «Copy»",
    ]);
  });

  it("counts as used once it left, not while it waits for a yes", async () => {
    const client = await world.connect({ env: { OUTREACH_CONFIRM: "assistant" } });
    const { send } = await prepare(client, "Really sent");
    const last = async () =>
      (await client.ask("list_segments", { text: "old hands" })).segments[0].last_used;
    expect(await last()).toBeNull();
    const { communication_id: communication, confirmation_code } = send;
    await client.ask("confirm_send", { communication, confirmation_code });
    expect(await last()).toMatchObject({
      communication: { id: communication, title: "Really sent" },
      people: 16,
    });
    await client.close();
  });
});
