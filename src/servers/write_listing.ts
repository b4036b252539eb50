// A program of the build: writes down what each server answers to tools/list, for the bundles beside it.
import { writeDown } from "./listing.ts";
import { toolsetOf } from "./toolsets.ts";

// Loaded as the servers load them, so that they share the bundles.
const [{ toolDefinition }, { ORGANISER_TOOLS }, { OUTREACH_TOOLS }, { IMPORT_TOOLS }] =
  await Promise.all([
    import("../mcp/definition.ts"),
    import("./organiser/tools.ts"),
    import("./outreach/tools.ts"),
    import("./import/tools.ts"),
  ]);
// A tool without a group fails the build, not a server.
for (const { name } of ORGANISER_TOOLS) toolsetOf(name);
await writeDown("organiser", ORGANISER_TOOLS.map(toolDefinition));
await writeDown("outreach", OUTREACH_TOOLS.map(toolDefinition));
await writeDown("import", IMPORT_TOOLS.map(toolDefinition));
