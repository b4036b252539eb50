import { existsSync } from "node:fs";
import path from "node:path";
import { checkedKey } from "../../brevo/configuration.ts";
import { defaultDataDirectory } from "../../database/embedded/index.ts";
import {
  databaseOptions,
  exportDirectory,
  filledIn,
  offeredToolsets,
  sendingOptions,
  UnusableSetting,
} from "../../environment.ts";
import { isZone, noZone } from "../../database/zone.ts";
import { type Machine, storeFolder } from "./clients.ts";
import type { Dialogue } from "./dialogue.ts";
import { carriedOver } from "./entry.ts";

/** The variables that the entries get, and what a person should know of them. */
interface Chosen {
  variables: Record<string, string>;
  notes: string[];
}

/**
 * Settles what the servers are told: what the environment of this command says, the time zone and Brevo's
 * key. These are asked for once for all clients; what an entry has already is proposed.
 *
 * @param former the variables of the entries there are
 * @param dialogue null: nobody is asked
 * @throws UnusableSetting for a variable that no server could use
 * @throws MailServiceError for a key in the environment that cannot be one
 */
export async function chooseVariables(
  machine: Machine,
  former: Record<string, string>,
  dialogue: Dialogue | null,
): Promise<Chosen> {
  const environment = filledIn(machine.environment);
  databaseOptions(environment);
  offeredToolsets(environment);
  exportDirectory(environment);
  const { templatesFile } = sendingOptions(environment);
  const variables = carriedOver(environment);
  if (variables.OUTREACH_TEMPLATES !== undefined && templatesFile !== undefined) {
    variables.OUTREACH_TEMPLATES = path.resolve(templatesFile);
  }
  const notes: string[] = [];
  const isPlaceNamed = [variables, former].some(
    ({ DATABASE_URL, OUTREACH_DATA_DIR }) => DATABASE_URL ?? OUTREACH_DATA_DIR,
  );
  if (storeFolder(machine) !== null && !isPlaceNamed && !existsSync(defaultDataDirectory())) {
    variables.OUTREACH_DATA_DIR = path.join(machine.home, "event-outreach-data");
    notes.push(
      `Windows redirects what Claude Desktop of the Microsoft Store writes, so the data is kept in ${variables.OUTREACH_DATA_DIR}. In a terminal set OUTREACH_DATA_DIR to that.`,
    );
  }
  const zone = environment.OUTREACH_TIMEZONE ?? former.OUTREACH_TIMEZONE ?? ownZone();
  const key = environment.BREVO_API_KEY ?? former.BREVO_API_KEY;
  if (key !== undefined) checkedKey(key);
  variables.OUTREACH_TIMEZONE = dialogue === null ? zone : await askZone(dialogue, zone);
  const chosen = dialogue === null ? key : await askKey(dialogue, key);
  if (chosen !== undefined) variables.BREVO_API_KEY = chosen;
  return { variables, notes };
}

async function askZone(dialogue: Dialogue, proposed: string): Promise<string> {
  let question = `Time zone of your events (Enter: ${proposed}):`;
  for (;;) {
    const answer = await dialogue.ask(question);
    if (answer === null || answer === "") return proposed;
    if (isZone(answer)) return answer;
    question = `That is no time zone; one is written like Africa/Johannesburg (Enter: ${proposed}):`;
  }
}

async function askKey(
  dialogue: Dialogue,
  proposed: string | undefined,
): Promise<string | undefined> {
  let question = `Brevo API key, to send mail (Enter: ${proposed === undefined ? "none" : "the one that is set"}):`;
  for (;;) {
    const answer = await dialogue.ask(question, true);
    if (answer === null || answer === "") return proposed;
    try {
      return checkedKey(answer);
    } catch {
      question = "That cannot be a key; copy it again from Brevo (Enter: none):";
    }
  }
}

function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * The time zone that `OUTREACH_TIMEZONE` names; undefined where it is not set.
 *
 * @throws UnusableSetting where it is none
 */
export function namedZone(environment: NodeJS.ProcessEnv): string | undefined {
  const zone = filledIn(environment).OUTREACH_TIMEZONE;
  if (zone === undefined || isZone(zone)) return zone;
  throw new UnusableSetting(noZone(zone));
}
