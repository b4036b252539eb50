// A program of the build: writes down what each server answers to tools/list, for the bundles beside it.
import { writeDown } from "./listing.ts";

// Loaded as the servers load them, so that they share the bundles.
const [{ toolDefinition }, { OUTREACH_TOOLS }, { IMPORT_TOOLS }] = await Promise.all([
  import("../mcp/definition.ts"),
  import("./outreach/tools.ts"),
  import("./import/tools.ts"),
]);
await writeDown("outreach", OUTREACH_TOOLS.map(toolDefinition));
await writeDown("import", IMPORT_TOOLS.map(toolDefinition));
