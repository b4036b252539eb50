import { lockContactCreation } from "../../conventions/locks.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { instant, notInFuture } from "../../mcp/time.ts";
import { isAddress, isByAddress } from "../../words/email_address.ts";
import {
  fault,
  resolveRecipients,
  type NamedRecipient,
  type Resolution,
} from "../../conventions/references/recipients.ts";
import type { Call } from "../../conventions/call.ts";
import { type NewRecipient } from "./queries.ts";
import { insertContacts } from "../people/queries/contacts.ts";

/** A recipient as a call gives one. */
export interface GivenRecipient extends NamedRecipient {
  brevo_message_id?: string | undefined;
  status?: string | undefined;
  sent_at?: string | undefined;
}

/** A recipient whose person is known. */
export interface MeantRecipient extends NewRecipient {
  name: string;
}

const LISTED_FAULTS = 200;

/**
 * The people that a call's recipients mean, each once, by contact id.
 *
 * @param unknown what to do with who is not in the database: refuse, or add who has e-mail and name
 * @throws ToolError that lists every recipient who is unknown, ambiguous, or given twice differently
 */
export async function meantRecipients(
  { sql, zone }: Call,
  given: readonly GivenRecipient[],
  unknown: "reject" | "create",
): Promise<MeantRecipient[]> {
  const faults: Fault[] = given.flatMap((recipient, index) => {
    const what = malformed(recipient);
    return what === undefined ? [] : [{ index, what }];
  });
  const isMalformed = new Set(faults.map(({ index }) => index));
  const asked = given.map((recipient, index) => (isMalformed.has(index) ? {} : recipient));

  if (unknown === "create") await lockContactCreation(sql);
  let resolutions = await resolveRecipients(sql, asked);
  if (unknown === "create" && resolutions.some(({ kind }) => kind === "unknown")) {
    await insertContacts(sql, newcomers(resolutions));
    resolutions = await resolveRecipients(sql, asked);
  }

  const people = new Map<number, SaidOfPerson>();
  given.forEach((recipient, index) => {
    if (isMalformed.has(index)) return;
    const found = resolutions[index];
    if (found?.kind !== "person") {
      faults.push({ index, what: whyNot(found) });
      return;
    }
    const { id, name } = found.person;
    const said = saidOf(recipient, name, zone, `recipients[${String(index)}].sent_at`);
    const before = people.get(id);
    if (before && differs(before, said)) {
      const what = "is given twice with different message ids, status or time";
      faults.push({ index, what: fault(name, what).fault });
    } else {
      people.set(id, before ? merged(before, said) : said);
    }
  });
  refuse(faults);
  refuseSharedMessageIds(people);
  return [...people]
    .map(([contact_id, said]) => ({ ...said, contact_id, status: said.status ?? "sent" }))
    .sort((a, b) => a.contact_id - b.contact_id);
}

/** A recipient that cannot be recorded. */
interface Fault {
  index: number;
  what: string;
}

/** What a call says of a person; null is what it leaves out. */
interface SaidOfPerson {
  name: string;
  brevo_message_id: string | null;
  status: string | null;
  /** A UTC instant. */
  sent_at: string | null;
}

function saidOf(given: GivenRecipient, name: string, zone: string, argument: string): SaidOfPerson {
  return {
    name,
    brevo_message_id: given.brevo_message_id ?? null,
    status: given.status ?? null,
    sent_at:
      given.sent_at === undefined
        ? null
        : notInFuture(instant(given.sent_at, zone, argument), argument),
  };
}

function malformed({ contact, email, name }: GivenRecipient): string | undefined {
  if (contact === undefined && email === undefined) return "needs contact or email";
  const address = email ?? (contact !== undefined && isByAddress(contact) ? contact : undefined);
  if (address !== undefined && !isAddress(address))
    return fault(address, "is no e-mail address").fault;
  return name?.trim() === "" ? "has an empty name" : undefined;
}

function whyNot(found: Resolution | undefined): string {
  if (found?.kind === "fault") return found.fault;
  if (found?.kind === "unknown") {
    return found.others === ""
      ? fault(found.email, `(${plain(found.name)}) is not in the database`).fault
      : fault(found.email, `belongs to ${found.others}, not to "${plain(found.name)}"`).fault;
  }
  return "cannot be read";
}

function newcomers(resolutions: readonly Resolution[]) {
  const people = new Map<string, { first_name: string; last_name: string; email: string }>();
  for (const found of resolutions) {
    if (found.kind !== "unknown") continue;
    const name = found.name.trim().replace(/\s+/gu, " ");
    const space = name.indexOf(" ");
    people.set(`${found.email} ${name}`.toLowerCase(), {
      first_name: name.slice(0, space),
      last_name: name.slice(space + 1),
      email: found.email,
    });
  }
  return [...people.values()];
}

/** Whether what is said of a person twice contradicts itself; what is left out contradicts nothing. */
function differs(before: SaidOfPerson, again: SaidOfPerson): boolean {
  const ids = [before.brevo_message_id, again.brevo_message_id].map((id) => id && bare(id));
  return (
    contradict(ids[0] ?? null, ids[1] ?? null) ||
    contradict(before.status, again.status) ||
    contradict(before.sent_at, again.sent_at)
  );
}

function contradict(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

function merged(before: SaidOfPerson, again: SaidOfPerson): SaidOfPerson {
  return {
    name: before.name,
    brevo_message_id: before.brevo_message_id ?? again.brevo_message_id,
    status: before.status ?? again.status,
    sent_at: before.sent_at ?? again.sent_at,
  };
}

function refuseSharedMessageIds(people: ReadonlyMap<number, SaidOfPerson>): void {
  const holders = new Map<string, string>();
  for (const { brevo_message_id: id, name } of people.values()) {
    if (id === null) continue;
    const holder = holders.get(bare(id));
    if (holder !== undefined) {
      throw new ToolError(
        `brevo_message_id "${plain(id)}" is given for "${plain(holder)}" and "${plain(name)}". It belongs to one recipient; leave it out where one mail went to several.`,
      );
    }
    holders.set(bare(id), name);
  }
}

/** A message id without its brackets, with which it comes or does not. */
export function bare(messageId: string): string {
  return messageId.replace(/^<+|>+$/gu, "");
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const more =
    faults.length > LISTED_FAULTS ? `; and ${String(faults.length - LISTED_FAULTS)} more` : "";
  throw new ToolError(
    `${String(faults.length)} of the recipients cannot be recorded: ${faults
      .toSorted((a, b) => a.index - b.index)
      .slice(0, LISTED_FAULTS)
      .map(({ index, what }) => `recipients[${String(index)}] ${what}`)
      .join(
        "; ",
      )}${more}. Give an id, an e-mail or a full name that fits one person (find_contacts), or unknown_contacts "create" with e-mail and name.`,
  );
}
