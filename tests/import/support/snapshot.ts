import type { Sql } from "postgres";

/** Every row of the tables that imports write, by table and id. */
export type Snapshot = Record<string, Record<string, Record<string, unknown>>>;

const TABLES = [
  "contacts",
  "tickets",
  "interest_topics",
  "contact_interests",
  "speakers",
  "speaker_sessions",
  "contact_roles",
  "speaker_ratings",
] as const;

/** Takes a picture of the tables, without the times at which rows were written. */
export async function snapshot(sql: Sql): Promise<Snapshot> {
  const pictures = await Promise.all(
    TABLES.map(async (table) => {
      const rows = await sql<{ id: number; row: Record<string, unknown> }[]>`
        SELECT id, to_jsonb(entry) - 'created_at' - 'updated_at' AS row FROM ${sql(table)} AS entry`;
      return [table, Object.fromEntries(rows.map(({ id, row }) => [id, row]))] as const;
    }),
  );
  return Object.fromEntries(pictures);
}

/** What a picture says, without ids: each row with the people and things it refers to, sorted. */
export function meaning(picture: Snapshot): Record<string, string[]> {
  const who = (id: unknown) => {
    const { first_name, last_name, email } = picture.contacts![id as number] ?? {};
    return [first_name, last_name, email];
  };
  const told: Record<string, (value: unknown) => unknown> = {
    id: () => undefined,
    contact_id: who,
    attendee_contact_id: who,
    purchaser_contact_id: who,
    topic_id: (id) => picture.interest_topics![id as number]?.name,
    speaker_session_id: (id) => {
      const session = picture.speaker_sessions![id as number];
      return [session?.title, who(session?.contact_id)];
    },
  };
  return Object.fromEntries(
    Object.entries(picture).map(([table, rows]) => [
      table,
      Object.values(rows)
        .map((row) =>
          JSON.stringify(row, (column, value: unknown) =>
            (told[column] ?? ((same) => same))(value),
          ),
        )
        .sort(),
    ]),
  );
}
