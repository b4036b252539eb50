import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { calendar } from "../demo/calendar.ts";
import { VERSION } from "../src/version.ts";
import { startEmbedded } from "../workbench/server.ts";
import { commandPlayer } from "./command.ts";
import { type Outcome, play } from "./play.ts";
import { scriptedPlayer } from "./scripted.ts";
import { lineOf, tableOf, totalsOf } from "./table.ts";
import { allTasks } from "./tasks/index.ts";
import { makeWorlds } from "./world.ts";

const USAGE =
  'Usage: npm run evals -- --player "<command>" [--only text] [--json file] [--calls 12] [--seconds 120]\nA player named scripted makes the calls that stand beside the tasks.';

const { values } = parseArgs({
  options: {
    player: { type: "string" },
    only: { type: "string", default: "" },
    json: { type: "string" },
    calls: { type: "string", default: "12" },
    seconds: { type: "string", default: "120" },
  },
});
const days = calendar();
const tasks = allTasks(days).filter(({ name, kind }) => `${kind} ${name}`.includes(values.only));
const mostCalls = Number(values.calls);
const seconds = Number(values.seconds);
if (!values.player || tasks.length === 0 || !(mostCalls >= 1) || !(seconds > 0)) {
  console.error(tasks.length === 0 ? `No task is named like "${values.only}".` : USAGE);
  process.exit(2);
}
const player =
  values.player === "scripted"
    ? scriptedPlayer(tasks)
    : commandPlayer(values.player, seconds * 1000);

const server = await startEmbedded();
try {
  const worlds = await makeWorlds(server.url, days);
  try {
    const outcomes: Outcome[] = [];
    for (const task of tasks) {
      const outcome = await play(task, player, worlds, mostCalls);
      outcomes.push(outcome);
      console.log(lineOf(outcome));
    }
    const totals = totalsOf(outcomes);
    console.log(`\n${tableOf(totals)}`);
    if (values.json !== undefined) {
      const run = {
        version: VERSION,
        player: values.player,
        day: days.ago(0, "00:00").slice(0, 10),
      };
      await writeFile(values.json, `${JSON.stringify({ ...run, totals, outcomes }, null, 2)}\n`);
    }
  } finally {
    await worlds.close();
  }
} finally {
  await server.stop();
}
