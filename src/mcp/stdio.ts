import { setFlagsFromString } from "node:v8";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import type { McpServerFactory } from "@modelcontextprotocol/server";

/**
 * Serves MCP on this process's stdin and stdout until the client closes stdin or a signal comes,
 * then leaves the database and ends the process.
 *
 * @param leave called once, before the process ends
 */
export function serve(factory: McpServerFactory, leave: () => Promise<void>): void {
  let ending = false;
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    // A database that does not answer must not keep a server alive whose client is gone.
    setTimeout(() => process.exit(code), 10_000).unref();
    await Promise.allSettled([handle.close()]);
    await Promise.allSettled([leave()]);
    process.exit(code);
  };
  /** Closes itself where it can read no further, as after a line over 10 MiB: nobody is heard then. */
  class Wire extends StdioServerTransport {
    override async close(): Promise<void> {
      await super.close();
      void end(0);
    }
  }
  // While the client reads slowly, each answer that waits listens to stdout.
  process.stdout.setMaxListeners(0);
  const handle = serveStdio(factory, {
    transport: new Wire(),
    onerror: (error) => process.stderr.write(`Protocol error: ${error.message}\n`),
  });
  process.stdin.on("end", () => void end(0));
  process.stdin.on("close", () => void end(0));
  process.stdout.on("error", () => void end(0));
  process.on("SIGINT", () => void end(0));
  process.on("SIGTERM", () => void end(0));
  process.on("SIGHUP", () => void end(0));
}

/**
 * Keeps this process small from now on: it waits beside an assistant all day and works for moments,
 * where V8 would let its heap grow as for a busy web server. Long computing gets slower by it; for a server
 * that imports large files there is {@link keepHeapNearItsUse}.
 */
export function keepHeapSmall(): void {
  // New objects keep the room that they have now; they die young, so that more would only lie there.
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=10");
}

/** Lets the heap grow by a fifth of what is in use, not by several times as much, before it is cleared. */
export function keepHeapNearItsUse(): void {
  setFlagsFromString("--heap-growing-percent=20");
}
