import {
  databaseOptions,
  exportDirectory,
  filledIn,
  offeredToolsets,
  sendingOptions,
} from "../../environment.ts";
import { VERSION } from "../../version.ts";
import { thisMachine } from "../connect/clients.ts";
import { type Connected, lookAtClients } from "./connected.ts";
import { lookAtDatabase, lookAtZone } from "./database.ts";
import { type Finding, finding } from "./finding.ts";
import { lookAtMail } from "./mail.ts";

/** Looks at all that this program needs and says what is there and what is not; starts and changes nothing. */
export async function examine(given: NodeJS.ProcessEnv): Promise<Finding[]> {
  const clients = await lookAtClients(thisMachine(filledIn(given)));
  const environment = asServersSee(filledIn(given), clients.first);
  const { broken, usable } = await lookAtSettings(environment);
  const says =
    clients.first === null
      ? "Those of this terminal."
      : `Those of this terminal and, where it has none, of ${clients.first.title}.`;
  const settings: Finding[] =
    broken.length > 0 ? broken : [{ name: "Settings", state: "ok", says }];
  // Which folder is meant cannot be said where its setting cannot be read.
  const isPlaceKnown =
    usable.DATABASE_URL !== undefined || usable.OUTREACH_DATA_DIR === environment.OUTREACH_DATA_DIR;
  const rest = await Promise.all([
    isPlaceKnown ? finding("Database", () => lookAtDatabase(usable)) : [],
    lookAtZone(usable),
    lookAtMail(usable),
  ]);
  return [programFinding(), ...settings, ...rest.flat(), ...clients.findings];
}

/** What reads each setting; those that can be checked only with what they lead to, are there. */
const READERS: readonly [name: string, read: (environment: NodeJS.ProcessEnv) => unknown][] = [
  ["OUTREACH_DATA_DIR", databaseOptions],
  ["OUTREACH_READ_ONLY", databaseOptions],
  ["OUTREACH_TOOLSETS", offeredToolsets],
  ["OUTREACH_CONFIRM", sendingOptions],
  ["OUTREACH_EXPORT_DIR", exportDirectory],
];

/** Each setting that cannot be used, and the environment without those. */
async function lookAtSettings(
  environment: NodeJS.ProcessEnv,
): Promise<{ broken: Finding[]; usable: NodeJS.ProcessEnv }> {
  const usable = { ...environment };
  const broken: Finding[] = [];
  for (const [name, read] of READERS) {
    const found = await finding("Settings", () => {
      read({ [name]: environment[name] });
      return Promise.resolve([]);
    });
    if (found.length > 0) usable[name] = undefined;
    broken.push(...found);
  }
  return { broken, usable };
}

/** Findings as lines for one screen. */
export function screen(findings: Finding[]): string[] {
  const word = { ok: "ok", note: "note", broken: "BROKEN" };
  const width = Math.max(...findings.map(({ name }) => name.length));
  const broken = findings.filter(({ state }) => state === "broken").length;
  const sum =
    broken === 0
      ? "Nothing is broken."
      : `${broken} ${broken === 1 ? "thing is" : "things are"} broken.`;
  return [
    ...findings.map(
      ({ name, state, says }) => `${word[state].padEnd(6)}  ${name.padEnd(width)}  ${says}`,
    ),
    sum,
  ];
}

/** What a client's server is told, as far as the terminal does not say otherwise: a terminal has no Brevo key. */
function asServersSee(terminal: NodeJS.ProcessEnv, first: Connected["first"]): NodeJS.ProcessEnv {
  const { DATABASE_URL, OUTREACH_DATA_DIR, ...others } = filledIn(first?.variables ?? {});
  const isPlaceNamed =
    terminal.DATABASE_URL !== undefined || terminal.OUTREACH_DATA_DIR !== undefined;
  const place = isPlaceNamed ? {} : filledIn({ DATABASE_URL, OUTREACH_DATA_DIR });
  return { ...others, ...place, ...terminal };
}

function programFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isOldNode = major < 20 || (major === 20 && minor < 19);
  const says = `event-outreach ${VERSION} on Node.js ${process.versions.node}, ${process.platform} ${process.arch}.`;
  return isOldNode
    ? { name: "Program", state: "broken", says: `${says} It needs Node.js 20.19 or newer.` }
    : { name: "Program", state: "ok", says };
}
