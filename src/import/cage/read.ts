import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ImportFileError } from "../files/table.ts";
import type { Export } from "../formats/export.ts";
import type { ImportType } from "../formats/index.ts";
import { LIMITS } from "./limits.ts";
import type { List, Reply, Request } from "./messages.ts";
import { SharedTexts } from "../formats/reading/shared_texts.ts";

/** The built program; what runs from `src`, as tests do, takes it from `dist` too. */
const READER = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "../../../dist/reader.js" : "./reader.js",
    import.meta.url,
  ),
);

/**
 * Reads an export whole, in a process of its own that ends with it: whatever a file does, it is done there.
 *
 * @param signal ends the reading at once, which then throws the signal's reason
 * @throws ImportFileError when it cannot be read as a table, or takes more memory or time than {@link LIMITS}
 */
export async function readCaged<Type extends ImportType>(
  request: Request & { type: Type },
  signal: AbortSignal,
): Promise<Export<Type>> {
  signal.throwIfAborted();
  const reader = fork(READER, {
    execArgv: [`--max-old-space-size=${String(LIMITS.heapMebibytes)}`],
    // Of the server's environment, with its secrets, only where a time without a zone is.
    env: { TZ: process.env["TZ"] },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const end = () => reader.kill("SIGKILL");
  const timer = setTimeout(end, LIMITS.milliseconds);
  signal.addEventListener("abort", end, { once: true });
  try {
    return (await answered(reader, request)) as Export<Type>;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    end();
  }
}

function answered(reader: ChildProcess, request: Request): Promise<Export<ImportType>> {
  return new Promise((resolve, reject) => {
    const lists: Record<List, unknown[]> = { rows: [], errors: [], warnings: [], left_out: [] };
    const texts = new SharedTexts();
    let isStarted = false;
    reader.on("message", (message) => {
      const reply = message as Reply;
      switch (reply.kind) {
        case "started":
          isStarted = true;
          break;
        case "slice":
          for (const item of JSON.parse(reply.items) as object[])
            lists[reply.list].push(texts.shared(item));
          break;
        case "file":
          resolve({ ...reply.file, ...lists } as Export<ImportType>);
          break;
        case "refused":
          reject(new ImportFileError(reply.message));
          break;
        case "failed":
          reject(new Error(`reading failed: ${reply.trace}`));
      }
    });
    reader.once("error", reject);
    reader.once("exit", (code, signal) =>
      reject(
        isStarted
          ? new ImportFileError(
              "Reading the file takes more memory or time than any export does; save its table as CSV, or split it.",
            )
          : new Error(`the process that reads files ended: ${signal ?? String(code)}`),
      ),
    );
    reader.send(request, (error) => {
      // Where it is gone already, its end says more.
      if (error && reader.exitCode === null && reader.signalCode === null) reject(error);
    });
  });
}
