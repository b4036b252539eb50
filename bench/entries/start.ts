import { spawn } from "node:child_process";
import { once } from "node:events";
import { connectBare } from "../bare_client.ts";
import { inTurns, median, timed, yesOrNo, type Entry, type Row } from "../measure.ts";

const ROUNDS = 25;
const AIM = 2.2;

/** How soon a server that was just started answers. */
export const start: Entry = {
  name: "start",
  about:
    "From the spawning of a server to its answer to initialize;\n" +
    "floor: from the spawning of `node -e 0` to its end. Medians of 25 in turns.",
  async run(ground) {
    const rows: Row[] = [];
    for (const server of ["outreach", "import"] as const) {
      await untilAnswer(server);
      const { one, other } = await inTurns(
        ground,
        ROUNDS,
        () => timed(untilEnd),
        () => untilAnswer(server),
      );
      const [floor, time] = [median(one), median(other)];
      rows.push({
        server,
        rounds: other.length,
        start_ms: time,
        node_ms: floor,
        ratio: time / floor,
        aim: `<= ${AIM} x`,
        met: yesOrNo(time / floor <= AIM),
      });
    }
    return rows;
  },
};

async function untilEnd(): Promise<void> {
  await once(spawn(process.execPath, ["-e", "0"], { stdio: ["pipe", "pipe", "ignore"] }), "exit");
}

/** Milliseconds to the answer; the server's end is not counted. */
async function untilAnswer(server: "outreach" | "import"): Promise<number> {
  const begun = performance.now();
  const client = await connectBare(server);
  const taken = performance.now() - begun;
  await client.close();
  return taken;
}
