import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import type { z } from "zod";
import type { RowSink } from "../postgres_js/copy.ts";
import { aboutFile, BackupFailed } from "./errors.ts";
import {
  END_OF_ROWS,
  endSchema,
  type Header,
  headerSchema,
  type Sequence,
  sequenceSchema,
  type Table,
  tableSchema,
  tallySchema,
} from "./format.ts";
import { linesOf, type Tally, Tallying, wholeLines } from "./rows.ts";

/** What a backup holds, all of it read and compared with its checksums. */
export interface Contents {
  header: Header;
  tables: (Table & Tally)[];
  sequences: Sequence[];
}

/** Where the rows of a table go; null where nobody wants them. */
export type Destination = (table: Table) => Promise<RowSink | null>;

/**
 * Reads a backup to its end; it needs no database, and little memory.
 *
 * @throws BackupFailed where it cannot be read, is none, or is broken
 */
export async function readBackup(
  file: string,
  destination: Destination = () => Promise.resolve(null),
): Promise<Contents> {
  const reader = new Reader(destination);
  const source = createReadStream(file);
  // The compressed stream says that it ended too soon, and hides what ended it.
  const unzipped = source.pipe(createGunzip());
  source.on("error", (error) => unzipped.destroy(error));
  try {
    for await (const block of wholeLines(unzipped)) await reader.read(block);
    return reader.contents();
  } catch (error) {
    reader.abort();
    throw aboutFile(readable(error, file), file);
  } finally {
    source.destroy();
  }
}

function readable(error: unknown, file: string): unknown {
  if (error instanceof Broken) {
    return new BackupFailed(`${file} is no whole backup: ${error.message}.`, { cause: error });
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "Z_BUF_ERROR") return readable(new Broken("its end is missing"), file);
  if (code === "Z_DATA_ERROR") return readable(new Broken("it was damaged, or is none"), file);
  return error;
}

/** What is wrong with a backup, as the end of a sentence. */
class Broken extends Error {}

/** Follows a backup line by line. */
class Reader {
  readonly #destination: Destination;
  readonly #tables: (Table & Tally)[] = [];
  readonly #sequences: Sequence[] = [];
  #header: Header | undefined;
  #table: { about: Table; tallying: Tallying; sink: RowSink | null } | undefined;
  #awaits: "fact" | "statement" | "rows" | "tally" | "end" = "fact";

  constructor(destination: Destination) {
    this.#destination = destination;
  }

  /** @param block of complete lines */
  async read(block: Buffer): Promise<void> {
    let rowsFrom = 0;
    for (const { line, start } of linesOf(block)) {
      if (this.#awaits !== "rows") {
        await this.#readLine(line);
        rowsFrom = start + line.length;
      } else if (line.length === END_OF_ROWS.length && line.toString() === END_OF_ROWS) {
        await this.#hand(block.subarray(rowsFrom, start));
        await this.#table?.sink?.end();
        this.#awaits = "tally";
      } else {
        this.#table?.tallying.add(line);
      }
    }
    if (this.#awaits === "rows") await this.#hand(block.subarray(rowsFrom));
  }

  contents(): Contents {
    if (!this.#header) throw new Broken("it is empty");
    if (this.#awaits !== "end") throw new Broken("its end is missing");
    return { header: this.#header, tables: this.#tables, sequences: this.#sequences };
  }

  abort(): void {
    if (this.#awaits === "rows") this.#table?.sink?.abort();
  }

  async #hand(rows: Buffer): Promise<void> {
    if (rows.length > 0) await this.#table?.sink?.write(rows);
  }

  async #readLine(line: Buffer): Promise<void> {
    if (this.#awaits === "end") throw new Broken("there is more after its end");
    if (this.#awaits === "statement") {
      // For psql.
      this.#awaits = this.#table ? "rows" : "fact";
      return;
    }
    const fact = factOf(line);
    if (!this.#header) this.#header = this.#known(headerSchema, fact);
    else if (this.#awaits === "tally") this.#close(this.#known(tallySchema, fact));
    else if (has(fact, "columns")) {
      const about = this.#known(tableSchema, fact);
      this.#table = { about, tallying: new Tallying(), sink: await this.#destination(about) };
      this.#awaits = "statement";
    } else if (has(fact, "sequence")) {
      this.#sequences.push(this.#known(sequenceSchema, fact));
      this.#awaits = "statement";
    } else this.#finish(this.#known(endSchema, fact));
  }

  #close(said: Tally): void {
    if (!this.#table) return;
    const { about, tallying } = this.#table;
    const { rows, checksum } = tallying.tally;
    const name = `${about.schema}.${about.name}`;
    if (rows !== said.rows) {
      throw new Broken(`${name} should have ${String(said.rows)} rows and has ${String(rows)}`);
    }
    if (checksum !== said.checksum) throw new Broken(`a row of ${name} was changed`);
    this.#tables.push({ ...about, ...said });
    this.#table = undefined;
    this.#awaits = "fact";
  }

  #finish(said: { tables: number; rows: number }): void {
    const rows = this.#tables.reduce((sum, table) => sum + table.rows, 0);
    if (said.tables !== this.#tables.length || said.rows !== rows) {
      throw new Broken("tables of it are missing");
    }
    this.#awaits = "end";
  }

  #known<Fact>(schema: z.ZodType<Fact>, fact: unknown): Fact {
    const { success, data } = schema.safeParse(fact);
    if (success) return data;
    throw new Broken(
      this.#header
        ? "a line of it cannot be read"
        : "it was not made by event-outreach, or by a much newer version",
    );
  }
}

function factOf(line: Buffer): unknown {
  const text = line.subarray(0, 1_000_000).toString();
  try {
    return text.startsWith("-- ") ? JSON.parse(text.slice(3)) : null;
  } catch {
    return null;
  }
}

function has(fact: unknown, key: string): boolean {
  return typeof fact === "object" && fact !== null && key in fact;
}
