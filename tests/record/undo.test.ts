import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IMPORT_TOOLS } from "../../src/servers/import/tools.ts";
import { OUTREACH_TOOLS } from "../../src/servers/outreach/tools.ts";
import { connect, type TestClient } from "../../workbench/client.ts";
import { ratings } from "../import/support/forms.ts";
import { FILES } from "../import/support/rows.ts";
import { tempFiles } from "../import/support/temp_files.ts";
import { makeWorld, type World } from "../sending/helpers.ts";
import { allRows } from "../support/all_rows.ts";

const EVENT = "Data & AI Day 2026";
const CAMPAIGN = "CFP 2026";
const MAIL = "Call for speakers";

let world: World;
let outreach: TestClient;
let importing: TestClient;
const files = tempFiles();

beforeAll(async () => {
  world = await makeWorld();
  outreach = await world.connect({
    env: { OUTREACH_CONFIRM: "assistant", OUTREACH_ACTOR: "Naledi" },
  });
  importing = await connect({ server: "import", env: world.env });
  await outreach.ask("log_send", {
    campaign: CAMPAIGN,
    title: MAIL,
    sent_at: "2026-03-01T09:00",
    recipients: world.speakers.slice(0, 4).map((contact) => ({ contact })),
  });
  await outreach.ask("create_asset", { title: "Flyer", asset_type: "flyer", campaign: CAMPAIGN });
  await outreach.ask("update_event", { event: EVENT, facts: { capacity: 300, theme: "Trust" } });
  await outreach.ask("save_note", { about: { communication: MAIL }, text: "Thank the jury" });
});
afterAll(async () => {
  await outreach.close();
  await importing.close();
  await world.close();
});

async function file(type: keyof typeof FILES, first = 1) {
  return { file_path: await files.write(`${type}.csv`, FILES[type](20, first)), event: EVENT };
}

async function prepared(title: string) {
  const { send } = await outreach.ask("prepare_send", {
    ...world.invitation,
    title,
    allow_resend: true,
  });
  return send as { communication_id: number; confirmation_code: string };
}

type Call = () => Promise<Record<string, unknown>> | Record<string, unknown>;

/** A call of each tool that writes; what it needs is there before, and stays. */
const WRITES: Record<string, Call> = {
  create_event: () => ({ name: "Meetup", event_date: "2026-10-10" }),
  update_event: () => ({
    event: EVENT,
    name: "Data & AI Days 2026",
    location: null,
    facts: { cfp_closes: "2026-06-30", theme: "Ubuntu", capacity: null },
  }),
  save_note: () => ({ about: { communication: MAIL }, text: "Ask for slides", due: "2 weeks" }),
  save_segment: () => ({ name: "Speakers", audience: { event: EVENT, role: "speaker" } }),
  create_campaign: () => ({ name: "Reminder", event: EVENT, campaign_type: "reminder" }),
  update_campaign: () => ({ campaign: CAMPAIGN, name: "Call for papers", status: "completed" }),
  log_send: () => ({
    campaign: CAMPAIGN,
    title: "News",
    recipients: [
      { contact: world.speakers[0], status: "bounced" },
      { email: "new@example.org", name: "Nomsa New" },
    ],
    unknown_contacts: "create",
  }),
  log_post: () => ({ campaign: CAMPAIGN, channel: "linkedin_post", title: "Post" }),
  create_asset: () => ({
    title: "Poster",
    asset_type: "poster",
    campaign: CAMPAIGN,
    distributions: [{ channel: "print" }],
  }),
  record_distribution: () => ({ asset: "Flyer", channel: "whatsapp" }),
  record_delivery_events: () => ({
    events: [
      { event: "hard_bounce", at: "2026-03-02T09:00", communication: MAIL, contact: "Thabo Nkosi" },
      { event: "clicked", at: "2026-03-02T09:00", communication: MAIL, contact: "Lerato Mokoena" },
    ],
  }),
  map_source: () => ({ event: EVENT, source: "Letter", campaign: CAMPAIGN }),
  update_entry: () => ({
    kind: "communication",
    id: MAIL,
    changes: { title: "Call for papers", sent_at: "2026-03-01T10:00" },
  }),
  remove_entry: () => ({ kind: "communication", id: MAIL, reason: "a mistake" }),
  save_contact: () => ({
    contact: "Thabo Nkosi",
    email: "thabo@new.example.org",
    roles_add: [{ role: "sponsor" }],
  }),
  merge_contacts: () => ({ keep: "Thabo Nkosi", duplicate: "Lerato Mokoena" }),
  set_suppression: () => ({ contact: "Fatima Adams", suppressed: true, reason: "asked" }),
  prepare_send: () => ({ ...world.invitation, title: "Invitation", allow_resend: true }),
  cancel_send: async () => ({ communication: (await prepared("Never")).communication_id }),
  sync_delivery_events: async () => {
    const { communication_id: communication, confirmation_code } = await prepared("Heard of");
    await outreach.ask("confirm_send", { communication, confirmation_code });
    world.brevo.report("opened");
    return { campaign: CAMPAIGN };
  },
  import_quicket_registrations: () => file("quicket_registrations"),
  import_quicket_checkins: () => file("quicket_checkins"),
  import_walkup_registrations: () => file("walkup"),
  import_sessionize_data: () => file("sessionize"),
  import_speaker_ratings: async () => {
    await importing.ask("import_sessionize_data", await file("sessionize"));
    return file("ratings");
  },
};

/** What no test of one call says: they stand in tests of their own. */
const ELSEWHERE = [
  "confirm_send",
  "erase_contact",
  "undo_change",
  "export_answer",
  "export_report",
];

async function latest() {
  const { changes } = await outreach.ask("list_changes", { limit: 1 });
  return changes[0];
}

const subjects = ({ about }: { about: { kind: string; id: number }[] }) =>
  about.map(({ kind, id }) => `${kind} ${String(id)}`);

describe("undoing what a tool wrote", () => {
  it("is tried with every tool that writes", () => {
    const writing = [...OUTREACH_TOOLS, ...IMPORT_TOOLS]
      .filter(({ effects }) => !effects.readOnly)
      .map(({ name }) => name);
    expect([...Object.keys(WRITES), ...ELSEWHERE].toSorted()).toEqual(writing.toSorted());
  });

  it.each(Object.keys(WRITES))(
    "leaves no row of %s, and undoing that brings all back",
    async (tool) => {
      const client = tool.startsWith("import_") ? importing : outreach;
      const args = await WRITES[tool]!();
      const before = await allRows(world.database.sql);
      await client.ask(tool, args);
      const after = await allRows(world.database.sql);
      expect(after).not.toEqual(before);

      const change = await latest();
      expect(change).toMatchObject({ tool, undoable: true, why_not: null, undone_at: null });
      const { change: undoing } = await outreach.ask("undo_change", { change: change.id });
      expect(await allRows(world.database.sql)).toEqual(before);
      expect(undoing).toMatchObject({ tool: "undo_change", undoes: change.id });
      const { changes } = await outreach.ask("list_changes", { limit: 2 });
      expect(changes[1].id).toBe(change.id);
      expect(subjects(changes[1])).toEqual(subjects(change));

      await outreach.ask("undo_change", { change: undoing.id });
      expect(await allRows(world.database.sql)).toEqual(after);
      await outreach.ask("undo_change", { change: change.id });
      expect(await allRows(world.database.sql)).toEqual(before);
    },
    60_000,
  );
});

/** Calls that write other rows than the one above of the same tool. */
const OTHERS: [what: string, tool: string, call: Call][] = [
  [
    "asks anew for a mail that is prepared",
    "prepare_send",
    async () => {
      const { communication_id: communication } = await prepared("Asked anew");
      return { communication };
    },
  ],
  [
    "says what a label of ratings means",
    "import_speaker_ratings",
    async () => {
      await importing.ask("import_sessionize_data", await file("sessionize"));
      const answers = [{ id: "1", label: "30. Panel", topic: "6", delivery: "5" }];
      const file_path = await files.write("panel.csv", ratings(answers));
      await importing.ask("import_speaker_ratings", { file_path, event: EVENT });
      const label_mappings = [{ label: "30. Panel", session: "Session 3" }];
      return { file_path, event: EVENT, label_mappings };
    },
  ],
];

describe("undoing a call that", () => {
  it.each(OTHERS)("%s brings all back", async (_what, tool, call) => {
    const client = tool.startsWith("import_") ? importing : outreach;
    const args = await call();
    const before = await allRows(world.database.sql);
    await client.ask(tool, args);
    const change = await latest();
    expect(await allRows(world.database.sql)).not.toEqual(before);
    expect(change).toMatchObject({ tool, undoable: true });
    await outreach.ask("undo_change", { change: change.id });
    expect(await allRows(world.database.sql)).toEqual(before);
  });
});

describe("undo_change", () => {
  it("lets the same call record anew after it, and not before", async () => {
    const post = { campaign: CAMPAIGN, channel: "linkedin_post", title: "Twice" };
    const { communication } = await outreach.ask("log_post", post);
    await outreach.ask("undo_change", { change: (await latest()).id });
    const again = await outreach.ask("log_post", post);
    expect(again).toMatchObject({ replay: false });
    expect(again["communication"].id).not.toBe(communication.id);
  });

  it("refuses what was undone, names the change, and what others built on", async () => {
    await outreach.ask("create_campaign", {
      name: "Layers",
      event: EVENT,
      campaign_type: "general",
    });
    const first = await latest();
    await outreach.ask("log_post", {
      campaign: "Layers",
      channel: "linkedin_post",
      title: "On top",
      status: "draft",
    });
    const second = await latest();
    expect(await outreach.refused("undo_change", { change: first.id })).toMatch(
      new RegExp(
        `Change ${String(first.id)} cannot be undone: .*change ${String(second.id)} \\(log_post\\).* Nothing was written\\.`,
        "u",
      ),
    );
    await outreach.ask("undo_change", { change: second.id });
    expect(await outreach.refused("undo_change", { change: second.id })).toContain(
      "undid it already",
    );
    await outreach.ask("undo_change", { change: first.id });
    expect(await outreach.refused("undo_change", { change: 999_999 })).toContain(
      "There is no change 999999",
    );
  });

  it("refuses rows that other hands changed since", async () => {
    await outreach.ask("create_event", { name: "By hand", event_date: "2026-12-12" });
    const change = await latest();
    await world.database.sql`UPDATE events SET location = 'Elsewhere' WHERE name = 'By hand'`;
    expect(await outreach.refused("undo_change", { change: change.id })).toContain("other hands");
    await world.database.sql`UPDATE events SET location = NULL WHERE name = 'By hand'`;
    await outreach.ask("undo_change", { change: change.id });
  });

  it("refuses a mail that left, and the preparation of one", async () => {
    const { communication_id: communication, confirmation_code } = await prepared("Leaves");
    const preparing = await latest();
    await outreach.ask("confirm_send", { communication, confirmation_code });
    const sending = await latest();
    expect(sending).toMatchObject({ tool: "confirm_send", undoable: false });
    expect(await outreach.refused("undo_change", { change: sending.id })).toContain(
      "a mail that left",
    );
    expect(await outreach.refused("undo_change", { change: preparing.id })).toContain(
      "a mail that left or is under way",
    );
  });

  it("undoes all or nothing while another server writes to the same rows", async () => {
    const other = await world.connect();
    const [person] = world.speakers;
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const title = `Beside ${String(round)}`;
      await outreach.ask("log_send", {
        campaign: CAMPAIGN,
        title,
        sent_at: "2026-03-05T09:00",
        recipients: [{ contact: person }],
      });
      const change = await latest();
      const opened = { event: "opened", at: "2026-03-06", communication: title, contact: person };
      const [undone, told] = await Promise.all([
        outreach.call("undo_change", { change: change.id }),
        other.call("record_delivery_events", { events: [opened] }),
      ]);
      const [row] = await world.database.sql<{ status: string }[]>`
        SELECT recipient.status FROM communications AS mail
        LEFT JOIN communication_recipients AS recipient ON recipient.communication_id = mail.id
        WHERE title = ${title}`;
      const wasTold = !told.isError && told.facts["applied"] === 1;
      outcomes.add(undone.isError ? "told" : "undone");
      expect({ undone: !undone.isError, row: row?.status, wasTold }).toEqual(
        undone.isError
          ? { undone: false, row: "opened", wasTold: true }
          : { undone: true, row: undefined, wasTold: false },
      );
    }
    await other.close();
    console.log(`undone beside another server: ${[...outcomes].join(", ")}`);
  });

  it("undoes once when two ask at once", async () => {
    await outreach.ask("log_post", { campaign: CAMPAIGN, channel: "linkedin_post", title: "Race" });
    const { id } = await latest();
    const answers = await Promise.all(
      [1, 2].map(() => outreach.call("undo_change", { change: id })),
    );
    expect(answers.map(({ isError }) => isError).toSorted()).toEqual([false, true]);
  });

  it("keeps what other hands write as a change of the database's user", async () => {
    await world.database.sql`UPDATE campaigns SET description = 'by hand' WHERE name = 'CFP 2026'`;
    expect(await latest()).toMatchObject({ tool: null, what: "changed 1 field of a campaign" });
  });
});
