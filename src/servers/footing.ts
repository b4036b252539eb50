import type { Call } from "../conventions/call.ts";
import {
  databaseOptions,
  offeredToolsets,
  TOOLSETS,
  type Toolset,
  UnusableSetting,
} from "../environment.ts";
import type { Ground } from "../mcp/call.ts";
import type { Tool } from "../mcp/tool.ts";
import { onDatabase } from "./on_database.ts";

/** What a server's tools stand on, and which of them it offers. */
interface Footing {
  ground: Ground<Call>;
  leave: () => Promise<void>;
  /** Loads what the first call will need; opens nothing. */
  load: () => Promise<void>;
  /** Offers only the tools that read. */
  readOnly: boolean;
  /** Offers only the tools of these groups. */
  toolsets: ReadonlySet<Toolset>;
  /** A tool that is offered, as it is called here. */
  adapted: (tool: Tool<Call>) => Tool<Call>;
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
    const toolsets = offeredToolsets(environment);
    return {
      ...onDatabase(options),
      readOnly: options.readOnly,
      toolsets,
      adapted: (tool) => tool,
    };
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
      load: () => Promise.resolve(),
      readOnly: true,
      toolsets: new Set(TOOLSETS),
      adapted: (tool) => ({ ...tool, standsAlone: false }),
    };
  }
}
