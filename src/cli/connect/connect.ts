import { type Client, CLIENTS, isHere, type Machine, onPath } from "./clients.ts";
import { changeByCommand } from "./claude_code.ts";
import type { Dialogue } from "./dialogue.ts";
import { doublesOf, ENTRY, entryFor, program, shownVariables, variablesOf } from "./entry.ts";
import { changed, serversIn, type SettingsFormat, Unreadable } from "./format.ts";
import { installationsOn } from "./installations.ts";
import { JSON_FORMAT } from "./json.ts";
import { keepCopy, readSettings, writeSettings } from "./settings_file.ts";
import { TOML_FORMAT } from "./toml.ts";
import { chooseVariables } from "./variables.ts";

/** What a person asked `connect` for. */
export interface Wish {
  /** Clients by their names on the command line; none: those that are here. */
  clients: string[];
  /** Write without asking. */
  yes?: boolean;
  /** Show and write nothing. */
  print?: boolean;
  /** Take our entry out instead. */
  remove?: boolean;
}

/** A client with what its settings say. */
export interface Settings {
  client: Client;
  file: string;
  text: string;
  servers: Record<string, Record<string, unknown>>;
}

/** What is to become of a client's entry. */
interface Change extends Settings {
  entry: Record<string, unknown> | null;
}

const FORMATS: Record<Client["format"], SettingsFormat> = { json: JSON_FORMAT, toml: TOML_FORMAT };

/**
 * Puts our server into the settings of the clients on this machine, or takes it out: shows what would
 * be written, asks, and writes. Settings that cannot be read or written are named and left alone.
 *
 * @param dialogue opened only where somebody is to be asked
 * @returns false where something could not be done
 */
export async function connectClients(
  wish: Wish,
  machine: Machine,
  dialogue: () => Dialogue,
  say: (line: string) => void,
): Promise<boolean> {
  const named = CLIENTS.filter(({ name }) => wish.clients.includes(name));
  const clients = named.length > 0 ? named : CLIENTS.filter((client) => isHere(client, machine));
  if (clients.length === 0) {
    const known = CLIENTS.map(({ title, name }) => `${title} (${name})`).join(", ");
    say(`None of these is here: ${known}. Name one to connect it all the same.`);
    return false;
  }
  const { read, faults } = await readAll(clients, machine);
  for (const fault of faults) say(fault);

  const asks = wish.yes !== true && wish.print !== true ? dialogue() : null;
  try {
    const { changes, notes } = await plan(wish, read, machine, asks);
    for (const line of [...read.flatMap(describeUnchanged(changes, wish)), ...notes]) say(line);
    for (const line of changes.flatMap(describeChange)) say(line);
    if (wish.print || changes.length === 0) return faults.length === 0;
    const answer = asks === null ? "yes" : await asks.ask("Write this? (y/N)");
    if (!/^y(?:es)?$/iu.test(answer ?? "")) {
      const hint = answer === null ? " With --yes nobody is asked." : "";
      say(`Nothing was written.${hint}`);
      return answer !== null && faults.length === 0;
    }
    const isWritten = await writeAll(changes, machine, say);
    return isWritten && faults.length === 0;
  } finally {
    asks?.close();
  }
}

/** Reads the settings of clients; `faults` has a sentence for each that cannot be read. */
export async function readAll(
  clients: readonly Client[],
  machine: Machine,
): Promise<{ read: Settings[]; faults: string[] }> {
  const read: Settings[] = [];
  const faults: string[] = [];
  for (const client of clients) {
    const file = client.file(machine);
    try {
      const text = await readSettings(file);
      const servers = serversIn(FORMATS[client.format].read(text), client.key);
      read.push({ client, file, text, servers });
    } catch (error) {
      faults.push(faultOf(client, file, error));
    }
  }
  return { read, faults };
}

async function plan(
  wish: Wish,
  read: Settings[],
  machine: Machine,
  dialogue: Dialogue | null,
): Promise<{ changes: Change[]; notes: string[] }> {
  if (wish.remove) {
    const changes = read
      .filter(({ servers }) => servers[ENTRY] !== undefined)
      .map((settings) => ({ ...settings, entry: null }));
    return { changes, notes: [] };
  }
  if (read.length === 0) return { changes: [], notes: [] };
  const former = Object.assign(
    {},
    ...read.map(({ servers }) => variablesOf(servers[ENTRY] ?? {})).reverse(),
  ) as Record<string, string>;
  const { variables, notes } = await chooseVariables(machine, former, dialogue);
  const changes = read
    .map((settings) => ({
      ...settings,
      entry: entryFor(settings.servers[ENTRY] ?? {}, settings.client.also ?? {}, variables),
    }))
    .filter(({ servers, entry }) => JSON.stringify(servers[ENTRY]) !== JSON.stringify(entry));
  if (/[\\/]_npx[\\/]/u.test(program())) {
    notes.push(
      "This program lies in npx's own store, which may be cleared: install it with `npm install --global event-outreach` and run `event-outreach connect` again.",
    );
  }
  const installations = installationsOn(machine);
  for (const { client, servers } of read) {
    const others = installations.filter((one) => one.client === client.name);
    const doubles = [
      ...doublesOf(servers),
      ...others.map(({ kind, version }) => `our ${kind} (${version})`),
    ];
    if (doubles.length > 0) {
      notes.push(
        `${client.title} also has ${doubles.join(" and ")}, which ${doubles.length === 1 ? "starts" : "start"} the same tools: take ${doubles.length === 1 ? "it" : "them"} out there.`,
      );
    }
  }
  return { changes, notes };
}

async function writeAll(
  changes: Change[],
  machine: Machine,
  say: (line: string) => void,
): Promise<boolean> {
  const done: string[] = [];
  for (const change of changes) {
    const { client, file } = change;
    try {
      const copy = await write(change, machine);
      const kept = copy === null ? "" : ` The old file is kept as ${copy}.`;
      say(`${client.title}: ${change.entry === null ? "taken out" : "connected"}.${kept}`);
      done.push(client.title);
    } catch (error) {
      say(faultOf(client, file, error));
    }
  }
  if (done.length > 0) {
    const them = done.length === 1 ? "it" : "them";
    say(`Quit ${done.join(", ")} and start ${them} again, so that this is read.`);
  }
  return done.length === changes.length;
}

/** @returns the path of the copy of the old file */
async function write(change: Change, machine: Machine): Promise<string | null> {
  const { client, file, entry } = change;
  const command = client.command === undefined ? null : onPath(client.command, machine);
  const copy = command === null ? null : await keepCopy(file);
  const had = change.servers[ENTRY] !== undefined;
  if (command !== null && (await changeByCommand(command, had, entry))) return copy;
  // As it is now: the client may have written since it was shown.
  const text = await readSettings(file);
  const replaced = await writeSettings(
    file,
    changed(FORMATS[client.format], text, client.key, ENTRY, entry),
  );
  return copy ?? replaced;
}

function describeUnchanged(changes: Change[], wish: Wish) {
  const word = wish.remove ? "has no entry of this program" : "is connected already";
  return ({ client, file }: Settings): string[] =>
    changes.some((change) => change.client === client) ? [] : [`${client.title} ${word}: ${file}`];
}

function describeChange({ client, file, servers, entry }: Change): string[] {
  const head = `${client.title}: ${file}`;
  if (entry === null) return [head, `  - ${ENTRY}`];
  const sign = servers[ENTRY] === undefined ? "+" : "~";
  const parts = [entry.command, ...(entry.args as string[])].join(" ");
  return [
    head,
    `  ${sign} ${ENTRY}: ${parts}`,
    ...shownVariables(variablesOf(entry)).map((line) => `    ${line}`),
  ];
}

function faultOf(client: Client, file: string, error: unknown): string {
  if (!(error instanceof Unreadable)) throw error;
  return `${client.title}: ${file} ${error.message}; it was left alone.`;
}
