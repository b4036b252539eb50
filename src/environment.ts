import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { DatabaseOptions } from "./database/connect.ts";
import { personsPath, writtenPath } from "./words/paths.ts";

/** A variable says something that cannot be meant; the message is a sentence for a person. */
export class UnusableSetting extends Error {
  override readonly name = "UnusableSetting";
}

/**
 * The variables that somebody filled in, without space around them. A client's configuration can hardly
 * leave one out: a blank one counts as not set, and so does a host's placeholder for what its user left
 * open, such as `${user_config.timezone}`.
 */
export function filledIn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => {
      const trimmed = value?.trim() ?? "";
      return trimmed === "" || /^(["']?)\$\{[^}]*\}\1$/u.test(trimmed) ? [] : [[name, trimmed]];
    }),
  );
}

/**
 * What the environment says about the database: `DATABASE_URL`, `OUTREACH_DATA_DIR`, `OUTREACH_TIMEZONE`,
 * `OUTREACH_READ_ONLY` and `OUTREACH_ACTOR`.
 *
 * @throws UnusableSetting
 */
export function databaseOptions(given: NodeJS.ProcessEnv): DatabaseOptions {
  const environment = filledIn(given);
  return {
    url: environment.DATABASE_URL,
    dataDirectory: fullPath(
      "OUTREACH_DATA_DIR",
      environment.OUTREACH_DATA_DIR,
      "programs that start in different folders would not share one database",
    ),
    timeZone: environment.OUTREACH_TIMEZONE,
    readOnly: isYes("OUTREACH_READ_ONLY", environment.OUTREACH_READ_ONLY),
    actor: environment.OUTREACH_ACTOR ?? userName(),
  };
}

/** The groups of tools that a server may offer. */
export const TOOLSETS = ["record", "ask", "people", "send", "import"] as const;
export type Toolset = (typeof TOOLSETS)[number];

/**
 * The groups of tools to which `OUTREACH_TOOLSETS` narrows what is offered: a list with commas or spaces
 * between; all of them where it is not set.
 *
 * @throws UnusableSetting for a name that no group has
 */
export function offeredToolsets(given: NodeJS.ProcessEnv): ReadonlySet<Toolset> {
  const environment = filledIn(given);
  const list = environment.OUTREACH_TOOLSETS;
  // Brackets and quotes around it or its names come with lists that were copied from JSON.
  const names = list?.toLowerCase().match(/[^\s,;"'[\]\u2018-\u201e]+/gu) ?? TOOLSETS;
  const known: readonly string[] = TOOLSETS;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return new Set(TOOLSETS.filter((toolset) => names.includes(toolset)));
  throw new UnusableSetting(
    `OUTREACH_TOOLSETS is ${JSON.stringify(list)}; it takes a list of ${TOOLSETS.join(", ")}. For all of them, leave it out.`,
  );
}

/**
 * The folder that `OUTREACH_EXPORT_DIR` names for files that leave the database; undefined where it is not set.
 *
 * @throws UnusableSetting where it is not a full path
 */
export function exportDirectory(given: NodeJS.ProcessEnv): string | undefined {
  const environment = filledIn(given);
  return fullPath(
    "OUTREACH_EXPORT_DIR",
    environment.OUTREACH_EXPORT_DIR,
    "where the files lie would depend on where this program was started",
  );
}

/** What the environment says about sending mails, whichever service carries them. */
interface SendingOptions {
  /** Path of the organiser's template registry; undefined where there is none. */
  templatesFile: string | undefined;
  /** The assistant is given the confirmation code, as its host asks a person before each call. */
  isConfirmedByAssistant: boolean;
}

/** The bundled list, for those who write their templates into it. */
const OWN_TEMPLATES = fileURLToPath(new URL("../templates.json", import.meta.url));

/**
 * Reads what the environment says about sending: `OUTREACH_TEMPLATES` and `OUTREACH_CONFIRM`.
 *
 * @throws UnusableSetting
 */
export function sendingOptions(given: NodeJS.ProcessEnv): SendingOptions {
  const environment = filledIn(given);
  const templates = environment.OUTREACH_TEMPLATES;
  const confirm = environment.OUTREACH_CONFIRM;
  if (confirm !== undefined && confirm.toLowerCase() !== "assistant") {
    throw new UnusableSetting(
      `OUTREACH_CONFIRM is ${JSON.stringify(confirm)}; the only word it takes is assistant. To be asked yourself before a mail leaves, leave it out.`,
    );
  }
  const ownTemplates = existsSync(OWN_TEMPLATES) ? OWN_TEMPLATES : undefined;
  return {
    templatesFile: templates === undefined ? ownTemplates : personsPath(templates),
    isConfirmedByAssistant: confirm !== undefined,
  };
}

/** The operating system's name for who runs this; a machine need not know one. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

const YES = /^(?:1|true|yes|y|on)$/iu;
const NO = /^(?:0|false|no|n|off)$/iu;

function isYes(name: string, value: string | undefined): boolean {
  if (value === undefined || NO.test(value)) return false;
  if (YES.test(value)) return true;
  throw new UnusableSetting(
    `${name} is ${JSON.stringify(value)}, which says neither yes nor no; set 1 or 0, or leave it out.`,
  );
}

/** @param why a path must be a full one */
function fullPath(name: string, value: string | undefined, why: string): string | undefined {
  if (value === undefined) return undefined;
  const folder = writtenPath(value);
  if (path.isAbsolute(folder)) return path.resolve(folder);
  throw new UnusableSetting(
    `${name} is ${JSON.stringify(value)}, which is not a full path: ${why}. Give the full path; started here it would be ${JSON.stringify(path.resolve(folder))}.`,
  );
}
