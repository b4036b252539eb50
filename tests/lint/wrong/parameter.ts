import type { ISql } from "postgres";

/** Gives text where a number belongs. */
export const wrongParameter = (sql: ISql, id: string) =>
  sql<{ name: string }[]>`SELECT name FROM campaigns WHERE id = ${id}`;
