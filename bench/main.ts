import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { circumstances, inLines } from "./circumstances.ts";
import { beside } from "./entries/beside.ts";
import { clients } from "./entries/clients.ts";
import { distance } from "./entries/distance.ts";
import { withGround } from "./ground.ts";
import { growth } from "./entries/growth.ts";
import { imports } from "./entries/imports.ts";
import { logSend } from "./entries/log_send.ts";
import type { Entry } from "./measure.ts";
import { memory } from "./entries/memory.ts";
import { peers } from "./entries/peers.ts";
import { reads } from "./entries/reads.ts";
import { sending } from "./entries/sending.ts";
import { start } from "./entries/start.ts";
import { print } from "./table.ts";
import { views } from "./entries/views.ts";
import { tokens } from "./entries/tokens.ts";

// Usage: npm run bench -- [--rounds 1] [--longest 5000000] [names of entries]

/** Every benchmark there is; a new one is a file in entries/ and a line here. */
const ENTRIES: readonly Entry[] = [
  tokens,
  start,
  peers,
  beside,
  distance,
  reads,
  growth,
  views,
  logSend,
  clients,
  memory,
  imports,
  sending,
];

const MINUTES = 3;

/** Recipients in the longest history unless --longest says otherwise. */
const LONGEST = 1_000_000;

const RESULTS = fileURLToPath(new URL("results.json", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, longest: { type: "string" } },
});
const entries = ENTRIES.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);
const unknown = positionals.filter((name) => !ENTRIES.some((entry) => entry.name === name));
const rounds = Number(values.rounds ?? Number.POSITIVE_INFINITY);
const longest = Number(values.longest ?? LONGEST);
if (unknown.length > 0 || !(rounds >= 1) || !(Number.isInteger(longest) && longest >= 100_000)) {
  console.error(
    `The entries are ${ENTRIES.map(({ name }) => name).join(", ")}; --rounds must be 1 or more, --longest 100000 or more.`,
  );
  process.exit(2);
}

await withGround(rounds, longest, async (ground) => {
  const run = await circumstances(ground);
  console.log(inLines(run));
  const results = [];
  for (const { name, about, run: measure, minutes = MINUTES } of entries) {
    const rows = await measure({ ...ground, deadline: performance.now() + minutes * 60_000 });
    print(name, about, rows);
    results.push({ name, about, rows });
  }
  await writeFile(RESULTS, `${JSON.stringify({ ...run, results }, null, 2)}\n`);
  console.log(`\nWritten to ${RESULTS}`);
});
