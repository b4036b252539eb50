import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateTickets } from "../../workbench/tickets.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { Wire } from "../faults/support/wire.ts";
import { toolsOn } from "./support/in_process.ts";
import { childrenOf } from "./support/observed.ts";
import { tempFiles } from "./support/temp_files.ts";

const EVENT = "Data Day";

describe("an import that is cancelled", () => {
  const files = tempFiles();
  let database: TestDatabase;
  let tools: ReturnType<typeof toolsOn>;
  let file_path: string;

  beforeAll(async () => {
    database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
    tools = toolsOn(database.url);
    file_path = await files.write("tickets.csv", generateTickets(5000).csv);
  });
  afterAll(async () => {
    await tools.leave();
    await database.drop();
  });

  const rows = async () => {
    const [counted] = await database.sql`
      SELECT (SELECT count(*)::int FROM contacts) + (SELECT count(*)::int FROM tickets)
           + (SELECT count(*)::int FROM contact_roles) + (SELECT count(*)::int FROM interest_topics) AS rows`;
    return counted!["rows"] as number;
  };
  /** Connections in a transaction, beside the one that asks. */
  const busy = async () => {
    const [found] = await database.sql`
      SELECT count(*)::int AS busy FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`;
    return found!["busy"] as number;
  };
  /** Imports, and cancels when the import says that it has come so far. */
  const importing = (isTime: (message: string) => boolean, also?: () => Promise<void>) => {
    const controller = new AbortController();
    const call = tools.call(
      "import_quicket_registrations",
      { file_path, event: EVENT },
      {
        signal: controller.signal,
        progress: async (_done, _total, message) => {
          if (!isTime(message)) return;
          await also?.();
          controller.abort(new Error("cancelled by the client"));
        },
      },
    );
    return { call, controller };
  };

  it.each([
    ["once the file is read", /rows read/u],
    ["before it is planned", /looked up/u],
    ["once it is planned", /^planned/u],
    ["once people are written", /contacts written/u],
    ["once tickets are written", /tickets written/u],
    ["once all is written", /interests written/u],
  ])("%s ends, writes nothing and frees its connection", async (_when, message) => {
    const { call } = importing((said) => message.test(said));
    const answer = await call;
    expect(answer).toMatchObject({
      isError: true,
      text: "The import was cancelled. Nothing was written.",
    });
    expect(await rows()).toBe(0);
    await expect.poll(busy).toBe(0);
  });

  it("while the file is read ends at once", async () => {
    const { call, controller } = importing(() => false);
    setTimeout(() => controller.abort(new Error("cancelled by the client")), 30);
    expect((await call).text).toBe("The import was cancelled. Nothing was written.");
    expect(await rows()).toBe(0);
    await expect.poll(busy).toBe(0);
  });

  it("while it is planned ends at the next pause", async () => {
    const { call, controller } = importing((message) => {
      if (/looked up/u.test(message)) setImmediate(() => controller.abort());
      return false;
    });
    expect((await call).text).toBe("The import was cancelled. Nothing was written.");
    expect(await rows()).toBe(0);
  });

  it.runIf(process.platform === "linux")(
    "through a server leaves no process behind, nor does a server that is closed meanwhile",
    async () => {
      const wire = new Wire({ server: "import", env: { DATABASE_URL: database.url } });
      await wire.open();
      const large = await files.write("large.csv", generateTickets(50_000).csv);
      const id = wire.nextId();
      void wire.call("import_quicket_registrations", { file_path: large, event: EVENT });
      await expect.poll(() => childrenOf(wire.child.pid!), { timeout: 20_000 }).toHaveLength(1);
      wire.cancel(id);
      await expect.poll(() => childrenOf(wire.child.pid!), { timeout: 5_000 }).toEqual([]);
      await expect.poll(busy, { timeout: 5_000 }).toBe(0);

      void wire.call("import_quicket_registrations", { file_path: large, event: EVENT });
      await expect.poll(() => childrenOf(wire.child.pid!), { timeout: 20_000 }).toHaveLength(1);
      const [reader] = await childrenOf(wire.child.pid!);
      await wire.close();
      await expect.poll(() => lives(reader!), { timeout: 5_000 }).toBe(false);
      expect(await rows()).toBe(0);
    },
  );
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
