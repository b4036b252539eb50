import { Worker } from "node:worker_threads";
import { ImportFileError } from "../files/table.ts";
import { readExport } from "../formats/export.ts";
import { LISTS, type Reply, type Request } from "./messages.ts";

// The process that reads one file for an import server, and then ends. A process, not a thread: V8 ends
// the whole process where an array, a map or a text outgrows what it can be, whatever limits a thread has;
// all that a process costs more is some 60 ms.

/** Items of a list that are sent at once: few enough that who hears them stays free to answer others. */
const SLICE = 500;

new Worker(new URL("./reader_watch.js", import.meta.url)).unref();
process.once("disconnect", () => process.exit());
process.once("message", (request) => void answer(request as Request));
await send({ kind: "started" });

async function answer({ source, type, zone }: Request): Promise<void> {
  try {
    const { rows, errors, warnings, left_out, ...file } = await readExport(source, type, { zone });
    const lists = { rows, errors, warnings, left_out };
    for (const list of LISTS) {
      const items = lists[list];
      while (items.length > 0)
        await send({ kind: "slice", list, items: JSON.stringify(items.splice(0, SLICE)) });
    }
    await send({ kind: "file", file });
  } catch (error) {
    await send(
      error instanceof ImportFileError
        ? { kind: "refused", message: error.message }
        : {
            kind: "failed",
            trace: error instanceof Error ? (error.stack ?? error.message) : String(error),
          },
    );
  }
  process.disconnect();
}

function send(reply: Reply): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(reply, undefined, undefined, (error: Error | null) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
