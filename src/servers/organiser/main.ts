import { keepHeapNearItsUse } from "../../mcp/stdio.ts";
import { start } from "../start.ts";
import { ORGANISER } from "./definition.ts";

// Not smaller: it imports large files too.
keepHeapNearItsUse();
start("organiser", ORGANISER, async () => (await import("./tools.ts")).ORGANISER_TOOLSETS);
