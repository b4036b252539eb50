import { databaseOptions } from "../environment.ts";
import { serverFactory } from "../mcp/server.ts";
import { keepHeapSmall } from "../mcp/small_heap.ts";
import { serve } from "../mcp/stdio.ts";
import { groundOn } from "../ground.ts";
import { VERSION } from "../version.ts";
import { OUTREACH } from "./server.ts";

keepHeapSmall();
const options = databaseOptions(process.env);
const { ground, leave } = groundOn(options);

serve(
  serverFactory({
    ...OUTREACH,
    version: VERSION,
    ground,
    tools: async () => {
      const { OUTREACH_TOOLS } = await import("./tools/index.ts");
      return OUTREACH_TOOLS.filter((tool) => tool.effects.readOnly || !options.readOnly);
    },
  }),
  leave,
);
