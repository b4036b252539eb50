import type { TicketRow } from "../formats/rows.ts";
import { mailbox } from "../../words/email_address.ts";
import type { ContactReference, FilePerson, KnownPeople } from "../people/contacts.ts";
import { personKey } from "../people/person.ts";
import type { Sliced } from "../procedure/slices.ts";

/**
 * Whose the tickets of a file are. Who buys one is the attendee, unless the purchaser's mailbox is
 * somebody's whom the database knows, or will after this import.
 */
export class Holders {
  readonly #known: KnownPeople;
  readonly #created = new Map<string, string>();

  private constructor(known: KnownPeople) {
    this.#known = known;
  }

  /** @param created the people this import adds, in the order of their ids to be */
  static *of(known: KnownPeople, created: readonly FilePerson[]): Sliced<Holders> {
    const holders = new Holders(known);
    for (const { email, key } of created) {
      yield;
      const address = mailbox(email ?? "");
      if (address !== "" && !holders.#created.has(address)) holders.#created.set(address, key);
    }
    return holders;
  }

  attendee(row: TicketRow): ContactReference {
    return this.#known.referTo(personKey(row));
  }

  /** Who owns the purchaser's mailbox; null where nobody known does, or the row names none. */
  purchaser(row: TicketRow): ContactReference | null {
    const address = mailbox(row.purchaser_email ?? "");
    if (address === "") return null;
    if (address === mailbox(row.email ?? "")) return this.attendee(row);
    return this.#known.withMailbox(address)?.id ?? this.#created.get(address) ?? null;
  }
}
