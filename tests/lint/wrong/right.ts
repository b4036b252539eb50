import type { ISql } from "postgres";

/** Nothing is wrong here, so a finding would mean that the check finds fault with everything. */
export const right = (sql: ISql, id: number) =>
  sql<
    { name: string; description: string | null }[]
  >`SELECT name, description FROM campaigns WHERE id = ${id}`;
