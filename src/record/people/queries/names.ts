import type { Queryable } from "../../../database/connect.ts";

/** What somebody is called. */
export interface PersonsName {
  first_name: string;
  last_name: string;
}

/** The names of which any word is among these, which are as `words` in words/names.ts makes them. */
export async function namesAmong(sql: Queryable, words: readonly string[]): Promise<PersonsName[]> {
  return sql<PersonsName[]>`
    SELECT DISTINCT coalesce(contact.first_name::text, '') AS first_name,
           coalesce(contact.last_name::text, '') AS last_name
    FROM contacts AS contact
    WHERE outreach.words(outreach.full_name(contact.first_name::text, contact.last_name::text)
                         || ' ' || coalesce(contact.email::text, '')) && ${[...words]}::text[]`;
}
