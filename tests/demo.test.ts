import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calendar } from "../demo/calendar.ts";
import { everybody } from "../demo/people.ts";
import { embeddedStatus } from "../src/database/embedded/index.ts";
import { DateTime } from "luxon";
import { casesOf } from "./support/matrix.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Run {
  output: string;
  errors: string;
  code: number | null;
  pid: number;
}

/** What happens to a run, and when: where its output holds some words, or something is so. */
interface Stop {
  at: string | (() => Promise<boolean>);
  /** `group`: as a terminal does it, to the processes that it started too. */
  by: "SIGKILL" | "SIGINT" | "SIGINT to the group";
}

/** Runs the demo as `npm run demo` does. */
function demo(folder: string, stop?: Stop): Promise<Run> {
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
      detached: true,
    });
    const run: Run = { output: "", errors: "", code: null, pid: child.pid! };
    let stopped = stop === undefined;
    const stopAt = () => {
      if (stop === undefined || stopped) return;
      stopped = true;
      if (stop.by === "SIGINT to the group") process.kill(-child.pid!, "SIGINT");
      else child.kill(stop.by);
    };
    const watch = async (happened: () => Promise<boolean>) => {
      while (!stopped && !(await happened())) await pause(5);
      stopAt();
    };
    if (typeof stop?.at === "function") void watch(stop.at);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      run.output += text;
      if (typeof stop?.at === "string" && run.output.includes(stop.at)) stopAt();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (run.errors += text));
    child.on("close", (code) => {
      stopped = true;
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
    const kill = (at: string) => demo(folder, { at, by: "SIGKILL" });
    killed = [await kill("import_quicket_registrations:"), await kill("log_send:")];
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
    const timeless = (text: string) => text.replace(/\d\d:\d\d(?::\d\d)?/gu, "hh:mm");
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
  //
  // The reminder goes to the 17 less the one without e-mail, the bounced one and one who wants no more;
  // two of the 14 share a mailbox. All 14 are asked for and 13 delivered, 1 comes back, 6 are opened, of
  // these 2 clicked: 36 events. The thank-you goes to those 14 less the one whose mail came back, a mail each,
  // as the two who spoke together share one session and nobody had two.
  it.each([
    [
      "import_sessionize_data",
      "2025: 16 sessions added, 0 updated, 0 unchanged; 17 speakers added.",
    ],
    ["preview_import", "2025, of which it takes 50, would add 50 tickets, 11 contacts,"],
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
    [
      "create_campaign",
      "Created the campaign CFP 2026 for Data & AI Day 2026, as a draft (the default status).",
    ],
    [
      "find_audience",
      "16 of 16 people shown. Left out: 1 without an e-mail; they match the filters too, 17 people in all.",
    ],
    ["log_send", "Recorded 16 of 16 recipients"],
    ["log_send", "All 16 recipients"],
    ["record_delivery_events", "30 of 30 events recorded"],
    ["log_post", "Recorded"],
    ["create_asset", 'Recorded the flyer "CFP flyer"'],
    ["record_distribution", '"CFP flyer" was shared (linkedin)'],
    ["record_distribution", '"CFP flyer" was shared (whatsapp)'],
    ["list_assets", '"CFP flyer", shared 2 times (linkedin, whatsapp).'],
    ["query_registrations", "5 of 18 registrations name CFP 2026 as their source"],
    ["query_registrations", "6 people of the 15 it reached registered after its first mail"],
    ["list_templates", "6 of 6 templates match."],
    ["list_templates", "CFP invitation filled from the record"],
    ["list_templates", "Speaker logistics asks for equipment"],
    ["update_event", "Changed facts.cfp_closes, facts.submit_url of Data & AI Day 2026."],
    ["set_suppression", "anathi.ngcobo@example.org) gets no more mails."],
    [
      "prepare_send",
      'Prepared, not sent: "CFP reminder" to 14 people, 3 left out: Ayanda Mthembu, Fatima Patel',
    ],
    [
      "prepare_send",
      "no_email Bongani Khumalo unsubscribed Anathi Ngcobo bounced Michael O'Connor",
    ],
    ["prepare_send", 'nobody is left to send "CFP reminder" to; 17 left out.'],
    ["confirm_send", 'Brevo accepted 14 of 14 mails "CFP reminder".'],
    ["confirm_send", "The stand-in has 14 mails in 13 mailboxes"],
    ["sync_delivery_events", "36 of 36 events were new, 14 people's status changed. 1 address was"],
    ["prepare_send", 'Prepared, not sent: "Speaker thank-you" to 13 people'],
    ["confirm_send", 'Brevo accepted 13 of 13 mails "Speaker thank-you".'],
    ["query_recipients", "6 of 6 recipients shown: 6 people; 4 opened, 2 clicked."],
    ["query_contact_history", "CFP reminder left out: unsubscribed"],
    ["update_campaign", "Changed status of the campaign CFP 2026."],
  ])("tells what %s answered: %s", (tool, words) => {
    const { last, next } = calendar().years;
    const expected = words.replaceAll("2025", String(last)).replaceAll("2026", String(next));
    const answers = flat(run.output)
      .split(/(?=\b[a-z]+_[a-z_]+: )/u)
      .filter((answer) => answer.startsWith(`${tool}: `));
    expect(answers).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  it("says that nothing leaves the machine, and asks a person before it sends", () => {
    const told = flat(run.output);
    expect(told).toContain("a stand-in for Brevo on this machine: nothing leaves it");
    const question = told.indexOf("? Send this mail to 14 people?");
    expect(question).toBeGreaterThan(told.indexOf("> Send it."));
    expect(told.indexOf("the demo says yes in their place")).toBeGreaterThan(question);
    expect(told.indexOf("confirm_send: Brevo accepted")).toBeGreaterThan(question);
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

describe("a demo that is interrupted", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "event-outreach-demo-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const moments = [
    { at: "== 1. The exports", by: "SIGINT" },
    { at: "== 2. The campaign", by: "SIGINT to the group" },
    { at: "> Send it.", by: "SIGINT" },
    { at: "> What became", by: "SIGINT to the group" },
  ] as const;
  it.each(casesOf(moments, moments.slice(1, 2)))(
    "$by at $at: stops what it started",
    async (stop) => {
      const run = await demo(folder, stop);
      expect([run.code, run.errors]).toEqual([130, ""]);
      expect(run.output).toContain(stop.at);
      expect(run.output).not.toContain("The CFP is over.");
      // Neither a server nor the database, which is in a group of its own.
      expect(() => process.kill(-run.pid, 0)).toThrow("ESRCH");
      const status = await embeddedStatus({ dataDirectory: path.join(folder, "data-demo") });
      expect(status.state).toBe("stopped");
    },
  );
});

describe("a demo that is interrupted while it makes its database", () => {
  it.each(casesOf([0, 100, 200], [100]))(
    "%i ms after initdb's last step: leaves none that cannot be used",
    async (later) => {
      const folder = await mkdtemp(path.join(tmpdir(), "event-outreach-demo-"));
      const data = path.join(folder, "data-demo");
      const stop = { at: async () => (await hasInitdbDone(data)) && pause(later, true) };
      const run = await demo(folder, { ...stop, by: "SIGINT to the group" });
      expect([run.code, run.errors, run.output]).toEqual([130, "", ""]);
      const { state } = await embeddedStatus({ dataDirectory: data });
      expect(["absent", "stopped"]).toContain(state);
      await rm(folder, { recursive: true, force: true });
    },
  );

  async function hasInitdbDone(data: string): Promise<boolean> {
    const names = await readdir(data).catch(() => []);
    return names.some((name) => existsSync(path.join(data, name, "data/base/5/PG_VERSION")));
  }
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
