import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CLIENTS, type Machine } from "./clients.ts";
import { ENTRY } from "./entry.ts";
import { isRecord } from "./format.ts";

/** A bundle or plugin of ours, by which a client starts the server without an entry in its settings. */
export interface Installation {
  /** The client, as it is named on the command line. */
  client: string;
  kind: "bundle" | "plugin";
  version: string;
}

/** Our bundle in Claude Desktop and our plugin in Claude Code, where they are; what cannot be read is not there. */
export function installationsOn(machine: Machine): Installation[] {
  return [...bundles(machine), ...plugins(machine)];
}

/** Claude Desktop unpacks each bundle into a folder beside its settings. */
function bundles(machine: Machine): Installation[] {
  const client = CLIENTS.find(({ name }) => name === "claude-desktop");
  if (!client) return [];
  const extensions = path.join(path.dirname(client.file(machine)), "Claude Extensions");
  return foldersIn(extensions).flatMap((folder) => {
    const manifest = read(path.join(extensions, folder, "manifest.json"));
    if (manifest.name !== ENTRY) return [];
    return [{ client: client.name, kind: "bundle", version: String(manifest.version) }];
  });
}

/** Claude Code notes each plugin as `name@marketplace`, with a list of where it counts. */
function plugins({ home, environment }: Machine): Installation[] {
  const folder = environment.CLAUDE_CONFIG_DIR ?? path.join(home, ".claude");
  const { plugins } = read(path.join(folder, "plugins", "installed_plugins.json"));
  const { enabledPlugins } = read(path.join(folder, "settings.json"));
  return Object.entries(isRecord(plugins) ? plugins : {}).flatMap(([name, places]) => {
    const isOff = isRecord(enabledPlugins) && enabledPlugins[name] === false;
    const [place] = Array.isArray(places) ? (places as unknown[]) : [];
    if (!name.startsWith(`${ENTRY}@`) || isOff || !isRecord(place)) return [];
    return [{ client: "claude-code", kind: "plugin", version: String(place.version) }];
  });
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(content) ? content : {};
  } catch {
    return {};
  }
}
