import type { Queryable } from "../../database/connect.ts";
import { ToolError } from "../../mcp/errors.ts";
import { plain } from "../../mcp/render.ts";
import { isByAddress } from "../../words/email_address.ts";
import {
  LISTED,
  ambiguous,
  asId,
  best,
  chooseOne,
  othersFitting,
  type Candidate,
  type Named,
  type Taken,
} from "./choose.ts";
import type { Narrowing } from "./narrowing.ts";
import { taking } from "./remarks.ts";

/** A person that a reference was taken to mean; `detail` is their e-mail. */
export interface ContactReference extends Candidate {
  email: string | null;
  /** The name or e-mail that was given, where it is a former one. */
  formerly: string | null;
}

/** What a person is called in an answer: by name, else by address, else by number. */
export function called({ id, name, email }: Named & { email: string | null }): string {
  return name || email || `contact ${String(id)}`;
}

/** A person as a headline names them, so that nobody is taken for another: `Jane Smith (12, jane@example.org)`. */
export function inFull({ id, name, email }: Named & { email: string | null }): string {
  const address = email === null || email === "" ? "no e-mail" : plain(email);
  return name === "" ? `${address} (${String(id)})` : `${plain(name)} (${String(id)}, ${address})`;
}

const KIND = { argument: "contact", lister: "find_contacts", isPerson: true };

/**
 * The person that an id, an e-mail, a full name or words mean.
 *
 * @param events of the people whom words fit, those who had to do with these events are meant; null: any
 * @throws ToolError that lists candidates (everyone on a shared mailbox, namesakes) or the nearest
 */
export async function oneContact(
  sql: Queryable,
  given: string,
  events: Narrowing<readonly number[]> = null,
): Promise<ContactReference & Taken> {
  const found = await candidatesOf(sql, given, events);
  return taking(sql, await chooseOne(KIND, given, found, () => nearest(sql)));
}

/** How many people of one name a question answers for at once. */
const TOGETHER = 5;

/**
 * Everyone whom an id, an e-mail, a full name or words match, up to five: for questions.
 *
 * @param events as in {@link oneContact}
 * @throws ToolError when more match, or none
 */
export async function contactsMeant(
  sql: Queryable,
  given: string,
  events: Narrowing<readonly number[]>,
): Promise<(ContactReference & Taken)[]> {
  const candidates = await candidatesOf(sql, given, events);
  const found = best(candidates);
  if (found.length > TOGETHER) throw new ToolError(ambiguous(KIND, given, found));
  if (found.length < 2) {
    return [taking(sql, await chooseOne(KIND, given, candidates, () => nearest(sql)))];
  }
  const also_fits = othersFitting(candidates);
  return found.map((person) => taking(sql, { ...person, also_fits }));
}

/**
 * Where the events are still being looked up, everybody is looked for meanwhile: only several whom words
 * fit need the events to be told apart, where none has that name, or where more are found than are listed.
 */
async function candidatesOf(
  sql: Queryable,
  given: string,
  narrowing: Narrowing<readonly number[]>,
): Promise<ContactReference[]> {
  const [anybody, events] = await Promise.all([matching(sql, given, null), narrowing]);
  const byWords = anybody.filter(({ rank }) => rank >= BY_WORDS);
  const isClear =
    byWords.length < 2 || (byWords.length < anybody.length && byWords.length <= LISTED);
  return events === null || isClear ? anybody : matching(sql, given, events);
}

/** Rank of a person whom words fit. */
const BY_WORDS = 3;

/**
 * An address is compared as such: what it is made of must not lead to somebody with a longer one.
 *
 * OFFSET 0 keeps the planner from reading people by id until enough of them have the words.
 */
async function matching(
  sql: Queryable,
  given: string,
  events: readonly number[] | null,
): Promise<ContactReference[]> {
  const isAddress = isByAddress(given);
  const words = isAddress ? null : given;
  const address = isAddress ? given : null;
  return sql<ContactReference[]>`
    SELECT coalesce(id::int, 0) AS id, coalesce(outreach.full_name(first_name, last_name)::text, '') AS name,
           email, coalesce(email, '') AS detail, coalesce(rank, 0) AS rank, formerly
    FROM (
      (SELECT id, first_name::text, last_name::text, email::text, 0 AS rank, NULL AS formerly
       FROM contacts WHERE id = ${asId(given)}::integer)
      UNION ALL
      (SELECT id, first_name::text, last_name::text, email::text, 1, NULL
       FROM contacts WHERE outreach.mailbox(email::text) = outreach.mailbox(${address}) ORDER BY id LIMIT ${LISTED + 1})
      UNION ALL
      (SELECT id, first_name::text, last_name::text, email::text, 1, NULL
       FROM contacts
       WHERE outreach.fold(outreach.full_name(first_name::text, last_name::text)) = outreach.fold(${words})
       ORDER BY id LIMIT ${LISTED + 1})
      UNION ALL
      (SELECT contact.id, contact.first_name::text, contact.last_name::text, contact.email::text, 2, known.said
       FROM (
         SELECT contact_id, min(CASE WHEN ${address}::text IS NULL THEN name ELSE email END) AS said
         FROM (
           SELECT contact_id, name, email FROM outreach.known_as WHERE former_id = ${asId(given)}::integer
           UNION ALL
           SELECT contact_id, name, email FROM outreach.known_as
           WHERE outreach.mailbox(email) = outreach.mailbox(${address})
           UNION ALL
           SELECT contact_id, name, email FROM outreach.known_as WHERE outreach.fold(name) = outreach.fold(${words})
         ) AS former
         GROUP BY contact_id
       ) AS known
       JOIN contacts AS contact ON contact.id = known.contact_id
       ORDER BY contact.id LIMIT ${LISTED + 1})
      UNION ALL
      (SELECT id, first_name, last_name, email,
              CASE WHEN ${events}::int[] IS NULL
                     OR EXISTS (SELECT FROM outreach.participations() AS taken
                                WHERE taken.contact_id = worded.id AND taken.event_id = ANY(${events}))
                     OR EXISTS (SELECT FROM outreach.recipients AS mailed
                                WHERE mailed.contact_id = worded.id AND mailed.event_id = ANY(${events}))
                   THEN 3 ELSE 4 END AS rank, NULL
       FROM (
         SELECT id, first_name::text, last_name::text, email::text
         FROM contacts
         WHERE outreach.words(outreach.full_name(first_name::text, last_name::text) || ' ' || coalesce(email::text, ''))
               @> outreach.words(${words})
         OFFSET 0
       ) AS worded
       ORDER BY rank, id LIMIT ${LISTED + 1})
    ) AS found
    ORDER BY rank, id`;
}

async function nearest(sql: Queryable): Promise<Candidate[]> {
  return sql<Candidate[]>`
    SELECT coalesce(id::int, 0) AS id, coalesce(outreach.full_name(first_name::text, last_name::text)::text, '') AS name,
           coalesce(email::text, '') AS detail, 0 AS rank
    FROM contacts
    ORDER BY id DESC
    LIMIT 20000`;
}
