import type { WalkUpRow } from "../formats/rows.ts";
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
}

/** What importing walk-ins changes. */
export interface WalkUpChanges {
  contacts: ContactChanges;
  create: NewTicket<ContactReference>[];
}

/** Plans what importing walk-ins does: one ticket per person and event, checked in when they came. */
export function planWalkUps(
  rows: readonly WalkUpRow[],
  known: KnownWalkUps,
  strategy: Strategy,
  ledger: Ledger,
): { changes: WalkUpChanges } {
  const knownPeople = new KnownPeople(known.contacts);
  const keys = new Map(known.contacts.map((contact) => [contact.id, personKey(contact)]));
  const walkedIn = new Set<string>();
  const registered = new Set<string>();
  for (const { ticket_number, registration_source, contact_id } of known.tickets) {
    const isWalkIn = registration_source === WALK_IN || ticket_number === WALK_IN_NUMBER;
    (isWalkIn ? walkedIn : registered).add(keys.get(contact_id) ?? "");
  }

  const people = gatherPeople(
    rows.map((row) => ({ ...row, profession: null, at: row.completed_at })),
  );
  const contacts = planContacts(people.values(), knownPeople, strategy, ledger);
  const arrivals = firstArrivals(rows);
  const create: WalkUpChanges["create"] = [];
  for (const row of rows) {
    const key = personKey(row);
    const note = ledger.about({
      row: row.row,
      record_type: "tickets",
      identifier: `walk-in of ${nameAndMailbox(row)}`,
    });
    const first = arrivals.get(key);
    if (first && first !== row) {
      note("skip", `the same person as in row ${String(first.row)}`);
    } else if (walkedIn.has(key)) {
      note(strategy === "fail" ? "fail" : "skip", "there already");
    } else {
      create.push(walkIn(row, knownPeople.referTo(key)));
      note("create", "not known yet");
      if (registered.has(key)) {
        const warning = `${nameAndMailbox(row)} holds a ticket for the event as well; the walk-in is added beside it.`;
        ledger.warn(row.row, "", warning);
      }
    }
  }
  return { changes: { contacts, create } };
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
function firstArrivals(rows: readonly WalkUpRow[]): Map<string, WalkUpRow> {
  const first = new Map<string, WalkUpRow>();
  for (const row of rows) {
    const key = personKey(row);
    const other = first.get(key);
    if (!other || row.completed_at < other.completed_at) first.set(key, row);
  }
  return first;
}
