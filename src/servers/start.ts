import { setImmediate as nextTurn } from "node:timers/promises";
import { serverFactory, type ServerDefinition } from "../mcp/server.ts";
import { serve } from "../mcp/stdio.ts";
import type { Tool } from "../mcp/tool.ts";
import type { Call } from "../conventions/call.ts";
import { TOOLSETS } from "../environment.ts";
import { VERSION } from "../version.ts";
import { footingOf } from "./footing.ts";
import { type Server, writtenDown } from "./listing.ts";
import { allOf, onlyOf, type ToolsBySet } from "./tools_by_set.ts";

type Tools = readonly Tool<Call>[];

/**
 * Starts a server on this process's stdin and stdout. It lists its tools as the build wrote them down;
 * what calls need is loaded after that, while nobody asks anything, or else by the first call.
 *
 * @param loadTools is called once
 */
export function start(
  server: Server,
  definition: Pick<ServerDefinition<Call>, "name" | "title" | "instructions">,
  loadTools: () => Promise<ToolsBySet>,
): void {
  const { ground, leave, load, readOnly, toolsets, adapted } = footingOf(process.env);
  const isOffered = (isQuestion: boolean | undefined) => isQuestion === true || !readOnly;
  let loading: Promise<Tools> | undefined;
  const tools = () =>
    (loading ??= loadTools().then((all) =>
      allOf(onlyOf(all, toolsets))
        .filter(({ effects }) => isOffered(effects.readOnly))
        .map(adapted),
    ));
  const listed = writtenDown(server).then(
    (all) =>
      all &&
      allOf(onlyOf(all, toolsets)).filter(({ annotations }) =>
        isOffered(annotations?.readOnlyHint),
      ),
  );

  let isAsked = false;
  let isAtRest = false;
  const makeReady = async () => {
    if (isAtRest) return;
    isAtRest = true;
    for await (const _ of readying(tools, load)) {
      // The call needs its time, and loads by itself what it lacks.
      if (isAsked) return;
      await nextTurn();
    }
  };
  serve(
    serverFactory({
      ...definition,
      version: VERSION,
      ground,
      tools: () => {
        isAsked = true;
        return tools();
      },
      listed,
      whyNoTools: `OUTREACH_TOOLSETS is ${JSON.stringify([...toolsets].join(", "))}${readOnly ? ", OUTREACH_READ_ONLY is set" : ""}: that leaves this server no tool. Add its group (${TOOLSETS.join(", ")}), or leave the setting out.`,
      prompts: async () => (await import("./prompts.ts")).PROMPTS,
      // What fails here fails again in the call that needs it, which says so.
      atRest: () => void makeReady().catch(() => undefined),
    }),
    leave,
  );
}

/** Does what the first call would else wait for, in short steps; opens nothing. */
async function* readying(tools: () => Promise<Tools>, load: () => Promise<void>) {
  const all = await tools();
  yield;
  await load();
  yield;
  const { prepare } = await import("../mcp/call.ts");
  for (const tool of all) {
    prepare(tool);
    yield;
  }
}
