import type { Sliced } from "../procedure/slices.ts";
import type { ShopRow, TicketRow } from "../formats/rows.ts";
import { Attendees } from "../people/attendees.ts";
import { nameAndMailbox, type ContactReference } from "../people/contacts.ts";
import { byText } from "../people/person.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { differingTime } from "../procedure/values.ts";
import {
  asRecorded,
  changesAnything,
  inWords,
  newTicket,
  takenFrom,
  ticketChange,
  type Shop,
} from "../tickets/changes.ts";
import {
  anothersWarning,
  distinctTickets,
  ticketIdentifier,
  matchTickets,
  type KnownAboutTickets,
} from "../tickets/matching.ts";
import type { KnownTicket, TicketChange } from "../tickets/queries.ts";
import type { ShopChanges, TicketChanges } from "../tickets/recording.ts";

/** What becomes of the file's tickets, each counted once; merchandise and repeated rows are `skipped`. */
interface CheckInCounts {
  /** Known tickets that are checked in by this import. */
  checked_in: number;
  already_checked_in: number;
  not_checked_in: number;
  /** Late: not known, added as checked in. */
  created: number;
  /** Checked in before, but the file says more; under `update` only. */
  updated: number;
  skipped: number;
}

interface PlannedCheckIns {
  changes: ShopChanges;
  tickets: CheckInCounts;
}

/**
 * Plans what importing check-ins does. Who is not checked in is only counted. Under `fail` a clash is
 * a ticket that is checked in already: that the others are known is the usual case.
 */
export function* planCheckIns(
  rows: readonly ShopRow[],
  known: KnownAboutTickets,
  shop: Shop,
  strategy: Strategy,
  ledger: Ledger,
): Sliced<PlannedCheckIns> {
  const tickets = yield* distinctTickets(rows, shop.numberColumn, byArrival, ledger);
  const counts: CheckInCounts = {
    checked_in: 0,
    already_checked_in: 0,
    not_checked_in: 0,
    created: 0,
    updated: 0,
    skipped: ledger.counts("tickets").skip,
  };
  const came = tickets.filter((row) => row.checked_in);
  const { matches, contacts, holders } = yield* matchTickets(came, known, strategy, ledger);
  const changes: TicketChanges = { create: [], update: [] };
  const attendees = new Attendees(known.attendees, ledger);
  for (const row of tickets) {
    yield;
    const match = matches.get(row);
    const note = ledger.about({
      row: row.row,
      record_type: "tickets",
      identifier: ticketIdentifier(row),
      isUsual: !match,
    });
    const warn = (warning: string) => {
      ledger.warn(row.row, shop.numberColumn, warning);
    };
    if (!match) {
      counts.not_checked_in += 1;
      note("skip", "not checked in");
      continue;
    }
    if (match.kind === "none") {
      const checkIn = { checked_in: true, check_in_time: row.checked_in_at };
      const added = newTicket(row, holders, shop, checkIn);
      changes.create.push(added);
      attendees.holds(added, { row: row.row, person: row });
      counts.created += 1;
      note("create", "late: not known yet");
      warn(
        `Late: the ticket ${row.ticket_number} of ${nameAndMailbox(row)} was not known; it is added as checked in.`,
      );
      continue;
    }
    if (match.kind === "ambiguous") {
      counts.skipped += 1;
      note("skip", "several people hold this ticket in the database");
      warn(anothersWarning(row, match.kind, ""));
      continue;
    }
    const { ticket } = match;
    if (strategy === "fail" && ticket.checked_in) {
      note("fail", "checked in already");
      continue;
    }
    const change = changeFor(row, ticket);
    const person = change.attendee === null ? ticket.attendee : row;
    attendees.holds(asRecorded(ticket, change), { row: row.row, person });
    if (!ticket.checked_in) {
      changes.update.push(change);
      counts.checked_in += 1;
      note("update", "checked in");
    } else if (changesAnything(change)) {
      changes.update.push(change);
      counts.updated += 1;
      note("update", inWords(change, ticket));
    } else {
      counts.already_checked_in += 1;
      note("skip", "checked in already");
    }
    if (match.kind === "another's" && strategy !== "update") {
      warn(
        `Checked in, but the ticket ${row.ticket_number} is ${nameAndMailbox(ticket.attendee)}'s in the database, ${nameAndMailbox(row)}'s in the file; duplicate_strategy update moves it.`,
      );
    }
  }
  return { changes: { contacts, ...changes, attendees: attendees.roles }, tickets: counts };

  function changeFor(row: TicketRow, ticket: KnownTicket): TicketChange<ContactReference> {
    const taken =
      strategy === "update" ? takenFrom(row, ticket, holders) : ticketChange(ticket.id, {});
    if (ticket.checked_in && strategy !== "update") return taken;
    return {
      ...taken,
      checked_in: ticket.checked_in ? null : true,
      check_in_time: differingTime(row.checked_in_at, ticket.check_in_time),
    };
  }
}

/** Of two rows of one number: who came, and of those the first time. */
function byArrival(a: TicketRow, b: TicketRow): number {
  const came = Number(b.checked_in) - Number(a.checked_in);
  return came || byText(a.checked_in_at ?? "9", b.checked_in_at ?? "9");
}
