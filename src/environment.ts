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

function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === "" ? undefined : trimmed;
}

function isOn(value: string | undefined): boolean {
  return /^(?:1|true|yes)$/iu.test(value?.trim() ?? "");
}
