import type postgres from "postgres";

/** A table or view as PostgreSQL's catalog describes it. */
export interface Relation {
  schema: string;
  name: string;
  kind: "table" | "view";
  comment: string | null;
  columns: Column[];
  /** By name; PostgreSQL's own wording of each. NOT NULL is said of the columns. */
  constraints: Named[];
  /** Those that no constraint brings with it. */
  indexes: Named[];
  triggers: Named[];
}

/** A column in the order of the table. */
export interface Column {
  name: string;
  type: string;
  nullable: boolean;
  /** The default, or how it is generated. */
  default: string | null;
  comment: string | null;
}

/** A part of a table that has a name of its own. */
interface Named {
  name: string;
  definition: string;
}

/** Reads all tables and views of the given schemas, with everything that belongs to them. */
export async function readCatalog(sql: postgres.Sql, schemas: string[]): Promise<Relation[]> {
  return sql.begin(async (transaction) => {
    // PostgreSQL leaves out of a definition the schemas in which it would look anyway.
    await transaction`SELECT set_config('search_path', 'public', true)`;
    return describe(transaction, schemas);
  });
}

function describe(sql: postgres.ISql, schemas: string[]): Promise<Relation[]> {
  return sql<Relation[]>`
    SELECT space.nspname::text AS schema, relation.relname::text AS name,
           CASE relation.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind,
           obj_description(relation.oid, 'pg_class') AS comment,
           (SELECT jsonb_agg(jsonb_build_object(
                     'name', attname, 'type', format_type(atttypid, atttypmod),
                     'nullable', NOT attnotnull,
                     'default', CASE WHEN attidentity <> '' THEN 'identity'
                                     WHEN attgenerated <> ''
                                       THEN 'generated: ' || pg_get_expr(adbin, adrelid)
                                     ELSE pg_get_expr(adbin, adrelid) END,
                     'comment', col_description(attrelid, attnum)) ORDER BY attnum)
              FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
             WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped) AS columns,
           coalesce((SELECT jsonb_agg(jsonb_build_object(
                     'name', conname, 'definition', pg_get_constraintdef(oid)) ORDER BY conname)
              FROM pg_constraint
             WHERE conrelid = relation.oid AND contype IN ('p', 'u', 'c', 'f', 'x')), '[]') AS constraints,
           coalesce((SELECT jsonb_agg(jsonb_build_object(
                     'name', pg_class.relname, 'definition', pg_get_indexdef(indexrelid))
                     ORDER BY pg_class.relname)
              FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
             WHERE indrelid = relation.oid
               AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
           ), '[]') AS indexes,
           coalesce((SELECT jsonb_agg(jsonb_build_object(
                     'name', tgname, 'definition', pg_get_triggerdef(oid)) ORDER BY tgname)
              FROM pg_trigger WHERE tgrelid = relation.oid AND NOT tgisinternal), '[]') AS triggers
      FROM pg_class AS relation
      JOIN pg_namespace AS space ON space.oid = relation.relnamespace
     WHERE space.nspname = ANY(${schemas}::text[]) AND relation.relkind IN ('r', 'p', 'v')
     ORDER BY space.nspname <> 'public', space.nspname, relation.relname`;
}

/** Everything else that a schema holds: functions and types of its own, and sequences by themselves. */
export async function readOtherObjects(sql: postgres.ISql, schema: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT 'function ' || proname AS name FROM pg_proc WHERE pronamespace = ${schema}::regnamespace
    UNION ALL
    SELECT 'type ' || typname FROM pg_type
     WHERE typnamespace = ${schema}::regnamespace AND typrelid = 0 AND typelem = 0
    UNION ALL
    SELECT 'relation ' || relname FROM pg_class
     WHERE relnamespace = ${schema}::regnamespace AND relkind NOT IN ('r', 'i', 'S', 'v')
    UNION ALL
    SELECT 'sequence ' || relname FROM pg_class
     WHERE relnamespace = ${schema}::regnamespace AND relkind = 'S'
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype IN ('a', 'i'))
    ORDER BY 1`;
  return rows.map(({ name }) => name);
}
