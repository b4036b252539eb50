import { grouped, sorted, type Sliced } from "../procedure/slices.ts";
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
  /** Not in every export. */
  profession?: string | null;
}

/** A person of the file, put together from all rows that name them. */
export interface FilePerson extends Mention {
  key: string;
  profession: string | null;
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
  constructor(contacts: readonly KnownContact[] = []) {
    for (const contact of contacts) this.#add(contact);
  }

  /** As many as a file may mean. */
  static *of(contacts: readonly KnownContact[]): Sliced<KnownPeople> {
    const people = new KnownPeople();
    for (const contact of contacts) {
      yield;
      people.#add(contact);
    }
    return people;
  }

  #add(contact: KnownContact): void {
    keepFirst(this.#byKey, personKey(contact), contact);
    keepFirst(this.#byAddress, mailbox(contact.email ?? ""), contact);
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

function keepFirst(contacts: Map<string, KnownContact>, key: string, contact: KnownContact): void {
  const other = contacts.get(key);
  if (!other || contact.id < other.id) contacts.set(key, contact);
}

/**
 * Puts the people of a file together, each once, in the order of the rows that name them first.
 *
 * @param writtenAt when a row was written, local time: of two rows that differ, the later one is right
 */
export function* gatherPeople<Row extends Mention>(
  rows: readonly Row[],
  writtenAt: (row: Row) => string | null,
): Sliced<Map<string, FilePerson>> {
  const people: FilePerson[] = [];
  for (const [key, group] of yield* grouped(rows, personKey)) {
    yield;
    people.push(gathered(key, group, writtenAt));
  }
  const byKey = new Map<string, FilePerson>();
  for (const person of yield* sorted(people, byRow)) {
    yield;
    byKey.set(person.key, person);
  }
  return byKey;
}

function gathered<Row extends Mention>(
  key: string,
  group: readonly [Row, ...Row[]],
  writtenAt: (row: Row) => string | null,
): FilePerson {
  if (group.length === 1) {
    const [{ first_name, last_name, email, phone, profession = null, row }] = group;
    return { key, row, first_name, last_name, email, phone, profession };
  }
  const latest = (value: (row: Row) => string | null | undefined, isName = false) =>
    group
      .flatMap((row) => {
        const text = value(row) ?? "";
        const care = isName && isCareless(text) ? 0 : 1;
        return text === "" ? [] : [{ at: writtenAt(row) ?? "", text, care }];
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
  const create = yield* sorted(changes.create, (a, b) => byText(a.key, b.key));
  return { ...changes, create };
}

/** A person for a list. */
export function nameAndMailbox(person: PersonInRow): string {
  return `${fullName(person)}${person.email === null ? "" : ` <${person.email}>`}`.trim();
}
