import { mailbox } from "../../words/email_address.ts";
import type { PersonInRow } from "../formats/rows.ts";
import type { ContactChanges, ContactReference, FilePerson } from "./contacts.ts";
import { personKey } from "./person.ts";
import {
  contactsMeant,
  setPhones,
  setProfessions,
  touchContacts,
  type KnownContact,
  type RecordedPerson,
} from "./queries/contacts.ts";
import type { Place } from "../procedure/kind.ts";
import { inPortions } from "../procedure/portions.ts";
import { inSlices, type Sliced } from "../procedure/slices.ts";
import { together } from "../../conventions/together.ts";

/** The columns of `contacts` by which people are recognised. */
export const CONTACT_COLUMNS = {
  id: "number",
  first_name: "text",
  last_name: "text",
  email: "text",
} as const;

/** The contacts that these people may be, and those of further mailboxes. */
export async function peopleMeant<Row extends PersonInRow>(
  { sql, formerMailboxes, signal }: Place,
  people: readonly Row[],
  furtherMailbox: (row: Row) => string | null = () => null,
): Promise<KnownContact[]> {
  const { addresses, names } = await inSlices(askedFor(people, furtherMailbox), signal);
  const contacts = await contactsMeant(sql, [...addresses], [...names]);
  const former = [...formerMailboxes].flatMap(([address, contact]) =>
    addresses.has(address) ? [contact] : [],
  );
  return [...contacts, ...former];
}

function* askedFor<Row extends PersonInRow>(
  people: readonly Row[],
  furtherMailbox: (row: Row) => string | null,
): Sliced<{ addresses: Set<string>; names: Set<string> }> {
  const addresses = new Set<string>();
  const names = new Set<string>();
  for (const row of people) {
    yield;
    addresses.add(mailbox(row.email ?? "")).add(mailbox(furtherMailbox(row) ?? ""));
    if (row.email === null) names.add(row.last_name);
  }
  addresses.delete("");
  return { addresses, names };
}

/**
 * Records people, with ids that rise in the order given.
 *
 * @param insert the statement, which says who was recorded, usually in the order given
 * @returns the id of a known person as it is, and of a new one by their key
 */
export async function recordContacts(
  people: readonly FilePerson[],
  signal: AbortSignal,
  insert: (people: readonly FilePerson[]) => Promise<readonly RecordedPerson[]>,
): Promise<(reference: ContactReference) => number> {
  const ids = new Map<string, number>();
  await inPortions(people, signal, async (portion) => {
    for (const [index, contact] of (await insert(portion)).entries()) {
      const given = portion[index];
      ids.set(given && isWrittenAs(contact, given) ? given.key : personKey(contact), contact.id);
    }
  });
  return (reference) => {
    if (typeof reference === "number") return reference;
    const id = ids.get(reference);
    if (id === undefined) throw new Error("a contact that was to be recorded has no id");
    return id;
  };
}

function isWrittenAs(one: PersonInRow, other: PersonInRow): boolean {
  return (
    one.email === other.email &&
    one.first_name === other.first_name &&
    one.last_name === other.last_name
  );
}

/** Gives known people the phones and professions of the file. */
export async function updateContacts(
  { sql, schema, signal }: Place,
  { phones, professions }: ContactChanges,
): Promise<void> {
  const changed = new Set(
    schema.has("contacts.updated_at") ? [...phones, ...professions].map(({ id }) => id) : [],
  );
  await together(
    inPortions(phones, signal, (portion) => setPhones(sql, portion)),
    inPortions(professions, signal, (portion) => setProfessions(sql, portion)),
    inPortions([...changed], signal, (portion) => touchContacts(sql, portion)),
  );
}
