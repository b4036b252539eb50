import type { Sliced } from "../procedure/slices.ts";
import type { ShopRow, TicketRow } from "../formats/rows.ts";
import { nameAndMailbox } from "../people/contacts.ts";
import { Attendees } from "../people/attendees.ts";
import { planInterests, type InterestChanges, type KnownInterests } from "../people/interests.ts";
import { byText } from "../people/person.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import {
  asRecorded,
  changesAnything,
  inWords,
  newTicket,
  takenFrom,
  type Shop,
} from "../tickets/changes.ts";
import {
  anothersWarning,
  distinctTickets,
  ticketIdentifier,
  staysAsItIs,
  matchTickets,
  type KnownAboutTickets,
} from "../tickets/matching.ts";
import type { ShopChanges, TicketChanges } from "../tickets/recording.ts";

interface PlannedRegistrations {
  changes: ShopChanges & InterestChanges;
  /** The file's tickets by what brought them; those that say nothing are left out. */
  by_marketing_source: Record<string, number>;
}

/**
 * Plans what importing registrations does. Check-ins are left to their own import: a ticket is added
 * as not checked in.
 */
export function* planRegistrations(
  rows: readonly ShopRow[],
  known: KnownAboutTickets & KnownInterests,
  shop: Shop,
  strategy: Strategy,
  ledger: Ledger,
): Sliced<PlannedRegistrations> {
  const tickets = yield* distinctTickets(rows, shop.numberColumn, byStanding, ledger);
  const { matches, knownPeople, people, contacts, holders } = yield* matchTickets(
    tickets,
    known,
    strategy,
    ledger,
  );
  const changes: TicketChanges = { create: [], update: [] };
  const attendees = new Attendees(known.attendees, ledger);
  const imported: TicketRow[] = [];
  for (const [row, match] of matches) {
    yield;
    const note = ledger.about({
      row: row.row,
      record_type: "tickets",
      identifier: ticketIdentifier(row),
    });
    if (match.kind === "none") {
      imported.push(row);
      const added = newTicket(row, holders, shop, { checked_in: false, check_in_time: null });
      changes.create.push(added);
      attendees.holds(added, { row: row.row, person: row });
      note(
        "create",
        row.status === "registered" ? "not known yet" : `not known yet; ${row.status}`,
      );
      continue;
    }
    const { ticket } = match;
    if (strategy === "fail") {
      note("fail", "there already");
    } else if (match.kind !== "theirs" && staysAsItIs(match, strategy)) {
      const whose = nameAndMailbox(ticket.attendee);
      ledger.warn(row.row, shop.numberColumn, anothersWarning(row, match.kind, whose));
      note("skip", `the ticket is ${whose}'s in the database`);
    } else if (strategy === "skip") {
      attendees.holds(asRecorded(ticket), { row: row.row, person: row });
      note("skip", "there already");
    } else {
      imported.push(row);
      const change = takenFrom(row, ticket, holders);
      attendees.holds(asRecorded(ticket, change), { row: row.row, person: row });
      if (changesAnything(change)) {
        changes.update.push(change);
        note("update", inWords(change, ticket));
      } else {
        note("skip", "there already, and nothing changes");
      }
    }
  }
  const interests = yield* planInterests(imported, people, knownPeople, known, ledger);
  return {
    changes: { contacts, ...changes, attendees: attendees.roles, ...interests },
    by_marketing_source: bySource(tickets),
  };
}

const STANDING = { registered: 0, transferred: 1, cancelled: 2 };

function byStanding(a: TicketRow, b: TicketRow): number {
  return (
    STANDING[a.status] - STANDING[b.status] || byText(b.purchase_date ?? "", a.purchase_date ?? "")
  );
}

function bySource(tickets: readonly TicketRow[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { marketing_source: source } of tickets) {
    if (source !== null) counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}
