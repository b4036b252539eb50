import { mailbox } from "../../words/email_address.ts";
import type { Queryable } from "../../database/connect.ts";
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

/** The columns of `contacts` by which people are recognised. */
export const CONTACT_COLUMNS = {
  id: "number",
  first_name: "text",
  last_name: "text",
  email: "text",
} as const;

/** The contacts that these people may be, and those of further mailboxes. */
export function peopleMeant(
  sql: Queryable,
  people: readonly PersonInRow[],
  mailboxes: readonly (string | null)[] = [],
): Promise<KnownContact[]> {
  const addresses = new Set(
    [...people.map(({ email }) => email), ...mailboxes].map((email) => mailbox(email ?? "")),
  );
  addresses.delete("");
  const names = people.filter(({ email }) => email === null).map(({ last_name }) => last_name);
  return contactsMeant(sql, [...addresses], [...new Set(names)]);
}

/**
 * Records people.
 *
 * @param insert the statement, which says in any order which id each has
 * @returns the id of a known person as it is, and of a new one by their key
 */
export async function recordContacts(
  people: readonly FilePerson[],
  insert: (people: readonly FilePerson[]) => Promise<readonly RecordedPerson[]>,
): Promise<(reference: ContactReference) => number> {
  const created = people.length === 0 ? [] : await insert(people);
  const ids = new Map(created.map((contact) => [personKey(contact), contact.id]));
  return (reference) => {
    if (typeof reference === "number") return reference;
    const id = ids.get(reference);
    if (id === undefined) throw new Error("a contact that was to be recorded has no id");
    return id;
  };
}

/** Gives known people the phones and professions of the file. */
export async function updateContacts(
  { sql, schema }: Place,
  { phones, professions }: ContactChanges,
): Promise<void> {
  if (phones.length > 0) await setPhones(sql, phones);
  if (professions.length > 0) await setProfessions(sql, professions);
  const changed = [...new Set([...phones, ...professions].map(({ id }) => id))];
  if (changed.length > 0 && schema.has("contacts.updated_at")) await touchContacts(sql, changed);
}
