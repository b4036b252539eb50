import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { DatabaseOptions } from "./database/connect.ts";

/**
 * What the environment says about the database: `DATABASE_URL`, `OUTREACH_DATA_DIR`,
 * `OUTREACH_TIMEZONE` and `OUTREACH_READ_ONLY`. An empty variable counts as unset, since a client's
 * configuration can hardly leave one out.
 */
export function databaseOptions(environment: NodeJS.ProcessEnv): DatabaseOptions {
  return {
    url: nonEmpty(environment.DATABASE_URL),
    dataDirectory: nonEmpty(environment.OUTREACH_DATA_DIR),
    timeZone: nonEmpty(environment.OUTREACH_TIMEZONE),
    readOnly: isOn(environment.OUTREACH_READ_ONLY),
  };
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

/** Reads what the environment says about sending: `OUTREACH_TEMPLATES` and `OUTREACH_CONFIRM`. */
export function sendingOptions(environment: NodeJS.ProcessEnv): SendingOptions {
  const ownTemplates = existsSync(OWN_TEMPLATES) ? OWN_TEMPLATES : undefined;
  return {
    templatesFile: nonEmpty(environment.OUTREACH_TEMPLATES) ?? ownTemplates,
    isConfirmedByAssistant: /^assistant$/iu.test(nonEmpty(environment.OUTREACH_CONFIRM) ?? ""),
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

function isOn(value: string | undefined): boolean {
  return /^(?:1|true|yes)$/iu.test(value?.trim() ?? "");
}
