import * as z from "zod";
import { ToolError } from "../mcp/errors.ts";
import { numbered } from "../words/counts.ts";
import type { MailAccount } from "./mail_service/mail_service.ts";
import type { QuotaEvidence } from "./queries/confirmations.ts";

/** What may be sent today, and how many days a list takes. */
export const quotaShape = z.object({
  /** Null where the account names no limit. */
  remaining_today: z.number().nullable(),
  needed: z.number(),
  /**
   * On which day the last of them goes, today counted as the first. Null where what is missing does not come
   * back by itself the next day.
   */
  days: z.number().nullable(),
});
export type Quota = z.infer<typeof quotaShape>;

/**
 * How many mails may be sent today; null: no limit is known.
 *
 * Whether the number of an account that is renewed every day falls with each mail is not documented. Where
 * it was seen to fall, it is believed; else what was sent today is counted here as well.
 */
export function mailsLeft(
  { mailsLeft: told, perDay }: MailAccount,
  { sent_today, falls }: QuotaEvidence,
): number | null {
  if (told === null || perDay === null) return told;
  if (falls === true) return told;
  return Math.max(0, Math.min(told, perDay - sent_today));
}

/** Whether what is left is enough for a list, and how many days it takes otherwise, today counted. */
export function quotaFor({ perDay }: MailAccount, left: number | null, needed: number): Quota {
  if (left === null || needed <= left) return { remaining_today: left, needed, days: 1 };
  return {
    remaining_today: left,
    needed,
    days: perDay === null ? null : 1 + Math.ceil((needed - left) / perDay),
  };
}

/**
 * Refuses a list that is longer than the mails that were paid for in advance: it would stop in the middle,
 * and nothing brings the rest back the next day.
 *
 * @throws ToolError that says how many are left and how many the list takes
 */
export function refuseBeyondCredits(account: MailAccount, quota: Quota): void {
  const left = creditsLeft(account, quota);
  if (left === null || quota.needed <= left) return;
  throw new ToolError(
    `Brevo has ${numbered(left)} ${left === 1 ? "credit" : "credits"} left and this list takes ${numbered(quota.needed)}. Buy credits in Brevo, or prepare a shorter list.`,
  );
}

/** How many mails were paid for in advance and are left; null where the number is renewed every day or not named. */
export function creditsLeft(
  { perDay }: MailAccount,
  { remaining_today: left }: Quota,
): number | null {
  return perDay === null ? left : null;
}

/** Warns where less than a tenth of the credits would remain. */
export function creditWarnings(credits: number | null, needed: number): string[] {
  if (credits === null || needed === 0 || (credits - needed) * 10 >= credits) return [];
  return [
    `Only ${numbered(credits - needed)} of ${numbered(credits)} credits would remain in Brevo.`,
  ];
}
