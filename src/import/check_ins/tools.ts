import * as z from "zod";
import { tool } from "../../conventions/call.ts";
import { checkIns } from "./kind.ts";
import { contactsShape } from "../procedure/shapes.ts";
import {
  IMPORTS,
  importFacts,
  importHeadline,
  importInput,
  importOutput,
  runImport,
} from "../procedure/run.ts";

export const importCheckInsTool = tool({
  name: "import_quicket_checkins",
  title: "Import Quicket check-ins",
  description:
    "Marks who came, from Quicket's check-in export. A ticket that is not known is added and reported as late.",
  effects: IMPORTS,
  input: importInput,
  output: z.object({
    ...importOutput,
    tickets: z.object({
      checked_in: z.number(),
      already_checked_in: z.number(),
      not_checked_in: z.number(),
      created: z.number(),
      updated: z.number(),
      skipped: z.number(),
    }),
    contacts: contactsShape,
  }),
  async handle(args, call, caller) {
    const done = await runImport(checkIns, args, call, caller);
    const { tickets } = done.facts;
    return {
      headline: importHeadline(
        done,
        `${String(tickets.checked_in)} checked in, ${String(tickets.already_checked_in)} were already, ${String(tickets.not_checked_in)} did not come, ${String(tickets.created)} late and added`,
      ),
      facts: { ...done.facts, ...importFacts(done) },
    };
  },
});
