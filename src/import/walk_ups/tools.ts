import * as z from "zod";
import { counted } from "../../words/counts.ts";
import { importTool } from "../procedure/run.ts";
import { contactsShape, rolesShape } from "../procedure/shapes.ts";
import { walkUps } from "./kind.ts";

export const importWalkUpsTool = importTool(walkUps, {
  name: "import_walkup_registrations",
  title: "Import walk-ins",
  description:
    "People who came without a ticket, from the export of the Microsoft form at the door: each gets a ticket that is checked in.",
  facts: {
    contacts: contactsShape,
    tickets: z.object({ created: z.number(), skipped: z.number() }),
    roles: rolesShape,
  },
  done: ({ tickets, contacts }) =>
    `${counted(tickets.created, "walk-in")} added, ${String(tickets.skipped)} skipped; ${counted(contacts.created, "person", "people")} added`,
});
