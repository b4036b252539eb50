import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect, GENERATIONS, type TestClient } from "../../workbench/client.ts";
import { connectInProcess } from "../../workbench/in_process.ts";

const SERVERS = ["organiser", "outreach", "import"] as const;
const ALL = { DATABASE_URL: "postgres://u@127.0.0.1:1/none" };
const READ_ONLY = { ...ALL, OUTREACH_READ_ONLY: "1" };

describe.each(SERVERS)("what the build wrote down of the %s server's tools", (server) => {
  describe.each([
    ["all of them", ALL],
    ["in read-only mode", READ_ONLY],
  ])("%s", (_, env) => {
    it.each(GENERATIONS)("is what the sources make of them, over %s", async (generation) => {
      const options = { server, env, generation };
      const sources = await connectInProcess(options);
      const built = await connect(options);
      expect(await built.tools()).toEqual(await sources.tools());
      await built.close();
      await sources.close();
    });
  });

  it("is only of questions where the environment cannot be read", async () => {
    const built = await connect({ server, env: { OUTREACH_READ_ONLY: "perhaps" } });
    const sources = await connectInProcess({ server, env: READ_ONLY });
    expect(await built.tools()).toEqual(await sources.tools());
    await built.close();
    await sources.close();
  });
});

describe("a built server whose tools cannot be loaded", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "event-outreach-listed-"));
    const dist = fileURLToPath(new URL("../../dist", import.meta.url));
    await cp(dist, folder, { recursive: true });
    const tools = (await readdir(folder)).filter((name) => /^tools-\w+\.js$/u.test(name));
    expect(tools).toHaveLength(SERVERS.length);
    for (const name of tools) await rm(path.join(folder, name));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(SERVERS)("%s: lists them all the same, and lives on", async (server) => {
    const whole = await connect({ server, env: ALL });
    const broken: TestClient = await connect({ server, env: ALL, dist: folder });
    const tools = await whole.tools();
    expect(await broken.tools()).toEqual(tools);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await broken.tools()).toEqual(tools);
    expect(broken.stderr()).toBe("");
    await broken.close();
    await whole.close();
  });

  it("says no path where its prompts cannot be loaded either", async () => {
    for (const name of await readdir(folder))
      if (name.startsWith("prompts-")) await rm(path.join(folder, name));
    const broken = await connect({ server: "organiser", env: ALL, dist: folder });
    const refused = await broken.prompts().catch((error: unknown) => String(error));
    expect(refused).toContain("The prompts cannot be loaded.");
    expect(refused).not.toContain(folder);
    await broken.close();
  });
});
