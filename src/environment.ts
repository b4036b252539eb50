import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brevoConfiguration, type BrevoConfiguration } from "./brevo/configuration.ts";
import type { DatabaseOptions } from "./database/connect.ts";

/**
 * What the environment says about the database: `DATABASE_URL`, `OUTREACH_DATA_DIR`,
 * `OUTREACH_TIMEZONE` and `OUTREACH_READ_ONLY`. An empty variable counts as unset, since a client's
 * configuration can hardly leave one out.
 */
export function databaseOptions(environment: NodeJS.ProcessEnv): DatabaseOptions {
  return {
    url: given(environment.DATABASE_URL),
    dataDirectory: given(environment.OUTREACH_DATA_DIR),
    timeZone: given(environment.OUTREACH_TIMEZONE),
    readOnly: isOn(environment.OUTREACH_READ_ONLY),
  };
}

/** What the environment says about sending mails. */
export interface SendingOptions extends BrevoConfiguration {
  /** The assistant is given the confirmation code, as its host asks a person before each call. */
  isConfirmedByAssistant: boolean;
  /** Milliseconds that Brevo may take for its answer to a batch. */
  sendTimeLimit: number;
}

const USUAL_TIME_LIMIT = 20;
const LONGEST_TIME_LIMIT = 30;

/** The list that comes along, for whoever writes their templates into it. */
const OWN_TEMPLATES = fileURLToPath(new URL("../templates.json", import.meta.url));

/**
 * Reads what the environment says about sending: what Brevo's client needs, `OUTREACH_CONFIRM` and
 * `BREVO_TIMEOUT` (seconds, at most 30).
 *
 * @throws BrevoConfigurationError for a key or address that cannot be used
 */
export function sendingOptions(environment: NodeJS.ProcessEnv): SendingOptions {
  const seconds = Number(given(environment.BREVO_TIMEOUT) ?? USUAL_TIME_LIMIT);
  const configuration = brevoConfiguration(environment);
  const ownTemplates = existsSync(OWN_TEMPLATES) ? OWN_TEMPLATES : undefined;
  return {
    ...configuration,
    templatesFile: configuration.templatesFile ?? ownTemplates,
    isConfirmedByAssistant: /^assistant$/iu.test(given(environment.OUTREACH_CONFIRM) ?? ""),
    sendTimeLimit: (seconds > 0 ? Math.min(seconds, LONGEST_TIME_LIMIT) : USUAL_TIME_LIMIT) * 1000,
  };
}

function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

function isOn(value: string | undefined): boolean {
  return /^(?:1|true|yes)$/iu.test(value?.trim() ?? "");
}
