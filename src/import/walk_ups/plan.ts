import type { Sliced } from "../procedure/slices.ts";
import type { WalkUpRow } from "../formats/rows.ts";
import { Attendees } from "../people/attendees.ts";
import {
  KnownPeople,
  gatherPeople,
  nameAndMailbox,
  planContacts,
  type ContactChanges,
  type ContactReference,
} from "../people/contacts.ts";
import { personKey } from "../people/person.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import type { HeldTicket, NewTicket } from "../tickets/queries.ts";

/** Where a walk-in comes from, as `tickets.registration_source` has it. */
const WALK_IN = "walk-in";

/** The number of every ticket that no shop numbered. */
const WALK_IN_NUMBER = "-1";

/** What the database holds about a file of walk-ins. */
export interface KnownWalkUps {
  contacts: readonly KnownContact[];
  /** The event's tickets of these contacts. */
  tickets: readonly HeldTicket[];
  /** Contacts who have the role of attendee at the event. */
  attendees: readonly number[];
}

/** What importing walk-ins changes. */
export interface WalkUpChanges {
  contacts: ContactChanges;
  create: NewTicket<ContactReference>[];
  /** Who gets the role of attendee at the event. */
  attendees: ContactReference[];
}

/** Plans what importing walk-ins does: one ticket per person and event, checked in when they came. */
export function* planWalkUps(
  rows: readonly WalkUpRow[],
  known: KnownWalkUps,
  strategy: Strategy,
  ledger: Ledger,
): Sliced<{ changes: WalkUpChanges }> {
  const knownPeople = yield* KnownPeople.of(known.contacts);
  const keys = new Map<number, string>();
  for (const contact of known.contacts) {
    yield;
    keys.set(contact.id, personKey(contact));
  }
  const walkedIn = new Map<string, HeldTicket>();
  const registered = new Set<string>();
  for (const ticket of known.tickets) {
    yield;
    const { ticket_number, registration_source, contact_id } = ticket;
    const key = keys.get(contact_id) ?? "";
    const isWalkIn = registration_source === WALK_IN || ticket_number === WALK_IN_NUMBER;
    if (!isWalkIn) registered.add(key);
    else if (contact_id < (walkedIn.get(key)?.contact_id ?? Infinity)) walkedIn.set(key, ticket);
  }

  const people = yield* gatherPeople(rows, ({ completed_at }) => completed_at);
  const contacts = yield* planContacts(people.values(), knownPeople, strategy, ledger);
  const arrivals = yield* firstArrivals(rows);
  const create: WalkUpChanges["create"] = [];
  const attendees = new Attendees(known.attendees, ledger);
  for (const row of rows) {
    yield;
    const key = personKey(row);
    const note = ledger.about({
      row: row.row,
      record_type: "tickets",
      identifier: `walk-in of ${nameAndMailbox(row)}`,
    });
    const first = arrivals.get(key);
    const before = walkedIn.get(key);
    if (first && first !== row) {
      note("skip", `the same person as in row ${String(first.row)}`);
    } else if (before) {
      const { contact_id: attendee, status } = before;
      attendees.holds({ attendee, status }, { row: row.row, person: row });
      note(strategy === "fail" ? "fail" : "skip", "there already");
    } else {
      const added = walkIn(row, knownPeople.referTo(key));
      create.push(added);
      attendees.holds(added, { row: row.row, person: row });
      note("create", "not known yet");
      if (registered.has(key)) {
        const warning = `${nameAndMailbox(row)} holds a ticket for the event as well; the walk-in is added beside it.`;
        ledger.warn(row.row, "", warning);
      }
    }
  }
  return { changes: { contacts, create, attendees: attendees.roles } };
}

function walkIn(row: WalkUpRow, contact: ContactReference): NewTicket<ContactReference> {
  return {
    ticket_number: WALK_IN_NUMBER,
    registration_source: WALK_IN,
    attendee: contact,
    purchaser: contact,
    ticket_type: null,
    status: "registered",
    registration_date: row.completed_at,
    checked_in: true,
    check_in_time: row.completed_at,
    purchaser_email: row.email,
    order_number: null,
    marketing_source: null,
    is_complimentary: false,
  };
}

/** The row that counts for each person: the earliest, for that is when they came. */
function* firstArrivals(rows: readonly WalkUpRow[]): Sliced<Map<string, WalkUpRow>> {
  const first = new Map<string, WalkUpRow>();
  for (const row of rows) {
    yield;
    const key = personKey(row);
    const other = first.get(key);
    if (!other || (row.completed_at ?? "") < (other.completed_at ?? "")) first.set(key, row);
  }
  return first;
}
