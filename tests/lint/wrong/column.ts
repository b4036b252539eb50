import type { ISql } from "postgres";

/** Asks for a column that is not there. */
export const wrongColumn = (sql: ISql) =>
  sql<{ id: number }[]>`SELECT id FROM campaigns WHERE nmae = 'CFP 2026'`;
