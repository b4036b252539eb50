import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { freshDatabase } from "../support/database.ts";

const MEBIBYTE = "x".repeat(1024 * 1024);

it.each(["outreach", "import"])(
  "the %s server ends after a line over 10 MiB instead of hearing nothing any more",
  async (name) => {
    const database = await freshDatabase();
    await database.sql`INSERT INTO events (name, event_date) VALUES ('Data Day', '2026-11-14')`;
    const server = spawn(
      process.execPath,
      [fileURLToPath(new URL(`../../dist/${name}.js`, import.meta.url))],
      { env: { PATH: process.env.PATH ?? "", DATABASE_URL: database.url }, stdio: "pipe" },
    );
    server.stdin.on("error", () => undefined);
    const gone = new Promise((resolve) => server.once("exit", resolve));
    let stdout = "";
    const answered = new Promise((resolve) => {
      server.stdout.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        if (stdout.endsWith("\n")) resolve(stdout);
      });
    });
    const call = (id: number, tool: string, args: object) =>
      JSON.stringify({
        jsonrpc: "2.0",
        id,
        method: "tools/call",
        params: { name: tool, arguments: args },
      });
    // An open database is what would keep a deaf server alive.
    const opening =
      name === "outreach"
        ? call(1, "list_events", {})
        : call(1, "preview_import", {
            file_path: fileURLToPath(new URL("../import/fixtures/walkup.csv", import.meta.url)),
            event: "Data Day",
            import_type: "walkup",
          });
    server.stdin.write(`${opening}\n`);
    expect(JSON.parse(String(await answered))).toMatchObject({ id: 1, result: {} });

    const event = { name: "Too long", event_date: "2026-05-05", description: "DESCRIPTION" };
    const [before = "", after = ""] = call(2, "create_event", event).split("DESCRIPTION");
    server.stdin.write(before);
    for (let written = 0; written < 11; written += 1) server.stdin.write(MEBIBYTE);
    server.stdin.write(`${after}\n`);

    expect(await gone).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect((await database.sql`SELECT name FROM events`).map((row) => row["name"])).toEqual([
      "Data Day",
    ]);
    await database.drop();
  },
);
