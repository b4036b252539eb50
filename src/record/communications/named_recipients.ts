import { lockContactCreation } from "../../conventions/locks.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { pastInstant } from "../../mcp/time.ts";
import { folded } from "../../words/names.ts";
import { isAddress, isByAddress, mailbox } from "../../words/email_address.ts";
import {
  resolveRecipients,
  type NamedRecipient,
  type Resolution,
} from "../../conventions/references/recipients.ts";
import type { Call } from "../../conventions/call.ts";
import type { NamedPerson, NewRecipient } from "./queries.ts";
import { erasedAmong, insertContacts } from "../people/queries/contacts.ts";
import { STATUSES_BY_RANK } from "../recipients/shape.ts";

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

/** Whom a call's recipients mean. */
export interface MeantRecipients {
  /** Each once, by contact id. */
  recipients: MeantRecipient[];
  /** Those of them who were not in the database before. */
  created: NamedPerson[];
  /**
   * Refuses the call unless it is a repetition: an address in it is shared since by somebody whom the call
   * itself names beside it, and who may have been added by its first time.
   *
   * @throws ToolError where that is so
   */
  refuseFirst: () => void;
}

/**
 * The people that a call's recipients mean.
 *
 * @param unknown what to do with who is not in the database: refuse, or add who has e-mail and name
 * @throws ToolError that lists every recipient who is unknown, ambiguous, or given twice differently
 */
export async function meantRecipients(
  { sql, zone }: Call,
  given: readonly GivenRecipient[],
  unknown: "reject" | "create",
): Promise<MeantRecipients> {
  const faults: Fault[] = given.flatMap((recipient, index) => {
    const what = malformed(recipient);
    return what === undefined ? [] : [{ index, what }];
  });
  const isMalformed = new Set(faults.map(({ index }) => index));
  const asked = given.map((recipient, index) => (isMalformed.has(index) ? {} : recipient));

  if (unknown === "create") await lockContactCreation(sql);
  const known = await resolveRecipients(sql, asked);
  const { resolutions, created } =
    unknown === "create"
      ? await withNewcomers(sql, asked, known)
      : { resolutions: known, created: [] };

  const named = new Set(
    resolutions.flatMap((found, index) =>
      found.kind === "person" && given[index]?.name !== undefined ? [found.person.id] : [],
    ),
  );
  const doubts: Fault[] = [];
  const people = new Map<number, SaidOfPerson>();
  for (const [index, found] of resolutions.entries()) {
    const recipient = given[index];
    if (!recipient || isMalformed.has(index)) continue;
    const person = found.kind === "person" ? found.person : theOther(found, named);
    if (found.kind !== "person") {
      const fault = { index, what: whyNot(found) };
      if (person && unknown === "create") doubts.push(fault);
      else faults.push(fault);
    }
    if (!person) continue;
    const { id, name } = person;
    const said = saidOf(recipient, name, zone, `recipients[${String(index)}].sent_at`);
    const before = people.get(id);
    if (before && contradict(before.brevo_message_id, said.brevo_message_id)) {
      faults.push({ index, what: `"${plain(name)}" is given twice with different message ids` });
    } else {
      people.set(id, before ? bothSaid(before, said) : said);
    }
  }
  if (faults.length > 0) refuse([...faults, ...doubts]);
  refuseSharedMessageIds(people);
  return {
    recipients: [...people]
      .map(([contact_id, said]) => ({ ...said, contact_id, status: said.status ?? "sent" }))
      .sort((a, b) => a.contact_id - b.contact_id),
    created,
    refuseFirst: () => {
      refuse(doubts);
    },
  };
}

/** Of the people who share an address, the one whom the call does not name beside it. */
function theOther(found: Resolution, named: ReadonlySet<number>) {
  if (found.kind !== "fault") return undefined;
  const others = found.among?.filter(({ id }) => !named.has(id)) ?? [];
  return others.length === 1 ? others[0] : undefined;
}

/** A recipient that cannot be recorded. */
interface Fault {
  index: number;
  what: string;
}

/** What a call says of a person; null is what it leaves out. */
interface SaidOfPerson extends Omit<MeantRecipient, "contact_id" | "status"> {
  status: string | null;
}

function saidOf(given: GivenRecipient, name: string, zone: string, argument: string): SaidOfPerson {
  return {
    name,
    brevo_message_id: given.brevo_message_id ?? null,
    status: given.status ?? null,
    sent_at: pastInstant(given.sent_at, zone, argument),
  };
}

function malformed({ contact, email, name }: GivenRecipient): string | undefined {
  if (contact === undefined && email === undefined) return "needs contact or email";
  const address = email ?? (contact !== undefined && isByAddress(contact) ? contact : undefined);
  if (address !== undefined && !isAddress(address)) {
    return `"${plain(address)}" is not an e-mail address`;
  }
  return name?.trim() === "" ? "has an empty name" : undefined;
}

function whyNot(found: Exclude<Resolution, { kind: "person" }>): string {
  if (found.kind === "fault") return found.fault;
  return found.others === ""
    ? `"${plain(found.email)}" (${plain(found.name)}) is not in the database`
    : `"${plain(found.email)}" belongs to ${found.others}, not to "${plain(found.name)}"`;
}

/**
 * Adds who is unknown, and finds them. Who was known before the call stays who they were, whoever is
 * added beside them.
 */
async function withNewcomers(
  sql: Call["sql"],
  asked: readonly NamedRecipient[],
  known: readonly Resolution[],
): Promise<{ resolutions: Resolution[]; created: NamedPerson[] }> {
  const people = newcomers(known);
  if (people.length === 0) return { resolutions: [...known], created: [] };
  const erased = await erasedAmong(sql, people);
  if (erased.length > 0) {
    throw new ToolError(
      `Erased because they asked for it, so they are not added again: ${erased.map(({ email }) => plain(email)).join(", ")}. Who asks to be back is added with save_contact.`,
    );
  }
  await insertContacts(sql, people);
  const open = known.flatMap(({ kind }, position) => (kind === "person" ? [] : [position]));
  const found = await resolveRecipients(
    sql,
    open.map((position) => asked[position] ?? {}),
  );
  const resolutions = [...known];
  const created = new Map<number, NamedPerson>();
  for (const [index, position] of open.entries()) {
    const before = known[position];
    const now = found[index];
    if (!before || !now) continue;
    if (now.kind === "person") {
      const { id, name } = now.person;
      resolutions[position] = now;
      if (before.kind === "unknown") created.set(id, { contact_id: id, name });
    } else if (before.kind === "fault" && now.kind === "fault" && now.fault !== before.fault) {
      // Told as it is now, it would name people who are gone when the call is refused.
      const { contact, email } = asked[position] ?? {};
      const what = `"${plain(email ?? contact ?? "")}" fits several of the people whom this call adds`;
      resolutions[position] = { kind: "fault", fault: `${what}; say which by e-mail and name` };
    }
  }
  return { resolutions, created: [...created.values()] };
}

/** Who is to be added, each in the first of their spellings. */
function newcomers(resolutions: readonly Resolution[]) {
  const people = new Map<string, { first_name: string; last_name: string; email: string }>();
  for (const found of resolutions) {
    if (found.kind !== "unknown") continue;
    const name = found.name.trim().replace(/\s+/gu, " ");
    const space = name.indexOf(" ");
    const key = `${mailbox(found.email)} ${folded(name)}`;
    if (people.has(key)) continue;
    people.set(key, {
      first_name: name.slice(0, space),
      last_name: name.slice(space + 1),
      email: found.email,
    });
  }
  return [...people.values()];
}

/** What is left out contradicts nothing. Message ids are compared without their brackets. */
function contradict(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && bare(one) !== bare(other);
}

/** What two entries say of one person: the further status, and the time at which the mail first went out. */
function bothSaid(before: SaidOfPerson, again: SaidOfPerson): SaidOfPerson {
  return {
    name: before.name,
    brevo_message_id: before.brevo_message_id ?? again.brevo_message_id,
    status: last([before.status, again.status], (status) => STATUSES_BY_RANK.indexOf(status)),
    sent_at: last([before.sent_at, again.sent_at], (time) => -Date.parse(time)),
  };
}

/** Of what was said, the value that comes last. */
function last(said: (string | null)[], place: (value: string) => number): string | null {
  return (
    said
      .flatMap((value) => value ?? [])
      .sort((a, b) => place(a) - place(b))
      .at(-1) ?? null
  );
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

/** A message id without its brackets, which some sources leave out. */
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
      )}${more}. Give an id, an e-mail or a full name that matches one person (find_contacts), or unknown_contacts "create" with e-mail and name.`,
  );
}
