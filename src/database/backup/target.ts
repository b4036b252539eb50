import type postgres from "postgres";
import type { Queryable } from "../postgres_js/transaction.ts";
import { run, tablesOf } from "./catalog.ts";
import { BackupFailed } from "./errors.ts";
import { quoted, type Table } from "./format.ts";

/** Rows of these are made with the tables, and say nothing of anybody. */
const MADE_WITH_TABLES = new Set(["outreach.settings", "outreach.email_log_shape"]);

/** How many rows a table has. */
export interface Counted {
  name: string;
  rows: number;
}

/** The tables of `public` that our migrations make. */
const OURS = new Set(
  `asset_distributions campaigns communication_recipients communications contact_interests contact_roles contacts
   email_log events interest_topics marketing_assets speaker_ratings speaker_sessions speakers tickets`.split(
    /\s+/u,
  ),
);

/** The tables that a restore writes: those of the backup, and all of ours. */
async function tablesToWrite(sql: Queryable, backup: Table[]): Promise<Table[]> {
  const inBackup = new Set(backup.map(({ schema, name }) => `${schema}.${name}`));
  return (await tablesOf(sql)).filter(({ schema, name }) =>
    schema === "public" ? OURS.has(name) || inBackup.has(`public.${name}`) : schema === "outreach",
  );
}

/** Those of the tables that a restore writes that hold what somebody entered. */
export async function rowsToLose(
  sql: postgres.TransactionSql,
  backup: Table[],
): Promise<Counted[]> {
  const found: Counted[] = [];
  for (const { schema, name } of await tablesToWrite(sql, backup)) {
    if (MADE_WITH_TABLES.has(`${schema}.${name}`)) continue;
    const [counted] = await run(sql, `SELECT count(*)::int AS rows FROM ${quoted(schema, name)}`);
    const rows = Number(counted?.["rows"]);
    if (rows > 0) found.push({ name: `${schema}.${name}`, rows });
  }
  return found;
}

/**
 * Empties the tables that a restore writes. Their triggers are set aside until `putTriggersBack`; an owner may
 * do that, where setting `session_replication_role` needs a superuser.
 */
export async function emptyTables(sql: postgres.TransactionSql, backup: Table[]): Promise<Table[]> {
  const tables = await tablesToWrite(sql, backup);
  for (const { schema, name } of tables) {
    await run(sql, `ALTER TABLE ${quoted(schema, name)} DISABLE TRIGGER USER`);
  }
  const names = tables.map(({ schema, name }) => quoted(schema, name));
  if (names.length > 0) await run(sql, `TRUNCATE ${names.join(", ")}`);
  return tables;
}

export async function putTriggersBack(
  sql: postgres.TransactionSql,
  tables: Table[],
): Promise<void> {
  for (const { schema, name } of tables) {
    await run(sql, `ALTER TABLE ${quoted(schema, name)} ENABLE TRIGGER USER`);
  }
}

/** A foreign key that was taken off, as it is put on again. */
interface ForeignKey {
  table: string;
  name: string;
  definition: string;
}

/** Takes the foreign keys off these tables, as their rows come in the order of the tables' names. */
export async function takeForeignKeysOff(
  sql: postgres.TransactionSql,
  tables: Table[],
): Promise<ForeignKey[]> {
  const written = new Set(tables.map(({ schema, name }) => quoted(schema, name)));
  const taken: ForeignKey[] = [];
  for (const { schema, table, name, definition } of await foreignKeys(sql)) {
    const key = { table: quoted(schema, table), name: quoted(name), definition: definition ?? "" };
    if (!written.has(key.table)) continue;
    taken.push(key);
    await run(sql, `ALTER TABLE ${key.table} DROP CONSTRAINT ${key.name}`);
  }
  return taken;
}

function foreignKeys(sql: Queryable) {
  return sql<{ schema: string; table: string; name: string; definition: string | null }[]>`
    SELECT nspname::text AS schema, relname::text AS table, conname::text AS name,
           pg_get_constraintdef(pg_constraint.oid)::text AS definition
      FROM pg_constraint
      JOIN pg_class ON pg_class.oid = conrelid
      JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE contype = 'f' AND conparentid = 0 AND nspname IN ('public', 'outreach')
     ORDER BY pg_constraint.oid`;
}

export async function putForeignKeysBack(
  sql: postgres.TransactionSql,
  keys: ForeignKey[],
): Promise<void> {
  for (const { table, name, definition } of keys) {
    await run(sql, `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
}

/**
 * Makes what a backup has and our migrations do not: tables and columns of the organiser's own, with names
 * and types only. A type that this database does not know becomes text.
 *
 * @returns what was made, by name
 * @throws BackupFailed where a table of ours is unknown, or a column is one that the database computes
 */
export async function makeMissing(
  sql: postgres.TransactionSql,
  backup: Table[],
): Promise<string[]> {
  const made: string[] = [];
  const present = new Map(
    (await tablesOf(sql)).map((table) => [quoted(table.schema, table.name), table]),
  );
  for (const table of backup) {
    const name = quoted(table.schema, table.name);
    const found = present.get(name);
    const missing = table.columns.filter(
      ([column]) => !found?.columns.some(([known]) => known === column),
    );
    if (found && missing.length === 0) continue;
    if (table.schema !== "public") {
      throw new BackupFailed(
        `The backup has ${table.schema}.${table.name} in another form than this program makes it, so it cannot be restored.`,
      );
    }
    const columns = await Promise.all(
      missing.map(async ([column, type]) => `${quoted(column)} ${await knownType(sql, type)}`),
    );
    if (!found) {
      await run(sql, `CREATE TABLE ${name} (${columns.join(", ")})`);
      made.push(`the table ${table.name}`);
    } else {
      for (const column of columns) await run(sql, `ALTER TABLE ${name} ADD COLUMN ${column}`);
      made.push(...missing.map(([column]) => `the column ${table.name}.${column}`));
    }
  }
  return made;
}

/** A type as this database writes it, so that nothing of the file is taken for SQL. */
async function knownType(sql: Queryable, type: string): Promise<string> {
  const [found] = await sql<{ type: string | null }[]>`
    SELECT format_type(to_regtype(${type}), NULL)::text AS type`;
  return found?.type ?? "text";
}
