import type { QuicketRow, TicketRow } from "../formats/rows.ts";
import type { RowWarning } from "../formats/report.ts";
import {
  KnownPeople,
  gatherPeople,
  planContacts,
  shown,
  type ContactChanges,
  type KnownContact,
} from "../people/contacts.ts";
import type { Clash, Ledger, Planned, Strategy } from "../procedure/ledger.ts";
import { Purchasers, changed, newTicket, takenFrom } from "../tickets/changes.ts";
import {
  KnownTickets,
  anothers,
  changeOf,
  changesAnything,
  distinctTickets,
  identifier,
  mention,
  referenceOf,
  type KnownTicket,
  type NewTicket,
  type TicketChange,
} from "../tickets/matching.ts";
import { otherTime } from "../procedure/values.ts";

/** What the database holds about a file of check-ins. */
export interface KnownCheckIns {
  contacts: readonly KnownContact[];
  tickets: readonly KnownTicket[];
}

/** What importing check-ins changes. */
interface CheckInChanges {
  contacts: ContactChanges;
  create: NewTicket[];
  update: TicketChange[];
}

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

export interface PlannedCheckIns extends Planned<CheckInChanges> {
  tickets: CheckInCounts;
}

/**
 * Plans what importing check-ins does. Who is not checked in is only counted. Under `fail` a clash is
 * a ticket that is checked in already: that the others are known is the usual case.
 */
export function planCheckIns(
  rows: readonly QuicketRow[],
  known: KnownCheckIns,
  strategy: Strategy,
  ledger: Ledger,
): PlannedCheckIns {
  const warnings: RowWarning[] = [];
  const clashes: Clash[] = [];
  const { tickets } = distinctTickets(rows, saysMore, ledger, warnings);
  const knownPeople = new KnownPeople(known.contacts);
  const knownTickets = new KnownTickets(known.tickets);
  const counts: CheckInCounts = {
    checked_in: 0,
    already_checked_in: 0,
    not_checked_in: 0,
    created: 0,
    updated: 0,
    skipped: ledger.count("tickets", "skip"),
  };

  const came = tickets.filter((row) => row.checked_in);
  const fates = new Map(came.map((row) => [row, knownTickets.match(row)]));
  const used = came.filter((row) => {
    const kind = fates.get(row)?.kind;
    return kind === "none" || kind === "theirs" || (kind === "another's" && strategy === "update");
  });
  const people = gatherPeople(used.map(mention));
  const contacts = planContacts(people.values(), knownPeople, strategy, ledger);
  const purchasers = new Purchasers(knownPeople, contacts.create);

  const create: NewTicket[] = [];
  const update: TicketChange[] = [];
  for (const row of tickets) {
    const match = fates.get(row);
    const note = (action: "create" | "update" | "skip" | "fail", reason: string) =>
      ledger.note({
        row: row.row,
        action,
        record_type: "tickets",
        identifier: identifier(row),
        reason,
      });
    if (!match) {
      counts.not_checked_in += 1;
      note("skip", "not checked in");
      continue;
    }
    if (match.kind === "none") {
      const attendee = referenceOf(row, knownPeople);
      const checkIn = { checked_in: true, check_in_time: row.checked_in_at };
      create.push(newTicket(row, attendee, purchasers, checkIn));
      counts.created += 1;
      note("create", "late: not known yet");
      warnings.push({
        row: row.row,
        field: "Ticket Number",
        warning: `Late: the ticket ${row.ticket_number} of ${shown(row)} was not known; it is added as checked in.`,
      });
      continue;
    }
    if (match.kind === "ambiguous") {
      counts.skipped += 1;
      note("skip", "several people hold this ticket in the database");
      warnings.push({
        row: row.row,
        field: "Ticket Number",
        warning: anothers(row, match.kind, ""),
      });
      continue;
    }
    const { ticket } = match;
    if (strategy === "fail" && ticket.checked_in) {
      clashes.push({ row: row.row, what: `${identifier(row)} is checked in already` });
      note("fail", "checked in already");
      continue;
    }
    const change = changeFor(row, ticket);
    if (!ticket.checked_in) {
      update.push(change);
      counts.checked_in += 1;
      note("update", "checked in");
    } else if (changesAnything(change)) {
      update.push(change);
      counts.updated += 1;
      note("update", changed(change, ticket));
    } else {
      counts.already_checked_in += 1;
      note("skip", "checked in already");
    }
    if (match.kind === "another's" && strategy !== "update") {
      warnings.push({
        row: row.row,
        field: "Ticket Number",
        warning: `Checked in, but the ticket ${row.ticket_number} is ${shown(ticket.attendee)}'s in the database, ${shown(row)}'s in the file; duplicate_strategy update moves it.`,
      });
    }
  }
  return { changes: { contacts, create, update }, warnings, clashes, tickets: counts };

  function changeFor(row: TicketRow, ticket: KnownTicket): TicketChange {
    const taken =
      strategy === "update"
        ? takenFrom(row, ticket, referenceOf(row, knownPeople), purchasers)
        : changeOf(ticket.id, {});
    if (ticket.checked_in && strategy !== "update") return taken;
    return {
      ...taken,
      checked_in: ticket.checked_in ? null : true,
      check_in_time: otherTime(row.checked_in_at, ticket.check_in_time),
    };
  }
}

/** Of two rows of one number: who came, and of those the first time. */
function saysMore(a: TicketRow, b: TicketRow): number {
  const came = Number(b.checked_in) - Number(a.checked_in);
  const [first, second] = [a.checked_in_at ?? "9", b.checked_in_at ?? "9"];
  return came || (first < second ? -1 : first > second ? 1 : 0);
}
