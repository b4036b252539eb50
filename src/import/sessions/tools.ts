import * as z from "zod";
import { counted } from "../../words/counts.ts";
import { importTool } from "../procedure/run.ts";
import { contactsShape, rolesShape } from "../procedure/shapes.ts";
import { sessions } from "./kind.ts";

const keptShape = z.object({ created: z.number(), updated: z.number(), unchanged: z.number() });

export const importSessionsTool = importTool(sessions, {
  name: "import_sessionize_data",
  title: "Import Sessionize sessions",
  description:
    "Sessions and their speakers from Sessionize's export; every speaker gets that role at the event. A session with two speakers counts once.",
  facts: {
    sessions: keptShape,
    speakers: keptShape,
    contacts: contactsShape,
    roles: rolesShape,
  },
  done: ({ sessions: { created, updated, unchanged }, speakers }) =>
    `${counted(created, "session")} added, ${String(updated)} updated, ${String(unchanged)} unchanged; ${counted(speakers.created, "speaker")} added`,
});
