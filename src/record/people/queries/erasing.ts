import type { Queryable } from "../../../database/connect.ts";
import { brokenAt, codeOf } from "../../../database/errors.ts";
import type { Json } from "../../../database/options.ts";

/** What became of an erasure, or why it cannot be. */
interface Answer {
  /** Rows that held something, by where. */
  erased: Json | null;
  /** Others read the mailbox too, or bear the name, so that theirs was left where it is theirs. */
  is_shared: boolean;
  is_namesake: boolean;
  /** Some address of theirs was known, by which they are told when a file brings them again. */
  has_address: boolean;
  /** The title of a mail that is on its way to them. */
  under_way: string | null;
  /** Texts that have their first or last name alone, which may be somebody else's: {kind, id}, the likely ones first. */
  still_named: Json | null;
}

/** The same, or that a rule of the organiser's own was in the way. */
export interface Erased extends Answer {
  /** A rule or column of a table of other hands that does not let what it holds of them go. */
  refused: string | null;
}

/** Rules of the organiser's own: of uniqueness, of what a value may be, and that there must be one. */
const RULES = ["23502", "23505", "23514"];

/** Erases a person. Where it answers why not, the transaction must be rolled back. */
export async function eraseContact(sql: Queryable, contact: number): Promise<Erased> {
  const answers = sql<Answer[]>`
    SELECT answer -> 'erased' AS erased, coalesce((answer ->> 'is_shared')::boolean, false) AS is_shared,
           coalesce((answer ->> 'is_namesake')::boolean, false) AS is_namesake,
           coalesce((answer ->> 'has_address')::boolean, false) AS has_address,
           answer ->> 'under_way' AS under_way, answer -> 'still_named' AS still_named
    FROM outreach.erase_and_look(${contact}) AS answer`;
  try {
    const [row] = await answers;
    if (!row) throw new Error("the erasure answered nothing");
    return { ...row, refused: null };
  } catch (error) {
    if (!RULES.includes(codeOf(error))) throw error;
    const { table, rule } = brokenAt(error);
    return { ...NOTHING, refused: `${rule} of the table ${table}` };
  }
}

const NOTHING: Answer = {
  erased: null,
  is_shared: false,
  is_namesake: false,
  has_address: false,
  under_way: null,
  still_named: null,
};

/** What is on record about a person, and stays as numbers. */
export interface Kept {
  recipients: number;
  tickets: number;
  roles: number;
  interests: number;
  sessions: number;
}

/** How much is on record about a person. */
export async function countsOf(sql: Queryable, contact: number): Promise<Kept> {
  const [row] = await sql<{ counts: Kept }[]>`
    SELECT jsonb_build_object(
             'recipients', coalesce((SELECT count(*)::int FROM communication_recipients WHERE contact_id = ${contact}), 0),
             'tickets', coalesce((SELECT count(*)::int FROM tickets WHERE attendee_contact_id = ${contact}), 0),
             'roles', coalesce((SELECT count(*)::int FROM contact_roles WHERE contact_id = ${contact}), 0),
             'interests', coalesce((SELECT count(*)::int FROM contact_interests WHERE contact_id = ${contact}), 0),
             'sessions', coalesce((SELECT count(*)::int FROM speaker_sessions AS session
                                   WHERE to_jsonb(session) ->> 'contact_id' = ${contact}::int::text), 0)
           ) AS counts`;
  return row?.counts ?? { recipients: 0, tickets: 0, roles: 0, interests: 0, sessions: 0 };
}
