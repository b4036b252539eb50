import { keepHeapSmall } from "../../mcp/stdio.ts";
import { start } from "../start.ts";
import { OUTREACH } from "./definition.ts";

start("outreach", OUTREACH, async () => {
  const { OUTREACH_TOOLSETS } = await import("./tools.ts");
  // Not before: what is loaded lives on and needs its room once.
  keepHeapSmall();
  return OUTREACH_TOOLSETS;
});
