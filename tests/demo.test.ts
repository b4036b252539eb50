import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calendar } from "../demo/calendar.ts";
import { everybody } from "../demo/people.ts";
import { DateTime } from "luxon";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Run {
  output: string;
  errors: string;
  code: number | null;
}

/** Runs the demo as `npm run demo` does; `killAt`: kills it when its output holds these words. */
function demo(folder: string, killAt?: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(ROOT, "dist/cli.js"), "demo"], {
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        OUTREACH_DATA_DIR: path.join(folder, "data"),
        // Neither of these may be looked at.
        DATABASE_URL: "postgres://nobody:secret@127.0.0.1:1/nowhere",
        OUTREACH_READ_ONLY: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const run: Run = { output: "", errors: "", code: null };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      run.output += text;
      if (killAt !== undefined && run.output.includes(killAt)) child.kill("SIGKILL");
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (run.errors += text));
    child.on("close", (code) => {
      resolve({ ...run, code });
    });
  });
}

/** One line of words, so that it does not matter where lines were broken. */
function flat(text: string): string {
  return text.replace(/\s+/gu, " ");
}

describe("the demo", () => {
  let folder: string;
  let killed: Run[];
  let run: Run;
  let again: Run;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "event-outreach-demo-"));
    killed = [await demo(folder, "import_quicket_registrations:"), await demo(folder, "log_send:")];
    run = await demo(folder);
    again = await demo(folder);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("runs to its end, also after runs that were killed, and again", () => {
    expect(killed.map(({ code }) => code)).toEqual([null, null]);
    expect(killed[0]?.output).not.toContain("log_send:");
    expect(killed[1]?.output).not.toContain("query_recipients:");
    expect([run.code, run.errors]).toEqual([0, ""]);
    expect([again.code, again.errors]).toEqual([0, ""]);
    const timeless = (text: string) => text.replace(/\d\d:\d\d/gu, "hh:mm");
    expect(timeless(again.output)).toBe(timeless(run.output));
  });

  it("has its own folder beside the user's, which it does not make", async () => {
    expect(await readdir(folder)).toEqual(["data-demo"]);
  });

  it("fits a terminal", () => {
    const widest = Math.max(...run.output.split("\n").map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(88);
  });

  // Worked out from the lists in demo/. Last year's file holds 50 tickets and a shirt: of the 50 people 17
  // are known as speakers, 4 as sponsors and 18 from the year before. 5 did not come; of the 6 forms filled
  // in at the door 2 are one person's. Of 16 sessions one had two speakers, so 3 of the 48 answers count
  // twice. This year's 19 tickets bring the three who were never there.
  //
  // 17 spoke last year, one has no e-mail; of the 16
  // who had the mail 5 clicked, 5 more opened it, 4 have it, 1 bounced and of 1 nothing is known. 18 are
  // registered, of whom 5 name the campaign; of the 15 it reached 6 registered after the mail.
  it.each([
    [
      "import_sessionize_data",
      "2025: 16 sessions added, 0 updated, 0 unchanged; 17 speakers added.",
    ],
    ["preview_import", "2025 would add 50 tickets, 11 contacts,"],
    [
      "import_quicket_registrations",
      "2025: 50 tickets added, 0 updated, 1 skipped; 11 people added.",
    ],
    [
      "import_quicket_registrations",
      "2025: 0 tickets added, 0 updated, 51 skipped; 0 people added.",
    ],
    ["import_quicket_checkins", "2025: 45 checked in, 0 were already, 5 did not come, 0 late"],
    ["import_walkup_registrations", "2025: 5 walk-ins added, 1 skipped; 5 people added."],
    ["import_speaker_ratings", "2025: 51 ratings of 16 sessions added, 0 skipped."],
    [
      "import_quicket_registrations",
      "2026: 19 tickets added, 0 updated, 1 skipped; 3 people added.",
    ],
    ["create_campaign", "Created the campaign CFP 2026 for Data & AI Day 2026."],
    ["find_audience", "16 of 16 people shown. Left out: 1 without an e-mail."],
    ["log_send", "Recorded 16 of 16 recipients"],
    ["log_send", "Recorded 0 of 16 recipients"],
    ["record_delivery_events", "30 of 30 events recorded"],
    ["log_post", "Recorded"],
    ["create_asset", 'Recorded the flyer "CFP flyer"'],
    ["record_distribution", '"CFP flyer" was shared (linkedin)'],
    ["record_distribution", '"CFP flyer" was shared (whatsapp)'],
    ["list_assets", '"CFP flyer", shared 2 times (linkedin, whatsapp).'],
    ["query_registrations", "5 of 18 registrations name CFP 2026 as their source"],
    ["query_registrations", "6 people of the 15 it reached registered after its first mail"],
    ["update_campaign", "Changed status of the campaign CFP 2026."],
  ])("tells what %s answered: %s", (tool, words) => {
    const { last, next } = calendar().years;
    const expected = words.replaceAll("2025", String(last)).replaceAll("2026", String(next));
    const answers = flat(run.output)
      .split(/(?=\b[a-z]+_[a-z_]+: )/u)
      .filter((answer) => answer.startsWith(`${tool}: `));
    expect(answers).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  it("prints what the README quotes from it", () => {
    const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
    const [, quoted = ""] = /^```text\n([\s\S]*?)^```/mu.exec(readme) ?? [];
    const undated = (text: string) =>
      flat(
        text
          .replace(
            /\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)/gu,
            "DAY",
          )
          .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/gu, "TIME")
          .replace(/20\d\d/gu, "YEAR"),
      );
    const parts = quoted.split(/\n\n/u).filter((part) => part.trim() !== "");
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) expect(undated(run.output)).toContain(undated(part).trim());
  });
});

describe("the demo's world", () => {
  it("has some sixty people, one mailbox with two, two of one name, one without e-mail", () => {
    const people = everybody();
    const twice = (values: (string | null)[]) =>
      values.filter((value, index) => value !== null && values.indexOf(value) !== index);
    expect(people).toHaveLength(61);
    expect(twice(people.map(({ email }) => email))).toEqual(["nkosi@example.org"]);
    expect(twice(people.map((person) => `${person.first_name} ${person.last_name}`))).toEqual([
      "Jane Smith",
    ]);
    expect(people.filter(({ email }) => email === null)).toHaveLength(1);
    expect(people.filter(({ email }) => email && !/^[a-z.]+@example\.org$/u.test(email))).toEqual(
      [],
    );
  });

  it.each(["2026-01-01", "2026-02-28", "2026-09-03", "2026-12-12", "2026-12-31", "2028-02-29"])(
    "is whole on %s: the next event is of that year and not over, the others are past",
    (today) => {
      const { years, days, ago, ahead } = calendar(
        DateTime.fromISO(today, { zone: "Africa/Johannesburg" }),
      );
      const year = Number(today.slice(0, 4));
      expect(years).toEqual({ before: year - 2, last: year - 1, next: year });
      expect(days.next.slice(0, 4)).toBe(String(year));
      expect(days.next >= today).toBe(true);
      expect(days.last < today && days.before < days.last).toBe(true);
      expect(ago(1, "09:00") < `${today}T00:00`).toBe(true);
      expect(ahead("last", 1, "09:00") < days.last).toBe(true);
    },
  );
});
