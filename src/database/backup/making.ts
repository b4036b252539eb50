import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { createGzip } from "node:zlib";
import postgres from "postgres";
import { VERSION } from "../../version.ts";
import { connectionOptions } from "../address.ts";
import { codeOf } from "../errors.ts";
import { holdOffMigrations, migrationState } from "../migrate.ts";
import { versionOf } from "../migration_files.ts";
import { copyOut } from "../postgres_js/copy.ts";
import { run, sequencesOf, settle, tablesOf } from "./catalog.ts";
import { aboutFile, BackupFailed } from "./errors.ts";
import { comment, END_OF_ROWS, type Header, quoted, type Table, withColumns } from "./format.ts";
import { linesOf, type Tally, Tallying, wholeLines } from "./rows.ts";

/** Milliseconds to wait for a migration to end. */
const PATIENCE = 120_000;

/** Characters that are compressed at once. */
const BLOCK = 256 * 1024;

/** How many tables and rows a backup holds. */
export interface Made {
  tables: number;
  rows: number;
}

/**
 * Writes a backup of a database, of one snapshot, while others write. The file is there when it is whole,
 * readable by its owner only; its folder is made if need be.
 *
 * @param isMigrating the caller holds off other migrations
 * @throws BackupFailed where the file is there already or cannot be written; nothing is left of it then
 */
export async function makeBackup(options: {
  url: string;
  file: string;
  isMigrating?: boolean;
}): Promise<Made> {
  const { url, file, isMigrating = false } = options;
  const unfinished = `${file}.unfinished-${String(process.pid)}`;
  const sql = postgres({ ...connectionOptions(url), max: 1, connect_timeout: 15 });
  try {
    if (existsSync(file)) throw new BackupFailed(`There is a ${file} already; give another name.`);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    for (const end = Date.now() + PATIENCE; ;) {
      const made = await sql.begin(
        "ISOLATION LEVEL REPEATABLE READ READ ONLY",
        async (snapshot) => {
          await settle(snapshot);
          if (!isMigrating && !(await holdOffMigrations(snapshot))) return null;
          const counts = { tables: 0, rows: 0 };
          const blocks = inBlocks(contents(snapshot, counts));
          try {
            await pipeline(
              Readable.from(blocks),
              createGzip(),
              createWriteStream(unfinished, { flags: "wx", mode: 0o600, flush: true }),
            );
          } finally {
            // Where the disk refuses, a COPY is under way still, and nothing else goes before its end.
            await blocks.return(undefined);
          }
          return counts;
        },
      );
      if (made !== null) {
        await rename(unfinished, file);
        return made;
      }
      if (Date.now() > end) {
        throw new BackupFailed("A migration of this database has not ended; try again later.");
      }
      await pause(100);
    }
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw codeOf(error) === "42501" ? notAllowed(error) : aboutFile(error, file);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function notAllowed(cause: unknown): BackupFailed {
  return new BackupFailed(
    "The user of DATABASE_URL may not read all tables; make the backup as the owner of the database.",
    { cause },
  );
}

/** The text of a backup; format.ts describes it. */
async function* contents(
  sql: postgres.TransactionSql,
  counts: Made,
): AsyncGenerator<string | Buffer> {
  yield comment(await headerOf(sql));
  for (const table of await tablesOf(sql)) {
    yield comment(table);
    yield onOneLine(`COPY ${withColumns(table)} FROM stdin;`);
    const tallying = new Tallying();
    for await (const block of rowsOf(sql, table)) {
      for (const { line } of linesOf(block)) tallying.add(line);
      yield block;
    }
    yield END_OF_ROWS;
    yield comment(tallying.tally);
    counts.tables += 1;
    counts.rows += tallying.tally.rows;
  }
  for (const sequence of await sequencesOf(sql)) {
    const name = quoted(sequence.schema, sequence.sequence).replaceAll("'", "''");
    yield comment(sequence);
    yield onOneLine(`SELECT setval('${name}', ${sequence.value}, ${String(sequence.is_called)});`);
  }
  yield comment(counts);
}

/** Counts the rows of a table as they are, as those of a backup are counted. */
export async function tallyOf(sql: postgres.TransactionSql, table: Table): Promise<Tally> {
  const tallying = new Tallying();
  for await (const block of rowsOf(sql, table)) {
    for (const { line } of linesOf(block)) tallying.add(line);
  }
  return tallying.tally;
}

async function* rowsOf(sql: postgres.TransactionSql, table: Table): AsyncGenerator<Buffer> {
  yield* wholeLines(copyOut(run(sql, `COPY ${withColumns(table)} TO STDOUT`)));
}

async function headerOf(sql: postgres.TransactionSql): Promise<Header> {
  const [about] = await sql<{ made_at: string | null; server: string | null }[]>`
    SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')::text AS made_at,
           current_setting('server_version')::text AS server`;
  const { applied, unknown } = await migrationState(sql);
  return {
    event_outreach_backup: 1,
    program: VERSION,
    made_at: about?.made_at ?? "",
    server: about?.server ?? "",
    schema: [...applied.map(versionOf), ...unknown],
  };
}

/** For a person's psql; a name may hold anything. */
function onOneLine(statement: string): string {
  return `${statement.replaceAll(/[\r\n]/gu, " ")}\n`;
}

/** Rows come one by one, and each would be handed to the compressor by itself. */
async function* inBlocks(pieces: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece as string);
    waiting.push(bytes);
    length += bytes.length;
    if (length < BLOCK) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    length = 0;
  }
  yield Buffer.concat(waiting);
}
