import type { ISql } from "postgres";

/** Takes a column that may be empty for one that never is. */
export const wrongNullability = (sql: ISql) =>
  sql<{ description: string }[]>`SELECT description FROM campaigns`;
