import * as z from "zod";
import { tool } from "../../conventions/call.ts";
import { SHOP_TYPES, type ShopType } from "../formats/index.ts";
import {
  IMPORTS,
  importFacts,
  importHeadline,
  importInput,
  importOutput,
  runImport,
} from "../procedure/run.ts";
import { contactsShape, recordsShape } from "../procedure/shapes.ts";
import { registrations } from "./kind.ts";
import { counted } from "../../words/counts.ts";

const TOOLS: Record<ShopType, { name: string; title: string; description: string }> = {
  quicket_registrations: {
    name: "import_quicket_registrations",
    title: "Import Quicket registrations",
    description:
      'People, their tickets and interests from Quicket\'s registrations export; Link Campaign becomes the marketing source. Check-ins have their own import. E.g. event "Data Day 2026", file_path "/home/me/guests.csv".',
  },
};

/** A tool for each shop's registrations. */
export const importRegistrationsTools = SHOP_TYPES.map((type) =>
  tool({
    ...TOOLS[type],
    effects: IMPORTS,
    input: importInput,
    output: z.object({
      ...importOutput,
      contacts: contactsShape,
      tickets: recordsShape,
      interests: z.object({ topics_created: z.number(), links_created: z.number() }),
      by_marketing_source: z.record(z.string(), z.number()),
    }),
    async handle(args, call, caller) {
      const done = await runImport(registrations[type], args, call, caller);
      const { contacts, tickets } = done.facts;
      return {
        headline: importHeadline(
          done,
          `${counted(tickets.created, "ticket")} added, ${String(tickets.updated)} updated, ${String(tickets.skipped)} skipped; ${counted(contacts.created, "person", "people")} added`,
        ),
        facts: { ...done.facts, ...importFacts(done) },
      };
    },
  }),
);
