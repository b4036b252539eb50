import type { Queryable } from "../../../database/connect.ts";
import { brokenAt, codeOf } from "../../../database/errors.ts";
import type { Json } from "../../../database/options.ts";

/** What became of a merge, or why it cannot be. */
export interface Merged {
  /** Rows that are the kept person's now, by kind. */
  moved: Json | null;
  /** Rows that both had, by kind. */
  combined: Json | null;
  /** What the duplicate said otherwise than the kept person, by column of the table. */
  set_aside: Json | null;
  /** The id of one of the two who is not there. */
  missing: number | null;
  /** The title of a mail that is on its way to one of them. */
  under_way: string | null;
  /** A table of other hands in which the two cannot be one. */
  refused: string | null;
  /** A table without the column that says whom its rows are about, of which some may be about the duplicate. */
  unclear: string | null;
}

const UNIQUE = "23505";

const NOTHING: Merged = {
  moved: null,
  combined: null,
  set_aside: null,
  missing: null,
  under_way: null,
  refused: null,
  unclear: null,
};

/** Makes two people one. Where it answers why not, the transaction must be rolled back. */
export async function mergeContacts(
  sql: Queryable,
  keep: number,
  duplicate: number,
): Promise<Merged> {
  const answers = sql<Merged[]>`
    SELECT answer -> 'moved' AS moved, answer -> 'combined' AS combined, answer -> 'set_aside' AS set_aside,
           (answer ->> 'missing')::int AS missing, answer ->> 'under_way' AS under_way,
           answer ->> 'refused' AS refused, answer ->> 'unclear' AS unclear
    FROM outreach.merge_contacts(${keep}, ${duplicate}) AS answer`;
  const [row] = await answers.catch((error: unknown) => {
    // An index over what is worked out from columns, or over some rows, is the organiser's own.
    if (codeOf(error) !== UNIQUE) throw error;
    return [{ ...NOTHING, refused: brokenAt(error).table }];
  });
  if (!row) throw new Error("the merge answered nothing");
  return row;
}

/** Names and addresses by which somebody is known beside the present ones, the latest first. */
export async function alsoKnownAs(
  sql: Queryable,
  contact: number,
): Promise<{ name: string; email: string | null }[]> {
  return sql<{ name: string; email: string | null }[]>`
    SELECT coalesce(name, '') AS name, email FROM outreach.known_as
    WHERE contact_id = ${contact} GROUP BY name, email ORDER BY max(id) DESC`;
}

/** Remembers that two people are two; false where that is known. */
export async function rememberDistinct(
  sql: Queryable,
  one: number,
  other: number,
  reason: string | null,
): Promise<boolean> {
  const added = await sql<{ one: number }[]>`
    INSERT INTO outreach.distinct_people (one, other, reason)
    VALUES (least(${one}::int, ${other}::int), greatest(${one}::int, ${other}::int), ${reason})
    ON CONFLICT DO NOTHING
    RETURNING one`;
  return added.length > 0;
}

/** Who said that two people are two, and when. */
export interface SaidDistinct {
  at: string;
  reason: string | null;
  /** Null as well where other hands wrote it. */
  actor: string | null;
  change: number | null;
}

/** What was said of two people who are two; the time is shown in the given zone. */
export async function saidDistinct(
  sql: Queryable,
  one: number,
  other: number,
  zone: string,
): Promise<SaidDistinct | undefined> {
  const [row] = await sql<SaidDistinct[]>`
    SELECT coalesce(outreach.local_time(pair.said_at, ${zone})::text, '') AS at, pair.reason,
           said.actor, said.id::int AS change
    FROM outreach.distinct_people AS pair
    LEFT JOIN LATERAL (
      SELECT change.id, change.actor
      FROM outreach.changed_rows AS written JOIN outreach.changes AS change ON change.id = written.change_id
      WHERE written.table_name = 'outreach.distinct_people' AND written.action = 'created'
        AND written.keys @> jsonb_build_array(jsonb_build_object('one', pair.one, 'other', pair.other))
      ORDER BY written.id DESC LIMIT 1
    ) AS said ON true
    WHERE pair.one = least(${one}::int, ${other}::int) AND pair.other = greatest(${one}::int, ${other}::int)`;
  return row;
}
