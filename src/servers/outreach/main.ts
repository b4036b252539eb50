import { serverFactory } from "../../mcp/server.ts";
import { keepHeapSmall, serve } from "../../mcp/stdio.ts";
import { VERSION } from "../../version.ts";
import { footingOf } from "../footing.ts";
import { OUTREACH } from "./definition.ts";

const { ground, leave, offered } = footingOf(process.env);

async function loadTools() {
  const { OUTREACH_TOOLS } = await import("./tools.ts");
  // Not before: what is loaded lives on and needs its room once.
  keepHeapSmall();
  return offered(OUTREACH_TOOLS);
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
