import { distanceTo } from "../../workbench/distance.ts";
import { connectBare, connectProgram, type BareClient } from "../bare_client.ts";
import type { Ground } from "../ground.ts";
import { allInTurns, median, type Entry, type Row } from "../measure.ts";
import { DBHUB, programOf, SERVER_MEMORY, type Peer } from "../peers.ts";
import { RECIPIENTS } from "../side_by_side.ts";

const ROUNDS = 15;

/** Other servers of the kind, where they can be compared with ours. */
export const peers: Entry = {
  name: "peers",
  about:
    "From the spawning of a server to its answer to tools/list, medians in turns, and what its list costs a\n" +
    "model: name, description and input schema of all tools, in characters / 4. Beside ours dbhub, which\n" +
    "passes SQL on and opens its database first, and server-memory, which remembers in a file; all have the\n" +
    "same environment.",
  async run(ground) {
    const database = await distanceTo(await ground.history(RECIPIENTS), 0);
    try {
      return await compared(ground, {
        outreach: () => connectBare("outreach", { DATABASE_URL: database.url }),
        import: () => connectBare("import", { DATABASE_URL: database.url }),
        ...(await peer(ground, DBHUB, ["--transport=stdio", `--dsn=${database.url}`])),
        ...(await peer(ground, SERVER_MEMORY, [])),
      });
    } finally {
      await database.close();
    }
  },
};

type Start = () => Promise<BareClient>;

/** How a peer is started; nothing where it cannot be had. */
async function peer(ground: Ground, which: Peer, args: string[]): Promise<Record<string, Start>> {
  const program = await programOf(ground, which);
  if (program === null) return {};
  return { [`${which.name} ${which.version}`]: () => connectProgram([program, ...args]) };
}

async function compared(ground: Ground, servers: Record<string, Start>): Promise<Row[]> {
  const lists: (readonly Record<string, unknown>[])[] = [];
  const untilList = Object.values(servers).map((start, index) => async () => {
    const begun = performance.now();
    const client = await start();
    lists[index] = await client.tools();
    const taken = performance.now() - begun;
    await client.close();
    return taken;
  });
  const times = await allInTurns(ground, ROUNDS, untilList);
  return Object.keys(servers).map((server, index) => {
    const shown = lists[index]!.map(({ name, description, inputSchema }) =>
      JSON.stringify({ name, description, inputSchema }),
    );
    return {
      server,
      rounds: times[index]!.length,
      until_list_ms: median(times[index]!),
      tools: shown.length,
      tokens: Math.round(shown.reduce((sum, text) => sum + text.length, 0) / 4),
    };
  });
}
