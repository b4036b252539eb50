import type { Sliced } from "../procedure/slices.ts";
import { byRow } from "../formats/reading/report.ts";
import type { ShopRow, TicketRow } from "../formats/rows.ts";
import {
  KnownPeople,
  gatherPeople,
  nameAndMailbox,
  planContacts,
  type ContactChanges,
  type FilePerson,
  type Mention,
} from "../people/contacts.ts";
import { byText, personKey } from "../people/person.ts";
import type { KnownContact } from "../people/queries/contacts.ts";
import type { Ledger, Strategy } from "../procedure/ledger.ts";
import { groupedBy } from "../../words/groups.ts";
import { Holders } from "./holders.ts";
import type { KnownTicket } from "./queries.ts";

/** What the database has for a ticket number of the file. */
export type Match =
  | { kind: "none" }
  /** `ambiguous`: several tickets of that number, none of them this person's. */
  | { kind: "theirs" | "another's" | "ambiguous"; ticket: KnownTicket };

/** The event's tickets by their numbers. */
class TicketsByNumber {
  readonly #byNumber: ReadonlyMap<string, readonly [KnownTicket, ...KnownTicket[]]>;

  constructor(tickets: readonly KnownTicket[]) {
    const ordered = [...tickets].sort((a, b) => a.id - b.id);
    this.#byNumber = groupedBy(ordered, ({ ticket_number }) => ticket_number);
  }

  match(row: TicketRow): Match {
    const tickets = this.#byNumber.get(row.ticket_number);
    if (!tickets) return { kind: "none" };
    const key = personKey(row);
    const theirs = tickets.find(({ attendee }) => personKey(attendee) === key);
    if (theirs) return { kind: "theirs", ticket: theirs };
    return { kind: tickets.length === 1 ? "another's" : "ambiguous", ticket: tickets[0] };
  }
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
  for (const same of groupedBy(seats, ({ ticket_number }) => ticket_number).values()) {
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
  const knownPeople = new KnownPeople(known.contacts);
  const knownTickets = new TicketsByNumber(known.tickets);
  const matches = new Map<TicketRow, Match>();
  const mentions: Mention[] = [];
  for (const row of tickets) {
    yield;
    const match = knownTickets.match(row);
    matches.set(row, match);
    if (!staysAsItIs(match, strategy)) mentions.push(mentionOf(row));
  }
  const people = yield* gatherPeople(mentions);
  const contacts = yield* planContacts(people.values(), knownPeople, strategy, ledger);
  const holders = new Holders(knownPeople, contacts.create);
  return { matches, knownPeople, people, contacts, holders };
}

function mentionOf(ticket: TicketRow): Mention {
  const { row, first_name, last_name, email, phone, profession, purchase_date: at } = ticket;
  return { row, first_name, last_name, email, phone, profession, at };
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
