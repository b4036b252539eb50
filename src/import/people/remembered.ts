import { together } from "../../conventions/together.ts";
import type { Queryable } from "../../database/connect.ts";
import { mailbox } from "../../words/email_address.ts";
import type { PersonInRow } from "../formats/rows.ts";
import { inSlices, type Sliced } from "../procedure/slices.ts";
import { fullName, personKey } from "./person.ts";
import type { KnownContact } from "./queries/contacts.ts";
import {
  erasedAmong,
  formerPeople,
  type Addressee,
  type FormerPerson,
} from "./queries/remembered.ts";

/** A row that names a person, and perhaps who bought their ticket. */
export type PersonRow = PersonInRow & { row: number; purchaser_email?: string | null };

/** What the record remembers of a file's people that their rows do not say. */
export interface Remembered {
  /** Who a former name and address means now, by key. */
  former: ReadonlyMap<string, PersonInRow>;
  /** The same as a list. */
  formerly: readonly FormerPerson[];
  /** Whose a former mailbox was, as if it still were; none that is somebody's. */
  mailboxes: ReadonlyMap<string, KnownContact>;
  /** Mailboxes with full names, and mailboxes alone, of people who wished to be forgotten. */
  erased: ReadonlySet<string>;
}

/** Looks up who of a file's people was merged, renamed or erased: the one place where imports ask. */
export async function rememberedPeople(
  sql: Queryable,
  rows: readonly { row: number }[],
  signal: AbortSignal,
): Promise<Remembered> {
  const { addresses, names, addressees } = await inSlices(askedFor(rows), signal);
  if (addressees.length === 0 && names.length === 0) return NOBODY;
  const [people, gone] = await together(
    formerPeople(sql, addresses, names),
    addressees.length > 0 && erasedAmong(sql, addressees),
  );
  const former = new Map<string, PersonInRow>();
  const mailboxes = new Map<string, KnownContact>();
  for (const person of people) {
    former.set(personKey(person), person.present);
    const address = mailbox(person.email ?? "");
    if (address === "" || person.is_in_use) continue;
    const { contact_id: id, email, present } = person;
    mailboxes.set(address, { ...present, id, email, phone: null, profession: null });
  }
  return { former, formerly: people, mailboxes, erased: new Set((gone || []).map(addresseeKey)) };
}

const NOBODY: Remembered = {
  former: new Map(),
  formerly: [],
  mailboxes: new Map(),
  erased: new Set(),
};

/**
 * The rows with everybody under their present name and address, without who was erased and without erased
 * addresses of purchasers.
 *
 * @param leftOut is told the rows of erased people
 */
export function* asRemembered<Row extends { row: number }>(
  rows: readonly Row[],
  { former, erased }: Remembered,
  leftOut: (row: number) => void,
): Sliced<readonly Row[]> {
  if (former.size === 0 && erased.size === 0) return rows;
  const kept: Row[] = [];
  for (const row of rows) {
    yield;
    if (!namesPerson(row)) {
      kept.push(row);
    } else if (erased.has(addresseeKey(addressee(row)))) {
      leftOut(row.row);
    } else {
      const present = former.get(personKey(row));
      const isBuyerErased = erased.has(addresseeKey(buyer(row)));
      const known = present ? { ...row, ...present } : row;
      kept.push(isBuyerErased ? { ...known, purchaser_email: null } : known);
    }
  }
  return kept;
}

function* askedFor(rows: readonly { row: number }[]): Sliced<{
  addresses: string[];
  names: string[];
  addressees: Addressee[];
}> {
  const names = new Set<string>();
  const addressees = new Map<string, Addressee>();
  for (const row of rows) {
    yield;
    if (!namesPerson(row)) continue;
    if (row.email === null) names.add(row.last_name);
    for (const one of [addressee(row), buyer(row)]) {
      if (one.address !== "") addressees.set(addresseeKey(one), one);
    }
  }
  const addresses = new Set(Array.from(addressees.values(), ({ address }) => address));
  return { addresses: [...addresses], names: [...names], addressees: [...addressees.values()] };
}

/** Merchandise and answers of a form name nobody. */
export function namesPerson<Row extends { row: number }>(row: Row): row is Row & PersonRow {
  return "first_name" in row;
}

function addressee(row: PersonRow): Addressee {
  return { address: mailbox(row.email ?? ""), name: fullName(row) };
}

function buyer({ purchaser_email }: PersonRow): Addressee {
  return { address: mailbox(purchaser_email ?? ""), name: "" };
}

function addresseeKey({ address, name }: Addressee): string {
  return `${address}\0${name}`;
}
