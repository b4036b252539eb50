import { grouped, type Sliced } from "../procedure/slices.ts";
import { byRow } from "../formats/reading/report.ts";
import type { ShopRow, TicketRow } from "../formats/rows.ts";
import {
  KnownPeople,
  gatherPeople,
  nameAndMailbox,
  planContacts,
  type ContactChanges,
  type FilePerson,
} from "../people/contacts.ts";
import { byText, personKey } from "../people/person.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { Holders } from "./holders.ts";
import type { KnownTicket } from "./queries.ts";

/** What the database has for a ticket number of the file. */
export type Match =
  | { kind: "none" }
  /** `ambiguous`: several tickets of that number, none of them this person's. */
  | { kind: "theirs" | "another's" | "ambiguous"; ticket: KnownTicket };

const UNKNOWN: Match = { kind: "none" };

/** The event's tickets by their numbers. */
type TicketsByNumber = ReadonlyMap<string, readonly [KnownTicket, ...KnownTicket[]]>;

function matched(row: TicketRow, known: TicketsByNumber): Match {
  const tickets = known.get(row.ticket_number)?.toSorted((a, b) => a.id - b.id);
  const [first] = tickets ?? [];
  if (!tickets || !first) return UNKNOWN;
  const key = personKey(row);
  const theirs = tickets.find(({ attendee }) => personKey(attendee) === key);
  if (theirs) return { kind: "theirs", ticket: theirs };
  return { kind: tickets.length === 1 ? "another's" : "ambiguous", ticket: first };
}

/**
 * The tickets of a file, each number once. What is left out is noted as skipped: merchandise, and rows
 * that repeat a number. Which row of a number counts does not depend on their order.
 *
 * @param numberColumn what the file calls a ticket's number
 * @param prefer below zero where the first of two rows of one number says more about it
 */
export function* distinctTickets(
  rows: readonly ShopRow[],
  numberColumn: string,
  prefer: (a: TicketRow, b: TicketRow) => number,
  ledger: Ledger,
): Sliced<TicketRow[]> {
  const tickets: TicketRow[] = [];
  const seats = rows.filter((row) => !row.merchandise);
  const leftOut = rows.flatMap(({ row, merchandise }) =>
    merchandise
      ? [{ row, identifier: `row ${String(row)}`, reason: "merchandise, not a seat" }]
      : [],
  );
  const byNumber = yield* grouped(seats, ({ ticket_number }) => ticket_number);
  for (const same of byNumber.values()) {
    yield;
    if (same.length > 1) same.sort((a, b) => prefer(a, b) || byText(ticketText(a), ticketText(b)));
    const [best, ...others] = same;
    tickets.push(best);
    for (const other of others) {
      const reason = `the ticket number is in row ${String(best.row)} too, which counts`;
      leftOut.push({ row: other.row, identifier: `ticket ${other.ticket_number}`, reason });
      if (ticketText(other) !== ticketText(best)) {
        ledger.warn(other.row, numberColumn, `Left out: ${reason}.`);
      }
    }
  }
  for (const row of leftOut.sort(byRow)) {
    ledger.note({ ...row, action: "skip", record_type: "tickets" });
  }
  return tickets.sort(byRow);
}

function ticketText(row: TicketRow): string {
  return JSON.stringify({ ...row, row: 0 });
}

/** What the database holds about a file of tickets. */
export interface KnownAboutTickets {
  contacts: readonly KnownContact[];
  tickets: readonly KnownTicket[];
  /** Contacts who have the role of attendee at the event. */
  attendees: readonly number[];
}

/** A file's tickets with what the database has for each, and the people whom they bring. */
export interface MatchedTickets {
  matches: ReadonlyMap<TicketRow, Match>;
  knownPeople: KnownPeople;
  /** Of the tickets that are not left as they are. */
  people: ReadonlyMap<string, FilePerson>;
  contacts: ContactChanges;
  holders: Holders;
}

/** Finds the tickets and the people of a file in the database, and plans the people. */
export function* matchTickets(
  tickets: readonly TicketRow[],
  known: KnownAboutTickets,
  strategy: Strategy,
  ledger: Ledger,
): Sliced<MatchedTickets> {
  const knownPeople = yield* KnownPeople.of(known.contacts);
  const knownTickets = yield* grouped(known.tickets, ({ ticket_number }) => ticket_number);
  const matches = new Map<TicketRow, Match>();
  const mentions: TicketRow[] = [];
  for (const row of tickets) {
    yield;
    const match = matched(row, knownTickets);
    matches.set(row, match);
    if (!staysAsItIs(match, strategy)) mentions.push(row);
  }
  const people = yield* gatherPeople(mentions, ({ purchase_date }) => purchase_date);
  const contacts = yield* planContacts(people.values(), knownPeople, strategy, ledger);
  const holders = yield* Holders.of(knownPeople, contacts.create);
  return { matches, knownPeople, people, contacts, holders };
}

/** Whether a ticket stays as it is because it is not this person's. */
export function staysAsItIs({ kind }: Match, strategy: Strategy): boolean {
  return kind === "ambiguous" || (kind === "another's" && strategy !== "update");
}

/** A ticket as a person would name it. */
export function ticketIdentifier(row: TicketRow): string {
  return `ticket ${row.ticket_number} of ${nameAndMailbox(row)}`;
}

/** The warning for a ticket that is somebody else's in the database. */
export function anothersWarning(
  row: TicketRow,
  kind: "another's" | "ambiguous",
  whose: string,
): string {
  return kind === "ambiguous"
    ? `Left as it is: several people hold the ticket ${row.ticket_number} in the database, none of them ${nameAndMailbox(row)}.`
    : `Left as it is: the ticket ${row.ticket_number} is ${whose}'s in the database, ${nameAndMailbox(row)}'s in the file; duplicate_strategy update moves it.`;
}
