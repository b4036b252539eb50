import * as z from "zod";

/** What somebody can be at an event. */
export const ROLES = ["attendee", "speaker", "sponsor", "organiser"] as const;

/** Whether somebody can be mailed at their present address. */
export const DELIVERABILITY = ["ok", "bounced", "complained", "unsubscribed", "no_email"] as const;

/** A person in a list of an answer. */
export const personShape = z.object({ contact_id: z.number(), name: z.string() });
