import type { ISql } from "postgres";

/** Writes to a table that takes no triggers, and keeps nothing of it. */
export const unnoted = (sql: ISql, id: number) =>
  sql`UPDATE contacts SET email = NULL WHERE id = ${id}`;

/** Notes that a row was changed, and removes it. */
export const removed = (sql: ISql, id: number) =>
  sql`WITH noted AS (SELECT outreach.note_before('contacts', ARRAY[${id}::bigint], '{email}'))
      DELETE FROM contacts USING noted WHERE id = ${id}`;

/** Keeps what it changes. */
export const noted = (sql: ISql, id: number) =>
  sql`WITH noted AS (SELECT outreach.note_before('contacts', ARRAY[${id}::bigint], '{email}'))
      UPDATE contacts SET email = NULL FROM noted WHERE id = ${id}`;
