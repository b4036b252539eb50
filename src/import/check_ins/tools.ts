import * as z from "zod";
import { counted } from "../../words/counts.ts";
import { importTool } from "../procedure/run.ts";
import { contactsShape, rolesShape } from "../procedure/shapes.ts";
import { checkIns } from "./kind.ts";

export const importCheckInsTool = importTool(checkIns, {
  name: "import_quicket_checkins",
  title: "Import Quicket check-ins",
  description:
    "Marks who came, from Quicket's check-in export. An unknown ticket is added and reported as late.",
  facts: {
    tickets: z.object({
      checked_in: z.number(),
      already_checked_in: z.number(),
      not_checked_in: z.number(),
      created: z.number(),
      updated: z.number(),
      skipped: z.number(),
    }),
    contacts: contactsShape,
    roles: rolesShape,
  },
  done: ({ tickets }) =>
    `${String(tickets.checked_in)} checked in, ${counted(tickets.already_checked_in, "was", "were")} already, ${tickets.updated === 0 ? "" : `${counted(tickets.updated, "was", "were")} already and took a correction, `}${String(tickets.not_checked_in)} did not come, ${String(tickets.created)} late and added`,
});
