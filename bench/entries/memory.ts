import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import { generateTickets } from "../../workbench/tickets.ts";
import { connectBare, type BareClient } from "../bare_client.ts";
import type { Ground } from "../ground.ts";
import { constantOf, sized } from "../history/index.ts";
import { median, presentMemory, yesOrNo, type Entry, type Row } from "../measure.ts";
import { mixedCall } from "../mixed.ts";

const RECIPIENTS = 10_000;
const ROUNDS = 3;
const EARLY = 100;
const LATE = 1_000;
const AIM = 1.1;

/** Whether a server that answers for long grows. */
export const memory: Entry = {
  name: "memory",
  about:
    `Resident memory of a server after ${LATE} calls; floor: of the same one after ${EARLY}.\n` +
    "Outreach: mixed reads and writes; import: previews and validations of a small file. Medians of 3 servers.",
  async run(ground) {
    const file = join(ground.folder, "memory.csv");
    await writeFile(file, generateTickets(20).csv);
    const event = `${constantOf(sized(RECIPIENTS)).event}`;
    const args = { import_type: "quicket_registrations", file_path: file };
    return [
      await grown(ground, "outreach", (client, call) => mixedCall(client, call)),
      await grown(ground, "import", (client, call) =>
        call % 2 === 0
          ? client.ask("preview_import", { ...args, event })
          : client.ask("validate_import_data", args),
      ),
    ];
  },
};

async function grown(
  ground: Ground,
  server: "outreach" | "import",
  ask: (client: BareClient, call: number) => Promise<unknown>,
): Promise<Row> {
  const early: number[] = [];
  const late: number[] = [];
  for (let round = 0; round < Math.min(ROUNDS, ground.rounds); round++) {
    if (round > 0 && performance.now() > ground.deadline) break;
    await ground.onCopyOfHistory(RECIPIENTS, async (url) => {
      const client = await connectBare(server, { DATABASE_URL: url });
      try {
        for (let call = 1; call <= LATE; call++) {
          ground.goOn();
          await ask(client, call);
          const after = call === EARLY ? early : call === LATE ? late : undefined;
          const bytes = after && (await presentMemory(client.pid));
          if (after && bytes) after.push(bytes / 1024 ** 2);
        }
      } finally {
        await client.close();
      }
    });
  }
  if (late.length === 0) {
    return { server, after_1000_MiB: null, after_100_MiB: null, ratio: null, aim: null, met: null };
  }
  const [floor, found] = [median(early), median(late)];
  return {
    server,
    after_1000_MiB: found,
    after_100_MiB: floor,
    ratio: found / floor,
    aim: `<= ${AIM} x`,
    met: yesOrNo(found / floor <= AIM),
  };
}
