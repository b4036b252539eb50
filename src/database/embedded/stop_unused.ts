// A program: stops the database of a data folder unless somebody uses it, and ends with 1 if somebody does.
// With --stay it goes on until the database is stopped.
import { setTimeout as pause } from "node:timers/promises";
import { explaining } from "./errors.ts";
import { INTERVAL } from "./processes/watcher.ts";
import { stopIfUnused } from "./session/stop.ts";

const [, , dataDirectory = "", stay] = process.argv;

for (;;) {
  if (stay !== undefined) await pause(INTERVAL * 1000);
  const { stopped, users } = await explaining(dataDirectory, stopIfUnused);
  const isOver = stopped || users === 0;
  if (isOver || stay === undefined) {
    process.exitCode = isOver ? 0 : 1;
    break;
  }
}
