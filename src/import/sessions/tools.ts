import * as z from "zod";
import { tool } from "../../conventions/call.ts";
import { sessions } from "./kind.ts";
import { contactsShape } from "../procedure/shapes.ts";
import {
  IMPORTS,
  importFacts,
  importHeadline,
  importInput,
  importOutput,
  runImport,
} from "../procedure/run.ts";
import { counted } from "../../words/counts.ts";

const kept = z.object({ created: z.number(), updated: z.number(), unchanged: z.number() });

export const importSessionsTool = tool({
  name: "import_sessionize_data",
  title: "Import Sessionize sessions",
  description:
    "Sessions and their speakers from Sessionize's export; every speaker gets that role at the event. A session of two speakers counts once.",
  effects: IMPORTS,
  input: importInput,
  output: z.object({
    ...importOutput,
    sessions: kept,
    speakers: kept,
    contacts: contactsShape,
    roles: z.object({ created: z.number() }),
  }),
  async handle(args, call, caller) {
    const done = await runImport(sessions, args, call, caller);
    const { sessions: imported, speakers } = done.facts;
    return {
      headline: importHeadline(
        done,
        `${counted(imported.created, "session")} added, ${String(imported.updated)} updated, ${String(imported.unchanged)} unchanged; ${counted(speakers.created, "speaker")} added`,
      ),
      facts: { ...done.facts, ...importFacts(done) },
    };
  },
});
