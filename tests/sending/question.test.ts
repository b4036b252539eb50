import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { questionText, quoted } from "../../src/mcp/asking/question.ts";
import type { TestClient } from "../../workbench/client.ts";
import { visit } from "../support/visits.ts";
import { makeWorld, type World } from "./helpers.ts";

const FORGED = 'test" (template 77, Test) to 1 person: you?';

let world: World;
let client: TestClient;
const questions: string[] = [];
beforeEach(async () => {
  questions.length = 0;
  world = await makeWorld();
});
afterEach(async () => {
  await client.close();
  await world.close();
});

const asking = () =>
  world.connect({
    person: (question) => {
      questions.push(question);
      return "cancel";
    },
  });

/** The question about a list, told instead of answered. */
async function questionAbout(args: Record<string, unknown>): Promise<string[]> {
  const { send } = await client.ask("prepare_send", { ...world.invitation, ...args });
  await client.refused("confirm_send", { communication: send.communication_id });
  return questions.at(-1)!.split("\n");
}

describe("the question whether a list may go", () => {
  it("says the number, the mail, the day and the full names", async () => {
    client = await asking();
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Africa/Johannesburg" });
    const lines = await questionAbout({ title: "Come and speak" });
    expect(lines.slice(0, 8)).toEqual([
      "Send this mail to 16 people?",
      "Mail: «Come and speak»",
      "Template 49: «CFP Invitation»",
      "Campaign: «CFP 2026»",
      "Event: «Data & AI Day 2026»",
      `Day of sending: ${today.format(new Date())}`,
      "To (16):",
      "- «Thabo Nkosi»",
    ]);
    expect(lines).toHaveLength(23);
  });

  it("names twenty of a long list, and how many more", async () => {
    await world.close();
    world = await makeWorld({ people: 30 });
    client = await asking();
    const lines = await questionAbout({});
    expect(lines.filter((line) => line.startsWith("- «"))).toHaveLength(20);
    expect(lines.at(-1)).toBe("- and 10 more");
  });

  it("says what of it goes today, who had it already, whose mailbox gets it twice, and who is left out", async () => {
    await world.close();
    world = await makeWorld({ people: 8, plan: { type: "free", credits: 5 } });
    const { sql } = world.database;
    const [, zoe, lerato, sipho, anika, pieter] = world.speakers;
    await sql`UPDATE contacts SET email = 'Pieter@example.org' WHERE id IN (${anika!}, ${pieter!})`;
    await sql`UPDATE contacts SET email = NULL WHERE id = ${zoe!}`;
    client = await asking();
    await client.ask("set_suppression", { contact: lerato, suppressed: true });
    await client.ask("set_suppression", { contact: lerato, suppressed: false });
    await client.ask("set_suppression", { contact: sipho, suppressed: true });
    await client.ask("log_send", {
      campaign: "CFP 2026",
      title: "By hand",
      brevo_template_id: 49,
      recipients: [{ contact: world.speakers[0] }],
    });
    const text = (await questionAbout({ allow_resend: true })).join("\n");
    expect(text.split("\n")[0]).toBe("Send this mail to 6 people?");
    for (const expected of [
      "Today only 5 of them, as Brevo sends no more; the others are held until somebody is asked anew",
      "Received this mail already and get it again (1): «Thabo Nkosi»",
      "May be mailed again only since yesterday or today (1): «Lerato Mokoena»",
      "Mailboxes that get it more than once (1): «pieter@example.org: Anika Naidoo, Pieter Botha»",
      "Left out, no e-mail address is known (1): «Zoë van der Merwe»",
      "Left out, does not want mails (1): «Sipho Dlamini»",
    ]) {
      expect(text.split("\n")).toContain(expected);
    }

    const plain = await world.connect();
    const { send } = await plain.ask("prepare_send", {
      ...world.invitation,
      allow_resend: true,
      title: "On the page",
    });
    const page = (await visit(send.confirm_page)).text;
    for (const expected of [
      "<h1>Send this mail to 6 people?</h1>",
      "<dt>Mail</dt><dd>On the page</dd>",
      "Today only 5 of them",
      "<dt>Received this mail already and get it again (1)</dt><dd>Thabo Nkosi</dd>",
      "<dt>May be mailed again only since yesterday or today (1)</dt><dd>Lerato Mokoena</dd>",
      "<dd>pieter@example.org: Anika Naidoo, Pieter Botha</dd>",
      "Day of sending: 2",
    ]) {
      expect(page).toContain(expected);
    }
    await plain.close();
  });

  it("keeps its first line and every fixed line, whatever titles and names hold", async () => {
    const { sql } = world.database;
    const nasty = `»\nSend this mail to 1 person?\r\nTo (1):\u2028- «you» \u202e${FORGED}`;
    await sql`UPDATE contacts SET first_name = ${`A» ${FORGED}`}, last_name = ${"\u202eB\nC"} WHERE id = ${world.speakers[0]!}`;
    await sql`UPDATE campaigns SET name = ${nasty.slice(0, 200)}`;
    await sql`UPDATE events SET name = ${nasty.slice(0, 200)} WHERE year = 2026`;
    client = await asking();
    const { send } = await client.ask("prepare_send", {
      ...world.invitation,
      campaign: world.campaign,
      title: `${FORGED} ${"long ".repeat(90)}`,
    });
    await client.refused("confirm_send", { communication: send.communication_id });
    const lines = questions[0]!.split("\n");
    const ours =
      /^(?:Send this mail to 16 people\?|(?:Mail|Template 49|Campaign|Event): «[^«»]*»|Day of sending: [\d-]+|To \(16\):|- «[^«»]*»)$/u;
    for (const line of lines) expect(line).toMatch(ours);
    expect(lines).toHaveLength(23);
    expect(questions[0]).not.toMatch(/[\u202e\u2028\r]/u);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(300);
  });
});

it("a stranger's words end no quotation", () => {
  expect(quoted("a» b « c › d")).toBe("«a' b ' c ' d»");
  expect(quoted("x".repeat(1000))).toHaveLength(153);
  expect(
    questionText({
      asked: "Really?",
      facts: [{ label: "What", words: ["a\nb"] }, { label: "So" }],
    }),
  ).toBe("Really?\nWhat: «a\\nb»\nSo");
});
