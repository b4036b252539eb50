import * as z from "zod";
import { tool } from "../../conventions/call.ts";
import { walkUps } from "./kind.ts";
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

export const importWalkUpsTool = tool({
  name: "import_walkup_registrations",
  title: "Import walk-ins",
  description:
    "People who came without a ticket, from the export of the Microsoft form at the door: each gets a ticket that is checked in.",
  effects: IMPORTS,
  input: importInput,
  output: z.object({
    ...importOutput,
    contacts: contactsShape,
    tickets: z.object({ created: z.number(), skipped: z.number() }),
  }),
  async handle(args, call, caller) {
    const done = await runImport(walkUps, args, call, caller);
    const { tickets, contacts } = done.facts;
    return {
      headline: importHeadline(
        done,
        `${counted(tickets.created, "walk-in")} added, ${String(tickets.skipped)} skipped; ${counted(contacts.created, "person", "people")} added`,
      ),
      facts: { ...done.facts, ...importFacts(done) },
    };
  },
});
