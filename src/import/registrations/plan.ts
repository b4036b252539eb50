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
import { planInterests, type InterestChanges, type KnownInterests } from "../people/interests.ts";
import type { Clash, Ledger, Planned, Strategy } from "../procedure/ledger.ts";
import { Purchasers, changed, newTicket, takenFrom } from "../tickets/changes.ts";
import {
  KnownTickets,
  anothers,
  changesAnything,
  distinctTickets,
  identifier,
  mention,
  referenceOf,
  type KnownTicket,
  type NewTicket,
  type TicketChange,
} from "../tickets/matching.ts";

/** What the database holds about a file of registrations. */
export interface KnownRegistrations extends KnownInterests {
  contacts: readonly KnownContact[];
  tickets: readonly KnownTicket[];
}

/** What importing registrations changes. */
interface RegistrationChanges extends InterestChanges {
  contacts: ContactChanges;
  create: NewTicket[];
  update: TicketChange[];
}

/** What a plan of registrations says beside it. */
export interface PlannedRegistrations extends Planned<RegistrationChanges> {
  /** The file's tickets by what brought them; those that say nothing are left out. */
  by_marketing_source: Record<string, number>;
}

/**
 * Plans what importing registrations does. Check-ins are left to their own import: a ticket is added
 * as not checked in.
 */
export function planRegistrations(
  rows: readonly QuicketRow[],
  known: KnownRegistrations,
  strategy: Strategy,
  ledger: Ledger,
): PlannedRegistrations {
  const warnings: RowWarning[] = [];
  const clashes: Clash[] = [];
  const { tickets } = distinctTickets(rows, saysMore, ledger, warnings);
  const knownPeople = new KnownPeople(known.contacts);
  const knownTickets = new KnownTickets(known.tickets);

  const fates = tickets.map((row) => {
    const match = knownTickets.match(row);
    const stays =
      match.kind === "ambiguous" || (match.kind === "another's" && strategy !== "update");
    return { row, match, isUsed: !stays };
  });
  const used = fates.filter(({ isUsed }) => isUsed).map(({ row }) => row);
  const people = gatherPeople(used.map(mention));
  const contacts = planContacts(people.values(), knownPeople, strategy, ledger);
  const purchasers = new Purchasers(knownPeople, contacts.create);

  const create: NewTicket[] = [];
  const update: TicketChange[] = [];
  for (const { row, match } of fates) {
    const note = (action: "create" | "update" | "skip" | "fail", reason: string) =>
      ledger.note({
        row: row.row,
        action,
        record_type: "tickets",
        identifier: identifier(row),
        reason,
      });
    if (match.kind === "none") {
      create.push(
        newTicket(row, referenceOf(row, knownPeople), purchasers, {
          checked_in: false,
          check_in_time: null,
        }),
      );
      note(
        "create",
        row.status === "registered" ? "not known yet" : `not known yet; ${row.status}`,
      );
      continue;
    }
    const { ticket } = match;
    if (strategy === "fail") {
      clashes.push({ row: row.row, what: `${identifier(row)} is there already` });
      note("fail", "there already");
    } else if (match.kind === "ambiguous" || (match.kind === "another's" && strategy === "skip")) {
      const whose = shown(ticket.attendee);
      warnings.push({
        row: row.row,
        field: "Ticket Number",
        warning: anothers(row, match.kind, whose),
      });
      note("skip", `the ticket is ${whose}'s in the database`);
    } else if (strategy === "skip") {
      note("skip", "there already");
    } else {
      const change = takenFrom(row, ticket, referenceOf(row, knownPeople), purchasers);
      if (changesAnything(change)) {
        update.push(change);
        note("update", changed(change, ticket));
      } else {
        note("skip", "there already, and nothing changes");
      }
    }
  }
  const imported = fates
    .filter(({ match, isUsed }) => match.kind === "none" || (isUsed && strategy === "update"))
    .map(({ row }) => row);
  const interests = planInterests(imported, people, knownPeople, known, ledger);
  return {
    changes: { contacts, create, update, ...interests },
    warnings,
    clashes,
    by_marketing_source: bySource(tickets),
  };
}

const STANDING = { registered: 0, transferred: 1, cancelled: 2 };

function saysMore(a: TicketRow, b: TicketRow): number {
  return (
    STANDING[a.status] - STANDING[b.status] ||
    ((a.purchase_date ?? "") < (b.purchase_date ?? "")
      ? 1
      : a.purchase_date === b.purchase_date
        ? 0
        : -1)
  );
}

function bySource(tickets: readonly TicketRow[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { marketing_source: source } of tickets) {
    if (source !== null) counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)));
}
