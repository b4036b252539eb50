import { existsSync, realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { isRecord } from "./format.ts";

/** The name of our entry among a client's servers. */
export const ENTRY = "event-outreach";

/** Variables of the servers that an entry takes over from where `connect` runs. */
const CARRIED = [
  "DATABASE_URL",
  "OUTREACH_DATA_DIR",
  "OUTREACH_READ_ONLY",
  "OUTREACH_TOOLSETS",
  "OUTREACH_EXPORT_DIR",
  "OUTREACH_ACTOR",
  "OUTREACH_TEMPLATES",
  "OUTREACH_CONFIRM",
  "BREVO_BASE_URL",
  "BREVO_TIMEOUT",
];

/** Those whose values are told to nobody. */
const SECRET = new Set(["DATABASE_URL", "BREVO_API_KEY"]);

/** The built server of all tools, by its full path: beside this very bundle or, from the sources, in dist. */
export function program(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const file = [folder, path.join(folder, "dist")]
      .map((place) => path.join(place, "organiser.js"))
      .find((candidate) => existsSync(candidate));
    if (file !== undefined) return realpathSync(file);
    if (folder === path.dirname(folder)) throw new Error("organiser.js is missing");
  }
}

/** The variables that every entry gets, beside those that are asked for. */
export function carriedOver(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    CARRIED.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** An entry that starts our server; what the former one says beside that stays. */
export function entryFor(
  former: Record<string, unknown>,
  also: Record<string, string>,
  variables: Record<string, string>,
): Record<string, unknown> {
  return {
    ...also,
    ...former,
    command: process.execPath,
    args: [program()],
    env: { ...variablesOf(former), ...variables },
  };
}

/** The variables that an entry sets. */
export function variablesOf(entry: Record<string, unknown>): Record<string, string> {
  const { env } = entry;
  if (!isRecord(env)) return {};
  return Object.fromEntries(
    Object.entries(env).filter((named): named is [string, string] => typeof named[1] === "string"),
  );
}

/** Variables as they may be shown: secrets by their names only. */
export function shownVariables(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(
    ([name, value]) => `${name}=${SECRET.has(name) ? "(set, not shown)" : value}`,
  );
}

/** Other entries that start one of our servers, by their names: with them each tool is offered twice. */
export function doublesOf(servers: Record<string, Record<string, unknown>>): string[] {
  return Object.entries(servers)
    .filter(
      ([name, { args }]) =>
        name !== ENTRY &&
        Array.isArray(args) &&
        args.some(
          (argument) =>
            typeof argument === "string" &&
            /event-outreach.*[\\/]dist[\\/](?:organiser|outreach|import)\.js$/u.test(argument),
        ),
    )
    .map(([name]) => name);
}
