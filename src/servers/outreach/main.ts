import { databaseOptions } from "../../environment.ts";
import { serverFactory } from "../../mcp/server.ts";
import { keepHeapSmall, serve } from "../../mcp/stdio.ts";
import { onDatabase } from "../on_database.ts";
import { VERSION } from "../../version.ts";
import { OUTREACH } from "./definition.ts";

const options = databaseOptions(process.env);
const { ground, leave } = onDatabase(options);

async function loadTools() {
  const { OUTREACH_TOOLS } = await import("./tools.ts");
  // Not before: what is loaded lives on and needs its room once.
  keepHeapSmall();
  return OUTREACH_TOOLS.filter((tool) => tool.effects.readOnly || !options.readOnly);
}
let tools: ReturnType<typeof loadTools> | undefined;

serve(
  serverFactory({
    ...OUTREACH,
    version: VERSION,
    ground,
    tools: () => (tools ??= loadTools()),
  }),
  leave,
);
