// A program of the build: writes down what each server answers to tools/list, for the bundles beside it.
import { writeDown } from "./listing.ts";
import type { ToolsBySet } from "./tools_by_set.ts";

// Loaded as the servers load them, so that they share the bundles.
const [{ toolDefinition }, { ORGANISER_TOOLSETS }, { OUTREACH_TOOLSETS }, { IMPORT_TOOLSETS }] =
  await Promise.all([
    import("../mcp/definition.ts"),
    import("./organiser/tools.ts"),
    import("./outreach/tools.ts"),
    import("./import/tools.ts"),
  ]);
const definitions = (sets: ToolsBySet) =>
  Object.fromEntries(
    Object.entries(sets).map(([toolset, tools]) => [toolset, tools.map(toolDefinition)]),
  );
await writeDown("organiser", definitions(ORGANISER_TOOLSETS));
await writeDown("outreach", definitions(OUTREACH_TOOLSETS));
await writeDown("import", definitions(IMPORT_TOOLSETS));
