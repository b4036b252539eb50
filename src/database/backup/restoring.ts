import postgres from "postgres";
import { connectionOptions } from "../address.ts";
import { codeOf } from "../errors.ts";
import { isOurTurn, migrateDatabase } from "../migrate.ts";
import { copyIn } from "../postgres_js/copy.ts";
import { run, settle } from "./catalog.ts";
import { BackupFailed } from "./errors.ts";
import { type Table, withColumns } from "./format.ts";
import { tallyOf } from "./making.ts";
import { type Contents, readBackup } from "./reading.ts";
import { bringTo, refuseNewer } from "./schema.ts";
import {
  type Counted,
  emptyTables,
  makeMissing,
  putForeignKeysBack,
  putTriggersBack,
  rowsToLose,
  takeForeignKeysOff,
} from "./target.ts";

/** What a restore did. */
export interface Restored {
  contents: Contents;
  /** The rows that were there before, by table. */
  replaced: Counted[];
  /** Tables and columns of the organiser's own that were made with names and types only. */
  made: string[];
  /** The migrations that were applied afterwards. */
  applied: string[];
}

/** The database holds rows, and nobody said that they may go. */
export class HoldsRows extends Error {
  override readonly name = "HoldsRows";
  readonly tables: Counted[];

  constructor(tables: Counted[]) {
    super("The database holds rows.");
    this.tables = tables;
  }
}

/**
 * The migrations after which a backup that has none is read: those that leave an organiser's own tables as
 * they are, and make the ones that are missing.
 */
const BEFORE_THE_PLAN = ["001", "002"];

/**
 * Puts what a backup holds in the place of what a database holds: as one transaction, at the backup's own
 * version of the tables, compared with the backup's counts and checksums before it is kept. The tables are
 * then brought up to date. Nothing of the file is executed.
 *
 * @throws HoldsRows where the database holds rows, unless `force`; nothing is changed then
 * @throws BackupFailed, with nothing changed
 */
export async function restoreBackup(options: {
  url: string;
  file: string;
  /** What `restorable` said of the file. */
  contents: Contents;
  force: boolean;
}): Promise<Restored> {
  const { url } = options;
  const sql = postgres({ ...connectionOptions(url), max: 1, connect_timeout: 15 });
  let restored: Omit<Restored, "applied">;
  try {
    restored = await sql.begin((transaction) => restoreIn(transaction, options));
  } catch (error) {
    throw explained(error);
  } finally {
    await sql.end({ timeout: 5 });
  }
  return { ...restored, applied: await migrateDatabase({ url }) };
}

/**
 * Reads a backup to its end.
 *
 * @throws BackupFailed where it is broken or of a newer version of this program
 */
export async function restorable(file: string): Promise<Contents> {
  const contents = await readBackup(file);
  await refuseNewer(contents.header.schema);
  return contents;
}

async function restoreIn(
  sql: postgres.TransactionSql,
  { file, contents: { header, tables }, force }: Parameters<typeof restoreBackup>[0],
): Promise<Omit<Restored, "applied">> {
  await settle(sql);
  if (!(await isOurTurn(sql))) {
    throw new BackupFailed(
      "Another migration or backup of this database has not ended; try again later.",
    );
  }
  await sql<{ set: string | null }[]>`SELECT set_config('lock_timeout', '30s', true)::text AS set`;
  const replaced = await rowsToLose(sql, tables);
  if (replaced.length > 0 && !force) throw new HoldsRows(replaced);
  await putTriggersBack(sql, await emptyTables(sql, tables));
  await bringTo(sql, header.schema.length > 0 ? header.schema : BEFORE_THE_PLAN);
  const made = await makeMissing(sql, tables);
  const emptied = await emptyTables(sql, tables);
  const keys = await takeForeignKeysOff(sql, emptied);
  const contents = await readBackup(file, async (table) =>
    isHistory(table) ? null : copyIn(run(sql, `COPY ${withColumns(table)} FROM STDIN`)),
  );
  for (const { schema, sequence, value, is_called } of contents.sequences) {
    await sql<{ value: string | null }[]>`
      SELECT setval(pg_class.oid, ${value}::bigint, ${is_called})::text AS value
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = ${schema} AND relname = ${sequence} AND relkind = 'S'`;
  }
  await putForeignKeysBack(sql, keys);
  await putTriggersBack(sql, emptied);
  await prove(sql, contents);
  return { contents, replaced, made };
}

/** What the migrations themselves wrote already. */
function isHistory({ schema }: Table): boolean {
  return schema === "dbmate";
}

async function prove(sql: postgres.TransactionSql, { tables }: Contents): Promise<void> {
  for (const table of tables) {
    const { rows, checksum } = await tallyOf(sql, table);
    if (rows !== table.rows || checksum !== table.checksum) {
      throw new BackupFailed(
        `${table.schema}.${table.name} came out otherwise than it is in the backup, so nothing was restored.`,
      );
    }
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof postgres.PostgresError)) return error;
  const { constraint_name: rule, message } = error;
  // A value that is too long, say, names no table but in the line on which it stands.
  const table = error.table_name ?? /^COPY ([^,]+), line/u.exec(error.where ?? "")?.[1];
  switch (codeOf(error)) {
    case "P0001":
      return new BackupFailed(`${message} Nothing was restored.`, { cause: error });
    case "0A000":
      return new BackupFailed(
        "Tables that are not in the backup refer to tables that are, so these cannot be replaced; restore into an empty database. Nothing was restored.",
        { cause: error },
      );
    case "42501":
      return new BackupFailed(
        "The user of DATABASE_URL may not make or change the tables; restore as the owner of the database. Nothing was restored.",
        { cause: error },
      );
    case "55P03":
      return new BackupFailed(
        "Others use the database at the moment; quit them, then try again. Nothing was restored.",
        { cause: error },
      );
    default:
      return table === undefined
        ? error
        : new BackupFailed(
            `The rows of ${table} could not be restored (${rule ?? message}), so nothing was.`,
            { cause: error },
          );
  }
}
