import { deepStrictEqual } from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type postgres from "postgres";
import { generateTickets, type TicketsTruth } from "../../workbench/tickets.ts";
import { connect } from "../../workbench/client.ts";
import type { Ground } from "../ground.ts";
import { importBySetSql } from "../import_floor.ts";
import { inTurns, median, peakMemory, timed, yesOrNo, type Entry, type Row } from "../measure.ts";

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

/** Times as long as the floor that an import may take, and MiB that its server may hold. */
const AIM = { times: 1.4, mebibytes: 450 };

/** How fast registrations are imported into an empty record, beside the same by hand. */
export const imports: Entry = {
  name: "imports",
  about:
    "import_quicket_registrations through a client over stdio, in a server that has previewed a small file;\n" +
    "floor: COPY of the same file into a temporary table, and a statement for each table of the record that fills\n" +
    "it, under the same constraints, indexes and triggers; it checks, looks up and reports nothing.\n" +
    "Medians of rounds taken in turns, on fresh databases of one server with the same settings.\n" +
    `Memory: the most that the import server held. Aims: ${AIM.times} x, ${AIM.mebibytes} MiB.`,
  async run(ground) {
    const small = await makeExport(ground, 20);
    const results: Row[] = [];
    for (const { rows, rounds } of SIZES) {
      const file = await makeExport(ground, rows);
      const { one: floors, other: taken } = await inTurns(
        ground,
        rounds,
        () => byHand(ground, file),
        () => importInto(ground, small, file),
      );
      const floor = median(floors);
      const time = median(taken.map(({ milliseconds }) => milliseconds));
      const peaks = taken.map(({ peak }) => peak).filter((peak) => peak !== null);
      const peak = peaks.length === 0 ? null : Math.max(...peaks) / 1024 ** 2;
      results.push({
        rows,
        rounds: taken.length,
        import_rows_per_s: Math.round((rows / time) * 1000),
        times_slower: time / floor,
        import_ms: time,
        COPY_and_set_SQL_ms: floor,
        peak_memory_MiB: peak,
        aims_met: yesOrNo(time / floor <= AIM.times && (peak ?? 0) < AIM.mebibytes),
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

/** Milliseconds of the floor, from the file's first byte to the commit. */
function byHand(ground: Ground, { path, truth }: Export): Promise<number> {
  return ground.onFreshDatabase(async (_url, sql) => {
    const [event] = await sql<{ id: number }[]>`
      INSERT INTO events (name, event_date) VALUES (${EVENT}, '2026-11-14') RETURNING id`;
    const milliseconds = await timed(() => importBySetSql(sql, { path, event: event!.id }));
    const { people, tickets, topics, interests } = truth;
    deepStrictEqual(await keptIn(sql), { people, tickets, topics, interests });
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
    const client = await connect({
      server: "import",
      env: { DATABASE_URL: url },
      patience: 600_000,
    });
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
      checkCounts(facts, await keptIn(sql), truth);
      return { milliseconds, peak };
    } finally {
      await client.close();
    }
  });
}

/** How many rows of each kind a database holds. */
async function keptIn(sql: postgres.Sql): Promise<object> {
  const [kept] = await sql`
    SELECT (SELECT count(*)::int FROM contacts) AS people,
           (SELECT count(*)::int FROM tickets) AS tickets,
           (SELECT count(*)::int FROM interest_topics) AS topics,
           (SELECT count(*)::int FROM contact_interests) AS interests`;
  return { ...kept };
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
