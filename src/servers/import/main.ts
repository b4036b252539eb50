import { databaseOptions } from "../../environment.ts";
import { onDatabase } from "../on_database.ts";
import { serverFactory } from "../../mcp/server.ts";
import { serve } from "../../mcp/stdio.ts";
import { VERSION } from "../../version.ts";
import { IMPORT } from "./definition.ts";

const options = databaseOptions(process.env);
const { ground, leave } = onDatabase(options);

serve(
  serverFactory({
    ...IMPORT,
    version: VERSION,
    ground,
    tools: async () => {
      const { IMPORT_TOOLS } = await import("./tools.ts");
      return IMPORT_TOOLS.filter((tool) => tool.effects.readOnly || !options.readOnly);
    },
  }),
  leave,
);
