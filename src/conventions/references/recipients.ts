import type { Queryable } from "../../database/connect.ts";
import { plain } from "../../mcp/render.ts";
import { trimmed } from "../../words/blanks.ts";
import { isByAddress, mailbox } from "../../words/email_address.ts";
import { groupedBy } from "../../words/groups.ts";
import { ERASED_PERSON, sameName, words } from "../../words/names.ts";
import { LISTED, asId, best, described, type Candidate } from "./choose.ts";

/** How a call names one recipient. */
export interface NamedRecipient {
  /** An id, a full name, words or an e-mail. */
  contact?: string | undefined;
  email?: string | undefined;
  /** Tells people on one mailbox apart. */
  name?: string | undefined;
}

/** A person found for a recipient. */
interface Person extends Candidate {
  email: string | null;
  /** Names by which they were known before. */
  former: string[] | null;
}

/** What was found for one named recipient: a person, somebody to be added, or what is wrong. */
export type Resolution =
  | { kind: "person"; person: Person }
  | { kind: "unknown"; email: string; name: string; others: string }
  /** `among`: who share the address that was given alone. */
  | { kind: "fault"; fault: string; among?: Person[] };

interface Found extends Person {
  position: number;
}

/**
 * Finds the person each recipient names, in one or two statements however many there are.
 *
 * @returns one resolution for each, in the same order; `unknown` only for who comes with an e-mail
 *   and a name of at least two words, since only such a person could be added
 */
export async function resolveRecipients(
  sql: Queryable,
  recipients: readonly NamedRecipient[],
): Promise<Resolution[]> {
  const asked = recipients.map(({ contact, email }, position) => {
    const words = email === undefined ? contact : undefined;
    const isAddress = words !== undefined && isByAddress(words);
    return {
      position,
      id: words === undefined ? null : asId(words),
      address: email ?? (isAddress ? words : null) ?? null,
      words: words === undefined || isAddress ? null : words,
    };
  });
  const exact = groupedBy(await exactMatches(sql, asked), ({ position }) => position);
  const open = asked.filter(({ position, words }) => words !== null && !exact.has(position));
  const loose = groupedBy(
    open.length === 0 ? [] : await wordMatches(sql, open),
    ({ position }) => position,
  );
  return recipients.map((recipient, position) =>
    resolution(recipient, exact.get(position) ?? loose.get(position) ?? []),
  );
}

function resolution({ contact, email, name }: NamedRecipient, found: readonly Found[]): Resolution {
  const given = email ?? contact ?? "";
  const matching = best(found);
  const called = email === undefined ? matching : asCalled(matching, contact);
  const named = name === undefined ? called : ofName(called, name);
  const [person] = named;
  if (person?.name === ERASED_PERSON) return faulty(given, "was erased on request");
  if (person && named.length === 1) return { kind: "person", person };
  if (person) {
    const byAddress = email !== undefined || isByAddress(given);
    const why = byAddress ? "is shared by" : "matches several";
    const fault = faulty(given, `${why}: ${listed(named)}; say which by id or name`);
    return byAddress && name === undefined ? { ...fault, among: named } : fault;
  }
  const isAddress = isByAddress(given);
  if (isAddress && name !== undefined && words(name).length > 1) {
    return { kind: "unknown", email: trimmed(given), name, others: listed(matching) };
  }
  if (matching.length > 0) {
    return faulty(
      given,
      `belongs to ${listed(matching)}, not to "${plain(name ?? contact ?? "")}"`,
    );
  }
  if (!isAddress) return faulty(given, "is nobody's name or id");
  const single = name === undefined ? "" : `, and "${plain(name)}" is not a first and last name`;
  return faulty(given, `is nobody's e-mail${single}`);
}

/** Of the people on a mailbox, those whom the contact given beside it means. */
function asCalled(people: readonly Found[], contact: string | undefined): Found[] {
  if (contact === undefined) return [...people];
  const id = asId(contact);
  const ofThatId = people.filter((person) => person.id === id);
  if (ofThatId.length > 0 || id !== null) return ofThatId;
  return isByAddress(contact)
    ? people.filter(({ email }) => email !== null && mailbox(email) === mailbox(contact))
    : ofName(people, contact);
}

/** Those of that name, any spelling; else those whose name holds every word of it. */
function ofName(people: readonly Found[], name: string): Found[] {
  const exact = people.filter((person) =>
    [person.name, ...(person.former ?? [])].some((own) => sameName(own, name)),
  );
  if (exact.length > 0) return exact;
  const asked = words(name);
  return people.filter((person) => {
    const own = new Set(words(person.name));
    return asked.length > 0 && asked.every((word) => own.has(word));
  });
}

/** A recipient that names nobody, or nobody in particular. */
function faulty(given: string, what: string): Extract<Resolution, { kind: "fault" }> {
  return { kind: "fault", fault: `"${plain(given)}" ${what}` };
}

function listed(people: readonly Person[]): string {
  return (
    people.slice(0, LISTED).map(described).join(", ") + (people.length > LISTED ? " and more" : "")
  );
}

interface Asked {
  position: number;
  id: number | null;
  address: string | null;
  words: string | null;
}

async function exactMatches(sql: Queryable, asked: readonly Asked[]): Promise<Found[]> {
  return sql<Found[]>`
    WITH asked AS (
      SELECT entry.position, entry.id, outreach.mailbox(entry.address)::text AS address,
             -- A number that is somebody's id is nobody's name.
             CASE WHEN own.id IS NULL THEN outreach.fold(entry.words)::text END AS folded
      FROM unnest(${asked.map(({ position }) => position)}::int[], ${asked.map(({ id }) => id)}::int[],
                  ${asked.map(({ address }) => address)}::text[], ${asked.map(({ words }) => words)}::text[])
        AS entry (position, id, address, words)
      LEFT JOIN contacts AS own ON own.id = entry.id
    )
    SELECT coalesce(found.position, 0) AS position, coalesce(found.id::int, 0) AS id,
           coalesce(outreach.full_name(found.first_name, found.last_name)::text, '') AS name,
           found.email, coalesce(found.email, '') AS detail, coalesce(found.rank, 0) AS rank,
           (SELECT jsonb_agg(known.name) FROM outreach.known_as AS known
            WHERE known.contact_id = found.id) AS former
    FROM (
      SELECT asked.position, contact.id, contact.first_name::text AS first_name,
             contact.last_name::text AS last_name, contact.email::text AS email, 0 AS rank
      FROM asked JOIN contacts AS contact ON contact.id = asked.id
      UNION ALL
      SELECT asked.position, contact.id, contact.first_name::text, contact.last_name::text,
             contact.email::text, 1
      FROM asked JOIN contacts AS contact ON outreach.mailbox(contact.email::text) = asked.address
      UNION ALL
      SELECT asked.position, contact.id, contact.first_name::text, contact.last_name::text,
             contact.email::text, 1
      FROM asked JOIN contacts AS contact
        ON outreach.fold(outreach.full_name(contact.first_name::text, contact.last_name::text)) = asked.folded
      UNION ALL
      SELECT known.position, contact.id, contact.first_name::text, contact.last_name::text,
             contact.email::text, 2
      FROM (
        SELECT asked.position, known.contact_id
        FROM asked JOIN outreach.known_as AS known ON outreach.mailbox(known.email) = asked.address
        UNION
        SELECT asked.position, known.contact_id
        FROM asked JOIN outreach.known_as AS known ON outreach.fold(known.name) = asked.folded
        UNION
        SELECT asked.position, known.contact_id
        FROM asked JOIN outreach.known_as AS known ON known.former_id = asked.id
      ) AS known
      JOIN contacts AS contact ON contact.id = known.contact_id
    ) AS found
    ORDER BY position, rank, id`;
}

async function wordMatches(sql: Queryable, asked: readonly Asked[]): Promise<Found[]> {
  return sql<Found[]>`
    SELECT coalesce(asked.position, 0) AS position, coalesce(contact.id::int, 0) AS id,
           coalesce(outreach.full_name(contact.first_name, contact.last_name)::text, '') AS name,
           contact.email, coalesce(contact.email, '') AS detail, 3 AS rank,
           (SELECT jsonb_agg(known.name) FROM outreach.known_as AS known
            WHERE known.contact_id = contact.id) AS former
    FROM jsonb_to_recordset(${sql.json(asked.map((entry) => ({ ...entry })))}) AS asked (position int, words text)
    CROSS JOIN LATERAL (
      SELECT id, first_name, last_name, email
      FROM (
        SELECT id, first_name::text AS first_name, last_name::text AS last_name, email::text AS email
        FROM contacts
        WHERE outreach.words(outreach.full_name(first_name::text, last_name::text) || ' ' || coalesce(email::text, ''))
              @> outreach.words(asked.words)
        -- Else the planner may read people by id until enough of them have the words.
        OFFSET 0
      ) AS worded
      ORDER BY id
      LIMIT ${LISTED + 1}
    ) AS contact
    ORDER BY position, contact.id`;
}
