import type { Queryable } from "../../../database/connect.ts";
import type { KnownPerson } from "./contacts.ts";

/** A name with an address by which somebody was known before, and who that is now. */
export interface FormerPerson extends KnownPerson {
  contact_id: number;
  present: KnownPerson;
  /** The address is somebody's still, or again. */
  is_in_use: boolean;
}

/**
 * Who was known on one of these mailboxes, or by one of these last names, before they were merged or corrected;
 * of several the first comes last. Names that are somebody's again are left out.
 */
export async function formerPeople(
  sql: Queryable,
  addresses: readonly string[],
  lastNames: readonly string[],
): Promise<FormerPerson[]> {
  return sql<FormerPerson[]>`
    SELECT coalesce(former.contact_id, 0) AS contact_id, coalesce(former.first_name, '') AS first_name,
           coalesce(former.last_name, '') AS last_name, former.email,
           jsonb_build_object(
             'first_name', coalesce(contact.first_name::text, ''),
             'last_name', coalesce(contact.last_name::text, ''),
             'email', contact.email::text) AS present,
           EXISTS (SELECT FROM contacts AS owner
                   WHERE outreach.mailbox(owner.email::text) = outreach.mailbox(former.email)) AS is_in_use
    FROM outreach.formerly(${addresses}::text[], ${lastNames}::text[]) AS former
    JOIN contacts AS contact ON contact.id = former.contact_id
    WHERE NOT EXISTS (
            SELECT FROM contacts AS other
            WHERE outreach.mailbox(other.email::text) = outreach.mailbox(former.email)
              AND outreach.fold(coalesce(other.first_name::text, '')) = outreach.fold(former.first_name)
              AND outreach.fold(coalesce(other.last_name::text, '')) = outreach.fold(former.last_name))
      AND NOT (outreach.mailbox(coalesce(former.email, '')) = '' AND EXISTS (
            SELECT FROM contacts AS other
            WHERE outreach.fold(coalesce(other.last_name::text, '')) = outreach.fold(former.last_name)
              AND outreach.fold(coalesce(other.first_name::text, '')) = outreach.fold(former.first_name)
              AND outreach.mailbox(coalesce(other.email::text, '')) = ''))
    ORDER BY former.contact_id DESC`;
}

/** A mailbox, and the full name of who is on it; empty where only the mailbox is asked for. */
export interface Addressee {
  address: string;
  name: string;
}

/** Who of these was erased on their request. */
export async function erasedAmong(
  sql: Queryable,
  addressees: readonly Addressee[],
): Promise<Addressee[]> {
  return sql<Addressee[]>`
    SELECT coalesce(given.address, '') AS address, coalesce(given.name, '') AS name
    FROM unnest(
      ${addressees.map(({ address }) => address)}::text[],
      ${addressees.map(({ name }) => name)}::text[]
    ) AS given (address, name)
    WHERE EXISTS (SELECT FROM outreach.erased) AND outreach.is_erased(given.address, given.name)`;
}
