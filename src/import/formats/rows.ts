/**
 * What an export's rows say, read and cleaned, before anything is compared with a database. In all of
 * them:
 *
 * - `row` is the row as a spreadsheet numbers it: the header is row 1, the first record row 2, and an
 *   empty row in between counts. A record with line breaks in a cell is one row.
 * - Text is trimmed, no-break spaces are plain ones, and no longer than its column holds. What the
 *   file leaves empty is null; `-` is empty in Quicket's exports.
 * - E-mails are in lower case; one that is not an address (no `@` in it) is null, with a warning.
 * - Times are local, `YYYY-MM-DDTHH:MM:SS` or with up to six decimals, never with an offset.
 */

/** A person as a row names them; at least one of the names is not empty. */
export interface PersonInRow {
  first_name: string;
  last_name: string;
  email: string | null;
}

/** A ticket of a shop's registrations or check-ins. */
export interface TicketRow extends PersonInRow {
  row: number;
  merchandise: false;
  /** Digits without leading zeros, above zero and within a `bigint`. */
  ticket_number: string;
  order_number: string | null;
  purchase_date: string | null;
  purchaser_email: string | null;
  ticket_type: string | null;
  checked_in: boolean;
  /** Null where the ticket is not checked in, or the file does not say when. */
  checked_in_at: string | null;
  complimentary: boolean;
  /** Transferred wins over Valid = No, which makes cancelled. */
  status: "registered" | "cancelled" | "transferred";
  /** What brought the person: Quicket's `Link Campaign`. */
  marketing_source: string | null;
  phone: string | null;
  profession: string | null;
  /** Topics with entities decoded, each once (case ignored), in the file's order. */
  interests: string[];
}

/** A row that sells a thing, not a seat: not imported, and warned of; nothing else in it is read. */
interface MerchandiseRow {
  row: number;
  merchandise: true;
}

export type ShopRow = TicketRow | MerchandiseRow;

/** Somebody who came without a ticket and filled in the form at the door. */
export interface WalkUpRow extends PersonInRow {
  row: number;
  response_id: string | null;
  /**
   * `Completion time`, or `Start time` where that is empty (with a warning); null where the file has
   * neither column.
   */
  completed_at: string | null;
  phone: string | null;
}

/**
 * A speaker of a session. A session with two speakers is two rows here as in the file, but what the
 * file says only once is in both.
 */
export interface SessionizeRow extends PersonInRow {
  row: number;
  /** Null where the file has no such column: a session then goes by its title. */
  session_id: string | null;
  title: string;
  description: string | null;
  session_format: string | null;
  track: string | null;
  level: string | null;
  room: string | null;
  scheduled_at: string | null;
  duration_minutes: number | null;
  recording_link: string | null;
  /** Null where the file gives the person no id. */
  speaker_id: string | null;
  tagline: string | null;
  bio: string | null;
  shirt_size: string | null;
  profile_picture: string | null;
}

/** What one answer says about one session. */
export interface RatingRow {
  row: number;
  /** Where the file has none, one that is made of what the answer says. */
  response_id: string;
  /** The session as the form lists it, `NN. Title - Speaker[, Speaker]`; empty if nothing was chosen. */
  label: string;
  /** 1 to 7. */
  topic_rating: number | null;
  /** 1 to 7. */
  presentation_rating: number | null;
  speaker_comment: string | null;
  /** Whether the event was a good investment of time, in the words of the form. */
  event_rating: string | null;
  event_comment: string | null;
  completed_at: string | null;
}
