import * as z from "zod";
import { named } from "../../mcp/fields.ts";

/** What somebody can be at an event. */
export const ROLES = ["attendee", "speaker", "sponsor", "organiser"] as const;

/** Whether somebody can be mailed at their present address. */
export const DELIVERABILITY = ["ok", "bounced", "complained", "unsubscribed", "no_email"] as const;

/** A person in a list of an answer. */
export const personShape = z.object({ contact_id: z.number(), name: z.string() });

/** What is listed of a person beside their mails. */
export const listedOfPerson = z.object({
  registrations: z.array(
    z.object({
      event: named,
      ticket_type: z.string().nullable(),
      status: z.string().nullable(),
      registered_at: z.string(),
      checked_in: z.boolean(),
      marketing_source: z.string().nullable(),
      campaign: named.nullable(),
    }),
  ),
  shares_mailbox_with: z.array(
    z.object({ id: z.number(), name: z.string(), received: z.boolean() }),
  ),
  left_out: z.array(
    z.object({
      communication_id: z.number(),
      title: z.string(),
      campaign: named,
      reason: z.string(),
      at: z.string(),
    }),
  ),
});
