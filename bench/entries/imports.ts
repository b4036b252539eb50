import { deepStrictEqual } from "node:assert/strict";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { QUICKET_COLUMNS } from "../../workbench/exports.ts";
import { generateTickets, type TicketsTruth } from "../../workbench/tickets.ts";
import { connect } from "../../workbench/client.ts";
import type { Ground } from "../ground.ts";
import { inTurns, median, peakMemory, timed, type Entry, type Row } from "../measure.ts";

const SIZES = [
  { rows: 1_000, rounds: 7 },
  { rows: 10_000, rounds: 5 },
  { rows: 100_000, rounds: 3 },
];
const EVENT = "Data Day";

/** An export on the disk, and what is in it. */
interface Export {
  path: string;
  truth: TicketsTruth;
}

/** How fast registrations are imported into an empty record, beside PostgreSQL's own way in. */
export const imports: Entry = {
  name: "imports",
  about:
    "import_quicket_registrations through a client over stdio, in a server that has previewed a small file;\n" +
    "floor: COPY of the same file into a table without indexes, a text column for each of the file's.\n" +
    "Medians of rounds taken in turns, on fresh databases; memory: the import server's peak.",
  async run(ground) {
    const small = await makeExport(ground, 20);
    const results: Row[] = [];
    for (const { rows, rounds } of SIZES) {
      const file = await makeExport(ground, rows);
      const { one: floors, other: taken } = await inTurns(
        ground,
        rounds,
        () => copy(ground, file),
        () => importInto(ground, small, file),
      );
      const floor = median(floors);
      const time = median(taken.map(({ milliseconds }) => milliseconds));
      const peaks = taken.map(({ peak }) => peak).filter((peak) => peak !== null);
      results.push({
        rows,
        rounds: taken.length,
        import_rows_per_s: Math.round((rows / time) * 1000),
        COPY_rows_per_s: Math.round((rows / floor) * 1000),
        times_slower: time / floor,
        import_ms: time,
        COPY_ms: floor,
        peak_memory_MiB: peaks.length === 0 ? null : Math.max(...peaks) / 1024 ** 2,
      });
    }
    return results;
  },
};

async function makeExport({ folder }: Ground, rows: number): Promise<Export> {
  const { csv, truth } = generateTickets(rows);
  const path = join(folder, `tickets-${rows}.csv`);
  await writeFile(path, csv);
  return { path, truth };
}

/** Milliseconds of a bare COPY, from the file's first byte to the commit. */
function copy(ground: Ground, { path, truth }: Export): Promise<number> {
  return ground.onFreshDatabase(async (_url, sql) => {
    // By number, as two of the export's columns have the same name.
    const columns = QUICKET_COLUMNS.map((_, index) => `column_${index} text`).join(", ");
    await sql.unsafe(`CREATE TABLE bare (${columns})`);
    const milliseconds = await timed(async () => {
      const into = await sql`COPY bare FROM STDIN WITH (FORMAT csv, HEADER)`.writable();
      await pipeline(createReadStream(path), into);
    });
    const [found] = await sql`SELECT count(*)::int AS rows FROM bare`;
    deepStrictEqual({ ...found }, { rows: truth.rows });
    return milliseconds;
  });
}

/** Milliseconds of a call that imports a file, and the bytes that its server held at most. */
function importInto(
  ground: Ground,
  small: Export,
  { path, truth }: Export,
): Promise<{ milliseconds: number; peak: number | null }> {
  return ground.onFreshDatabase(async (url, sql) => {
    await sql`INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14')`;
    const client = await connect({ server: "import", env: { DATABASE_URL: url } });
    try {
      await client.ask("preview_import", {
        import_type: "quicket_registrations",
        file_path: small.path,
        event: EVENT,
      });
      let facts: Record<string, any> = {};
      const milliseconds = await timed(async () => {
        const args = { file_path: path, event: EVENT };
        facts = await client.ask("import_quicket_registrations", args);
      });
      const peak = await peakMemory(client.pid);
      const [kept] = await sql`
        SELECT (SELECT count(*)::int FROM contacts) AS people,
               (SELECT count(*)::int FROM tickets) AS tickets,
               (SELECT count(*)::int FROM interest_topics) AS topics,
               (SELECT count(*)::int FROM contact_interests) AS interests`;
      checkCounts(facts, { ...kept }, truth);
      return { milliseconds, peak };
    } finally {
      await client.close();
    }
  });
}

/** Fails where the answer or the database differs from what the file was made of. */
function checkCounts(facts: Record<string, any>, kept: object, truth: TicketsTruth): void {
  const { rows, people, tickets, topics, interests } = truth;
  deepStrictEqual(kept, { people, tickets, topics, interests });
  deepStrictEqual(
    {
      rows: facts["rows"],
      people: facts["contacts"].created,
      tickets: facts["tickets"].created,
      topics: facts["interests"].topics_created,
      interests: facts["interests"].links_created,
    },
    { rows, people, tickets, topics, interests },
  );
}
