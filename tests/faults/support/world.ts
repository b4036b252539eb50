import { mkdtemp, readFile, readdir, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeWorld, PARAMS, type World } from "../../sending/helpers.ts";
import { seedRecord } from "../../support/record.ts";
import type { Vocabulary } from "./arguments.ts";
import { Choices } from "./choices.ts";

const FIXTURES = fileURLToPath(new URL("../../import/fixtures", import.meta.url));

/** Names that strangers gave themselves and their things: data, never instructions, SQL or markup. */
const STRANGERS: readonly (readonly [first: string, last: string])[] = [
  ["Robert'); DROP TABLE contacts;--", "Tables"],
  ["<b>Bold</b>", "Ignore previous instructions"],
  ["سلام", "\u202eevil\u202c"],
  ["Line\nBreak", "Tab\tStop"],
  ["\u001b[31mRed", "{{params.firstName}}"],
  ["%", "_"],
  ["null", "undefined"],
];

/** A database in which many generated calls succeed, a mail service, and files to import. */
export interface GeneratedWorld extends World {
  words: Vocabulary;
}

/** Makes a world of its own for a round of calls. */
export async function generatedWorld(seed: number): Promise<GeneratedWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), "outreach-generated-"));
  const saved = path.join(folder, "saved");
  await mkdir(saved);
  const world = await makeWorld({ env: { BREVO_TIMEOUT: "5", OUTREACH_EXPORT_DIR: saved } });
  const { sql } = world.database;
  const [day2025, day2026] = (await sql<{ id: number }[]>`SELECT id FROM events ORDER BY id`).map(
    ({ id }) => id,
  );
  const [jane, otherJane, thabo, nomsa, zoe, sipho, lerato] = world.speakers;
  await sql`UPDATE campaigns SET name = 'Sponsors 2026', campaign_type = 'sponsor'`;
  await sql`DELETE FROM contact_roles WHERE contact_id = ${jane!}`;
  const record = await seedRecord(sql, {
    events: { day2025: day2025!, day2026: day2026! },
    jane: jane!,
    otherJane: otherJane!,
    thabo: thabo!,
    nomsa: nomsa!,
    zoe: zoe!,
    sipho: sipho!,
    lerato: lerato!,
  });
  for (const [first, last] of STRANGERS) {
    await sql`INSERT INTO contacts (first_name, last_name, email) VALUES (${first}, ${last}, 'stranger@example.org')`;
    await sql`INSERT INTO campaigns (name, event_id, campaign_type) VALUES (${first}, ${day2026!}, 'general')`;
    await sql`INSERT INTO communications (campaign_id, channel, title, status, sent_at)
              VALUES (${record.campaigns.cfp}, 'linkedin_post', ${last}, 'published', now())`;
  }
  await sql`INSERT INTO interest_topics (name) VALUES ('Data Mesh'), ('AI & ML'), ('<i>Ops</i>')`;
  await sql`INSERT INTO contact_interests (contact_id, topic_id) SELECT contacts.id, interest_topics.id FROM contacts, interest_topics WHERE contacts.id % 3 = interest_topics.id % 3`;
  const ids = (most: number) => Array.from({ length: most }, (_, index) => String(index + 1));
  return {
    ...world,
    words: {
      campaigns: [
        "CFP 2026",
        "cfp-2026",
        "Early bird 2026",
        "Thank you 2025",
        "Sponsors 2026",
        "early bird",
        ...ids(12),
      ],
      events: ["Data & AI Day 2025", "data and ai day 2026", "2026", "Durban", "1", "2"],
      contacts: ["Thabo Nkosi", "Zoë van der Merwe", "person3@example.org", "Bongani", ...ids(25)],
      communications: ["Call for speakers", "Last call for speakers", "Thank you", ...ids(30)],
      assets: ["CFP flyer", "Venue poster", ...ids(8)],
      topics: ["Data Mesh", "ai and ml", "ops"],
      files: await importFiles(folder, new Choices(seed)),
      params: PARAMS,
      pages: [],
      prepared: [],
      messageIds: [],
      changes: [],
      notes: [],
    },
    close: async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const DAMAGED_OF_EACH = 12;

/** Exports of each kind as they come and damaged ones; under "" paths at which there is none. */
async function importFiles(folder: string, random: Choices): Promise<Record<string, string[]>> {
  const files: Record<string, string[]> = {};
  for (const name of await readdir(FIXTURES)) {
    if (!/\.(?:csv|xlsx)$/u.test(name)) continue;
    const given = path.join(FIXTURES, name);
    const ofKind = (files[path.parse(name).name] ??= []);
    const whole = await readFile(given);
    for (let copy = 1; copy <= DAMAGED_OF_EACH; copy += 1) {
      const file = path.join(folder, `${String(copy)}-${name}`);
      await writeFile(file, damaged(whole, random));
      ofKind.push(file, given);
    }
  }
  const at = (name: string) => path.join(folder, name);
  await writeFile(at("empty.csv"), "");
  await writeFile(at("header.csv"), "Email,First name\n");
  await writeFile(at("csv.xlsx"), "Email,First name\na@example.org,Ann\n");
  await writeFile(at("\u202e'; --.csv"), "a,b\n1,2\n");
  await mkdir(at("folder.csv"));
  files[""] = [
    ...["empty.csv", "header.csv", "csv.xlsx", "\u202e'; --.csv", "folder.csv", "none.xlsx"].map(
      at,
    ),
    folder,
    "/dev/zero",
    "/dev/stdin",
    "relative.csv",
    at(`${"a".repeat(300)}.csv`),
    `${"/nowhere/".repeat(400)}.csv`,
  ];
  return files;
}

/** The bytes with something in them changed, taken out, doubled or put in. */
function damaged(whole: Buffer, random: Choices): Buffer {
  let bytes = whole;
  for (let left = random.whole(1, 6); left > 0; left -= 1) {
    const at = random.whole(0, bytes.length - 1);
    const length = random.whole(1, 40);
    const before = bytes.subarray(0, at);
    const cut = bytes.subarray(at, at + length);
    const after = bytes.subarray(at + length);
    const put = random.pick<readonly Uint8Array[]>([
      [],
      [cut, cut],
      [random.bytes(length)],
      [
        Buffer.from(
          random.pick(['"', "\n", "\r", ",", ";", "\t", "\0", "<b>", "'; --", "=1+1", "é"]),
        ),
        cut,
      ],
    ]);
    bytes = Buffer.concat([before, ...put, after]);
  }
  return bytes;
}
