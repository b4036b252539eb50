// One process that uses the embedded database, told what to do line by line on its standard input.
import { createInterface } from "node:readline";
import {
  attachEmbedded,
  type EmbeddedLease,
  embeddedStatus,
  stopEmbedded,
} from "../../src/database/embedded/index.ts";

const dataDirectory = process.argv[2] ?? "";
let lease: EmbeddedLease | undefined;

async function obey(order: string): Promise<unknown> {
  switch (order) {
    case "attach":
      lease = await attachEmbedded({ dataDirectory });
      return { url: lease.url };
    case "release":
      await lease?.release();
      return {};
    case "lost":
      return { lost: lease?.lost };
    case "status":
      return embeddedStatus({ dataDirectory });
    case "stop":
      return stopEmbedded({ dataDirectory, force: false });
    default:
      throw new Error(`unknown order ${order}`);
  }
}

for await (const order of createInterface({ input: process.stdin })) {
  const answer = await obey(order).catch((error: unknown) => ({
    error: error instanceof Error ? error.message : String(error),
  }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
