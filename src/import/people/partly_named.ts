import type { Queryable } from "../../database/connect.ts";
import { counted } from "../../words/counts.ts";
import { mailbox } from "../../words/email_address.ts";
import { words } from "../../words/names.ts";
import type { PersonInRow } from "../formats/rows.ts";
import type { Ledger } from "../procedure/ledger.ts";
import { inSlices, type Sliced } from "../procedure/slices.ts";
import { byText, fullName, personKey } from "./person.ts";
import { contactsMeant, type KnownContact } from "./queries/contacts.ts";
import type { FormerPerson } from "./queries/remembered.ts";
import { namesPerson, type PersonRow } from "./remembered.ts";

/** Who is, or was, on the mailboxes of rows that have one name only. */
interface KnownOnMailboxes {
  contacts: readonly KnownContact[];
  formerly: readonly FormerPerson[];
}

/** Looks up who is on the mailboxes of rows that have but one of the two names. */
export async function contactsOfPartlyNamed(
  sql: Queryable,
  rows: readonly { row: number }[],
  signal: AbortSignal,
): Promise<KnownContact[]> {
  const addresses = await inSlices(mailboxesOfPartlyNamed(rows), signal);
  return addresses.size === 0 ? [] : contactsMeant(sql, [...addresses], []);
}

function* mailboxesOfPartlyNamed(rows: readonly { row: number }[]): Sliced<Set<string>> {
  const addresses = new Set<string>();
  for (const row of rows) {
    yield;
    if (isPartlyNamed(row)) addresses.add(mailbox(row.email ?? ""));
  }
  return addresses;
}

/**
 * The rows with everybody of whom they have one name only under the whole name of the one person on that
 * mailbox whom it fits, known or in the file: no second person is made of half a name.
 *
 * @param leaveOut is told of rows that fit several people; null where such rows stay as they are
 */
export function* asKnown<Row extends { row: number }>(
  rows: readonly Row[],
  { contacts, formerly }: KnownOnMailboxes,
  ledger: Ledger,
  leaveOut: ((row: number, reason: string) => void) | null,
): Sliced<readonly Row[]> {
  const addresses = yield* mailboxesOfPartlyNamed(rows);
  if (addresses.size === 0) return rows;
  const people = new PeopleOfMailboxes(addresses);
  for (const contact of contacts) people.add(contact, contact);
  for (const person of formerly) people.add(person, person.present);
  for (const row of rows) {
    yield;
    if (namesPerson(row) && !isPartlyNamed(row)) people.add(row, row);
  }
  const taken: { row: number; name: string }[] = [];
  const kept: Row[] = [];
  for (const row of rows) {
    yield;
    const fitting = isPartlyNamed(row) ? people.fitting(row) : [];
    const [person, another] = fitting;
    if (!person || !namesPerson(row)) {
      kept.push(row);
    } else if (!another) {
      const { first_name, last_name } = person;
      const email = isOnMailbox(person, row) ? row.email : person.email;
      kept.push({ ...row, first_name, last_name, email });
      if (personKey(person) !== personKey(row))
        taken.push({ row: row.row, name: fullName(person) });
    } else if (leaveOut && !hasSpeakerId(row)) {
      const names = fitting.map(fullName).sort(byText).join(", ");
      leaveOut(
        row.row,
        `names its person only in part, which fits several on the mailbox: ${names}`,
      );
    } else {
      kept.push(row);
    }
  }
  const [first, ...more] = taken;
  if (first) {
    const others =
      more.length === 0 ? "" : `; the same goes for ${counted(more.length, "more row")}`;
    const warning = `has only a part of a name, and is taken to be ${first.name}, who is on that mailbox${others}`;
    ledger.warn(first.row, "", warning);
  }
  return kept;
}

function isPartlyNamed<Row extends { row: number }>(row: Row): row is Row & PersonRow {
  return (
    namesPerson(row) && row.email !== null && (row.first_name === "") !== (row.last_name === "")
  );
}

/** A speaker is recognised by Sessionize's id before any name. */
function hasSpeakerId(row: object): boolean {
  return "speaker_id" in row && row.speaker_id !== null;
}

function isOnMailbox(one: PersonInRow, other: PersonInRow): boolean {
  return mailbox(one.email ?? "") === mailbox(other.email ?? "");
}

/** Somebody of a mailbox, with all names under which they are or were known there. */
interface Known {
  knownAs: PersonInRow[];
  person: PersonInRow;
}

class PeopleOfMailboxes {
  readonly #byMailbox: Map<string, Map<string, Known>>;

  constructor(addresses: ReadonlySet<string>) {
    this.#byMailbox = new Map(
      Array.from(addresses, (address) => [address, new Map<string, Known>()]),
    );
  }

  /** Adds somebody of the mailbox under which they are known, unless it is not asked for. */
  add(knownAs: PersonInRow, person: PersonInRow): void {
    const people = this.#byMailbox.get(mailbox(knownAs.email ?? ""));
    if (!people) return;
    const key = personKey(person);
    const other = people.get(key);
    if (!other) people.set(key, { knownAs: [knownAs], person });
    else {
      other.knownAs.push(knownAs);
      // Of two spellings always the same, whatever the order of rows.
      if (spelling(person) < spelling(other.person)) other.person = person;
    }
  }

  /** Whom a row with one name may mean: the one who is known by just that, or all whom it is a part of. */
  fitting(row: PersonInRow): PersonInRow[] {
    const people = this.#byMailbox.get(mailbox(row.email ?? ""));
    const exact = people?.get(personKey(row));
    if (exact) return [exact.person];
    return [...(people?.values() ?? [])].flatMap(({ knownAs, person }) =>
      knownAs.some((name) => isPartOf(row, name)) ? [person] : [],
    );
  }
}

function spelling({ first_name, last_name, email }: PersonInRow): string {
  return JSON.stringify([first_name, last_name, email]);
}

/** Whether half a name is of a whole one: all its words, the first name before others, or the last after others. */
function isPartOf(row: PersonInRow, known: PersonInRow): boolean {
  const given = words(fullName(row));
  const all = words(fullName(known));
  if (given.length === 0) return false;
  if (given.every((word) => all.includes(word))) return true;
  return row.last_name === ""
    ? given[0] === words(known.first_name)[0]
    : given.at(-1) === words(known.last_name).at(-1);
}
