import type postgres from "postgres";
import { z } from "zod";
import type { Queryable } from "../postgres_js/transaction.ts";
import { columnsSchema, quoted, type Sequence, type Table } from "./format.ts";

/** Runs a statement put together from quoted names. */
export function run(
  sql: postgres.TransactionSql,
  text: string,
): postgres.PendingQuery<postgres.Row[]> {
  // eslint-disable-next-line no-restricted-syntax -- which tables and columns there are is known only when it runs
  return sql.unsafe(text);
}

/**
 * Has values come and go in one form whatever the server's settings, lets nothing be hidden by row-level
 * security, and no service end what takes long. For this transaction.
 */
export async function settle(sql: Queryable): Promise<void> {
  await sql<{ set: string | null }[]>`
    SELECT set_config(name, value, true)::text AS set
    FROM (VALUES ('DateStyle', 'ISO, YMD'), ('TimeZone', 'UTC'), ('IntervalStyle', 'postgres'),
                 ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('row_security', 'off'),
                 ('statement_timeout', '0'), ('idle_in_transaction_session_timeout', '0'))
      AS setting (name, value)`;
}

/** The tables of a backup, with the columns that hold what nothing else says; an extension's own apart. */
export async function tablesOf(sql: Queryable): Promise<Table[]> {
  const tables = await sql<{ schema: string; name: string; columns: string | null }[]>`
    SELECT nspname::text AS schema, relname::text AS name,
           coalesce((SELECT jsonb_agg(jsonb_build_array(attname, format_type(atttypid, atttypmod)) ORDER BY attnum)
                       FROM pg_attribute
                      WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''),
                    '[]')::text AS columns
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname IN ('public', 'outreach', 'dbmate') AND relkind = 'r'
       AND NOT EXISTS (SELECT FROM pg_depend
                        WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
     ORDER BY nspname, relname`;
  return tables.map(({ columns, ...table }) => ({
    ...table,
    columns: columnsSchema.parse(JSON.parse(columns ?? "[]")),
  }));
}

const sequenceState = z.tuple([z.object({ value: z.string(), is_called: z.boolean() })]);

/** Where the sequences of these schemas are. They are of now, also in a snapshot. */
export async function sequencesOf(sql: postgres.TransactionSql): Promise<Sequence[]> {
  const found: Sequence[] = [];
  for (const { schema, sequence } of await sequenceNames(sql)) {
    const rows = await run(
      sql,
      `SELECT last_value::text AS value, is_called FROM ${quoted(schema, sequence)}`,
    );
    const [state] = sequenceState.parse([...rows]);
    found.push({ schema, sequence, ...state });
  }
  return found;
}

function sequenceNames(sql: Queryable): Promise<{ schema: string; sequence: string }[]> {
  return sql<{ schema: string; sequence: string }[]>`
    SELECT nspname::text AS schema, relname::text AS sequence
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname IN ('public', 'outreach', 'dbmate') AND relkind = 'S' ORDER BY nspname, relname`;
}
