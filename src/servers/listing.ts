import { readFile, writeFile } from "node:fs/promises";
import type { ToolDefinition } from "../mcp/definition.ts";
import type { BySet } from "./tools_by_set.ts";

/** The servers there are, by the names of their folders and bundles. */
export type Server = "organiser" | "outreach" | "import";

/** Lies beside the bundles, and nowhere among the sources. */
function place(server: Server): URL {
  return new URL(`${server}.tools.json`, import.meta.url);
}

/** Writes down, beside this very bundle, what a server answers to `tools/list`, by group. */
export async function writeDown(server: Server, tools: BySet<ToolDefinition>): Promise<void> {
  await writeFile(place(server), JSON.stringify(tools));
}

/** What was written down of a server's tools; undefined where nothing can be read, as from the sources. */
export async function writtenDown(server: Server): Promise<BySet<ToolDefinition> | undefined> {
  try {
    return JSON.parse(await readFile(place(server), "utf8")) as BySet<ToolDefinition>;
  } catch {
    return undefined;
  }
}
