import { existsSync } from "node:fs";
import path from "node:path";
import { CLIENTS, isHere, type Machine } from "../connect/clients.ts";
import { readAll, type Settings } from "../connect/connect.ts";
import { doublesOf, ENTRY, variablesOf } from "../connect/entry.ts";
import { type Installation, installationsOn } from "../connect/installations.ts";
import { VERSION } from "../../version.ts";
import type { Finding } from "./finding.ts";
import { ownCommand } from "../../own_command.ts";

type Entry = Record<string, unknown>;

/** The clients on this machine, and what they tell our servers. */
export interface Connected {
  findings: Finding[];
  /** The first client that starts our server, with the variables that it sets; null where none does. */
  first: { title: string; variables: Record<string, string> } | null;
}

/** Looks into the settings of all clients on this machine. */
export async function lookAtClients(machine: Machine): Promise<Connected> {
  const here = CLIENTS.filter((client) => isHere(client, machine));
  const { read, faults } = await readAll(here, machine);
  const findings = faults.map((says): Finding => ({ name: "Clients", state: "broken", says }));
  const connected = read.flatMap(({ client, servers }) => {
    const entries = ownEntries(servers);
    return entries.length === 0 ? [] : [{ client, entries }];
  });
  const installations = installationsOn(machine);
  for (const settings of read) {
    const own = installations.filter(({ client }) => client === settings.client.name);
    findings.push(describe(settings, own));
  }
  const places = new Set(connected.map(({ entries: [entry] }) => placeIn(entry ?? {})));
  if (places.size > 1) {
    const says = "They do not all use the same database: DATABASE_URL or OUTREACH_DATA_DIR differ.";
    findings.push({ name: "Clients", state: "note", says });
  }
  if (connected.length === 0 && installations.length === 0) {
    const says = `None starts this program; \`${ownCommand("connect")}\` sees to it.`;
    findings.push({ name: "Clients", state: "note", says });
  }
  const [one] = connected;
  const first =
    one === undefined
      ? null
      : { title: one.client.title, variables: variablesOf(one.entries[0] ?? {}) };
  return { findings, first };
}

function describe({ client, file, servers }: Settings, installations: Installation[]): Finding {
  const entries = ownEntries(servers);
  const name = client.title;
  const missing = entries.flatMap(filesOf).find((one) => !existsSync(one));
  if (missing !== undefined) {
    const says = `It starts ${missing}, which is not there. Run \`${ownCommand(`connect ${client.name}`)}\`.`;
    return { name, state: "broken", says };
  }
  const ways = [
    ...(entries.length > 0 ? [`in ${file}`] : []),
    ...installations.map(({ kind, version }) => `by our ${kind}, version ${version}`),
  ];
  if (ways.length === 0) return { name, state: "note", says: "Not connected." };
  const says = `Connected ${ways.join(" and ")}.`;
  if (ways.length > 1) {
    return { name, state: "note", says: `${says} Each tool is offered twice: take one out.` };
  }
  const isOther = installations.some(({ version }) => version !== VERSION);
  return isOther
    ? { name, state: "note", says: `${says} This program is version ${VERSION}.` }
    : { name, state: "ok", says };
}

function ownEntries(servers: Record<string, Entry>): Entry[] {
  return [ENTRY, ...doublesOf(servers)]
    .map((name) => servers[name])
    .filter((entry) => entry !== undefined);
}

/** The files that an entry starts, where it names them in full. */
function filesOf({ command, args }: Entry): string[] {
  const parts: unknown[] = [command, ...(Array.isArray(args) ? (args as unknown[]) : [])];
  return parts.filter((part): part is string => typeof part === "string" && path.isAbsolute(part));
}

function placeIn(entry: Entry): string {
  const { DATABASE_URL, OUTREACH_DATA_DIR } = variablesOf(entry);
  return DATABASE_URL ?? OUTREACH_DATA_DIR ?? "";
}
