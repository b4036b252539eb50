import { keepHeapNearItsUse } from "../../mcp/stdio.ts";
import { start } from "../start.ts";
import { IMPORT } from "./definition.ts";

keepHeapNearItsUse();
start("import", IMPORT, async () => (await import("./tools.ts")).IMPORT_TOOLSETS);
