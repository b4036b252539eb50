import type { PersonInRow, QuicketRow, TicketRow } from "../formats/rows.ts";
import type { RowWarning } from "../formats/report.ts";
import {
  shown,
  type ContactReference,
  type KnownPeople,
  type Mention,
} from "../people/contacts.ts";
import type { Ledger } from "../procedure/ledger.ts";
import { byText, personKey } from "../people/person.ts";

/** A ticket the database holds for the event. Times are local, with or without decimals. */
export interface KnownTicket {
  id: number;
  ticket_number: string;
  ticket_type: string | null;
  status: string | null;
  registration_date: string;
  purchaser_email: string | null;
  order_number: string | null;
  marketing_source: string | null;
  is_complimentary: boolean;
  checked_in: boolean;
  check_in_time: string | null;
  attendee_contact_id: number;
  attendee: PersonInRow;
  purchaser_contact_id: number;
  /** Of the contact who is its purchaser. */
  purchaser_address: string | null;
}

/** A ticket to be added. */
export interface NewTicket {
  ticket_number: string;
  registration_source: "quicket" | "walk-in";
  attendee: ContactReference;
  purchaser: ContactReference;
  ticket_type: string | null;
  status: string;
  registration_date: string | null;
  checked_in: boolean;
  check_in_time: string | null;
  purchaser_email: string | null;
  order_number: string | null;
  marketing_source: string | null;
  is_complimentary: boolean;
}

/** What changes in a ticket; null is what stays. */
export interface TicketChange {
  id: number;
  attendee: ContactReference | null;
  purchaser: ContactReference | null;
  ticket_type: string | null;
  status: string | null;
  registration_date: string | null;
  purchaser_email: string | null;
  order_number: string | null;
  marketing_source: string | null;
  is_complimentary: boolean | null;
  checked_in: boolean | null;
  check_in_time: string | null;
}

const NO_CHANGE: Omit<TicketChange, "id"> = {
  attendee: null,
  purchaser: null,
  ticket_type: null,
  status: null,
  registration_date: null,
  purchaser_email: null,
  order_number: null,
  marketing_source: null,
  is_complimentary: null,
  checked_in: null,
  check_in_time: null,
};

/** A change of one ticket that changes nothing but what is given. */
export function changeOf(id: number, fields: Partial<TicketChange>): TicketChange {
  return { ...NO_CHANGE, ...fields, id };
}

/** Whether a change changes anything. */
export function changesAnything({ id: _id, ...fields }: TicketChange): boolean {
  return Object.values(fields).some((value) => value !== null);
}

/** What the database has for a ticket number of the file. */
export type Match =
  | { kind: "none" }
  | { kind: "theirs"; ticket: KnownTicket }
  | { kind: "another's"; ticket: KnownTicket }
  /** Several tickets of that number, none of them this person's. */
  | { kind: "ambiguous"; ticket: KnownTicket };

/** The event's tickets by their numbers. */
export class KnownTickets {
  readonly #byNumber = new Map<string, KnownTicket[]>();

  constructor(tickets: readonly KnownTicket[]) {
    for (const ticket of [...tickets].sort((a, b) => a.id - b.id)) {
      const same = this.#byNumber.get(ticket.ticket_number);
      if (same) same.push(ticket);
      else this.#byNumber.set(ticket.ticket_number, [ticket]);
    }
  }

  match(row: TicketRow): Match {
    const tickets = this.#byNumber.get(row.ticket_number);
    const [first] = tickets ?? [];
    if (!tickets || !first) return { kind: "none" };
    const key = personKey(row);
    const theirs = tickets.find(({ attendee }) => personKey(attendee) === key);
    if (theirs) return { kind: "theirs", ticket: theirs };
    return { kind: tickets.length === 1 ? "another's" : "ambiguous", ticket: first };
  }
}

/**
 * The tickets of a file, each number once. What is left out is noted as skipped: merchandise, and rows
 * that repeat a number. Which row of a number counts does not depend on their order.
 *
 * @param prefer below zero where the first of two rows of one number says more about it
 */
export function distinctTickets(
  rows: readonly QuicketRow[],
  prefer: (a: TicketRow, b: TicketRow) => number,
  ledger: Ledger,
  warnings: RowWarning[],
): { tickets: TicketRow[]; merchandise: number } {
  const byNumber = new Map<string, TicketRow[]>();
  const merchandise = rows.filter((row) => row.merchandise);
  for (const row of rows) {
    if (row.merchandise) continue;
    const same = byNumber.get(row.ticket_number);
    if (same) same.push(row);
    else byNumber.set(row.ticket_number, [row]);
  }
  const tickets: TicketRow[] = [];
  const left: { row: number; identifier: string; reason: string }[] = merchandise.map(
    ({ row }) => ({
      row,
      identifier: `row ${String(row)}`,
      reason: "merchandise, not a seat",
    }),
  );
  for (const same of byNumber.values()) {
    const [best, ...others] =
      same.length === 1
        ? same
        : [...same].sort((a, b) => prefer(a, b) || byText(content(a), content(b)));
    if (!best) continue;
    tickets.push(best);
    for (const other of others) {
      const reason = `the ticket number is in row ${String(best.row)} too, which counts`;
      left.push({ row: other.row, identifier: `ticket ${other.ticket_number}`, reason });
      if (content(other) !== content(best)) {
        warnings.push({ row: other.row, field: "Ticket Number", warning: `Left out: ${reason}.` });
      }
    }
  }
  for (const row of left.sort((a, b) => a.row - b.row)) {
    ledger.note({ ...row, action: "skip", record_type: "tickets" });
  }
  return { tickets: tickets.sort((a, b) => a.row - b.row), merchandise: merchandise.length };
}

function content(row: TicketRow): string {
  return JSON.stringify({ ...row, row: 0 });
}

/** A ticket's attendee as the row names them. */
export function mention(row: TicketRow): Mention {
  return { ...row, at: row.purchase_date };
}

/** The contact a person of a file is, or is going to be. */
export function referenceOf(row: PersonInRow, known: KnownPeople): ContactReference {
  const key = personKey(row);
  return known.withKey(key)?.id ?? key;
}

/** A ticket as a person would name it. */
export function identifier(row: TicketRow): string {
  return `ticket ${row.ticket_number} of ${shown(row)}`;
}

/** The warning for a ticket that is somebody else's in the database. */
export function anothers(row: TicketRow, kind: "another's" | "ambiguous", whose: string): string {
  return kind === "ambiguous"
    ? `Left as it is: several people hold the ticket ${row.ticket_number} in the database, none of them ${shown(row)}.`
    : `Left as it is: the ticket ${row.ticket_number} is ${whose}'s in the database, ${shown(row)}'s in the file; duplicate_strategy update moves it.`;
}
