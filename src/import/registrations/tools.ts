import * as z from "zod";
import { counted } from "../../words/counts.ts";
import { SHOP_TYPES, type ShopType } from "../formats/index.ts";
import { importTool } from "../procedure/run.ts";
import { contactsShape, recordsShape, rolesShape } from "../procedure/shapes.ts";
import { registrations } from "./kind.ts";

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
  importTool(registrations[type], {
    ...TOOLS[type],
    facts: {
      contacts: contactsShape,
      tickets: recordsShape,
      roles: rolesShape,
      interests: z.object({ topics_created: z.number(), links_created: z.number() }),
      by_marketing_source: z.record(z.string(), z.number()),
    },
    done: ({ contacts, tickets }) =>
      `${counted(tickets.created, "ticket")} added, ${String(tickets.updated)} updated, ${String(tickets.skipped)} skipped; ${counted(contacts.created, "person", "people")} added`,
  }),
);
