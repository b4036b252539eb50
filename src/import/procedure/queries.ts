import type { Queryable } from "../../database/connect.ts";

/** A column as the database has it. */
export interface KnownColumn {
  /** `table.column` */
  name: string;
  /** PostgreSQL's category of its type: `S` text, `N` numbers, `D` dates and times, `B` boolean. */
  category: string;
  /** The type as PostgreSQL writes it. */
  type: string;
  /** Longest text in characters, or null where it has no bound. */
  longest: number | null;
  not_null: boolean;
  /** Filled by the database where an insert leaves it out. */
  has_default: boolean;
}

/** The columns of these tables; a table that is not there has none. */
export async function tableColumns(
  sql: Queryable,
  tables: readonly string[],
): Promise<KnownColumn[]> {
  return sql<KnownColumn[]>`
    SELECT coalesce(named.name || '.' || attribute.attname, '') AS name,
           type.typcategory::text AS category,
           coalesce(format_type(attribute.atttypid, attribute.atttypmod)::text, '') AS type,
           CASE WHEN type.typname IN ('varchar', 'bpchar') AND attribute.atttypmod > 4
                THEN attribute.atttypmod - 4 END AS longest,
           attribute.attnotnull AS not_null,
           attribute.atthasdef OR attribute.attidentity <> '' AS has_default
    FROM unnest(${tables}::text[]) AS named (name)
    JOIN pg_attribute AS attribute ON attribute.attrelid = to_regclass(named.name)
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    WHERE attribute.attnum > 0 AND NOT attribute.attisdropped`;
}
