import { Client as ModernClient } from "@modelcontextprotocol/client";
import { StdioClientTransport as ModernTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolder } from "../embedded/helpers.ts";
import { GENERATIONS, connect, type Generation } from "../../workbench/client.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { QUICKET_COLUMNS, csv, ticket } from "../../workbench/exports.ts";
import { fixture } from "./support/fixture.ts";
import { tempFiles } from "./support/temp_files.ts";

const EVENT = "Data Day";
const NEVER = new AbortController().signal;

const guests = csv([
  QUICKET_COLUMNS,
  ...Array.from({ length: 300 }, (_, n) =>
    ticket({
      "Ticket Number": String(1000 + n),
      "First name": "Guest",
      Surname: `Number${String(n)}`,
      Email: `guest${String(n)}@example.org`,
      "Area of Interest": `Topic ${String(n % 9)}`,
    }),
  ),
]);

interface Progress {
  progress: number;
  total?: number | undefined;
  message?: string | undefined;
}

/** What a call may come with. */
interface Watching {
  onprogress: (progress: Progress) => void;
  signal: AbortSignal;
}

/** A client that can ask for progress and cancel a call. */
async function watcher(generation: Generation, env: Record<string, string>) {
  const command = {
    command: process.execPath,
    args: [fileURLToPath(new URL("../../dist/import.js", import.meta.url))],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
  };
  if (generation === "2026-07-28") {
    const client = new ModernClient(
      { name: "test", version: "1" },
      { versionNegotiation: { mode: { pin: "2026-07-28" } } },
    );
    await client.connect(new ModernTransport(command));
    return {
      call: (name: string, args: Record<string, unknown>, watching: Watching) =>
        client.callTool({ name, arguments: args }, watching),
      close: () => client.close(),
    };
  }
  const client = new OlderClient({ name: "test", version: "1" });
  await client.connect(new OlderTransport(command));
  return {
    call: (name: string, args: Record<string, unknown>, watching: Watching) =>
      client.callTool({ name, arguments: args }, undefined, watching),
    close: () => client.close(),
  };
}

describe.each(GENERATIONS)("a long import over %s", (generation) => {
  const files = tempFiles();
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
  });
  afterAll(() => database.drop());

  const people = async () => {
    const [row] = await database.sql<
      { count: number }[]
    >`SELECT count(*)::int AS count FROM contacts`;
    return row!.count;
  };

  it("is rolled back when the client cancels it, and the server goes on", async () => {
    const client = await watcher(generation, { DATABASE_URL: database.url });
    const file_path = await files.write("guests.csv", guests);
    const cancel = new AbortController();
    let read: () => void = () => undefined;
    const isRead = new Promise<void>((resolve) => {
      read = resolve;
    });
    let outcome: Promise<unknown> | undefined;
    // Whoever adds people holds this lock: the import waits in the middle.
    await database.sql.begin(async (sql) => {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended('event-outreach: create contact', 0))`;
      outcome = client
        .call(
          "import_quicket_registrations",
          { file_path, event: EVENT },
          { signal: cancel.signal, onprogress: read },
        )
        .then(
          () => "answered",
          () => "cancelled",
        );
      await isRead;
      cancel.abort(new Error("changed my mind"));
      await pause(200);
    });
    expect(await outcome).toBe("cancelled");

    // The next import waits for the transaction of the first to end.
    const args = { file_path: fixture("walkup.csv"), event: EVENT };
    await client.call("import_walkup_registrations", args, {
      onprogress: () => undefined,
      signal: NEVER,
    });
    expect(await people()).toBe(4);
    await client.close();
  });

  it("tells a client that asks how far it has come", async () => {
    const client = await watcher(generation, { DATABASE_URL: database.url });
    const file_path = await files.write("guests.csv", guests);
    const heard: Progress[] = [];
    await client.call(
      "import_quicket_registrations",
      { file_path, event: EVENT },
      { onprogress: (progress) => heard.push(progress), signal: NEVER },
    );
    expect(heard.map(({ progress, total }) => [progress, total])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((step) => [step, 7]),
    );
    expect(heard[0]!.message).toBe("300 rows read");
    await client.close();
  });
});

describe("at once", () => {
  const files = tempFiles();

  it("two imports of one file and a logged send add each person once", async () => {
    const database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
    const env = { DATABASE_URL: database.url };
    const file_path = await files.write("guests.csv", guests);
    const [one, other, outreach] = await Promise.all([
      connect({ server: "import", env }),
      connect({ server: "import", env }),
      connect({ env }),
    ]);
    await outreach.ask("create_campaign", { name: "CFP", event: EVENT, campaign_type: "cfp" });
    const recipients = Array.from({ length: 200 }, (_, n) => ({
      email: `guest${String(n)}@example.org`,
      name: `Guest Number${String(n)}`,
    }));
    const args = { file_path, event: EVENT };
    const [first, second, sent] = await Promise.all([
      one.ask("import_quicket_registrations", args),
      other.ask("import_quicket_registrations", args),
      outreach.ask("log_send", {
        campaign: "CFP",
        title: "Speak",
        recipients,
        unknown_contacts: "create",
      }),
    ]);
    const added = [first, second].map(({ tickets }) => tickets.created as number);
    expect(added.sort((a, b) => a - b)).toEqual([0, 300]);
    expect(sent.recorded).toBe(200);
    const [stored] = await database.sql`
      SELECT count(*)::int AS people, count(DISTINCT email)::int AS mailboxes,
             (SELECT count(*)::int FROM tickets) AS tickets, (SELECT count(*)::int FROM interest_topics) AS topics
      FROM contacts`;
    expect(stored).toEqual({ people: 300, mailboxes: 300, tickets: 300, topics: 9 });
    await Promise.all([one.close(), other.close(), outreach.close()]);
    await database.drop();
  });

  it("both servers stand on one embedded database", async () => {
    const folder = await dataFolder();
    const env = { OUTREACH_DATA_DIR: folder };
    const [imports, outreach] = await Promise.all([
      connect({ server: "import", env }),
      connect({ env }),
    ]);
    await Promise.all([
      outreach.ask("create_event", { name: EVENT, event_date: "2026-11-14" }),
      imports.call("preview_import", {
        file_path: fixture("walkup.csv"),
        event: EVENT,
        import_type: "walkup",
      }),
    ]);
    await imports.ask("import_walkup_registrations", {
      file_path: fixture("walkup.csv"),
      event: EVENT,
    });
    const found = await outreach.ask("find_contacts", { event: EVENT, role: "attendee" });
    expect(found.total).toBe(4);
    await Promise.all([imports.close(), outreach.close()]);
  });
});
