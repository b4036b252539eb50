import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ownCommand } from "../../src/own_command.ts";
import { connectInProcess } from "../../workbench/in_process.ts";
import { temporary } from "../embedded/helpers.ts";
import { emptyDatabase } from "../support/database.ts";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));

it("names a command as it can be typed where the program lies", async () => {
  const folder = await temporary();
  const inPlace = async (...place: string[]) => {
    const dist = path.join(folder, ...place, "dist");
    await mkdir(dist, { recursive: true });
    await writeFile(path.join(dist, "cli.js"), "");
    return dist;
  };
  const plain = await inPlace("clone");
  const spaced = await inPlace("my events");
  const installed = await inPlace("lib", "node_modules", "event-outreach");
  const byNpx = await inPlace("_npx", "1f", "node_modules", "event-outreach");
  expect(ownCommand("migrate", plain, false)).toBe(`node ${path.join(plain, "cli.js")} migrate`);
  expect(ownCommand("migrate", spaced, false)).toBe(
    `node "${path.join(spaced, "cli.js")}" migrate`,
  );
  expect(ownCommand("connect cursor", installed, false)).toBe("event-outreach connect cursor");
  expect(ownCommand("migrate", byNpx, false)).toBe("npx event-outreach migrate");
  // From a terminal in the folder itself it is short.
  expect(ownCommand("migrate", DIST, true)).toBe(`node ${path.join("dist", "cli.js")} migrate`);
  expect(ownCommand("migrate", plain, true)).toBe(`node ${path.join(plain, "cli.js")} migrate`);
  expect(ownCommand("migrate", path.join(folder, "nothing"), true)).toBe("event-outreach migrate");
});

it("is what a server says to run where the tables are not there yet", async () => {
  const empty = await emptyDatabase();
  const client = await connectInProcess({ env: { DATABASE_URL: empty.url } });
  const { text, isError } = await client.call("list_events", {});
  await client.close();
  await empty.drop();
  expect([isError, text]).toEqual([
    true,
    `The database does not have this version's tables yet; run \`event-outreach migrate\` (here: \`node ${path.join(DIST, "cli.js")} migrate\`) once, then ask again.`,
  ]);
});
