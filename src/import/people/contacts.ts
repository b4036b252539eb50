import type { Sliced } from "../procedure/slices.ts";
import { byRow } from "../formats/reading/report.ts";
import type { PersonInRow } from "../formats/rows.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { mailbox } from "../../words/email_address.ts";
import { byText, fullName, personKey } from "./person.ts";
import type { KnownContact } from "./queries/contacts.ts";

/** A person as a row of the file names them. */
export interface Mention extends PersonInRow {
  /** Of several that name them, the first. */
  row: number;
  phone: string | null;
  profession: string | null;
  /** When the row was written, local time: of two rows that differ, the later one is right. */
  at: string | null;
}

/** A person of the file, put together from all rows that name them. */
export interface FilePerson extends Omit<Mention, "at"> {
  key: string;
}

/** What an import does to contacts. */
export interface ContactChanges {
  /** In the order in which they get their ids, which is not the file's. */
  create: FilePerson[];
  phones: { id: number; phone: string }[];
  professions: { id: number; profession: string }[];
}

/** A person as tickets and sessions refer to them: a known one's id, or the key of one to be created. */
export type ContactReference = number | string;

/** The people of a database, as far as a file may mean them. */
export class KnownPeople {
  readonly #byKey = new Map<string, KnownContact>();
  readonly #byAddress = new Map<string, KnownContact>();

  /** Where an earlier tool recorded a person twice, the first entry is meant. */
  constructor(contacts: readonly KnownContact[]) {
    for (const contact of [...contacts].sort((a, b) => a.id - b.id)) {
      const key = personKey(contact);
      if (!this.#byKey.has(key)) this.#byKey.set(key, contact);
      const address = mailbox(contact.email ?? "");
      if (!this.#byAddress.has(address)) this.#byAddress.set(address, contact);
    }
  }

  withKey(key: string): KnownContact | undefined {
    return this.#byKey.get(key);
  }

  /** The contact that a person of a file is, or is going to be. */
  referTo(key: string): ContactReference {
    return this.#byKey.get(key)?.id ?? key;
  }

  /** Whoever of that mailbox was recorded first. */
  withMailbox(address: string): KnownContact | undefined {
    return this.#byAddress.get(address);
  }
}

/** Puts the people of a file together, each once, in the order of the rows that name them first. */
export function* gatherPeople(mentions: readonly Mention[]): Sliced<Map<string, FilePerson>> {
  const groups = new Map<string, [Mention, ...Mention[]]>();
  for (const mention of mentions) {
    yield;
    const key = personKey(mention);
    const group = groups.get(key);
    if (group) group.push(mention);
    else groups.set(key, [mention]);
  }
  const people: FilePerson[] = [];
  for (const [key, group] of groups) {
    yield;
    people.push(gathered(key, group));
  }
  return new Map(people.sort(byRow).map((person) => [person.key, person]));
}

function gathered(key: string, group: readonly [Mention, ...Mention[]]): FilePerson {
  if (group.length === 1) {
    const [{ first_name, last_name, email, phone, profession, row }] = group;
    return { key, row, first_name, last_name, email, phone, profession };
  }
  const latest = (value: (mention: Mention) => string | null, isName = false) =>
    group
      .flatMap((mention) => {
        const text = value(mention);
        const care = isName && isCareless(text ?? "") ? 0 : 1;
        return text === null || text === "" ? [] : [{ at: mention.at ?? "", text, care }];
      })
      .sort((a, b) => b.care - a.care || byText(b.at, a.at) || byText(b.text, a.text))[0]?.text ??
    null;
  return {
    key,
    row: Math.min(...group.map(({ row }) => row)),
    first_name: latest(({ first_name }) => first_name, true) ?? "",
    last_name: latest(({ last_name }) => last_name, true) ?? "",
    email: latest(({ email }) => email),
    phone: latest(({ phone }) => phone),
    profession: latest(({ profession }) => profession),
  };
}

/** A name all in capitals, or without any. */
function isCareless(name: string): boolean {
  return name === name.toUpperCase() || name === name.toLowerCase();
}

/**
 * Plans what becomes of the people whom other records of the file need.
 *
 * @param people in the order of rows
 */
export function* planContacts(
  people: Iterable<FilePerson>,
  known: KnownPeople,
  strategy: Strategy,
  ledger: Ledger,
): Sliced<ContactChanges> {
  const changes: ContactChanges = { create: [], phones: [], professions: [] };
  for (const person of people) {
    yield;
    const contact = known.withKey(person.key);
    const note = ledger.about({
      row: person.row,
      record_type: "contacts",
      identifier: nameAndMailbox(person),
    });
    if (!contact) {
      changes.create.push(person);
      note("create", "not known yet");
      continue;
    }
    const { phone, profession } =
      strategy === "update" ? person : { phone: null, profession: null };
    const isNewPhone = phone !== null && phone !== contact.phone;
    const isNewProfession = profession !== null && profession !== contact.profession;
    if (isNewPhone) changes.phones.push({ id: contact.id, phone });
    if (isNewProfession) changes.professions.push({ id: contact.id, profession });
    const changed = [isNewPhone && "phone", isNewProfession && "profession"].filter(Boolean);
    if (changed.length > 0) note("update", changed.join(" and "));
    else note("skip", "known, and nothing changes");
  }
  // Ids follow this order, and where a mailbox is shared the lowest id stands for it.
  changes.create.sort((a, b) => byText(a.key, b.key));
  return changes;
}

/** A person for a list. */
export function nameAndMailbox(person: PersonInRow): string {
  return `${fullName(person)}${person.email === null ? "" : ` <${person.email}>`}`.trim();
}
