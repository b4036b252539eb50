import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { embeddedStatus } from "../../src/database/embedded/index.ts";
import { INTERVAL } from "../../src/database/embedded/processes/watcher.ts";
import { connect } from "../../workbench/client.ts";
import { dataFolder, isRunning, serverOf, startHolder, until } from "./helpers.ts";

vi.setConfig({ testTimeout: 120_000 });

const isWindows = process.platform === "win32";

/** The watchers of a data folder: process numbers. */
function watchersOf(dataDirectory: string): number[] {
  const lines = execFileSync("ps", ["-axo", "pid=,command="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes("/bin/sh -c") || line.includes("read -r server"))
    .filter((line) => line.includes(dataDirectory))
    .map((line) => Number.parseInt(line, 10));
}

test.skipIf(isWindows)(
  "a database whose last server was killed is gone by itself, and not before",
  async () => {
    const dataDirectory = await dataFolder();
    const env = { OUTREACH_DATA_DIR: dataDirectory };
    const [one, two] = [await connect({ env }), await connect({ env })];
    await one.ask("list_events");
    const database = await serverOf(dataDirectory);
    await two.ask("list_events");
    await until(async () => (await embeddedStatus({ dataDirectory })).users === 2);
    expect(await readdir(path.join(dataDirectory, "users"))).toHaveLength(2);

    process.kill(one.pid, "SIGKILL");
    await pause((INTERVAL + 5) * 1000);
    expect(await isRunning(database)).toBe(true);
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "running", users: 1 });
    expect(await readdir(path.join(dataDirectory, "users"))).toHaveLength(1);

    process.kill(two.pid, "SIGKILL");
    const killed = performance.now();
    await until(async () => !(await isRunning(database)));
    expect(performance.now() - killed).toBeLessThan(60_000);
    expect(await embeddedStatus({ dataDirectory })).toMatchObject({ state: "stopped" });
    await until(() => watchersOf(dataDirectory).length === 0);
    expect((await readdir(dataDirectory)).sort()).toEqual(["cluster", "postgres.log"]);
  },
);

test.skipIf(isWindows)(
  "one that is used by a process without a note is left alone, and a watcher ends with its server",
  async () => {
    const dataDirectory = await dataFolder();
    const env = { OUTREACH_DATA_DIR: dataDirectory };
    const first = await connect({ env });
    await first.ask("list_events");
    const holder = await startHolder(dataDirectory);
    await holder.ask("attach");
    const database = await serverOf(dataDirectory);
    await until(() => watchersOf(dataDirectory).length === 1);
    execFileSync("rm", ["-rf", path.join(dataDirectory, "users")]);
    await first.close();
    await pause((INTERVAL + 5) * 1000);
    expect(await isRunning(database)).toBe(true);
    expect(await holder.ask("lost")).toEqual({ lost: false });
    await holder.ask("release");
    expect(await isRunning(database)).toBe(false);
    await until(() => watchersOf(dataDirectory).length === 0);
  },
);
