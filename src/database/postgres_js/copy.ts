// Defects of postgres.js 3.4 (`CopyInResponse` and `CopyData` in src/connection.js):
// - What PostgreSQL refuses once the last row of a COPY was sent reaches nobody, and the stream's end is
//   waited for for ever. It is gone when tests/backup/restoring.test.ts passes with the stream's own `end`.
// - Where the last rows of a COPY come faster than they are taken, the connection is not read any more after
//   them. It is gone when tests/backup/making.test.ts passes without `_read`.
// - Where the rows of a COPY are given up half-way, the same happens, and it takes no ROLLBACK before their end.
//   It is gone when that test passes, for a full disk, with the stream itself.

import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type postgres from "postgres";

/** Takes rows in PostgreSQL's text form, whole lines at a time. */
export interface RowSink {
  write(block: Buffer): Promise<void>;
  /** @throws what PostgreSQL refuses the rows with */
  end(): Promise<void>;
  /** Has PostgreSQL refuse what was sent. */
  abort(): void;
}

/** What a statement of postgres.js has and does not declare. */
type Statement = postgres.PendingQuery<postgres.Row[]> & { reject: (error: Error) => void };

/** The rows of a `COPY … TO STDOUT`. */
export async function* copyOut(
  statement: postgres.PendingQuery<postgres.Row[]>,
): AsyncGenerator<Buffer> {
  const stream: Readable = await statement.readable();
  try {
    // Not `yield*`, which would destroy the stream with what is thrown here.
    for await (const rows of stream.iterator({ destroyOnReturn: false })) yield rows as Buffer;
  } finally {
    stream.resume();
    await finished(stream).catch(() => undefined);
    // Reads the connection again.
    stream._read(0);
  }
}

/** Begins a `COPY … FROM STDIN`. */
export async function copyIn(statement: postgres.PendingQuery<postgres.Row[]>): Promise<RowSink> {
  const stream: Writable = await statement.writable();
  let refuse: (error: Error) => void = () => undefined;
  const refused = new Promise<never>((_, reject) => (refuse = reject));
  // Waited for below, and not at all where it comes after the end.
  refused.catch(() => undefined);
  (statement as Statement).reject = refuse;
  stream.on("error", refuse);
  return {
    write: async (block) => {
      if (!stream.write(block)) await Promise.race([refused, once(stream, "drain")]);
    },
    end: async () => {
      stream.end();
      await Promise.race([refused, once(stream, "finish")]);
    },
    abort: () => stream.destroy(new Error("what was to be copied is broken")),
  };
}
