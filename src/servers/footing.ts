import type { Call } from "../conventions/call.ts";
import { databaseOptions, UnusableSetting } from "../environment.ts";
import type { Ground } from "../mcp/call.ts";
import type { Tool } from "../mcp/tool.ts";
import { onDatabase } from "./on_database.ts";

/** What a server's tools stand on, and which of them it offers. */
interface Footing {
  ground: Ground<Call>;
  leave: () => Promise<void>;
  offered: (tools: readonly Tool<Call>[]) => Tool<Call>[];
}

/**
 * Puts a server's tools on the database that the environment names. Where the environment cannot be
 * read, the server answers all the same: nobody reads what a server that does not start writes to
 * stderr. It then offers what reads, as reading only may be what was meant, and each call says what is
 * wrong.
 */
export function footingOf(environment: NodeJS.ProcessEnv): Footing {
  try {
    const options = databaseOptions(environment);
    const offered: Footing["offered"] = (tools) =>
      tools.filter((tool) => tool.effects.readOnly || !options.readOnly);
    return { ...onDatabase(options), offered };
  } catch (error) {
    if (!(error instanceof UnusableSetting)) throw error;
    const sentence = `${error.message} Until then only questions are offered and none is answered: set it right and start this server again.`;
    process.stderr.write(`${sentence}\n`);
    const run = async (): Promise<never> => {
      const { ToolError } = await import("../mcp/errors.ts");
      throw new ToolError(sentence);
    };
    return {
      ground: { run },
      leave: () => Promise.resolve(),
      offered: (tools) =>
        tools.flatMap((tool) => (tool.effects.readOnly ? { ...tool, standsAlone: false } : [])),
    };
  }
}
