import { cp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { connect } from "../../workbench/client.ts";
import { temporary } from "../embedded/helpers.ts";

const SENTENCE =
  /^A part of event-outreach is missing: it was updated or removed while this server ran\. Start the server again/u;

/** A server of a copy of the program, all of whose other files an update then takes away. */
async function updatedUnderAServer(part: RegExp) {
  const root = await temporary();
  const dist = path.join(root, "dist");
  await cp(fileURLToPath(new URL("../../dist", import.meta.url)), dist, { recursive: true });
  const env = { DATABASE_URL: "postgres://u@127.0.0.1:1/none" };
  // Of this generation, whose first words the server has answered when it is connected.
  const client = await connect({ server: "organiser", generation: "2025-11-25", dist, env });
  onTestFinished(() => client.close());
  for (const name of await readdir(dist)) if (part.test(name)) await rm(path.join(dist, name));
  return client;
}

it("a server whose files an update took away says so, and what to do", async () => {
  const client = await updatedUnderAServer(/^(?:tools|call|chunk|definition)-/u);
  expect(await client.refused("list_events")).toMatch(SENTENCE);
});

it("also where only a part that a call itself loads is gone", async () => {
  const client = await updatedUnderAServer(/^rules-/u);
  expect(await client.refused("list_events")).toMatch(SENTENCE);
});
