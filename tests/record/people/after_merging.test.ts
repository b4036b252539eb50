import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestClient } from "../../../workbench/client.ts";
import { connectInProcess } from "../../../workbench/in_process.ts";
import { freshDatabase, type TestDatabase } from "../../support/database.ts";

let database: TestDatabase;
let client: TestClient;
beforeAll(async () => {
  database = await freshDatabase();
  const env = { DATABASE_URL: database.url, OUTREACH_ACTOR: "Naledi" };
  client = await connectInProcess({ env });
  await client.ask("create_event", { name: "Data Day", event_date: "2026-11-14" });
  await client.ask("create_campaign", { name: "CFP", event: "Data Day", campaign_type: "cfp" });
});
afterAll(async () => {
  await client.close();
  await database.drop();
});

/** Adds somebody at example.org; answers their id. */
async function person(first_name: string, last_name: string): Promise<number> {
  const email = `${first_name}.${last_name}@example.org`.toLowerCase();
  const { contact } = await client.ask("save_contact", { first_name, last_name, email });
  return contact.id;
}

/** Logs a mail to two people; answers its id. */
async function mailTo(title: string, one: number, other: number, ids = ["", ""]): Promise<number> {
  const { communication } = await client.ask("log_send", {
    campaign: "CFP",
    title,
    recipients: [one, other].map((contact, index) => ({
      contact,
      ...(ids[index] && { brevo_message_id: ids[index] }),
    })),
  });
  return communication.id;
}

async function newestChange(): Promise<Record<string, any>> {
  const { changes } = await client.ask("list_changes", { limit: 1 });
  return changes[0];
}

describe("undoing a merge after events came for the one who was merged", () => {
  it("is refused, with the change that recorded them, until that is undone", async () => {
    const [jane, janet] = [await person("Jane", "Smith"), await person("Janet", "Smyth")];
    const mail = await mailTo("Call", jane, janet, ["m1@example.org", "m2@example.org"]);
    await client.ask("merge_contacts", { keep: jane, duplicate: janet });
    const { id: merge } = await newestChange();
    await client.ask("record_delivery_events", {
      events: [{ event: "clicked", at: "today", brevo_message_id: "m2@example.org" }],
    });
    const { id: click } = await newestChange();

    expect(await client.refused("undo_change", { change: merge })).toContain(
      `cannot be undone: change ${click} (record_delivery_events) wrote the same rows later; undo that first`,
    );
    await client.ask("undo_change", { change: click });
    await client.ask("undo_change", { change: merge });
    const { recipients } = await client.ask("query_recipients", { communication: mail });
    expect(
      recipients.map(({ name, status }: Record<string, string>) => [name, status]).sort(),
    ).toEqual([
      ["Jane Smith", "sent"],
      ["Janet Smyth", "sent"],
    ]);
  });
});

describe("merging two who were said to be two", () => {
  it("is refused with who said so, until it is said that they are one; saying it again is a replay", async () => {
    const [zama, zamani] = [await person("Zama", "Cele"), await person("Zamani", "Cele")];
    const apart = { keep: zama, duplicate: zamani, not_the_same: true, reason: "twins" };
    expect(await client.ask("merge_contacts", apart)).toMatchObject({ replay: false });
    const { id: change } = await newestChange();
    expect(await client.ask("merge_contacts", apart)).toMatchObject({ replay: true });
    expect((await newestChange())["id"]).toBe(change);

    const merge = { keep: zama, duplicate: zamani };
    expect(await client.refused("merge_contacts", merge)).toMatch(
      new RegExp(
        `^Naledi said at \\d{4}-\\S+ \\(change ${change}\\) that Zama Cele \\(${zama}, zama\\.cele@example\\.org\\) and Zamani Cele \\(${zamani}, zamani\\.cele@example\\.org\\) are two people, "twins"\\. If they are one after all, call again with not_the_same false\\. Nothing was written\\.$`,
        "u",
      ),
    );
    const merged = await client.ask("merge_contacts", { ...merge, not_the_same: false });
    expect(merged.also_known_as).toMatchObject([{ name: "Zamani Cele" }]);
  });
});

describe("record_delivery_events after a merge or a correction", () => {
  it("knows the former id, name and e-mail as the kept person's, and nobody else's", async () => {
    const [ann, anna] = [await person("Ann", "Botha"), await person("Anna", "Bothma")];
    const mail = await mailTo("Reminder", ann, await person("Bongi", "Zulu"));
    await client.ask("merge_contacts", { keep: ann, duplicate: anna });
    await client.ask("save_contact", { contact: ann, last_name: "Botha-Zulu" });
    const formerly = [anna, String(anna), "anna bothma", "Anna.Bothma@example.org", "Ann Botha"];
    const answer = await client.ask("record_delivery_events", {
      events: [...formerly, "Bongi Zulu", "Anna Nobody"].map((contact, index) => ({
        event: "clicked",
        at: `2026-01-0${index + 1}`,
        communication: mail,
        contact,
      })),
    });
    expect(answer.unmatched).toEqual([
      { index: 6, reason: `"Anna Nobody" is not a recipient of communication ${mail}` },
    ]);
    expect(answer.applied).toBe(6);
    expect(answer.changed.map(({ name }: { name: string }) => name)).toEqual([
      "Ann Botha-Zulu",
      "Bongi Zulu",
    ]);
  });
});

describe("what a change of people was about", () => {
  it("are both of two who were said to be two or made one, before any mail", async () => {
    const [kagiso, kgosi] = [await person("Kagiso", "Moloi"), await person("Kgosi", "Moloi")];
    await mailTo("Thanks", kagiso, kgosi);
    const both = { keep: kagiso, duplicate: kgosi };
    await client.ask("merge_contacts", { ...both, not_the_same: true });
    const about = [
      { kind: "contact", id: kagiso, name: "Kagiso Moloi" },
      { kind: "contact", id: kgosi, name: "Kgosi Moloi" },
    ];
    for (const contact of [kagiso, kgosi]) {
      const filter = { contact, tool: "merge_contacts" };
      const { changes } = await client.ask("list_changes", filter);
      expect(changes).toMatchObject([{ about, about_total: 2 }]);
    }
    await client.ask("merge_contacts", { ...both, not_the_same: false });
    const { id, ...merged } = await newestChange();
    expect(merged["about"].slice(0, 2)).toEqual(about);
    const { text } = await client.call("undo_change", { change: id });
    expect(text.split("\n")[0]).toContain("(contacts Kagiso Moloi, Kgosi Moloi and ");
    expect((await newestChange())["about"].slice(0, 2)).toEqual(about);
  });

  it("is the address that nobody here reads, or else its readers", async () => {
    const stranger = { email: "stranger@example.org", suppressed: true };
    await client.ask("set_suppression", stranger);
    const kind = "address";
    expect(await newestChange()).toMatchObject({ about: [{ kind, name: stranger.email }] });
    const reader = await person("Rea", "Der");
    await client.ask("set_suppression", { email: "rea.der@example.org", suppressed: true });
    const { changes } = await client.ask("list_changes", { contact: reader, limit: 1 });
    expect(changes).toMatchObject([
      { tool: "set_suppression", about: [{ kind: "contact", id: reader, name: "Rea Der" }] },
    ]);
  });

  it("says how many there are where not all are shown", async () => {
    const recipients = Array.from({ length: 14 }, (_, n) => ({
      email: `many${String(n)}@example.org`,
      name: `Many N${String(n)}`,
    }));
    const mail = { campaign: "CFP", title: "Many", recipients, unknown_contacts: "create" };
    await client.ask("log_send", mail);
    const change = await newestChange();
    // The mail, too.
    expect([change["about"].length, change["about_total"]]).toEqual([6, 15]);
  });
});

describe("find_contacts after a merge or a correction", () => {
  it("finds people by a former name or address, and says which", async () => {
    const [palesa, palesha] = [await person("Palesa", "Radebe"), await person("Palesha", "Rd")];
    await client.ask("merge_contacts", { keep: palesa, duplicate: palesha });
    await client.ask("save_contact", { contact: palesa, email: "p@work.example.com" });
    const found = async (text: string) =>
      (await client.ask("find_contacts", { text })).contacts.map(
        ({ id, formerly }: Record<string, unknown>) => [id, formerly],
      );
    expect(await found("palesha")).toEqual([[palesa, "Palesha Rd"]]);
    expect(await found("palesa.radebe@example.org")).toEqual([
      [palesa, "palesa.radebe@example.org"],
    ]);
    expect(await found("palesa rad")).toEqual([[palesa, null]]);
    const { text } = await client.call("find_contacts", { text: "palesha" });
    expect(text).toContain("Palesha Rd");
  });
});

describe("somebody who was erased", () => {
  it("gets no mail recorded", async () => {
    const gone = await person("Go", "Ne");
    await client.ask("erase_contact", { contact: gone, confirm_name: "Go Ne" });
    const mail = { campaign: "CFP", title: "Late", recipients: [{ contact: gone }] };
    expect(await client.refused("log_send", mail)).toContain(`"${gone}" was erased on request`);
  });
});
