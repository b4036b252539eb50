import type { PersonInRow } from "../formats/rows.ts";
import type { Ledger } from "../procedure/ledger.ts";
import type { TableNeeds } from "../procedure/schema.ts";
import { nameAndMailbox, type ContactReference } from "./contacts.ts";

/** What giving people a role needs of `contact_roles`. */
export const ROLES_NEEDS: TableNeeds = {
  table: "contact_roles",
  columns: { contact_id: "number", event_id: "number", role_type: "text" },
  isExtended: true,
};

/** Who a file says attends, and who of them gets that role: each once, and nobody loses it. */
export class Attendees {
  /** Those who do not have the role yet. */
  readonly roles: ContactReference[] = [];
  readonly #noted = new Set<ContactReference>();
  readonly #holders: ReadonlySet<number>;
  readonly #ledger: Ledger;

  /** @param holders contacts who have the role at the event */
  constructor(holders: readonly number[], ledger: Ledger) {
    this.#holders = new Set(holders);
    this.#ledger = ledger;
  }

  /**
   * A ticket that is in the record after the import.
   *
   * @param status one that is cancelled or transferred makes nobody an attendee
   */
  holds(
    ticket: { attendee: ContactReference; status: string | null },
    { row, person }: { row: number; person: PersonInRow },
  ): void {
    const { attendee, status } = ticket;
    if (status === "cancelled" || status === "transferred" || this.#noted.has(attendee)) return;
    this.#noted.add(attendee);
    const note = this.#ledger.about({
      row,
      record_type: "roles",
      identifier: nameAndMailbox(person),
    });
    if (typeof attendee === "number" && this.#holders.has(attendee)) {
      note("skip", "there already");
    } else {
      this.roles.push(attendee);
      note("create", "attends the event");
    }
  }
}
