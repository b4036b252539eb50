import { serverFactory } from "../../mcp/server.ts";
import { keepHeapNearItsUse, serve } from "../../mcp/stdio.ts";
import { VERSION } from "../../version.ts";
import { footingOf } from "../footing.ts";
import { IMPORT } from "./definition.ts";

keepHeapNearItsUse();
const { ground, leave, offered } = footingOf(process.env);

serve(
  serverFactory({
    ...IMPORT,
    version: VERSION,
    ground,
    tools: async () => offered((await import("./tools.ts")).IMPORT_TOOLS),
  }),
  leave,
);
